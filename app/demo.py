"""The demo: everything that a call by browser or phone needs, on this machine."""

import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import typer

from app.data import prepare_database
from app.lines import line_named
from app.machine import PAGE, livekit_build, livekit_program, on_this_machine, page_of, progress
from app.playbooks import require_playbook
from app.process import HERE, settings
from app.simulator import simulator_settings
from simulator.recognizer import NOT_UNDERSTOOD
from stack.livekit_build import SERVER, SIP, Source
from stack.livekit_server import provide_server
from stack.machine import Machine
from stack.parts import Part, Parts
from stack.phones import provide_phones
from stack.ports import LOOPBACK, Port, take
from stack.progress import Progress
from stack.readiness import http_ok, log_says
from stack.redis import find_redis
from stack.rooms import close_rooms
from stack.together import together
from switchboard.phone.setup import Setup
from switchboard.settings.schema import LiveKitAccess, Phone, Settings
from switchboard.settings.values import LineNumber

FOLDER = HERE / "var" / "demo"
NUMBER = "+15550100"
PARTS = "The parts"


def run(line: str | None, with_phone: bool, began: float) -> None:
    """Start it all, until Ctrl-C. `began` is when it was asked for, in `time.monotonic()`."""
    chosen = settings()
    called = line_named(line)
    if _simulated(chosen):
        require_playbook(called)
    prepare_database(chosen)
    on_this_machine(lambda machine: _whole_stack(chosen, line, with_phone, machine, began))


async def _whole_stack(chosen: Settings, line: str | None, with_phone: bool, machine: Machine, began: float) -> None:
    logs = FOLDER / "log"
    sources = _needed(chosen, with_phone, machine)
    steps = progress("demo", PAGE, *(source.shown for source in sources), PARTS)
    noting = machine.noting(steps.note)
    async with Parts(noting, logs) as parts:
        with steps:
            await together(_page(machine, steps), _livekit_programs(machine, sources, steps))
            with steps.step(PARTS):
                livekit, sip = await _livekit(chosen, with_phone, noting, parts)
                password = None if chosen.operate.door else secrets.token_urlsafe(12)
                page = await _start_own_parts(chosen, livekit, parts, password)
        if sip:
            typer.echo(f"Dial {await _number(chosen, line, livekit)}@{sip} with a SIP phone on this machine.")
        seconds = time.monotonic() - began
        if password:
            typer.echo(f"Operators: {_address(chosen, page)}/operate, password {password}")
        typer.echo(f"Open {page_address(chosen, page, line)} (after {seconds:.1f} s). Logs: {logs}. Ctrl-C ends it.")
        try:
            await parts.wait()
        finally:
            if livekit.url != chosen.livekit.url:
                await close_rooms(livekit)


def _needed(chosen: Settings, with_phone: bool, machine: Machine) -> tuple[Source, ...]:
    """The programs of LiveKit's that are started here; what nobody can build is missed before minutes of building."""
    if with_phone:
        find_redis(machine)
        return SERVER, SIP
    return () if chosen.livekit.access else (SERVER,)


async def _page(machine: Machine, steps: Progress) -> None:
    with steps.step(PAGE) as note:
        await page_of(machine.noting(note)).build()


async def _livekit_programs(machine: Machine, sources: Sequence[Source], steps: Progress) -> None:
    """One after the other: Go keeps all cores busy."""
    for source in sources:
        await livekit_program(machine, source, steps)


async def _livekit(
    chosen: Settings, with_phone: bool, machine: Machine, parts: Parts
) -> tuple[LiveKitAccess, str | None]:
    """A LiveKit server, and with a phone the SIP address of LiveKit SIP beside it."""
    build = livekit_build(machine)
    if not with_phone:
        return await provide_server(chosen.livekit, build, machine, parts, FOLDER), None
    phones = await provide_phones(chosen.livekit, build, livekit_build(machine, SIP), machine, parts, FOLDER)
    return phones.livekit, phones.sip.address


async def _start_own_parts(chosen: Settings, livekit: LiveKitAccess, parts: Parts, password: str | None) -> int:
    """Web app, worker and simulator, side by side; the port of the page. `password` is the operators', if any."""
    wanted = (Port("the page", chosen.web.port), Port("the simulator", 8089))
    ports, moved = take(*wanted[: 1 + _simulated(chosen)])
    for told in moved:
        typer.echo(told)
    numbers = [port.number for port in ports]
    await together(*(parts.start(part) for part in _own_parts(chosen, livekit, password, *numbers)))
    return numbers[0]


def _simulated(chosen: Settings) -> bool:
    return chosen.provider in (None, "simulator")


async def _number(chosen: Settings, line: str | None, livekit: LiveKitAccess) -> str:
    """Set the phone up, with a number of our own where none is set; what to dial, without the host."""
    demo_phone = Phone(
        numbers=(LineNumber(NUMBER, line_named(line).name),), allowed_addresses=("127.0.0.0/8",), published_at=LOOPBACK
    )
    wanted = chosen.phone if chosen.phone.numbers else demo_phone
    async with Setup(wanted, livekit) as setup:
        await setup.up()
    return f"sip:{wanted.numbers[0].number}"


def _own_parts(
    chosen: Settings, livekit: LiveKitAccess, password: str | None, page: int, simulated: int | None = None
) -> Iterator[Part]:
    """Our own programs: the web app on the port `page`, a worker, and a simulator on the port `simulated`, if any."""

    def command(*arguments: str) -> tuple[str, ...]:
        return (sys.executable, "main.py", *arguments)

    values = {
        "LIVEKIT_URL": livekit.url,
        "LIVEKIT_API_KEY": livekit.key,
        "LIVEKIT_API_SECRET": livekit.secret.get_secret_value(),
        "HTTP_PORT": str(page),
        "WORKER_PORT": "0",
    }
    if not chosen.worker.given("executor"):
        values["WORKER_EXECUTOR"] = "thread"  # ready in half the time
    if simulated:
        if find_spec("faster_whisper") is None:
            typer.echo(NOT_UNDERSTOOD)
        url = f"http://127.0.0.1:{simulated}"
        values |= simulator_settings(url)
        yield Part("simulator", command("simulator", "--port", str(simulated)), http_ok(f"{url}/health"), folder=HERE)
    operators = {"OPERATE_PASSWORD": password} if password else {}
    yield Part("worker", command("start"), log_says("registered worker"), values, HERE, again_seconds=5)
    yield Part("web", command("web"), http_ok(f"{_address(chosen, page)}/health"), values | operators, HERE)


def page_address(chosen: Settings, port: int, line: str | None) -> str:
    """What to open: the page that calls `line`, or the first line if none was named."""
    return _address(chosen, port) + (f"/?line={line}" if line else "")


def _address(chosen: Settings, port: int) -> str:
    """Where a browser on this machine finds the page."""
    host = chosen.web.host
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not listened on
