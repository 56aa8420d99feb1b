"""What a tool was called with: which of it is secret, and what of it may be kept."""

import json
import re
from collections.abc import Collection
from typing import Any

from livekit.agents import llm
from livekit.agents.llm.utils import function_arguments_to_pydantic_model, parse_function_arguments

from switchboard.ledger.mask import MASK, Mask

REFUSED = "Error parsing arguments"
"""What LiveKit tells the model about arguments that a tool cannot take begins so, and quotes them."""
_KIND = re.compile(r"\[type=([a-z_]+),")
_WORDS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")


class Arguments:
    """Finds the secrets in calls of tools, and has `mask` learn them. `secrets` are names of arguments."""

    def __init__(self, secrets: Collection[str], mask: Mask) -> None:
        self._secrets = [_words_of(name) for name in secrets]
        self._mask = mask

    def kept(self, text: str, tool: llm.Tool | None) -> dict[str, Any]:
        """The arguments of a call, written as `text`, as they may be kept.

        What is no JSON object may hold a secret, and nobody knows where; nor can anybody know what stands in an
        argument that the tool does not have.
        """
        try:
            arguments = json.loads(text or "{}")
        except (ValueError, RecursionError):
            arguments = None
        if not isinstance(arguments, dict):
            self._learn_from(text)
            return {"invalid": MASK}
        known = _names_of(tool)
        strange = {name for name in arguments if known is not None and name not in known}
        if any(self._is_secret(name) for name in known or ()):
            self._mask.hide([arguments[name] for name in strange])
        return {name: MASK if name in strange else self._without(name, value) for name, value in arguments.items()}

    def _without(self, name: str, value: Any) -> Any:
        """The value without what is secret in it by its name, however deep."""
        if self._is_secret(name):
            self._mask.hide(value)
            return MASK
        if isinstance(value, dict):
            return {inner: self._without(inner, each) for inner, each in value.items()}
        return [self._without(name, each) for each in value] if isinstance(value, list) else value

    def _is_secret(self, name: str) -> bool:
        """Whether it is the name of a secret, however it is written, or has it among its words."""
        words = _words_of(name)
        return any("".join(words) == "".join(secret) or _within(secret, words) for secret in self._secrets)

    def _learn_from(self, text: str) -> None:
        """LiveKit mends what is no JSON, and may call the tool with it."""
        if not self._secrets:
            return
        try:
            self._mask.hide(parse_function_arguments(text))
        except ValueError:
            self._mask.hide(text)


def refusal(told: str) -> str:
    """What a tool's caller was told of arguments that it cannot take, without the arguments; anything else as it is."""
    if not told.startswith(REFUSED):
        return told
    return f"{REFUSED}: {', '.join(_KIND.findall(told)) or 'not understood'}"


def _names_of(tool: llm.Tool | None) -> Collection[str] | None:
    if isinstance(tool, llm.FunctionTool):
        return function_arguments_to_pydantic_model(tool).model_fields
    if isinstance(tool, llm.RawFunctionTool):
        properties: dict[str, Any] = tool.info.raw_schema.get("parameters", {}).get("properties", {})
        return properties
    return None


def _words_of(name: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(name)]


def _within(few: list[str], many: list[str]) -> bool:
    return any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))
