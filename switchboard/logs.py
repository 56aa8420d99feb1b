"""Log lines, each with the call and the agent it belongs to. What callers say never stands in a log."""

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import structlog

from switchboard.settings.schema import Log

# LiveKit warns about every sentence that a text-to-speech speaks; agents with a voice of their own do nothing else.
EXPECTED_OF_TEXT_ANSWERS = (
    "text response received from realtime API, falling back to use a TTS model.",
    "in audio modality.",
    "resume_false_interruption is enabled but audio output does not support pause",
)
# What LiveKit and its clients log for people who debug them: bodies of requests, every frame.
TOO_TALKATIVE = ("sqlalchemy", "aiosqlite", "alembic", "asyncio", "httpx2", "openai", "aiohttp.access")


@dataclass
class CallTag:
    """What the log lines of one call carry. One object a call: the agent changes in every task's lines at once."""

    call: str
    agent: str = ""


TAG: ContextVar[CallTag | None] = ContextVar("call_tag", default=None)


def configure(settings: Log, file: Path | None = None) -> None:
    """Send all log lines to standard error, or to `file`, in the form that the settings name."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_call,
        drop_personal,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(settings)],
    )
    handler = logging.StreamHandler(_stream(file))
    handler.setFormatter(formatter)
    handler.addFilter(is_news)
    logging.root.handlers = [handler]
    logging.root.setLevel(settings.level.upper())
    for name in TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def is_news(record: logging.LogRecord) -> bool:
    """Whether a line tells something: LiveKit's warnings about what our agents are made to do are left out."""
    message = record.getMessage()
    return not any(known in message for known in EXPECTED_OF_TEXT_ANSWERS)


def add_call(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the call and the agent."""
    if tag := TAG.get():
        line.setdefault("call", tag.call)
        line.setdefault("agent", tag.agent)
    return line


def drop_personal(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: without the fields that LiveKit marks as personal (`lk.pii.*`) or that quote a service."""
    for field in [
        name for name in line if name.startswith("lk.pii") or name in ("error", "body", "tool", "event_data")
    ]:
        if not isinstance(line[field], str) or field.startswith("lk.pii"):
            del line[field]
    return line


def _rendering(settings: Log) -> list[Any]:
    if settings.format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # structlog's own tracebacks show every local variable, keys among them
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _stream(file: Path | None) -> TextIO:
    if file is None:
        return sys.stderr
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("a", encoding="utf-8")
