"""The support line's house, made once for all tests of scenarios."""

from collections.abc import Iterator

import pytest

from app.rehearsals import house_of
from rehearsal.house import House
from workflows.support_line import SUPPORT_LINE


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with house_of(SUPPORT_LINE) as house:
        yield house
