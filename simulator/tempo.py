"""How fast a recorded service answered and spoke, so that a simulator can be as fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from simulator.recording import Frame, Recording

BYTES_PER_MS = {"pcm": 48, "mu": 8, "ulaw": 8, "pcma": 8, "alaw": 8}
SLOWEST, FASTEST = 0.1, 1000.0


def tempo(recording: Recording) -> dict[str, float]:
    """`first_audio` and `pace` as in the simulator's options; what the recording does not tell is left out."""
    spoken = list(_spoken(recording))
    waits = [pieces[0].at - created for created, pieces in spoken]
    paces = [pace for _, pieces in spoken if (pace := _pace(pieces, _rate(recording))) is not None]
    told = {"first_audio": median(waits)} if waits else {}
    return told | ({"pace": min(FASTEST, max(SLOWEST, median(paces)))} if paces else {})


def _spoken(recording: Recording) -> Iterator[tuple[float, list[Frame]]]:
    created: dict[str, float] = {}
    pieces: dict[str, list[Frame]] = defaultdict(list)
    for frame in recording.sent("server"):
        event = frame.event or {}
        if frame.kind == "response.created" and isinstance(event.get("response"), dict):
            created[str(event["response"].get("id"))] = frame.at
        elif frame.audio and frame.kind.endswith("audio.delta"):
            pieces[str(event.get("response_id"))].append(frame)
    return ((created[key], frames) for key, frames in pieces.items() if key in created)


def _pace(pieces: list[Frame], bytes_per_ms: int) -> float | None:
    took = pieces[-1].at - pieces[0].at
    sent = sum(sound.bytes for piece in pieces[:-1] for sound in piece.audio)
    return sent / bytes_per_ms / 1000 / took if took > 0 else None


def _rate(recording: Recording) -> int:
    """Of the audio that is sent, by the last format that the session told."""
    told = "pcm"
    for frame in recording.sent("server"):
        session = (frame.event or {}).get("session") if frame.kind.startswith("session.") else None
        if isinstance(session, dict):
            told = str(session.get("output_audio_format") or (session.get("audio") or {}).get("output"))
    return next((rate for name, rate in reversed(BYTES_PER_MS.items()) if name in told), 48)
