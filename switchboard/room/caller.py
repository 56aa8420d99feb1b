"""The room of one call: when the caller comes, goes and comes back, and what their page is shown.

Everything that we publish has the prefix `switchboard.`; docs/page.md lists it for people who write their own page.
"""

import asyncio
import json
from collections.abc import Callable

import structlog
from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc
from livekit.agents import get_job_context
from livekit.agents.voice.transcription import find_micro_track_id
from livekit.protocol.sip import TransferSIPParticipantResponse

from switchboard.background import Background
from switchboard.ledger.events import (
    Answered,
    Ended,
    Event,
    HandoffDone,
    PersonStep,
    RescueStep,
    ToolCalled,
    ToolReturned,
)
from switchboard.room.outbox import Outbox
from switchboard.room.own_tracks import withdraw_tracks
from switchboard.room.pulse import Pulse
from switchboard.room.seat import Seat

log = structlog.get_logger(__name__)

# LiveKit SIP's own attributes of a caller on the phone
STATUS, NUMBER, DIALED = "sip.callStatus", "sip.phoneNumber", "sip.trunkPhoneNumber"
REFER_SECONDS = 5.0  # for all of a transfer but the ringing
ON_THE_LINE, HUNG_UP = "active", "hangup"
LOOK_SECONDS = 0.5
"""How often a room that we have lost is looked for; LiveKit's client tries to come back to a deleted one for 10 s."""

EVENTS = "switchboard.events"
AGENT, LINE, CALL = "switchboard.agent", "switchboard.line", "switchboard.call"


class NotOnThePhone(Exception):  # noqa: N818 - a state of the caller, not an error
    """The caller has no phone that could be sent elsewhere."""


class CallerRoom:
    """Follows `room` for the one caller of this call; `caller` is their identity, None: whoever comes first.

    `on_key` is told each key that they press.
    """

    def __init__(
        self,
        room: rtc.Room,
        seat: Seat,
        caller: str | None,
        line: str,
        call_id: str,
        on_key: Callable[[str], None],
        background: Background,
    ) -> None:
        self.room = room
        self.caller = caller
        self.here = asyncio.Event()
        """The caller is in the room, and can hear and speak: a phone was answered."""
        self.gone = asyncio.Event()
        self.number: str | None = None
        """Of a caller on the phone, as is `dialed`, the number that they called."""
        self.dialed: str | None = None
        self.closed = asyncio.Event()
        """The room is no more, or another agent's."""
        self.seated = asyncio.Event()
        """The room is this agent's, as far as is known: whoever was away may have lost it, and learns of it late."""
        self.seated.set()
        self.outbox = Outbox(room)
        self.goes_on = False
        """Another agent comes when this one has left: the room stays."""
        self._seat = seat
        self._on_key = on_key
        self._background = background
        self._attributes = {LINE: line, CALL: call_id}
        self._changed_attributes = asyncio.Event()
        self._told = 0
        self._person_waits = False
        """A person is rung for the caller, or with them, and is to hear soon that the caller has gone."""
        self._entered = False
        self._away = False
        self._was_away = False
        self._delivering: asyncio.Task[None] | None = None
        room.on("participant_connected", self._came)
        room.on("participant_active", self._active)
        room.on("disconnected", self._gave_up)
        room.on("reconnecting", self._lost)
        room.on("reconnected", self._back)
        room.on("participant_disconnected", self._went)
        room.on("participant_attributes_changed", self._changed)
        room.on("sip_dtmf_received", self._key)

    def connected(self) -> None:
        """The agent is in the room, and has it to itself."""
        self._entered = True
        self._delivering = self._background.run(self.outbox.deliver(), "outbox")
        self._background.run(self._publish_attributes(), "attributes")
        for participant in self.room.remote_participants.values():
            self._came(participant)

    async def aclose(self) -> None:
        """Send what is left, and close the room, for whoever is still in it; not one that is another agent's."""
        if self._delivering:
            await self.outbox.aclose(self._delivering)
        if self._entered and not self.goes_on and (not self._was_away or await self._lost_the_seat() is False):
            await withdraw_tracks(self.room)
            await self._seat.close_room()

    @property
    def audience(self) -> list[str]:
        """Who is told what happens in the call: the caller, or whoever is there while it is not known who that is."""
        return [self.caller] if self.caller else []

    def is_caller(self, identity: str) -> bool:
        """Whether that participant is the caller."""
        return identity == self.caller

    def microphone_of(self, identity: str) -> str | None:
        """The track in which that participant speaks, if they are there and have one."""
        try:
            return find_micro_track_id(self.room, identity)
        except ValueError:
            return None

    async def refer(self, address: str, ringing_seconds: int) -> TransferSIPParticipantResponse:
        """Send the caller's phone to `address`.

        Raises `NotOnThePhone`, `api.TwirpError`, `aiohttp.ClientError` and `TimeoutError`.
        """
        if self.caller is None or self.dialed is None:
            raise NotOnThePhone
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
            case Ended(reason="moved"):
                self.goes_on = True
                self._tell({"kind": "moving"})
            case RescueStep(by="callback"):
                self._tell({"kind": "callback", "state": event.outcome})
            case Ended():
                self._tell({"kind": "ended", "reason": event.reason})
            case _:
                pass

    def confirm(self, name: str) -> None:
        """What the caller's page calls by that name is kept."""
        self._tell({"kind": "taken", "id": name})

    def _show_person(self, step: PersonStep) -> None:
        match step.stage:
            case "called" if not self._person_waits:
                self._person_waits = True
                self._tell({"kind": "person", "person": step.target, "state": "called"})
            case "unreached":
                self._person_waits = False
                self._tell({"kind": "person", "person": step.target, "state": "unreached"})
            case "joined":
                self._set(AGENT, step.target)
                self._tell({"kind": "handoff", "from": step.agent, "to": step.target})
            case "handed_back" | "cut_off":
                self._person_waits = False
                self._set(AGENT, step.agent)
                self._tell({"kind": "handoff", "from": step.target, "to": step.agent})

    def _set(self, name: str, value: str) -> None:
        self._attributes[name] = value
        self._changed_attributes.set()

    def _tell(self, event: dict[str, object]) -> None:
        self._told += 1
        text = json.dumps(event | {"seq": self._told})
        self.outbox.put(
            lambda _: self.room.local_participant.send_text(text, topic=EVENTS, destination_identities=self.audience)
        )

    async def _publish_attributes(self) -> None:
        """Attributes go with the room's signalling, and whoever comes later is told the last ones by the server."""
        while True:
            await self._changed_attributes.wait()
            self._changed_attributes.clear()
            try:
                await self.room.local_participant.set_attributes(dict(self._attributes))
            except Exception as error:  # noqa: BLE001 - LiveKit raises plain ones; a page that misses news harms no call
                log.debug("the page was not told", error=type(error).__name__)

    def _lost(self) -> None:
        self._away = self._was_away = True
        self.seated.clear()
        self._background.run(self._look_for_the_room(), "look for the room")

    def _back(self) -> None:
        self._away = False
        self._changed_attributes.set()  # the last ones may not have arrived

    def _gave_up(self, *_: object) -> None:
        self._was_away = True
        self.closed.set()

    async def _look_for_the_room(self) -> None:
        """Our connection is lost. Whether the room still is, the server knows long before LiveKit's client gives up.

        The client makes a deleted room anew and says that it is back: it is looked once more then, for this very room.
        Another agent may have come meanwhile, for one that the server took for dead.
        """
        while not self.closed.is_set():
            away = self._away
            lost = await self._lost_the_seat()
            if lost:
                self.closed.set()
            if lost is not None and not away:
                break
            await asyncio.sleep(LOOK_SECONDS)
        if not (self._away or self.closed.is_set()):
            self.seated.set()

    async def _lost_the_seat(self) -> bool | None:
        return await self._seat.lost(self.room.local_participant.identity)

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            return
        if self.caller in (None, participant.identity):
            self.caller = participant.identity
            self.number = participant.attributes.get(NUMBER)
            self.dialed = participant.attributes.get(DIALED)
            if participant.state == rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE:
                self._active(participant)
            if participant.kind != rtc.ParticipantKind.PARTICIPANT_KIND_SIP:
                self._arrived()
            else:
                self._changed(dict(participant.attributes), participant)

    def _active(self, participant: rtc.RemoteParticipant) -> None:
        """Their data channel is open; a phone has none, and shows nothing."""
        if participant.identity == self.caller and participant.kind != rtc.ParticipantKind.PARTICIPANT_KIND_SIP:
            self.outbox.reached()

    def _arrived(self) -> None:
        self.gone.clear()
        self.here.set()

    def _changed(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        """A phone is in the room while it rings, and may be listed there for 20 s after its caller has hung up."""
        if participant.identity != self.caller:
            return
        if changed.get(STATUS) == ON_THE_LINE:
            self._arrived()
            self._background.run(self._notice_silence(participant.identity), "notice that a phone has left")
        elif changed.get(STATUS) == HUNG_UP:
            self._left("hung up")

    async def _notice_silence(self, identity: str) -> None:
        await Pulse(get_job_context().api, self.room, identity, hurried=lambda: self._person_waits).stops()
        self._left("no sound and no answer")

    def _left(self, how: str) -> None:
        log.info("the caller has left", how=how)
        self.here.clear()
        self.gone.set()

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self.caller:
            self.outbox.lost()
            self._left("disconnected")

    def _key(self, event: rtc.SipDTMF) -> None:
        if event.participant is not None and event.participant.identity == self.caller:
            self._on_key(event.digit)
