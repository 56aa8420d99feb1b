"""The room of one call: when the caller comes, goes and comes back, and what their page is shown.

Everything that we publish has the prefix `switchboard.`; docs/page.md lists it for people who write their own page.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc
from livekit.agents import get_job_context
from livekit.protocol.sip import TransferSIPParticipantResponse

from switchboard.ledger.events import Answered, Ended, Event, HandoffDone, PersonStep, ToolCalled, ToolReturned

log = structlog.get_logger(__name__)

# LiveKit SIP's own attributes of a caller on the phone
STATUS, NUMBER, DIALED = "sip.callStatus", "sip.phoneNumber", "sip.trunkPhoneNumber"
REFER_SECONDS = 5.0  # for all of a transfer but the ringing
ON_THE_LINE, HUNG_UP = "active", "hangup"

EVENTS = "switchboard.events"
AGENT, LINE, CALL = "switchboard.agent", "switchboard.line", "switchboard.call"


class CallerRoom:
    """Follows `room` for the one caller of this call; `caller` is their identity, None: whoever comes first."""

    def __init__(self, room: rtc.Room, caller: str | None, line: str, call_id: str) -> None:
        self.room = room
        self.caller = caller
        self.here = asyncio.Event()
        """The caller is in the room, and can hear and speak: a phone was answered."""
        self.gone = asyncio.Event()
        self.number: str | None = None
        """Of a caller on the phone, as is `dialed`, the number that they called."""
        self.dialed: str | None = None
        self.on_key: Callable[[str], None] = lambda _: None
        self._attributes = {LINE: line, CALL: call_id}
        self._outbox: asyncio.Queue[Callable[[], Awaitable[object]] | None] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None
        room.on("participant_connected", self._came)
        room.on("participant_disconnected", self._went)
        room.on("participant_attributes_changed", self._changed)
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

    async def refer(self, address: str, ringing_seconds: int) -> TransferSIPParticipantResponse:
        """Send the caller's phone to `address`. Raises `api.TwirpError`, `aiohttp.ClientError` and `TimeoutError`."""
        assert self.caller is not None
        request = api.TransferSIPParticipantRequest(
            participant_identity=self.caller,
            room_name=self.room.name,
            transfer_to=address,
            play_dialtone=True,
            ringing_timeout=Duration(seconds=ringing_seconds),
        )
        async with asyncio.timeout(ringing_seconds + REFER_SECONDS):
            return await get_job_context().api.sip.transfer_sip_participant(request)

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
            case PersonStep():
                self._show_person(event)
            case Ended():
                self._tell({"kind": "ended", "reason": event.reason})
            case _:
                pass

    def _show_person(self, step: PersonStep) -> None:
        match step.stage:
            case "called" if step.phone == 1:
                self._tell({"kind": "person", "person": step.target, "state": "called"})
            case "unreached":
                self._tell({"kind": "person", "person": step.target, "state": "unreached"})
            case "joined":
                self._set(AGENT, step.target)
                self._tell({"kind": "handoff", "from": step.agent, "to": step.target})
            case "handed_back":
                self._set(AGENT, step.agent)
                self._tell({"kind": "handoff", "from": step.target, "to": step.agent})

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
            self.number = participant.attributes.get(NUMBER)
            self.dialed = participant.attributes.get(DIALED)
            if participant.kind != rtc.ParticipantKind.PARTICIPANT_KIND_SIP:
                self._arrived()
            else:
                self._changed(dict(participant.attributes), participant)

    def _arrived(self) -> None:
        self.gone.clear()
        self.here.set()

    def _changed(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        """A phone is in the room while it rings, and may be listed there for 20 s after its caller has hung up."""
        if participant.identity != self.caller:
            return
        if changed.get(STATUS) == ON_THE_LINE:
            self._arrived()
        elif changed.get(STATUS) == HUNG_UP:
            self._left()

    def _left(self) -> None:
        self.here.clear()
        self.gone.set()

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self.caller:
            self._left()

    def _key(self, event: rtc.SipDTMF) -> None:
        if event.participant is not None and event.participant.identity == self.caller:
            self.on_key(event.digit)
