"""Which packages are looked up for known weaknesses: those of every lock."""

import subprocess
from pathlib import Path

import pytest

SUPPLY = Path(__file__).parents[2] / "scripts" / "supply"
HASHED = "one==1.0 \\\n    --hash=sha256:00\n"


def locks(script: Path) -> list[str]:
    return subprocess.run([str(script), "locks"], capture_output=True, text=True, check=True, timeout=60).stdout.split()


def test_the_locks_of_the_tests_own_tools_and_clients_are_among_them() -> None:
    assert {
        "requirements.lock",
        "scripts/supply.lock",
        "tests/clients/npm/package-lock.json",
        "tests/clients/python/requirements.txt",
        "tests/fuzz/requirements.txt",
        "tests/mutants/requirements.txt",
        "web/package-lock.json",
    } <= set(locks(SUPPLY))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The script in a repository of its own."""
    script = tmp_path / "scripts" / "supply"
    script.parent.mkdir()
    script.write_text(SUPPLY.read_text())
    script.chmod(0o755)
    return script


def test_a_new_lock_is_found_and_what_is_installed_from_it_is_not(copy: Path, tmp_path: Path) -> None:
    for path in ("new/part.txt", "var/clients/part.txt", ".venv/lib/part.txt", "new/node_modules/a/part.lock"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(HASHED)
    (tmp_path / "new" / "package-lock.json").write_text("{}")
    (tmp_path / "new" / "words.txt").write_text("No packages.")
    assert locks(copy) == ["new/package-lock.json", "new/part.txt"]


def test_whoever_asks_for_nothing_is_told_what_there_is(copy: Path) -> None:
    asked = subprocess.run([str(copy)], capture_output=True, text=True, timeout=60)
    assert (asked.returncode, "scripts/supply locks" in asked.stderr) == (2, True)
