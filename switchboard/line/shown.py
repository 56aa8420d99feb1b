"""What a caller is shown of a tool: declared beside it, or made of its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from livekit.agents import llm

from switchboard.line.caption import readable, unfit

DECLARED = "switchboard_shown"
SENTENCE = 60
"""For how many characters a page has room."""
Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class Shown:
    """In a few words each, and without a full stop."""

    running: str = ""
    """While it runs: "Looking up your order"."""
    done: str = ""
    failed: str = ""

    def problems(self) -> Iterator[str]:
        """Why it cannot be shown."""
        for field in fields(self):
            if why := unfit(getattr(self, field.name), SENTENCE):
                yield f"what is shown when it is {field.name} {why}"

    def completed(self, tool: str) -> "Shown":
        """With all that it has left out, as words about the tool of that name."""
        running = self.running or readable(tool)
        return replace(
            self,
            running=running,
            done=self.done or f"{running}: done",
            failed=self.failed or f"{running}: that didn’t work",
        )


def shows(running: str, *, done: str = "", failed: str = "") -> Callable[[Function], Function]:
    """What a caller sees of the tool on a page: stands below `@function_tool`."""

    def declare(function: Function) -> Function:
        setattr(function, DECLARED, Shown(running, done, failed))
        return function

    return declare


def shown(tool: llm.Tool) -> Shown:
    """What is declared of `tool`; nothing of one that says nothing."""
    declared: Shown = getattr(tool, DECLARED, Shown())
    return declared
