"""What the caller has said and the service may not have taken in: said again when the connection is lost."""

import time
from collections import deque
from typing import Any

LEAD_SECONDS = 1.0
"""Kept while nobody speaks: the beginning of a sentence that is not noticed yet."""
LONGEST_SECONDS = 30.0
SLACK_SECONDS = 1.0
"""What sounds like speech so soon after what the service took for speech belongs to it."""
NOTICE_SECONDS = 0.5
"""So much of what sounds like speech, and belongs to nothing, is noticed by a service that listens."""
NOISE_SECONDS = 2.0
"""A service that says anything so long after it was sent speech has noticed it, or holds it for noise."""
GAP_SECONDS = 1.0
"""Whoever says something after so long a silence may have been held up: it may be older than what it was sent since."""


class Hearing:
    """Follows one connection after another: the caller's audio as it is sent, and what the server makes of it.

    `transcribed`: the server writes down what it hears, and that is when a turn is safe; otherwise when it is answered.
    """

    def __init__(self, transcribed: bool) -> None:
        self._transcribed = transcribed
        self._chunks: deque[tuple[float, dict[str, Any]]] = deque()
        self._seconds = 0.0
        self._ends: dict[str, float] = {}
        self._speaking = False
        self._heard_until = 0.0
        # on this connection: where it began, as far as the server has told of speech, and where there was any last
        self._began = 0.0
        self._told = NOTICE_SECONDS - SLACK_SECONDS
        self._spoken = 0.0
        self._spoke_at = 0.0
        self._stopped: float | None = None
        """Where the turn ends that is about to be committed."""
        self._heard_from = self._awake_since = 0.0
        """When the service said something last, and for how long there has been no gap."""
        self._again = 0

    def sent(self, event: dict[str, Any], seconds: float, speech: bool = False) -> None:
        """One `input_audio_buffer.append` has gone out, in which somebody seems to speak, or not."""
        self._seconds += seconds
        self._chunks.append((self._seconds, event))
        if speech or self._again:
            self._spoken, self._spoke_at = self._seconds, time.monotonic()
        self._again = max(0, self._again - 1)
        if not self.owed:
            self._heard_until = self._seconds - LEAD_SECONDS
        self._forget(max(self._heard_until, self._seconds - LONGEST_SECONDS))

    def received(self, event: dict[str, Any]) -> None:
        """One server event."""
        self._goes_on()
        match event["type"]:
            case "input_audio_buffer.speech_started":
                self._speaking = True
                self._tells(event.get("audio_start_ms"))
            case "input_audio_buffer.speech_stopped":
                self._stopped = self._tells(event.get("audio_end_ms"))
            case "input_audio_buffer.committed":
                self._speaking = False
                end, self._stopped = self._seconds if self._stopped is None else self._stopped, None
                self._ends[event.get("item_id") or ""] = end
            case "input_audio_buffer.cleared":
                self._forget_all()
            case "conversation.item.input_audio_transcription.completed":
                self._safe(event.get("item_id") or "")
            case "conversation.item.input_audio_transcription.failed":
                self._safe(event.get("item_id") or "")
            case "response.created" if not self._transcribed:
                self.answered()

    @property
    def speaking(self) -> bool:
        """Whether the service hears the caller speak, and has not taken their words as a turn yet."""
        return self._speaking

    @property
    def unnoticed(self) -> bool:
        """Whether somebody has spoken, as it seems, of whom the service says nothing, if it was no noise."""
        return self._spoken > self._told + SLACK_SECONDS

    @property
    def hears_again(self) -> bool:
        """Whether the server, which has heard a turn or its beginning, will hear it again, and answer it."""
        return self._speaking or bool(self._ends)

    @property
    def owed(self) -> bool:
        """Whether the caller is speaking, or has said what the server has not taken in, if it was no noise."""
        return self.hears_again or self.unnoticed

    def answered(self) -> None:
        """The caller has an answer to all that they had said to its end."""
        for item_id in list(self._ends):
            self._safe(item_id)

    def take(self) -> list[dict[str, Any]]:
        """The audio to send again on a new connection, which starts afresh; empty when nothing is owed."""
        chunks = [event for _, event in self._chunks] if self.owed else []
        self._forget_all()
        self._began, self._again = self._seconds, len(chunks)
        return chunks

    def _goes_on(self) -> None:
        """The service says something: what it has not noticed by now is no speech, if it heard that at all."""
        now = time.monotonic()
        if now > self._heard_from + GAP_SECONDS:
            self._awake_since = now
        self._heard_from = now
        if now > max(self._spoke_at, self._awake_since) + NOISE_SECONDS:
            self._told = max(self._told, self._seconds - SLACK_SECONDS + NOTICE_SECONDS)

    def _tells(self, milliseconds: float | None) -> float:
        """Where the server has noticed speech, in what it was sent."""
        told = self._seconds if milliseconds is None else self._began + milliseconds / 1000
        self._told = max(self._told, told)
        return told

    def _safe(self, item_id: str) -> None:
        self._heard_until = max(self._heard_until, self._ends.pop(item_id, 0.0))
        self._forget(self._heard_until)

    def _forget(self, until: float) -> None:
        while self._chunks and self._chunks[0][0] <= until:
            self._chunks.popleft()

    def _forget_all(self) -> None:
        self._chunks.clear()
        self._ends.clear()
        self._speaking, self._stopped = False, None
        self._told = self._seconds
