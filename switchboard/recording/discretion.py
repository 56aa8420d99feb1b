"""When a call is not to be recorded: while a secret is asked for, typed or said, and until that has been answered."""

import asyncio
import re
from collections.abc import Callable, Collection
from typing import Any, Literal

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, ToolCalled
from switchboard.ledger.mask import MASK

Why = Literal["asked for", "typed", "said"]

MARGIN_SECONDS = 1.0
"""A key is heard before it is known, and who is asked may speak before the question is over."""
REMEMBERED_SECONDS = 120.0
"""A secret that is used so long after it was asked for may have been said at any time since."""
TYPED_SECONDS = 30.0
"""So long after the last key it is given up that somebody answers what was typed."""


class Discretion:
    """A listener of the ledger. `paused` is told since when and why, `resumed` until when nothing is to be kept.

    `secrets` are names of tool arguments. An answer that names one asks for it. It is over when the agent has been
    heard to the end once more: until then they may say it themselves.
    """

    def __init__(
        self,
        secrets: Collection[str],
        now: Callable[[], float],
        paused: Callable[[float, Why], None],
        resumed: Callable[[float], None],
    ) -> None:
        self._names = re.compile("|".join(map(_spoken, secrets)) or r"(?!)", re.IGNORECASE)
        self._now = now
        self._paused = paused
        self._resumed = resumed
        self._pausing = False
        self._question = 0.0
        """When the agent was heard last."""
        self._asked: float | None = None
        self._typing: asyncio.TimerHandle | None = None
        """Somebody types, and what they have typed was given to nobody yet."""

    def key(self) -> None:
        """Somebody has pressed a key."""
        self._stop_waiting()
        self._typing = asyncio.get_running_loop().call_later(TYPED_SECONDS, self._over)
        self._pause(self._now() - MARGIN_SECONDS, "typed")

    def note(self, event: Event) -> None:
        """An event of the call."""
        match event:
            case AgentSpoke() if self._names.search(event.text):
                self._asked = self._question = event.at
                self._pause(event.at - MARGIN_SECONDS, "asked for")
            case AgentSpoke():
                self._question = event.at
                if not event.interrupted and not self._typing:
                    self._over()
            case CallerSpoke():
                self._stop_waiting()
            case ToolCalled() if _holds_secret(event.arguments):
                self._pause(self._said_since(event.at), "said")
            case _:
                pass

    def close(self) -> None:
        """The call is over."""
        self._stop_waiting()

    def _said_since(self, at: float) -> float:
        asked = self._asked
        since = asked if asked is not None and at - asked < REMEMBERED_SECONDS else self._question
        return since - MARGIN_SECONDS

    def _pause(self, since: float, why: Why) -> None:
        self._pausing = True
        self._paused(max(0.0, since), why)

    def _over(self) -> None:
        self._stop_waiting()
        if self._pausing:
            self._pausing = False
            self._resumed(self._now())

    def _stop_waiting(self) -> None:
        if self._typing:
            self._typing.cancel()
            self._typing = None


def _spoken(name: str) -> str:
    """How the name of an argument is spoken: `card_code` is "card code"."""
    words = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+", name)
    return r"\b" + r"[\W_]*".join(map(re.escape, words)) + r"s?\b"


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_secret, value.values()))
    return any(map(_holds_secret, value)) if isinstance(value, list | tuple) else value == MASK
