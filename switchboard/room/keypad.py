"""The keypad: digits become a turn of the caller, after a pause or at `#`."""

import asyncio
from collections.abc import Callable

PAUSE_SECONDS = 2.0
TYPED = "(typed on the keypad)"
ASKS_FOR_A_PERSON = "I want to speak to a person."


def turn_of(keys: str, zero_asks_for_a_person: bool) -> str:
    """What the agents are told that the caller typed."""
    return f"{ASKS_FOR_A_PERSON} {TYPED}" if keys == "0" and zero_asks_for_a_person else f"{TYPED} {keys}"


def masked(text: str) -> str:
    """`text` as it may be kept: keys that were typed can be a secret, and nobody knows which. Their number is left."""
    typed, found, keys = text.partition(f"{TYPED} ")
    return f"{typed}{found}{'*' * len(keys)}" if found else text


class Keypad:
    """Collects keys and gives them to `entered` together."""

    def __init__(self, entered: Callable[[str], None]) -> None:
        self._entered = entered
        self._keys = ""
        self._pause: asyncio.TimerHandle | None = None

    def press(self, key: str) -> None:
        """One key: `0` to `9`, `*` or `#`."""
        if self._pause:
            self._pause.cancel()
        if key == "#":
            self._finish()
            return
        self._keys += key
        self._pause = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._finish)

    def close(self) -> None:
        """Forget what is not finished."""
        if self._pause:
            self._pause.cancel()

    def _finish(self) -> None:
        keys, self._keys = self._keys, ""
        if keys:
            self._entered(keys)
