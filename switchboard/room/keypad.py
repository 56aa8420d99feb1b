"""The keypad: digits become a turn of the caller, after a pause or at `#`. What was typed is kept by nobody."""

import asyncio
from collections.abc import Callable

from switchboard.ledger.mask import Mask

KEYS = frozenset("0123456789*#ABCD")
"""What telephones have; LiveKit lets a page send any text for one."""
PAUSE_SECONDS = 2.0
TYPED = "(typed on the keypad)"
ASKS_FOR_A_PERSON = "I want to speak to a person."


def turn_of(keys: str, zero_asks_for_a_person: bool) -> str:
    """What the agents are told that the caller typed."""
    return f"{ASKS_FOR_A_PERSON} {TYPED}" if keys == "0" and zero_asks_for_a_person else f"{TYPED} {keys}"


def turn(keys: str, zero_asks_for_a_person: bool, mask: Mask) -> str:
    """The same, and `mask` learns what not to keep: keys can be a secret, and nobody knows which. Their number is left.

    So it is known which turns were typed. A caller who only writes like one hides nothing.
    """
    text = turn_of(keys, zero_asks_for_a_person)
    if text.endswith(keys):
        mask.hide(keys)
        mask.hide_turn(text, f"{text.removesuffix(keys)}{'*' * len(keys)}")
    return text


class Keypad:
    """Collects keys and gives them to `entered` together, after a pause (in seconds; None: the usual one) or at `#`."""

    def __init__(self, entered: Callable[[str], None], pause: float | None = None) -> None:
        self._entered = entered
        self._seconds = pause
        self._keys = ""
        self._pause: asyncio.TimerHandle | None = None

    def press(self, key: str) -> None:
        """One key of `KEYS`; anything else is none."""
        if key not in KEYS:
            return
        if self._pause:
            self._pause.cancel()
        if key == "#":
            self._finish()
            return
        self._keys += key
        self._pause = asyncio.get_running_loop().call_later(self._seconds or PAUSE_SECONDS, self._finish)

    def close(self) -> None:
        """Forget what is not finished."""
        if self._pause:
            self._pause.cancel()

    def _finish(self) -> None:
        keys, self._keys = self._keys, ""
        if keys:
            self._entered(keys)
