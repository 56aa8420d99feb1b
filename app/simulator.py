"""The simulator: as the lines' playbooks or a script have it, in this process or as one of its own."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import typer

from app.lines import LINES, line_named
from app.playbooks import cold_playbook_of, playbook_of
from app.process import fail
from app.recordings import loaded_call, recorder_in
from simulator.by_line import ByLine
from simulator.control import Control
from simulator.faults import Fault
from simulator.mind import Mind
from simulator.options import Options
from simulator.playback import Playback
from simulator.recognizer import Recognizer, RecognizerError
from simulator.script import Script, ScriptError
from simulator.server import Simulator
from simulator.tape import Recorder
from simulator.whisper import Whisper
from switchboard.line.workflow import Workflow

MakeSimulator = Callable[..., Simulator]
"""Makes simulators on a given port (0: any), with options as the simulator's."""


_READ: dict[Path | None, MakeSimulator] = {}


def playbook_simulator(line: Workflow) -> MakeSimulator:
    """Simulators that behave as the playbook of `line` says, which is read once."""
    if line.playbook not in _READ:
        _READ[line.playbook] = simulators_with(playbook_of(line))
    return _READ[line.playbook]


def every_lines_simulator() -> MakeSimulator:
    """The same for all lines: each session is answered by the playbook of the line that its instructions name."""
    if all(line.playbook is None for line in LINES.values()):
        fail("No line has a playbook, so the simulator cannot play any. Set REALTIME_PROVIDER.")
    minds = {line.name: cold_playbook_of(line) if line.playbook else None for line in LINES.values()}
    return simulators_with(ByLine(minds))


def scripted_simulator(script: Path) -> MakeSimulator:
    """The same for a script, which has the words of spoken turns too."""
    try:
        return simulators_with(Script.load(script))
    except ScriptError as error:
        fail(str(error))


def replaying_simulator(place: Path, strict: bool) -> MakeSimulator:
    """The same for the recording of a session, or of all connections of a call."""
    call = loaded_call(place)
    return simulators_with(Playback(call.realtime, strict), call.faults)


def simulators_with(mind: Mind, faults: Sequence[Fault] = ()) -> MakeSimulator:
    """Simulators that think with `mind`, and have these faults before all others."""

    def make(
        port: int,
        recognizer: Recognizer | None = None,
        host: str = "127.0.0.1",
        recorder: Recorder | None = None,
        **options: Any,
    ) -> Simulator:
        chosen = Options(**options)
        chosen.faults = (*faults, *chosen.faults)
        return Simulator(mind, chosen, port, host, recognizer, recorder=recorder)

    return make


def run(
    port: int,
    host: str,
    line: str | None,
    script: Path | None,
    *,
    play: Path | None,
    lenient: bool,
    record: Path | None,
    control: int | None,
    **options: Any,
) -> None:
    """Run the simulator alone, until Ctrl-C; with its control API on the port `control`, if any."""
    if (script and play) or (lenient and not play):
        fail("--script and --play exclude one another, and --lenient belongs to --play.")
    make = _maker(line, script, play, strict=not lenient)
    recorder = recorder_in(record) if record else None
    recognizer = None if script else _speech_recognizer()
    try:
        asyncio.run(_serve(make(port, recognizer, host, recorder, **options), recognizer, control))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        fail(f"The simulator cannot listen: {error.strerror}")
    if recognizer:
        recognizer.close()


def _maker(line: str | None, script: Path | None, play: Path | None, strict: bool) -> MakeSimulator:
    if script:
        return scripted_simulator(script)
    if play:
        return replaying_simulator(play, strict)
    return playbook_simulator(line_named(line)) if line else every_lines_simulator()


async def _serve(simulator: Simulator, recognizer: Whisper | None, control: int | None) -> None:
    """Listen first: what understands callers is loaded until the first of them has something to say."""
    async with AsyncExitStack() as running:
        await running.enter_async_context(simulator)
        _tell(simulator)
        if control is not None:
            api = await running.enter_async_context(Control(simulator, control))
            typer.echo(f"# Control it at {api.url} (docs/simulator.md).")
        await simulator.warm()
        if recognizer:
            await recognizer.load()
        await asyncio.Event().wait()


def _tell(simulator: Simulator) -> None:
    url, options = simulator.url, simulator.options
    values = simulator_settings(url)
    if options.api_key is not None:
        values["AZURE_OPENAI_API_KEY"] = "<that of --api-key>"
    if options.cartesia_key is not None:
        values["CARTESIA_API_KEY"] = "<that of --cartesia-key>"
    typer.echo(f"# The simulator listens at {url} (health: {url}/health). Put this into .env:")
    typer.echo("\n".join(f"{name}={value}" for name, value in values.items()))


def _speech_recognizer() -> Whisper | None:
    """Who understands spoken words; None, and it is said, where that is not installed."""
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
        "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
        "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "gpt-4o-mini-transcribe-2025-12-15",
        "AZURE_OPENAI_TTS_DEPLOYMENT": "gpt-4o-mini-tts-2025-12-15",
        "AZURE_OPENAI_TTS_API_VERSION": "2025-04-01-preview",
        "CARTESIA_API_KEY": "simulator",
        "CARTESIA_BASE_URL": url,
    }
