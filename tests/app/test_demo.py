"""`main.py demo`: one command starts all that a call by browser needs, and stops it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.settings.schema import SETTINGS
from tests.stack.processes import wait_for_end

ROOT = Path(__file__).parents[2]
MOST_LINES = 25
PASSWORD = "a-password-of-our-own"
OURS = {each.name for each in SETTINGS}


class Demo:
    """The demo as a process, until it has told its address."""

    def __init__(self, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "main.py", "demo"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in OURS} | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self._output = self.process.stdout
        self.lines: list[str] = []
        for line in self._output:
            self.lines.append(line.rstrip())
            if line.startswith("Open "):
                return
        raise AssertionError("\n".join(self.lines))

    @property
    def address(self) -> str:
        return self.lines[-1].split()[1]

    @property
    def operators(self) -> re.Match[str] | None:
        """The line that tells where operators sign in, and with which password."""
        lines = (re.fullmatch(r"Operators: (http://\S+/operate), password (\S+)", line) for line in self.lines)
        return next(filter(None, lines), None)

    @property
    def parts(self) -> dict[str, int]:
        """The processes that it has started, by the last word that says which."""
        found = {}
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in children.split():
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            found[words[2] if words[1] == "main.py" else Path(words[0]).name] = int(pid)
        return found

    def end(self) -> list[str]:
        """What it writes until it has ended."""
        return self._output.read().splitlines()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._output.close()


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/switchboard.db"}


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for demo in started:
        demo.kill()


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_the_page_and_ends_with_all_its_parts(
    database: dict[str, str], demos: list[Demo], number: signal.Signals
) -> None:
    demos.append(demo := Demo(**database))
    parts = demo.parts
    page, health = fetch(demo.address), fetch(f"{demo.address}/health")
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{demo.address}/calls", data=b"{}", headers=headers, method="POST")
    urllib.request.urlopen(asked, timeout=20).close()
    operators = demo.operators
    assert operators, demo.lines
    assert 'id="root"' in fetch(operators[1])
    enter = {"password": operators[2]}
    request = urllib.request.Request(f"{operators[1]}/sign-in", json.dumps(enter).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as entered:
        assert entered.status == 204
    demo.process.send_signal(number)

    assert demo.end() == ["Stopping ..."]
    assert demo.process.wait() == 0
    assert '<div id="root">' in page
    assert '"ok"' in health
    assert {"livekit-server", "simulator", "start", "web"} < parts.keys()
    for pid in parts.values():
        wait_for_end(pid)
    assert len(demo.lines) <= MOST_LINES
    assert re.search(r"^Open http://127\.0\.0\.1:\d+ \(after \d+\.\d s\)\. Logs: .*/var/demo/log\.", demo.lines[-1])


def test_a_part_that_dies_ends_the_demo_with_one_line_that_names_its_log(
    database: dict[str, str], demos: list[Demo]
) -> None:
    demos.append(demo := Demo(**database))
    parts = demo.parts
    os.kill(parts["start"], signal.SIGKILL)

    (told,) = demo.end()
    assert told.startswith("worker ended by itself (SIGKILL)")
    assert told.endswith(f"(more at the end of {ROOT}/var/demo/log/worker.log)")
    assert demo.process.wait() == 2
    for pid in parts.values():
        wait_for_end(pid)


def test_another_port_is_taken_and_said_and_real_services_need_no_simulator(
    database: dict[str, str], demos: list[Demo]
) -> None:
    keys = {
        "AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com",
        "AZURE_OPENAI_API_KEY": "key",
        "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
    }
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        demos.append(demo := Demo(HTTP_PORT=str(port), OPERATE_PASSWORD=PASSWORD, **keys, **database))

    assert any(re.match(rf"Port {port} \(the page\) is in use: \d+ is taken instead\.", line) for line in demo.lines)
    assert not demo.address.endswith(f":{port}")
    assert "simulator" not in demo.parts
    assert demo.operators is None
    assert PASSWORD not in "\n".join(demo.lines)
