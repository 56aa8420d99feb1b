"""Options as JSON: what the control API shows of them, and what it is given. Keys go in and never come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from simulator.options import Options

SECRETS = frozenset(field.name for field in fields(Options) if not field.repr)
_TYPES = {
    name: TypeAdapter[Any](hint)
    for name, hint in get_type_hints(Options, include_extras=True).items()
    if name != "faults"  # these are armed and disarmed, not set
}


def options_shown(options: Options) -> Mapping[str, Any]:
    """Every option; of a key only whether there is one."""
    return {name: _shown(name, getattr(options, name)) for name in _TYPES}


def options_given(given: Mapping[str, object]) -> dict[str, Any]:
    """Values for options, from JSON. Raises ValueError, which never quotes a value."""
    if unknown := sorted(set(given) - set(_TYPES)):
        raise ValueError(f"no option is called {', '.join(unknown)}; there are: {', '.join(sorted(_TYPES))}")
    return {name: _given(name, value) for name, value in given.items()}


def _given(name: str, value: object) -> Any:
    try:
        return _TYPES[name].validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        wrong = dict.fromkeys(one["msg"] for one in error.errors(include_url=False, include_input=False))
        raise ValueError(f"{name}: {', or: '.join(wrong)}") from None


def _shown(name: str, value: Any) -> Any:
    if name in SECRETS:
        return value is not None
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
