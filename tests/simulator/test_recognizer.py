"""The words of spoken turns, from a recognizer that is slow when a test wants it."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest

from bench.spoken import spoken
from simulator.mind import Reply, Request, Say
from simulator.options import Options
from simulator.recognizer import NOT_UNDERSTOOD, RecognizerError
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import SILENCE, Wire, connect

TRANSCRIPTION = "conversation.item.input_audio_transcription"
TURN = SILENCE * 3 + spoken("Hello there.") + SILENCE * 8
LONG = "This is a long sentence that takes quite a while to say, so that there is time to speak in between."


class Listening(Given):
    """Has no words of its own."""

    def hear(self, session_id: str) -> None:  # type: ignore[override]
        """Listen."""


class Slow:
    """Recognizes what it is told to, when it is told to."""

    def __init__(self, *words: str | Exception) -> None:
        self._words = list(words)
        self.heard: list[bytes] = []
        self.go_on = asyncio.Event()
        self.left = 0

    async def recognize(self, pcm: bytes) -> str:
        """The next words."""
        self.heard.append(pcm)
        words = self._words.pop(0)
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        if isinstance(words, Exception):
            raise words
        return words


async def configure(wire: Wire) -> None:
    given = {"turn_detection": {"type": "server_vad"}, "transcription": {"model": "gpt-4o-transcribe"}}
    await wire.ask("session.update", "session.updated", session={"type": "realtime", "audio": {"input": given}})
    wire.seen.clear()


async def test_the_answer_waits_for_the_words_and_the_socket_does_not() -> None:
    mind, ears = Listening("It is on its way."), Slow("Where is my order?")
    async with Simulator(mind, recognizer=ears) as simulator, connect(simulator) as wire:
        await configure(wire)
        await wire.append(TURN)
        await wire.until("response.created")
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        assert mind.requests == []

        ears.go_on.set()
        await wire.until("response.done")

    kinds = wire.kinds()
    assert kinds.index(f"{TRANSCRIPTION}.completed") < kinds.index("response.output_item.added")
    assert mind.requests[0].items[-1].text == "Where is my order?"


async def test_the_recognizer_gets_the_turn_with_what_stands_before_it() -> None:
    ears, hello = Slow("Hello."), spoken("Hello there.")
    ears.go_on.set()
    async with Simulator(Listening(), recognizer=ears) as simulator, connect(simulator) as wire:
        await wire.append(SILENCE * 20 + hello + SILENCE * 8)
        await wire.until("response.done")

    [pcm] = ears.heard
    assert hello in pcm
    assert len(pcm) < len(SILENCE * 10 + hello)


async def test_words_of_the_mind_win() -> None:
    mind, ears = Given(hears=["From the script."]), Slow()
    async with Simulator(mind, recognizer=ears) as simulator, connect(simulator) as wire:
        await wire.append(TURN)
        await wire.until("response.done")

    assert mind.requests[0].items[-1].text == "From the script."
    assert ears.heard == []


async def test_a_caller_who_goes_on_speaking_is_answered_once_with_everything() -> None:
    mind, ears = Listening(), Slow("My order is", "one zero zero four two.")
    async with Simulator(mind, recognizer=ears) as simulator, connect(simulator) as wire:
        await wire.append(TURN)
        await wire.until("response.created")
        await wire.append(TURN)
        cut = await wire.until("response.done")
        await wire.until("response.created")
        ears.go_on.set()
        done = await wire.until("response.done")

    assert [cut["response"]["status"], done["response"]["status"]] == ["cancelled", "completed"]
    [request] = mind.requests
    assert [item.text for item in request.items] == ["My order is", "one zero zero four two."]


async def test_what_could_not_be_recognized_is_told() -> None:
    mind, ears = Listening(), Slow(RecognizerError("8 turns are waiting"))
    ears.go_on.set()
    async with Simulator(mind, recognizer=ears) as simulator, connect(simulator) as wire:
        await configure(wire)
        await wire.append(TURN)
        failed = await wire.until(f"{TRANSCRIPTION}.failed")
        await wire.until("response.done")

    assert failed["error"]["message"] == "8 turns are waiting"
    assert mind.requests[0].items[-1].text == ""


async def test_nothing_is_recognized_for_a_caller_who_has_left() -> None:
    ears = Slow("Hello.")
    async with Simulator(Listening(), recognizer=ears) as simulator:
        async with connect(simulator) as wire:
            await wire.append(TURN)
            await wire.until("response.created")
        await simulator.wait_for(lambda: ears.left)


async def test_one_line_says_that_nobody_understands(caplog: pytest.LogCaptureFixture) -> None:
    mind = Listening()
    with caplog.at_level(logging.INFO, "simulator"):
        async with Simulator(mind) as simulator, connect(simulator) as wire:
            for _ in range(2):
                await wire.append(TURN)
                await wire.until("response.done")

    assert [record.getMessage() for record in caplog.records] == [NOT_UNDERSTOOD]
    assert [item.text for item in mind.requests[-1].items if item.role == "user"] == ["", ""]


async def test_typing_works_without_ears() -> None:
    class Echo(Listening):
        def answer(self, request: Request) -> Reply:
            return [Say(request.items[-1].text)]

    async with Simulator(Echo()) as simulator, connect(simulator) as wire:
        content = [{"type": "input_text", "text": "Where is my order?"}]
        await wire.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        done = await wire.ask("response.create", "response.done")

    assert done["response"]["output"][0]["content"][0]["transcript"] == "Where is my order?"


@pytest.mark.parametrize("voice", ["caller", "alloy", "echo"])
async def test_speech_over_an_answer_cuts_it_within_two_tenths_of_a_second(voice: str) -> None:
    speech = spoken("Wait a moment, please.", voice)
    onset = int(np.argmax(np.abs(np.frombuffer(speech, np.int16)) > 300)) * 2
    mind, options = Listening(LONG), Options(pace=1.0)
    async with Simulator(mind, options, recognizer=Slow("Wait.")) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.output_audio.delta")
        await wire.append(SILENCE)
        sent = 0
        while "input_audio_buffer.speech_started" not in wire.kinds():
            await wire.append(speech[sent : sent + 960])
            sent += 960
            # Refused at once: everything before it has been dealt with.
            await wire.error("response.cancel", response_id="resp_none")
        done = next(event for event in wire.seen if event["type"] == "response.done")

        assert (sent - onset) / 48 <= 200
        assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        place = {"item_id": done["response"]["output"][0]["id"], "content_index": 0, "audio_end_ms": 50}
        truncated = await wire.ask("conversation.item.truncate", "conversation.item.truncated", **place)
        assert truncated["audio_end_ms"] == 50
