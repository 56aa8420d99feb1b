"""What went wrong with a service in a call goes wrong again without it: the simulator plays the tapes of a worker."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.call_recording import CallRecording
from simulator.faults import Fault
from simulator.options import Options
from simulator.server import Simulator
from switchboard.ledger.difference import difference
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, Turn
from tests.faults.mind import STORY, Literal
from tests.stage.stage import Stage, staged

TIMES = 10
PATIENCE = 60.0
LINES = ("look up parcel", "a story please")
FAULTS = {
    "failed answer": Fault("failed_response", nth=2),
    "rate limit": Fault("rate_limit", nth=2, settings={"seconds": 0.2}),
    "drop in mid-answer": Fault("drop_mid_response", skip=1, settings={"after_chars": 12}),
    "drop before an answer": Fault("drop", at="response.create", when="before", nth=2, session=1),
    "drop between answers": Fault("drop", at="response.done", when="after", nth=2, session=1),
}
"""At the answer after the greeting, or around it."""


async def talk(stage: Stage) -> None:
    """Type all lines, each when the answer to the one before was heard."""
    for line in LINES:
        await stage.conversation.session.wait_for_idle()
        stage.conversation.session.generate_reply(user_input=line)
        await stage.until(lambda line=line: answered(stage.events, line))  # type: ignore[misc]
    await stage.conversation.session.wait_for_idle()


def answered(events: Sequence[Event], line: str) -> bool:
    """Whether the answer to that line is over."""
    said = [event.text if isinstance(event, CallerSpoke) else "" for event in events]
    after = events[said.index(line) :] if line in said else ()
    return any(isinstance(event, Turn) and event.first_sound_ms for event in after)


async def typed(database_url: str, at: Simulator, tapes: str = "") -> Sequence[Event]:
    async with staged(database_url, mind=Literal(), typed=True, at=at, TAPES_FOLDER=tapes) as stage:
        async with asyncio.timeout(PATIENCE):
            await talk(stage)
    return stage.events


def taped(folder: Path) -> CallRecording:
    (place,) = folder.iterdir()
    return CallRecording.load(place)


@pytest.mark.parametrize("wrong", FAULTS)
async def test_a_fault_of_the_model_is_played_the_same_ten_times_of_ten(
    wrong: str, database_url: str, tmp_path: Path
) -> None:
    async with Simulator(Literal(), Options(faults=(FAULTS[wrong],))) as simulator:
        events = await typed(database_url, simulator, str(tmp_path / "tapes"))
        assert not simulator.faults.armed

    async def again() -> Sequence[Event]:
        async with call.simulator() as played:
            return await typed(database_url, played)

    call = taped(tmp_path / "tapes")
    assert any(isinstance(event, AgentSpoke) and event.text == STORY for event in events)
    for played in await asyncio.gather(*(again() for _ in range(TIMES))):
        assert difference(events, played) is None


async def test_another_caller_is_refused(database_url: str, tmp_path: Path) -> None:
    async with Simulator(Literal()) as simulator:
        await typed(database_url, simulator, str(tmp_path / "tapes"))
    async with taped(tmp_path / "tapes").simulator() as played, staged(database_url, typed=True, at=played) as stage:
        stage.conversation.session.generate_reply(user_input="and now for something else")
        await played.wait_for(lambda: played.errors)
    assert "made of something else" in played.errors[0].error["message"]


async def in_the_studio(database_url: str, at: Simulator, tapes: str = "") -> Sequence[Event]:
    """A handoff to somebody whom Cartesia speaks for."""
    async with staged(database_url, mind=Literal(), at=at, speech=False, TAPES_FOLDER=tapes) as stage:
        await stage.say("to studio")
        await stage.until_said("This is studio")
        async with asyncio.timeout(PATIENCE):
            await stage.loudspeaker.silence()
    return stage.events


async def test_a_stall_of_cartesias_is_played_the_same_ten_times_of_ten(database_url: str, tmp_path: Path) -> None:
    stall = Fault("cartesia_stall", settings={"seconds": 1.5})
    async with Simulator(Literal(), Options(faults=(stall,))) as simulator:
        events = await in_the_studio(database_url, simulator, str(tmp_path / "tapes"))
        assert not simulator.faults.armed

    async def again() -> Sequence[Event]:
        async with call.simulator() as played:
            return await in_the_studio(database_url, played)

    call = taped(tmp_path / "tapes")
    assert [each.name for each in call.faults] == ["cartesia_stall"]
    for played in await asyncio.gather(*(again() for _ in range(TIMES))):
        assert difference(events, played) is None
