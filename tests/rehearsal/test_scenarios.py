"""Every scenario of every line holds that takes no sound; and what they look at is what editors are told."""

import pytest

from app.lines import LINES
from app.rehearsals import SCHEMA, plays_of, schema_text
from rehearsal.file import Play
from rehearsal.house import House
from workflows.clinic_line import CLINIC_LINE
from workflows.support_line import SUPPORT_LINE

PLAYS = [play for play in plays_of(SUPPORT_LINE) if not play.scenario.takes_sound]
OF_THE_PRACTICE = [play for play in plays_of(CLINIC_LINE) if not play.scenario.takes_sound]


def test_every_line_has_scenarios() -> None:
    assert all(plays_of(line) for line in LINES.values())


@pytest.mark.parametrize("play", PLAYS, ids=[play.file.stem for play in PLAYS])
async def test_a_scenario_of_the_support_line_holds(play: Play, house: House) -> None:
    verdict = await house.play(play, seed=0)

    assert not verdict.misses, "\n".join(map(str, (*verdict.misses, *verdict.events)))


@pytest.mark.parametrize("play", OF_THE_PRACTICE, ids=[play.name for play in OF_THE_PRACTICE])
async def test_a_scenario_of_the_practice_holds(play: Play, practice: House) -> None:
    verdict = await practice.play(play, seed=0)

    assert not verdict.misses, "\n".join(map(str, (*verdict.misses, *verdict.events)))


def test_the_schema_for_editors_is_the_format() -> None:
    assert schema_text() == SCHEMA.read_text(), "run: main.py try --schema"
