"""The simulator: as a line's playbook or a script has it, in this process or as one of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import typer

from app.lines import line_named
from app.process import fail
from app.recordings import loaded, recorder_in
from simulator.mind import Mind
from simulator.options import Options
from simulator.playback import Playback
from simulator.playbook import Playbook
from simulator.recognizer import Recognizer, RecognizerError
from simulator.script import Script, ScriptError
from simulator.server import Simulator
from simulator.tape import Recorder
from simulator.whisper import Whisper

MakeSimulator = Callable[..., Simulator]
"""Makes simulators on a given port (0: any), with options as the simulator's."""


@cache
def playbook_simulator(playbook: Path) -> MakeSimulator:
    """Simulators that behave as `playbook` says."""
    return simulators_with(Playbook.load(playbook))


def scripted_simulator(script: Path) -> MakeSimulator:
    """The same for a script, which has the words of spoken turns too."""
    try:
        return simulators_with(Script.load(script))
    except ScriptError as error:
        fail(str(error))


def replaying_simulator(recording: Path, strict: bool) -> MakeSimulator:
    """The same for the recording of a session."""
    return simulators_with(Playback(loaded(recording), strict))


def simulators_with(mind: Mind) -> MakeSimulator:
    """Simulators that think with `mind`."""

    def make(
        port: int,
        recognizer: Recognizer | None = None,
        host: str = "127.0.0.1",
        recorder: Recorder | None = None,
        **options: Any,
    ) -> Simulator:
        return Simulator(mind, Options(**options), port, host, recognizer, recorder=recorder)

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
    **times: int,
) -> None:
    """Run the simulator alone, until Ctrl-C; `times` are its options in milliseconds."""
    if (script and play) or (lenient and not play):
        fail("--script and --play exclude one another, and --lenient belongs to --play.")
    make = _maker(line, script, play, strict=not lenient)
    recorder = recorder_in(record) if record else None
    recognizer = None if script else _speech_recognizer()

    async def serve() -> None:
        seconds = {name: ms / 1000 for name, ms in times.items()}
        if recognizer:
            await recognizer.load()
        async with make(port, recognizer, host, recorder, **seconds) as running:
            typer.echo(f"# The simulator listens at {running.url} (health: {running.url}/health). Put this into .env:")
            typer.echo("\n".join(f"{name}={value}" for name, value in simulator_settings(running.url).items()))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
    if recognizer:
        recognizer.close()


def _maker(line: str | None, script: Path | None, play: Path | None, strict: bool) -> MakeSimulator:
    if script:
        return scripted_simulator(script)
    if play:
        return replaying_simulator(play, strict)
    playbook = line_named(line).playbook
    if not playbook:
        fail("That line has no playbook for the simulator.")
    return playbook_simulator(playbook)


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
