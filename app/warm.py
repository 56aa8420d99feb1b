"""What a process makes once and keeps, made before it has a call: later it would hold up that call's event loop."""

import gc
from collections.abc import Iterator
from functools import cache

import anyio._backends._asyncio  # noqa: F401 - this and the next three would be loaded in the first call, or outage
import livekit.agents.llm.async_toolset
import livekit.rtc.resources  # noqa: F401
import openai.resources.audio.audio
from livekit.agents.tokenize import basic
from livekit.agents.utils.http_context import _create_ssl_context
from sqlalchemy.orm import configure_mappers

from app.lines import LINES
from switchboard.transfer.hold_music import music

EVENTS = "openai.types.realtime."


@cache
def warm() -> None:
    """Make the trusted certificates, how rows become objects, the types of the service's events, the versions of the
    lines, where words may be parted, by which they are shown as they are heard, and the music for callers who wait;
    0.25 s of CPU.
    """
    _create_ssl_context()
    configure_mappers()
    for model in _below(openai.BaseModel):
        if model.__module__.startswith(EVENTS):
            model.model_rebuild()
    for line in LINES.values():
        _ = line.versions
    basic.hyphenate_word("word")
    next(music())


@cache
def keep() -> None:
    """Let the garbage collector look no more at what there is by now. Once: calls of other threads leave theirs."""
    gc.freeze()


def _below(model: type[openai.BaseModel]) -> Iterator[type[openai.BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)
