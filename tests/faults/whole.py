"""What has to hold of a call in which something went wrong: all was heard once, and is known once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from simulator.mind import Item
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, ToolCalled, ToolReturned


class UnwellError(AssertionError):
    """What did not hold."""


class Told(Protocol):
    """A call whose ledger can be read."""

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind so far."""

    def until(self, happened: Callable[[], object]) -> Awaitable[None]:
        """Wait until the ledger makes `happened` true."""


async def hears(call: Told, words: Sequence[str]) -> None:
    """Wait until the caller has heard that, and no word more. Raises UnwellError."""
    expected = " ".join(words).split()
    try:
        await call.until(lambda: len(heard(call)) >= len(expected))
    except TimeoutError:
        found = " ".join(heard(call))
        raise UnwellError(f"silence after {found!r}; expected {' '.join(expected)!r}") from None
    same("what was heard", heard(call), expected)


def heard(call: Told) -> list[str]:
    """What the agents have said, word by word, as far as the caller heard it."""
    return " ".join(spoke.text for spoke in call.of(AgentSpoke) if isinstance(spoke, AgentSpoke)).split()


def ledger_is_whole(call: Told, lines: Sequence[str], tools: Sequence[str]) -> None:
    """Each line of the caller's and each call of a tool stands there once, and each call has its result."""
    told = [spoke.text for spoke in call.of(CallerSpoke) if isinstance(spoke, CallerSpoke)]
    called = [each for each in call.of(ToolCalled) if isinstance(each, ToolCalled)]
    back = [each for each in call.of(ToolReturned) if isinstance(each, ToolReturned)]
    same("the ledger's lines", told, list(lines))
    same("tools that ran", [each.tool for each in called], list(tools))
    same("results", sorted(each.call_id for each in called), sorted(each.call_id for each in back))


def context_is_whole(
    items: Sequence[Item], lines: Sequence[str], spoken: Sequence[str] | None, *, forgets: bool = False
) -> None:
    """What the model was shown last. `spoken`: all that agents have said; None: it is not known how much was heard.

    `forgets`: a handoff has left earlier turns out.
    """
    calls = Counter(item.call_id for item in items if item.type == "function_call")
    outputs = Counter(item.call_id for item in items if item.type == "function_call_output")
    if (calls != outputs and not forgets) or any(count > 1 for count in calls.values()):
        raise UnwellError(f"calls {calls}, results {outputs}")
    said = [item.text for item in items if item.role == "user"]
    if forgets:
        if len(set(said)) != len(said) or lines[-1] not in said:
            raise UnwellError(f"context {said}")
        return
    same("the context's lines", said, list(lines))
    if spoken is not None:
        known = " ".join(item.text.strip() for item in items if item.role == "assistant")
        same("the context's answers", known.split(), " ".join(spoken).split())


def same(what: str, found: Sequence[object], expected: Sequence[object]) -> None:
    """Raises UnwellError where they differ."""
    if list(found) != list(expected):
        raise UnwellError(f"{what}: {list(found)}; expected {list(expected)}")
