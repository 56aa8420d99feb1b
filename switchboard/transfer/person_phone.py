"""The line to a person: a room of its own with their phone and our agent in it, apart from the caller's."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Self

import aiohttp
import structlog
from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc
from livekit.agents import get_job_context
from livekit.protocol.sip import CreateSIPParticipantRequest, SIPOutboundConfig

from switchboard.background import Background
from switchboard.ledger.events import TransferOutcome
from switchboard.livekit import token_of
from switchboard.room.join import join
from switchboard.room.keypad import KEYS
from switchboard.room.own_tracks import withdraw_tracks
from switchboard.room.pulse import Pulse
from switchboard.settings.schema import LiveKitAccess, Phone
from switchboard.transfer.outcome import outcome_of

log = structlog.get_logger(__name__)

PERSON = "person"
"""The person's identity in the room."""
STATUS = "sip.callStatus"
ANSWER_SECONDS = 5.0
"""For LiveKit's API, besides the ringing."""
EMPTY_SECONDS = 30
DEPARTURE_SECONDS = 1


class Engaged(Exception):  # noqa: N818 - a state of the phone, not an error
    """Another call is at this phone, or about to be."""


class PersonPhone:
    """One phone of a person, between `async with`: entering takes the line, leaving frees the phone.

    `caller` is the number that the phone shows; `on_ringing` is told when it rings. Entering raises `Engaged`, and,
    like `ring`, what LiveKit's API and its client raise: `api.TwirpError`, `aiohttp.ClientError`, `rtc.ConnectError`,
    `TimeoutError`.
    """

    def __init__(
        self, livekit: LiveKitAccess, settings: Phone, phone: str, caller: str, on_ringing: Callable[[], None]
    ) -> None:
        self._livekit = livekit
        self._settings = settings
        self._phone = phone
        self._caller = caller
        self._name = room_name(livekit, phone)
        self._identity = ""
        self.room = rtc.Room()
        self._on_ringing = on_ringing
        self._hung_up = False
        self._rang = False
        self.answered = asyncio.Event()
        self.gone = asyncio.Event()
        """The person has hung up, or the room is closed."""
        self._key_listeners: list[Callable[[str], None]] = []
        self._background = Background(self.gone.set)
        self.room.on("participant_connected", self._came)
        self.room.on("participant_attributes_changed", self._changed)
        self.room.on("participant_disconnected", self._went)
        self.room.on("disconnected", lambda _: self.gone.set())
        self.room.on("sip_dtmf_received", self._key)

    async def __aenter__(self) -> Self:
        job = get_job_context()
        self._identity = f"agent-{job.job.id}"
        empty = EMPTY_SECONDS + self._settings.ring_seconds
        async with asyncio.timeout(ANSWER_SECONDS):
            await job.api.room.create_room(
                api.CreateRoomRequest(name=self._name, empty_timeout=empty, departure_timeout=DEPARTURE_SECONDS)
            )
        async with asyncio.timeout(ANSWER_SECONDS):
            await join(self.room, self.room.connect(self._livekit.url, self._token()))
        engaged = True
        try:
            engaged = await self._others_are_first()
        finally:
            if engaged:
                await self.room.disconnect()
        if engaged:
            raise Engaged
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._background.aclose()
        await self.hang_up()
        await self.room.disconnect()

    async def hang_up(self) -> None:
        """Free the phone, whatever it is doing: its room is deleted, once."""
        if self._hung_up:
            return
        await withdraw_tracks(self.room)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await get_job_context().api.room.delete_room(api.DeleteRoomRequest(room=self._name))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a person's line was not closed", error=type(error).__name__)
        else:
            self._hung_up = True

    def listen(self, on_key: Callable[[str], None]) -> None:
        """Tell `on_key` each key that the person presses from now on."""
        self._key_listeners.append(on_key)

    async def ring(self) -> TransferOutcome:
        """Ring the phone until it is answered ("done"), or not."""
        rings_until = time.monotonic() + self._settings.ring_seconds
        try:
            async with asyncio.timeout(self._settings.ring_seconds + ANSWER_SECONDS):
                await get_job_context().api.sip.create_sip_participant(self._request())
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            return outcome_of(error, rings_until)
        self.answered.set()
        self._background.run(self._notice_silence(), "notice that a person has left")
        return "done"

    async def _notice_silence(self) -> None:
        await Pulse(get_job_context().api, self.room, PERSON, hurried=lambda: True).stops()  # a caller is with them
        self.gone.set()

    def _request(self) -> CreateSIPParticipantRequest:
        """With the way out in it, so that nothing has to be set up on the server first."""
        user, host = address_of(self._phone, self._settings)
        password = self._settings.outbound_password
        signs_in = host == self._settings.outbound_address
        way = SIPOutboundConfig(
            hostname=host,
            transport=f"SIP_TRANSPORT_{self._settings.outbound_transport.upper()}",
            auth_username=(self._settings.outbound_username or "") if signs_in else "",
            auth_password=password.get_secret_value() if password and signs_in else "",
        )
        return CreateSIPParticipantRequest(
            trunk=way,
            sip_call_to=user,
            sip_number=self._caller,
            room_name=self._name,
            participant_identity=PERSON,
            hide_phone_number=True,
            wait_until_answered=True,
            ringing_timeout=Duration(seconds=self._settings.ring_seconds),
        )

    def _token(self) -> str:
        grants = api.VideoGrants(room_join=True, room=self._name)
        token = token_of(self._livekit).with_identity(self._identity)
        return token.with_grants(grants).with_kind("agent").to_jwt()

    async def _others_are_first(self) -> bool:
        """Two calls may want the same person at once: who came into the room first has the phone.

        The server's list may not know us yet, as a last room of this name is being cleared: it is asked again.
        """
        request = api.ListParticipantsRequest(room=self._name)
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                there = (await get_job_context().api.room.list_participants(request)).participants
                if mine := next((one for one in there if one.identity == self._identity), None):
                    return any(_order(one) < _order(mine) for one in there)

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        """What is said of a phone before its coming has been seen comes with it."""
        self._changed(participant.attributes, participant)

    def _changed(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        if participant.identity == PERSON and changed.get(STATUS) == "ringing" and not self._rang:
            self._rang = True
            self._on_ringing()
        elif participant.identity == PERSON and changed.get(STATUS) == "hangup":
            self.gone.set()

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == PERSON:
            self.gone.set()

    def _key(self, event: rtc.SipDTMF) -> None:
        if event.participant is not None and event.participant.identity == PERSON and event.digit in KEYS:
            for listener in self._key_listeners:
                listener(event.digit)


def room_name(livekit: LiveKitAccess, phone: str) -> str:
    """The one room of a phone, whichever call and worker wants it. Rooms are in logs: it does not tell the number."""
    secret = livekit.secret.get_secret_value()
    return f"person-{hmac.new(secret.encode(), phone.encode(), hashlib.sha256).hexdigest()[:16]}"


def address_of(phone: str, settings: Phone) -> tuple[str, str]:
    """Whom to call and where: `sip:desk@10.0.0.5` at its own host, a number over the carrier of the settings."""
    if phone.startswith(("sip:", "sips:")):
        user, _, host = phone.partition(":")[2].partition("@")
        return user, host
    return phone, settings.outbound_address or ""


def _order(participant: api.ParticipantInfo) -> tuple[int, str]:
    return participant.joined_at_ms or participant.joined_at * 1000, participant.identity
