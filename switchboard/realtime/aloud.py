"""Sentences that the realtime model reads aloud, outside of the conversation: the native voice as a text-to-speech."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

from livekit.agents import APIConnectionError, utils

from switchboard.line.quoted import inside_quotes
from switchboard.line.sentences import READ_ALOUD

ANSWER_SECONDS = 10.0  # LiveKit's own patience with a reply


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


class Readings:
    """The sentences being read, by the id of their request and then of their response. `send` sends an event."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._readings: dict[str, Reading] = {}

    async def read(self, text: str, *, preview: bool) -> AsyncIterator[bytes]:
        """`text` as it is read. Raises `APIConnectionError` when the model does not read it to its end."""
        event_id = utils.shortuuid("response_aloud_")
        reading = self._readings[event_id] = Reading()
        self._send(reading_request(event_id, text, preview))
        patience = asyncio.get_running_loop().call_later(ANSWER_SECONDS, reading.fail, "nothing came in time")
        try:
            async for chunk in reading.chunks():
                patience.cancel()
                yield chunk
        finally:
            patience.cancel()  # it stays one of ours: LiveKit would take what is still to come for an answer

    def take(self, event: dict[str, Any]) -> bool:
        """Whether a server event is of a reading, and so of nobody else's answer."""
        response = event.get("response") or {}
        asked_by = (response.get("metadata") or {}).get("client_event_id")
        if event["type"] == "response.created" and asked_by in self._readings:
            self._readings[response["id"]] = self._readings.pop(asked_by)
        reading = self._readings.get(event.get("response_id") or response.get("id") or "")
        if reading is None:
            return False
        if reading.take(event):
            self._readings.pop(response["id"], None)
        return True

    def fail(self, why: str) -> None:
        """Break all of them off."""
        for reading in self._readings.values():
            reading.fail(why)
        self._readings.clear()


def reading_request(event_id: str, text: str, preview: bool) -> dict[str, Any]:
    """The `response.create` of a reading: `conversation: none` keeps it out of the history and of its text drift."""
    modality = {"modalities": ["audio", "text"]} if preview else {"output_modalities": ["audio"]}
    response = {
        "conversation": "none",
        "input": [],
        "instructions": READ_ALOUD.format(text=inside_quotes(text)),
        "metadata": {"client_event_id": event_id},
        "tool_choice": "none",
        **modality,
    }
    return {"type": "response.create", "event_id": event_id, "response": response}
