"""A person is brought in, over a real LiveKit server: what they and the caller hear, and how it can end."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from livekit import api, rtc
from livekit.agents.voice.run_result import RunResult

from simulator.faults import Fault
from simulator.mind import CallTool, Reply, Request, Say
from simulator.voice import synthesize
from switchboard.call.typed_line import TypedLine
from switchboard.ladder.phrases import Phrases
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, PersonSpoke, PersonStep, ToolReturned
from switchboard.line.sentences import (
    BRIEF_THE_COLLEAGUE,
    CUT_OFF,
    DICTATE,
    EXACTLY,
    HANDED_BACK,
    MEANWHILE,
    SAID,
    SAID_BEFORE,
    UNREACHED,
    WITH_YOU_AGAIN,
)
from switchboard.line.words import Words
from switchboard.line.workflow import Person
from switchboard.livekit import token_of
from switchboard.room.agent_track import AgentTrack
from switchboard.room.heard_source import Hearing
from switchboard.room.heard_source import Voice as WhoseVoice
from switchboard.room.voice_of import voice_of
from switchboard.services.providers import Services
from switchboard.transfer.caller_side import CallerSide
from switchboard.transfer.person_phone import PERSON, room_name
from switchboard.transfer.warm import FIRST_SAY_SO, WarmTransfer
from tests.livekit import KEY, SECRET, LiveKitServer
from tests.stage.mind import Obedient, agent_of
from tests.stage.stage import Stage, staged
from tests.switchboard.transfer.exchange import PATIENCE, Desk, Does, Ear, Exchange, Voice, answers, refuses, rings

ANNA = Person("anna", purpose="The caller wants a person.")
FIRST, SECOND = "+15550201", "+15550202"
CALLER, AGENT = "caller", "agent-AJ_1"
PHONE = {
    "PHONE_OUTBOUND_ADDRESS": "sip.carrier.example",
    "PHONE_OUTBOUND_NUMBER": "+15550100",
}


class Team(Obedient):
    """The agent brings Anna in when told "anna"; who briefs her does what she says, the rest is repeated."""

    def answer(self, request: Request) -> Reply:
        """As described."""
        said = request.items[-1].text if request.items else ""
        if agent_of(request) == "reception" and said.startswith("anna"):
            self.requests.append(request)
            brief = {"reason": "a refund", "facts": "order 10042", "tried": "nothing"}
            return [*([Say("One moment.")] if "politely" in said else []), CallTool("transfer_to_anna", brief)]
        return super().answer(request)


@dataclass
class House:
    """A call whose caller is in a room, with the exchange that rings Anna."""

    stage: Stage
    exchange: Exchange
    warm: WarmTransfer
    caller: rtc.Room
    voice: Voice
    ear: Ear
    """The caller's."""

    async def asks(self, words: str = "anna") -> RunResult[None]:
        """The caller asks for Anna; what comes of it is not waited for."""
        return self.stage.conversation.session.run(user_input=words)

    def stages(self) -> list[tuple[str, int]]:
        return [(step.stage, step.phone) for step in self.stage.of(PersonStep)]

    async def until_stage(self, stage: str, phone: int = 1) -> None:
        await self.stage.until(lambda: (stage, phone) in self.stages())

    async def told(self) -> str:
        """What the agent is told when it has the caller again, or the call is over."""
        await self.stage.until(lambda: self._returned())
        return self._returned()[0].result

    def _returned(self) -> list[ToolReturned]:
        return [each for each in self.stage.of(ToolReturned) if each.tool == "transfer_to_anna"]

    def is_back(self) -> bool:
        """Whether the agent hears the caller again, and minds their silence."""
        conversation = self.stage.conversation
        heard = conversation.session.input.audio_enabled and conversation.ending._ours.is_set()
        return heard and not self.warm.running and not conversation.ending.begun

    def asked_of(self, agent: str) -> list[Request]:
        """What an agent's model was asked."""
        return [request for request in self.stage.mind.requests if agent_of(request) == agent]

    def said(self, agent: str = "reception") -> list[str]:
        return [spoke.text for spoke in self.stage.of(AgentSpoke) if spoke.agent == agent]


async def connected(server: LiveKitServer, name: str, identity: str) -> rtc.Room:
    room = rtc.Room()
    grants = api.VideoGrants(room_join=True, room=name)
    await room.connect(server.url, token_of(server.access).with_identity(identity).with_grants(grants).to_jwt())
    return room


@asynccontextmanager
async def house(
    server: LiveKitServer,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    *phones: Does,
    mind: Obedient | None = None,
    accept_seconds: float = 10,
    ring_seconds: float = 10,
    hearing: Hearing | None = None,
    **environ: str,
) -> AsyncIterator[House]:
    """A call with Anna's phones, which do that when they are rung. The seconds may be fewer than settings allow.

    `hearing` is told what the caller hears.
    """
    name = f"call-{secrets.token_hex(6)}"
    access = {"LIVEKIT_URL": server.url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    told: dict[str, Any] = {**access, **PHONE, "PHONE_PEOPLE": people(len(phones)), **environ}
    async with AsyncExitStack() as leaving, server.api() as livekit:
        exchange = Exchange(server, livekit, dict(zip((FIRST, SECOND), phones, strict=False)))
        leaving.push_async_callback(exchange.aclose)
        monkeypatch.setattr("switchboard.transfer.person_phone.get_job_context", lambda: exchange.context)
        stage = await leaving.enter_async_context(staged(database_url, mind=mind or Team(), **told))
        room, caller = await connected(server, name, "agent"), await connected(server, name, CALLER)
        track, voice = AgentTrack(hearing), Voice(620)
        for each in (room.disconnect, caller.disconnect, track.aclose, voice.aclose):
            leaving.push_async_callback(each)
        await track.publish(room, CALLER)
        await voice.publish(caller)
        ear = Ear(caller, "agent")
        leaving.push_async_callback(ear.aclose)
        conversation = stage.conversation
        settings = conversation.services.settings
        patience = {"accept_seconds": accept_seconds, "ring_seconds": ring_seconds}
        phone = settings.phone.model_copy(update=patience)
        services = Services(settings.model_copy(update={"phone": phone}))
        side: Any = SimpleNamespace(room=room, caller=CALLER)
        warm = WarmTransfer(
            services,
            CallerSide(conversation.call, conversation.session, conversation.ending, side, track, conversation.model),
            partial(Phrases(conversation.session).of, Words().take, 1.0, without_model=True),
        )
        agent = conversation.handoffs.at_desk
        assert agent
        await agent.update_tools([*agent.tools, warm.tool(ANNA)])
        yield House(stage, exchange, warm, caller, voice, ear)
        conversation.ending.finish("caller_left")
        await conversation.ending.over.wait()


def people(phones: int) -> str:
    return "anna=" + "|".join((FIRST, SECOND)[:phones])


Entered = Any


@pytest.fixture
def entered(livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Entered:
    """`house` of this test."""

    def enter(*phones: Does, **how: Any) -> Any:
        return house(livekit_server, database_url, monkeypatch, *phones, **how)

    return enter


async def picked_up(call: House, words: str = "anna") -> Desk:
    """The caller has asked for Anna, whose phone has rung and is answered."""
    await call.asks(words)
    desk = await call.exchange.desk()
    await call.until_stage("ringing")
    desk.picked_up.set()
    await call.until_stage("answered")
    return desk


async def joined(call: House) -> Desk:
    """Anna has accepted by key, and has the caller."""
    desk = await picked_up(call)
    await desk.press("1")
    await call.until_stage("joined")
    return desk


class Listener:
    """Keeps what it is told, voice by voice."""

    def __init__(self) -> None:
        self.heard: dict[WhoseVoice, bytearray] = {"agent": bytearray(), "person": bytearray()}

    def hears(self, voice: WhoseVoice, frame: rtc.AudioFrame, ahead: float) -> None:
        self.heard[voice] += bytes(frame.data)

    def falls_silent(self) -> None:
        """It keeps what it has been told."""


JOINED = ["called", "ringing", "answered", "accepted", "joined"]


async def test_a_person_who_accepts_by_key_and_the_caller_hear_each_other_and_not_before(entered: Entered) -> None:
    async with entered(answers) as call:
        desk = await picked_up(call)
        ear = Ear(desk.room, AGENT)
        await desk.press("1")
        await call.until_stage("joined")
        before = ear.has_heard(620), call.ear.has_heard(1_130)
        await ear.until_hears(620)
        await call.ear.until_hears(1_130)
        await ear.aclose()
        await desk.hang_up()
        await call.stage.conversation.ending.over.wait()

        assert before == (False, False)
        assert call.stages() == [(stage, 1) for stage in [*JOINED, "left"]]
        assert [ended.reason for ended in call.stage.of(Ended)] == ["transferred"]
        assert not await call.exchange.rooms()
        assert desk.request.sip_number == "+15550100"


class Speechless(Team):
    """Whoever briefs says nothing when they are asked something for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def answer(self, request: Request) -> Reply:
        """As described."""
        reply = super().answer(request)
        if agent_of(request) == "briefing" and request.items[-1].text == "who is it":
            self.asked += 1
            return [] if self.asked == 1 else reply
        return reply


async def test_a_person_to_whose_question_the_model_says_nothing_is_answered(entered: Entered) -> None:
    mind = Speechless()
    async with entered(answers, mind=mind, accept_seconds=PATIENCE) as call:
        desk = await picked_up(call)
        await call.stage.simulator.wait_for(lambda: call.asked_of("briefing"))
        call.stage.mind.will_hear("who is it")
        desk.voice.say(synthesize("who is it", "caller", 1.0).pcm)
        await call.stage.simulator.wait_for(lambda: mind.asked == 2, PATIENCE)
        await desk.press("1")
        await call.until_stage("joined")


async def test_a_person_accepts_in_their_own_words_after_the_briefing(entered: Entered) -> None:
    async with entered(answers) as call:
        desk = await picked_up(call)
        await call.stage.simulator.wait_for(lambda: call.asked_of("briefing"))
        (system,) = [item.text for item in call.asked_of("briefing")[0].items]
        call.stage.mind.will_hear("call accept_caller")
        desk.voice.say(synthesize("yes, put them through please", "caller", 1.0).pcm)
        await call.until_stage("joined")

        assert '\n{"reason": "a refund", "facts": "order 10042", "tried": "nothing"}\n' in system
        said = '{"agent": "This is reception. You said: nothing."}\n{"caller": "anna"}'
        assert system.endswith(f"{SAID_BEFORE}\n{said}")
        assert call.asked_of("briefing")[0].extra == BRIEF_THE_COLLEAGUE
        assert "You have rung anna" in call.asked_of("briefing")[0].instructions


@pytest.mark.parametrize(
    "fault",
    [
        Fault("content_filter", settings={"after_ms": 0, "after_chars": 0}, session=2),
        Fault("half_open", at="response.created", when="before", session=2),
        Fault("failed_response", count=None, session=2),
    ],
    ids=["filtered", "dead", "failing"],
)
async def test_a_person_who_hears_no_briefing_is_told_by_the_line_which_key_to_press(
    entered: Entered, fault: Fault
) -> None:
    async with entered(answers, accept_seconds=PATIENCE) as call:
        call.stage.simulator.faults.arm(fault)
        desk = await picked_up(call)
        ear = Ear(desk.room, AGENT)
        await ear.until_loud()
        await desk.press("1")
        await call.until_stage("joined")
        await ear.aclose()


async def test_a_person_who_does_not_answer_the_briefing_is_asked_again(entered: Entered) -> None:
    async with entered(answers, accept_seconds=PATIENCE) as call:
        desk = await picked_up(call)
        ear = Ear(desk.room, AGENT)
        await ear.until_loud()
        await ear.until_quiet()
        ear.forget()
        await ear.until_loud()
        await ear.aclose()


async def test_a_person_whose_assistant_is_dead_hands_the_caller_back_at_once(entered: Entered) -> None:
    async with entered(answers) as call:
        desk = await joined(call)
        call.stage.simulator.faults.arm(Fault("half_open", at="response.create", when="before", session=2))
        await desk.press("*")
        await call.stage.simulator.wait_for(lambda: not call.stage.simulator.faults.armed)
        await desk.press("#")
        await call.until_stage("handed_back")

        assert call.asked_of("briefing") == []


async def test_a_person_who_says_no_in_their_own_words_has_declined(entered: Entered) -> None:
    async with entered(answers) as call:
        desk = await picked_up(call)
        call.stage.mind.will_hear("call decline_caller")
        desk.voice.say(synthesize("no, I have no time for that", "caller", 1.0).pcm)

        assert "anna" in await call.told()
        assert call.stages()[-2:] == [("declined", 1), ("unreached", 0)]


async def declines(desk: Desk) -> None:
    await desk.press("2")


async def hangs_up(desk: Desk) -> None:
    await desk.hang_up()


async def is_a_voicemail(_: Desk) -> None:
    """Says nothing to the point."""


async def presses_other_keys(desk: Desk) -> None:
    await desk.press("3", "0", "*")


@pytest.mark.parametrize(
    ("does", "stage", "patience"),
    [
        (declines, "declined", PATIENCE),
        (hangs_up, "hung_up", PATIENCE),
        (is_a_voicemail, "not_accepted", 1),
        (presses_other_keys, "not_accepted", 1),
    ],
)
async def test_without_a_yes_the_caller_stays_with_the_agent_who_knows_it(
    entered: Entered, does: Callable[[Desk], Awaitable[None]], stage: str, patience: float
) -> None:
    async with entered(answers, accept_seconds=patience) as call:
        desk = await picked_up(call)
        await does(desk)

        assert await call.told() == UNREACHED.format(name="anna", again=WITH_YOU_AGAIN)
        assert [name for name, _ in call.stages()] == ["called", "ringing", "answered", stage, "unreached"]
        assert call.is_back()
        assert not call.ear.has_heard(1_130)
        assert not await call.exchange.rooms()


@pytest.mark.parametrize(
    ("does", "stage"),
    [(refuses(486), "busy"), (refuses(480), "no_answer"), (refuses(603), "declined"), (refuses(500), "failed")],
)
async def test_the_next_phone_is_rung_when_one_is_not_answered(entered: Entered, does: Does, stage: str) -> None:
    async with entered(does, answers) as call:
        await call.asks()
        desk = await call.exchange.desk(2)
        desk.picked_up.set()
        await call.until_stage("answered", 2)
        await desk.press("1")
        await call.until_stage("joined", 2)

        assert call.stages()[:3] == [("called", 1), (stage, 1), ("called", 2)]
        assert [each.request.sip_call_to for each in call.exchange.rung] == [FIRST, SECOND]


async def test_a_phone_that_rings_too_long_is_given_up_and_freed(entered: Entered) -> None:
    async with entered(rings, ring_seconds=1) as call:
        await call.asks()

        assert "anna" in await call.told()
        assert [name for name, _ in call.stages()] == ["called", "ringing", "no_answer", "unreached"]
        assert not await call.exchange.rooms()


async def test_a_phone_that_another_call_rings_is_engaged_and_not_rung(entered: Entered) -> None:
    async with entered(answers) as call:
        other = await connected(call.exchange.server, room_name(call.exchange.server.access, FIRST), "agent-AJ_0")
        await call.asks()

        assert "anna" in await call.told()
        assert call.stages() == [("busy", 1), ("unreached", 0)]
        assert not call.exchange.rung
        assert other.isconnected()
        await other.disconnect()


async def test_without_livekits_api_nobody_is_reached_and_the_caller_is_told(entered: Entered) -> None:
    async with entered(answers) as call:
        call.exchange.livekit = SimpleNamespace(room=Unreachable())
        await call.asks()

        assert "anna" in await call.told()
        assert call.stages() == [("failed", 1), ("unreached", 0)]
        assert call.is_back()


class Rooms:
    """LiveKit's API for rooms, as a test would have it."""

    def __init__(self, rooms: Any) -> None:
        self._rooms = rooms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rooms, name)


async def test_a_room_that_the_server_forgets_with_the_last_of_its_name_is_entered_again(entered: Entered) -> None:
    class Forgetful(Rooms):
        """Takes the first room of the call for the last one's, which is being cleared away."""

        async def create_room(self, request: api.CreateRoomRequest) -> None:
            made.append(request.name)
            await livekit.room.create_room(request)

        async def list_participants(self, request: api.ListParticipantsRequest) -> api.ListParticipantsResponse:
            known = len(made) > 1
            return await livekit.room.list_participants(request) if known else api.ListParticipantsResponse()

    made: list[str] = []
    async with entered(answers) as call:
        livekit = call.exchange.livekit
        call.exchange.livekit = SimpleNamespace(room=Forgetful(livekit.room))
        desk = await joined(call)
        await call.ear.until_hears(1_130)

        assert len(made) == 2
        assert len(call.exchange.rung) == 1
        await desk.hang_up()


async def test_a_phone_that_could_not_be_rung_for_a_fault_of_ours_is_free_for_the_next_call(entered: Entered) -> None:
    class Failing(Rooms):
        async def list_participants(self, _: api.ListParticipantsRequest) -> None:
            raise aiohttp.ClientConnectionError

    async with entered(rings) as call:
        livekit = call.exchange.livekit
        call.exchange.livekit = SimpleNamespace(room=Failing(livekit.room))
        await (await call.asks())
        assert call.stages() == [("failed", 1), ("unreached", 0)]
        call.exchange.livekit = livekit
        call.exchange.job_id = "AJ_2"
        await call.asks()
        await call.until_stage("ringing")


async def test_a_call_that_ends_while_the_persons_room_is_entered_leaves_it_again(entered: Entered) -> None:
    async with entered(rings) as call:
        livekit, name = call.exchange.livekit, room_name(call.exchange.server.access, FIRST)
        entering = asyncio.Event()

        class Watched(Rooms):
            async def create_room(self, request: api.CreateRoomRequest) -> None:
                await livekit.room.create_room(request)
                entering.set()

        call.exchange.livekit = SimpleNamespace(room=Watched(livekit.room))
        await call.asks()
        await entering.wait()
        await asyncio.sleep(0)  # the client has been asked to connect, and nothing has come back yet
        call.stage.conversation.ending.finish("caller_left")
        await call.until_stage("given_up", 0)
        later = await connected(call.exchange.server, name, "later")

        there: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while there != ["later"]:  # the server is asked, which takes a moment to see us go
                listed = await livekit.room.list_participants(api.ListParticipantsRequest(room=name))
                there = [each.identity for each in listed.participants]
        await later.disconnect()


class StuckTrack(AgentTrack):
    """Is never published, as with a server that has stopped answering."""

    stuck = asyncio.Event()

    async def publish(self, *_: Any) -> None:
        self.stuck.set()
        await asyncio.Event().wait()


async def test_a_briefing_that_is_given_up_while_it_is_set_up_leaves_no_connection_to_the_model(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StuckTrack, "stuck", asyncio.Event())
    monkeypatch.setattr("switchboard.transfer.briefing.AgentTrack", StuckTrack)
    async with entered(rings) as call:
        await call.asks()
        await call.until_stage("ringing")
        await asyncio.wait_for(StuckTrack.stuck.wait(), PATIENCE)
        await call.stage.simulator.wait_for(lambda: call.stage.simulator.open == 2)
        call.stage.conversation.ending.finish("caller_left")
        await call.stage.conversation.ending.over.wait()

        await call.stage.simulator.wait_for(lambda: call.stage.simulator.open == 0)


async def test_a_caller_does_not_wait_for_a_briefing_that_does_not_get_ready(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StuckTrack, "stuck", asyncio.Event())
    monkeypatch.setattr("switchboard.transfer.briefing.AgentTrack", StuckTrack)
    monkeypatch.setattr("switchboard.transfer.attempt.READY_SECONDS", 0.5)
    async with entered(rings) as call:
        await call.asks()

        assert await call.told() == UNREACHED.format(name="anna", again=WITH_YOU_AGAIN)
        assert [name for name, _ in call.stages()][-2:] == ["failed", "unreached"]
        assert not await call.exchange.rooms()


@pytest.mark.parametrize("end", [0, 1], ids=["caller to person", "person to caller"])
async def test_caller_and_person_who_are_cut_off_from_one_another_are_not_left_in_silence(
    entered: Entered, monkeypatch: pytest.MonkeyPatch, end: int
) -> None:
    carried = []

    async def breaking(room: rtc.Room, identity: str) -> AsyncIterator[rtc.AudioFrame]:
        carried.append(identity)
        broken = identity == (CALLER, PERSON)[end]
        async for frame in voice_of(room, identity):
            if broken:
                raise RuntimeError("an error has occurred in the audio stream")
            yield frame

    monkeypatch.setattr("switchboard.transfer.attempt.voice_of", breaking)
    async with entered(answers) as call:
        desk = await picked_up(call)
        await desk.press("1")

        assert await call.told() == CUT_OFF.format(name="anna", again=WITH_YOU_AGAIN)
        assert sorted(carried) == [CALLER, PERSON]
        assert [name for name, _ in call.stages()] == [*JOINED, "cut_off"]
        assert call.is_back()
        await desk.gone.wait()


class Unreachable:
    async def create_room(self, _: api.CreateRoomRequest) -> None:
        raise aiohttp.ClientConnectionError


async def test_a_caller_who_hangs_up_while_it_rings_frees_the_phone(entered: Entered) -> None:
    async with entered(rings) as call:
        await call.asks()
        desk = await call.exchange.desk()
        await call.until_stage("ringing")
        call.stage.conversation.ending.finish("caller_left")
        await desk.gone.wait()
        await call.until_stage("given_up", 0)
        await call.stage.conversation.ending.over.wait()

        assert not call.warm.running
        assert not await call.exchange.rooms()
        assert [ended.reason for ended in call.stage.of(Ended)] == ["caller_left"]


async def test_what_is_typed_while_it_rings_is_the_next_agents_where_the_worker_stops(entered: Entered) -> None:
    async with entered(rings) as call:
        await call.asks()
        await call.until_stage("ringing")
        call.warm.keep(TypedLine("are you there", "line-1"))
        call.warm.stop()
        await call.warm.idle.wait()

        assert call.warm.take_back() == [TypedLine("are you there", "line-1")]
        assert "are you there" not in [spoke.text for spoke in call.stage.of(CallerSpoke)]
        assert call.warm.take_back() == []


async def test_a_person_hands_the_caller_back_and_the_agent_knows_what_they_said(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with entered(answers) as call:
        desk = await joined(call)
        call.warm.keep(TypedLine("are you"))
        call.warm.keep(TypedLine("there", "line-2"))
        await desk.press("*")
        await call.stage.simulator.wait_for(lambda: any(each.extra == DICTATE for each in call.asked_of("briefing")))
        call.stage.mind.will_hear("refund her order")
        desk.voice.say(synthesize("please refund her order", "caller", 1.0).pcm)
        await call.stage.until(lambda: call.stage.of(PersonSpoke))
        await desk.press("#")

        told = HANDED_BACK.format(name="anna", again=WITH_YOU_AGAIN)
        assert await call.told() == told + SAID.format(said='[{"anna": "refund her order"}]') + MEANWHILE.format(
            typed='["are you", "there"]'
        )
        assert [spoke.text for spoke in call.stage.of(PersonSpoke)] == ["refund her order"]
        assert [(spoke.text, spoke.typed) for spoke in call.stage.of(CallerSpoke)][-2:] == [
            ("are you", None),
            ("there", "line-2"),
        ]
        assert [name for name, _ in call.stages()] == [*JOINED, "handed_back"]
        assert call.is_back()
        await desk.gone.wait()


async def test_a_caller_whom_a_person_hands_back_is_not_told_that_the_person_is_still_rung(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with entered(answers) as call:
        desk = await joined(call)
        monkeypatch.setattr("switchboard.transfer.pastime.WORD_EVERY_SECONDS", 0.1)
        await desk.press("*")
        await call.stage.simulator.wait_for(lambda: asked_for_notes(call))
        call.stage.mind.will_hear("refund her order")
        desk.voice.say(synthesize("please refund her order", "caller", 1.0).pcm)
        await call.stage.until(lambda: call.stage.of(PersonSpoke))
        await desk.press("#")
        await call.until_stage("handed_back")

        assert ANNA.waiting not in call.said()


async def test_a_person_who_says_nothing_more_about_the_caller_is_not_waited_for(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.transfer.briefing.DICTATION_SECONDS", 0.3)
    async with entered(answers) as call:
        desk = await joined(call)
        await desk.press("*")

        assert await call.told() == HANDED_BACK.format(name="anna", again=WITH_YOU_AGAIN)


async def test_a_person_whose_last_words_to_the_caller_cut_the_question_off_is_asked_again(entered: Entered) -> None:
    async with entered(answers) as call:
        desk = await joined(call)
        desk.voice.fall_silent()
        call.stage.simulator.faults.arm(Fault("transcription_failed", count=None, session=2))
        await desk.press("*")
        await call.stage.simulator.wait_for(lambda: asked_for_notes(call) == 1)
        desk.voice.say(synthesize("goodbye then", "caller", 1.0).pcm)
        await call.stage.simulator.wait_for(lambda: asked_for_notes(call) == 2)


def asked_for_notes(call: House) -> int:
    return [each.extra for each in call.asked_of("briefing")].count(DICTATE)


async def test_what_both_say_is_written_down_where_notes_are_taken_and_answered_by_nobody(entered: Entered) -> None:
    async with entered(answers, PHONE_TAKES_NOTES="true") as call:
        desk = await joined(call)
        before = len(call.stage.mind.requests)
        call.stage.mind.will_hear("my vase is broken")
        call.stage.microphone.speak("my vase is broken")
        await call.stage.until(lambda: any(each.text == "my vase is broken" for each in call.stage.of(CallerSpoke)))
        call.stage.mind.will_hear("you get another")
        desk.voice.say(synthesize("you get another one", "caller", 1.0).pcm)
        await call.stage.until(lambda: call.stage.of(PersonSpoke))
        answered = call.stage.mind.requests[before:]
        await desk.press("*")
        await call.stage.simulator.wait_for(lambda: any(each.extra == DICTATE for each in call.asked_of("briefing")))
        await desk.press("#")

        assert '{"caller": "my vase is broken"}, {"anna": "you get another"}' in await call.told()
        assert answered == []


async def test_a_caller_on_hold_is_told_hears_music_and_a_word_now_and_then_and_is_not_heard(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.transfer.pastime.WORD_EVERY_SECONDS", 0.5)
    async with entered(rings) as call:
        await call.asks()
        await call.exchange.desk()
        await call.ear.until_loud()
        await call.stage.until_said(ANNA.waiting)

        assert call.warm.running
        assert not call.stage.conversation.session.input.audio_enabled
        assert call.said()[1:3] == [ANNA.calling, ANNA.waiting]
        sentences = [EXACTLY.format(words=words) for words in (ANNA.calling, ANNA.waiting)]
        said = [request for request in call.asked_of("reception") if request.extra in sentences]
        assert [request.tools for request in said[:2]] == [(), ()]


async def test_a_caller_on_hold_hears_music_though_the_service_cannot_say_that_they_wait(entered: Entered) -> None:
    async with entered(rings) as call:
        call.stage.simulator.faults.arm(Fault("half_open", at="response.done", session=1))
        await call.asks()
        await call.ear.until_loud()

        assert ANNA.calling not in call.said()


async def test_a_person_is_offered_with_their_purpose_and_in_reach_who_has_a_phone(entered: Entered) -> None:
    async with entered(answers) as call:
        assert call.warm.tool(ANNA).info.description == f"{ANNA.purpose} {FIRST_SAY_SO}"
        assert call.warm.reaches(ANNA)
        assert not call.warm.reaches(Person("ben", purpose="The caller wants Ben."))


async def test_a_caller_to_whom_the_agent_has_said_it_is_not_told_again(entered: Entered) -> None:
    async with entered(refuses(486)) as call:
        await call.asks("anna politely")
        await call.told()

        assert call.said()[1] == "One moment."
        assert ANNA.calling not in call.said()


async def test_a_caller_on_hold_is_not_asked_whether_they_are_there(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with entered(rings) as call:
        ending = call.stage.conversation.ending
        await call.asks()
        await call.until_stage("ringing")

        assert not ending._ours.is_set()
        ending.finish("caller_left")
        await ending.over.wait()
        assert not ending._ours.is_set()


async def test_who_records_the_call_is_told_apart_what_the_agent_says_and_what_the_person_says(
    entered: Entered,
) -> None:
    listener = Listener()
    async with entered(answers, hearing=listener) as call:
        desk = await joined(call)
        await call.ear.until_hears(1_130)
        before = len(listener.heard["agent"])
        await desk.hang_up()
        await call.until_stage("left")

    assert Ear.hears_in(listener.heard["person"], 1_130)
    assert not Ear.hears_in(listener.heard["agent"][:before], 1_130)
