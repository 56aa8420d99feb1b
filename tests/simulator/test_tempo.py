"""How fast a recorded service was."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.tempo import tempo
from tests.simulator.written import Line, recording


def created(at: float, response: str) -> Line:
    return {"at": at, "from": "server", "event": {"type": "response.created", "response": {"id": response}}}


def piece(at: float, response: str, size: int = 4800, kind: str = "response.output_audio.delta") -> Line:
    event = {"type": kind, "response_id": response, "delta": ""}
    return {"at": at, "from": "server", "event": event, "audio": [{"path": ["delta"], "start": 0, "bytes": size}]}


def of(folder: Path, *lines: Line) -> dict[str, float]:
    (folder / "x.server.raw").write_bytes(bytes(96_000))
    return tempo(recording(folder, *lines))


def test_an_answer_tells_its_first_audio_and_its_pace(tmp_path: Path) -> None:
    told = of(tmp_path, created(1.0, "a"), piece(1.4, "a"), piece(1.45, "a"), piece(1.5, "a"))
    assert told == {"first_audio": pytest.approx(0.4), "pace": pytest.approx(2.0)}


def test_of_several_answers_the_one_in_the_middle_counts(tmp_path: Path) -> None:
    lines = []
    for begin, response, wait, step in ((1.0, "a", 0.1, 0.1), (2.0, "b", 0.2, 0.05), (3.0, "c", 0.9, 0.001)):
        first = begin + wait
        lines += [created(begin, response), piece(first, response), piece(first + step, response)]
    assert of(tmp_path, *lines) == {"first_audio": pytest.approx(0.2), "pace": pytest.approx(2.0)}


def test_one_piece_tells_no_pace_and_silence_nothing(tmp_path: Path) -> None:
    assert of(tmp_path, created(1.0, "a"), piece(1.4, "a")) == {"first_audio": pytest.approx(0.4)}
    assert of(tmp_path, created(1.0, "a")) == {}
    assert of(tmp_path, piece(1.4, "unknown"), piece(1.5, "unknown")) == {}


def test_two_pieces_at_once_are_no_endless_pace(tmp_path: Path) -> None:
    assert "pace" not in of(tmp_path, created(1.0, "a"), piece(1.4, "a"), piece(1.4, "a"))
    hardly = of(tmp_path, created(1.0, "a"), piece(1.4, "a", 96_000), piece(1.4001, "a"))
    assert hardly["pace"] == 1000.0


@pytest.mark.parametrize(
    "session",
    [
        {"audio": {"output": {"format": {"type": "audio/pcmu"}}}},
        {"audio": {"output": {"format": {"type": "audio/pcma"}}}},
        {"output_audio_format": "g711_ulaw"},
        {"output_audio_format": "g711_alaw"},
    ],
)
def test_telephone_audio_has_six_times_the_length(session: Line, tmp_path: Path) -> None:
    updated = {"at": 0.5, "from": "server", "event": {"type": "session.updated", "session": session}}
    lines = [
        created(1.0, "a"),
        piece(1.4, "a", kind="response.audio.delta"),
        piece(2.0, "a", kind="response.audio.delta"),
    ]
    assert of(tmp_path, updated, *lines)["pace"] == pytest.approx(1.0)
