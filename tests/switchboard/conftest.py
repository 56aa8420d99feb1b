"""A migrated database for each test of the engine."""

from pathlib import Path

import pytest

from tests.stage.stage import new_database


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return new_database(tmp_path)
