"""YAML checked against a pydantic model: no key twice, no unknown key, every complaint with its line."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

import yaml  # type: ignore[import-untyped]  # PyYAML carries no types, and this is the one module that reads YAML
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Path: TypeAlias = Sequence[str | int]
"""Where a value stands: keys and list indices from the top."""


class YamlError(Exception):
    """What is wrong, in one sentence, and where."""

    def __init__(self, message: str, path: Path = (), line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.path, self.line = message, tuple(path), line


class Part(BaseModel):
    """A part of a document: nothing unknown in it, nothing changed after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the base class has no types
    """YAML's safe subset, which refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise YamlError(f"the key `{key.value}` stands twice", line=key.start_mark.line + 1)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


class Document:
    """A text with its lines, to be read as a model."""

    def __init__(self, text: str) -> None:
        try:
            self._root = yaml.compose(text, _Loader)
            self._data = yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader of our own
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "not YAML"
            raise YamlError(f"not YAML: {problem}", line=mark.line + 1 if mark else None) from None

    def read(self, model: type[Model]) -> Model:
        """The document as `model`. Raises `YamlError` for the first thing that is wrong."""
        try:
            return model.model_validate(self._data if self._data is not None else {})
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # A mistyped key is also missing: its own name says more.
            first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
            raise YamlError(_sentence(first), first["loc"], self.line_of(first["loc"])) from None

    def line_of(self, path: Path) -> int | None:
        """The line of the deepest part of `path` that is in the text, counted from 1."""
        node, line = self._root, None
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


def _child(node: object, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _sentence(error: ErrorDetails) -> str:
    key = error["loc"][-1] if error["loc"] else "document"
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{key}`"
        case "missing":
            return f"the key `{key}` is missing"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"`{key}`: {error['msg'].lower()}"


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"bad pattern {pattern!r}: {error}") from None


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _known_pattern(value: object) -> object:
    return _compiled(value) if isinstance(value, str) else value


def _filled(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("the list is empty")
    return values


Pattern = Annotated[re.Pattern[str], BeforeValidator(_known_pattern)]
"""A regular expression that does not mind upper and lower case."""
Words = Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_filled)]
"""One string or a list of them."""
