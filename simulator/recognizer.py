"""Understanding speech: from the audio of a turn to its words."""

from __future__ import annotations

import logging
from typing import Protocol

logger = logging.getLogger(__name__)

NOT_UNDERSTOOD = (
    "Speech is heard but not understood: the extra `speech` (faster-whisper) is not installed or not in use. "
    "Typing works."
)


class RecognizerError(Exception):
    """Speech cannot be recognized: the extra is missing, the model cannot be loaded, or too much is waiting."""


class Recognizer(Protocol):
    """Serves all sessions of a process."""

    async def recognize(self, pcm: bytes) -> str:
        """The words of one turn, PCM16 mono at 24 kHz; "" when there are none. Raises `RecognizerError`."""
        ...


class Deaf:
    """Understands nothing, and says so once."""

    def __init__(self) -> None:
        self._told = False

    async def recognize(self, pcm: bytes) -> str:  # noqa: ARG002 - whatever was said
        """Always ""."""
        if not self._told:
            self._told = True
            logger.warning(NOT_UNDERSTOOD)
        return ""
