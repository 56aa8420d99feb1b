"""`main.py scenario`, as people type it."""

from contextlib import aclosing
from pathlib import Path

from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended
from switchboard.operate.audit import entries
from tests.command import run
from tests.switchboard.operate.made import answered, call

SAID = (
    answered(),
    AgentSpoke(agent="greeter", text="Hello?"),
    CallerSpoke(text="Naïve, bye."),
    Ended(reason="goodbye"),
)


async def test_a_call_is_written_as_a_scenario_once_and_each_look_is_written_down(
    sqlite_templates: Path, tmp_path: Path
) -> None:
    file, ledger = tmp_path / "made.yaml", tmp_path / "ledger.db"
    ledger.write_bytes((sqlite_templates / "empty.db").read_bytes())
    url = f"sqlite:///{ledger}"
    async with aclosing(Database(url)) as database:
        await call(database, "call_1", *SAID)

        made = run("scenario", "call_1", "--to", str(file), DATABASE_URL=url)
        again = run("scenario", "call_1", "--to", str(file), DATABASE_URL=url)

        looks = [entry.what for entry in await entries(database, 10, "call_1")]
    told = f"{file} has the call as a scenario. Play it: main.py try {file}\n"
    assert (made.returncode, made.stdout) == (0, told), made.stderr
    assert "- Naïve, bye.\n" in file.read_text(encoding="utf-8")
    assert again.returncode == 2
    assert again.stderr.startswith(f"{file} is there already; it is left as it is.")
    assert looks == ["exported", "exported"]
