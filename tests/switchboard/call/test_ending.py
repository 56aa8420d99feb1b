"""How calls end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from livekit.agents import AgentSession, UserStateChangedEvent

from app.costs import prices_of
from simulator.mind import CallTool, Reply, Request, Say
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.call.ending import QUESTIONS
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger import Ledger, Listener
from switchboard.ledger.events import AgentSpoke, Ended, EndReason, Event, ToolReturned
from switchboard.ledger.timeline import timeline
from switchboard.line.sentences import GOODBYE_LENGTH, GOODBYE_SILENCE, ONE_MINUTE, STILL_THERE
from switchboard.realtime import CallModel
from switchboard.services.providers import Services
from switchboard.services.speech import Speeches
from switchboard.settings.environment import with_simulator
from tests.stage.mind import LONG, Obedient
from tests.stage.stage import LINE, PATIENCE, Stage, stage_settings, staged


class Polite(Obedient):
    """Says goodbye and ends the call when the caller says bye."""

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        last = request.items[-1].text if request.items else ""
        if "politely" in last:
            return [Say("Goodbye, and thank you for calling."), CallTool("end_call", {})]
        if "wordily" in last:
            return [Say(LONG), CallTool("end_call", {})]
        if "brusquely" in last:
            return [CallTool("end_call", {})]
        if request.items and request.items[-1].type == "function_call_output":
            return [Say("Goodbye then.")]
        return [Say(f"Said because of: {request.extra or last}")]


def said(stage: Stage) -> list[str]:
    return [spoke.text for spoke in stage.of(AgentSpoke)]


def asked(stage: Stage) -> list[str]:
    """What the engine had the agents say, after the first one's opening."""
    return [request.extra for request in stage.mind.requests[1:] if request.extra]


async def test_an_agent_ends_the_call_after_its_goodbye_was_heard(database_url: str) -> None:
    async with staged(database_url, mind=Polite()) as stage:
        await stage.conversation.session.run(user_input="politely please")
        await stage.conversation.ending.over.wait()

        assert said(stage)[-1] == "Goodbye, and thank you for calling."
        assert [ended.reason for ended in stage.of(Ended)] == ["goodbye"]
        assert stage.loudspeaker.seconds[-1] > 1.5
    assert stage.simulator.open == 0


async def test_an_agent_that_forgot_its_goodbye_says_it_before_the_call_ends(database_url: str) -> None:
    async with staged(database_url, mind=Polite()) as stage:
        await stage.conversation.session.run(user_input="brusquely please")
        await stage.conversation.ending.over.wait()

        assert said(stage)[-1] == "Goodbye then."
        assert [ended.reason for ended in stage.of(Ended)] == ["goodbye"]


async def test_a_caller_who_speaks_into_the_goodbye_stays_on_the_line(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), speed=1.0) as stage:
        stage.mind.will_hear("one more thing")
        stage.conversation.session.generate_reply(user_input="wordily please")
        await stage.loudspeaker.silence()
        await stage.loudspeaker.playing.wait()
        stage.microphone.speak("one more thing please")
        await stage.until_said("Said because of: one more thing")

        assert not stage.conversation.ending.begun
        assert not [tool for tool in stage.of(ToolReturned) if tool.tool == "end_call" and not tool.failed]


async def test_a_silent_caller_is_asked_twice_and_then_the_call_ends_politely(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        await stage.conversation.ending.over.wait()

        first, second, goodbye = said(stage)[1:]
        assert ["Ask once," in first, "Ask once more" in second, "say goodbye" in goodbye] == [True, True, True]
        assert [ended.reason for ended in stage.of(Ended)] == ["silence"]


@pytest.mark.parametrize("question", ["Ask once,", "Ask once more"])
async def test_a_caller_who_answers_the_question_is_not_cut_off(database_url: str, question: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        stage.mind.will_hear("yes I am here")
        await stage.until_said(question)
        stage.microphone.speak("yes I am here")
        await stage.until_said("Said because of: yes I am here")

        assert not stage.of(Ended)


async def test_a_caller_who_was_silent_again_after_an_answer_is_asked_twice_again(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        stage.mind.will_hear("yes I am here")
        await stage.until_said("Ask once more")
        stage.microphone.speak("yes I am here")
        await stage.conversation.ending.over.wait()

        assert sum("Ask once" in text for text in said(stage)) == 4
        assert [ended.reason for ended in stage.of(Ended)] == ["silence"]


async def test_a_caller_who_presses_a_key_is_not_silent(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        await stage.until_said("Ask once,")
        stage.conversation.session.reset_away_timer()  # as LiveKit does at a key of the keypad
        await stage.conversation.ending.over.wait()

        assert asked(stage) == [STILL_THERE, *QUESTIONS, GOODBYE_SILENCE]


async def test_a_call_ends_at_its_maximum_length_after_a_warning(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.call.ending.WARNING_SECONDS", 1.0)
    async with staged(database_url, mind=Polite(), CALL_MAX_MINUTES="0.05") as stage:
        await stage.conversation.ending.over.wait()

        assert asked(stage) == [ONE_MINUTE, GOODBYE_LENGTH]
        assert [ended.reason for ended in stage.of(Ended)] == ["maximum_length"]


async def test_a_call_that_is_shorter_than_the_warning_ends_at_its_maximum_length_all_the_same(
    database_url: str,
) -> None:
    async with staged(database_url, mind=Polite(), CALL_MAX_MINUTES="0.05") as stage:
        await stage.conversation.ending.over.wait()

        assert asked(stage) == [GOODBYE_LENGTH]
        assert stage.of(Ended)[0].at < 10  # not after the minute of a warning


async def test_while_a_person_has_the_caller_silence_is_not_asked_about(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        stage.conversation.ending.pause()
        await stage.until_caller_is("away")
        await stage.say("are you there?")

        assert asked(stage) == []


async def test_a_caller_who_is_silent_after_a_person_had_them_is_asked_as_any_other(database_url: str) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:
        stage.conversation.ending.pause()
        await stage.until_caller_is("away")
        stage.conversation.ending.resume()
        await stage.conversation.ending.over.wait()

        assert asked(stage) == [*QUESTIONS, GOODBYE_SILENCE]
        assert [ended.reason for ended in stage.of(Ended)] == ["silence"]


@pytest.mark.parametrize("warning", [0.5, 60.0], ids=["the warning", "the end"])
async def test_while_a_person_has_the_caller_the_calls_length_does_not_count(
    database_url: str, monkeypatch: pytest.MonkeyPatch, warning: float
) -> None:
    monkeypatch.setattr("switchboard.call.ending.WARNING_SECONDS", warning)
    async with staged(database_url, mind=Polite(), CALL_MAX_MINUTES="0.05", CALL_SILENCE_SECONDS="3") as stage:
        stage.conversation.ending.pause()
        await stage.until_caller_is("away")  # later than the call's maximum
        await stage.say("are you there?")

        assert asked(stage) == []
        assert not stage.conversation.ending.begun

        stage.conversation.ending.resume()
        await stage.conversation.ending.over.wait()

        assert asked(stage)[-1] == GOODBYE_LENGTH
        assert [ended.reason for ended in stage.of(Ended)] == ["maximum_length"]


@pytest.mark.parametrize(("reason", "heard"), [("silence", True), ("caller_left", False)])
async def test_what_is_being_said_is_said_to_its_end_where_anybody_hears_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch, reason: EndReason, heard: bool
) -> None:
    monkeypatch.setattr("switchboard.call.ending.GONE_SECONDS", 0.1)
    async with staged(database_url, speed=4.0) as stage:
        stage.conversation.session.generate_reply(user_input="tell me a long story")
        await stage.loudspeaker.silence()
        await stage.loudspeaker.playing.wait()
        stage.conversation.ending.finish(reason)
        await stage.conversation.ending.over.wait()

        assert (said(stage)[-1] == LONG) is heard


async def test_what_happened_is_in_the_database_when_the_call_is_over(database_url: str) -> None:
    async with staged(database_url, mind=Polite()) as stage:
        await stage.conversation.session.run(user_input="politely please")
        await stage.conversation.ending.over.wait()
        events, call_id = stage.events, stage.conversation.call.id
        await stage.conversation.ledger.saved()

        stored = await timeline(stage.database, call_id)
        assert stored == events
        assert [stored[0].kind, stored[-1].kind] == ["answered", "ended"]


async def test_a_session_that_does_not_close_holds_up_neither_the_end_nor_the_connection(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.conversation.CLOSING_SECONDS", 0.1)
    async with staged(database_url, mind=Polite()) as stage:
        monkeypatch.setattr(stage.conversation.session, "aclose", asyncio.Event().wait)

    assert [ended.reason for ended in stage.of(Ended)] == ["stopped"]
    assert stage.simulator.open == 0


async def test_the_first_reason_counts_and_the_end_is_written_once(database_url: str) -> None:
    async with staged(database_url, mind=Polite()) as stage:
        stage.conversation.ending.finish("transferred")
        stage.conversation.ending.finish("error")
        await stage.conversation.ending.over.wait()

    assert [ended.reason for ended in stage.of(Ended)] == ["transferred"]


async def test_a_session_that_closes_after_the_end_does_not_end_it_again(database_url: str) -> None:
    async with staged(database_url, mind=Polite()) as stage:
        stage.conversation.ending.end_anyway()
        await stage.conversation.session.aclose()

    assert [ended.reason for ended in stage.of(Ended)] == ["stopped"]


async def test_a_session_that_never_started_does_not_keep_the_call_open(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.call.ending.GONE_SECONDS", 0.1)
    events: list[Event] = []
    async with unstarted(database_url, events.append) as conversation:
        conversation.ending.finish("caller_left")
        async with asyncio.timeout(PATIENCE):
            await conversation.ending.over.wait()

        assert [event.reason for event in events if isinstance(event, Ended)] == ["caller_left"]


async def test_silence_counts_from_when_the_caller_is_there(database_url: str) -> None:
    away = UserStateChangedEvent(old_state="listening", new_state="away")

    def asking() -> bool:
        return any(task.get_name() == "silence" for task in asyncio.all_tasks())

    async with unstarted(database_url, lambda _: None) as conversation:
        conversation.session.emit("user_state_changed", away)
        assert not asking()
        conversation.ending.begin()
        conversation.session.emit("user_state_changed", away)
        assert asking()


async def test_a_call_whose_start_fails_ends_with_an_error(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[Event] = []
    async with unstarted(database_url, events.append) as conversation:

        async def fail(*_: object, **__: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(conversation.session, "start", fail)
        async with asyncio.timeout(PATIENCE):
            await conversation.hold()

        assert [event.reason for event in events if isinstance(event, Ended)] == ["error"]


async def test_work_beside_the_call_that_fails_ends_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(database_url, mind=Polite(), CALL_SILENCE_SECONDS="1") as stage:

        def fail(**_: object) -> None:
            raise RuntimeError("the session is not running")

        monkeypatch.setattr(stage.conversation.session, "generate_reply", fail)
        async with asyncio.timeout(PATIENCE):
            await stage.conversation.ending.over.wait()

        assert [ended.reason for ended in stage.of(Ended)] == ["error"]


async def test_a_goodbye_that_cannot_be_said_does_not_keep_the_call_open(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.call.ending.SPEAKING_SECONDS", 0.1)
    monkeypatch.setattr("switchboard.call.ending.CLOSING_SECONDS", 0.1)

    class Never:
        async def wait_for_playout(self) -> None:
            await asyncio.Event().wait()

    events: list[Event] = []
    async with unstarted(database_url, events.append, CALL_MAX_MINUTES="0.001") as conversation:
        monkeypatch.setattr(conversation.session, "generate_reply", lambda **_: Never())
        conversation.ending.begin()
        async with asyncio.timeout(PATIENCE):
            await conversation.ending.over.wait()

        assert [event.reason for event in events if isinstance(event, Ended)] == ["maximum_length"]


PARTS = {AgentSession: "aclose", CallModel: "aclose", Speeches: "aclose", Ledger: "saved"}
"""What a call is made of, and what closes it."""


@pytest.mark.parametrize("broken", [AgentSession, CallModel, Speeches])
async def test_a_part_that_cannot_be_closed_leaves_no_other_open(
    database_url: str, monkeypatch: pytest.MonkeyPatch, broken: type
) -> None:
    events: list[Event] = []
    closed: set[type] = set()

    def noting(part: type, close: Any) -> Any:
        async def noted(self: Any) -> None:
            closed.add(part)
            if part is broken:
                raise RuntimeError("it cannot be closed")
            await close(self)

        return noted

    for part, method in PARTS.items():
        monkeypatch.setattr(part, method, noting(part, getattr(part, method)))
    with pytest.raises(RuntimeError, match="cannot be closed"):
        async with unstarted(database_url, events.append):
            pass

    assert closed == set(PARTS)
    assert [event.reason for event in events if isinstance(event, Ended)] == ["stopped"]


@asynccontextmanager
async def unstarted(database_url: str, listener: Listener, **environ: str) -> AsyncIterator[Conversation]:
    """A call that has not begun."""
    database = Database(database_url)
    async with Simulator(Polite()) as simulator:
        services = Services(with_simulator(stage_settings(REALTIME_PROVIDER="simulator", **environ), simulator.url))
        prices = prices_of(services.settings)
        async with Conversation(
            LINE, services, database, Caller(), prices=prices, listeners=(listener,)
        ) as conversation:
            yield conversation
    await database.aclose()
