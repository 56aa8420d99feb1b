"""The mutants that nobody could notice, each with the reason."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Equivalent:
    """`was` and `becomes` are lines without what is left of them."""

    file: str
    was: str
    becomes: str
    why: str

    def is_like(self, mutant: Mutant) -> bool:
        return (self.file, self.was, self.becomes) == (str(mutant.path), mutant.was, mutant.becomes)

    def stands_in(self, root: Path) -> bool:
        """Whether the lines that it changes are still there."""
        lines = [line.strip() for line in (root / self.file).read_text().splitlines()]
        return f"\n{self.was}\n" in "\n".join(["", *lines, ""])


def equivalents() -> Sequence[Equivalent]:
    return [Equivalent(**each) for each in tomllib.loads(FILE.read_text())["mutant"]]
