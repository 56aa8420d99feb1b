"""Prompts that are kept with the service: a session or a response names one instead of instructions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.errors import ProtocolError, quoted
from simulator.options import Options

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def written(prompt: Mapping[str, Any] | None, options: Options, path: str) -> str:
    """The words of a prompt that a client names, with its variables. Raises ProtocolError."""
    if prompt is None or options.prompts is None:
        return ""
    template = _template(prompt, options, path)
    variables = {name: _words(value) for name, value in (prompt.get("variables") or {}).items()}
    if left := sorted(set(VARIABLE.findall(template)) - set(variables)):
        message = f"Missing prompt variables: {', '.join(left)}."
        raise ProtocolError(options.code("prompt_variables"), message, f"{path}.variables")
    return VARIABLE.sub(lambda match: variables[match[1]], template)


def _template(prompt: Mapping[str, Any], options: Options, path: str) -> str:
    versions = (options.prompts or {}).get(prompt["id"])
    if not versions:
        raise _unknown(f"id '{quoted(prompt['id'])}'", f"{path}.id", options)
    version = prompt.get("version") or list(versions)[-1]
    if version not in versions:
        raise _unknown(f"id '{quoted(prompt['id'])}' and version '{quoted(version)}'", f"{path}.version", options)
    return versions[version]


def _unknown(which: str, param: str, options: Options) -> ProtocolError:
    return ProtocolError(options.code("prompt_unknown"), f"Prompt with {which} not found.", param)


def _words(value: str | Mapping[str, Any]) -> str:
    """A picture or a file has none."""
    return value if isinstance(value, str) else value.get("text") or ""
