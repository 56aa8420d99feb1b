"""The house of each line, made once for all tests of scenarios."""

from collections.abc import Iterator

import pytest

from app.rehearsals import house_of
from rehearsal.house import House
from workflows.clinic_line import CLINIC_LINE
from workflows.support_line import SUPPORT_LINE


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with house_of(SUPPORT_LINE) as house:
        yield house


@pytest.fixture(scope="session")
def practice() -> Iterator[House]:
    with house_of(CLINIC_LINE) as house:
        yield house
