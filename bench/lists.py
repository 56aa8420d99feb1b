"""How long operators wait for a page of the list of calls, on SQLite and on PostgreSQL, over a long past."""

import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Literal

from bench import history
from bench.figures import Figures, bar
from switchboard.database import Database
from switchboard.operate.filter import Filter
from switchboard.operate.find import find
from tests.postgres import Postgres

Kind = Literal["filter", "search"]
Engine = Literal["sqlite", "postgres"]
Of = tuple[Kind, Engine, str]
"""What a figure is of, with the name of what was asked; "" for all of them."""

ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")
MOST_MS = 200.0
"""Within which a page is to be there, p95."""
NOBODYS = "xyzzy"
"""A word that nobody has said."""
SAMPLED = 300
"""So many calls are looked through for words that were said."""


@dataclass(frozen=True)
class Asked:
    """A question to the list."""

    kind: Kind
    name: str
    filter: dict[str, str]


def filters(dice: random.Random) -> Iterator[Asked]:
    """What people narrow a list by, once each: what many calls have, what few have, and both together."""
    week = history.NEWEST - timedelta(days=dice.randrange(7, history.DAYS))
    time_ = {"from": week.isoformat(), "to": (week + timedelta(days=7)).isoformat()}
    cost = dice.uniform(0.02, 0.3)
    yield Asked("filter", "newest", {})
    yield Asked("filter", "running", {"outcome": "running"})
    yield Asked("filter", "a week", time_)
    yield Asked("filter", "a line", {"line": dice.choice(list(history.LINES))})
    yield Asked("filter", "an agent", {"agent": dice.choice(list(history.AGENTS))})
    yield Asked("filter", "an outcome", {"outcome": dice.choice(list(history.OUTCOMES))})
    yield Asked("filter", "a rule", {"rule": dice.choice(list(history.RULES))})
    yield Asked("filter", "a rare agent", {"agent": "wholesale"})
    yield Asked("filter", "a rare rule", {"rule": "said_not_done"})
    yield Asked("filter", "line, agent, week, rule", time_ | _several(dice))
    yield Asked("filter", "line, agent, rule", _several(dice))
    yield Asked("filter", "hardly any", {"line": "press", "agent": "wholesale", "rule": "said_not_done"})
    yield Asked("filter", "a cost", {"min_cost": f"{cost:.4f}", "max_cost": f"{cost * 1.05:.4f}"})
    yield Asked("filter", "dear", {"min_cost": "1.5"})
    yield Asked("filter", "long", {"min_seconds": "900"})
    yield Asked("filter", "short, of an agent", {"max_seconds": "20", "agent": dice.choice(list(history.AGENTS))})


def searches(dice: random.Random, said: Sequence[str]) -> Iterator[Asked]:
    """Words that everybody says, and that hardly anybody does. `said`: sentences, some with a number in them."""
    word, other = dice.sample(history.COMMON, 2)
    some = dice.choice(said).split()
    number = dice.choice([last for sentence in said if (last := sentence.split()[-1]).isdecimal()])
    yield Asked("search", "a common word", {"q": word})
    yield Asked("search", "two common words", {"q": f"{word} {other}"})
    yield Asked("search", "some word", {"q": dice.choice(some)})
    yield Asked("search", "a sentence's words", {"q": " ".join(some[:4])})
    yield Asked("search", "a phrase", {"q": f'"{" ".join(some[:3])}"'})
    yield Asked("search", "a common phrase", {"q": f'"{word} {other}"'})
    yield Asked("search", "a number", {"q": number})
    yield Asked("search", "the beginning of a number", {"q": f"{number[:5]}*"})
    yield Asked("search", "the beginning of a word", {"q": f"{dice.choice(history.SYLLABLES)}{dice.choice('aeiou')}*"})
    yield Asked("search", "nobody's word", {"q": NOBODYS})
    yield Asked("search", "common, with line, agent, rule", {"q": word} | _several(dice))
    yield Asked("search", "common, of a rare rule", {"q": word, "rule": "said_not_done"})
    yield Asked("search", "common, dear", {"q": word, "min_cost": "1.5"})
    yield Asked("search", "common, of a line", {"q": word, "line": dice.choice(list(history.LINES))})


def _several(dice: random.Random) -> dict[str, str]:
    line, agent, rule = (dice.choice(list(each)) for each in (history.LINES, history.AGENTS, history.RULES))
    return {"line": line, "agent": agent, "rule": rule}


def measure(kinds: Sequence[Kind], calls: int, rounds: int, kept: Path | None) -> Figures[Of]:
    """All that is asked, in every round anew, and the second page of it where there is one."""
    figures: Figures[Of] = Figures()
    with _folder(kept) as folder:
        for engine in ENGINES:
            with _past(engine, folder, calls) as url:
                asyncio.run(_asked(url, engine, kinds, rounds, figures))
    return figures


async def _asked(url: str, engine: Engine, kinds: Sequence[Kind], rounds: int, figures: Figures[Of]) -> None:
    async with aclosing(Database(url)) as database:
        await _ask(database, engine, kinds, rounds, figures)


async def _ask(database: Database, engine: Engine, kinds: Sequence[Kind], rounds: int, figures: Figures[Of]) -> None:
    dice = random.Random(history.SEED)
    said = [text for call in islice(history.past(history.CALLS), SAMPLED) for text in history.said_in(call)]
    await find(database, Filter())  # the connection is made before somebody waits for it
    for round_ in range(rounds):
        asked = [each for each in (*filters(dice), *searches(dice, said)) if each.kind in kinds]
        dice.shuffle(asked)
        for each in asked:
            wanted = Filter.of(each.filter)
            for _page in range(2):
                began = time.perf_counter()
                page = await find(database, wanted)
                took = time.perf_counter() - began
                figures.add((each.kind, engine, each.name), took)
                figures.add((each.kind, engine, ""), took)
                if page.next is None:
                    break
                wanted = wanted.model_copy(update={"after": page.next})
        print(f"{engine}: {round_ + 1} of {rounds} rounds", file=sys.stderr, flush=True)


def rows(figures: Figures[Of], kinds: Sequence[Kind]) -> list[list[str]]:
    """For a table: what was asked, and p50 and p95 on both."""
    names = dict.fromkeys((kind, name) for kind, _, name in figures.of if kind in kinds)
    ordered = sorted(names, key=lambda each: (each[0], each[1] == "", each[1]))
    return [
        [f"{kind}: {name or 'all'}"]
        + [f"{figures.at((kind, engine, name), percent):.0f}" for engine in ENGINES for percent in (50, 95)]
        for kind, name in ordered
    ]


HEADS = ("ms until a page is there", *(f"{engine} p{percent}" for engine in ENGINES for percent in (50, 95)))


def bars(figures: Figures[Of], kinds: Sequence[Kind]) -> list[tuple[str, bool]]:
    """What was asked of each kind on each database, and whether it holds."""
    found = []
    for kind in kinds:
        for engine in ENGINES:
            most = figures.at((kind, engine, ""), 95)
            holds = most <= MOST_MS
            found.append((bar(f"{kind} on {engine}, p95 at most {MOST_MS:.0f} ms", most, holds), holds))
    return found


def as_json(figures: Figures[Of], kind: Kind) -> dict[str, dict[str, float | None]]:
    """By database."""
    return {engine: figures.both((kind, engine, "")) for engine in ENGINES}


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    folder = Path(tempfile.mkdtemp(prefix="operate-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _past(engine: Engine, folder: Path, calls: int) -> Iterator[str]:
    """The URL of a database that has it; SQLite's file is made once for each folder."""
    if engine == "sqlite":
        file = folder / f"history-{calls}.db"
        if not file.exists():
            unfinished = folder / "unfinished.db"
            unfinished.unlink(missing_ok=True)
            history.make(f"sqlite:///{unfinished}", calls, history.told(calls, engine))
            unfinished.rename(file)
        yield f"sqlite:///{file}"
        return
    server = Postgres()
    try:
        server.start()
        url = server.create("history")
        history.make(url, calls, history.told(calls, engine))
        yield url
    finally:
        server.stop()
