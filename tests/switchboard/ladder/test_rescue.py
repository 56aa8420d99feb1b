"""A caller whose service does not come back is helped otherwise, as the line says: each way is tried in turn."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from livekit import api, rtc
from livekit.agents import ToolError
from livekit.protocol.sip import TransferSIPParticipantResponse

from switchboard.call.call import Call
from switchboard.ledger.events import AgentSpoke, CallTransferred, Ended, PersonStep, RescueStep
from switchboard.line.callback import Callback
from switchboard.line.words import Words
from switchboard.line.workflow import Number, Person, Rescue, Workflow
from tests.livekit import KEY, SECRET, LiveKitServer
from tests.stage.agents import Desk, Lobby, Reception, Studio
from tests.stage.room import Booth, booth
from tests.stage.stage import LINE, PATIENCE, staged
from tests.switchboard.transfer.exchange import Does, Ear, Exchange, answers, refuses

WORDS = Words()
ANNA = Person("anna", purpose="The caller wants a person.")
DEPOT = Number("depot", purpose="The caller wants the depot.")
PHONE = {"PHONE_OUTBOUND_ADDRESS": "sip.carrier.example", "PHONE_OUTBOUND_NUMBER": "+15550100"}
ANNAS, DEPOTS, CALLERS = "+15550201", "+15550300", "+15550777"


class Diary:
    """The business's part of a callback."""

    def __init__(self, *refusals: Exception) -> None:
        self.asked: list[str] = []
        self._refusals = list(refusals)

    async def book(self, call: Call[Any], number: str) -> None:
        self.asked.append(number or call.caller.number or "")
        if self._refusals:
            raise self._refusals.pop(0)


class Hung(Diary):
    async def book(self, call: Call[Any], number: str) -> None:
        await super().book(call, number)
        await asyncio.Event().wait()


class Carrier:
    """LiveKit SIP's part of a cold transfer."""

    def __init__(self, answer: TransferSIPParticipantResponse | Exception) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def transfer_sip_participant(self, request: api.TransferSIPParticipantRequest) -> Any:
        self.asked.append(request.transfer_to)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Page:
    """What is written on the caller's page."""

    def __init__(self, room: rtc.Room) -> None:
        self._texts: list[str] = []
        self._more = asyncio.Event()
        self._reading: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler("lk.transcription", self._came)

    async def until_shown(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self._texts:
                self._more.clear()
                await self._more.wait()

    def _came(self, reader: rtc.TextStreamReader, _: str) -> None:
        self._reading.add(asyncio.create_task(self._read(reader)))

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        self._texts.append(await reader.read_all())
        self._more.set()


def line(*rescues: Rescue) -> Workflow:
    return Workflow(
        name="stage",
        start=Reception,
        handoffs={
            Reception: (Desk, Studio, Lobby, ANNA, DEPOT),
            Desk: (Reception, Studio),
            Studio: (Reception, Desk),
            Lobby: (Reception,),
        },
        voices=LINE.voices,
        rescues=rescues,
    )


@asynccontextmanager
async def given_up(
    server: LiveKitServer,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    *rescues: Rescue,
    phone: Does = answers,
    number: str | None = None,
    sip: Any = None,
    **options: Any,
) -> AsyncIterator[tuple[Booth, Exchange]]:
    """A call whose service has gone and does not come back, with a line of those rescues."""
    access = {"LIVEKIT_URL": server.url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    people = {"PHONE_PEOPLE": f"anna={ANNAS}; depot={DEPOTS}", **PHONE}
    async with server.api() as livekit:
        exchange = Exchange(server, livekit, {ANNAS: phone})
        monkeypatch.setattr("switchboard.transfer.person_phone.get_job_context", lambda: exchange.context)
        told = {**access, **people, "REALTIME_PATIENCE_SECONDS": "2", **options}
        async with booth(
            server, database_url, monkeypatch, line=line(*rescues), number=number, sip=sip, **told
        ) as call:
            call.simulator.faults.add("refuse_connect", count=None)
            await call.simulator.drop()
            yield call, exchange
        await exchange.aclose()


GivenUp = Callable[..., Any]


@pytest.fixture
def failing(livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> GivenUp:
    """`given_up` of this test."""

    def enter(*rescues: Rescue, **how: Any) -> Any:
        return given_up(livekit_server, database_url, monkeypatch, *rescues, **how)

    return enter


def steps(call: Booth) -> list[tuple[str, str, str]]:
    return [(step.by, step.target, step.outcome) for step in call.of(RescueStep)]


def told(call: Booth) -> list[str]:
    return [spoke.text for spoke in call.of(AgentSpoke)[1:]]


async def until_told(call: Booth, words: str) -> None:
    await call.record.until(lambda: words in told(call))


async def end_of(call: Booth) -> str:
    return str((await call.first(Ended)).reason)


@pytest.mark.parametrize("speech", [True, False], ids=["with speech", "without"])
async def test_a_person_hears_what_it_is_about_accepts_by_key_and_has_the_caller(
    failing: GivenUp, speech: bool
) -> None:
    async with failing(ANNA, speech=speech) as (call, exchange):
        desk = await exchange.desk()
        await desk.ringing.wait()
        desk.picked_up.set()
        ear = Ear(desk.room, f"agent-{exchange.job_id}")
        await ear.until_loud()
        before = call.of(PersonStep)[-1].stage
        await desk.press("1")
        await call.record.until(lambda: call.of(PersonStep)[-1].stage == "joined")
        call.mouth.say("hello Anna, are you there")
        await desk.hang_up()
        reason = await end_of(call)
        await ear.aclose()

        assert before == "answered"
        assert told(call) == [WORDS.fault, ANNA.calling]
        assert steps(call) == [("person", "anna", "tried"), ("person", "anna", "served")]
        assert reason == "transferred"
        assert not await exchange.rooms()


async def test_caller_and_person_hear_each_other_without_a_model(failing: GivenUp) -> None:
    async with failing(ANNA) as (call, exchange):
        desk = await exchange.desk()
        await desk.ringing.wait()
        desk.picked_up.set()
        await call.record.until(lambda: call.of(PersonStep)[-1].stage == "answered")
        await desk.press("1")
        await call.record.until(lambda: call.of(PersonStep)[-1].stage == "joined")
        joined = asyncio.get_running_loop().time()
        await call.ears.until_loud(joined)
        await desk.press("*")  # nobody would take the caller back
        await desk.hang_up()

        assert await end_of(call) == "transferred"


@pytest.mark.parametrize(("phone", "stage"), [(refuses(486), "busy"), (refuses(480), "no_answer")])
async def test_when_a_person_is_not_reached_the_next_way_is_taken(failing: GivenUp, phone: Does, stage: str) -> None:
    diary = Diary()
    async with failing(ANNA, Callback(diary.book), phone=phone, number=CALLERS) as (call, _):
        await until_told(call, WORDS.press)
        await call.press("1")
        reason = await end_of(call)

        assert [step.stage for step in call.of(PersonStep)][-2:] == [stage, "unreached"]
        assert steps(call) == [
            ("person", "anna", "tried"),
            ("person", "anna", "failed"),
            ("callback", "", "tried"),
            ("callback", "", "served"),
        ]
        assert diary.asked == [CALLERS]
        assert told(call)[-1] == WORDS.booked
        assert reason == "callback"


async def test_a_caller_who_hangs_up_while_a_person_is_rung_frees_their_phone(failing: GivenUp) -> None:
    async with failing(ANNA, number=CALLERS) as (call, exchange):
        desk = await exchange.desk()
        await desk.ringing.wait()
        await call.caller.disconnect()
        reason = await end_of(call)
        await desk.gone.wait()

        assert reason == "caller_left"
        await call.record.until(lambda: call.of(PersonStep)[-1].stage == "given_up")


async def test_a_phone_is_sent_elsewhere(failing: GivenUp) -> None:
    carrier = Carrier(TransferSIPParticipantResponse())
    async with failing(DEPOT, number=CALLERS, sip=carrier) as (call, _):
        reason = await end_of(call)

        assert carrier.asked == [f"tel:{DEPOTS}"]
        assert told(call) == [WORDS.fault, WORDS.through]
        assert steps(call)[-1] == ("number", "depot", "served")
        assert [each.outcome for each in call.of(CallTransferred)] == ["done"]
        assert reason == "transferred"


async def test_where_nobody_and_nothing_helps_the_caller_is_told_so_and_the_call_ends(failing: GivenUp) -> None:
    refused = api.SipCallError("unavailable", "no", status=503, metadata={"sip_status_code": "486"})
    async with failing(DEPOT, Callback(Diary(ToolError("full")).book), number=CALLERS, sip=Carrier(refused)) as (
        call,
        _,
    ):
        await until_told(call, WORDS.press)
        await call.press("1")
        reason = await end_of(call)

        assert [step[2] for step in steps(call)] == ["tried", "failed", "tried", "failed"]
        assert told(call) == [WORDS.fault, WORDS.through, WORDS.press, WORDS.later]
        assert reason == "unserved"


async def test_a_page_is_sent_nowhere_and_types_its_number_on_the_keypad_or_as_text(failing: GivenUp) -> None:
    diary = Diary(ToolError("no number"))
    carrier = Carrier(TransferSIPParticipantResponse())
    async with failing(DEPOT, Callback(diary.book), sip=carrier) as (call, _):
        page = Page(call.caller)
        await until_told(call, WORDS.number)
        await call.press(*"077#")
        await call.record.until(lambda: told(call).count(WORDS.number) == 2)
        call.type("07700 900999")
        reason = await end_of(call)

        assert diary.asked == ["077", "07700 900999"]
        await page.until_shown(WORDS.booked)
        assert not carrier.asked
        assert steps(call) == [("callback", "", "tried"), ("callback", "", "served")]
        assert reason == "callback"
        kept = [event.model_dump_json(exclude={"at"}) for event in call.record.events]  # a time may have any digits
        assert not [event for event in kept if "900999" in event]


async def test_another_key_and_none_are_no_wish_for_a_callback(
    failing: GivenUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.ladder.callback_rung.ANSWER_SECONDS", 0.2)
    diary = Diary()
    async with failing(Callback(diary.book), number=CALLERS) as (call, _):
        await until_told(call, WORDS.press)
        await call.press("2")
        await until_told(call, WORDS.later)

        assert steps(call)[-1] == ("callback", "", "not_wanted")
    async with failing(Callback(diary.book), number="anonymous") as (call, _):
        await until_told(call, WORDS.later)

        assert WORDS.number in told(call)
        assert steps(call)[-1] == ("callback", "", "not_wanted")
        assert not diary.asked


async def test_a_booking_that_hangs_is_told_and_given_up(failing: GivenUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.ladder.callback_rung.BOOKING_SECONDS", 0.2)
    async with failing(Callback(Hung().book), number=CALLERS) as (call, _):
        await until_told(call, WORDS.press)
        await call.press("1")

        assert await end_of(call) == "unserved"
        assert told(call) == [WORDS.fault, WORDS.press, WORDS.moment, WORDS.later]


async def test_who_types_without_a_room_types_the_number_too(database_url: str) -> None:
    diary = Diary()
    callback = line(Callback(diary.book))
    async with staged(database_url, line=callback, typed=True, REALTIME_PATIENCE_SECONDS="2") as stage:
        stage.simulator.faults.add("failed_response", count=None)
        stage.conversation.session.generate_reply(user_input="hello")
        await stage.until_said(WORDS.number)
        stage.conversation.farewell.type("07700 900999")
        await stage.until(lambda: stage.of(Ended))

        assert diary.asked == ["07700 900999"]
        assert [ended.reason for ended in stage.of(Ended)] == ["callback"]
