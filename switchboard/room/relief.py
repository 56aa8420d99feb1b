"""Being relieved: the agent of a worker that stops leaves its room to the next agent, whom it calls itself.

The next one waits at the door (`Seat`) until this one has left: there are never two.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence

import aiohttp
import structlog
from livekit import api, rtc
from livekit.agents.job import RunningJobInfo
from livekit.protocol.agent import Job, JobStatus
from livekit.protocol.models import DataPacket

log = structlog.get_logger(__name__)

TOPIC = "switchboard.relief"
ANSWER_SECONDS = 2.0
TAKEN_SECONDS = 3.0
"""So long a worker may take to say that it comes; an agent is normally there after a third of a second."""
LOOK_SECONDS = 0.1
ERRORS = (api.TwirpError, aiohttp.ClientError, TimeoutError)


class Relief:
    """Calls the next agent to the room of `job`, as `server` has it; `metadata` tells it about the call.

    `worker` is the id of ours, which nobody in the room knows.
    """

    def __init__(self, server: api.LiveKitAPI, job: Job, worker: str, metadata: str) -> None:
        self._server = server
        self._room = job.room.name
        self._name = job.agent_name
        self._worker = worker
        self._metadata = metadata

    def on_word(self, room: rtc.Room, told: Callable[[], None]) -> None:
        """Call `told` when our worker says that it is time: nobody in `room` can."""

        def came(packet: rtc.DataPacket) -> None:
            if packet.topic == TOPIC and hmac.compare_digest(packet.data, self._worker.encode()):
                told()

        room.on("data_received", came)

    async def called(self) -> bool:
        """Whether a worker has taken it on to send one."""
        try:
            async with asyncio.timeout(TAKEN_SECONDS):
                await self._until_taken()
        except ERRORS as error:
            log.warning("no other worker takes the call", room=self._room, error=type(error).__name__)
            return False
        return True

    async def _until_taken(self) -> None:
        dispatches = self._server.agent_dispatch
        asked = api.CreateAgentDispatchRequest(agent_name=self._name, room=self._room, metadata=self._metadata)
        made = await dispatches.create_dispatch(asked)
        while not _is_taken(await dispatches.get_dispatch(made.id, self._room)):  # noqa: ASYNC110 - a server's state
            await asyncio.sleep(LOOK_SECONDS)


def _is_taken(dispatch: api.AgentDispatch | None) -> bool:
    return dispatch is not None and any(job.state.status == JobStatus.JS_RUNNING for job in dispatch.state.jobs)


async def send_word(server: api.LiveKitAPI, jobs: Sequence[RunningJobInfo]) -> None:
    """Tell the agent of each job that it is to be relieved now; one who is not reached is told nothing."""
    await asyncio.gather(*(_send_word(server, job) for job in jobs))


async def _send_word(server: api.LiveKitAPI, running: RunningJobInfo) -> None:
    request = api.SendDataRequest(
        room=running.job.room.name,
        data=running.worker_id.encode(),
        kind=DataPacket.Kind.RELIABLE,
        destination_identities=[running.accept_arguments.identity],
        topic=TOPIC,
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await server.room.send_data(request)
    except ERRORS as error:
        log.warning("an agent was not told to leave", room=request.room, error=type(error).__name__)
