"""What the tools of a call give, as a scenario has it recorded: no business is asked."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from livekit.agents import RunContext, ToolError, llm

from rehearsal.matching import matches
from rehearsal.scenario import Recorded
from switchboard.call.call import Call, Verified
from switchboard.ledger.events import VerificationHeld

NOT_RECORDED = "What this gives is not recorded."
"""What the model is told: the call goes on, and has failed."""


class Results:
    """Those of one call, each given once, and the last one that fits again and again; None: tools do their work.

    `before` were given before it was taken up, and can be asked for again.
    """

    def __init__(self, recorded: Sequence[Recorded] | None, before: Sequence[Recorded] = ()) -> None:
        self._left = list(recorded or ())
        self._is_recorded = recorded is not None
        self._given = list(before)
        self.missing: list[str] = []
        """What was asked for and is not recorded."""

    def in_place_of(self, call: Call[Any], tool: llm.Tool) -> llm.Tool:
        """`tool`, with the same name, description and arguments. It refuses what is not recorded."""
        if not (self._is_recorded and isinstance(tool, llm.FunctionTool | llm.RawFunctionTool)):
            return tool
        function: Callable[..., Awaitable[Any]] = tool
        signature, name = inspect.signature(function), tool.info.name

        @wraps(function)
        async def recorded(*given: Any, **named: Any) -> str:
            result = self._of(name, _Asked(signature, given, named))
            _take_effect(call, result)
            if result.fails:
                raise ToolError(result.returns)
            return result.returns

        recorded.__signature__ = signature  # type: ignore[attr-defined]
        return type(tool)(recorded, tool.info)  # type: ignore[arg-type]  # the one kind's info with the one kind

    def _of(self, name: str, asked: _Asked) -> Recorded:
        for results in (self._left, self._given[::-1]):
            if result := next((each for each in results if each.tool == name and asked.fits(each)), None):
                self._left = [each for each in self._left if each is not result]
                self._given.append(result)
                return result
        self.missing.append(f"{name}({asked})")
        raise ToolError(NOT_RECORDED)


class _Asked:
    """The arguments of one call of a tool."""

    def __init__(self, signature: inspect.Signature, given: Sequence[Any], named: Mapping[str, Any]) -> None:
        bound = signature.bind(*given, **named).arguments
        values = {name: value for name, value in bound.items() if not isinstance(value, RunContext)}
        self._values: Mapping[str, Any] = values.get("raw_arguments", values)
        self._defaults = {name: parameter.default for name, parameter in signature.parameters.items()}

    def fits(self, result: Recorded) -> bool:
        """Whether the result is for these arguments."""
        if result.with_ is None:
            return True
        told = {
            name for name, value in self._values.items() if value != self._defaults.get(name, inspect.Parameter.empty)
        }
        named = result.with_.items()
        return told <= result.with_.keys() and all(matches(each, self._values.get(name)) for name, each in named)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self._values.items())


def _take_effect(call: Call[Any], result: Recorded) -> None:
    """What the tool itself would leave in the call."""
    if result.remembers:
        call.state = type(call.state).model_validate(call.state.model_dump() | result.remembers)
    if result.proves:
        call.caller.verified = Verified(**dict(result.proves))
    if result.held:
        call.ledger.write(VerificationHeld(held=result.held))
