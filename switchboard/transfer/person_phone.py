"""The line to a person: a room of its own with their phone and our agent in it, apart from the caller's."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from typing import Self

import aiohttp
import structlog
from google.protobuf.duration_pb2 import Duration
from livekit import api, rtc
from livekit.agents import get_job_context
from livekit.protocol.sip import CreateSIPParticipantRequest, SIPOutboundConfig

from switchboard.background import Background
from switchboard.ledger.events import TransferOutcome
from switchboard.livekit import close_room, token_of
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
MOST_TRIES = 3
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
        self.room = self._new_room()
        self._on_ringing = on_ringing
        self._hung_up = False
        self._rang = False
        self.answered = asyncio.Event()
        self.gone = asyncio.Event()
        """The person has hung up, or the room is closed."""
        self._key_listeners: list[Callable[[str], None]] = []
        self._background = Background(self.gone.set)

    async def __aenter__(self) -> Self:
        self._identity = f"agent-{get_job_context().job.id}"
        for _ in range(MOST_TRIES):
            there = await self._enter()
            if mine := next((one for one in there if one.identity == self._identity), None):
                if all(_order(mine) <= _order(one) for one in there):
                    return self
                await self.room.disconnect()
                raise Engaged
            log.warning("a person's room was being cleared away, and is entered again")
            left, self.room = self.room, self._new_room()
            await left.disconnect()
        raise TimeoutError

    async def __aexit__(self, *_: object) -> None:
        await self._background.aclose()
        await self.hang_up()
        await self.room.disconnect()

    async def hang_up(self) -> None:
        """Free the phone, whatever it is doing: its room is deleted, once."""
        if self._hung_up:
            return
        await withdraw_tracks(self.room)
        self._hung_up = await close_room(get_job_context().api, self._name)

    def _new_room(self) -> rtc.Room:
        room = rtc.Room()
        room.on("participant_connected", self._came)
        room.on("participant_attributes_changed", self._changed)
        room.on("participant_disconnected", self._went)
        room.on("disconnected", lambda _: self._closed(room))
        room.on("sip_dtmf_received", self._key)
        return room

    async def _enter(self) -> Sequence[api.ParticipantInfo]:
        """Who is in the room then, as the server knows it: two calls may want the same person at once.

        We are not among them where the last room of this name was just being cleared away: the server then forgets ours
        with it, and the phone would join another one (docs/upstream.md, 10).
        """
        rooms, empty = get_job_context().api.room, EMPTY_SECONDS + self._settings.ring_seconds
        async with asyncio.timeout(ANSWER_SECONDS):
            await rooms.create_room(
                api.CreateRoomRequest(name=self._name, empty_timeout=empty, departure_timeout=DEPARTURE_SECONDS)
            )
        async with asyncio.timeout(ANSWER_SECONDS):
            await join(self.room, self.room.connect(self._livekit.url, self._token()))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return (await rooms.list_participants(api.ListParticipantsRequest(room=self._name))).participants
        except BaseException:
            await self.room.disconnect()
            raise

    def _closed(self, room: rtc.Room) -> None:
        if room is self.room:
            self.gone.set()

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
