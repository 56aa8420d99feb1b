"""What the next connection gets of what was sent, or was to be: what is still wanted, in its order, once."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import llm, utils
from openai.types.realtime import ConversationItemDeleteEvent, ResponseCreateEvent

from switchboard.realtime import lost
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.held import MOST, HeldEvents
from switchboard.realtime.lost import LostConnection
from switchboard.realtime.outbox import Event, Outbox
from switchboard.realtime.requests import Requests

UPDATE: Event = {"type": "session.update", "session": {}}
AUDIO: Event = {"type": "input_audio_buffer.append", "audio": "bmV3"}
DELETION = ConversationItemDeleteEvent(type="conversation.item.delete", item_id="one")


def request(event_id: str) -> ResponseCreateEvent:
    return ResponseCreateEvent(type="response.create", event_id=event_id)


class Stage:
    """A channel, and what is in it."""

    def __init__(self) -> None:
        self.channel = utils.aio.Chan[Event]()
        self.requests, self.hearing = Requests(), Hearing(transcribed=True)
        self.outbox = Outbox(self.channel, self.channel.send_nowait, self.requests, self.hearing)

    def hear(self, *audio: str) -> None:
        self.hearing.received({"type": "input_audio_buffer.speech_started"})
        for each in audio:
            self.hearing.sent({"type": "input_audio_buffer.append", "audio": each}, 1.0)

    def waiting(self) -> list[Any]:
        return [self.channel.recv_nowait() for _ in range(self.channel.qsize())]


@pytest.fixture
async def stage() -> Stage:
    return Stage()


async def test_a_new_connection_gets_what_waits_but_no_items_and_only_the_requests_that_are_owed(stage: Stage) -> None:
    first, second, third = request("one"), request("two"), request("three")
    for each in (first, second, third):
        stage.requests.ask(each)
    for event in (UPDATE, DELETION, first, {"type": "response.cancel"}, AUDIO):
        stage.channel.send_nowait(event)

    stage.outbox.begin_anew(["three", "one", "unknown"])

    assert stage.waiting() == [UPDATE, AUDIO, third, first]


async def test_what_the_caller_said_goes_before_what_has_come_meanwhile(stage: Stage) -> None:
    stage.hear("one", "two")
    stage.channel.send_nowait(AUDIO)

    stage.outbox.say_again()

    assert [event["audio"] for event in stage.waiting()] == ["one", "two", "bmV3"]


async def test_where_nothing_is_to_be_said_again_what_waits_stays(stage: Stage) -> None:
    stage.channel.send_nowait(UPDATE)

    stage.outbox.say_again()

    assert stage.waiting() == [UPDATE]


async def test_a_channel_that_is_closed_has_nothing_to_give(stage: Stage) -> None:
    stage.channel.close()

    stage.outbox.begin_anew([])


def test_a_refused_request_waits_for_the_answer_to_end_and_goes_once() -> None:
    requests, asked = Requests(), request("one")
    requests.ask(asked)
    requests.ask(ResponseCreateEvent(type="response.create"))

    assert requests.wait("one")
    assert not requests.wait("unknown")
    assert list(requests.waited()) == [asked]
    assert list(requests.waited()) == []
    assert requests.answered("one") is asked
    assert requests.answered("one") is None
    assert not requests.wait("one")


def test_a_request_that_was_answered_meanwhile_does_not_go_again() -> None:
    requests = Requests()
    requests.ask(request("one"))
    requests.wait("one")
    requests.answered("one")

    assert list(requests.waited()) == []


def test_on_a_new_connection_nothing_waits_for_an_answer_of_the_last() -> None:
    requests, asked = Requests(), request("one")
    requests.ask(asked)
    requests.ask(request("two"))
    requests.wait("one")

    assert requests.again(["one"]) == [asked]
    assert list(requests.waited()) == []
    assert not requests.wait("two")
    assert requests.wait("one")


async def test_what_a_lost_connection_owes_adds_up_until_the_next_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(lost, "time", SimpleNamespace(monotonic=lambda: now[0]))
    connection = LostConnection()
    one, two, done = [asyncio.get_running_loop().create_future() for _ in range(3)]
    done.cancel()
    asked: dict[str, asyncio.Future[llm.GenerationCreatedEvent]] = {"one": one, "done": done}
    assert not connection.away
    assert connection.note(asked)
    assert not asked, "LiveKit is not to give them up"
    now[0] += 2.0
    assert connection.note({"two": two}) is False
    assert connection.away
    assert connection.replies == {"one": one, "two": two}

    now[0] += 3.0
    assert connection.replaced() == (5.0, {"one": one, "two": two})
    assert not connection.away
    assert connection.replaced() == (None, {})


def test_what_nobody_hears_is_kept_for_its_first_listener_and_nothing_else_is() -> None:
    held = HeldEvents()

    assert held.hold("input_speech_started", (1,))
    assert held.hold("input_speech_stopped", (2,))
    assert held.hold("input_speech_started", (3,))
    assert not held.hold("metrics_collected", (4,))
    assert held.release("metrics_collected") == []
    assert held.release("input_speech_started") == [(1,), (3,)]
    assert held.release("input_speech_started") == []
    assert held.release("input_speech_stopped") == [(2,)]


def test_no_more_is_kept_than_the_latest_hundred() -> None:
    held = HeldEvents()
    for number in range(MOST + 1):
        held.hold("input_speech_started", (number,))
    held.release("input_speech_stopped")
    held.hold("input_speech_started", (MOST + 1,))

    assert held.release("input_speech_started") == [(number,) for number in range(2, MOST + 2)]
