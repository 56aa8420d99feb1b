"""Bringing a LiveKit server's trunks and dispatch rules to what the settings say."""

from collections.abc import Iterable, Sequence
from typing import Self

from livekit.protocol.sip import SIPInboundTrunkInfo

from switchboard.phone.difference import AnyItem, Item, described, differences, title
from switchboard.phone.sip_api import SipApi, identity
from switchboard.phone.trunks import dispatch_rule, inbound_trunks, name_of, outbound_trunk, refusal
from switchboard.settings.schema import LiveKitAccess, Phone

NOT_YET = "new"
"""Stands for the id of a trunk that is not made yet."""


class Setup:
    """The phone as the settings want it, on the LiveKit server of the settings, between `async with`.

    Every method raises `PhoneError`.
    """

    def __init__(self, phone: Phone, livekit: LiveKitAccess) -> None:
        self._phone = phone
        self._livekit = livekit
        self._api = SipApi(livekit)

    async def __aenter__(self) -> Self:
        await self._api.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        await self._api.__aexit__(*details)

    async def up(self, dry_run: bool = False) -> list[str]:
        """Make, change and remove what has to be; returns a line for each difference. `dry_run` only returns them."""
        work = _Work(self._api, dry_run)
        old, wanted = await self._api.inbound_trunks(), inbound_trunks(self._phone)
        await work.remove_surplus(old, wanted)
        await work.remove_in_the_way(old, wanted)
        trunks = {trunk.name: await work.bring(old, trunk) for trunk in wanted}
        lines = dict.fromkeys(each.line for each in self._phone.numbers)
        rules = [dispatch_rule(line, self._livekit.agent_name, trunks[name_of(line)]) for line in lines]
        if lines and not await self._api.others_take_all():
            rules.append(refusal())
        await self._bring_all(work, await self._api.dispatch_rules(), rules)
        outbound = outbound_trunk(self._phone)
        await self._bring_all(work, await self._api.outbound_trunks(), [outbound] if outbound else [])
        return work.lines

    async def down(self, dry_run: bool = False) -> list[str]:
        """Remove all that is ours; returns a line for each."""
        work = _Work(self._api, dry_run)
        await work.remove_surplus(await self._api.dispatch_rules(), ())
        await work.remove_surplus(await self._api.inbound_trunks(), ())
        await work.remove_surplus(await self._api.outbound_trunks(), ())
        return work.lines

    async def show(self) -> list[str]:
        """A line for each trunk and rule of ours that LiveKit has."""
        items: list[Item] = [*await self._api.inbound_trunks(), *await self._api.dispatch_rules()]
        return [described(item) for item in (*items, *await self._api.outbound_trunks())]

    async def _bring_all(self, work: "_Work", old: Sequence[AnyItem], wanted: Sequence[AnyItem]) -> None:
        await work.remove_surplus(old, wanted)
        for item in wanted:
            await work.bring(old, item)


class _Work:
    """What is done, or would be, and the lines that tell it."""

    def __init__(self, sip: SipApi, dry_run: bool) -> None:
        self._api = sip
        self._dry_run = dry_run
        self._gone: set[str] = set()
        self.lines: list[str] = []

    async def bring(self, old: Iterable[AnyItem], wanted: AnyItem) -> str:
        """Have `wanted`, by its name, made or changed; returns its id."""
        current = next((item for item in old if item.name == wanted.name), None)
        if current is None:
            self.lines.append(f"{described(wanted)} (new)")
            return NOT_YET if self._dry_run else await self._api.create(wanted)
        changes = differences(current, wanted)
        self.lines += changes
        if identity(current) in self._gone:
            return await self._api.create(wanted)
        if changes and not self._dry_run:
            await self._api.replace(current, wanted)
        return identity(current)

    async def remove_surplus(self, old: Sequence[Item], wanted: Sequence[Item]) -> None:
        """Remove what nobody wants, and all but the first of a name."""
        names = {item.name for item in wanted}
        for number, item in enumerate(old):
            again = any(item.name == earlier.name for earlier in old[:number])
            if again or item.name not in names:
                self.lines.append(f"{title(item)}: removed{' (there were two)' if again else ''}")
                if not self._dry_run:
                    await self._api.delete(item)

    async def remove_in_the_way(
        self, old: Sequence[SIPInboundTrunkInfo], wanted: Sequence[SIPInboundTrunkInfo]
    ) -> None:
        """Remove trunks that hold a number which another one gets: LiveKit refuses one number on two of them."""
        for item in old:
            others = {number for trunk in wanted if trunk.name != item.name for number in trunk.numbers or ("",)}
            if not self._dry_run and not others.isdisjoint(item.numbers or ("",)):
                await self._api.delete(item)
                self._gone.add(identity(item))
