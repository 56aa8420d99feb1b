"""Sentences read aloud beside the conversation: whose events are whose."""

import asyncio
import base64
from typing import Any

import pytest
from livekit.agents import APIConnectionError

from switchboard.line.quoted import inside_quotes
from switchboard.line.sentences import READ_ALOUD
from switchboard.realtime.aloud import Readings, reading_request

AUDIO = b"\x01\x00\x02\x00"


class Service:
    """Takes requests, and gives the events of a response."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def created(self, response: str) -> dict[str, Any]:
        metadata = {"client_event_id": self.asked[-1]["event_id"]}
        return {"type": "response.created", "response": {"id": response, "metadata": metadata}}


def audio(response: str) -> dict[str, Any]:
    return {"type": "response.output_audio.delta", "response_id": response, "delta": base64.b64encode(AUDIO).decode()}


def done(response: str, status: str = "completed") -> dict[str, Any]:
    return {"type": "response.done", "response": {"id": response, "status": status}}


async def read(readings: Readings) -> bytes:
    return b"".join([chunk async for chunk in readings.read("Good morning.", preview=False)])


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def readings(service: Service) -> Readings:
    return Readings(service.asked.append)


async def begun(readings: Readings) -> asyncio.Task[bytes]:
    reading = asyncio.create_task(read(readings))
    await asyncio.sleep(0)  # it asks
    return reading


async def test_its_events_are_its_own_until_it_is_done(readings: Readings, service: Service) -> None:
    reading = await begun(readings)

    assert all(readings.take(event) for event in (service.created("one"), audio("one"), done("one")))
    assert not readings.take(audio("one"))
    assert await reading == AUDIO


async def test_another_answers_events_are_not_its_own(readings: Readings, service: Service) -> None:
    reading = await begun(readings)

    assert not readings.take(audio("other"))
    assert not readings.take(done("other"))
    assert readings.take(service.created("one"))
    readings.take(done("one"))
    assert await reading == b""


async def test_one_that_is_not_read_to_its_end_has_failed(readings: Readings, service: Service) -> None:
    reading = await begun(readings)
    readings.take(service.created("one"))
    readings.take(done("one", "cancelled"))

    with pytest.raises(APIConnectionError, match=r"^the realtime model did not read the sentence to its end"):
        await reading


async def test_a_lost_connection_breaks_it_off(readings: Readings) -> None:
    reading = await begun(readings)
    readings.fail("the connection was lost")

    with pytest.raises(APIConnectionError, match="the connection was lost"):
        await reading


async def test_one_that_nobody_waits_for_any_more_is_still_nobody_elses_answer(
    readings: Readings, service: Service
) -> None:
    reading = await begun(readings)
    reading.cancel()
    await asyncio.wait([reading])

    assert all(readings.take(event) for event in (service.created("one"), audio("one"), done("one")))
    assert not readings._readings


@pytest.mark.parametrize(
    ("preview", "modality"),
    [(False, {"output_modalities": ["audio"]}), (True, {"modalities": ["audio", "text"]})],
    ids=["GA", "preview"],
)
def test_a_sentence_is_read_outside_of_the_conversation_with_no_tools(preview: bool, modality: dict[str, Any]) -> None:
    assert reading_request("one", 'Say "yes".', preview) == {
        "type": "response.create",
        "event_id": "one",
        "response": {
            "conversation": "none",
            "input": [],
            "instructions": READ_ALOUD.format(text=inside_quotes('Say "yes".')),
            "metadata": {"client_event_id": "one"},
            "tool_choice": "none",
            **modality,
        },
    }
