"""The command line: one line of help and one late import a command. What they do stands in `app/`."""

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from app.loading import loading


class Plain(TyperGroup):
    """Tells what is wrong with a line in its sentence, and not where Python met it."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """The command that was named."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from app.process import fail
            from switchboard.line.business import BusinessError
            from switchboard.line.workflow import WorkflowError

            if not isinstance(error, WorkflowError | BusinessError):
                raise
            fail(str(error))


cli = typer.Typer(
    cls=Plain,
    help="Switchboard: a phone and web line answered by a team of voice agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
phone = typer.Typer(help="The phone numbers of the settings, on the LiveKit server.", no_args_is_help=True)
cli.add_typer(phone, name="phone")
new = typer.Typer(
    help="Write an agent, a tool or a line where it belongs: all of it, or nothing.", no_args_is_help=True
)
cli.add_typer(new, name="new")


class Settled(TyperCommand):
    """Tells what is wrong with the settings before it loads its libraries, which takes seconds."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """The command itself, if all is well."""
        from app.process import settings

        settings()
        return super().invoke(ctx)


LIVEKIT_COMMAND: dict[str, Any] = {
    "cls": Settled,
    "add_help_option": False,
    "context_settings": {"ignore_unknown_options": True, "allow_extra_args": True},
}
LineOption = Annotated[str | None, typer.Option("--line", help="Which line to call; the first one if none is named.")]
ScriptOption = Annotated[
    Path | None, typer.Option("--script", help="Answer from a script (YAML) in place of the line's playbook.")
]
RecordOption = Annotated[
    Path | None, typer.Option("--record", help="Record each realtime session in this folder: what people say, too.")
]
RecordFromOption = Annotated[
    str | None,
    typer.Option("--record-from", help="Pass all on to this endpoint, a real service, and record its sessions."),
]
PlayOption = Annotated[
    Path | None, typer.Option("--play", help="Answer as a recording (.jsonl, or a call's folder) did.")
]
LenientOption = Annotated[bool, typer.Option("--lenient", help="With --play: go on when a client does something else.")]
CompareOption = Annotated[
    Path | None,
    typer.Option("--compare", help="Replay a recording's client against the simulator, and tell where it differs."),
]
TIMES = "They began then or later: 2026-11-27, or 2026-11-27T09:30Z; without a zone it is UTC."
SEARCHES = 'This was said: refund lamp, "broken lamp" (one behind the other), refu* (a word begins so).'


def __getattr__(name: str) -> object:
    # `lk agent` looks for a module's `server`; building it loads LiveKit, which takes seconds.
    if name == "server":
        from app import process, worker

        return worker.build_server(process.settings())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "server"]


@cli.command(**LIVEKIT_COMMAND)
def console(
    text: Annotated[bool, typer.Option("--text", help="Type instead of speaking.")] = False, line: LineOption = None
) -> None:
    """Hold a call here: by microphone, or typed with --text."""
    with loading():
        from app.console import run

    run(text, line)


@cli.command(cls=Settled)
def demo(
    line: LineOption = None,
    text: Annotated[bool, typer.Option("--text", help="Only a typed call, in this terminal.")] = False,
    with_phone: Annotated[
        bool, typer.Option("--phone", help="Calls by SIP phone as well: adds Redis and LiveKit SIP.")
    ] = False,
) -> None:
    """Call a line by browser, without keys or accounts: a LiveKit server, the simulator, a worker and the page."""
    if text:
        return console(text=True, line=line)
    began = time.monotonic()
    with loading():
        from app.demo import run

    return run(line, with_phone, began)


@cli.command(cls=Settled)
def web() -> None:
    """Serve the page and let callers in; needs a LiveKit server and a worker."""
    with loading():
        from app.web import run

    run()


@cli.command(**LIVEKIT_COMMAND)
def dev() -> None:
    """Run the worker for development, reloading on changes."""
    with loading():
        from app.worker import run

    run()


@cli.command(**LIVEKIT_COMMAND)
def start() -> None:
    """Run the worker."""
    with loading():
        from app.worker import run

    run()


@cli.command(**LIVEKIT_COMMAND)
def connect() -> None:
    """Let the worker join one room."""
    with loading():
        from app.worker import run

    run()


@cli.command("download-files", **LIVEKIT_COMMAND)
def download_files() -> None:
    """Download the model files that the plugins need."""
    from app.worker import run_livekit

    run_livekit()


class WithFaults(TyperCommand):
    """Lists the simulator's faults below its options; to know them its libraries are loaded."""

    def format_help(self, *given: Any) -> None:
        """With the list."""
        from app.simulator_options import help_text

        self.epilog = help_text()
        super().format_help(*given)


@cli.command(cls=WithFaults)
def simulator(
    port: Annotated[int, typer.Option(help="Its port; 0 takes a free one.")] = 8089,
    host: Annotated[str, typer.Option(help="The address it listens at.")] = "127.0.0.1",
    line: Annotated[
        str | None, typer.Option("--line", help="Answer all sessions as this line; each as its own if none is named.")
    ] = None,
    connect_delay: Annotated[str | None, typer.Option(help="Milliseconds that a connection takes.")] = None,
    round_trip: Annotated[int, typer.Option(min=0, help="Milliseconds of network, there and back.")] = 0,
    first_token: Annotated[str | None, typer.Option(help="Milliseconds from a request to the first item.")] = None,
    first_audio: Annotated[str | None, typer.Option(help="Milliseconds from a request to the first sound.")] = None,
    pace: Annotated[str | None, typer.Option(help="Sound comes this many times faster than it plays.")] = None,
    api_key: Annotated[str | None, typer.Option(help="The one key that it takes; any, if none is given.")] = None,
    cartesia_key: Annotated[str | None, typer.Option(help="The same for Cartesia.")] = None,
    deployment: Annotated[list[str] | None, typer.Option(help="One that exists; all, if none is given.")] = None,
    seed: Annotated[int, typer.Option(help="Of its dice.")] = 0,
    detector: Annotated[
        Literal["silero", "energy"], typer.Option(help="Who hears speech: silero voices only, energy all that is loud.")
    ] = "silero",
    fault: Annotated[list[str] | None, typer.Option(help="What goes wrong, see below; as often as needed.")] = None,
    control: Annotated[
        int | None, typer.Option(help="A port for its control API, on this machine only; 0 takes a free one.")
    ] = None,
    script: ScriptOption = None,
    record: RecordOption = None,
    record_from: RecordFromOption = None,
    play: PlayOption = None,
    lenient: LenientOption = False,
    compare: CompareOption = None,
) -> None:
    """Run the simulator alone, until Ctrl-C; or record a real service, or compare the simulator with a recording."""
    if compare or record_from:
        from app.recordings import compare_or_record

        return compare_or_record(compare, record_from, record, port, host)
    with loading():
        from app.simulator import run
        from app.simulator_options import options_of

    times = {"connect_delay": connect_delay, "first_token": first_token, "first_audio": first_audio, "pace": pace}
    options = options_of(
        times,
        fault or (),
        round_trip=round_trip / 1000,
        api_key=api_key,
        cartesia_key=cartesia_key,
        deployments=frozenset(deployment) if deployment else None,
        seed=seed,
        detector=detector,
    )
    return run(port, host, line, script, play=play, lenient=lenient, record=record, control=control, **options)


@cli.command("try")
def try_out(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Scenarios, with * for anything, or files (*.yaml); all."),
    ] = None,
    line: Annotated[str | None, typer.Option("--line", help="Those of this line only.")] = None,
    times: Annotated[int, typer.Option(min=1, help="Hold each call so many times, with a seed more each time.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the simulator's dice.")] = 0,
    voice: Annotated[
        bool, typer.Option("--voice", help="Speak, in rooms of a LiveKit server, in place of typing: in real time.")
    ] = False,
    live: Annotated[
        bool,
        typer.Option("--live", help="With the service of the settings in place of the simulator, which costs money."),
    ] = False,
    at_least: Annotated[
        float, typer.Option(min=0, max=1, help="With --live: in which share of its calls each has to hold.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="The sum of it as JSON, on the last line.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report into this file.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page into this file, with the calls that failed.")
    ] = None,
    as_list: Annotated[bool, typer.Option("--list", help="Only list their names, by line.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Only write the format for editors anew, scenarios/scenario.schema.json.")
    ] = False,
) -> None:
    """Hold the calls of all scenarios, offline, and tell whether what must hold does; exits with 1 if not."""
    from app.process import fail
    from app.rehearsals import list_names, run, write_schema

    if schema:
        return write_schema()
    if as_list:
        return list_names(names or (), line)
    if live and voice:
        fail("--live: callers type, for only the simulator knows which words were spoken. Leave --voice out.")
    if live:
        from app.live_rehearsals import run as run_live

        return run_live(names or (), line, times, at_least, as_json, junit, html)
    return run(names or (), line, times, seed, voice, as_json, junit, html)


@cli.command(cls=Settled)
def scenario(
    call: Annotated[str, typer.Argument(help="A call's id.")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FILE", help="A new file, or - for here; scenarios/<line>/<call>.yaml."),
    ] = None,
) -> None:
    """Make a scenario of a call in the ledger: what was said, what tools gave, and what held."""
    from app.scenario import run

    run(call, to)


@cli.command(cls=Settled)
def rewind(
    call: Annotated[str, typer.Argument(help="A call's id, as `main.py calls` lists it.")],
    turn: Annotated[int, typer.Option("--turn", metavar="N", help="The caller's turn to go on with, from 1.")],
    files: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="FILE", help="A prompt in place of that of its name; as often as needed."),
    ] = None,
    live_tools: Annotated[
        bool, typer.Option("--live-tools", help="Call the tools, on the example of the business, for what they give.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write both runs into a new file, a page that needs nothing else."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the call as it goes now into a new file, a scenario.")
    ] = None,
) -> None:
    """Take a call of the ledger up at a turn, hold the rest again, offline, and tell where it differs.

    Exits with 0 if it does not, with 1 if it does, with 2 if it cannot be done.
    """
    from app.rewind import run

    run(call, turn, files or (), live_tools, html, save)


@cli.command("livekit-server")
def livekit_server(
    sip: Annotated[bool, typer.Option("--sip", help="LiveKit SIP, for phone calls, as well.")] = False,
) -> None:
    """Find LiveKit's server, or build it into this user's cache; says where it is."""
    from app.machine import provide_livekit

    provide_livekit(sip)


@cli.command()
def page(
    check: Annotated[
        bool, typer.Option("--check", help="Only check its types and style, and run its unit tests.")
    ] = False,
) -> None:
    """Build the page that callers see, if its sources have changed."""
    from app.machine import provide_page

    provide_page(check)


@phone.command("up", cls=Settled)
def phone_up(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Bring trunks and dispatch rules to what the settings say; tells each difference."""
    from app.phone import up

    up(dry_run)


@phone.command("down", cls=Settled)
def phone_down(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be removed.")] = False,
) -> None:
    """Remove our trunks and dispatch rules, and nobody else's."""
    from app.phone import down

    down(dry_run)


@phone.command("show", cls=Settled)
def phone_show() -> None:
    """Show our trunks and dispatch rules as LiveKit has them, and what to dial."""
    from app.phone import show

    show()


@cli.command(cls=Settled)
def calls(
    call: Annotated[str | None, typer.Argument(help="A call's id: tells all that happened in it.")] = None,
    line: Annotated[str | None, typer.Option(metavar="NAME", help="They came in on this line.")] = None,
    agent: Annotated[str | None, typer.Option(metavar="NAME", help="This agent had the caller at some time.")] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="NAME", help="They ended so (goodbye, ...), or: running, lost.")
    ] = None,
    rule: Annotated[str | None, typer.Option(metavar="NAME", help="This rule struck, such as dead_air.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help=TIMES)] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="They began before that; a day counts as a whole.")
    ] = None,
    min_seconds: Annotated[
        str | None, typer.Option(metavar="N", help="They are over, and lasted so long at least.")
    ] = None,
    max_seconds: Annotated[str | None, typer.Option(metavar="N", help="They are over, and lasted no longer.")] = None,
    min_cost: Annotated[
        str | None, typer.Option(metavar="N", help="Their cost is known, and that much at least.")
    ] = None,
    max_cost: Annotated[str | None, typer.Option(metavar="N", help="Their cost is known, and no more.")] = None,
    search: Annotated[str | None, typer.Option(metavar="WORDS", help=SEARCHES)] = None,
    after: Annotated[str | None, typer.Option(metavar="ID", help="The list goes on behind this call.")] = None,
    most: Annotated[int | None, typer.Option(min=1, metavar="N", help="How many calls to list; 20.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each call of the list; of one call all, as one document.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one call into a new file, a page that needs nothing else."),
    ] = None,
) -> None:
    """List the calls of the ledger, the newest first, or tell one call's timeline.

    A call is listed if all that is asked for is so. A narrow terminal leaves columns out at the end, a pipe none.
    """
    given = {
        "line": line,
        "agent": agent,
        "outcome": outcome,
        "rule": rule,
        "from": since,
        "to": until,
        "min_seconds": min_seconds,
        "max_seconds": max_seconds,
        "min_cost": min_cost,
        "max_cost": max_cost,
        "q": search,
    }
    from app.calls import run

    run(call, given, after, most, as_json, html)


@cli.command(cls=Settled)
def audit(
    call: Annotated[str | None, typer.Option("--call", help="Of this call only.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="By whoever has this name or subject.")] = None,
    most: Annotated[int, typer.Option(min=1, help="How many entries.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
) -> None:
    """Tell which operators have seen, heard, exported or erased what."""
    from app.audit import run

    run(call, who, most, as_json)


@cli.command(cls=Settled)
def unlock(
    what: Annotated[
        str,
        typer.Argument(
            help="What names an account, such as an order number; a phone number, an address or a call, for it."
        ),
    ],
) -> None:
    """Let somebody be verified again, after failed tries."""
    from app.unlock import run

    run(what)


@cli.command(cls=Settled)
def erase(
    call: Annotated[str | None, typer.Option("--call", help="A call's id; those that it goes on from, too.")] = None,
    caller: Annotated[str | None, typer.Option("--caller", help="All calls from this phone number.")] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", help="All of an account: its order number, e-mail address or id; or shop:7."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what was said in calls: words, recordings, callbacks; that there were calls is kept."""
    from app.erase import run

    run(call, caller, account, yes)


@cli.command(cls=Settled)
def migrate() -> None:
    """Bring the database to the newest version of the tables."""
    from app.data import run_migrate

    run_migrate()


@cli.command(cls=Settled)
def seed() -> None:
    """Fill the database with the example of each line's business."""
    from app.data import run_seed

    run_seed()


@cli.command()
def graph(
    line: LineOption = None, text: Annotated[bool, typer.Option("--text", help="Only the text.")] = False
) -> None:
    """Show a line: its agents, who hands to whom, in which voice; as text and as Mermaid."""
    from app.lines import show

    show(line, only_text=text)


@new.command("agent")
def new_agent(
    name: Annotated[str, typer.Argument(help="Lower-case words joined by underscores: gift_cards.")],
    line: Annotated[str, typer.Option("--line", help="The line that it answers on.")],
    source: Annotated[list[str], typer.Option("--from", help="Who hands callers over to it; as often as needed.")],
    target: Annotated[
        list[str] | None, typer.Option("--to", help="Whom it hands callers over to; as often as needed.")
    ] = None,
) -> None:
    """Write an agent: class, prompt, edges, and how it answers offline."""
    from app.new.command import write_agent

    write_agent(name, line, source, target or ())


@new.command("tool")
def new_tool(
    name: Annotated[str, typer.Argument(help="Lower-case words joined by underscores: gift_card_balance.")],
    agent: Annotated[str, typer.Option("--agent", help="Who may use it.")],
    line: Annotated[str | None, typer.Option("--line", help="Whose agent, where several lines have one.")] = None,
) -> None:
    """Write a tool: a function, its place in an agent's toolbox and prompt, and when it is called offline."""
    from app.new.command import write_tool

    write_tool(name, agent, line)


@new.command("line")
def new_line(
    name: Annotated[str, typer.Argument(help="Lower-case words joined by dashes: sales-line.")],
    start: Annotated[str | None, typer.Option("--start", help="Its first agent: a new one, sales_desk.")] = None,
    business: Annotated[
        str | None, typer.Option("--business", metavar="NAME", help="A business of its own, in a new folder: sales.")
    ] = None,
) -> None:
    """Write a line: a workflow with one agent, its playbook, its place among the lines, a scenario; and a business."""
    from app.new.command import write_line

    write_line(name, start, business)


@cli.command(cls=Settled)
def check() -> None:
    """Check settings, lines and database, and that endpoint and key work where they are set."""
    from app.check import run

    run()


if __name__ == "__main__":
    cli()
