"""The command line, and the one place where settings and lines become something that runs."""

import asyncio
import json
import math
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from livekit.agents import AgentServer, JobContext, JobProcess
    from pydantic import SecretStr

    from simulator.server import Simulator
    from simulator.whisper import Whisper
    from switchboard.local.livekit_build import LiveKitBuild
    from switchboard.local.machine import Machine
    from switchboard.local.page import Page
    from switchboard.local.parts import Part, Parts
    from switchboard.phone.setup import Setup
    from switchboard.providers import Services
    from switchboard.settings import Settings
    from switchboard.settings_schema import LiveKit
    from switchboard.workflow import Workflow

HERE = Path(__file__).parent
SHOP_VERSIONS = HERE / "shop" / "migrations" / "versions"
DEMO_FOLDER = HERE / "var" / "demo"
DEMO_NUMBER = "+15550100"
OFFERED_BELOW = 0.69
LOG_FILE = HERE / "var" / "log" / "switchboard.log"
READY_FILE = HERE / "var" / "worker-ready"
"""There when the worker of this container takes calls: its health check looks for it."""

app = typer.Typer(
    help="Switchboard: a phone and web line answered by a team of voice agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
phone = typer.Typer(help="The phone numbers of the settings, on the LiveKit server.", no_args_is_help=True)
app.add_typer(phone, name="phone")
LIVEKIT_COMMAND: dict[str, Any] = {
    "add_help_option": False,
    "context_settings": {"ignore_unknown_options": True, "allow_extra_args": True},
}


# -- the lines ---------------------------------------------------------------------------------------------------------


def lines() -> "dict[str, Workflow]":
    """Every line by name; the first one answers when a call names none. To add a line, import it here and list it."""
    from workflows.support_line import SUPPORT_LINE

    return {line.name: line for line in (SUPPORT_LINE,)}


def line_named(name: str | None) -> "Workflow":
    """A line by name, or the first one. Exits with 2 and the list of lines for an unknown name."""
    every = lines()
    if name is None:
        return next(iter(every.values()))
    if name not in every:
        fail(f"There is no line {name!r}. Lines: {', '.join(every)}.")
    return every[name]


# -- composition -------------------------------------------------------------------------------------------------------


def settings() -> "Settings":
    """The settings of this process. What is wrong is told, one line each, and the process exits with 2."""
    from switchboard.settings import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))


@cache
def playbook_simulator(playbook: Path) -> "Callable[..., Simulator]":
    """Makes simulators that behave as `playbook` says, on a given port (0: any), with options as the simulator's."""
    from simulator.options import Options
    from simulator.playbook import Playbook
    from simulator.server import Simulator

    mind = Playbook.load(playbook)
    return lambda port, recognizer=None, host="127.0.0.1", **options: Simulator(
        mind, Options(**options), port=port, host=host, recognizer=recognizer
    )


def scripted_simulator(script: Path) -> "Callable[..., Simulator]":
    """The same for a script, which has the words of spoken turns too."""
    from simulator.options import Options
    from simulator.script import Script, ScriptError
    from simulator.server import Simulator

    try:
        mind = Script.load(script)
    except ScriptError as error:
        fail(str(error))
    return lambda port, _recognizer=None, host="127.0.0.1", **options: Simulator(
        mind, Options(**options), port=port, host=host
    )


@asynccontextmanager
async def services(chosen: "Settings", line: "Workflow") -> "AsyncIterator[Services]":
    """The services of the settings, or a simulator's: the one that is set, or one that lives as long as the block."""
    from switchboard.providers import Services
    from switchboard.settings import with_simulator

    if chosen.simulated_at:
        yield Services(with_simulator(chosen, chosen.simulated_at))
        return
    if chosen.provider not in (None, "simulator"):
        yield Services(chosen)
        return
    if line.playbook is None:
        fail(f"The line {line.name} has no playbook, so the simulator cannot play it. Set REALTIME_PROVIDER.")
    async with playbook_simulator(line.playbook)(0) as simulator:
        yield Services(with_simulator(chosen, simulator.url))


async def answer(ctx: "JobContext") -> None:
    """One call that LiveKit dispatched to this worker."""
    from switchboard.call import Caller
    from switchboard.channel import PHONE, WEB
    from switchboard.conversation import Conversation
    from switchboard.database import Database
    from switchboard.resume import recall

    chosen = settings()
    asked = json.loads(ctx.job.metadata or "{}")
    line = line_named(asked.get("line"))
    origin = asked.get("resume") or ctx.job.room.name
    async with (
        aclosing(Database(chosen.storage.url.get_secret_value())) as database,
        services(chosen, line) as available,
        Conversation(
            line,
            available,
            database,
            Caller(),
            past=await recall(database, origin),
            origin=origin,
            channel=PHONE if asked.get("phone") else WEB,
        ) as conversation,
    ):
        await conversation.start_in(ctx.room, ctx.connect, asked.get("caller"))
        await conversation.ending.over.wait()


def prepare_process(_process: "JobProcess") -> None:
    """What every process that answers calls does first, so that no caller waits for it."""
    from switchboard import conversation  # noqa: F401 - a process of its own has imported nothing yet
    from switchboard.own_frames import keep_frames_apart

    start_logging(settings())
    keep_frames_apart()
    for line in lines().values():
        if settings().provider == "simulator" and line.playbook and not settings().simulated_at:
            playbook_simulator(line.playbook)


def tell_ready() -> None:
    """Say that this worker takes calls. LiveKit's own health page says OK before it has registered."""
    with suppress(OSError):  # nobody looks for it where it cannot be written
        READY_FILE.parent.mkdir(exist_ok=True)
        READY_FILE.touch()


def calls_load(server: "AgentServer", max_calls: int) -> float:
    """How full this worker is, as LiveKit's server is to see it: by its calls, not by the CPU, which they hardly need.

    Always below the server's `target_load`, 0.7: a worker above it is offered no call, and so could refuse none.
    """
    return OFFERED_BELOW * min(1.0, len(server.active_jobs) / max_calls)


@cache
def build_server() -> "AgentServer":
    """LiveKit's worker, answering every line."""
    from livekit.agents import AgentServer, JobExecutorType

    # In the main thread, as LiveKit's plugins want it, and not while the first caller waits
    from switchboard import conversation, resume  # noqa: F401
    from switchboard.admission import Admission
    from switchboard.settings import let_children_import_from, spare_local_models

    chosen = settings()
    spare_local_models(chosen)
    lines()
    # What answers calls is loaded once, by the process that all others fork from
    let_children_import_from(HERE)
    server = AgentServer(
        preload_modules=[name for name in sys.modules if name.startswith(("switchboard.", "workflows."))],
        job_executor_type=JobExecutorType(chosen.worker.executor),
        num_idle_processes=chosen.worker.idle_processes,
        ws_url=chosen.livekit.url or "",
        api_key=secret(chosen.livekit.api_key),
        api_secret=secret(chosen.livekit.api_secret),
        port=chosen.worker.port,
        prometheus_port=chosen.worker.metrics_port,
        setup_fnc=prepare_process,
        load_fnc=partial(calls_load, max_calls=chosen.worker.max_calls),
        drain_timeout=chosen.worker.drain_seconds,
        load_threshold=math.inf,  # `admission` decides: LiveKit would lose the calls of a full worker without a word
    )
    # LiveKit's command line adds a log handler of its own when it starts
    server.on("worker_started", lambda: start_logging(chosen))
    server.on("worker_registered", lambda *_: tell_ready())
    admission = Admission(chosen.livekit, chosen.worker.max_calls, lambda: [each.job.id for each in server.active_jobs])
    server.rtc_session(answer, agent_name=chosen.livekit.agent_name, on_request=admission.decide)
    return server


def __getattr__(name: str) -> object:
    # `lk agent` looks for a module's `server`; building it loads LiveKit, which takes seconds.
    if name == "server":
        return build_server()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "server"]


def prepare_database(chosen: "Settings") -> None:
    """Bring an embedded database up to date and fill a new one; refuse a server's that is behind.

    Where a simulator stands in for a model that nobody named, callers get its example shop on a server as well.
    """
    from sqlalchemy.exc import IntegrityError

    from switchboard.database import Database
    from switchboard.migrations import pending, upgrade

    url = chosen.storage.url.get_secret_value()
    if url.startswith("sqlite"):
        upgrade(url, [SHOP_VERSIONS])
        if not chosen.storage.given("url"):
            asyncio.run(fill_shop(url))
        return

    async def missing() -> set[str]:
        async with aclosing(Database(url)) as database:
            return await pending(database, [SHOP_VERSIONS])

    if asyncio.run(missing()):
        fail(f"The database {chosen.storage.shown_url} is not up to date. Run: {sys.argv[0]} migrate")
    if chosen.provider is None and chosen.simulated_at:
        with suppress(IntegrityError):  # another worker fills it at this moment
            asyncio.run(fill_shop(url))


async def fill_shop(url: str) -> str:
    """Give the shop its example customers and orders, if it has none; says what was added."""
    from datetime import UTC, datetime

    from shop.seed import seed
    from switchboard.database import Database

    async with aclosing(Database(url)) as database, database.write() as session:
        return str(await seed(session, datetime.now(UTC)))


def start_logging(chosen: "Settings", file: Path | None = None) -> None:
    """Logs as the settings want them, with the settings' own warnings first."""
    import structlog

    from switchboard import logs
    from switchboard.settings import shield_environment

    logs.configure(chosen.log, file)
    shield_environment(chosen)
    for warning in chosen.warnings:
        structlog.get_logger("settings").warning(warning)


def secret(value: "SecretStr | None") -> str | None:
    return value.get_secret_value() if value else None


def fail(message: str) -> NoReturn:
    """Say what is wrong, on standard error, and exit with 2."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


# -- commands ----------------------------------------------------------------------------------------------------------

LineOption = Annotated[str | None, typer.Option("--line", help="Which line to call; the first one if none is named.")]


@app.command(**LIVEKIT_COMMAND)
def console(
    text: Annotated[bool, typer.Option("--text", help="Type instead of speaking.")] = False,
    line: LineOption = None,
) -> None:
    """Hold a call here: by microphone, or typed with --text."""
    chosen = settings()
    if chosen.provider is None:
        typer.echo("No Azure or OpenAI key is set: the simulator answers. See README.md for real services.")
    prepare_database(chosen)
    if text:
        asyncio.run(typed_call(chosen, line_named(line)))
    else:
        livekit_command()


@app.command()
def demo(
    line: LineOption = None,
    text: Annotated[bool, typer.Option("--text", help="Only a typed call, in this terminal.")] = False,
    with_phone: Annotated[
        bool, typer.Option("--phone", help="Calls by SIP phone as well: adds Redis and LiveKit SIP.")
    ] = False,
) -> None:
    """Call a line by browser, without keys or accounts: a LiveKit server, the simulator, a worker and the page."""
    if text:
        console(text=True, line=line)
        return
    began = time.monotonic()
    chosen = settings()
    if line:
        line_named(line)
    prepare_database(chosen)
    on_this_machine(lambda machine: whole_stack(chosen, line, with_phone, machine, began))


async def whole_stack(chosen: "Settings", line: str | None, with_phone: bool, machine: "Machine", began: float) -> None:
    """Everything that a call by browser needs, or by phone too, until Ctrl-C. `began` is when it was asked for."""
    from switchboard.local.parts import Parts
    from switchboard.local.ports import Port, take
    from switchboard.local.rooms import close_rooms

    logs = DEMO_FOLDER / "log"
    async with Parts(machine, logs) as parts:
        await page_of(machine).build()
        livekit, sip = await livekit_of_demo(chosen, with_phone, machine, parts)
        simulated = chosen.provider in (None, "simulator")
        wanted = (Port("the page", chosen.web.port), Port("the simulator", 8089))
        ports, moved = take(*wanted[: 1 + simulated])
        for told in moved:
            typer.echo(told)
        numbers = [port.number for port in ports]
        try:
            async with asyncio.TaskGroup() as starting:
                for part in own_parts(chosen, line, livekit, *numbers):
                    starting.create_task(parts.start(part))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        if sip:
            typer.echo(f"Dial {await number_of_demo(chosen, line, livekit)}@{sip} with a SIP phone on this machine.")
        seconds = time.monotonic() - began
        typer.echo(f"Open {address(chosen, numbers[0])} (after {seconds:.1f} s). Logs: {logs}. Ctrl-C ends it.")
        try:
            await parts.wait()
        finally:
            if livekit.url != chosen.livekit.url:
                await close_rooms(livekit)


async def livekit_of_demo(
    chosen: "Settings", with_phone: bool, machine: "Machine", parts: "Parts"
) -> "tuple[LiveKit, str | None]":
    """A LiveKit server, and with a phone the SIP address of LiveKit SIP beside it."""
    from switchboard.local.livekit_server import provide_server
    from switchboard.local.phones import provide_phones

    build = livekit_build(machine)
    if not with_phone:
        return await provide_server(chosen.livekit, build, machine, parts, DEMO_FOLDER), None
    phones = await provide_phones(chosen.livekit, build, livekit_sip_build(machine), machine, parts, DEMO_FOLDER)
    return phones.livekit, phones.sip.address


async def number_of_demo(chosen: "Settings", line: str | None, livekit: "LiveKit") -> str:
    """Set the phone up, with a number of our own where none is set; what to dial, without the host."""
    from switchboard.phone.setup import Setup
    from switchboard.settings_schema import Phone
    from switchboard.settings_values import LineNumber

    demo_phone = Phone(numbers=(LineNumber(DEMO_NUMBER, line_named(line).name),), allowed_addresses=("127.0.0.0/8",))
    wanted = chosen.phone if chosen.phone.numbers else demo_phone
    async with Setup(wanted, livekit) as setup:
        await setup.up()
    return f"sip:{wanted.numbers[0].number}"


def own_parts(
    chosen: "Settings", line: str | None, livekit: "LiveKit", page: int, simulated: int | None = None
) -> "Iterator[Part]":
    """Our own programs: the web app on the port `page`, a worker, and a simulator on the port `simulated`, if any."""
    from simulator.recognizer import NOT_UNDERSTOOD
    from switchboard.local.parts import Part
    from switchboard.local.readiness import http_ok, log_says

    def command(*arguments: str) -> tuple[str, ...]:
        return (sys.executable, "main.py", *arguments)

    values = {
        "LIVEKIT_URL": livekit.url or "",
        "LIVEKIT_API_KEY": secret(livekit.api_key) or "",
        "LIVEKIT_API_SECRET": secret(livekit.api_secret) or "",
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
        arguments = ("--port", str(simulated), *(("--line", line) if line else ()))
        yield Part("simulator", command("simulator", *arguments), http_ok(f"{url}/health"), folder=HERE)
    yield Part("worker", command("start"), log_says("registered worker"), values, HERE, again_seconds=5)
    yield Part("web", command("web"), http_ok(f"{address(chosen, page)}/health"), values, HERE)


def address(chosen: "Settings", port: int) -> str:
    """Where a browser on this machine finds the page."""
    host = chosen.web.host
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not listened on


@app.command()
def web() -> None:
    """Serve the page and let callers in; needs a LiveKit server and a worker."""
    from switchboard.http.app import create_app
    from switchboard.http.options import HttpSettings
    from switchboard.http.server import build_server as build_web
    from switchboard.settings import SettingsError

    chosen = settings()
    try:
        livekit = chosen.require_livekit()
    except SettingsError as error:
        fail(str(error))
    start_logging(chosen)
    options = HttpSettings.of(chosen)
    app_of_web = create_app(options, livekit, lines(), HERE / "web" / "dist")
    asyncio.run(build_web(app_of_web, options).serve())


async def typed_call(chosen: "Settings", line: "Workflow") -> None:
    """One call in this terminal."""
    from rich.console import Console

    from switchboard.call import Caller
    from switchboard.console import converse
    from switchboard.conversation import Conversation
    from switchboard.database import Database

    start_logging(chosen, LOG_FILE)
    out = Console()
    log = LOG_FILE.relative_to(HERE)
    out.print(f"You are calling {line.name}. Type, or leave with Ctrl-D. Log: {log}", style="dim", soft_wrap=True)
    async with (
        aclosing(Database(chosen.storage.url.get_secret_value())) as database,
        services(chosen, line) as available,
        Conversation(line, available, database, Caller(), typed=True) as conversation,
    ):
        await converse(conversation, out)


@app.command(**LIVEKIT_COMMAND)
def dev() -> None:
    """Run the worker for development, reloading on changes."""
    worker_command()


@app.command(**LIVEKIT_COMMAND)
def start() -> None:
    """Run the worker."""
    worker_command()


@app.command(**LIVEKIT_COMMAND)
def connect() -> None:
    """Let the worker join one room."""
    worker_command()


@app.command("download-files", **LIVEKIT_COMMAND)
def download_files() -> None:
    """Download the model files that the plugins need."""
    livekit_command()


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="Its port; 0 takes a free one.")] = 8089,
    host: Annotated[str, typer.Option(help="The address it listens at.")] = "127.0.0.1",
    line: LineOption = None,
    connect_delay: Annotated[int, typer.Option(help="Milliseconds that a connection takes.")] = 0,
    round_trip: Annotated[int, typer.Option(help="Milliseconds of network, there and back.")] = 0,
    first_audio: Annotated[int, typer.Option(help="Milliseconds from a request to the first word.")] = 0,
    script: Annotated[
        Path | None, typer.Option(help="Answer from a script (YAML) in place of the line's playbook.")
    ] = None,
) -> None:
    """Run the simulator alone, until Ctrl-C."""
    playbook = line_named(line).playbook
    if script:
        make, recognizer = scripted_simulator(script), None
    elif playbook:
        make, recognizer = playbook_simulator(playbook), speech_recognizer()
    else:
        fail("That line has no playbook for the simulator.")
    times = {"connect_delay": connect_delay, "round_trip": round_trip, "first_audio": first_audio}

    async def serve() -> None:
        seconds = {name: ms / 1000 for name, ms in times.items()}
        if recognizer:
            await recognizer.load()
        async with make(port, recognizer, host, **seconds) as running:
            typer.echo(f"# The simulator listens at {running.url} (health: {running.url}/health). Put this into .env:")
            typer.echo("\n".join(f"{name}={value}" for name, value in simulator_settings(running.url).items()))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
    if recognizer:
        recognizer.close()


def speech_recognizer() -> "Whisper | None":
    """Who understands spoken words; None, and it is said, where that is not installed."""
    from simulator.recognizer import RecognizerError
    from simulator.whisper import Whisper

    try:
        return Whisper()
    except RecognizerError as error:
        typer.echo(f"# {error}")
        return None


def simulator_settings(url: str) -> dict[str, str]:
    """The settings that point Switchboard, or any client, at a simulator."""
    return {
        "REALTIME_PROVIDER": "azure",
        "AZURE_OPENAI_ENDPOINT": url,
        "AZURE_OPENAI_API_KEY": "simulator",
        "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime",
        "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "gpt-4o-mini-transcribe",
        "AZURE_OPENAI_TTS_DEPLOYMENT": "gpt-4o-mini-tts",
        "AZURE_OPENAI_TTS_API_VERSION": "2025-04-01-preview",
        "CARTESIA_API_KEY": "simulator",
        "CARTESIA_BASE_URL": url,
    }


@app.command("livekit-server")
def livekit_server(
    sip: Annotated[bool, typer.Option("--sip", help="LiveKit SIP, for phone calls, as well.")] = False,
) -> None:
    """Find LiveKit's server, or build it into this user's cache; says where it is."""
    from switchboard.local.livekit_build import find_program

    on_this_machine(lambda machine: find_program(livekit_build(machine), machine))
    if sip:
        on_this_machine(lambda machine: find_program(livekit_sip_build(machine), machine))


@app.command()
def page(
    check: Annotated[
        bool, typer.Option("--check", help="Only check its types and style, and run its unit tests.")
    ] = False,
) -> None:
    """Build the page that callers see, if its sources have changed."""
    on_this_machine(lambda machine: page_of(machine).check() if check else page_of(machine).build())


def on_this_machine(work: "Callable[[Machine], Coroutine[Any, Any, object]]") -> None:
    """Do something with this machine's programs and our cache on it; what it cannot do is told in one line."""
    from switchboard.local.cache import cache_folder
    from switchboard.local.errors import LocalError
    from switchboard.local.machine import Machine
    from switchboard.settings import process_environment

    environ = process_environment()
    xdg = environ.get("XDG_CACHE_HOME")
    try:
        with Machine(cache_folder(Path.home(), Path(xdg) if xdg else None), environ, typer.echo) as machine:
            asyncio.run(work(machine))
    except LocalError as error:
        fail(str(error))


def page_of(machine: "Machine") -> "Page":
    """The caller's page, and the Node.js to build it with where there is none."""
    from switchboard.local.page import Page

    return Page(machine, HERE / "web", HERE / "deploy/toolchains/node.txt")


def livekit_build(machine: "Machine") -> "LiveKitBuild":
    """LiveKit's server as this project pins it."""
    from switchboard.local.livekit_build import LiveKitBuild

    return LiveKitBuild(machine, HERE / "deploy/livekit", HERE / "deploy/toolchains/go.txt")


def livekit_sip_build(machine: "Machine") -> "LiveKitBuild":
    """LiveKit SIP as this project pins it."""
    from switchboard.local.livekit_build import SIP, LiveKitBuild

    return LiveKitBuild(machine, HERE / "deploy/livekit", HERE / "deploy/toolchains/go.txt", SIP)


@phone.command("up")
def phone_up(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Bring trunks and dispatch rules to what the settings say; tells each difference."""
    chosen = settings()
    if not chosen.phone.numbers and not chosen.phone.outbound_address:
        fail("PHONE_NUMBERS is not set: there is no phone to set up. `phone down` removes one that was.")
    for number in chosen.phone.numbers:
        line_named(number.line)
    done = on_the_phone(chosen, lambda setup: setup.up(dry_run))
    typer.echo("\n".join(done) or "Nothing to do.")


@phone.command("down")
def phone_down(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be removed.")] = False,
) -> None:
    """Remove our trunks and dispatch rules, and nobody else's."""
    done = on_the_phone(settings(), lambda setup: setup.down(dry_run))
    typer.echo("\n".join(done) or "Nothing to do.")


@phone.command("show")
def phone_show() -> None:
    """Show our trunks and dispatch rules as LiveKit has them, and what to dial."""
    chosen = settings()
    there = on_the_phone(chosen, lambda setup: setup.show())
    if not there:
        fail("There is no phone on the LiveKit server: `phone up` sets one up.")
    typer.echo("\n".join(there))
    host = urlsplit(chosen.livekit.url or "").hostname
    for number in chosen.phone.numbers:
        dialled = "NUMBER" if number.number == "*" else number.number
        typer.echo(f"For {number.line}, dial sip:{dialled}@{host}:5060 (or the port that LiveKit SIP was given).")


def on_the_phone(chosen: "Settings", work: "Callable[[Setup], Coroutine[Any, Any, list[str]]]") -> list[str]:
    """Do something with the phone on the LiveKit server; what it refuses is told in one line."""
    from switchboard.phone.errors import PhoneError
    from switchboard.phone.setup import Setup
    from switchboard.settings import SettingsError

    async def connected() -> list[str]:
        async with Setup(chosen.phone, chosen.require_livekit()) as setup:
            return await work(setup)

    try:
        return asyncio.run(connected())
    except (PhoneError, SettingsError) as error:
        fail(str(error))


@app.command()
def calls(
    call: Annotated[str | None, typer.Argument(help="A call's id: tells all that happened in it.")] = None,
    most: Annotated[int, typer.Option(min=1, help="How many calls to list.")] = 20,
) -> None:
    """List the running and recent calls of the ledger, or tell one call's timeline."""
    from datetime import UTC, datetime

    from switchboard.database import Database
    from switchboard.ledger.overview import recent_calls
    from switchboard.ledger.timeline import timeline
    from switchboard.report import calls_table, timeline_text

    chosen = settings()
    prepare_database(chosen)

    async def read() -> str:
        async with aclosing(Database(chosen.storage.url.get_secret_value())) as database:
            if call is not None:
                return timeline_text(await timeline(database, call))
            listed = await recent_calls(database, most)
            return calls_table(listed, datetime.now(UTC)) if listed else "There were no calls yet."

    text = asyncio.run(read())
    if not text:
        fail(f"The ledger has no call {call!r}. List them: {sys.argv[0]} calls")
    typer.echo(text)


@app.command()
def migrate() -> None:
    """Bring the database to the newest version of the tables."""
    from switchboard.migrations import upgrade

    chosen = settings()
    upgrade(chosen.storage.url.get_secret_value(), [SHOP_VERSIONS])
    typer.echo(f"{chosen.storage.shown_url} is up to date.")


@app.command()
def seed() -> None:
    """Fill the shop with its example customers and orders."""
    migrate()
    typer.echo(asyncio.run(fill_shop(settings().storage.url.get_secret_value())))


@app.command()
def graph(
    line: LineOption = None, text: Annotated[bool, typer.Option("--text", help="Only the text.")] = False
) -> None:
    """Show a line: its agents, who hands to whom, in which voice; as text and as Mermaid."""
    from switchboard.graph import as_mermaid, as_text

    workflow = line_named(line)
    typer.echo(as_text(workflow))
    if not text:
        typer.echo(f"\n{as_mermaid(workflow)}")


@app.command()
def check() -> None:
    """Check settings, lines and database, and that endpoint and key work where they are set."""
    from switchboard.check import check_all

    chosen = settings()
    start_logging(chosen, LOG_FILE)
    every = lines()
    problems = asyncio.run(check_all(chosen, tuple(every.values()), [SHOP_VERSIONS], typer.echo))
    if problems:
        raise typer.Exit(2)


def worker_command() -> None:
    """A LiveKit command that takes real calls: it starts only with a provider that was named."""
    from switchboard.settings import SettingsError

    chosen = settings()
    try:
        chosen.require_provider()
        chosen.require_livekit()
    except SettingsError as error:
        fail(str(error))
    prepare_database(chosen)
    livekit_command()


def livekit_command() -> None:
    """Hand the command over to LiveKit's own command line, with all its options."""
    from livekit.agents import cli

    warnings.filterwarnings("ignore", message="the built-in Python CLI", category=DeprecationWarning)
    cli.run_app(build_server())


if __name__ == "__main__":
    app()
