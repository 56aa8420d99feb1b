"""A new business for a new line: a folder with tables, migration and an example; state, and a tool that reads them."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from app.new.change import Change
from app.new.house import House
from app.new.names import check_name, class_named, spoken
from app.new.packages import DOCKERFILE, PROJECT, with_package, with_package_copied
from app.new.prompt import DUTIES, with_duty
from app.new.refusal import RefusalError
from app.new.scenario import scenario_text
from app.new.source import Source, imports

MODELS = '''"""The tables of {spoken}."""

from sqlalchemy import MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from switchboard.columns import NAMES


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Entry(Base):
    """What callers are told on a topic, which is written in lower case."""

    __tablename__ = "{name}_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(200), unique=True)
    answer: Mapped[str] = mapped_column(Text)
'''
MIGRATION = '''"""The first tables of {spoken}."""

import sqlalchemy as sa
from alembic import op

revision = "{name}_0001"
down_revision = None
branch_labels = ("{name}",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "{name}_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_{name}_entries"),
        sa.UniqueConstraint("topic", name="uq_{name}_entries_topic"),
    )


def downgrade() -> None:
    op.drop_table("{name}_entries")
'''
SEED = '''"""Fills an empty {spoken} with an example."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from {name}.models import Entry

ENTRIES = {{"opening hours": "We are open from nine to five, Monday to Friday."}}


async def seed(session: AsyncSession, now: datetime) -> str:  # noqa: ARG001 - for examples that have a date
    """Add the entries that are not there."""
    there = set(await session.scalars(select(Entry.topic)))
    new = [Entry(topic=topic, answer=answer) for topic, answer in ENTRIES.items() if topic not in there]
    session.add_all(new)
    await session.flush()
    return f"Added {{len(new)}} entries." if new else "Nothing to add: {spoken} is filled already."
'''
ENTRIES = '''"""What callers are told, by topic."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from {name}.models import Entry


async def entry_on(session: AsyncSession, said: str) -> Entry | None:
    """The first entry whose topic is among these words."""
    entries = await session.scalars(select(Entry).order_by(Entry.id))
    return next((entry for entry in entries if entry.topic in said.casefold()), None)
'''
BUSINESS = '''"""{Spoken} as what stands behind a line."""

from pathlib import Path

{imports}

{constant} = Business(
    name="{name}",
    tables=Base.metadata,
    migrations=Path(__file__).parent / "migrations" / "versions",
    seed=seed,
)
'''
STATE = '''"""What the line of {spoken} knows of a call so far."""

from pydantic import BaseModel


class {state}(BaseModel):
    """What the call is about. The tools keep it."""

    topic: str | None = None
'''
TOOL = '''"""Telling what {spoken} has an entry on."""

from livekit.agents import RunContext, ToolError, function_tool

{imports}


@function_tool
async def {tool}(ctx: RunContext[Call[{state}]], question: str) -> str:
    """Look up what callers may be told. Tells nothing of an account.

    Args:
        question: What the caller wants to know, in a few words.
    """
    async with ctx.userdata.database.read() as session:
        entry = await entry_on(session, question)
    if entry is None:
        raise ToolError("There is nothing on that. Say so, never guess, and ask what else the caller wants to know.")
    ctx.userdata.state.topic = entry.topic
    return entry.answer
'''
DUTY = "- The caller has a question: call `{tool}`, and say what it tells you."
TOPIC = "opening_hours"
ANSWER = "from nine to five"
OF_BUSINESS = ("switchboard.line.business", "Business")


class NewBusiness:
    """The business `name`. Raises `RefusalError` for a name that is none, or is taken."""

    def __init__(self, house: House, name: str) -> None:
        check_name(name, "sales")
        if (house.root / name).exists() or find_spec(name):
            raise RefusalError(f"There is something called {name}, here or in a package: choose another name.")
        self.name = name
        self.constant = name.upper()
        self.state = f"{class_named(name)}Case"
        self.tool = f"look_up_{name}"
        self._words = {"name": name, "spoken": spoken(name), "Spoken": spoken(name).capitalize()}
        self._words |= {"constant": self.constant, "state": self.state, "tool": self.tool}

    @property
    def imports(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """What the workflow takes of it."""
        return (f"{self.name}.business", self.constant), (f"tools.{self.name}.case", self.state)

    def add_to(self, change: Change) -> None:
        """Its files, and its name where packages are listed."""
        for file, text in self._files():
            change.add(file, text)
        change.edit(PROJECT, with_package(change.read(PROJECT), self.name))
        change.edit(DOCKERFILE, with_package_copied(change.read(DOCKERFILE), self.name))

    def used_by(self, agent: str, change: Change, root: Path) -> None:
        """The agent, whose files are there, has the tool."""
        code, prompt = f"agents/{agent}.py", f"agents/{agent}.md"
        source = Source(code, change.read(code))
        source.add_import(f"tools.{self.name}.entries", self.tool)
        source.add_to_toolbox(class_named(agent), self.tool)
        change.edit(code, source.text(root))
        change.edit(prompt, with_duty(change.read(prompt), DUTY.format(tool=self.tool), DUTIES))

    def scenario(self, agent: str) -> str:
        """Who asks about what is in its example is told so."""
        about = f"Who asks about {spoken(TOPIC)} is told what stands in the table."
        holds = [
            f"calls: [{{tool: {self.tool}, by: {agent}}}]",
            f"says: [{ANSWER}]",
            f"rows: [{{table: {self.name}_entries, where: {{topic: {spoken(TOPIC)}}}, count: 1}}]",
        ]
        return scenario_text(about, (f"What are your {spoken(TOPIC)}?", "Goodbye"), holds)

    def _files(self) -> Iterator[tuple[str, str]]:
        name, case = self.name, (f"tools.{self.name}.case", self.state)
        parts = imports((f"{name}.models", "Base"), (f"{name}.seed", "seed"), OF_BUSINESS)
        tools = imports((f"{name}.entries", "entry_on"), ("switchboard.call.call", "Call"), case)
        yield f"{name}/__init__.py", f'"""{self._words["Spoken"]}: what stands behind a line."""\n'
        yield f"{name}/models.py", MODELS.format(**self._words)
        yield f"{name}/seed.py", SEED.format(**self._words)
        yield f"{name}/entries.py", ENTRIES.format(**self._words)
        yield f"{name}/business.py", BUSINESS.format(**self._words, imports=parts)
        yield f"{name}/migrations/versions/0001_{name}.py", MIGRATION.format(**self._words)
        yield f"tools/{name}/__init__.py", f'"""The tools of {spoken(name)}."""\n'
        yield f"tools/{name}/case.py", STATE.format(**self._words)
        yield f"tools/{name}/entries.py", TOOL.format(**self._words, imports=tools)
