"""Faults in words: as the command line and the control API are given them, and as they show them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.fault_kinds import FORMER, KNOWN, Kind
from simulator.faults import Fault, UnknownFault, When


class Asked(BaseModel):
    """A fault and its trigger; what else is given are settings of the fault."""

    model_config = ConfigDict(strict=True, extra="allow")

    name: str
    count: int | None = 1
    probability: float = 1.0
    skip: int = 0
    at: str | None = None
    when: When | None = None
    nth: int | None = None
    after: float | None = None
    session: int | str | None = None


def fault_from(given: object) -> Fault:
    """A fault from JSON, such as `{"name": "drop", "at": "response.done", "nth": 2}`. Raises UnknownFault."""
    try:
        asked = Asked.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise UnknownFault(": ".join((".".join(map(str, wrong["loc"])) or "fault", wrong["msg"]))) from None
    return Fault(**{name: getattr(asked, name) for name in Asked.model_fields}, settings=asked.model_extra or {})


def fault_of(text: str) -> Fault:
    """A fault from words, such as `drop at=response.done nth=2`; `count=all` is every time. Raises UnknownFault."""
    try:
        name, *words = shlex.split(text)
    except ValueError:
        raise UnknownFault(f"{text!r} is no fault: a name, then key=value for what is set") from None
    given: dict[str, object] = {"name": name}
    kind = KNOWN.get(FORMER.get(name, name))
    for word in words:
        key, is_there, value = word.partition("=")
        if not is_there or key == "name":
            raise UnknownFault(f"fault {name!r}: {word!r} sets nothing: it has to be key=value")
        given[key] = _value(key, value, kind)
    return fault_from(given)


def described() -> Iterator[tuple[str, str]]:
    """Each fault with what it does, where it strikes, and its settings."""
    for name, kind in KNOWN.items():
        where = f" At {kind.at}, or where it is told." if kind.at else ""
        settings = ", ".join(
            f"{key}={value:g}" if isinstance(value, int | float) else key for key, value in kind.settings.items()
        )
        yield name, f"{kind.says}{where}{f' Settings: {settings}.' if settings else ''}"


def shown(fault: Fault) -> Mapping[str, Any]:
    """An armed fault, as JSON."""
    trigger = {name: getattr(fault, name) for name in Asked.model_fields}
    return {**trigger, **fault.settings}


def _value(key: str, text: str, kind: Kind | None) -> object:
    if key in ("at", "when") or (kind and isinstance(kind.settings.get(key), str)):
        return text
    if key == "count" and text == "all":
        return None
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
