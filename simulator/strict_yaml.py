"""YAML checked against a pydantic model: no key twice, no unknown key, every complaint with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Hashable, Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

import yaml  # type: ignore[import-untyped]  # PyYAML carries no types, and this is the one module that knows it
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, JsonValue, ValidationError
from pydantic_core import ErrorDetails

Path: TypeAlias = Sequence[str | int]
"""Where a value stands: keys and list indices from the top."""
TOOL_NAME = re.compile(r"[A-Za-z0-9_./-]{1,128}")
"""What servers of tools (MCP) may call theirs; a function's name is one of these as well."""


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
    """YAML's safe subset, which refuses a key that stands twice and what no text can hold."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep)
            if isinstance(value, str):
                value.encode()
        except UnicodeEncodeError:
            raise YamlError("half a character", line=node.start_mark.line + 1) from None
        except (
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
        ):  # `!!int x` and the like: YAML's own are not careful
            raise YamlError("a value that cannot be read", line=node.start_mark.line + 1) from None
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError("a key is a word", line=key.start_mark.line + 1)
            if key.value in seen:
                raise YamlError(f"the key `{key.value}` stands twice", line=key.start_mark.line + 1)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


class Document:
    """A text with its lines, to be read as a model."""

    def __init__(self, text: str) -> None:
        try:
            loader = _Loader(text)
            self._root = loader.get_single_node()
            self._data = None if self._root is None else loader.construct_document(self._root)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "not YAML"
            raise YamlError(f"not YAML: {problem}", line=mark.line + 1 if mark else None) from None
        except RecursionError:
            raise YamlError("too deep") from None

    @property
    def keys(self) -> Collection[Hashable]:
        """Its keys at the top; none if it is no mapping."""
        return self._data.keys() if isinstance(self._data, dict) else ()

    def read(self, model: type[Model]) -> Model:
        """The document as `model`. Raises `YamlError` for the first thing that is wrong."""
        try:
            return model.model_validate(self._data if self._data is not None else {})
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # A mistyped key is also missing: its own name says more.
            first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
            missing = [each for each in errors if each["type"] == "missing" and each["loc"][:-1] == first["loc"][:-1]]
            said = _missing(missing) if first in missing[:-1] else _sentence(first)
            raise YamlError(said, first["loc"], self.line_of(first["loc"])) from None

    def line_of(self, path: Path) -> int | None:
        """The line of the deepest part of `path` that is in the text, counted from 1."""
        node, line = self._root, None
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the base class has no types
    """Writes as people do: what is small in one line, and lists below their key and further in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002 - as said above
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - what stands twice is written twice
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _is_small([part for pair in node.value for part in pair])
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _is_small(node.value) and all(" " not in part.value for part in node.value)
        return node


def _is_small(parts: Sequence[yaml.Node]) -> bool:
    return all(isinstance(part, yaml.ScalarNode) for part in parts) and sum(len(part.value) + 2 for part in parts) < 72


def written(data: Any) -> str:
    """Plain data as a document."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


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


def _missing(errors: Sequence[ErrorDetails]) -> str:
    """All at once: who begins a document would be told them one by one."""
    names = ", ".join(f"`{each['loc'][-1]}`" for each in errors)
    return f"the keys {names} are missing"


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


def _sayable(value: object) -> object:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"what JSON cannot say: {value}") from None
    return value


def _tool_name(name: str) -> str:
    if not TOOL_NAME.fullmatch(name):
        raise ValueError(f"no tool can be called {name!r}")
    return name


Pattern = Annotated[re.Pattern[str], BeforeValidator(_known_pattern)]
"""A regular expression that does not mind upper and lower case."""
Arguments: TypeAlias = dict[str, Annotated[JsonValue, BeforeValidator(_sayable)]]
"""What a tool is called with."""
ToolName = Annotated[str, AfterValidator(_tool_name)]
Words = Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_filled)]
"""One string or a list of them."""
