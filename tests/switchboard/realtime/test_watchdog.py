"""A service that falls silent, on a connection that is up or on one that is dead: it is asked again on a new one."""

import asyncio

import pytest

from simulator.mind import Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, Recovered
from switchboard.realtime import heartbeat, watchdog
from tests.stage.mind import LONG
from tests.stage.stage import Stage, staged
from tests.switchboard.realtime.test_session import Connected, connected, said

FOR_EVER = 3600.0
pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(watchdog, "NEXT_SECONDS", 0.5)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", FOR_EVER)


def told(stage: Stage) -> str:
    return " ".join(spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:])


async def test_an_answer_that_does_not_begin_is_asked_for_on_a_new_connection(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage:
        stage.simulator.faults.add("stall", seconds=FOR_EVER)
        await stage.say("hello")

        assert told(stage) == "reception heard: hello."
        assert stage.simulator.opened == 2
        assert len(stage.of(Recovered)) == 1


async def test_words_that_are_not_answered_are_heard_again_on_a_new_connection(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("stall", seconds=FOR_EVER)
        stage.mind.will_hear("hello")
        stage.mind.will_hear("hello")
        stage.microphone.speak("hello")
        await stage.until_said("heard: hello")

        assert stage.simulator.opened == 2


async def broken_off(stage: Connected) -> None:
    """The connection is dead from now on, and the next one is not."""
    stage.link.fall_silent()
    await stage.until_failed()
    stage.link.release()
    await stage.simulator.wait_for(lambda: stage.simulator.opened == 2)


async def test_an_answer_that_stops_in_the_middle_is_taken_up_on_a_new_connection() -> None:
    async with connected([Say(LONG)], [Say("And the rest.")], options=Options(pace=1.0)) as stage:
        answer = await stage.session.generate_reply()
        await stage.until("response.output_audio.delta", 20)
        await broken_off(stage)

        told = await said(answer)
        assert told.startswith("Once upon")
        assert told.endswith("And the rest.")


async def test_a_connection_that_is_dead_is_noticed_though_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.2)
    async with connected() as stage:
        await stage.until("session.updated")
        await broken_off(stage)


async def test_a_service_that_is_asked_nothing_may_be_silent() -> None:
    async with connected([Say("Hello.")]) as stage:
        assert await stage.ask() == "Hello."
        await asyncio.sleep(2 * watchdog.FIRST_SECONDS)

        assert not stage.errors
        assert stage.simulator.opened == 1


class Owner:
    """Hears of silence."""

    def __init__(self) -> None:
        self.times = 0
        self.silent = asyncio.Event()
        self.watchdog = watchdog.Watchdog(self.hear)

    def hear(self) -> None:
        self.times += 1
        self.silent.set()


@pytest.mark.parametrize("begins", ["response.created", "response.output_audio.delta", "response.output_text.delta"])
@pytest.mark.parametrize("ends", ["response.done", "error"])
async def test_an_answer_that_has_begun_is_owed_until_it_ends(begins: str, ends: str) -> None:
    owner = Owner()
    owner.watchdog.received({"type": begins})
    assert owner.watchdog.owed
    owner.watchdog.received({"type": ends})

    assert not owner.watchdog.owed


@pytest.mark.parametrize("kind", ["session.updated", "conversation.item.delta", "response.output_item.added"])
async def test_other_events_owe_nothing(kind: str) -> None:
    owner = Owner()
    owner.watchdog.received({"type": kind})
    owner.watchdog.received({})

    assert not owner.watchdog.owed


@pytest.mark.parametrize(
    ("first", "next_", "kind"),
    [(0.0, FOR_EVER, "response.created"), (FOR_EVER, 0.0, "response.output_audio.delta"), (0.0, FOR_EVER, None)],
)
async def test_silence_is_told_once_for_each_answer(
    monkeypatch: pytest.MonkeyPatch, first: float, next_: float, kind: str | None
) -> None:
    monkeypatch.setattr(watchdog, "FIRST_SECONDS", first)
    monkeypatch.setattr(watchdog, "NEXT_SECONDS", next_)
    owner = Owner()
    for _ in range(3):
        owner.watchdog.received({"type": kind}) if kind else owner.watchdog.asked()
    async with asyncio.timeout(10.0):
        await owner.silent.wait()
    for _ in range(5):
        await asyncio.sleep(0)

    assert owner.times == 1
    assert not owner.watchdog.owed


async def test_who_rests_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "FIRST_SECONDS", 0.0)
    owner = Owner()
    owner.watchdog.rest()
    owner.watchdog.asked()
    owner.watchdog.rest()
    for _ in range(5):
        await asyncio.sleep(0)

    assert not owner.times
