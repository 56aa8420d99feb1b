"""What a process makes once and keeps, made before it has a call: later it would hold up that call's event loop."""

import gc
from collections.abc import Iterator
from functools import cache

import openai
from livekit.agents.tokenize import basic
from livekit.agents.utils.http_context import _create_ssl_context
from sqlalchemy.orm import configure_mappers

EVENTS = "openai.types.realtime."


@cache
def warm() -> None:
    """Make the trusted certificates, how rows become objects, the types of the service's events, and where words may be
    parted, by which they are shown as they are heard; 0.13 s of CPU.

    All that there is by then stays: the garbage collector does not look at it any more.
    """
    _create_ssl_context()
    configure_mappers()
    for model in _below(openai.BaseModel):
        if model.__module__.startswith(EVENTS):
            model.model_rebuild()
    basic.hyphenate_word("word")
    gc.freeze()


def _below(model: type[openai.BaseModel]) -> Iterator[type[openai.BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)
