"""The simulator's recordings from the command line: real processes, real sockets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, Wire

ROOT = Path(__file__).parent.parent.parent
KEY = {"api-key": "the-client's-key"}
TEXT = {"output_modalities": ["text"]}


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """`main.py simulator` with these arguments; where clients find it."""
    command = [sys.executable, "-u", "main.py", "simulator", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield next(line.strip().split("=")[1] for line in process.stdout if line.startswith("AZURE_OPENAI_ENDPOINT="))
    finally:
        process.terminate()
        process.communicate()


def told(*arguments: str) -> tuple[int, str]:
    """What `main.py simulator` exits with, and says."""
    command = [sys.executable, "main.py", "simulator", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


async def call(url: str, words: str) -> str:
    """Ask for an answer in text; what it was, or the error."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": words}]}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url + GA, headers={"api-key": "the-client's-key"}) as socket,
    ):
        wire = Wire(socket)
        await wire.send("conversation.item.create", item=item)
        done = (await wire.ask("response.create", "response.done", response=TEXT))["response"]
        return str(
            done["output"][0]["content"][0]["text"] if done["output"] else done["status_details"]["error"]["code"]
        )


async def test_a_service_is_recorded_played_and_compared(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    service = Simulator(Given("It comes tomorrow."), Options(api_key=KEY["api-key"]))
    async with service:
        with running("--record-from", service.url, "--record", str(folder)) as proxy:
            assert await call(proxy, "Where is my order?") == "It comes tomorrow."
            await service.wait_for(lambda: not service.open)
    (file,) = map(str, folder.glob("*.jsonl"))

    with running("--play", file) as strict:
        assert await call(strict, "where is my order") == "It comes tomorrow."
        assert await call(strict, "Cancel it!") == "mind_error"
    with running("--play", file, "--lenient") as lenient:
        assert await call(lenient, "Cancel it!") == "It comes tomorrow."
    code, text = told("--compare", file)
    assert (code, text.splitlines()[-1]) == (0, f"{Path(file).name}: no differences from 127.0.0.1")

    changed = Path(file).read_text().replace('"response.content_part.done"', '"response.part.done"')  # noqa: ASYNC240
    Path(file).write_text(changed)  # noqa: ASYNC240
    code, text = told("--compare", file)
    assert code == 1
    assert "response.part.done is missing in ours" in text
    assert "response.content_part.done is only in ours" in text


async def test_a_session_of_the_simulator_is_recorded(tmp_path: Path) -> None:
    with running("--record", str(tmp_path)) as url:
        answer = await call(url, "Hello.")
    (file,) = tmp_path.glob("*.jsonl")  # noqa: ASYNC240 - a test's own
    assert answer in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--compare", "EMPTY"], "empty.jsonl: holds nothing"),
        (["--play", "EMPTY"], "empty.jsonl: holds nothing"),
        (["--record-from", "my.openai.azure.com"], "the endpoint has to begin with https://"),
        (["--record-from", "https://["], "the endpoint has to begin with https://"),
        (["--record", "EMPTY"], "empty.jsonl: File exists"),
        (["--compare", "EMPTY", "--record-from", "https://x"], "--compare and --record-from exclude one another"),
        (["--lenient"], "--lenient belongs to --play"),
    ],
)
def test_what_cannot_be_is_told_and_ends_it(arguments: list[str], text: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    code, said = told(*(str(empty) if each == "EMPTY" else each for each in arguments))
    assert code == 2
    assert text in said
    assert "Traceback" not in said
