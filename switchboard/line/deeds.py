"""What an agent may say that it has done: declared beside the tool that makes it true."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from livekit.agents import llm

DECLARED = "switchboard_deeds"
Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class Deed:
    """How an agent speaks of one thing that a tool does, in English. Each word may be a regular expression.

    A verb of several words has a gap for its object: "put _ through".
    """

    to: str
    """What it is done to: "order", "ticket|case"."""
    done: tuple[str, ...]
    """The verb when it is done: "cancelled"."""
    doing: tuple[str, ...] = ()
    """While it is done: "cancelling"."""
    do: tuple[str, ...] = ()
    """Before: "cancel". Give it only where "I'll do it now" is a promise that the same answer has to keep."""
    state: tuple[str, ...] = ()
    """What the thing itself is then: "open"."""
    is_it: bool = False
    """Whether "it" can be meant by nothing else: "it's cancelled", but not "it's open"."""


def makes_true(*deeds: Deed) -> Callable[[Function], Function]:
    """When the tool has succeeded, an agent may say so: stands below `@function_tool`."""

    def declare(function: Function) -> Function:
        setattr(function, DECLARED, deeds)
        return function

    return declare


def declared(tool: llm.Tool) -> tuple[Deed, ...]:
    """What `tool` makes true."""
    deeds: tuple[Deed, ...] = getattr(tool, DECLARED, ())
    return deeds


TRANSFER = Deed(
    to="you|your call|this call|the call|the caller",
    done=("transferred", "put _ through", "handed _ over", "passed _ on", "passed _ over"),
    doing=("transferring", "connecting", "putting _ through", "handing _ over", "passing _ on", "passing _ over"),
    do=("transfer", "connect", "put _ through", "hand _ over", "pass _ on", "pass _ over"),
)
COLLEAGUE = Deed(
    to="colleagues?|managers?|supervisors?|person|human|someone|somebody|specialist|agent",
    done=("brought _ in", "got _ on the line", "called _ for you"),
    doing=("calling", "ringing", "bringing _ in", "bringing in", "getting", "fetching"),
    do=("call", "ring", "bring _ in", "bring in", "get", "fetch"),
)
MOVES = (TRANSFER, COLLEAGUE)
"""What every tool makes true that gives the caller to somebody else."""
ENDING = Deed(to="call|line|up", done=("ended",), doing=("ending", "closing", "hanging"), do=("end", "close", "hang"))
"""What ends the call."""
