"""The command line, and the one place where settings and lines become something that runs."""

import asyncio
import json
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from livekit.agents import AgentServer, JobContext, JobProcess
    from pydantic import SecretStr

    from simulator.server import Simulator
    from switchboard.local.livekit_build import LiveKitBuild
    from switchboard.local.machine import Machine
    from switchboard.providers import Services
    from switchboard.settings import Settings
    from switchboard.workflow import Workflow

HERE = Path(__file__).parent
SHOP_VERSIONS = HERE / "shop" / "migrations" / "versions"
DEMO_FOLDER = HERE / "var" / "demo"
LOG_FILE = HERE / "var" / "log" / "switchboard.log"

app = typer.Typer(
    help="Switchboard: a phone and web line answered by a team of voice agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
FULL = 0.7  # LiveKit's server gives no call to a worker that is fuller than this
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
    return lambda port, recognizer=None, **options: Simulator(
        mind, Options(**options), port=port, recognizer=recognizer
    )


@asynccontextmanager
async def services(chosen: "Settings", line: "Workflow") -> "AsyncIterator[Services]":
    """The services of the settings, or those of a simulator that lives as long as the block."""
    from switchboard.providers import Services
    from switchboard.settings import with_simulator

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
            line, available, database, Caller(), past=await recall(database, origin), origin=origin
        ) as conversation,
    ):
        await conversation.start_in(ctx.room, ctx.connect, asked.get("caller"))
        await conversation.ending.over.wait()


def prepare_process(_process: "JobProcess") -> None:
    """What every process that answers calls does first, so that no caller waits for it."""
    from switchboard import conversation  # noqa: F401 - a process of its own has imported nothing yet

    start_logging(settings())
    for line in lines().values():
        if settings().provider == "simulator" and line.playbook:
            playbook_simulator(line.playbook)


def calls_load(server: "AgentServer") -> float:
    """How full this worker is. LiveKit's own measure, the CPU, loses calls silently whenever the machine is busy."""
    return FULL * len(server.active_jobs) / settings().worker.max_calls


@cache
def build_server() -> "AgentServer":
    """LiveKit's worker, answering every line."""
    from livekit.agents import AgentServer, JobExecutorType

    # In the main thread, as LiveKit's plugins want it, and not while the first caller waits
    from switchboard import conversation  # noqa: F401

    chosen = settings()
    server = AgentServer(
        job_executor_type=JobExecutorType(chosen.worker.executor),
        num_idle_processes=chosen.worker.idle_processes,
        ws_url=chosen.livekit.url or "",
        api_key=secret(chosen.livekit.api_key),
        api_secret=secret(chosen.livekit.api_secret),
        port=chosen.worker.port,
        setup_fnc=prepare_process,
        load_fnc=calls_load,
        load_threshold=FULL,
    )
    # LiveKit's command line adds a log handler of its own when it starts
    server.on("worker_started", lambda: start_logging(chosen))
    server.rtc_session(answer, agent_name=chosen.livekit.agent_name)
    return server


def __getattr__(name: str) -> object:
    # `lk agent` looks for a module's `server`; building it loads LiveKit, which takes seconds.
    if name == "server":
        return build_server()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "server"]


def prepare_database(chosen: "Settings") -> None:
    """Bring an embedded database up to date and fill a new one; refuse a server's that is behind."""
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
    web: Annotated[
        bool, typer.Option("--web", help="A LiveKit server, a worker and the page: call by browser.")
    ] = False,
) -> None:
    """The line, here and now, without keys or accounts: a typed call, or with --web calls by browser."""
    if not web:
        console(text=True, line=line)
        return
    from switchboard.local.errors import LocalError

    chosen = settings()
    prepare_database(chosen)
    try:
        asyncio.run(whole_stack(chosen, line_named(line)))
    except LocalError as error:
        fail(str(error))


async def whole_stack(chosen: "Settings", line: "Workflow") -> None:
    """Everything that a call by browser needs, until Ctrl-C."""
    from switchboard.local.livekit_server import provide_server
    from switchboard.local.page import Page
    from switchboard.local.parts import Part, Parts
    from switchboard.local.ports import Port, take
    from switchboard.local.readiness import http_ok, log_says

    began = time.monotonic()
    with local_machine() as machine:
        async with Parts(machine, DEMO_FOLDER / "log") as parts:
            await Page(machine, HERE / "web", HERE / "deploy/toolchains/node.txt").build()
            livekit = await provide_server(chosen.livekit, livekit_build(machine), machine, parts, DEMO_FOLDER)
            (page, realtime), moved = take(Port("the page", chosen.web.port), Port("the simulator", 8089))
            for told in moved:
                typer.echo(told)
            values = {
                "LIVEKIT_URL": livekit.url or "",
                "LIVEKIT_API_KEY": secret(livekit.api_key) or "",
                "LIVEKIT_API_SECRET": secret(livekit.api_secret) or "",
                "HTTP_PORT": str(page.number),
                "WORKER_PORT": "0",
            }
            if chosen.provider in (None, "simulator"):
                url = f"http://127.0.0.1:{realtime.number}"
                command = (sys.executable, "main.py", "simulator", "--port", str(realtime.number), "--line", line.name)
                await parts.start(Part("simulator", command, http_ok(f"{url}/health"), folder=HERE))
                values |= simulator_settings(url)
            worker = (sys.executable, "main.py", "start")
            await parts.start(Part("worker", worker, log_says("registered worker"), environ=values, folder=HERE))
            address = f"http://{chosen.web.host}:{page.number}"
            server = (sys.executable, "main.py", "web")
            await parts.start(Part("web", server, http_ok(f"{address}/health"), environ=values, folder=HERE))
            typer.echo(
                f"Open {address} (after {time.monotonic() - began:.0f} s). Logs: {DEMO_FOLDER / 'log'}. Ctrl-C ends it."
            )
            await parts.wait()


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
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8089,
    line: LineOption = None,
    connect_delay: Annotated[int, typer.Option(help="Milliseconds that a connection takes.")] = 0,
    round_trip: Annotated[int, typer.Option(help="Milliseconds of network, there and back.")] = 0,
    first_audio: Annotated[int, typer.Option(help="Milliseconds from a request to the first word.")] = 0,
) -> None:
    """Run the simulator alone, until Ctrl-C."""
    from simulator.recognizer import RecognizerError
    from simulator.whisper import Whisper

    playbook = line_named(line).playbook
    if playbook is None:
        fail("That line has no playbook for the simulator.")

    try:
        recognizer = Whisper()
    except RecognizerError as error:
        typer.echo(f"# {error}")
        recognizer = None
    times = {"connect_delay": connect_delay, "round_trip": round_trip, "first_audio": first_audio}

    async def serve() -> None:
        seconds = {name: ms / 1000 for name, ms in times.items()}
        if recognizer:
            await recognizer.load()
        async with playbook_simulator(playbook)(port, recognizer, **seconds) as running:
            typer.echo(f"# The simulator listens at {running.url} (health: {running.url}/health). Put this into .env:")
            typer.echo("\n".join(f"{name}={value}" for name, value in simulator_settings(running.url).items()))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
    if recognizer:
        recognizer.close()


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
def livekit_server() -> None:
    """Find LiveKit's server, or build it into this user's cache; says where it is."""
    from switchboard.local.errors import LocalError
    from switchboard.local.livekit_server import find_program

    try:
        with local_machine() as machine:
            asyncio.run(find_program(livekit_build(machine), machine))
    except LocalError as error:
        fail(str(error))


def local_machine() -> "Machine":
    """This machine, with our cache on it."""
    from switchboard.local.cache import cache_folder
    from switchboard.local.machine import Machine
    from switchboard.settings import process_environment

    environ = process_environment()
    xdg = environ.get("XDG_CACHE_HOME")
    return Machine(cache_folder(Path.home(), Path(xdg) if xdg else None), environ, typer.echo)


def livekit_build(machine: "Machine") -> "LiveKitBuild":
    """LiveKit's server as this project pins it."""
    from switchboard.local.livekit_build import LiveKitBuild

    return LiveKitBuild(machine, HERE / "deploy/livekit", HERE / "deploy/toolchains/go.txt")


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
