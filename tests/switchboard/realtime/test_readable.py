"""What the service may send by its own description is read; tests/attacks/test_b17_frames.py has what is not."""

import typing
from collections.abc import Hashable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit.agents import llm
from openai import BaseModel
from openai.types.realtime import RealtimeServerEvent
from structlog.testing import capture_logs

from simulator.mind import CallTool, Say
from switchboard.realtime.readable import read
from tests.switchboard.realtime.test_session import connected, said

DESCRIBED: tuple[type[BaseModel], ...] = typing.get_args(typing.get_args(RealtimeServerEvent)[0])


def events(kind: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    """Objects with any values that the description allows."""
    fields = {name: values(typing.cast(Hashable, field.annotation)) for name, field in kind.model_fields.items()}
    return st.builds(kind.model_construct, **fields)


@cache
def values(annotation: Hashable) -> st.SearchStrategy[typing.Any]:
    parts = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return events(annotation)
    if origin is typing.Annotated:
        return values(parts[0])
    if origin is list:
        return st.lists(values(parts[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(st.text(), values(parts[1]), max_size=2)
    if origin is typing.Union:
        return st.one_of(*map(values, parts))
    return st.none() if annotation is object else st.from_type(typing.cast(type, annotation))


@pytest.mark.parametrize("kind", DESCRIBED, ids=lambda kind: kind.__name__)
def test_every_event_that_openai_describes_is_readable(kind: type[BaseModel]) -> None:
    @settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
    @given(event=events(kind))
    def is_readable(event: BaseModel) -> None:
        assert read(event.model_dump_json())

    is_readable()


async def test_all_of_a_call_with_a_tool_is_read_and_what_the_tool_returned_is_in_the_conversation() -> None:
    with capture_logs() as logs:
        async with connected([CallTool("look_up", {})], [Say("Here it is.")]) as stage:
            answer = await stage.session.generate_reply()
            [call] = [call async for call in answer.function_stream]
            history = stage.session.chat_ctx.copy()
            history.items.append(
                llm.FunctionCallOutput(name=call.name, call_id=call.call_id, output="A desk.", is_error=False)
            )
            await stage.session.update_chat_ctx(history)
            await said(await stage.session.generate_reply())

            assert [item.output for item in stage.session.chat_ctx.items if item.type == "function_call_output"] == [
                "A desk."
            ]
            assert stage.session.sockets == 1
    assert [entry for entry in logs if "could not be read" in entry["event"]] == []
