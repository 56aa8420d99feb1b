"""A SIP phone that is a script: Debian's baresip, driven over TCP. It speaks a WAV file and records what it hears."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.caller import CallFailedError
from bench.outlet import Outlet, two_ports
from stack.ports import LOOPBACK, free_port

PROGRAM = Path("/usr/bin/baresip")
READY_SECONDS = 10.0
PATIENCE = 20.0
AUDIO_PORTS = 20
CONFIG = """
sip_listen {loopback}:{sip}
net_interface {loopback}
rtp_ports {audio}-{audio_end}
audio_source aufile,{says}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
call_local_timeout 600
jitter_buffer_delay 0-0
call_max_calls 4
snd_path {folder}
ctrl_tcp_listen {loopback}:{control}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


@dataclass(frozen=True)
class PhoneEvent:
    """Something that happened to a call: CALL_RINGING, CALL_ESTABLISHED, CALL_CLOSED ... and when (monotonic)."""

    kind: str
    param: str
    peer: str
    at: float
    raw: dict[str, Any] = field(repr=False)

    @property
    def code(self) -> int | None:
        """The SIP code of a call that was refused."""
        found = re.match(r"(\d{3}) ", self.param)
        return int(found[1]) if found else None


class Softphone:
    """One phone that is switched on: make it with `softphone`."""

    def __init__(self, number: str, sip: int, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.number = number
        self.uri = f"sip:{number}@{LOOPBACK}:{sip}"
        self.address = f"{LOOPBACK}:{sip}"
        self.events: asyncio.Queue[PhoneEvent] = asyncio.Queue()
        self._folder = folder
        self._reader = reader
        self._writer = writer
        self.over = ""
        """Why the last call has ended; empty while it goes on."""
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen(), name=f"phone {number}")

    async def dial(self, uri: str) -> float:
        """Call somebody; returns the moment (monotonic)."""
        at = time.monotonic()
        await self._command("dial", uri)
        return at

    async def accept(self) -> None:
        """Take the call that comes in."""
        await self._command("accept")

    async def hangup(self) -> None:
        """End the call, or refuse the one that comes in."""
        await self._command("hangup")

    async def press(self, keys: str) -> None:
        """Press keys of the keypad, during a call."""
        if self.over:
            raise CallFailedError(f"phone {self.number} cannot press {keys}: its call has ended ({self.over})")
        for key in keys:
            await self._command("sndcode", key)

    async def until(self, kind: str, seconds: float = PATIENCE) -> PhoneEvent:
        """The next event of a kind; those before it are passed over."""
        passed = []
        try:
            async with asyncio.timeout(seconds):
                while (event := await self.events.get()).kind != kind:
                    passed.append(f"{event.kind} {event.param}")
                return event
        except TimeoutError:
            raise CallFailedError(f"phone {self.number}: no {kind} within {seconds:g} s; instead {passed}") from None

    def forget(self) -> None:
        """Throw recordings and events away: those of the next call are the only ones then."""
        while not self.events.empty():
            self.events.get_nowait()
        for recording in self._folder.glob("dump-*.wav"):
            recording.unlink()

    @property
    def hears(self) -> bool:
        """Whether there is a recording of what is heard."""
        return any(self._folder.glob("dump-*-dec.wav"))

    @property
    def heard(self) -> Path:
        """What was heard in the last call, 8 kHz mono; whole when the call is over."""
        return self._recording("dec")

    @property
    def said(self) -> Path:
        """What was said in the last call."""
        return self._recording("enc")

    def _recording(self, which: str) -> Path:
        return max(self._folder.glob(f"dump-*-{which}.wav"), key=lambda path: path.stat().st_mtime_ns)

    async def _command(self, command: str, params: str = "") -> None:
        message = json.dumps({"command": command, "params": params, "token": command}).encode()
        self._writer.write(f"{len(message)}:".encode() + message + b",")
        await self._writer.drain()
        answer = await asyncio.wait_for(self._answers.get(), PATIENCE)
        if not answer.get("ok"):
            raise CallFailedError(f"phone {self.number} cannot {command} {params}: {answer.get('data')}")

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int((await self._reader.readuntil(b":"))[:-1])
                message = json.loads((await self._reader.readexactly(size + 1))[:-1])
                if message.get("event"):
                    self._hear_of(_event(message))
                else:
                    self._answers.put_nowait(message)

    def _hear_of(self, event: PhoneEvent) -> None:
        if event.kind == "CALL_CLOSED":
            self.over = event.param or "closed"
        elif event.kind == "CALL_ESTABLISHED":
            self.over = ""
        self.events.put_nowait(event)

    async def aclose(self) -> None:
        self._listening.cancel()
        self._writer.close()


@asynccontextmanager
async def softphone(
    folder: Path,
    says: Path,
    number: str = "+15550111",
    *,
    answers: bool = False,
    username: str = "",
    password: str = "",
    claims: str = "",
    outlet: Outlet | None = None,
) -> AsyncIterator[Softphone]:
    """A phone that is on for the block. It hangs up when `says` (8 kHz mono) has been said: make that long enough.

    `answers`: it takes every call at once. `claims`: the host in its From header, a lie. `outlet`: where it is.
    """
    sip, control = outlet.port if outlet else two_ports(), free_port()
    signing_in = f";auth_user={username};auth_pass={password}" if username else ""
    answering = ";answermode=auto" if answers else ""
    account = f"<sip:{number}@{claims or f'{LOOPBACK}:{sip}'}>;regint=0{signing_in}{answering}"
    with outlet.in_use() if outlet else nullcontext(), _configured(folder, says, account, sip, control) as log:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "-f", folder, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
        try:
            phone = Softphone(number, sip, folder, *await _connect(control, folder / "baresip.log"))
            yield phone
            await phone.aclose()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@contextmanager
def _configured(folder: Path, says: Path, account: str, sip: int, control: int) -> Iterator[IO[bytes]]:
    """A folder with all that a phone is told; its log, to be written."""
    audio = min(free_port("udp"), 65535 - AUDIO_PORTS)
    ports = {"sip": sip, "control": control, "audio": audio, "audio_end": audio + AUDIO_PORTS}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config").write_text(CONFIG.format(loopback=LOOPBACK, folder=folder, says=says, **ports))
    (folder / "accounts").write_text(f"{account}\n")
    (folder / "contacts").touch()
    with (folder / "baresip.log").open("wb") as log:
        yield log


async def _connect(port: int, log: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The phone's control connection, once it is on."""
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            return await asyncio.open_connection(LOOPBACK, port)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise CallFailedError(f"baresip did not start, see {log}") from None
            await asyncio.sleep(0.02)


def _event(message: dict[str, Any]) -> PhoneEvent:
    return PhoneEvent(
        message.get("type", ""), message.get("param", ""), message.get("peeruri", ""), time.monotonic(), message
    )
