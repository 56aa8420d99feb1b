"""Recordings that a test writes line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.recording import Recording

Line = dict[str, Any]
OPENING: Line = {"recording": 1, "service": "x", "path": "/v1/realtime", "query": {}, "began": "2026-11-27"}


def server(kind: str, **fields: Any) -> Line:
    """An event of the server."""
    return {"at": 1, "from": "server", "event": {"type": kind, **fields}}


def client(kind: str, **fields: Any) -> Line:
    """An event of the client."""
    return {"at": 1, "from": "client", "event": {"type": kind, **fields}}


def recording(folder: Path, *lines: Line) -> Recording:
    """What these lines make."""
    file = folder / "x.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in (OPENING, *lines)))
    return Recording.load(file)
