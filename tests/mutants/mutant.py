"""A mutant: a file of ours with one small fault."""

import difflib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """`path` is relative to the root; `lines` are those of the statement that was changed."""

    path: Path
    lines: range
    original: str
    source: str

    @property
    def module(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def was(self) -> str:
        return self._changed("-")

    @property
    def becomes(self) -> str:
        return self._changed("+")

    def _changed(self, sign: str) -> str:
        """The lines that differ, without what is equal around them."""
        lines = difflib.unified_diff(self.original.splitlines(), self.source.splitlines(), n=0, lineterm="")
        return "\n".join(line[1:].strip() for line in list(lines)[2:] if line.startswith(sign))
