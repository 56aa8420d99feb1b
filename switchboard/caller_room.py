"""The room of one call: when the caller comes, goes and comes back, and what their page is shown.

Everything that we publish has the prefix `switchboard.`; docs/page.md lists it for people who write their own page.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from livekit import rtc

from switchboard.ledger.events import Answered, Ended, Event, HandoffDone, ToolCalled, ToolReturned

log = structlog.get_logger(__name__)

EVENTS = "switchboard.events"
AGENT, LINE, CALL = "switchboard.agent", "switchboard.line", "switchboard.call"


class CallerRoom:
    """Follows `room` for the one caller of this call; `caller` is their identity, None: whoever comes first."""

    def __init__(self, room: rtc.Room, caller: str | None, line: str, call_id: str) -> None:
        self.room = room
        self.caller = caller
        self.here = asyncio.Event()
        self.gone = asyncio.Event()
        self.on_key: Callable[[str], None] = lambda _: None
        self._attributes = {LINE: line, CALL: call_id}
        self._outbox: asyncio.Queue[Callable[[], Awaitable[object]] | None] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None
        room.on("participant_connected", self._came)
        room.on("participant_disconnected", self._went)
        room.on("sip_dtmf_received", self._key)

    def connected(self) -> None:
        """The agent is in the room."""
        self._sender = asyncio.create_task(self._send(), name="room outbox")
        for participant in self.room.remote_participants.values():
            self._came(participant)

    async def aclose(self) -> None:
        """Send what is left, and stop."""
        if self._sender:
            self._outbox.put_nowait(None)
            await asyncio.wait([self._sender], timeout=2.0)
            self._sender.cancel()

    def show(self, event: Event) -> None:
        """A listener of the ledger: shows the caller's page what it may see. No arguments, no results."""
        match event:
            case Answered():
                self._set(AGENT, event.agent)
            case HandoffDone():
                self._set(AGENT, event.target)
                self._tell({"kind": "handoff", "from": event.source, "to": event.target})
            case ToolCalled() if not event.tool.startswith("transfer_to_"):
                self._tell({"kind": "tool_called", "agent": event.agent, "tool": event.tool, "id": event.call_id})
            case ToolReturned() if not event.tool.startswith("transfer_to_"):
                told = {"kind": "tool_returned", "agent": event.agent, "tool": event.tool, "id": event.call_id}
                self._tell({**told, "failed": event.failed})
            case Ended():
                self._tell({"kind": "ended", "reason": event.reason})
            case _:
                pass

    def _set(self, name: str, value: str) -> None:
        self._attributes[name] = value
        attributes = dict(self._attributes)
        self._outbox.put_nowait(lambda: self.room.local_participant.set_attributes(attributes))

    def _tell(self, event: dict[str, object]) -> None:
        text = json.dumps(event)

        def send() -> Awaitable[object]:
            there = [self.caller] if self.caller else None
            return self.room.local_participant.send_text(text, topic=EVENTS, destination_identities=there)

        self._outbox.put_nowait(send)

    async def _send(self) -> None:
        while (send := await self._outbox.get()) is not None:
            try:
                await send()
            except Exception as error:  # noqa: BLE001 - LiveKit raises plain ones; a page that misses news harms no call
                log.debug("the page was not told", error=type(error).__name__)

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            return
        if self.caller in (None, participant.identity):
            self.caller = participant.identity
            self.gone.clear()
            self.here.set()

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self.caller:
            self.here.clear()
            self.gone.set()

    def _key(self, event: rtc.SipDTMF) -> None:
        if event.participant is not None and event.participant.identity == self.caller:
            self.on_key(event.digit)
