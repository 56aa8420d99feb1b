"""How one part of LiveKit is looked at: it is there, has the shape that we know, and is used as we think.

Each kind of part has `change()`: None, or what is not as it was, as the end of a sentence.
"""

import ast
import dataclasses
import importlib
import inspect
import textwrap
import warnings
from dataclasses import dataclass
from typing import Any

from tests.contract.uses import class_source, members

MARKS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


class GoneError(Exception):
    """What is looked for is not there; the text says from where on."""


@dataclass(frozen=True)
class Part:
    """One thing of LiveKit that we stand on: `name` of `of`, a module or `module:Class`.

    `ours` is the class or function of ours that needs it, `why` what for.
    """

    of: str
    name: str
    ours: str
    why: str

    def change(self) -> str | None:
        """What has changed, or None."""
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                change = self._change(found(self.of))
            except GoneError as gone:
                return str(gone)
        deprecated = [each.message for each in told if issubclass(each.category, DeprecationWarning)]
        return change or (f"is to go: {deprecated[0]}" if deprecated else None)

    def _change(self, owner: Any) -> str | None:
        return None if hasattr(owner, self.name) else "is gone"

    def sentence(self, file: str) -> str | None:
        """What has changed and what of ours, in `file`, stands on it; None if nothing has."""
        if (change := self.change()) is None:
            return None
        return f"{self.shown} {change}. {self.ours} in {file} stands on it: {self.why}."

    @property
    def shown(self) -> str:
        return f"{self.of.replace(':', '.')}.{self.name}"


@dataclass(frozen=True)
class Name(Part):
    """A class, function or value that we import. `made_from`: what its constructor takes."""

    made_from: str | None = None

    def _change(self, owner: Any) -> str | None:
        if not hasattr(owner, self.name):
            return "is gone"
        return _other_shape(getattr(owner, self.name), self.made_from)


@dataclass(frozen=True)
class Attribute(Part):
    """Set on `self` by `set_in`, or a field of a dataclass, or a property."""

    set_in: str = "__init__"

    def _change(self, owner: Any) -> str | None:
        if isinstance(getattr(owner, self.name, None), property):
            return None
        if dataclasses.is_dataclass(owner) and self.name in {each.name for each in dataclasses.fields(owner)}:
            return None
        if any(self.name in _set_by(base, self.set_in) for base in _others_of(owner)):
            return None
        return f"is not set by `{self.set_in}` any more"


@dataclass(frozen=True)
class Method(Part):
    """A method with these parameters, `self` left out; keyword-only ones after `*`, defaults as `name=`.

    `called_by` is what calls it on `self`: where an override of ours comes in.
    """

    takes: str = ""
    called_by: str = ""
    is_async: bool = False

    def _change(self, owner: Any) -> str | None:
        method = getattr(owner, self.name, None)
        if method is None:
            return "is gone"
        if inspect.iscoroutinefunction(method) != self.is_async:
            return f"is {'not ' if self.is_async else ''}a coroutine now"
        if other := _other_shape(method, self.takes):
            return other
        if self.called_by and self.name not in _called_by(owner, self.called_by):
            return f"is not called by `{self.called_by}` any more"
        return None


@dataclass(frozen=True)
class Options(Part):
    """A class or function that takes these keyword arguments among others."""

    names: str = ""

    def _change(self, owner: Any) -> str | None:
        if not hasattr(owner, self.name):
            return "is gone"
        missing = [each for each in self.names.split() if each not in _parameters(getattr(owner, self.name))]
        return f"takes no {', '.join(f'`{each}`' for each in missing)} any more" if missing else None


@dataclass(frozen=True)
class Behaviour(Part):
    """What `name` does, told by pieces of its source in their order; of a module without that name, all of it."""

    says: tuple[str, ...] = ()

    def _change(self, owner: Any) -> str | None:
        there = getattr(owner, self.name, owner if inspect.ismodule(owner) else None)
        if there is None:
            return "is gone"
        source, place = _source(there), 0
        for piece in self.says:
            place = source.find(piece, place)
            if place < 0:
                return f"does not say `{piece}` any more, or not where it did"
        return None


def found(path: str) -> Any:
    """A module, or `module:Class`. Raises `GoneError`."""
    module, _, name = path.partition(":")
    try:
        there: Any = importlib.import_module(module)
    except ImportError as error:
        raise GoneError(f"cannot be had: importing {module} fails ({error})") from error
    if not name:
        return there
    if not hasattr(there, name):
        raise GoneError(f"cannot be had: {module} has no {name} any more")
    return getattr(there, name)


def shape(callable_: Any) -> str:
    """The parameters of a function or class, as `Method.takes` has them."""
    shown: list[str] = []
    for each in _parameters(callable_).values():
        if each.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in [name[:1] for name in shown]:
            shown.append("*")
        default = "" if each.default is inspect.Parameter.empty else "="
        shown.append(f"{MARKS.get(each.kind, '')}{each.name}{default}")
    return ", ".join(shown)


def _parameters(callable_: Any) -> dict[str, inspect.Parameter]:
    parameters = dict(inspect.signature(callable_).parameters)
    parameters.pop("self", None)
    return parameters


def _other_shape(callable_: Any, wanted: str | None) -> str | None:
    if wanted is None or (now := shape(callable_)) == wanted:
        return None
    return f"takes ({now}) now, and not ({wanted})"


def _others_of(owner: type) -> list[type]:
    return [base for base in owner.__mro__ if base.__module__.startswith(("livekit.", "multiprocessing."))]


def _set_by(owner: type, method: str) -> set[str]:
    own = [node for node in class_source(owner).body if getattr(node, "name", None) == method]
    return set(members(ast.ClassDef(owner.__name__, [], [], own, []))) - {method}


def _called_by(owner: type, caller: str) -> set[str]:
    """What `caller`, a method or a module's `Class.method`, calls as an attribute of something."""
    module, _, rest = caller.rpartition(":")
    place = found(module) if module else owner
    for step in rest.split("."):
        place = getattr(place, step, None)
    if place is None:
        return set()
    calls = [node for node in ast.walk(ast.parse(_source(place))) if isinstance(node, ast.Call)]
    return {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}


def _source(of: Any) -> str:
    return textwrap.dedent(inspect.getsource(of))
