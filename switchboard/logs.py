"""Log lines, each with the call and the agent it belongs to. What callers say never stands in a log."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import structlog

from switchboard.files import keep_private, private_folder
from switchboard.redaction.redactor import NOTHING, Redactor
from switchboard.settings.schema import Log
from switchboard.text import visible

# LiveKit warns about every sentence that a text-to-speech speaks; agents with a voice of their own do nothing else.
EXPECTED_OF_TEXT_ANSWERS = (
    "text response received from realtime API, falling back to use a TTS model.",
    "in audio modality.",
    "resume_false_interruption is enabled but audio output does not support pause",
)
# What LiveKit and its clients log for people who debug them: bodies of requests, every frame.
TOO_TALKATIVE = ("sqlalchemy", "aiosqlite", "alembic", "asyncio", "httpx2", "openai", "aiohttp.access")
QUOTING = ("error", "body", "tool", "event_data")
"""Fields that hold what a service said; a name alone, such as an error's type, is ours and stays."""
OURS = frozenset(("call", "agent", "level", "logger", "timestamp", "exc_info", "_record", "_from_structlog"))
A_NAME = re.compile(r"[A-Za-z_][\w.]*")
A_NUMBER = re.compile(r"(\+|sips?[_:]|tel:|Phone )\+?[0-9]{3,}([0-9]{2})")


@dataclass
class CallTag:
    """What the log lines of one call carry. One object a call: the agent changes in every task's lines at once."""

    call: str
    agent: str = ""


TAG: ContextVar[CallTag | None] = ContextVar("call_tag", default=None)


def configure(settings: Log, file: Path | None = None, redactor: Redactor = NOTHING) -> None:
    """Send all log lines to standard error, or to `file`, in the form that the settings name."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_call,
        drop_personal,
        mask_numbers,
        partial(redact, redactor),
        without_reprs,
    ]
    processors = structlog.get_config()["processors"]  # the same list: whoever has logged before keeps it
    processors[:] = [*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structlog.configure(
        processors=processors,
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
    for field in [name for name in line if name.startswith("lk.pii") or name in QUOTING]:
        if field.startswith("lk.pii") or not (isinstance(line[field], str) and A_NAME.fullmatch(line[field])):
            del line[field]
    return line


def mask_numbers(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: of a phone number two digits; LiveKit calls a caller by it (`sip_+15550111`)."""
    masked = {name: A_NUMBER.sub(r"\1***\2", value) for name, value in line.items() if isinstance(value, str)}
    line.update(masked)
    return line


def redact(redactor: Redactor, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: without what tells of somebody. Times and names of ours stay."""
    line.update({name: redactor.json(value) for name, value in line.items() if name not in OURS})
    return line


def without_reprs(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: of what asyncio complains of, and not the task with its error, which it writes below."""
    if line.get("logger") == "asyncio":
        line["event"] = str(line["event"]).partition("\n")[0]
    return line


def types_and_stack(error: BaseException) -> str:
    """What an error and those before it are, and where they came from; what they say may quote a caller or a key."""
    return "\n".join(_traceback_lines(error, set()))


def _traceback_lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for other in (before, *(error.exceptions if isinstance(error, BaseExceptionGroup) else ())):
        if other is not None and id(other) not in seen:
            yield from _traceback_lines(other, seen)
            yield "and with it:"
    yield "Traceback (most recent call last):"
    yield from (frame.rstrip() for frame in traceback.format_tb(error.__traceback__))
    yield f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _rendering(settings: Log) -> list[Any]:
    if settings.format == "json":
        as_text = structlog.processors.ExceptionRenderer(lambda info: types_and_stack(info[1]))
        return [as_text, structlog.processors.JSONRenderer()]
    return [written_out, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_write_error)]


def written_out(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: no value begins a line of its own or speaks to the terminal."""
    shown = {name: visible(value) for name, value in line.items() if isinstance(value, str) and name != "stack"}
    line.update(shown)
    return line


def _write_error(out: TextIO, info: Any) -> None:
    out.write(f"\n{types_and_stack(info[1])}")


def _stream(file: Path | None) -> TextIO:
    if file is None:
        return sys.stderr
    private_folder(file.parent)
    stream = file.open("a", encoding="utf-8")
    keep_private(file)
    return stream
