"""The worker: takes the calls that LiveKit dispatches to it, on every line."""

import math
import sys
import warnings
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from livekit.agents import NOT_GIVEN, AgentServer, JobContext, JobExecutorType, JobProcess, NotGivenOr, cli

from app.available import read_playbooks, services
from app.costs import prices_of
from app.data import database_of, prepare_database
from app.fork_server import fork_server
from app.lines import LINES
from app.process import HERE, fail, settings, start_logging
from app.warm import keep, warm
from switchboard.call.admission import Admission
from switchboard.call.again import Mark, recall_caller
from switchboard.call.call import Caller
from switchboard.call.channel import PHONE, WEB
from switchboard.call.dispatch import Dispatch
from switchboard.call.resume import Past, Patience, goes_on, recall
from switchboard.call.source import Source
from switchboard.conversation import Conversation
from switchboard.database import Database, async_url
from switchboard.ledger.turned_away import TurnedAway
from switchboard.ledger.workers import Beat
from switchboard.line.workflow import Workflow
from switchboard.livekit import age, client_of, close_room
from switchboard.presence import Invitation
from switchboard.room.number import number_in
from switchboard.room.own_frames import keep_frames_apart
from switchboard.room.relief import Relief, send_word
from switchboard.room.seat import Seat
from switchboard.room.speaking_rate import reckon_rates_patiently
from switchboard.settings.open_telemetry import trace_protocol
from switchboard.settings.process import let_children_import_from, name_worker, spare_local_models, worker_name
from switchboard.settings.schema import LiveKitAccess, Settings
from switchboard.settings.values import SettingsError
from switchboard.telemetry.call_trace import CallTrace
from switchboard.telemetry.calls import CallMetrics, begin
from switchboard.telemetry.slots import keep_in, values_in
from switchboard.telemetry.storage import LAG
from switchboard.telemetry.tracing import export_traces
from switchboard.telemetry.worker import Fullness

log = structlog.get_logger(__name__)

OURS = ("app.", "switchboard.", "workflows.")
OFFERED_BELOW = 0.69
INITIALIZE_SECONDS = 60.0
"""A process that begins slowly is on a busy machine: LiveKit kills it after ten seconds, and the next is no faster."""
READY_FILE = HERE / "var" / "worker-ready"
"""There when the worker of this container takes calls: its health check looks for it."""

Answer = Callable[[JobContext], Awaitable[None]]


async def answer(ctx: JobContext) -> None:
    """One call that LiveKit dispatched to this worker."""
    name = line_of(ctx.job.metadata)
    if name in LINES:
        await answer_on(LINES[name], ctx)
    else:
        await refuse(name, ctx)


async def refuse(line: str, ctx: JobContext) -> None:
    """A call for a line that there is not."""
    log.error("a call was refused: there is no such line", line=line, lines=list(LINES), room=ctx.job.room.name)
    await _put_out(ctx, "no such line")


async def _put_out(ctx: JobContext, why: str) -> None:
    """Close the room of a call that nobody answers: its caller is not left waiting."""
    await close_room(ctx.api, ctx.job.room.name, ctx.job.room.sid)
    ctx.shutdown(why)


async def answer_on(line: Workflow, ctx: JobContext) -> None:
    """One call on `line`."""
    chosen = settings()
    asked = Dispatch.understood(ctx.job.metadata)
    patience = Patience.of(age(ctx.job.room), goes_on=line.takes_up or asked.resume is not None)
    seat = Seat(ctx.api, ctx.job)
    if not await seat.free():
        log.warning("an agent was not needed: the room has one, or is no more", room=ctx.job.room.name)
        ctx.shutdown("not needed")
        return
    async with aclosing(database_of(chosen)) as database:
        if asked.resume and not await goes_on(database, asked.resume, ctx.job.room.name, patience):
            log.warning("a call was refused: it is over, or goes on in another room", room=ctx.job.room.name)
            await _put_out(ctx, "the call is over")
            return
        await _hold(line, ctx, asked, seat, database, patience)
    ctx.shutdown("the call is over")  # where the room stays, because it is another agent's, LiveKit would not notice


async def _hold(
    line: Workflow, ctx: JobContext, asked: Dispatch, seat: Seat, database: Database, patience: Patience
) -> None:
    """Have the call, to its end."""
    chosen = settings()
    source = Source.understood(ctx.job.room.metadata)
    trace = CallTrace(line.name)
    mark = await _mark(line, ctx, source, database)
    origin = asked.resume or ctx.job.room.name
    goes_on = asked.model_copy(update={"resume": origin, "warm": False})
    relief = Relief(ctx.api, ctx.job, ctx.worker_id, goes_on.dumps())
    async with (
        services(chosen, line) as available,
        Conversation(
            line,
            available,
            database,
            Caller(source=source, mark=mark.value if mark else None),
            prices=prices_of(chosen),
            past=await _past(line, asked, origin, mark, database, patience),
            origin=origin,
            channel=PHONE if asked.phone else WEB,
            worker=worker_name(),
            invitation=Invitation(ctx.room, seat, relief, ctx.connect, asked.caller),
            listeners=(CallMetrics(line.name, prices_of(chosen)).note, trace.note),
            lag=LAG.labels(line.name).observe,
        ) as conversation,
    ):
        trace.call_id = conversation.call.id
        await conversation.hold()


async def _mark(line: Workflow, ctx: JobContext, source: Source, database: Database) -> Mark | None:
    """By what the caller is known again, where the line wants that."""
    if not line.takes_up:
        return None
    phone = Dispatch.understood(ctx.job.metadata).phone
    number = await number_in(ctx.api, ctx.job.room.name) if phone else None
    return Mark.of(database.pseudonyms, source, number)


async def _past(
    line: Workflow, asked: Dispatch, origin: str, mark: Mark | None, database: Database, patience: Patience
) -> Past | None:
    """What this call begins with, if it goes on from another."""
    chosen = settings().call
    past = await recall(database, origin, timedelta(minutes=chosen.verified_away_minutes), patience)
    if past or asked.resume or mark is None:
        return past
    return await recall_caller(database, mark, line.name, timedelta(minutes=chosen.again_minutes), patience)


class Worker(AgentServer):
    """LiveKit's worker, whose calls are handed over when they outlast the grace. `livekit` is where it works.

    `most` and `kept_for_phone` are its places; see `Admission`. It tells `database` under `name` that it is alive.
    """

    metrics: TemporaryDirectory[str] | None = None
    """Where its processes keep them; removed with it."""

    def __init__(
        self,
        livekit: LiveKitAccess | None,
        most: int,
        kept_for_phone: int,
        database: Database,
        name: str,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._access = livekit
        self._database = database
        self._beat = Beat(database, name, lambda: len(calls_of(self)), most)
        self._turned_away = TurnedAway(database)
        busy = self._turned_away.note
        self.admission = Admission(livekit, most, self._running, kept_for_phone, busy) if livekit else None

    def _running(self) -> list[str]:
        return [each.job.id for each in self.active_jobs]

    async def run(self, **options: Any) -> None:
        """Take calls, until it is closed."""
        async with aclosing(self._database), aclosing(self._turned_away), self._beat:
            await super().run(**options)

    async def drain(self, timeout: NotGivenOr[int | None] = NOT_GIVEN) -> None:  # noqa: ASYNC109 - LiveKit's own
        """Wait for the running calls; those that are left are told to leave their callers to another worker."""
        try:
            await super().drain(timeout)
        except TimeoutError:
            if self._access:
                async with client_of(self._access) as server:
                    await send_word(server, self.active_jobs)
            raise

    async def aclose(self) -> None:
        """End it, and what it says to callers whom it refused."""
        await super().aclose()
        if self.admission:
            await self.admission.aclose()


def prepare_process(_process: JobProcess, metrics: Path | None = None) -> None:
    """What every process that answers calls does first, so that no caller waits for it.

    `metrics` is where the worker's page of metrics finds those of the process.
    """
    if metrics:
        keep_in(metrics)
    if protocol := trace_protocol():
        export_traces(protocol)
    chosen = settings()
    start_logging(chosen)
    keep_frames_apart()
    reckon_rates_patiently()
    prices_of(chosen)
    read_playbooks(chosen, LINES.values())
    async_url(chosen.storage.url.get_secret_value()).get_dialect().import_dbapi()
    warm()
    keep()


def tell_ready() -> None:
    """Say that this worker takes calls. LiveKit's own health page says OK before it has registered."""
    with suppress(OSError):  # nobody looks for it where it cannot be written
        READY_FILE.parent.mkdir(exist_ok=True)
        READY_FILE.touch()


def begin_to_count() -> None:
    """Show what is counted of calls from the start."""
    for line in LINES.values():
        begin(line)


def calls_load(server: AgentServer, max_calls: int, fullness: Fullness) -> float:
    """How full this worker is, as LiveKit's server is to see it: by its calls, not by the CPU, which they hardly need.

    Always below the server's `target_load`, 0.7: a worker above it is offered no call, and so could refuse none.
    LiveKit asks twice a second: `fullness` shows the same in our metrics.
    """
    fullness.show(calls_of(server).values())
    return OFFERED_BELOW * min(1.0, len(server.active_jobs) / max_calls)


def calls_of(server: AgentServer) -> dict[str, str]:
    """The line of each call that the worker has, by its room: where an agent was asked for twice there is one call."""
    return {each.job.room.name: line_of(each.job.metadata) for each in server.active_jobs}


@lru_cache
def line_of(metadata: str) -> str:
    """The name of the line that a job is for, which says so in its metadata."""
    return Dispatch.understood(metadata).line or next(iter(LINES))


def build_server(chosen: Settings, answer: Answer = answer) -> AgentServer:
    """LiveKit's worker; `answer` takes each call, a function of a module: processes find it by its name."""
    spare_local_models(chosen)
    let_children_import_from(HERE)
    livekit, worker = chosen.livekit.access, chosen.worker
    metrics = TemporaryDirectory(prefix="switchboard-metrics-") if worker.metrics_port else None
    folder = Path(metrics.name) if metrics else None
    if folder:
        keep_in(folder)
    server = Worker(
        livekit,
        worker.max_calls,
        chosen.kept_for_phone_by_a_worker,
        database_of(chosen),
        name_worker(),
        # What answers calls is loaded once, by the process that all others fork from
        preload_modules=[*(name for name in sys.modules if name.startswith(OURS)), "app.preload"],
        job_executor_type=JobExecutorType(worker.executor),
        num_idle_processes=worker.idle_processes,
        initialize_process_timeout=INITIALIZE_SECONDS,
        ws_url=livekit.url if livekit else "",
        api_key=livekit.key if livekit else None,
        api_secret=livekit.secret.get_secret_value() if livekit else None,
        port=worker.port,
        prometheus_port=worker.metrics_port,
        prometheus_multiproc_dir=str(values_in(folder)) if folder else None,
        setup_fnc=partial(prepare_process, metrics=folder),
        load_fnc=partial(
            calls_load, max_calls=worker.max_calls, fullness=Fullness(LINES, worker.max_calls, worker.executor)
        ),
        drain_timeout=worker.drain_seconds,
        load_threshold=math.inf,  # `admission` decides: LiveKit would lose the calls of a full worker without a word
    )
    # LiveKit's command line adds a log handler of its own when it starts
    server.on("worker_started", lambda: start_logging(chosen))
    server.on("worker_started", begin_to_count)
    server.on("worker_registered", lambda *_: tell_ready())
    server.metrics = metrics
    decide = server.admission.decide if server.admission else None
    server.rtc_session(answer, agent_name=chosen.livekit.agent_name, on_request=decide)
    return server


def run(answer: Answer = answer) -> None:
    """A LiveKit command that takes real calls: it starts only with a provider that was named."""
    chosen = settings()
    try:
        chosen.require_provider()
        livekit = chosen.require_livekit()
    except SettingsError as error:
        fail(str(error))
    prices_of(chosen)
    read_playbooks(chosen, LINES.values())
    prepare_database(chosen)
    server = build_server(chosen, answer)
    if _may_fork(chosen):
        fork_server(livekit, ["app.preload"])
    run_livekit(server)


def _may_fork(chosen: Settings) -> bool:
    """Whether the processes of this worker may have what it has loaded, and the settings as they are.

    Options of LiveKit's change the settings. And prometheus_client, when it is loaded, is told that there are more
    processes, which this one does not know yet.
    """
    return sys.argv[1:] == ["start"] and chosen.worker.executor == "process" and not chosen.worker.metrics_port


def run_livekit(server: AgentServer | None = None) -> None:
    """Hand the command over to LiveKit's own command line, with all its options."""
    warnings.filterwarnings("ignore", message="the built-in Python CLI", category=DeprecationWarning)
    cli.run_app(server or build_server(settings()))
