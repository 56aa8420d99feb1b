"""HTML and SVG in which nothing is markup but what is made here: all other text is escaped."""

from collections.abc import Iterable
from html import escape

VOID = frozenset(("meta", "br", "rect", "line", "circle"))
Value = str | float | None


class Markup(str):
    """Text that stands in a document as it is."""

    __slots__ = ()


def tag(name: str, /, *inside: str, **attributes: Value) -> Markup:
    """An element. `class_` is written "class", `stroke_width` "stroke-width"; an attribute that is None is left out."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opened = "".join(f' {key}="{escape(_written(value))}"' for key, value in given.items())
    if name in VOID and not inside:
        return Markup(f"<{name}{opened}/>")
    return Markup(f"<{name}{opened}>{joined(inside)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """One behind the other."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def _written(value: Value) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
