"""`scripts/mutants`: how many small faults in the code the fast tests notice, a line for each package."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.mutants.child import Child
from tests.mutants.equivalent import equivalents
from tests.mutants.mutant import Mutant
from tests.mutants.mutation import mutants_of
from tests.mutants.scout import watch
from tests.mutants.suite import Suite, preload, read_suite
from tests.mutants.trial import Trial, Verdict, judge
from tests.mutants.types import refused

ROOT = Path(__file__).parents[2]
ENGINE = "tests/switchboard"
FAST = ("-m", "not real")
LIVEKIT = ("-m", "not slow")
"""LiveKit's server too, which starts in a second."""
PACKAGES = {
    "call": ("switchboard/call", (*LIVEKIT, f"{ENGINE}/call")),
    "transfer": ("switchboard/transfer", (*LIVEKIT, f"{ENGINE}/transfer")),
    "ladder": ("switchboard/ladder", (*LIVEKIT, f"{ENGINE}/ladder")),
    "ledger": ("switchboard/ledger", (*FAST, f"{ENGINE}/ledger")),
    "tools": ("tools", (*FAST, "tests/tools")),
    "http": ("switchboard/http", (*LIVEKIT, f"{ENGINE}/http")),
    "realtime": (
        "switchboard/realtime",
        (*FAST, *(f"{ENGINE}/{part}" for part in ("realtime", "call", "services")), "tests/attacks/test_b17_frames.py"),
    ),
    "simulator": ("simulator", (*FAST, "tests/simulator")),
}
"""Where each package is, and the tests that should notice."""
NOTICED = ("killed", "timed out", "refused")
MISSED = ("survived", "untested")
SUITE_SECONDS = 900.0
START_SECONDS = 20.0
TIMES_SLOWER = 4.0


def main() -> None:
    options = _options()
    for name in options.packages or PACKAGES:
        verdicts: list[Verdict] = []
        for verdict in _verdicts(name, options):
            verdicts.append(verdict)
            _write(options.results / f"{name}.txt", name, verdicts)
        _say(_line(name, verdicts))
    _say(f"What nobody noticed is in {options.results}/<package>.txt.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/mutants", description=__doc__)
    parser.add_argument("results", type=Path, help=argparse.SUPPRESS)  # scripts/mutants says where
    parser.add_argument("packages", nargs="*", metavar="package", help=f"of {', '.join(PACKAGES)}; all without")
    parser.add_argument("--file", default="*.py", help="only this file of the package, as ending.py")
    parser.add_argument("--sample", type=int, help="so many mutants of a package, by lot")
    parser.add_argument("--seed", type=int, default=0, help="the lot; the same draws the same")
    options = parser.parse_args()
    if unknown := set(options.packages) - set(PACKAGES):
        parser.error(f"There is no package {', '.join(sorted(unknown))}.")
    return options


def _verdicts(name: str, options: argparse.Namespace) -> Iterator[Verdict]:
    package, tests = PACKAGES[name]
    folder: Path = options.results
    report, log = folder / f"{name}.json", folder / f"{name}.log"
    scout = Child(lambda: watch(ROOT, Path(package), tests, report), log, SUITE_SECONDS)
    files = [path.relative_to(ROOT) for path in sorted((ROOT / package).rglob(options.file))]
    mutants = mutants_of(ROOT, files, options.sample, options.seed)
    if scout.result() != 0:
        sys.exit(f"The tests of {name} fail without a fault, or do not end; see {log}.")
    suite = read_suite(report)
    preload(suite.modules)
    known = equivalents()
    wanted = [mutant for mutant in mutants if not any(each.is_like(mutant) for each in known)]
    for verdict in judge(ROOT, [_trial(mutant, suite) for mutant in wanted], folder):
        missed = verdict.outcome in MISSED
        yield replace(verdict, outcome="refused") if missed and refused(ROOT, verdict.mutant, folder) else verdict


def _trial(mutant: Mutant, suite: Suite) -> Trial:
    tests = suite.tests_for(mutant)
    return Trial(mutant, tests, START_SECONDS + TIMES_SLOWER * suite.seconds_of(tests))


def _line(name: str, verdicts: Sequence[Verdict]) -> str:
    count = Counter(verdict.outcome for verdict in verdicts)
    noticed = sum(count[outcome] for outcome in NOTICED)
    parts = ", ".join(f"{count[outcome]} {outcome}" for outcome in (*NOTICED, *MISSED))
    return f"{name:>10}  {noticed / max(1, len(verdicts)):6.1%}  {parts}"


def _write(file: Path, name: str, verdicts: Sequence[Verdict]) -> None:
    """The score so far, and what was missed, in the order of the code."""
    found = [verdict for verdict in verdicts if verdict.outcome in MISSED]
    found.sort(key=lambda verdict: (verdict.mutant.path, verdict.mutant.lines.start))
    file.write_text("\n".join([_line(name, verdicts), "", *map(_told, found)]))


def _told(verdict: Verdict) -> str:
    mutant = verdict.mutant
    was, becomes = mutant.was.replace("\n", "\n    - "), mutant.becomes.replace("\n", "\n    + ")
    head = f"{mutant.path}:{mutant.lines.start} {verdict.outcome} ({verdict.tests} tests)"
    return f"{head}\n    - {was}\n    + {becomes}\n"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what the program is for


if __name__ == "__main__":
    main()
