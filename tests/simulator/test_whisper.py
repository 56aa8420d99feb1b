"""Real recognition of spoken sentences, and what the support line makes of them. Needs the extra `speech`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bench.spoken import spoken
from simulator.playbook import Playbook
from simulator.recognizer import NOT_UNDERSTOOD, RecognizerError
from simulator.server import Simulator
from simulator.slots import digits, postcode
from simulator.whisper import Whisper
from tests.simulator.wire import SILENCE, connect
from tests.workflows.stage import Stage

PLAYBOOK = Path(__file__).parents[2] / "workflows" / "support_line.playbook.yaml"
ORDER = re.compile(r"1\d{4}")
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
SAID_ORDER = "My order number is one, zero, zero, four, two."
"""With a pause after each: eSpeak never says a sentence twice alike, and the smallest model needs every help."""
SPELLED = "My postcode is S, W, 1, A. 2, A, A."
"""eSpeak says a lone "A" between words as the article: commas make a letter of it."""
VOICES = ("caller", "echo")


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return Playbook.load(PLAYBOOK)


async def words_of(whisper: Whisper, text: str, voice: str = "caller") -> str:
    return await whisper.recognize(SILENCE * 3 + spoken(text, voice) + SILENCE * 5)


@pytest.mark.parametrize("voice", VOICES)
async def test_order_numbers_are_understood(whisper: Whisper, voice: str) -> None:
    words = await words_of(whisper, SAID_ORDER, voice)

    assert digits(words, ORDER) == ["10042"], words


@pytest.mark.parametrize("voice", VOICES)
async def test_postcodes_that_are_spelled_are_understood(whisper: Whisper, voice: str) -> None:
    words = await words_of(whisper, SPELLED, voice)

    assert postcode(words, POSTCODE) == ["SW1A 2AA"], words


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("where is my order", "transfer_to_support"),
        ("let me speak to a person", "transfer_to_escalation"),
        ("goodbye", "end_call"),
    ],
)
async def test_the_greeter_does_what_it_was_asked(
    whisper: Whisper, playbook: Playbook, text: str, does: str, voice: str
) -> None:
    words = await words_of(whisper, text, voice)
    stage = Stage(playbook, "greeter")
    stage.say(words)

    assert does in [name for name, _ in stage.calls], words


@pytest.mark.parametrize("voice", VOICES)
async def test_support_finds_the_order_of_a_caller_who_only_speaks(
    whisper: Whisper, playbook: Playbook, voice: str
) -> None:
    stage = Stage(playbook, "support")
    for text in ("where is my order", SAID_ORDER, SPELLED):
        stage.say(await words_of(whisper, text, voice))

    assert ("find_order", {"order_number": "10042"}) in stage.calls


async def test_silence_and_noise_have_no_words(whisper: Whisper) -> None:
    assert await whisper.recognize(b"") == ""
    assert await whisper.recognize(SILENCE * 20) == ""


async def test_a_spoken_turn_is_understood_over_the_socket(whisper: Whisper, playbook: Playbook) -> None:
    async with Simulator(playbook, recognizer=whisper) as simulator, connect(simulator) as wire:
        audio = {"input": {"turn_detection": {"type": "server_vad"}, "transcription": {"model": "whisper-1"}}}
        await wire.ask("session.update", "session.updated", session={"type": "realtime", "audio": audio})
        await wire.append(SILENCE * 3 + spoken("where is my order") + SILENCE * 8)
        heard = await wire.until("conversation.item.input_audio_transcription.completed")
        await wire.until("response.done")

    assert re.sub(r"\W+", " ", heard["transcript"]).strip().lower() == "where is my order"


async def test_turns_past_the_queue_are_refused_at_once(speech: None) -> None:
    whisper = Whisper(queue=2)
    turn = spoken("goodbye")
    waiting = [asyncio.create_task(whisper.recognize(turn)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(RecognizerError, match="2 turns are waiting"):
        await whisper.recognize(turn)
    assert ["good" in words.lower() for words in await asyncio.gather(*waiting)] == [True, True]
    whisper.close()


async def test_the_event_loop_goes_on_meanwhile(whisper: Whisper) -> None:
    recognizing = asyncio.create_task(words_of(whisper, "where is my order"))
    turns = 0
    while not recognizing.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert turns > 5


async def test_a_model_that_is_not_there_is_named(speech: None, tmp_path: Path) -> None:
    whisper = Whisper(tmp_path)

    with pytest.raises(RecognizerError, match=re.escape(str(tmp_path))):
        await whisper.load()


def test_without_the_extra_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.whisper.find_spec", lambda name: None)

    with pytest.raises(RecognizerError) as refused:
        Whisper()
    assert str(refused.value) == NOT_UNDERSTOOD
