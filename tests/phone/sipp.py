"""SIPp: callers that are scenarios, for what no phone does: INVITEs that make no sense, and many calls at once."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from stack.ports import LOOPBACK, Port

PROGRAM = Path("/usr/bin/sipp")
SCENARIOS = Path(__file__).parent / "sipp"
LONGEST_SECONDS = 60.0
HEAD = re.compile(r"-{20,} (\S+ \S+)\n(?:UDP|TCP) message (sent|received)[^\n]*:\n\n", re.MULTILINE)
CALL_ID = re.compile(r"^Call-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """One that was sent or received, and when."""

    at: datetime
    way: Literal["sent", "received"]
    text: str

    @property
    def call_id(self) -> str:
        found = CALL_ID.search(self.text)
        return found[1] if found else ""

    @property
    def code(self) -> int | None:
        """Of an answer."""
        found = re.match(r"SIP/2\.0 (\d{3})", self.text)
        return int(found[1]) if found else None


@dataclass
class Calls:
    """What came of a run: for every call the answers that it got, with the seconds from its INVITE on."""

    answers: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def finals(self) -> list[tuple[int, float]]:
        """The first final answer of each call that got one."""
        return [
            final for got in self.answers.values() if (final := next((each for each in got if each[0] >= 200), None))
        ]


class Sipp:
    """One run of a scenario, of so many calls, all at once; look at `calls` meanwhile."""

    def __init__(self, scenario: str, uri: str, folder: Path, calls: int = 1) -> None:
        number, address = uri.removeprefix("sip:").split("@")
        self._messages = folder / f"{scenario}.messages"
        many = str(calls)
        self._command = (
            *(str(PROGRAM), address, "-s", number, "-sf", str(SCENARIOS / f"{scenario}.xml")),
            *("-i", LOOPBACK, "-p", str(Port("SIP", 0, "udp").another().number)),
            *("-mp", str(Port("audio", 0, "udp").another().number // 2 * 2)),
            *("-m", many, "-l", many, "-r", many),
            *("-nostdin", "-trace_msg", "-message_file", str(self._messages)),
            *("-trace_err", "-error_file", str(folder / f"{scenario}.errors"), "-timeout", "50s", "-timeout_error"),
        )
        self._folder = folder

    async def run(self) -> bool:
        """To its end; whether every call went as the scenario has it."""
        with (self._folder / "sipp.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder
            )
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @property
    def calls(self) -> Calls:
        """What has come of the calls so far."""
        calls, invited = Calls(), dict[str, datetime]()
        for message in self._all():
            if message.way == "sent" and message.text.startswith("INVITE"):
                invited.setdefault(message.call_id, message.at)
                calls.answers.setdefault(message.call_id, [])
            elif message.way == "received" and message.code and message.call_id in invited:
                after = (message.at - invited[message.call_id]).total_seconds()
                calls.answers[message.call_id].append((message.code, after))
        return calls

    def _all(self) -> Iterator[Message]:
        if not self._messages.exists():
            return
        pieces = HEAD.split(self._messages.read_text(errors="replace"))[1:]
        for at, way, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
            yield Message(datetime.fromisoformat(at), "sent" if way == "sent" else "received", text)
