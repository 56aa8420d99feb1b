"""What is wrong with the parts of a line that Python itself lets pass: a missing comma, a tool without words."""

import inspect
import types
from collections.abc import Iterator
from typing import Any

from livekit.agents import llm
from pydantic import BaseModel, ConfigDict, ValidationError


def no_tuple(value: object, name: str) -> str | None:
    """Why `value` is not the tuple that it has to be; None: it is one."""
    if isinstance(value, tuple | list):
        return None
    return f"is {name} and no tuple; a tuple of one needs a comma: ({name},)"


def called(value: object) -> str:
    """A value as its line of code has it."""
    if isinstance(value, llm.FunctionTool | llm.RawFunctionTool):
        return value.info.name
    if isinstance(value, str | int):
        return repr(value)
    return getattr(value, "__name__", None) or f"{type(value).__name__}(...)"


def problems_of_tool(tool: object) -> Iterator[str]:
    """Why the model could not use `tool`."""
    if not isinstance(tool, llm.Tool | llm.Toolset):
        yield f"is no tool; write @function_tool above {called(tool)}" if inspect.isroutine(tool) else "is no tool"
    if not isinstance(tool, llm.FunctionTool):
        return
    if not (tool.info.description or "").strip():
        yield "has no docstring, which is the model's manual; say in it what the tool does"
    for each in inspect.signature(tool).parameters.values():
        if each.annotation is each.empty:
            yield f"does not say what its argument {each.name} is; give it a type, such as {each.name}: str"


def problems_of_state(state: type[BaseModel]) -> Iterator[str]:
    """Why a call could not begin with an empty one."""
    checked: Any = types.new_class("Checked", (state,), exec_body=lambda body: body.update(_CHECKED))
    try:
        checked()
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = ".".join(map(str, each["loc"]))
            if each["type"] == "missing":
                yield f"needs a value for {name}, and a call begins without one; give it a default"
            else:
                yield f"has a default for {name} that is of another type: {each['msg'].lower()}"


_CHECKED = {"model_config": ConfigDict(validate_default=True, strict=True), "__module__": __name__}
