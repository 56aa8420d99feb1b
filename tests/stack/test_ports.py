"""Free ports."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.ports import EVERY_ADDRESS, KeptNumbers, Port, take


@pytest.fixture
def busy() -> Iterator[int]:
    """A TCP port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def unused() -> int:
    return Port("anything", 0).another().number


def test_a_free_port_is_taken_as_it_is() -> None:
    wanted = Port("LiveKit", unused())

    assert take(wanted) == ((wanted,), ())


def test_another_port_is_taken_for_one_in_use_and_it_is_said(busy: int) -> None:
    (port,), moved = take(Port("LiveKit", busy))

    assert port.number != busy
    assert port.free
    assert moved == (f"Port {busy} (LiveKit) is in use: {port.number} is taken instead.",)


def test_a_port_used_on_one_address_is_not_free_on_every_address(busy: int) -> None:
    assert not Port("audio", busy, host=EVERY_ADDRESS).free


def test_udp_and_tcp_ports_are_looked_at_apart(busy: int) -> None:
    assert Port("audio", busy, kind="udp").free
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]

        assert not Port("audio", number, kind="udp").free


def test_ports_taken_together_differ(busy: int) -> None:
    ports, moved = take(*(Port(f"part {each}", busy) for each in range(20)))

    assert len({port.number for port in ports}) == 20
    assert len(moved) == 20


def test_a_port_that_needs_rights_is_not_free_to_those_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)

    assert not Port("web", 80).free


def test_a_number_is_given_once() -> None:
    """It is listened at only later: a second one who asks in between would get it too."""
    numbers = [unused() for _ in range(2_000)]

    assert len(set(numbers)) == len(numbers)


def test_a_number_that_another_process_has_been_given_is_not_given(tmp_path: Path) -> None:
    ours = KeptNumbers(tmp_path / "ports")
    with another_process(tmp_path / "ports", 12_345) as other:
        assert not ours.add(12_345)
        assert ours.add(12_346)
        other.kill()
        other.wait()

        assert ours.add(12_345)


@contextmanager
def another_process(path: Path, number: int) -> Iterator["subprocess.Popen[str]"]:
    """One that has been given a number, and waits."""
    code = (
        "from pathlib import Path; from stack.ports import KeptNumbers;"
        f"print(KeptNumbers(Path({str(path)!r})).add({number}), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        yield other
