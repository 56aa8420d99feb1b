"""What a call's guards cost its worker: two workers side by side, one without them (`bench.bare` says what they are).

`--json`: the last line is `{"cpu": {"unguarded": 1.0, "guarded": ...}}`, as a multiple of the worker without.
"""

import argparse
import json
import sys
from pathlib import Path

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import overhead
from bench.figures import bar, positive

MOST = 1.03
"""CPU of a call, of that without."""


def main() -> int:
    """Measure, tell, and say by the exit code whether it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=positive, default=5, help="How often all is measured.")
    parser.add_argument("--json", action="store_true", help="The last line is JSON.")
    given = parser.parse_args()
    found = overhead.told(given.rounds, ("unguarded", "guarded"))
    times = found.times("guarded")
    print(bar(f"CPU of a call with its guards: at most {MOST} x without", times, times <= MOST))
    if given.json:
        print(json.dumps({"cpu": overhead.as_json(found)}))
    return 0 if times <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
