"""A caller's turns on the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given, Lost
from tests.simulator.wire import GA, PREVIEW, SILENCE, Event, Wire, connect, tone

LONG = "This is a long sentence that takes quite a while to say, so that there is time to speak in between."
TURN = SILENCE * 5 + tone(0.5) + SILENCE * 5
LOUD = Options(detector="energy")
"""A tone is speech."""
paths = pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])


async def configure(wire: Wire, transcription: Event | None = None, **detection: object) -> None:
    given = {"type": "server_vad", **detection}
    audio = {"input": {"turn_detection": given, "transcription": transcription}}
    await wire.ask("session.update", "session.updated", session={"type": "realtime", "audio": audio})


async def test_a_spoken_turn_comes_in_the_order_of_the_service() -> None:
    mind = Given("It is on its way.", hears=["Where is my order?"])
    async with Simulator(mind, LOUD) as simulator, connect(simulator) as wire:
        await configure(wire, {"model": "gpt-4o-transcribe"})
        wire.seen.clear()
        await wire.append(TURN)
        await wire.until("response.done")

        assert wire.kinds()[:9] == [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
            "response.created",
            "response.output_item.added",
        ]
        started, stopped, committed, added = wire.seen[:4]
        assert len({e["item_id"] for e in (started, stopped, committed)} | {added["item"]["id"]}) == 1
        assert started["audio_start_ms"] == pytest.approx(200, abs=40)
        assert stopped["audio_end_ms"] == pytest.approx(1200, abs=40)
        assert added["item"]["content"] == [{"type": "input_audio", "transcript": None}]
        deltas = [e["delta"] for e in wire.seen if e["type"].endswith("transcription.delta")]
        assert deltas == ["Where", " is", " my", " order?"]
        assert mind.requests[0].items[0].text == "Where is my order?"


@paths
async def test_a_caller_who_speaks_cuts_the_answer(path: str) -> None:
    async with Simulator(Given(LONG, hears=["Stop."]), LOUD) as simulator, connect(simulator, path) as wire:
        await wire.send("response.create")
        await wire.until("response.audio.delta" if path == PREVIEW else "response.output_audio.delta")
        await wire.append(SILENCE + tone(0.3))
        await wire.until("input_audio_buffer.speech_started")
        done = await wire.until("response.done")

        assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert done["response"]["output"][0]["status"] == "incomplete"
        await wire.append(SILENCE * 5)
        await wire.until("response.created")


async def test_a_session_may_keep_its_answers_and_its_silence() -> None:
    async with Simulator(Given(LONG, hears=["Hm."]), LOUD) as simulator, connect(simulator) as wire:
        await configure(wire, create_response=False, interrupt_response=False)
        await wire.ask("response.create", "response.output_audio.delta")
        await wire.append(TURN)
        await wire.until("input_audio_buffer.committed")
        done = await wire.until("response.done")

        assert done["response"]["status"] == "completed"
        assert [e["type"] for e in wire.seen].count("response.created") == 1


async def test_semantic_vad_is_deaf_for_barge_in_when_the_option_says_so() -> None:
    options = replace(LOUD, semantic_vad_deaf=True)
    async with Simulator(Given(LONG, hears=["Hm.", "So?"]), options) as simulator, connect(simulator) as wire:
        audio = {"input": {"turn_detection": {"type": "semantic_vad"}}}
        await wire.ask("session.update", "session.updated", session={"type": "realtime", "audio": audio})
        await wire.ask("response.create", "response.output_audio.delta")
        await wire.append(SILENCE + tone(0.5) + SILENCE * 6)
        await wire.until("input_audio_buffer.committed")
        done = await wire.until("response.done")

        assert done["response"]["status"] == "completed"
        assert "input_audio_buffer.speech_started" not in wire.kinds()


async def test_a_wrong_transcription_deployment_fails_the_transcript_and_nothing_else() -> None:
    options = replace(LOUD, transcription_deployments=frozenset({"whisper"}))
    async with Simulator(Given(hears=["Hello."]), options) as simulator, connect(simulator) as wire:
        await configure(wire, {"model": "whisper-1"})
        await wire.append(TURN)
        failed = await wire.until("conversation.item.input_audio_transcription.failed")
        await wire.until("response.done")

        assert failed["error"]["code"] == "DeploymentNotFound"
        assert list(simulator.errors) == []


async def test_whisper_writes_in_one_piece_and_later() -> None:
    options = replace(LOUD, transcription_delay=0.2)
    async with Simulator(Given(hears=["Hello there."]), options) as simulator, connect(simulator) as wire:
        await configure(wire, {"model": "whisper-1"})
        await wire.append(TURN)
        done = await wire.until("conversation.item.input_audio_transcription.completed")

        kinds = wire.kinds()
        assert kinds.index("response.created") < kinds.index("conversation.item.input_audio_transcription.delta")
        assert wire.seen[-2]["delta"] == "Hello there."
        assert done["usage"]["type"] == "duration"


async def test_a_silent_caller_is_noticed_after_the_answer_has_been_heard() -> None:
    async with Simulator(Given("Hello.", "Are you there?"), LOUD) as simulator, connect(simulator) as wire:
        await configure(wire, idle_timeout_ms=50)
        await wire.ask("response.create", "response.done")
        wire.seen.clear()
        triggered = await wire.until("input_audio_buffer.timeout_triggered")
        await wire.until("response.done")

        assert wire.kinds()[-12:][0] != "error"
        assert (
            triggered["item_id"] == next(e for e in wire.seen if e["type"] == "input_audio_buffer.committed")["item_id"]
        )


async def test_cleared_audio_is_forgotten() -> None:
    async with Simulator(Given(hears=["Hello."]), LOUD) as simulator, connect(simulator) as wire:
        await wire.append(SILENCE + tone(0.3))
        await wire.until("input_audio_buffer.speech_started")
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        assert (await wire.error("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


@pytest.mark.parametrize(("ms", "answer"), [(99, "error"), (100, "input_audio_buffer.committed")])
async def test_a_tenth_of_a_second_is_enough_for_a_turn(ms: int, answer: str) -> None:
    async with Simulator(Given(hears=["Hello."]), LOUD) as simulator, connect(simulator) as wire:
        await wire.append(SILENCE[: ms * len(SILENCE) // 100])
        await wire.send("input_audio_buffer.commit")
        while (event := await wire.next())["type"] not in ("error", "input_audio_buffer.committed"):
            pass
        assert event["type"] == answer


async def test_a_turn_that_the_client_ends_has_ended() -> None:
    async with Simulator(Given(hears=["Hello."]), LOUD) as simulator, connect(simulator) as wire:
        await wire.append(SILENCE + tone(0.3))
        await wire.until("input_audio_buffer.speech_started")
        await wire.ask("input_audio_buffer.commit", "input_audio_buffer.committed")
        await wire.append(SILENCE * 5)
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")

        assert "input_audio_buffer.speech_stopped" not in wire.kinds()


async def test_who_spoke_into_the_end_of_an_answer_was_not_silent() -> None:
    much_later = replace(LOUD, transcription_delay=1.5)
    async with Simulator(Given("Hm.", hears=["Hello."]), much_later) as simulator, connect(simulator) as wire:
        quiet = {"create_response": False, "interrupt_response": False, "idle_timeout_ms": 50}
        await configure(wire, {"model": "whisper-1"}, **quiet)
        await wire.append(SILENCE + tone(0.3))
        await wire.until("input_audio_buffer.speech_started")
        await wire.ask("response.create", "response.done")
        await wire.append(SILENCE * 5)
        await wire.until("conversation.item.input_audio_transcription.completed")

        assert "input_audio_buffer.timeout_triggered" not in wire.kinds()


async def test_words_that_run_out_are_told() -> None:
    async with Simulator(Lost(), LOUD) as simulator, connect(simulator) as wire:
        await wire.append(TURN)
        await wire.until("input_audio_buffer.speech_stopped")
        assert (await wire.until("error"))["error"]["message"] == "no words are left"
