"""What the attacks share: a real LiveKit server for those that ask for one."""

from pathlib import Path

import pytest

from tests.livekit import livekit_server
from tests.stage.stage import new_database

__all__ = ["livekit_server"]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return new_database(tmp_path)
