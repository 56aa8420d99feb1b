"""What a value has to look like, built from the `openai` package's models. What does not is a ProtocolError."""

from __future__ import annotations

import types
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from simulator.errors import above, below, invalid, listed, missing, mistyped, unknown

LARGEST = 2**31 - 1
TAGS = ("type", "role")
"""The fields that tell apart the objects that may stand in one place."""

Rule: TypeAlias = Callable[[Any, str], None]
"""A further check of a value that has its shape and is not null, and of its path. Raises ProtocolError."""


class Shape(ABC):
    """What one value may be."""

    @property
    @abstractmethod
    def expected(self) -> str:
        """What it takes, in the service's words."""

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Whether `value` has a JSON type that fits."""

    def check(self, value: object, path: str) -> None:
        """All of `value`, which stands at `path`. Raises ProtocolError."""
        if not self.takes(value):
            raise mistyped(path, self.expected, value)
        self.check_inside(value, path)

    @abstractmethod
    def check_inside(self, value: Any, path: str) -> None:
        """What cannot be told by the JSON type. Raises ProtocolError."""


@dataclass(frozen=True)
class Anything(Shape):
    """Whatever JSON can say."""

    expected = "anything"

    def takes(self, _value: object) -> bool:
        """Always."""
        return True

    def check_inside(self, _value: Any, _path: str) -> None:
        """It is the client's own affair."""


@dataclass(frozen=True)
class Plain(Shape):
    """A string, a number or a truth."""

    name: str
    kinds: tuple[type, ...]

    @property
    def expected(self) -> str:
        """Its name."""
        return self.name

    def takes(self, value: object) -> bool:
        """One of its kinds; a truth is no number."""
        return isinstance(value, self.kinds) and (bool in self.kinds or not isinstance(value, bool))

    def check_inside(self, value: Any, path: str) -> None:
        """Integers have an end, which no service has documented: here it is that of 32 bits."""
        if isinstance(value, int) and value > LARGEST:
            raise above(path, "integer", LARGEST, value)


@dataclass(frozen=True)
class Choice(Shape):
    """One of a few strings, or of a few integers."""

    values: tuple[Any, ...]

    @property
    def expected(self) -> str:
        """The values."""
        return f"one of {listed(self.values, 'or')}"

    def takes(self, value: object) -> bool:
        """A value of the same kind."""
        return type(value) is type(self.values[0])

    def check_inside(self, value: Any, path: str) -> None:
        """One of them."""
        if value in self.values:
            return
        if isinstance(value, int) and value < min(self.values):
            raise below(path, "integer", min(self.values), value)
        if isinstance(value, int) and value > max(self.values):
            raise above(path, "integer", max(self.values), value)
        raise invalid(path, value, self.values)


@dataclass(frozen=True)
class Array(Shape):
    """A list."""

    item: Shape
    expected = "an array"

    def takes(self, value: object) -> bool:
        """A list."""
        return isinstance(value, list)

    def check_inside(self, value: Any, path: str) -> None:
        """Every item."""
        for index, item in enumerate(value):
            self.item.check(item, f"{path}[{index}]")


@dataclass(frozen=True)
class Object(Shape):
    """An object."""

    expected = "an object"

    def takes(self, value: object) -> bool:
        """An object."""
        return isinstance(value, dict)


@dataclass(frozen=True)
class Table(Object):
    """An object with any names."""

    value: Shape

    def check_inside(self, value: Any, path: str) -> None:
        """Every value."""
        for name, entry in value.items():
            self.value.check(entry, f"{path}.{name}")


@dataclass(frozen=True)
class Fields(Object):
    """An object with these names, and no others."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...]

    def check_inside(self, value: Any, path: str) -> None:
        """Every field."""
        place = f"{path}." if path else ""
        for name in self.required:
            if name not in value:
                raise missing(place + name)
        for name, entry in value.items():
            if name not in self.fields:
                raise unknown(place + name)
            self.fields[name].check(entry, place + name)


@dataclass(frozen=True)
class Tagged(Object):
    """One of several objects, told apart by a tag."""

    objects: tuple[Fields, ...]

    def check_inside(self, value: Any, path: str) -> None:
        """The one object that it is by its tags."""
        found = self.objects
        for tag in TAGS:
            if len(found) > 1:
                found = _tagged(found, tag, value, path)
        found[0].check_inside(value, path)


@dataclass(frozen=True)
class Either(Shape):
    """One of several shapes, told apart by their JSON types."""

    shapes: tuple[Shape, ...]

    @property
    def expected(self) -> str:
        """All of them."""
        return "one of " + " or ".join(shape.expected.removeprefix("one of ") for shape in self.shapes)

    def takes(self, value: object) -> bool:
        """Any of them does."""
        return any(shape.takes(value) for shape in self.shapes)

    def check_inside(self, value: Any, path: str) -> None:
        """The first that takes it."""
        next(shape for shape in self.shapes if shape.takes(value)).check_inside(value, path)


@dataclass(frozen=True)
class Ruled(Shape):
    """A shape with a rule, which may also be null."""

    shape: Shape
    nullable: bool
    rule: Rule | None

    @property
    def expected(self) -> str:
        """As the shape."""
        return self.shape.expected

    def takes(self, value: object) -> bool:
        """As the shape, or null."""
        return (value is None and self.nullable) or self.shape.takes(value)

    def check_inside(self, value: Any, path: str) -> None:
        """The shape first."""
        if value is None and self.nullable:
            return
        self.shape.check_inside(value, path)
        if self.rule is not None:
            self.rule(value, path)


PLAIN = {
    str: Plain("a string", (str,)),
    int: Plain("an integer", (int,)),
    float: Plain("a decimal", (int, float)),
    bool: Plain("a boolean", (bool,)),
}


@dataclass(frozen=True)
class Shapes:
    """Builds shapes. `types` stand in place of the models' own, or beside them; both are named by where they stand.

    A place is written as the paths of errors are, with `[]` for any item of a list.
    """

    types: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def of(self, annotation: Any, place: str) -> Shape:
        """The shape of `annotation`, which stands at `place`."""
        options = list(_options(self.types.get(place, annotation)))
        nullable = type(None) in options
        shapes = list(self._shapes([option for option in options if option is not type(None)], place))
        shape = shapes[0] if len(shapes) == 1 else Either(tuple(shapes))
        rule = self.rules.get(place)
        return Ruled(shape, nullable, rule) if nullable or rule else shape

    def fields(self, model: type[BaseModel], place: str) -> Fields:
        """The shape of a model."""
        prefix = f"{place}." if place else ""
        named = {info.alias or name: info for name, info in model.model_fields.items()}
        beside = {path.removeprefix(prefix): kind for path, kind in self.types.items() if _is_child(path, prefix)}
        kinds = {name: info.annotation for name, info in named.items()} | beside
        required = tuple(name for name, info in named.items() if info.is_required())
        return Fields({name: self.of(kind, prefix + name) for name, kind in kinds.items()}, required)

    def _shapes(self, options: Sequence[Any], place: str) -> Iterator[Shape]:
        models = [option for option in options if isinstance(option, type) and issubclass(option, BaseModel)]
        values = tuple(value for option in options if get_origin(option) is Literal for value in get_args(option))
        if models:
            objects = tuple(self.fields(model, place) for model in models)
            yield objects[0] if len(objects) == 1 else Tagged(objects)
        # "A string, or one of these strings" is any string.
        if values and str not in options:
            yield Choice(values)
        for option in options:
            if option in PLAIN:
                yield PLAIN[option]
            elif get_origin(option) is list:
                yield Array(self.of(get_args(option)[0], f"{place}[]"))
            elif get_origin(option) is dict:
                yield Table(self.of(get_args(option)[1], f"{place}.*"))
            elif option is object:
                yield Anything()


def _options(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _options(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def _is_child(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and not {".", "["} & set(path.removeprefix(prefix))


def _tagged(objects: Sequence[Fields], tag: str, value: Mapping[str, Any], path: str) -> tuple[Fields, ...]:
    place = f"{path}.{tag}" if path else tag
    if value.get(tag) is None:
        # A function is a tool that need not say what it is; where several need not, nobody can tell which it is.
        silent = tuple(shape for shape in objects if tag not in shape.required)
        if len(silent) == 1:
            return silent
        raise missing(place)
    values = [_choice(shape, tag) for shape in objects]
    Choice(tuple(dict.fromkeys(known for choice in values for known in choice))).check(value[tag], place)
    return tuple(shape for shape, choice in zip(objects, values, strict=True) if value[tag] in choice)


def _choice(shape: Fields, tag: str) -> tuple[Any, ...]:
    found = shape.fields[tag]
    found = found.shape if isinstance(found, Ruled) else found
    return found.values if isinstance(found, Choice) else ()
