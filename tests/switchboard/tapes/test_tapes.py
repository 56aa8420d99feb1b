"""Tapes of a call: what is on them, how long they stay, and that they are never in the way of the call."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from simulator.call_recording import CallRecording
from simulator.mind import Say
from simulator.playback import TAKEN_OUT
from simulator.retelling import Retelling
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.erasure import take_words
from switchboard.ledger.events import Answered, Ended
from switchboard.ledger.mask import MASK
from switchboard.ledger.tables import CallRow
from switchboard.line.business import Whom
from switchboard.operate.erase import Eraser
from switchboard.redaction.redactor import KINDS, MARKS, Redactor
from switchboard.tapes import speech
from switchboard.tapes.realtime import LEFT_OUT, kept_of, shortened
from switchboard.tapes.shelf import Shelf, forget_tapes
from switchboard.tapes.tape import Taken
from switchboard.tapes.tapes import Tapes
from tests.stage.stage import staged

ONE, TWO, THREE = (f"call_00000000000{number}" for number in (1, 2, 3))
PHONE = "07700 900123"
SECRET = "swordfish"
URL = "wss://my.openai.azure.com/openai/v1/realtime?model=gpt-realtime&api-key=nobodys-key"


class Line:
    """Stands for a connection: gives what it was told to give."""

    closed = False

    def __init__(self, *comes: dict[str, Any]) -> None:
        self._comes = [aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, json.dumps(each), None) for each in comes]
        self.sent: list[str] = []

    async def receive(self, _timeout: float | None = None) -> aiohttp.WSMessage:
        return self._comes.pop(0) if self._comes else aiohttp.WSMessage(aiohttp.WSMsgType.CLOSED, None, None)

    async def send_str(self, data: str, _compress: int | None = None) -> None:
        self.sent.append(data)

    async def close(self, **_: Any) -> bool:
        return True


def kept(value: Any) -> Any:
    """As a ledger keeps it that knows a secret."""
    return Redactor(KINDS).json(json.loads(json.dumps(value).replace(SECRET, MASK)))


async def told(shelf: Shelf, *events: dict[str, Any], call: str = ONE) -> None:
    """A call whose model sent these events, after the client had said something."""
    tapes = Tapes(shelf, call, kept)
    connection = tapes.realtime(Line(*events), URL)  # type: ignore[arg-type]
    await connection.send_str(json.dumps({"audio": "UklGRg==" * 100, "type": "input_audio_buffer.append"}))
    await connection.send_str(json.dumps({"type": "response.create", "event_id": "one"}))
    for _ in range(len(events) + 1):
        await connection.receive()
    await tapes.aclose()


def written(folder: Path) -> str:
    return "".join(file.read_text() for file in sorted(folder.glob("*/*")))


def of_answer(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "response_id": "r", "item_id": "i", "content_index": 0, **fields}


async def test_they_hold_what_was_said_as_the_ledger_would_and_neither_sound_nor_keys(tmp_path: Path) -> None:
    arguments = json.dumps({"phone": 447700900123, "word": SECRET, "order": "10042"})
    await told(
        Shelf(tmp_path),
        of_answer("output_audio.delta", delta="UklGRg=="),
        {"type": "conversation.item.added", "item": {"id": "a", "content": [{"transcript": PHONE, "audio": "UklG"}]}},
        of_answer("function_call_arguments.done", arguments=arguments),
        {"type": "error", "error": {"message": f"no {SECRET}"}, "client_secret": {"value": "ek_1"}},
    )
    on_them = written(tmp_path)
    lines = [json.loads(line) for line in on_them.splitlines()]

    assert not [word for word in ("UklG", PHONE, "447700900123", SECRET, "ek_1", "nobodys-key") if word in on_them]
    assert lines[0]["query"] == {"model": "gpt-realtime"}
    assert json.loads(lines[3]["event"]["arguments"]) == {"phone": "[phone number]", "word": MASK, "order": "10042"}
    assert [line["from"] for line in lines[1:]] == ["client", "server", "server", "server", "nobody"]
    assert (tmp_path / ONE / "realtime-001.jsonl").stat().st_mode & 0o077 == 0


async def test_a_number_that_came_in_pieces_is_not_on_them_either(tmp_path: Path) -> None:
    """Of an answer that was cut off there are only pieces; they are put together first."""
    pieces = [of_answer("output_audio_transcript.delta", delta=each) for each in ("Call ", "07700", " 900", "123", "!")]
    created = {"type": "response.created", "response": {"id": "r"}}
    await told(Shelf(tmp_path), created, *pieces)
    (recording,) = CallRecording.load(tmp_path / ONE).realtime

    assert not [piece for piece in ("07700", " 900", "123") if f'"{piece}"' in written(tmp_path)]
    assert "07700 900" not in written(tmp_path)
    (step,) = Retelling.of(recording).steps
    assert (step.reply, step.breaks) == ([Say("Call [phone number]!")], "dropped")


def test_what_came_as_a_whole_is_not_there_in_pieces() -> None:
    def frames() -> Iterator[Taken]:
        events = [
            of_answer("output_text.delta", delta="One."),
            of_answer("output_item.done", item={"id": "i", "content": [{"text": "One."}]}),
            of_answer("output_text.delta", delta="Two.", item_id="j"),
            {"type": "response.done", "response": {"id": "r"}},
            {"type": "conversation.item.input_audio_transcription.delta", "delta": "Hello"},
        ]
        return (Taken(0.0, "server", json.dumps(each)) for each in events)

    events = [event for _, event in kept_of(frames(), kept)]
    assert [event["type"] for event in events if event] == ["response.output_item.done", "response.done"]


def test_of_cartesia_there_are_no_words_and_of_its_sound_the_beginning() -> None:
    messages = [
        {"context_id": "c", "transcript": "My number is 07700.", "continue": True},
        *({"type": "chunk", "context_id": "c", "data": "UklGRg=="} for _ in range(2)),
        {"type": "timestamps", "context_id": "c", "word_timestamps": {"words": ["number"]}},
        {"type": "done", "context_id": "c"},
    ]
    frames = (Taken(0.0, "server", speech.shortened(json.dumps(each)) or "") for each in messages)
    on_it = [message for _, message in speech.kept_of(frames, kept)]

    assert [message and message.get("type") for message in on_it] == [None, "chunk", "done"]
    assert not [word for word in ("UklG", "number", "07700") if word in json.dumps(on_it)]


def test_what_is_taken_out_is_known_to_whoever_plays_it() -> None:
    assert all(TAKEN_OUT.fullmatch(mark) for mark in (*MARKS, MASK, LEFT_OUT))


def test_sound_does_not_wait_in_memory() -> None:
    sound = json.dumps({"type": "response.output_audio.delta", "delta": "UklGRg==" * 1000, "event_id": "e"})
    assert shortened(sound) is None
    assert shortened(json.dumps({"type": "response.output_audio_transcript.delta", "delta": "Hi"})) is not None


async def test_a_disk_that_takes_nothing_costs_the_tapes_and_one_word_in_the_log(tmp_path: Path) -> None:
    (tmp_path / ONE).write_text("in the way")
    with capture_logs() as logs:
        await told(Shelf(tmp_path), {"type": "session.created", "session": {}})
    assert [each["error"] for each in logs] == ["NotADirectoryError"]


async def test_without_a_folder_a_connection_is_what_it_was() -> None:
    connection: Any = Line()
    assert Tapes(None, ONE, kept).realtime(connection, URL) is connection


@pytest.mark.parametrize("gone", ["old", "erased"])
async def test_they_go_with_their_call(gone: str, tmp_path: Path, database_url: str) -> None:
    (tmp_path / "not ours").mkdir()
    database, shelf, before = Database(database_url), Shelf(tmp_path), datetime.now(UTC) - timedelta(days=30)
    for call in (ONE, TWO, THREE):
        await told(shelf, {"type": "session.created", "session": {}}, call=call)
    for call in (ONE, TWO):
        async with Ledger(database, call, "line") as ledger:
            ledger.write(Answered(line="line", agent="a", provider="simulator"))
            ledger.write(Ended(reason="goodbye"))
    async with database.write() as session:
        if gone == "old":
            old = update(CallRow).where(CallRow.id == ONE).values(started_at=before - timedelta(days=1))
            await session.execute(old)
        else:
            await session.run_sync(take_words, ONE)

    assert await forget_tapes(database, shelf, before) == 1
    assert (tmp_path / "not ours").exists()
    assert set(shelf.calls()) == {TWO, THREE}  # of the third one the database has yet to hear
    await database.aclose()


async def test_erasing_a_call_erases_them(tmp_path: Path, database_url: str) -> None:
    shelf = Shelf(tmp_path)
    async with staged(database_url, typed=True, TAPES_FOLDER=str(tmp_path)) as stage:
        call = stage.conversation.call.id
    assert set(shelf.calls()) == {call}
    database = Database(database_url)
    await Eraser(database, None, (), shelf).erase(Whom(call=call))
    assert not shelf.calls()
    await database.aclose()
