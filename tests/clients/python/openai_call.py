"""A whole call by the `openai` package: `openai_call.py URL ga|preview PCM`; PCM is a file with a spoken sentence."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

from openai import AsyncAzureOpenAI, AsyncOpenAI
from websockets.exceptions import InvalidStatus

TOOL = {
    "type": "function",
    "name": "find_order",
    "description": "Finds an order.",
    "parameters": {"type": "object", "properties": {"order_number": {"type": "string"}}},
}
PIECE = 4800


class Call:
    """A connection of the SDK, and its events."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection = connection
        self.ga = dialect == "ga"

    def session(self, modality: str) -> dict[str, Any]:
        """Settings, as the dialect writes them."""
        heard = {"transcription": {"model": "whisper-1"}}
        if self.ga:
            audio = {"input": heard, "output": {"voice": "marin"}}
            return {"type": "realtime", "output_modalities": [modality], "tools": [TOOL], "audio": audio}
        modalities = ["text"] if modality == "text" else ["audio", "text"]
        return {"modalities": modalities, "tools": [TOOL], "input_audio_transcription": heard["transcription"]}

    async def until(self, *kinds: str) -> Any:
        """The next event of such a type, and the text of the deltas before it."""
        while True:
            event = await asyncio.wait_for(self._connection.recv(), 10)
            if event.type in kinds:
                return event

    async def update(self, modality: str) -> Any:
        """Change the session."""
        await self._connection.session.update(session=self.session(modality))
        return (await self.until("session.updated")).session

    async def text(self, words: str) -> Any:
        """What is answered to a message."""
        content = [{"type": "input_text", "text": words}]
        await self._connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        await self._connection.response.create()
        return (await self.until("response.done")).response

    async def speak(self, pcm: bytes) -> None:
        """Send sound."""
        for start in range(0, len(pcm), PIECE):
            audio = base64.b64encode(pcm[start : start + PIECE]).decode()
            await self._connection.input_audio_buffer.append(audio=audio)

    async def sound(self) -> tuple[str, float]:
        """The item that is spoken, and the seconds of its first piece."""
        piece = await self.until("response.output_audio.delta" if self.ga else "response.audio.delta")
        return piece.item_id, len(base64.b64decode(piece.delta)) / 48_000

    async def truncated(self, item: str, end_ms: int) -> Any:
        """Cut an item, or the error that this gives."""
        await self._connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=end_ms)
        return await self.until("conversation.item.truncated", "error")


async def hold(connection: Any, dialect: str, spoken: bytes) -> dict[str, Any]:
    """The call."""
    call, told = Call(connection, dialect), {}
    await call.until("session.created")
    session = await call.update("text")
    told["tools"] = [tool.name for tool in session.tools]
    asked = (await call.text("Where is my order?")).output[0]
    told["asked"] = [asked.name, json.loads(asked.arguments)]
    output = {"type": "function_call_output", "call_id": asked.call_id, "output": "It was shipped."}
    await connection.conversation.item.create(item=output)
    await connection.response.create()
    told["text"] = (await call.until("response.done")).response.output[0].content[0].text
    await call.update("audio")
    await call.speak(spoken)
    await call.until("input_audio_buffer.speech_started")
    heard = await call.until("conversation.item.input_audio_transcription.completed")
    told["heard"] = heard.transcript
    item, told["seconds"] = await call.sound()
    await call.speak(spoken)
    await call.until("input_audio_buffer.speech_started")
    interrupted = (await call.until("response.done")).response
    told["interrupted"] = [interrupted.status, interrupted.status_details.reason]
    told["truncated"] = (await call.truncated(item, 50)).audio_end_ms
    await connection.response.cancel()
    await call.until("response.done", "error")
    told["error"] = [(error := (await call.truncated("item_of_nobody", 50)).error).type, error.code]
    return told


def client(url: str, dialect: str, key: str) -> Any:
    """The SDK's own, for OpenAI's address or Azure's preview."""
    if dialect == "ga":
        return AsyncOpenAI(base_url=f"{url}/v1", api_key=key).realtime
    # The beta client takes wss for granted where it is not told.
    socket = f"{url.replace('http', 'ws', 1)}/openai"
    azure = AsyncAzureOpenAI(
        azure_endpoint=url, api_version="2025-04-01-preview", api_key=key, websocket_base_url=socket
    )
    return azure.beta.realtime


async def main(url: str, dialect: str, pcm: str) -> None:
    """Hold the call, and try another with a wrong key."""
    async with client(url, dialect, "the-key").connect(model="my-deployment") as connection:
        told = await hold(connection, dialect, await asyncio.to_thread(Path(pcm).read_bytes))
    try:
        async with client(url, dialect, "another").connect(model="my-deployment") as connection:
            told["refused"] = (await connection.recv()).error.code
    except InvalidStatus as refused:
        told["refused"] = refused.response.status_code
    print(json.dumps(told))


asyncio.run(main(*sys.argv[1:]))
