"""An item as `conversation.item.retrieved` shows it: with its audio, in the format of the session."""

from __future__ import annotations

import base64
from typing import Any

from simulator.audio_format import FORMATS
from simulator.chain import Entry
from simulator.session import Session
from simulator.voice import BYTES_PER_MS


def shown_with_audio(entry: Entry, session: Session) -> dict[str, Any]:
    """The item, and in its one part what was heard or sent of it."""
    pcm, side = entry.heard, "input"
    if entry.speech is not None:
        pcm, side = entry.speech.pcm[: round(entry.sent_ms * BYTES_PER_MS)], "output"
    if not pcm or not entry.item["content"]:
        return dict(entry.item)
    data = FORMATS[session.effective["audio"][side]["format"]["type"]].encode(pcm)
    part = {**entry.item["content"][0], "audio": base64.b64encode(data).decode()}
    return {**entry.item, "content": [part]}
