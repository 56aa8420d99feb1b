"""Which foreign clients are here."""

from pathlib import Path

import pytest

from tests.clients import foreign

pytestmark = pytest.mark.usefixtures("foreign_clients")


@pytest.mark.parametrize("lock", ["REQUIREMENTS", "LOCK"])
def test_clients_that_other_locks_name_are_not_here(lock: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "lock"
    newer.write_text("something newer")
    monkeypatch.setattr(foreign, lock, newer)

    assert not foreign.is_here()


async def test_a_client_that_fails_is_told_with_what_it_wrote(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("import cartesia; raise SystemExit('no voice')")

    with pytest.raises(AssertionError, match="no voice"):
        await foreign.run(script)


def test_the_locks_name_no_registry() -> None:
    locks = foreign.REQUIREMENTS.read_text() + foreign.LOCK.read_text()

    assert "resolved" not in locks
    assert "index-url" not in locks
