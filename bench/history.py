"""A made-up past: calls with all that the ledger keeps of them, as many as one likes, in a database of one's own.

python -m bench.history sqlite:////tmp/history.db --calls 100000

The calls are alike in what lists and searches ask for: some lines and agents have most of them, words are as frequent
as in speech, and here and there somebody says a number that nobody else does. Same seed, same past.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from bench.figures import positive
from switchboard.migrations import upgrade

SEED = 5
NEWEST = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DAYS = 90
EVENTS = 50
"""Of a call, on average."""
CALLS = 100_000
RUNNING = 20
"""So many of the newest calls are not over."""
AT_ONCE = 1000
"""So many calls are written together."""

LINES = {"support-line": 80.0, "orders": 15.0, "night-desk": 4.5, "press": 0.5}
AGENTS = {"support": 40.0, "billing": 20.0, "returns": 10.0, "repairs": 4.0, "escalation": 1.0, "wholesale": 0.1}
OUTCOMES = {"goodbye": 60.0, "caller_left": 30.0, "silence": 5.0, "transferred": 4.0, "error": 0.9, "maximum_cost": 0.1}
RULES = {
    "dead_air": 20.0,
    "asked_again": 8.0,
    "talked_over": 5.0,
    "asked_twice": 2.0,
    "no_person": 0.5,
    "said_not_done": 0.1,
}
"""In how many of a hundred calls they strike."""

VOCABULARY = 20_000
SENTENCES = 20_000
COMMON = (
    "the",
    "you",
    "order",
    "is",
    "my",
    "and",
    "to",
    "parcel",
    "please",
    "thank",
    "lamp",
    "refund",
    "it",
    "for",
    "can",
)
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "sta", "ver", "tol", "shi", "pra", "gu", "fen", "dor", "bli")

Progress = Callable[[int], None]


def weighted(dice: random.Random, chances: dict[str, float]) -> str:
    """One of them, by their weights."""
    return dice.choices(list(chances), list(chances.values()))[0]


@dataclass
class Call:
    """Rows of one call, by their table; times as datetime, JSON as text."""

    calls: tuple[Any, ...]
    events: list[tuple[Any, ...]]
    digest: tuple[Any, ...] | None
    agents: list[tuple[Any, ...]]
    findings: list[tuple[Any, ...]]


@dataclass
class Speech:
    """What people say: sentences of words of which few are frequent."""

    dice: random.Random
    sentences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = [
            *COMMON,
            *("".join(self.dice.choices(SYLLABLES, k=self.dice.randint(2, 5))) for _ in range(VOCABULARY)),
        ]
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
        for _ in range(SENTENCES):
            self.sentences.append(" ".join(self.dice.choices(words, cum_weights=weights, k=self.dice.randint(3, 18))))

    def next(self) -> str:
        """Something; one time in twenty a number of their own with it."""
        said = self.dice.choice(self.sentences)
        return f"{said} {self.dice.randrange(10**9)}" if self.dice.random() < 0.05 else said


COLUMNS = {
    "calls": ("id", "line", "origin", "started_at", "ended_at", "ended_reason"),
    "call_events": ("call_id", "seq", "kind", "at", "wall", "body"),
    "call_digests": (
        "call_id", "agent", "caller", "seconds", "cost", "currency", "first_sound_p50_ms", "first_sound_p95_ms",
        "turns", "to_person",
    ),
    "call_agents": ("call_id", "agent"),
    "call_findings": ("call_id", "number", "rule", "at", "sentence"),
}  # fmt: skip


def past(calls: int) -> Iterator[Call]:
    """The oldest call first."""
    dice = random.Random(SEED)
    speech = Speech(dice)
    step = timedelta(days=DAYS) / calls
    for number in range(calls):
        began = NEWEST - step * (calls - number)
        yield _call(dice, speech, f"call_{number:07}_{dice.randrange(16**8):08x}", began, over=number < calls - RUNNING)


def said_in(call: Call) -> list[str]:
    """All that somebody has said in it."""
    return [json.loads(body)["text"] for _, _, kind, _, _, body in call.events if kind.endswith("_spoke")]


def _call(dice: random.Random, speech: Speech, call_id: str, began: datetime, *, over: bool) -> Call:
    line, outcome = weighted(dice, LINES), weighted(dice, OUTCOMES)
    agents = list(dict.fromkeys(["greeter", *(weighted(dice, AGENTS) for _ in range(dice.randint(0, 2)))]))
    events = list(_events(dice, speech, line, agents, max(8, round(dice.gauss(EVENTS, EVENTS / 4)))))
    if over:
        events.append(("ended", {"reason": outcome}))
    rows = [
        (call_id, seq, kind, seq * 1.5, began + timedelta(seconds=seq * 1.5), json.dumps(body))
        for seq, (kind, body) in enumerate(events, start=1)
    ]
    ended = rows[-1][4] if over else None
    row = (call_id, line, call_id, began, ended, outcome if over else None)
    if not over:
        return Call(row, rows, None, [], [])
    seconds = dice.lognormvariate(4.5, 0.9)
    cost = None if dice.random() < 0.02 else round(seconds * 0.0009 * dice.uniform(0.5, 2), 6)
    sound = dice.lognormvariate(6.2, 0.3)
    digest = (
        call_id, agents[-1], "********12", seconds, cost, None if cost is None else "USD", sound, sound * 1.8,
        len(rows) // 4, outcome == "transferred",
    )  # fmt: skip
    struck = [rule for rule, chance in RULES.items() if dice.random() * 100 < chance]
    found = [(call_id, number, rule, number * 3.0, "It struck.") for number, rule in enumerate(struck, start=1)]
    return Call(row, rows, digest, [(call_id, agent) for agent in agents], found)


def _events(
    dice: random.Random, speech: Speech, line: str, agents: list[str], most: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "answered", {"line": line, "agent": agents[0], "provider": "azure", "caller": "********12", "versions": {}}
    written, has = 1, 0
    while written < most:
        agent = agents[has]
        yield "caller_spoke", {"text": speech.next()}
        yield "turn", {"agent": agent, "ended_at": written * 1.5, "first_sound_ms": dice.uniform(300, 900)}
        yield (
            "used",
            {"agent": agent, "work": "answer", "model": "gpt-realtime-2", "units": {"audio_in": 900, "audio_out": 220}},
        )
        yield "agent_spoke", {"agent": agent, "text": speech.next(), "interrupted": False}
        written += 4
        if dice.random() < 0.3:
            look = {"agent": agent, "tool": "find_order", "call_id": f"t{written}"}
            yield "tool_called", look | {"arguments": {"order": dice.randrange(10**6)}}
            yield "tool_returned", look | {"result": "It is on its way.", "failed": False, "ms": 80.0}
            written += 2
        if has + 1 < len(agents) and dice.random() < 0.3:
            yield "handoff_done", {
                "source": agent, "target": agents[has + 1], "arrived_ms": 9.0, "spoke_ms": 700.0, "silence_ms": 650.0,
                "socket_kept": True,
            }  # fmt: skip
            has, written = has + 1, written + 1


def make(url: str, calls: int, progress: Progress) -> int:
    """Bring the database up to date and write the past into it; how many events it has."""
    upgrade(url)
    if make_url(url).drivername == "sqlite":
        return _sqlite(Path(make_url(url).database or ""), calls, progress)
    return asyncio.run(_postgres(url, calls, progress))


def _pages(calls: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows by their table, some calls at a time."""
    every = past(calls)
    while page := list(islice(every, AT_ONCE)):
        yield {
            "calls": [call.calls for call in page],
            "call_events": [row for call in page for row in call.events],
            "call_digests": [call.digest for call in page if call.digest],
            "call_agents": [row for call in page for row in call.agents],
            "call_findings": [row for call in page for row in call.findings],
        }


def _sqlite(file: Path, calls: int, progress: Progress) -> int:
    """Events come without their end, as in a call that runs; then all ends at once, and words go into the index."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    written = done = 0
    for page in _pages(calls):
        connection.execute("BEGIN")
        for table, rows in page.items():
            columns = COLUMNS[table]
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            connection.executemany(insert, map(_plain, rows))
        connection.execute(
            "UPDATE calls SET ended_at = ended_at WHERE id >= ? AND ended_at IS NOT NULL", page["calls"][0][:1]
        )
        connection.execute("COMMIT")
        written, done = written + len(page["call_events"]), done + len(page["calls"])
        progress(done)
    connection.close()
    return written


def _plain(row: Sequence[Any]) -> list[Any]:
    """As SQLAlchemy writes it."""
    return [f"{each:%Y-%m-%d %H:%M:%S.%f}" if isinstance(each, datetime) else each for each in row]


async def _postgres(url: str, calls: int, progress: Progress) -> int:
    connection = await asyncpg.connect(url)
    written = done = 0
    index = await connection.fetchval("SELECT pg_get_indexdef('ix_call_words_words'::regclass)")
    await connection.execute("DROP INDEX ix_call_words_words")  # made at the end, it is made in seconds
    for page in _pages(calls):
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers meanwhile
            for table, rows in page.items():
                await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
            await connection.execute("SET LOCAL session_replication_role = origin")
            over = "UPDATE calls SET ended_at = ended_at WHERE id >= $1 AND ended_at IS NOT NULL"
            await connection.execute(over, page["calls"][0][0])
        written, done = written + len(page["call_events"]), done + len(page["calls"])
        progress(done)
    await connection.execute(index)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return written


def told(calls: int, name: str) -> Progress:
    """Says on standard error how far it is, every ten thousand calls."""
    began = time.monotonic()

    def progress(done: int) -> None:
        if done % 10_000 == 0 or done == calls:
            print(f"{name}: {done:,} of {calls:,} calls, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    return progress


def main() -> None:
    """Make one, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url", help="An empty database, such as sqlite:////tmp/history.db.")
    parser.add_argument("--calls", type=positive, default=CALLS)
    given = parser.parse_args()
    events = make(given.url, given.calls, told(given.calls, "history"))
    print(f"{given.calls:,} calls, {events:,} events")


if __name__ == "__main__":
    main()
