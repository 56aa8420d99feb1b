"""Sentences that the realtime model reads aloud, outside of the conversation: the native voice as a text-to-speech."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

from livekit.agents import APIConnectionError

from switchboard.line.sentences import READ_ALOUD


class Reading:
    """One sentence being read: its audio as it comes."""

    def __init__(self) -> None:
        self._audio: asyncio.Queue[bytes | APIConnectionError | None] = asyncio.Queue()

    async def chunks(self) -> AsyncIterator[bytes]:
        """PCM16 mono at 24 kHz. Raises `APIConnectionError` when the reading breaks off."""
        while (chunk := await self._audio.get()) is not None:
            if isinstance(chunk, APIConnectionError):
                raise chunk
            yield chunk

    def take(self, event: dict[str, Any]) -> bool:
        """One server event of this reading; True when it was the last."""
        if event["type"] == "response.output_audio.delta":
            self._audio.put_nowait(base64.b64decode(event["delta"]))
        if event["type"] != "response.done":
            return False
        if event["response"].get("status") != "completed":
            self.fail("the realtime model did not read the sentence to its end")
        self._audio.put_nowait(None)
        return True

    def fail(self, why: str) -> None:
        """Break the reading off."""
        self._audio.put_nowait(APIConnectionError(why))


def reading_request(event_id: str, text: str, preview: bool) -> dict[str, Any]:
    """The `response.create` of a reading: `conversation: none` keeps it out of the history and of its text drift."""
    modality = {"modalities": ["audio", "text"]} if preview else {"output_modalities": ["audio"]}
    response = {
        "conversation": "none",
        "input": [],
        "instructions": READ_ALOUD.format(text=text),
        "metadata": {"client_event_id": event_id},
        "tool_choice": "none",
        **modality,
    }
    return {"type": "response.create", "event_id": event_id, "response": response}
