"""Whether a phone is still on the line, for when its leaving is lost.

LiveKit's server (1.13.5) drops a participant's last requests now and then when their connection closes in the same
moment, on a busy machine about once in fifty calls. It lists them, as if nothing was, until their media connection
fails, some 20 s later. `docs/upstream.md` has the case.
"""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import structlog
from livekit import api, rtc

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
SILENT_SECONDS = 0.4
"""From the last packet of sound until the phone is asked: one sends sound all the time, unless it is on hold."""
ASK_SECONDS = 0.4
"""For one answer of the phone, which comes in some 10 ms."""
QUESTIONS, HURRIED_QUESTIONS = 7, 2
"""Unanswered ones, until a phone is taken for gone: some 4 s from its leaving to our word, or 1.5 s."""
SERVER_SECONDS = 0.7
METHOD = "switchboard.pulse"
"""Nobody knows it: whoever is there answers that."""
UNANSWERED = (
    rtc.RpcError.ErrorCode.CONNECTION_TIMEOUT,
    rtc.RpcError.ErrorCode.RESPONSE_TIMEOUT,
    rtc.RpcError.ErrorCode.RECIPIENT_DISCONNECTED,
)


class Pulse:
    """Of the participant `identity` in `room`, who publishes sound. `server` has the rights of an administrator.

    On a busy machine all that comes from a phone may stay away for seconds, and to take it for gone ends its call: that
    is done soon only while `hurried` says that others wait to hear of it.
    """

    def __init__(
        self, server: api.LiveKitAPI, room: rtc.Room, identity: str, hurried: Callable[[], bool] = lambda: False
    ) -> None:
        self._server = server
        self._room = room
        self._identity = identity
        self._hurried = hurried

    async def stops(self) -> None:
        """Wait until no sound comes, the participant answers nothing, and our own connection is not why."""
        packets, since = -1, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = await self._packets()
            if now != packets:
                packets, since = now, time.monotonic()
            elif time.monotonic() - since >= SILENT_SECONDS:
                if await self._gone(packets):
                    return
                since = time.monotonic()

    async def _gone(self, packets: int) -> bool:
        """Whether no question is answered, the server answers after each, and no sound comes meanwhile.

        One question would not do: a server that stands still for a second and goes on answers for itself at once.
        """
        asked = 0
        while asked < (HURRIED_QUESTIONS if self._hurried() else QUESTIONS):
            if await self._answers() or not await self._server_answers() or await self._packets() != packets:
                return False
            asked += 1
        return True

    async def _packets(self) -> int:
        """How many packets of sound have come; 0 before there is a track."""
        participant = self._room.remote_participants.get(self._identity)
        tracks = [each.track for each in participant.track_publications.values() if each.track] if participant else []
        try:
            stats = [each for track in tracks for each in await track.get_stats()]
        except Exception as error:  # noqa: BLE001 - LiveKit raises plain ones, for a track that has just ended
            log.debug("no statistics of a phone", error=type(error).__name__)
            return -1
        return sum(each.inbound_rtp.received.packets_received for each in stats if each.HasField("inbound_rtp"))

    async def _answers(self) -> bool:
        try:
            await self._room.local_participant.perform_rpc(
                destination_identity=self._identity,
                method=METHOD,
                payload="",
                response_timeout=2 * ASK_SECONDS,
                max_round_trip_latency=ASK_SECONDS,
            )
        except rtc.RpcError as error:
            log.info("a phone was asked whether it is there", code=error.code)
            return error.code not in UNANSWERED
        return True

    async def _server_answers(self) -> bool:
        """Whether we would hear of it if the participant were there: a server that is gone, or stands still, tells."""
        if self._room.connection_state != rtc.ConnectionState.CONN_CONNECTED:
            return False
        request = api.RoomParticipantIdentity(room=self._room.name, identity=self._identity)
        try:
            async with asyncio.timeout(SERVER_SECONDS):
                await self._server.room.get_participant(request)
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            return isinstance(error, api.TwirpError) and error.code == api.TwirpErrorCode.NOT_FOUND
        return True
