"""What operators' pages cost. Each part can be had alone: `--only filter,search`.

filter, search: a page of the list over 100,000 calls and five million events, on SQLite and on PostgreSQL. Making them
takes some minutes; `--keep FOLDER` keeps those of SQLite for the next time.
`--help` tells the options.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import history, lists
from bench.figures import positive, table

PARTS: tuple[lists.Kind, ...] = ("filter", "search")


def parts(written: str) -> list[lists.Kind]:
    """Some of them, from the command line."""
    wanted = written.split(",")
    unknown = [each for each in wanted if each not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"parts are {', '.join(PARTS)}")
    return [part for part in PARTS if part in wanted]


def main() -> int:
    """Measure, tell, and say by the exit code whether all holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=parts, default=list(PARTS), help=f"Some of {', '.join(PARTS)}.")
    parser.add_argument("--calls", type=positive, default=history.CALLS)
    parser.add_argument("--rounds", type=positive, default=5, help="How often all is asked for.")
    parser.add_argument("--keep", type=Path, help="A folder that keeps what was made.")
    parser.add_argument("--json", action="store_true", help="The last line is JSON.")
    given = parser.parse_args()
    figures = lists.measure(given.only, given.calls, given.rounds, given.keep)
    print(table(lists.HEADS, lists.rows(figures, given.only)))
    held = lists.bars(figures, given.only)
    print("\n".join(line for line, _ in held))
    if given.json:
        found: dict[str, Any] = {f"{kind}_ms": lists.as_json(figures, kind) for kind in given.only}
        print(json.dumps(found))
    return 0 if all(holds for _, holds in held) else 1


if __name__ == "__main__":
    sys.exit(main())
