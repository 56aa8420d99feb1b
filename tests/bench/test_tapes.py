"""The benchmark of tapes: what a call's frames take of its loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.clocked import clock_tapes, per_call
from switchboard.tapes.tape import Tape
from switchboard.tapes.tapes import Tapes


@pytest.fixture
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is clocked for the test is not for the others."""
    monkeypatch.setattr(Tape, "frame", Tape.frame)
    monkeypatch.setattr(Tapes, "aclose", Tapes.aclose)
    yield


@pytest.mark.usefixtures("as_before")
async def test_each_call_that_is_over_tells_what_its_frames_took(tmp_path: Path) -> None:
    clock_tapes(tmp_path / "times")
    for frames in (1, 30, 50):
        tape = Tape("wss://service/realtime", lambda frame: frame, lambda _: True)
        for _ in range(frames):
            tape.frame("server", "{}")
        assert len(list(tape)) == frames
        await Tapes(None, "call_1", lambda value: value).aclose()

    clocked = per_call((tmp_path / "times").read_text().splitlines())
    assert clocked.frames == 40
    assert clocked.seconds > 0
