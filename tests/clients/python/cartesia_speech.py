"""What Cartesia's package does with one connection: `cartesia_speech.py URL`."""

import asyncio
import json
import sys
from typing import Any

from cartesia import APIStatusError, AsyncCartesia
from websockets.exceptions import InvalidStatus

FORMAT = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000}
VOICE = {"mode": "id", "id": "a-voice"}
SECOND = 48_000


def client(url: str, key: str) -> AsyncCartesia:
    """The SDK, at this address."""
    return AsyncCartesia(api_key=key, base_url=url, websocket_base_url=url.replace("http", "ws", 1), max_retries=0)


async def heard(context: Any) -> dict[str, Any]:
    """All that a context says."""
    told: dict[str, Any] = {"seconds": 0.0, "words": [], "error": None}
    async for event in context.receive():
        if event.type == "chunk":
            told["seconds"] += len(event.audio) / SECOND
        elif event.type == "timestamps":
            told["words"] += event.word_timestamps.words
        elif event.type == "error":
            told["error"] = event.status_code
    return told


def context_of(connection: Any, **more: Any) -> Any:
    """A new context."""
    return connection.context(model_id="sonic-3", voice=VOICE, output_format=FORMAT, timeout=10.0, **more)


async def hold(connection: Any) -> dict[str, Any]:
    """Two contexts at once, one that is cancelled, and one that cannot be."""
    first, second = (context_of(connection, add_timestamps=True) for _ in range(2))
    for context, words in ((first, ["It was ", "shipped."]), (second, ["Thank you ", "for your call."])):
        for piece in words:
            await context.push(piece)
        await context.no_more_inputs()
    both = await asyncio.gather(heard(first), heard(second))
    cancelled = context_of(connection)
    await cancelled.push("This is a long sentence that nobody wants to hear to its end, whatever it may say.")
    await cancelled.no_more_inputs()
    await anext(cancelled.receive())
    await cancelled.cancel()
    wrong = context_of(connection)
    await wrong.push("Hello.", output_format={**FORMAT, "sample_rate": 1})
    refused = await heard(wrong)
    after = context_of(connection)
    await after.push("Still here.", continue_=False)
    return {"contexts": both, "wrong": refused, "after": await heard(after)}


async def main(url: str) -> None:
    """Speak over a socket, in one piece, and with a wrong key."""
    speech = client(url, "the-key").tts
    async with speech.websocket_connect() as connection:
        told = await hold(connection)
    whole = await speech.generate(model_id="sonic-3", output_format=FORMAT, transcript="Hello.", voice=VOICE)
    told["whole"] = len(await whole.read()) / SECOND
    refused: list[int] = []
    try:
        await client(url, "another").tts.generate(
            model_id="sonic-3", output_format=FORMAT, transcript="Hello.", voice=VOICE
        )
    except APIStatusError as error:
        refused.append(error.status_code)
    try:
        async with client(url, "another").tts.websocket_connect():
            pass
    except InvalidStatus as error:
        refused.append(error.response.status_code)
    print(json.dumps({**told, "refused": refused}))


asyncio.run(main(*sys.argv[1:]))
