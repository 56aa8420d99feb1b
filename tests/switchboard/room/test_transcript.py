"""What is said, as it is sent to the page: whole, whatever fails on the way."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from switchboard.room.caller import CallerRoom
from switchboard.room.transcript import Segment


class Streams:
    """A room whose text streams fail when they are told to; keeps what came through, a text a stream."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.segments: list[str] = []
        self.ended: list[int] = []
        self.failing = False
        self.audience = ["caller"]
        self.room = SimpleNamespace(local_participant=SimpleNamespace(stream_text=self._open))

    def microphone_of(self, _: str) -> None:
        return None

    async def _open(self, *, attributes: dict[str, str], **_: Any) -> Any:
        place = len(self.texts)
        self.texts.append("")
        self.segments.append(attributes["lk.segment_id"])

        async def write(text: str) -> None:
            if self.failing:
                raise ConnectionError
            self.texts[place] += text

        async def aclose(**_: Any) -> None:
            if self.failing:
                raise ConnectionError
            self.ended.append(place)

        return SimpleNamespace(write=write, aclose=aclose)


def segment(streams: Streams, text: str) -> Segment:
    new = Segment(cast(CallerRoom, streams), "agent")
    new.text = text
    return new


async def test_a_segment_grows_in_one_stream_and_is_ended() -> None:
    streams = Streams()
    said = segment(streams, "Hello")
    await said.write(1)
    said.text += ", and welcome"
    await said.write(1)
    await said.end(1)

    assert (streams.texts, streams.ended) == (["Hello, and welcome"], [0])


async def test_a_page_that_comes_anew_gets_all_of_it_under_the_same_id() -> None:
    streams = Streams()
    said = segment(streams, "Hello")
    await said.write(1)
    said.text += ", and welcome"
    await said.end(2)

    assert streams.texts == ["Hello", "Hello, and welcome"]
    assert len(set(streams.segments)) == 1
    assert streams.ended == [1]


async def test_what_could_not_be_written_is_written_with_the_rest_when_it_is_tried_again() -> None:
    streams = Streams()
    said = segment(streams, "Hello")
    await said.write(1)
    said.text += ", and welcome"
    streams.failing = True
    with pytest.raises(ConnectionError):
        await said.write(1)
    streams.failing = False
    await said.write(1)

    assert streams.texts[-1] == "Hello, and welcome"


async def test_an_end_that_could_not_be_told_is_told_when_it_is_tried_again() -> None:
    streams = Streams()
    said = segment(streams, "Hello")
    await said.write(1)
    streams.failing = True
    with pytest.raises(ConnectionError):
        await said.end(1)
    streams.failing = False
    await said.end(1)

    assert streams.texts[streams.ended[-1]] == "Hello"
