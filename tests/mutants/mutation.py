"""mutmut's operators over the functions of a file."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.mutants.mutant import Mutant

TYPES = m.Annotation() | m.Decorator() | m.Call(func=m.Name("len") | m.Name("isinstance") | m.Name("cast"))
FOR_PEOPLE = m.Call(func=m.Attribute(value=m.Name("log") | m.Name("logger")))
LEFT_ALONE = TYPES | FOR_PEOPLE
"""What a log line says is read by people only."""
IN_THE_BACKGROUND = m.Attribute(value=m.Attribute(attr=m.Name("_background")), attr=m.Name("run"))
NEW_TASK = m.Call(func=m.Attribute(attr=m.Name("create_task")) | IN_THE_BACKGROUND)
"""What runs in it is changed, but not its name: that is for people, too."""


@dataclass(frozen=True)
class Mutation:
    """A place in a file, and what stands there instead."""

    file: "File"
    node: cst.CSTNode
    instead: cst.CSTNode
    lines: range

    def mutant(self) -> Mutant:
        changed = self.file.tree.deep_replace(self.node, self.instead)
        assert isinstance(changed, cst.Module)
        return Mutant(self.file.path, self.lines, self.file.tree.code, changed.code)


class File(cst.CSTVisitor):  # type: ignore[misc, unused-ignore]  # the library may not be where mypy looks
    """One file, and all that can be changed in its functions."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, root: Path, path: Path) -> None:
        super().__init__()
        self.path = path
        self.mutations: list[Mutation] = []
        self._functions = 0
        self._statements: list[range] = []
        wrapper = MetadataWrapper(cst.parse_module((root / path).read_text()))
        self.tree = wrapper.module
        wrapper.visit(self)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, LEFT_ALONE):
            return False
        if isinstance(node, cst.Call) and m.matches(node, NEW_TASK):
            node.args[0].visit(self)
            return False
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.append(self._lines(node))
        self._functions += isinstance(node, cst.FunctionDef)
        if self._functions:
            self.mutations.extend(self._mutations(node))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if m.matches(original_node, LEFT_ALONE):
            return
        self._functions -= isinstance(original_node, cst.FunctionDef)
        if isinstance(original_node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.pop()

    def _mutations(self, node: cst.CSTNode) -> Iterator[Mutation]:
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                yield from (Mutation(self, node, each, self._statements[-1]) for each in operator(node))

    def _lines(self, node: cst.CSTNode) -> range:
        """All lines of a simple statement or a function, the head of another one with a body."""
        place = self.get_metadata(PositionProvider, node)
        if not isinstance(node, cst.FunctionDef) and isinstance(body := getattr(node, "body", None), cst.BaseSuite):
            return range(place.start.line, self.get_metadata(PositionProvider, body).start.line)
        return range(place.start.line, place.end.line + 1)


def mutants_of(root: Path, paths: Sequence[Path], sample: int | None, seed: int) -> list[Mutant]:
    """All mutants of these files, or as many of them, by lot; the same seed draws the same."""
    mutations = [mutation for path in paths for mutation in File(root, path).mutations]
    if sample is not None and sample < len(mutations):
        mutations = random.Random(seed).sample(mutations, sample)
    return [mutation.mutant() for mutation in mutations]
