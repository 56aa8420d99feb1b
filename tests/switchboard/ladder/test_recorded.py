"""The words of every line are there as sound files, and say what they are named after."""

import wave
from pathlib import Path

import pytest

from app import sounds
from app.lines import LINES
from switchboard.ladder import recorded as module
from switchboard.ladder.recorded import SOUNDS, recorded, sound_file
from switchboard.line.words import Words

WORDS = sorted({words for line in LINES.values() for words in line.recorded_words})


@pytest.mark.parametrize("words", [*WORDS, *Words().all])
def test_each_is_recorded_and_is_heard(words: str) -> None:
    pcm = recorded(words)

    assert pcm and 0.5 < len(pcm) / 48_000 < 12
    assert max(pcm) > 0


def test_what_was_never_recorded_is_told() -> None:
    assert recorded("Nobody has ever said this.") is None


def test_make_builds_just_these_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.wav").touch()
    monkeypatch.setattr(sounds, "SOUNDS", tmp_path)
    monkeypatch.setattr(module, "SOUNDS", tmp_path)
    sounds.build()

    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(file.name for file in SOUNDS.iterdir())
    for words in WORDS:
        with wave.open(str(sound_file(words))) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)
