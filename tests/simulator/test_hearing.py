"""Many sessions, one detector."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from simulator.detector import EnergyDetector, Heard, Memory
from simulator.hearing import MOST, Hearing
from simulator.options import Options
from simulator.server import Simulator
from simulator.voice import RATE
from tests.simulator.minds import Given
from tests.simulator.wire import PATIENCE, SILENCE, connect, tone

FRAME = RATE * EnergyDetector.frame_ms // 1000
LOUD = np.full(FRAME, 8000, np.int16)


class Counting(EnergyDetector):
    """Notes how many frames it is given at a time."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def judge(self, heard: Sequence[Heard]) -> list[bool]:
        """As loudness has it."""
        self.batches.append(len(heard))
        return super().judge(heard)


class Session:
    """Has so many frames of a kind."""

    def __init__(self, hearing: Hearing, count: int, frame: np.ndarray = LOUD) -> None:
        self._hearing = hearing
        self._memory = Memory()
        self._frames = [frame] * count
        self.found: list[bool] = []
        self.done = asyncio.Event()

    def ask(self, most: int) -> list[Heard]:
        """The next of them."""
        asked, self._frames = self._frames[:most], self._frames[most:]
        return [Heard(self._memory, frame, 0.5) for frame in asked]

    def judged(self, speech: Sequence[bool]) -> None:
        """Go on until none is left."""
        self.found += speech
        if self._frames:
            self._hearing.judge_soon(self)
        else:
            self.done.set()


class Broken(Session):
    """Cannot stand what it hears."""

    def judged(self, speech: Sequence[bool]) -> None:
        """Fail."""
        raise ValueError("no")


async def all_judged(hearing: Hearing, *sessions: Session) -> None:
    for session in sessions:
        hearing.judge_soon(session)
    async with asyncio.timeout(PATIENCE):
        for session in sessions:
            await session.done.wait()


async def test_frames_of_sessions_that_have_one_are_judged_in_one_run() -> None:
    detector = Counting()
    hearing = Hearing(detector)
    sessions = [Session(hearing, 3) for _ in range(19)]
    quiet = Session(hearing, 2, np.zeros(FRAME, np.int16))

    await all_judged(hearing, *sessions, quiet)

    assert detector.batches == [20, 20, 19]
    assert [session.found for session in sessions] == [[True] * 3] * 19
    assert quiet.found == [False] * 2


async def test_what_one_session_makes_of_what_it_hears_is_no_matter_of_the_others() -> None:
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context))
    hearing = Hearing(EnergyDetector())
    others = [Session(hearing, 1), Session(hearing, 1)]
    hearing.judge_soon(Broken(hearing, 1))

    await all_judged(hearing, *others)
    await all_judged(hearing, later := Session(hearing, 1))

    assert [session.found for session in (*others, later)] == [[True]] * 3
    assert len(failures) == 1


async def test_who_sends_minutes_at_once_does_not_keep_others_waiting() -> None:
    hearing = Hearing(EnergyDetector())
    long, short = Session(hearing, 100 * MOST), Session(hearing, 1)

    hearing.judge_soon(long)
    await all_judged(hearing, short)

    assert len(long.found) <= 2 * MOST
    async with asyncio.timeout(PATIENCE):
        await long.done.wait()
    assert long.found == [True] * 100 * MOST


async def test_what_a_client_sends_after_audio_happens_after_what_the_audio_means() -> None:
    async with Simulator(Given(), Options(detector="energy")) as simulator, connect(simulator) as wire:
        quiet = {"type": "server_vad", "create_response": False}
        await wire.ask("session.update", "session.updated", session=session_with(quiet))
        wire.seen.clear()

        await wire.append(tone(0.5) + SILENCE * 4)
        await wire.send("conversation.item.create", item=NOTE)
        await wire.append(tone(0.5))
        await wire.send("input_audio_buffer.commit")
        await wire.append(tone(0.5))
        await wire.send("session.update", session=session_with(None))
        await wire.append(tone(0.5))
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")

    turn = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed"]
    assert [kind for kind in wire.kinds() if kind != "conversation.item.done"] == [
        *turn,
        "conversation.item.added",
        "conversation.item.added",
        turn[0],
        "input_audio_buffer.committed",
        "conversation.item.added",
        turn[0],
        "session.updated",
        "input_audio_buffer.cleared",
    ]


async def test_what_a_client_says_before_it_leaves_is_heard_though_its_audio_is_not_judged_yet() -> None:
    async with Simulator(Given(), Options(detector="energy")) as simulator:
        async with connect(simulator) as wire:
            await wire.append(tone(0.5) + SILENCE * 4)
            await wire.send("conversation.item.create", item=NOTE)

        await simulator.wait_for(lambda: simulator.received("conversation.item.create"))


async def test_a_connection_that_is_cut_while_something_waits_is_over() -> None:
    async with Simulator(Given(), Options(detector="energy")) as simulator:
        async with connect(simulator) as wire:
            await wire.append(tone(20.0))
            await wire.send("conversation.item.create", item=NOTE)
            await simulator.wait_for(lambda: len(simulator.frames) >= 200)
            await simulator.drop()
            await wire.closed()

        assert simulator.open == 0


NOTE = {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "The caller is known."}]}


def session_with(detection: dict[str, object] | None) -> dict[str, object]:
    return {"type": "realtime", "audio": {"input": {"turn_detection": detection}}}
