"""Random conversations: whatever a client creates, deletes and cancels, the chain and the responses stay sane."""

from __future__ import annotations

import random
from itertools import count

from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import Event, Wire, connect

TEXT = {"output_modalities": ["text"]}
REPLY: list[Say | CallTool] = [Say("One two."), CallTool("look", {})]
SLOW = Options(text_word=1e-4, arguments_piece=1e-4)
"""Every word and piece leaves on its own, so that something can happen in between."""


class Witness:
    """Follows a session by what the server says, and objects to what cannot be."""

    def __init__(self) -> None:
        self.living: list[str] = []
        self.active: str | None = None

    def see(self, event: Event) -> None:
        """Take in the next event."""
        kind = event["type"]
        if kind in ("conversation.item.added", "conversation.item.done"):
            self._item(event["item"]["id"], event["previous_item_id"], new=kind.endswith("added"))
        elif kind == "conversation.item.deleted":
            self.living.remove(event["item_id"])
        elif kind == "response.created":
            assert self.active is None, "two responses are active"
            self.active = event["response"]["id"]
        elif kind == "response.done":
            assert event["response"]["id"] == self.active
            self.active = None

    def _item(self, item_id: str, previous: str | None, new: bool) -> None:
        assert previous is None or previous in self.living, f"{item_id} stands after {previous}, which is gone"
        place = 0 if previous is None else self.living.index(previous) + 1
        if new:
            assert item_id not in self.living
            self.living.insert(place, item_id)
        assert self.living[place : place + 1] == [item_id], f"{item_id} does not stand after {previous}"


class Client:
    """Does one random thing after the other."""

    def __init__(self, wire: Wire, dice: random.Random) -> None:
        self._wire = wire
        self._dice = dice
        self._numbers = count()
        self.witness = Witness()

    async def play(self) -> None:
        """One sequence: a response, and things done before it and while it goes on."""
        for _ in range(self._dice.randrange(3)):
            await self._create()
        await self._wire.send("response.create", response=TEXT)
        await self._until("response.created")
        while self.witness.active is not None:
            event = await self._read()
            if event["type"].endswith(("item.added", "delta", "part.added")) and self._dice.random() < 0.5:
                await self._dice.choice((self._create, self._delete, self._delete, self._cancel, self._ask_again))()

    async def settled(self) -> None:
        """Read what is still under way: what was sent has been answered, and the last response has ended."""
        await self._wire.send("input_audio_buffer.clear")
        await self._until("input_audio_buffer.cleared")
        while self.witness.active is not None:
            await self._read()

    async def _create(self) -> None:
        item = {"id": f"mine{next(self._numbers)}", "type": "message", "role": "user", "content": []}
        place = self._dice.choice(("root", None, *self.witness.living))
        await self._wire.send("conversation.item.create", item=item, previous_item_id=place)

    async def _delete(self) -> None:
        if living := self.witness.living:
            await self._wire.send("conversation.item.delete", item_id=self._dice.choice(living[-3:]))

    async def _cancel(self) -> None:
        await self._wire.send("response.cancel")

    async def _ask_again(self) -> None:
        await self._wire.send("response.create", response=TEXT)

    async def _read(self) -> Event:
        event = await self._wire.next()
        self.witness.see(event)
        return event

    async def _until(self, kind: str) -> None:
        while (await self._read())["type"] != kind:
            pass


async def test_every_item_stands_after_a_living_one_and_every_response_ends() -> None:
    dice = random.Random(13)
    async with Simulator(Given(otherwise=REPLY), SLOW) as simulator:
        for _ in range(100):
            async with connect(simulator) as wire:
                client = Client(wire, dice)
                for _ in range(20):
                    await client.play()
                await client.settled()
