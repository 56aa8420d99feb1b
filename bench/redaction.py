"""How well what is told of somebody is found, to be masked in what is kept, measured on a table of sentences.

Precision: of what is masked, what should be. Recall: of what should be masked, what is. What is masked too far, or not
to its end, is both wrong and missed. `--help` tells the options.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.figures import bar, table
from switchboard.redaction.redactor import KINDS, Kind, Redactor

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "switchboard" / "redaction" / "sentences.toml"
LEAST_PRECISION = 0.97
LEAST_RECALL = 0.95
ALL = Redactor(KINDS)

Told = tuple[Kind, str]
"""What is told of somebody, in the words of the sentence."""


@dataclass(frozen=True)
class Case:
    """A sentence: what it tells, and what is taken out of it."""

    group: str
    says: str
    told: tuple[Told, ...]
    taken: tuple[Told, ...]

    @property
    def wrong(self) -> list[Told]:
        """What is taken out and should not be."""
        return [each for each in self.taken if each not in self.told]

    @property
    def missed(self) -> list[Told]:
        """What is still there."""
        return [each for each in self.told if each not in self.taken]


@dataclass(frozen=True)
class Figures:
    """What came of the cases."""

    cases: tuple[Case, ...]

    @property
    def precision(self) -> float:
        """Of what is taken out, what should be."""
        return 1 - sum(len(case.wrong) for case in self.cases) / sum(len(case.taken) for case in self.cases)

    @property
    def recall(self) -> float:
        """Of what should be taken out, what is."""
        return 1 - sum(len(case.missed) for case in self.cases) / sum(len(case.told) for case in self.cases)

    def of(self, group: str) -> "Figures":
        """Those of one group."""
        return Figures(tuple(case for case in self.cases if case.group == group))


def case(group: str, kind: Kind | None, written: str) -> Case:
    """A sentence with what it tells in braces."""
    says = re.sub(r"[{}]", "", written)
    told = tuple((kind, each) for each in re.findall(r"\{(.*?)\}", written)) if kind else ()
    taken = tuple((found, _core(says[start:end])) for (start, end), found in ALL.spans(says))
    return Case(group, says, tuple((each, _core(words)) for each, words in told), taken)


def cases() -> Iterator[Case]:
    """Every case of the table."""
    written = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    for kind in KINDS:
        for form, sentences in written[kind].items():
            yield from (case(f"{kind}, {form}", kind, sentence) for sentence in sentences)
    for about, sentences in written["nothing"].items():
        yield from (case(f"nothing: {about.replace('_', ' ')}", None, sentence) for sentence in sentences)


def measure() -> Figures:
    """Judge every case."""
    return Figures(tuple(cases()))


def shown(figures: Figures) -> str:
    """The table by group, and what went wrong."""
    rows = []
    for group in dict.fromkeys(case.group for case in figures.cases):
        of = figures.of(group).cases
        counts = (
            len(of),
            *(sum(len(getattr(case, what)) for case in of) for what in ("told", "taken", "missed", "wrong")),
        )
        rows.append((group, *map(str, counts)))
    faults = [f"missed {what}: {case.says}" for case in figures.cases for _, what in case.missed]
    faults += [f"wrong {kind} {what!r}: {case.says}" for case in figures.cases for kind, what in case.wrong]
    return "\n".join([table(("", "sentences", "told", "taken", "missed", "wrong"), rows), "", *faults])


def main() -> int:
    """Measure, tell; 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="bench.redaction", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    asked = parser.parse_args()
    figures = measure()
    precise, complete = figures.precision >= LEAST_PRECISION, figures.recall >= LEAST_RECALL
    print(shown(figures))
    print(f"{len(figures.cases)} sentences")
    print(bar(f"precision at least {LEAST_PRECISION}", figures.precision, precise))
    print(bar(f"recall at least {LEAST_RECALL}", figures.recall, complete))
    if asked.json:
        rates = {"precision": round(figures.precision, 4), "recall": round(figures.recall, 4)}
        print(json.dumps({"sentences": len(figures.cases), **rates}))
    return 0 if precise and complete else 1


def _core(words: str) -> str:
    """Without the marks around them."""
    return words.strip(" .,;:!?()<>+").casefold()


if __name__ == "__main__":
    sys.exit(main())
