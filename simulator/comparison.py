"""Our simulator against a recording: the client's side once more, and what our server says otherwise."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import aiohttp

from simulator.difference import differences
from simulator.options import Options
from simulator.playback import Playback
from simulator.recording import Recording, RecordingError
from simulator.replay import Replay
from simulator.server import Simulator
from simulator.tempo import tempo

KEY = {"api-key": "comparison"}


async def compare(recording: Recording, options: Options | None = None) -> list[str]:
    """The differences, one a line. It takes as long as the recorded session. Raises RecordingError."""
    mind = Playback(recording, strict=False, lingering=True)
    chosen = replace(options or Options(), **tempo(recording), reasoning=_reasons(recording))  # type: ignore[arg-type]
    opening = recording.opening
    async with Simulator(mind, chosen) as simulator, aiohttp.ClientSession() as http:
        address = f"{simulator.url}{opening.path}?{urlencode(opening.query)}"
        try:
            socket = await http.ws_connect(address, headers=KEY, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as refused:
            raise RecordingError(f"{recording.name}:1: the simulator refuses it: {refused.status}") from None
        async with socket:
            return differences(recording, await Replay(recording, socket).run())


def _reasons(recording: Recording) -> bool:
    """It was a reasoning model: that is a choice, and no difference."""
    sessions = [(frame.event or {}).get("session") for frame in recording.sent("server")]
    return any(isinstance(session, dict) and "reasoning" in session for session in sessions)
