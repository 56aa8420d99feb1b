"""What of LiveKit our source reaches into: private names, overridden members, patched ones, names in the environment.

Only read, never imported: the source is looked at beside a LiveKit that it may not even start with.
"""

import ast
import importlib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

ROOT = Path(__file__).parents[2]
PACKAGES = ("main.py", "app", "switchboard", "stack", "agents", "tools", "workflows")
"""All that may know LiveKit, but for tests and benches; what is not there is passed over."""
LIVEKITS_ENVIRONMENT = "LIVEKIT_AGENTS_"
PUBLIC_ALL_THE_SAME = {"_replace", "_asdict", "_fields", "_make", "_exit"}
"""Of named tuples, and of `os`."""


@dataclass(frozen=True)
class Use:
    """One place where our source stands on something of LiveKit that is not promised to stay."""

    file: str
    line: int
    name: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.how} `{self.name}`"


@dataclass
class Source:
    """One file of ours. `imported` maps its names to where they come from, as (module, name or "")."""

    path: str
    text: str
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.imported |= {each.asname or each.name: (node.module, each.name) for each in node.names}
            elif isinstance(node, ast.Import):
                self.imported |= {each.asname: (each.name, "") for each in node.names if each.asname}

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef)]

    @property
    def names(self) -> set[str]:
        """Classes and functions of the file."""
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return {node.name for node in self.tree.body if isinstance(node, kinds)}


def our_sources(root: Path = ROOT) -> list[Source]:
    """Every file of ours that may know LiveKit."""
    files: list[Path] = []
    for package in PACKAGES:
        place = root / package
        files += [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [Source(str(file.relative_to(root)), file.read_text("utf-8")) for file in files]


def uses(sources: Iterable[Source]) -> list[Use]:
    """All that `sources` reach into."""
    sources = list(sources)
    classes = {each.name: (source, each) for source in sources for each in source.classes}
    found: list[Use] = []
    for source in sources:
        found += _private_imports(source)
        found += _of_others(source)
        found += _patched(source)
        found += _from_the_environment(source)
        for ours in source.classes:
            found += _inherited(source, ours, classes)
    return found


def _private_imports(source: Source) -> Iterator[Use]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and _livekits(node.module or ""):
            for name in node.names:
                if name.name.startswith("_") or "._" in (node.module or ""):
                    yield Use(source.path, node.lineno, name.name, "imports the private")


def _of_others(source: Source) -> Iterator[Use]:
    """`stream._queue`: a private attribute of an object that is not `self`, unless this file's classes define it."""
    own = {name for each in source.classes for name in members(each)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and not _is_self(node.value):
            name = node.attr
        elif _is_call_of(node, "getattr", "setattr", "hasattr") and isinstance(node.args[1], ast.Constant):
            name = str(node.args[1].value)
        else:
            continue
        if _private(name) and name not in own:
            yield Use(source.path, _line(node), name, "reaches for the private")


def _patched(source: Source) -> Iterator[Use]:
    for node in ast.walk(source.tree):
        for target in node.targets if isinstance(node, ast.Assign) else []:
            if isinstance(target, ast.Attribute) and _livekits(source.imported.get(_root(target), ("", ""))[0]):
                yield Use(source.path, _line(node), target.attr, "replaces")


def _from_the_environment(source: Source) -> Iterator[Use]:
    for node in ast.walk(source.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text.startswith(LIVEKITS_ENVIRONMENT) and text.isupper():
            yield Use(source.path, _line(node), text, "sets")


def _inherited(source: Source, ours: ast.ClassDef, classes: dict[str, tuple[Source, ast.ClassDef]]) -> Iterator[Use]:
    """What a class of ours overrides of LiveKit's, and what it takes of it that is private."""
    family, bases = _ancestors(source, ours, classes)
    if not bases:
        return
    theirs = {name for base in bases for name in members_at_run_time(base)}
    own = members(ours)
    for name, line in sorted(own.items()):
        if name in theirs and not name.startswith("__"):
            yield Use(source.path, line, name, f"overrides in {ours.name}")
    known = {name for each in family for name in members(each)}
    for node in ast.walk(ours):
        if not (isinstance(node, ast.Attribute) and _is_self(node.value) and _private(node.attr)):
            continue
        if node.attr not in known or (_is_super(node.value) and node.attr in theirs):
            yield Use(source.path, node.lineno, node.attr, f"takes in {ours.name} the private")


def _ancestors(
    source: Source, ours: ast.ClassDef, classes: dict[str, tuple[Source, ast.ClassDef]]
) -> tuple[list[ast.ClassDef], list[type]]:
    """Our own classes up to LiveKit's, and LiveKit's."""
    family, bases = [ours], []
    for base in ours.bases:
        expression = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(expression, ast.Name) and expression.id in classes:
            more, theirs = _ancestors(*classes[expression.id], classes)
            family += more
            bases += theirs
        elif found := _at_run_time(source, expression):
            bases.append(found)
    return family, bases


def _at_run_time(source: Source, expression: ast.expr) -> type | None:
    module, name = source.imported.get(_root(expression), ("", ""))
    if not _livekits(module):
        return None
    found: Any = importlib.import_module(module)
    for step in (name, *ast.unparse(expression).split(".")[1:]):
        found = getattr(found, step, None) or importlib.import_module(f"{found.__name__}.{step}")
    return found if isinstance(found, type) else None


def members(ours: ast.ClassDef) -> dict[str, int]:
    """Names that the class defines itself, with the line."""
    found: dict[str, int] = {}
    for node in ours.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = node.lineno
        for target in _targets(node):
            if isinstance(target, ast.Name):
                found[target.id] = node.lineno
    for inner in ast.walk(ours):
        for target in _targets(inner):
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                found.setdefault(target.attr, _line(inner))
    return found


@cache
def members_at_run_time(theirs: type) -> frozenset[str]:
    """Names that LiveKit's class has, those that its `__init__` sets on `self` included."""
    found: set[str] = set()
    for base in theirs.__mro__:
        if _livekits(base.__module__):
            found |= set(vars(base))
            found |= set(members(class_source(base)))
    return frozenset(found)


@cache
def class_source(theirs: type) -> ast.ClassDef:
    """The source of a class, parsed."""
    module = ast.parse(inspect.getsource(importlib.import_module(theirs.__module__)))
    every = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef) and node.name == theirs.__name__]
    return every[-1]


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [each for target in node.targets for each in getattr(target, "elts", [target])]
    return [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []


def _livekits(module: str) -> bool:
    return module == "livekit" or module.startswith("livekit.")


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC_ALL_THE_SAME


def _root(expression: ast.expr) -> str:
    return ast.unparse(expression).split(".")[0]


def _is_super(value: ast.expr) -> bool:
    return _is_call_of(value, "super")


def _is_self(value: ast.expr) -> bool:
    return _is_super(value) or (isinstance(value, ast.Name) and value.id in ("self", "cls"))


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _is_call_of(node: ast.AST, *names: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
