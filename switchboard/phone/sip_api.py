"""The trunks and dispatch rules of a LiveKit server that are ours."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api
from livekit.api.sip_service import SipService
from livekit.protocol.sip import (
    CreateSIPDispatchRuleRequest,
    CreateSIPInboundTrunkRequest,
    CreateSIPOutboundTrunkRequest,
    DeleteSIPDispatchRuleRequest,
    DeleteSIPTrunkRequest,
    ListSIPDispatchRuleRequest,
    ListSIPInboundTrunkRequest,
    ListSIPOutboundTrunkRequest,
    SIPDispatchRuleInfo,
    SIPInboundTrunkInfo,
    SIPOutboundTrunkInfo,
)

from switchboard.livekit import client_of
from switchboard.phone.difference import AnyItem, Item
from switchboard.phone.errors import PhoneError
from switchboard.phone.trunks import is_ours, takes_all
from switchboard.settings.schema import LiveKitAccess

ANSWER_SECONDS = 10.0


class SipApi:
    """LiveKit's SIP API, between `async with`. Every method may raise `PhoneError`."""

    def __init__(self, livekit: LiveKitAccess) -> None:
        self._livekit = livekit
        self._client: api.LiveKitAPI | None = None

    async def __aenter__(self) -> Self:
        self._client = client_of(self._livekit)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._client is not None
        await self._client.aclose()

    async def inbound_trunks(self) -> list[SIPInboundTrunkInfo]:
        """Ours, by name."""
        async with self._service() as sip:
            listed = await sip.list_inbound_trunk(ListSIPInboundTrunkRequest())
        return _ours(listed.items)

    async def dispatch_rules(self) -> list[SIPDispatchRuleInfo]:
        """Ours, by name."""
        return _ours(await self._rules())

    async def others_take_all(self) -> bool:
        """Whether somebody else has a rule for calls that reach no trunk."""
        return any(takes_all(rule) and not is_ours(rule.name) for rule in await self._rules())

    async def outbound_trunks(self) -> list[SIPOutboundTrunkInfo]:
        """Ours, by name."""
        async with self._service() as sip:
            listed = await sip.list_outbound_trunk(ListSIPOutboundTrunkRequest())
        return _ours(listed.items)

    async def create(self, item: Item) -> str:
        """Make it; returns its id."""
        async with self._service() as sip:
            match item:
                case SIPInboundTrunkInfo():
                    made = await sip.create_inbound_trunk(CreateSIPInboundTrunkRequest(trunk=item))
                    return str(made.sip_trunk_id)
                case SIPOutboundTrunkInfo():
                    out = await sip.create_outbound_trunk(CreateSIPOutboundTrunkRequest(trunk=item))
                    return str(out.sip_trunk_id)
            rule = await sip.create_dispatch_rule(CreateSIPDispatchRuleRequest(dispatch_rule=item))
            return str(rule.sip_dispatch_rule_id)

    async def replace(self, old: Item, new: Item) -> None:
        """Put `new` in the place of `old`, which keeps its id."""
        async with self._service() as sip:
            match new:
                case SIPInboundTrunkInfo():
                    await sip.update_inbound_trunk(identity(old), new)
                case SIPOutboundTrunkInfo():
                    await sip.update_outbound_trunk(identity(old), new)
                case SIPDispatchRuleInfo():
                    await sip.update_dispatch_rule(identity(old), new)

    async def delete(self, item: Item) -> None:
        """Remove it; nothing happens if it is gone already."""
        async with self._service(missing_is_fine=True) as sip:
            if isinstance(item, SIPDispatchRuleInfo):
                await sip.delete_dispatch_rule(DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=identity(item)))
            else:
                await sip.delete_trunk(DeleteSIPTrunkRequest(sip_trunk_id=identity(item)))

    async def _rules(self) -> Sequence[SIPDispatchRuleInfo]:
        async with self._service() as sip:
            return (await sip.list_dispatch_rule(ListSIPDispatchRuleRequest())).items

    @asynccontextmanager
    async def _service(self, missing_is_fine: bool = False) -> AsyncIterator[SipService]:
        """Turn what LiveKit's client raises into what people are told."""
        assert self._client is not None
        try:
            # The client has a timeout of its own, which never acts: it passes None on to each request.
            async with asyncio.timeout(ANSWER_SECONDS):
                yield self._client.sip
        except api.TwirpError as error:
            if not (missing_is_fine and error.code == api.TwirpErrorCode.NOT_FOUND):
                raise PhoneError(self._refusal(error)) from None
        except (aiohttp.ClientError, TimeoutError, DecodeError, ValueError) as error:
            raise PhoneError(f"LiveKit cannot be reached at {self._livekit.url} ({type(error).__name__}).") from None

    def _refusal(self, error: api.TwirpError) -> str:
        where = f"The LiveKit server at {self._livekit.url}"
        if error.status in (401, 403):
            return f"{where} does not take LIVEKIT_API_KEY and LIVEKIT_API_SECRET for phone calls."
        if "redis" in error.message or "sip not connected" in error.message:
            return f"{where} takes no phone calls: it has no Redis, through which LiveKit SIP reaches it."
        return f"{where} refused: {error.message or error.status} ({error.code})."


def _ours(items: Iterable[AnyItem]) -> list[AnyItem]:
    return sorted((item for item in items if is_ours(item.name)), key=lambda item: (item.name, identity(item)))


def identity(item: Item) -> str:
    """The id that LiveKit gave it; "" for one that was not made yet."""
    return str(item.sip_dispatch_rule_id if isinstance(item, SIPDispatchRuleInfo) else item.sip_trunk_id)
