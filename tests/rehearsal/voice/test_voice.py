"""Calls by voice, in rooms of a real LiveKit server: they hold, and what does not hold of them is noticed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.rehearsals import OFFLINE, plays_of
from rehearsal.held import Held
from rehearsal.house import House
from rehearsal.judge import Miss, judge
from rehearsal.rooms import Rooms
from rehearsal.scenario import Holds
from switchboard.settings.environment import load_settings
from tests.livekit import LiveKitServer
from workflows.support_line import SUPPORT_LINE

PLAYS = {play.file.stem: play for play in plays_of(SUPPORT_LINE)}
SOON = load_settings(None, {**OFFLINE, "CALL_SILENCE_SECONDS": "2"})
UNTIMED = {"first_sound_ms": None, "handoff_silence_ms": None}
"""Times are the machine's."""
WRONG: dict[str, list[tuple[dict[str, Any], str]]] = {
    "speaks_into_the_greeting": [
        ({"says": ["How can I help you today"]}, "says /How can I help you today/"),
        ({"first_sound_ms": 1}, "an answer is heard after 1 ms at most"),
        ({"ended": "silence"}, "the call ends: silence"),
    ],
    "says_nothing": [
        ({"never_says": ["still there"]}, "never says /still there/"),
        ({"first_sound_ms": 5000}, "an answer is heard after 5000 ms at most"),
        ({"ended": "goodbye"}, "the call ends: goodbye"),
    ],
    "noise_on_the_line": [
        ({"never_calls": ["search_knowledge"]}, "never calls search_knowledge"),
        ({"handoff_silence_ms": 5000}, "the next agent after a handoff is heard after 5000 ms at most"),
        ({"strikes": ["talked_over"]}, "talked_over strikes"),
    ],
}


async def test_calls_with_sound_hold_and_wrong_expectations_of_them_do_not(
    house: House, livekit_server: LiveKitServer
) -> None:
    spoken = replace(house, rooms=Rooms(livekit_server.access))
    patient, hasty = spoken, replace(spoken, settings=SOON)
    first, noise = PLAYS["speaks_into_the_greeting"], PLAYS["noise_on_the_line"]

    async def one_after_the_other() -> dict[str, Held]:
        return {play.file.stem: await patient.hold(play, seed=0) for play in (first, noise)}

    silent, others = await asyncio.gather(hasty.hold(PLAYS["says_nothing"], seed=0), one_after_the_other())

    for name, held in {**others, "says_nothing": silent}.items():
        right = PLAYS[name].scenario.holds.model_copy(update=UNTIMED)
        assert not judged(house, right, held), "\n".join(map(str, (*judged(house, right, held), *held.events)))
        assert held.sound
        for wrong, expected in WRONG[name]:
            assert {miss.expected for miss in judged(house, Holds.model_validate(wrong), held)} == {expected}


def judged(house: House, holds: Holds, held: Held) -> Sequence[Miss]:
    return judge(holds, held, SUPPORT_LINE.watched, house.prices)
