"""A call in the terminal: the caller types, and sees every sentence, tool and handoff as the ledger sees them."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from typing import TypeVar

import typer
from livekit.agents.voice.agent_activity import ActivityClosedError
from rich.console import Console
from rich.markup import escape

from app.available import read_playbooks, services
from app.costs import prices_of
from app.data import database_of, prepare_database
from app.lines import LINES, line_named
from app.process import HERE, LOG_FILE, settings, start_logging
from app.worker import run_livekit
from switchboard.call.call import Caller
from switchboard.conversation import Conversation
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Ended,
    Event,
    Failed,
    HandoffDone,
    Recovered,
    RescueStep,
    ToolCalled,
    ToolReturned,
)
from switchboard.line.workflow import Workflow
from switchboard.settings.schema import Settings
from switchboard.text import clean, visible

ENDINGS = {
    "goodbye": "the agent said goodbye",
    "caller_left": "you hung up",
    "maximum_length": "the call reached its maximum length",
    "maximum_cost": "the call reached what it may cost",
    "error": "the realtime service failed",
    "moved": "another worker took the call over",
    "callback": "a colleague calls back",
    "unserved": "the realtime service did not come back",
    "stopped": "it was stopped",
    "silence": "nobody spoke",
    "nobody_came": "nobody came",
}
MAX_RESULT = 160

Result = TypeVar("Result")


def run(text: bool, line: str | None) -> None:
    """Hold a call here: typed, or by microphone through LiveKit's own console."""
    chosen = settings()
    if chosen.provider is None:
        typer.echo("No Azure or OpenAI key is set: the simulator answers. See README.md for real services.")
    read_playbooks(chosen, LINES.values())
    prepare_database(chosen)
    if text:
        asyncio.run(typed_call(chosen, line_named(line)))
    else:
        run_livekit()


async def typed_call(chosen: Settings, line: Workflow) -> None:
    """One call in this terminal."""
    start_logging(chosen, LOG_FILE)
    out = Console()
    log = LOG_FILE.relative_to(HERE)
    calling = f"{line.front.completed(line.name).brand}, line {line.name}"
    out.print(f"You are calling {calling}. Type, or leave with Ctrl-D. Log: {log}", style="dim", soft_wrap=True)
    async with (
        aclosing(database_of(chosen)) as database,
        services(chosen, line) as available,
        Conversation(
            line,
            available,
            database,
            Caller(),
            prices=prices_of(chosen),
            typed=True,
            listeners=(View(out).show,),
        ) as conversation,
    ):
        await converse(conversation, out)


class View:
    """Prints a call's events as they happen. `hears_caller`: what they say as well, who have not typed it here."""

    def __init__(self, out: Console, *, hears_caller: bool = False) -> None:
        self._out = out
        self._hears_caller = hears_caller
        self._called: dict[str, str] = {}

    def show(self, event: Event) -> None:
        """One event, on a line of its own."""
        match event:
            case CallerSpoke() if self._hears_caller:
                self._line(f"caller: {escape(' '.join(event.text.split()))}")
            case AgentSpoke():
                text = escape(" ".join(event.text.split()))
                self._line(f"{event.agent}: {text}{' [dim](interrupted)[/dim]' if event.interrupted else ''}")
            case ToolCalled() if not event.tool.startswith("transfer_to_"):
                self._called[event.call_id] = f"{event.tool}({_arguments(event)})"
            case ToolReturned() if event.failed or not event.tool.startswith("transfer_to_"):
                call = self._called.pop(event.call_id, event.tool)
                outcome = f" {'failed:' if event.failed else '->'} {_short(event.result)}" if event.result else ""
                self._dim(f"  [{event.agent}] {call}{outcome} ({event.ms:.0f} ms)")
            case HandoffDone():
                self._dim(f"  [handoff] {event.source} -> {event.target}: {_times(event)}")
            case Failed():
                self._dim(f"  [error] {event.source}: {event.message}{', recovering' if event.recoverable else ''}")
            case Recovered():
                self._dim(f"  [recovered] {event.source} after {event.ms:.0f} ms")
            case RescueStep():
                self._dim(f"  [rescue] {event.target or event.by}: {event.outcome.replace('_', ' ')}")
            case Ended():
                minutes, seconds = divmod(int(event.at), 60)
                self._line(f"Call over: {ENDINGS[event.reason]} ({minutes}:{seconds:02}).")
            case _:
                pass

    def _line(self, markup: str) -> None:
        self._out.print(visible(markup), soft_wrap=True, highlight=False)

    def _dim(self, text: str) -> None:
        self._out.print(visible(text), style="dim", markup=False, soft_wrap=True, highlight=False)


async def converse(conversation: Conversation, out: Console) -> None:
    """Hold the call with whoever types, until it is over or the input ends."""
    await conversation.start()
    await _settle(conversation)
    typed = typed_lines()
    while not conversation.ending.over.is_set():
        out.print("you: ", end="")
        line = await _until_over(conversation, anext(typed, None))
        if line is None:
            break
        words = clean(line).strip()
        if not sys.stdin.isatty():  # a terminal shows what is typed by itself
            out.print(words, markup=False, highlight=False, soft_wrap=True)
        if words:
            await _until_over(conversation, _say(conversation, words))
    if not conversation.ending.begun:
        out.print()
        conversation.ending.finish("caller_left")
    await conversation.ending.over.wait()


async def _say(conversation: Conversation, words: str) -> None:
    farewell = conversation.farewell
    if farewell.begun.is_set():
        farewell.type(words)
        return
    answer = asyncio.ensure_future(_answer(conversation, words))
    given_up = asyncio.ensure_future(farewell.begun.wait())
    try:
        await asyncio.wait([answer, given_up], return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
    finally:
        answer.cancel()
        given_up.cancel()


async def _answer(conversation: Conversation, words: str) -> None:
    await conversation.session.run(user_input=words)
    await _settle(conversation)
    if conversation.ending.begun:
        await conversation.ending.over.wait()


async def _settle(conversation: Conversation) -> None:
    try:
        await conversation.session.wait_for_idle()
    except ActivityClosedError:
        return  # the call is over


async def _until_over(conversation: Conversation, work: Awaitable[Result]) -> Result | None:
    """Wait for `work`, but no longer than the call lasts: None when the call was over first."""
    task = asyncio.ensure_future(work)
    over = asyncio.ensure_future(conversation.ending.over.wait())
    await asyncio.wait([task, over], return_when=asyncio.FIRST_COMPLETED)
    over.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None


async def typed_lines() -> AsyncIterator[str]:
    """Lines from standard input, be it a terminal, a pipe or a file, without a thread that outlives the call."""
    descriptor = sys.stdin.fileno()
    loop = asyncio.get_running_loop()
    rest = b""
    while True:
        while b"\n" in rest:
            line, rest = rest.split(b"\n", 1)
            yield line.decode(errors="replace")
        await _readable(loop, descriptor)
        chunk = os.read(descriptor, 4096)
        if not chunk:
            break
        rest += chunk
    if rest:
        yield rest.decode(errors="replace")


async def _readable(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:
        return  # a file, which is always readable
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


def _arguments(event: ToolCalled) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in event.arguments.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_RESULT else f"{line[: MAX_RESULT - 1]}…"


def _times(event: HandoffDone) -> str:
    spoke = "the caller speaks" if event.spoke_ms is None else f"first words after {event.spoke_ms:.0f} ms"
    return f"{event.arrived_ms:.0f} ms, {spoke}{'' if event.socket_kept else ', on a new connection'}"
