"""The word that an agent is relieved comes from its own worker: nobody in the room can say it."""

import pytest
from livekit import api, rtc
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol.agent import Job
from livekit.protocol.models import Room

from switchboard.ledger.events import AgentSpoke, Ended, HandoffDone
from switchboard.livekit import token_of
from switchboard.room.relief import TOPIC, send_word
from tests.livekit import LiveKitServer, livekit_server
from tests.stage.room import WORKER, Booth, booth
from tests.stage.stage import LINE

__all__ = ["livekit_server"]


async def word_of(worker: str, server: LiveKitServer, room: rtc.Room) -> None:
    """What that worker tells the agent in the room when it stops."""
    job = Job(id="AJ_1", room=Room(name=room.name))
    accepted = JobAcceptArguments(name="", identity="agent", metadata="")
    async with server.api() as livekit:
        await send_word(livekit, [RunningJobInfo(accepted, job, server.url, "", worker, False)])


def agents_room(call: Booth) -> rtc.Room:
    assert call.conversation._presence
    return call.conversation._presence._room.room


async def test_an_agent_that_nobody_can_relieve_says_goodbye_and_the_call_may_be_taken_up_later(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth(livekit_server, database_url, monkeypatch) as call:
        await word_of(WORKER, livekit_server, agents_room(call))
        ended = await call.first(Ended)

        assert call.of(AgentSpoke)[-1].text == LINE.words.sorry
        assert ended.reason == "stopped"


async def test_the_word_of_anybody_else_is_not_heard(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth(livekit_server, database_url, monkeypatch) as call:
        room = agents_room(call)
        stranger = rtc.Room()
        token = token_of(livekit_server.access).with_identity("stranger")
        grants = api.VideoGrants(room_join=True, room=room.name)
        await stranger.connect(livekit_server.url, token.with_grants(grants).to_jwt())
        for guess in (b"", b"AJ_1", b"agent", WORKER.lower().encode()):
            await stranger.local_participant.publish_data(guess, topic=TOPIC)
        await word_of("AW_another", livekit_server, room)
        call.type("to desk")
        await call.first(HandoffDone)
        await stranger.disconnect()

        assert call.conversation._presence
        assert call.conversation._presence._moving is None
        assert not call.of(Ended)
