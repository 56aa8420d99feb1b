"""Events of an answer that come in the wrong order, or not at all: all of it is heard, and done."""

from typing import Any

import pytest

from simulator.mind import CallTool, Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke
from switchboard.realtime import watchdog
from switchboard.realtime.order import MOST_ANSWERS, MOST_EARLY, Order
from tests.stage.mind import texts
from tests.stage.stage import PATIENCE, staged
from tests.switchboard.realtime.test_session import connected, said

ENDS = ["response.output_item.done", "response.done"]
EVENTS = ["response.created", "response.output_item.added", "response.content_part.added", *ENDS]


def created(answer: str) -> dict[str, Any]:
    return {"type": "response.created", "response": {"id": answer}}


def added(answer: str, item: str) -> dict[str, Any]:
    return {"type": "response.output_item.added", "response_id": answer, "item": {"id": item}}


def piece(answer: str, item: str) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "response_id": answer, "item_id": item, "delta": "a"}


def ended(answer: str, item: str) -> dict[str, Any]:
    return {"type": "response.output_item.done", "response_id": answer, "output_index": 0, "item": {"id": item}}


def done(answer: str, *items: str) -> dict[str, Any]:
    return {"type": "response.done", "response": {"id": answer, "output": [{"id": item} for item in items]}}


def passed(order: Order, *events: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for event in events for each in order.take(event)]


IN_ORDER = [created("a"), added("a", "i"), piece("a", "i"), ended("a", "i"), done("a", "i")]


def test_what_is_in_order_is_passed_on_as_it_comes() -> None:
    order = Order()
    other = {"type": "input_audio_buffer.speech_started", "item_id": "j"}

    assert passed(order, *IN_ORDER, other) == [*IN_ORDER, other]
    assert not order.lost


@pytest.mark.parametrize("place", range(3))
def test_what_comes_too_early_waits_for_what_it_belongs_to(place: int) -> None:
    swapped = [*IN_ORDER]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    order = Order()

    assert passed(order, *swapped) == (swapped if place == 2 else IN_ORDER)
    assert not order.lost


def test_the_end_of_an_item_that_never_came_is_made_up_from_the_end_of_the_answer() -> None:
    assert passed(Order(), *IN_ORDER[:3], IN_ORDER[4]) == IN_ORDER


@pytest.mark.parametrize("missing", [0, 1], ids=["answer", "item"])
def test_an_answer_whose_beginning_never_came_is_lost_when_it_has_ended(missing: int) -> None:
    order = Order()
    passed(order, *IN_ORDER[:missing], *IN_ORDER[missing + 1 : -1])
    assert not order.lost

    passed(order, IN_ORDER[-1])
    assert order.lost


def test_an_answer_that_ends_and_of_which_nothing_has_come_is_passed_on() -> None:
    order = Order()

    assert passed(order, done("a")) == [done("a")]
    assert not order.lost


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_the_beginning_of_an_answer_that_has_failed_is_made_up_and_not_taken_when_it_comes(status: str) -> None:
    end = {"type": "response.done", "response": {"id": "a", "status": status}}

    assert passed(Order(), end, created("a"), created("b")) == [
        created("a") | {"response": end["response"]},
        end,
        created("b"),
    ]


def test_an_answer_that_was_cancelled_does_not_begin_when_it_is_over() -> None:
    end = {"type": "response.done", "response": {"id": "a", "status": "cancelled"}}

    assert passed(Order(), end, created("a")) == [end]


def test_a_service_that_begins_nothing_is_not_listened_to_for_ever() -> None:
    order = Order()
    passed(order, *[piece("a", "i")] * MOST_EARLY)
    assert not order.lost

    passed(order, piece("a", "i"))
    assert order.lost


def test_answers_of_long_ago_are_forgotten() -> None:
    order = Order()
    for number in range(2 * MOST_ANSWERS):
        passed(order, created(f"{number}"), added(f"{number}", f"i{number}"), ended(f"{number}", f"i{number}"))

    assert len(order._answers) == MOST_ANSWERS
    assert len(order._whole) == MOST_ANSWERS


@pytest.mark.parametrize("fault", ["wrong_order", "unconfirmed"])
@pytest.mark.parametrize("reply", [Say("Here it is."), CallTool("look_up", {})], ids=["words", "call"])
@pytest.mark.parametrize("at", EVENTS[:-1])
async def test_all_of_an_answer_is_heard_and_done_whatever_comes_late_or_never(
    at: str, reply: Say | CallTool, fault: str
) -> None:
    async with connected([reply], [reply]) as stage:
        stage.simulator.faults.add(fault, at=at)
        answer = await stage.session.generate_reply()
        words = await said(answer)
        calls = [call.name async for call in answer.function_stream]

    assert (words, calls) == (("Here it is.", []) if isinstance(reply, Say) else ("", ["look_up"]))


async def test_an_answer_that_fails_before_it_begins_is_asked_for_again_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "FIRST_SECONDS", PATIENCE)
    async with staged(database_url, typed=True) as stage:
        stage.simulator.faults.add("failed_response")
        stage.simulator.faults.add("wrong_order", at="response.created")
        await stage.say("one")

        assert [spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:]] == ["reception heard: one."]


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "native"])
@pytest.mark.parametrize("at", EVENTS)
async def test_an_answer_whose_end_comes_after_the_next_one_has_begun_ends_nothing_else(
    database_url: str, at: str, typed: bool
) -> None:
    async with staged(database_url, typed=typed) as stage:
        stage.simulator.faults.add("wrong_order", at=at)
        stage.conversation.session.generate_reply(user_input="one")
        await stage.until_said("heard: one")
        await stage.conversation.session.interrupt()
        await stage.say("two")

        assert [spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:]] == [
            "reception heard: one.",
            "reception heard: two.",
        ]
        assert [text for text in texts(stage.mind.requests[-1]) if "heard" in text] == ["reception heard: one."]


async def test_a_reply_that_was_refused_for_an_answer_whose_end_comes_before_the_refusal_is_asked_for_again() -> None:
    async with connected([Say("One moment.")], [Say("Here it is.")], options=Options(first_audio=0.2)) as stage:
        stage.simulator.faults.add("wrong_order", at="error")
        first, second = stage.session.generate_reply(), stage.session.generate_reply()
        await first
        stage.session.interrupt()

        assert await said(await second) == "Here it is."
