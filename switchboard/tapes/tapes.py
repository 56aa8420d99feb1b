"""The tapes of one call: a file for each connection to a service."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import aiohttp
import structlog

from switchboard.tapes import realtime, speech
from switchboard.tapes.realtime import Kept
from switchboard.tapes.shelf import Shelf
from switchboard.tapes.tape import Taken, Tape, TapedConnection

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 16_000_000
"""Of a call, in memory. What comes then is left out."""
STORING_SECONDS = 5.0

Taping = Callable[[aiohttp.ClientWebSocketResponse, str], aiohttp.ClientWebSocketResponse]
"""A connection to that address, as it is used."""
KINDS: dict[str, Any] = {"realtime": realtime, "speech": speech}


def untaped(connection: aiohttp.ClientWebSocketResponse, _url: str) -> aiohttp.ClientWebSocketResponse:
    """The connection itself."""
    return connection


class Tapes:
    """Of the call `call_id`, for `shelf`; without one there are none.

    `kept` gives a value of JSON as it may be kept when the call is over.

    All waits in memory until then, so that a secret can be taken out that is known to be one late. Whatever fails
    costs the tapes, and is told in the log once.
    """

    def __init__(self, shelf: Shelf | None, call_id: str, kept: Kept) -> None:
        self._shelf = shelf
        self._call_id = call_id
        self._kept = kept
        self._tapes: list[tuple[str, Tape]] = []
        self._left = MOST_CHARACTERS
        self._full = False

    def realtime(self, connection: aiohttp.ClientWebSocketResponse, url: str) -> aiohttp.ClientWebSocketResponse:
        """The connection to the model at that address, on a tape."""
        return self._taped("realtime", connection, url)

    def speech(self, connection: aiohttp.ClientWebSocketResponse, url: str) -> aiohttp.ClientWebSocketResponse:
        """The same for Cartesia's."""
        return self._taped("speech", connection, url)

    async def aclose(self) -> None:
        """The call is over: store what there is."""
        if self._shelf is None or not self._tapes:
            return
        try:
            async with asyncio.timeout(STORING_SECONDS):
                await asyncio.to_thread(self._store, self._shelf)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs the tapes and not the call
            log.warning("what the services of a call said is not kept", call=self._call_id, error=type(error).__name__)

    def _taped(
        self, kind: str, connection: aiohttp.ClientWebSocketResponse, url: str
    ) -> aiohttp.ClientWebSocketResponse:
        if self._shelf is None:
            return connection
        tape = Tape(url, KINDS[kind].shortened, self._weighs)
        self._tapes.append((kind, tape))
        return cast("aiohttp.ClientWebSocketResponse", TapedConnection(connection, tape))

    def _weighs(self, characters: int) -> bool:
        self._left -= characters
        if self._left < 0 and not self._full:
            self._full = True
            log.warning("the services of a call say more than is kept of them", call=self._call_id)
        return not self._full

    def _store(self, shelf: Shelf) -> None:
        numbered: dict[str, int] = {}
        files = {}
        for kind, tape in (each for each in self._tapes if any(each[1])):
            numbered[kind] = numbered.get(kind, 0) + 1
            files[f"{kind}-{numbered[kind]:03}.jsonl"] = "".join(self._lines(kind, tape))
        shelf.store(self._call_id, files)

    def _lines(self, kind: str, tape: Tape) -> Iterator[str]:
        yield _line(tape.opening)
        for taken, event in KINDS[kind].kept_of(iter(tape), self._kept):
            yield _line(self._as_line(taken, event))

    def _as_line(self, taken: Taken, event: dict[str, Any] | None) -> dict[str, Any]:
        line: dict[str, Any] = {"at": taken.at, "from": taken.side}
        if taken.close is not None:
            return line | {"close": taken.close}
        return line | ({"event": event} if event is not None else {"text": self._kept(taken.frame)})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
