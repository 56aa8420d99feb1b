"""Sessions as JSON lines: what is kept, for whom, and what never is."""

from __future__ import annotations

import base64
import json
import resource
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.mind import CallTool, Say
from simulator.recording import Frame, Recording, RecordingError
from simulator.server import Simulator
from simulator.tape import Recorder
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, connect, tone
from tests.simulator.written import OPENING

KEY = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Where is my order?"}]}


def recorded_file(folder: Path) -> Path:
    (file,) = folder.glob("*.jsonl")
    return file


def recorded(folder: Path) -> Recording:
    """The one recording in a folder."""
    return Recording.load(recorded_file(folder))


def kinds(recording: Recording, side: str) -> list[str]:
    return [frame.kind for frame in recording.frames if frame.side == side]


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_both_sides_of_a_session_are_recorded_in_order_with_times(path: str, tmp_path: Path) -> None:
    simulator = Simulator(Given("On its way."), recorder=Recorder(tmp_path))
    async with simulator, connect(simulator, path) as wire:
        await wire.send("conversation.item.create", item=MESSAGE)
        await wire.ask("response.create", "response.done")
        await wire.until("rate_limits.updated")

    recording = recorded(tmp_path)
    assert recording.opening.preview == (path == PREVIEW)
    assert recording.opening.query["deployment" if path == PREVIEW else "model"] == "my-deployment"
    assert kinds(recording, "client") == ["conversation.item.create", "response.create", ""]
    sent = [recording.whole(frame) for frame in recording.frames if frame.side == "server"]
    assert sent == wire.seen
    times = [frame.at for frame in recording.frames]
    assert times == sorted(times)
    assert recording.frames[-1].close == 1000


async def test_audio_lies_beside_it_as_it_was(tmp_path: Path) -> None:
    simulator = Simulator(Given("On its way."), recorder=Recorder(tmp_path))
    said = tone(0.3)
    async with simulator, connect(simulator) as wire:
        await wire.append(said)
        content = [{"type": "input_audio", "audio": base64.b64encode(said).decode()}]
        await wire.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        await wire.ask("response.create", "rate_limits.updated")

    lines = recorded_file(tmp_path)
    assert lines.with_suffix(".client.raw").read_bytes() == said + said
    deltas = [event["delta"] for event in wire.seen if event["type"] == "response.output_audio.delta"]
    assert lines.with_suffix(".server.raw").read_bytes().endswith(b"".join(map(base64.b64decode, deltas)))
    assert max(map(len, lines.read_text().splitlines())) < 2000
    assert [recorded(tmp_path).whole(frame) for frame in recorded(tmp_path).sent("server")] == wire.seen


async def test_what_is_no_event_is_recorded_as_it_was(tmp_path: Path) -> None:
    simulator = Simulator(Given(), recorder=Recorder(tmp_path))
    async with simulator, connect(simulator) as wire:
        await wire.socket.send_str("no JSON")
        await wire.until("error")
        await wire.send("input_audio_buffer.append", audio="no base64")
        await wire.until("error")
        await wire.socket.send_bytes(b"12345")

    client = list(recorded(tmp_path).sent("client"))
    assert client[0].text == "no JSON"
    assert client[1].event == {"type": "input_audio_buffer.append", "audio": "no base64"}
    assert client[2].binary == 5


async def test_nobody_else_may_read_what_people_said(tmp_path: Path) -> None:
    simulator = Simulator(Given(), recorder=Recorder(tmp_path / "new"))
    async with simulator, connect(simulator):
        pass
    files = list((tmp_path / "new").iterdir())
    assert sorted(file.suffix for file in files) == [".jsonl", ".raw", ".raw"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


async def test_a_connection_that_breaks_ends_the_recording(tmp_path: Path) -> None:
    simulator = Simulator(Given(), recorder=Recorder(tmp_path))
    async with simulator, connect(simulator) as wire:
        await simulator.drop()
        await wire.closed()
    assert (recorded(tmp_path).frames[-1].side, recorded(tmp_path).frames[-1].close) == ("nobody", 1006)


async def test_a_server_that_says_goodbye_ends_the_recording(tmp_path: Path) -> None:
    simulator = Simulator(Given(), recorder=Recorder(tmp_path))
    simulator.faults.add("expire", after=0.0)
    async with simulator, connect(simulator) as wire:
        await wire.closed()
    assert (recorded(tmp_path).frames[-1].side, recorded(tmp_path).frames[-1].close) == ("server", 1001)


@pytest.mark.parametrize(
    ("headers", "query"),
    [({"api-key": KEY}, ""), ({"Authorization": f"Bearer {KEY}"}, ""), ({}, f"&api-key={KEY}")],
    ids=["key", "token", "query"],
)
async def test_no_key_is_in_a_recording(headers: dict[str, str], query: str, tmp_path: Path) -> None:
    mind = Given([Say(f"Your key is {KEY}."), CallTool("open", {"with": KEY})])
    tool = {"type": "mcp", "server_label": "shop", "authorization": "tok", "headers": {"X-Shop": "tok"}}
    events: list[dict[str, Any]] = [
        {"type": "session.update", "session": {"type": "realtime", "tools": [tool], "instructions": KEY}},
        {"type": "session.update", "session": {"type": "realtime", "instructions": f"sk-proj-{'a' * 40}"}},
        {"type": "response.create", "response": {"output_modalities": ["text"]}},
    ]
    async with (
        Simulator(mind, recorder=Recorder(tmp_path)) as simulator,
        aiohttp.ClientSession() as http,
        http.ws_connect(simulator.url + GA + query, headers=headers) as socket,
    ):
        for event in events:
            await socket.send_json(event)
        await socket.send_str(f"no JSON, {KEY}")
        while json.loads(await socket.receive_str())["type"] != "rate_limits.updated":
            pass

    text = recorded_file(tmp_path).read_text()
    for secret in (KEY, '"tok"', "sk-proj"):
        assert secret not in text
    assert "Your key is [left out]." in text


def lines(*more: object) -> str:
    return "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in (OPENING, *more))


EVENT = {"at": 1.0, "from": "client", "event": {"type": "x"}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds nothing"),
        ("\n\n", "holds nothing"),
        (lines(), "nothing was recorded after line 1"),
        ("{}\n", ":1: `recording`: Field required"),
        (lines().replace('"recording": 1', '"recording": 2'), ":1: `recording`: Input should be 1"),
        (lines(EVENT, '{"at": 2.0, "fr'), ":3: the line is no JSON; is it cut off?"),
        (lines(EVENT, "[1]"), ":3: the line is no JSON object"),
        (lines({**EVENT, "from": "me"}), ":2: `from`: Input should be 'client', 'server' or 'nobody'"),
        (lines({**EVENT, "at": -1}), ":2: `at`: Input should be greater than or equal to 0"),
        (lines({**EVENT, "text": "secret"}), ":2: a line needs one of `event`, `text`, `binary`, `close`"),
        (lines({**EVENT, "secret": 1}), ":2: `secret`: Extra inputs are not permitted"),
        (
            lines(EVENT | {"audio": [{"path": ["a"], "start": 0, "bytes": 1}]}),
            ":2: its audio is in x.client.raw, which",
        ),
        (lines(EVENT | {"audio": [{"path": ["a"], "start": -1, "bytes": 1}]}), ":2: `audio.0.start`: Input should be"),
        (lines({"at": 1.0, "from": "nobody", "text": "x"}), ":2: nobody sends nothing"),
        ("[" * 100_000 + "\n", ":1: the line is no JSON"),
    ],
)
def test_a_broken_recording_is_refused_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(text)
    with pytest.raises(RecordingError) as refused:
        Recording.load(file)
    assert told in str(refused.value)
    assert str(refused.value).startswith("x.jsonl:")


def test_a_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.jsonl: cannot be read: No such file"):
        Recording.load(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("path", "size", "told"),
    [(["audio"], 9, "goes beyond the end"), (["item", "audio"], 4, "names a place"), (["type", 0], 4, "names a place")],
)
def test_audio_that_does_not_fit_is_refused_with_its_line(
    path: list[Any], size: int, told: str, tmp_path: Path
) -> None:
    sound = {"path": path, "start": 0, "bytes": size}
    event = {"type": "input_audio_buffer.append", "audio": ""}
    (tmp_path / "x.jsonl").write_text(lines(EVENT, {"at": 1.0, "from": "client", "event": event, "audio": [sound]}))
    (tmp_path / "x.client.raw").write_bytes(b"1234")
    with pytest.raises(RecordingError, match=rf"^x\.jsonl:3: .*{told}"):
        Recording.load(tmp_path / "x.jsonl")


def test_a_frame_without_a_type_has_no_kind() -> None:
    assert Frame.model_validate({"line": 2, "at": 0, "from": "client", "event": {"type": 5}}).kind == ""


async def test_a_full_disk_ends_the_recording_and_not_the_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)
    simulator = Simulator(Given("On its way."), recorder=Recorder(tmp_path))
    async with simulator, connect(simulator) as wire:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, largest[1]))
        try:
            await wire.append(tone(1.0))
            done = await wire.ask("response.create", "response.done")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, largest)
        await wire.append(tone(0.1))
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
    assert done["response"]["status"] == "completed"
    assert [record.message for record in caplog.records] == ["the recording ends here: [Errno 27] File too large"]
    assert kinds(recorded(tmp_path), "client") == ["input_audio_buffer.append"] * 4


@given(st.binary(max_size=300) | st.lists(st.text() | st.binary(), max_size=4).map(str).map(str.encode))
def test_whatever_a_file_holds_is_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "x.jsonl")
        for beginning in (b"", lines(EVENT).encode(), lines().encode() + b'{"at": 1, "from": "server", '):
            file.write_bytes(beginning + content)
            with suppress(RecordingError):
                Recording.load(file)
