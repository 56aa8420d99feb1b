"""Recordings of realtime sessions: made of a real service, and held against the simulator."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import typer

from app.process import HERE, fail, tell
from simulator.call_recording import CallRecording
from simulator.comparison import compare
from simulator.proxy import EndpointError, Proxy, checked
from simulator.recording import Recording, RecordingError
from simulator.tape import Recorder

FOLDER = HERE / "var" / "recordings"


def loaded(file: Path) -> Recording:
    """The recording; what is wrong with it ends the process with 2."""
    try:
        return Recording.load(file)
    except RecordingError as error:
        fail(str(error))


def loaded_call(place: Path) -> CallRecording:
    """The same for a call's folder, or the recording of one session."""
    try:
        return CallRecording.load(place)
    except RecordingError as error:
        fail(str(error))


def recorder_in(folder: Path, service: str = "simulator") -> Recorder:
    """What records into `folder`; one that cannot be made ends the process with 2."""
    try:
        return Recorder(folder, service)
    except OSError as error:
        fail(f"{folder}: {error.strerror}")


def compare_or_record(recording: Path | None, endpoint: str | None, folder: Path | None, port: int, host: str) -> None:
    """Compare the simulator with `recording`, if there is one; else record what the service at `endpoint` does."""
    if recording and endpoint:
        fail("--compare and --record-from exclude one another.")
    if recording:
        run_comparison(recording)
    elif endpoint:
        run_proxy(endpoint, folder, port, host)


def run_proxy(endpoint: str, folder: Path | None, port: int, host: str) -> None:
    """Stand between clients and a real service, until Ctrl-C."""
    folder = folder or FOLDER
    try:
        recorder = recorder_in(folder, str(urlsplit(checked(endpoint)).hostname))
        with suppress(KeyboardInterrupt):
            asyncio.run(_pass_on(Proxy(endpoint, recorder, port, host), f"# {endpoint} is recorded into {folder}."))
    except EndpointError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror}")


async def _pass_on(proxy: Proxy, what: str) -> None:
    async with proxy:
        tell(what)
        typer.echo("# Clients bring their own key. Put this into .env, or use the address as their base URL:")
        typer.echo(f"AZURE_OPENAI_ENDPOINT={proxy.url}")
        await asyncio.Event().wait()


def run_comparison(file: Path) -> None:
    """Tell where the simulator differs from a recording: it exits with 1 if it does anywhere."""
    recording = loaded(file)
    try:
        found = asyncio.run(compare(recording))
    except RecordingError as error:
        fail(str(error))
    for each in found:
        tell(each)
    tell(f"{recording.name}: {len(found) or 'no'} difference{'s' * (len(found) != 1)} from {recording.opening.service}")
    raise typer.Exit(bool(found))
