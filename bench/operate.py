"""What operators' pages cost. Each part can be had alone: `--only filter,search`.

cpu: what a call takes of its worker, without what operators are told (`bench.bare` says what that leaves out), with it,
and with recording; see `bench.overhead`.
live: how long an event takes until it is on a page, with 20 calls and 20 pages; see `bench.live`.
filter, search: a page of the list over 100,000 calls and five million events, on SQLite and on PostgreSQL. Making them
takes some minutes; `--keep FOLDER` keeps those of SQLite for the next time.
`--help` tells the options.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, get_args

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import history, lists, live, overhead
from bench.figures import positive, table

Part = Literal["cpu", "live", "filter", "search"]
Held = list[tuple[str, bool]]
Told = dict[str, Any]

PARTS: tuple[Part, ...] = get_args(Part)
LISTS: tuple[lists.Kind, ...] = get_args(lists.Kind)


def parts(written: str) -> list[Part]:
    """Some of them, from the command line."""
    wanted = written.split(",")
    unknown = [each for each in wanted if each not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"parts are {', '.join(PARTS)}")
    return [part for part in PARTS if part in wanted]


def cpu(rounds: int) -> tuple[Held, Told]:
    """What the worker of a call takes."""
    found = overhead.told(rounds)
    return overhead.bars(found), {"cpu": overhead.as_json(found)}


def events() -> tuple[Held, Told]:
    """How long an event takes to operators; the web app's logs stay where something fails."""
    folder = Path(tempfile.mkdtemp(prefix="bench-live-"))
    found = asyncio.run(live.measure(folder))
    shutil.rmtree(folder)
    print(table(live.HEADS, live.rows(found)) + "\n")
    return live.bars(found), {"event_to_page_ms": live.as_json(found)}


def pages(kinds: list[lists.Kind], calls: int, rounds: int, kept: Path | None) -> tuple[Held, Told]:
    """How long a page of the list takes."""
    figures = lists.measure(kinds, calls, rounds, kept)
    print(table(lists.HEADS, lists.rows(figures, kinds)) + "\n")
    return lists.bars(figures, kinds), {f"{kind}_ms": lists.as_json(figures, kind) for kind in kinds}


def main() -> int:
    """Measure, tell, and say by the exit code whether all holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=parts, default=list(PARTS), help=f"Some of {', '.join(PARTS)}.")
    parser.add_argument("--calls", type=positive, default=history.CALLS)
    parser.add_argument("--rounds", type=positive, default=5, help="How often all is measured.")
    parser.add_argument("--keep", type=Path, help="A folder that keeps what was made.")
    parser.add_argument("--json", action="store_true", help="The last line is JSON.")
    given = parser.parse_args()
    done: list[tuple[Held, Told]] = []
    if "cpu" in given.only:
        done.append(cpu(given.rounds))
    if "live" in given.only:
        done.append(events())
    if kinds := [kind for kind in LISTS if kind in given.only]:
        done.append(pages(kinds, given.calls, given.rounds, given.keep))
    held = [each for some, _ in done for each in some]
    print("\n".join(line for line, _ in held))
    if given.json:
        print(json.dumps({part: figures for _, told in done for part, figures in told.items()}))
    return 0 if all(holds for _, holds in held) else 1


if __name__ == "__main__":
    sys.exit(main())
