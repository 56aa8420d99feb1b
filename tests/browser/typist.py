"""Who calls by the web app's API and types: a page of theirs would take a third of a core from what is tested."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.browser.participant import TRANSCRIPTS, Participant
from tests.browser.stack import Stack


class Typist(Participant):
    """From `in_a_call`. `origin` is what the ledger calls their call."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.origin = origin


@asynccontextmanager
async def in_a_call(stack: Stack) -> AsyncIterator[Typist]:
    """Somebody who was greeted; they hang up at the end."""
    async with aiohttp.ClientSession(stack.page, raise_for_status=True) as web:
        async with web.post("/calls", json={}) as answer:
            call = await answer.json()
        caller = Typist(call["id"])
        await caller.room.connect(stack.livekit.url, call["participant_token"])
        try:
            await caller.gets(TRANSCRIPTS, "Fernway")
            yield caller
        finally:
            async with web.delete("/calls", json={"resume_token": call["resume_token"]}):
                await caller.room.disconnect()
