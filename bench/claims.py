"""How well it is noticed that an agent says what it has not done, measured on a table of sentences.

Precision: of the alarms, those that are right. Recall: of the false claims, those that are noticed. `--help` tells the
options.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.figures import bar, table
from switchboard.call.truth import Truth
from switchboard.ledger.events import ToolCalled, ToolReturned
from switchboard.line.claims import claims
from workflows.support_line import SUPPORT_LINE

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "switchboard" / "line" / "claims.toml"
NOW = "_now"
"""Ends the name of a tool that has to be called in the same turn."""
LEAST_PRECISION = 0.99
LEAST_RECALL = 0.8


@dataclass(frozen=True)
class Case:
    """A sentence, and what a tool has done or told before it."""

    kind: str
    says: str
    false: bool
    """Whether it claims what is not so."""
    tool: str | None = None
    result: str = ""
    returned: bool = True

    @property
    def alarms(self) -> bool:
        """Whether it is taken for a claim that is not so."""
        truth = Truth(SUPPORT_LINE)
        if self.tool:
            truth.note(ToolCalled(agent="a", tool=self.tool, call_id="1", arguments={}))
        if self.tool and self.returned:
            told = {"agent": "a", "tool": self.tool, "call_id": "1", "result": self.result}
            truth.note(ToolReturned.model_validate(told | {"failed": False, "ms": 1}))
        return any(not truth.holds(claim) for claim in claims(self.says, truth.deeds))


@dataclass(frozen=True)
class Figures:
    """What came of the cases."""

    cases: tuple[Case, ...]
    alarms: tuple[Case, ...]

    @property
    def wrong(self) -> list[Case]:
        """Alarms at what is true, or claims nothing."""
        return [case for case in self.alarms if not case.false]

    @property
    def missed(self) -> list[Case]:
        """False claims that nobody noticed."""
        return [case for case in self.cases if case.false and case not in self.alarms]

    @property
    def precision(self) -> float:
        """Of the alarms, those that are right."""
        return 1 - len(self.wrong) / len(self.alarms) if self.alarms else 0.0

    @property
    def recall(self) -> float:
        """Of the false claims, those that were noticed."""
        return 1 - len(self.missed) / sum(case.false for case in self.cases)

    @property
    def sentences(self) -> int:
        """How many different ones."""
        return len({case.says for case in self.cases})


def cases() -> Iterator[Case]:
    """Every case of the table."""
    written: dict[str, Any] = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    for name, sentences in written["claims"].items():
        tool, returned = name.removesuffix(NOW), not name.endswith(NOW)
        for sentence in sentences:
            yield Case("claims, and nothing was done", sentence, false=True)
            yield Case("claims, and it was done", sentence, false=False, tool=tool, returned=returned)
    for told in written["told"]:
        yield Case(
            "claims, and a tool has told it", told["says"], false=False, tool="find_order", result=told["result"]
        )
    for kind, sentences in written["nothing"].items():
        yield from (Case(f"no claim: {kind.replace('_', ' ')}", sentence, false=False) for sentence in sentences)


def measure() -> Figures:
    """Judge every case."""
    every = tuple(cases())
    return Figures(every, tuple(case for case in every if case.alarms))


def shown(figures: Figures) -> str:
    """The table by kind, and what went wrong."""
    kinds = dict.fromkeys(case.kind for case in figures.cases)
    rows = [
        (
            kind,
            str(sum(case.kind == kind for case in figures.cases)),
            str(sum(case.kind == kind for case in figures.alarms)),
        )
        for kind in kinds
    ]
    wrong = [f"not noticed: {case.says}" for case in figures.missed] + [f"wrong: {case.says}" for case in figures.wrong]
    return "\n".join([table(("", "sentences", "alarms"), rows), "", *wrong])


def main() -> int:
    """Measure, tell; 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="bench.claims", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    asked = parser.parse_args()
    figures = measure()
    precise, complete = figures.precision >= LEAST_PRECISION, figures.recall >= LEAST_RECALL
    print(shown(figures))
    print(bar(f"precision at least {LEAST_PRECISION}", figures.precision, precise))
    print(bar(f"recall at least {LEAST_RECALL}", figures.recall, complete))
    if asked.json:
        found = {"sentences": figures.sentences, "cases": len(figures.cases), "alarms": len(figures.alarms)}
        rates = {"precision": round(figures.precision, 4), "recall": round(figures.recall, 4)}
        print(json.dumps({**found, "wrong": len(figures.wrong), "missed": len(figures.missed), **rates}))
    return 0 if precise and complete else 1


if __name__ == "__main__":
    sys.exit(main())
