"""A model that asks for the same again and again."""

import asyncio
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from livekit.agents import RunContext, ToolError, function_tool, llm
from livekit.rtc import EventEmitter

from simulator.mind import CallTool, Reply, Request, Say
from switchboard.call.call import Call
from switchboard.call.repeats import Repeats, _as_text
from switchboard.ledger.events import AgentSpoke, Ended, Repeated, ToolReturned
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import NoState, Workflow
from tests.stage.mind import Obedient, last_said
from tests.stage.stage import Stage, staged

COUNT: list[str] = []


@function_tool
async def weigh(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Weigh a thing.

    Args:
        thing: What to weigh.
    """
    COUNT.append(thing)
    if thing == "smoke":
        raise ToolError("It has no weight. Try again.")
    return f"The {thing} weighs {len(COUNT)} pounds."


@function_tool
async def unpack(ctx: RunContext[Call[NoState]]) -> str:
    """Unpack it."""
    return "It is unpacked."


class Scales(VoiceAgent):
    """Weighs."""

    purpose = "The caller wants something weighed."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (weigh, unpack)


LINE = Workflow(name="scales", start=Scales, handoffs={Scales: ()})


class Obsessed(Obedient):
    """Calls what it is told to, one after the other, and begins anew at the end, whatever comes of it."""

    def __init__(self, chain: list[CallTool]) -> None:
        super().__init__()
        self._chain = chain
        self._next = 0

    def answer(self, request: Request) -> Reply:
        """Call a tool, unless none may be called or the caller says goodbye."""
        self.requests.append(request)
        if request.extra:
            return [Say(f"All right: {last_said(request)}")]
        if "goodbye" in last_said(request):
            return [Say("Goodbye."), CallTool("end_call", {})]
        self._next += 1
        return [self._chain[(self._next - 1) % len(self._chain)]]


@pytest.fixture(autouse=True)
def nothing_weighed() -> Iterator[None]:
    COUNT.clear()
    yield
    COUNT.clear()


class Nobody(EventEmitter[str]):
    """A session in which nothing happens but what a test emits."""


def results(stage: Stage) -> list[str]:
    return [event.result for event in stage.of(ToolReturned) if event.tool == "weigh"]


PARCEL = CallTool("weigh", {"thing": "parcel"})


async def test_it_is_done_once_answered_once_more_and_then_the_caller_is_spoken_to(database_url: str) -> None:
    async with staged(database_url, line=LINE, mind=Obsessed([PARCEL]), typed=True) as stage:
        await stage.say("weigh the parcel")

        assert COUNT == ["parcel"]
        first, second, *_ = results(stage)
        assert second == f"You have done that already, and it need not be done again. The result was: {first}"
        assert [event.times for event in stage.of(Repeated)] == [2, 3]
        assert stage.of(AgentSpoke)[-1].text == "All right: weigh the parcel"
        assert not stage.mind.requests[-1].tools, "it would go on and on"


async def test_the_next_turn_may_do_it_again(database_url: str) -> None:
    async with staged(database_url, line=LINE, mind=Obsessed([PARCEL]), typed=True) as stage:
        await stage.say("weigh the parcel")
        await stage.say("and once more")

        assert COUNT == ["parcel", "parcel"]
        assert stage.of(AgentSpoke)[-1].text == "All right: and once more"


async def test_a_goodbye_gets_through(database_url: str) -> None:
    async with staged(database_url, line=LINE, mind=Obsessed([PARCEL]), typed=True) as stage:
        await stage.say("weigh the parcel")
        stage.conversation.session.generate_reply(user_input="goodbye")
        await stage.until(lambda: stage.of(Ended))

        assert [event.reason for event in stage.of(Ended)] == ["goodbye"]


async def test_after_something_else_was_done_it_is_looked_at_anew_but_not_for_ever(database_url: str) -> None:
    chain = [PARCEL, CallTool("unpack", {})]
    async with staged(database_url, line=LINE, mind=Obsessed(chain), typed=True) as stage:
        await stage.say("weigh it, unpack it, weigh it")

        assert COUNT == ["parcel", "parcel"]
        assert results(stage)[:2] == ["The parcel weighs 1 pounds.", "The parcel weighs 2 pounds."]
        assert stage.of(AgentSpoke)[-1].text == "All right: weigh it, unpack it, weigh it"


async def test_other_arguments_are_another_call(database_url: str) -> None:
    chain = [PARCEL, CallTool("weigh", {"thing": "letter"}), CallTool("weigh", {"thing": "book"}), PARCEL, PARCEL]
    async with staged(database_url, line=LINE, mind=Obsessed(chain), typed=True) as stage:
        await stage.say("weigh all")

        assert COUNT[:3] == ["parcel", "letter", "book"]
        assert {event.times for event in stage.of(Repeated)} == {2, 3}


async def test_what_failed_may_be_tried_again(database_url: str) -> None:
    async with staged(
        database_url, line=LINE, mind=Obsessed([CallTool("weigh", {"thing": "smoke"})]), typed=True
    ) as stage:
        await stage.say("weigh the smoke")

        assert len(COUNT) > 2
        assert not stage.of(Repeated)


async def test_the_same_twice_in_one_answer_is_done_once(database_url: str) -> None:
    class Twice(Obsessed):
        def answer(self, request: Request) -> Reply:
            if request.extra or request.items[-1].type == "function_call_output":
                return [Say("Done.")]
            return [PARCEL, PARCEL]

    async with staged(database_url, line=LINE, mind=Twice([]), typed=True) as stage:
        await stage.say("weigh the parcel")

        assert COUNT == ["parcel"]
        assert len(results(stage)) == 2


async def test_the_same_twice_at_once_fails_twice_with_its_reason() -> None:
    asked = asyncio.Event()

    @function_tool
    async def open_box() -> str:
        """Open it."""
        await asked.wait()
        raise ToolError("It stays shut.")

    ledger = SimpleNamespace(write=lambda _: asked.set())  # the second one is told there
    call = SimpleNamespace(ledger=ledger, agent="scales")
    guarded: Any = Repeats(cast(Call[Any], call), Nobody()).guard(open_box)  # type: ignore[arg-type]
    failed = await asyncio.gather(guarded(), guarded(), return_exceptions=True)

    assert [str(getattr(each, "message", each)) for each in failed] == ["It stays shut."] * 2


async def test_who_speaks_begins_a_turn_in_which_all_may_be_done_again() -> None:
    done: list[str] = []

    @function_tool
    async def ring_bell() -> None:
        """Ring it."""
        done.append("rung")

    call, session = SimpleNamespace(ledger=SimpleNamespace(write=done.append), agent="scales"), Nobody()
    guarded: Any = Repeats(cast(Call[Any], call), session).guard(ring_bell)  # type: ignore[arg-type]
    await guarded()
    for state in ("speaking", "listening"):
        session.emit("user_state_changed", SimpleNamespace(new_state=state))
        await guarded()

    assert done[:2] == ["rung", "rung"]
    assert isinstance(done[2], Repeated), "who listens has said nothing since"


async def test_a_twin_that_is_broken_off_leaves_the_first_to_its_work() -> None:
    asked, over = asyncio.Event(), asyncio.Event()

    @function_tool
    async def open_box() -> str:
        """Open it."""
        await over.wait()
        return "It is open."

    ledger = SimpleNamespace(write=lambda _: asked.set())  # the second one is told there
    call = SimpleNamespace(ledger=ledger, agent="scales")
    guarded: Any = Repeats(cast(Call[Any], call), Nobody()).guard(open_box)  # type: ignore[arg-type]
    first, twin = (asyncio.create_task(guarded()) for _ in range(2))
    await asked.wait()
    twin.cancel()
    await asyncio.wait([twin])
    over.set()

    assert await first == "It is open."


async def test_arguments_that_have_a_name_only_and_are_no_json_are_told_apart() -> None:
    done: list[Any] = []

    @function_tool
    async def book(*, day: date) -> None:
        """Book it."""
        done.append(day)

    call = SimpleNamespace(ledger=SimpleNamespace(write=done.append), agent="scales")
    guarded: Any = Repeats(cast(Call[Any], call), Nobody()).guard(book)  # type: ignore[arg-type]
    for day in (2, 3, 3):
        await guarded(day=date(2026, 3, day))

    assert done[:2] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert isinstance(done[2], Repeated)


def test_a_guarded_tool_looks_the_same_to_the_model() -> None:
    guarded = Repeats(None, Nobody()).guard(weigh)  # type: ignore[arg-type]

    assert llm.utils.build_legacy_openai_schema(guarded) == llm.utils.build_legacy_openai_schema(weigh)  # type: ignore[arg-type]


def test_arguments_in_another_order_are_the_same() -> None:
    assert _as_text({"raw_arguments": {"a": 1, "b": 2}}) == _as_text({"raw_arguments": {"b": 2, "a": 1}})
    assert _as_text({"raw_arguments": {"a": 1, "b": 2}}) != _as_text({"raw_arguments": {"a": 2, "b": 1}})
