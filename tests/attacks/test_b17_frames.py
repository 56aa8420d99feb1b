"""B17: a frame of the realtime service's that cannot be read is passed over, and the call goes on."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from simulator.mind import Say
from switchboard.realtime.readable import ReadableFrames, read
from tests.switchboard.realtime.test_session import connected

DEEP = "[" * 100_000
UNREADABLE = {
    "nothing": "",
    "words": "hello",
    "half an event": '{"type": "response.created"',
    "a number": "42",
    "null": "null",
    "a list": "[]",
    "a text": '"response.created"',
    "an event without a type": "{}",
    "a type that is no text": '{"type": ["response.created"]}',
    "too deep": DEEP,
    "too deep inside": json.dumps({"type": "error", "error": None})[:-1] + f', "more": {DEEP}',
    "a response that is none": '{"type": "response.created", "response": "resp_1"}',
    "a response of lists": '{"type": "response.created", "response": []}',
    "metadata that is none": '{"type": "response.created", "response": {"id": "r", "metadata": "x"}}',
    "an id that is none": '{"type": "input_audio_buffer.committed", "item_id": ["a"]}',
    "an id that is an object": '{"type": "response.output_audio.delta", "response_id": {}, "delta": ""}',
    "a transcript of one": '{"type": "conversation.item.input_audio_transcription.completed", "item_id": {"a": 1}}',
    "sound that is none": '{"type": "response.output_audio.delta", "response_id": "r", "delta": 7}',
    "sound without any": '{"type": "response.output_audio.delta", "response_id": "r"}',
    "sound without any, in the preview's words": '{"type": "response.audio.delta"}',
    "sound that is null": '{"type": "response.output_audio.delta", "delta": null}',
    "metadata of lists": '{"type": "response.created", "response": {"id": "r", "metadata": {"client_event_id": []}}}',
    "an item that is none": '{"type": "conversation.item.added", "item": "i"}',
    "an item's id that is none": '{"type": "conversation.item.added", "item": {"id": 7}}',
    "an output that is none": '{"type": "conversation.item.added", "item": {"id": "i", "output": []}}',
    "an answer's output that is none": '{"type": "response.done", "response": {"id": "r", "output": "x"}}',
    "content that is none": '{"type": "conversation.item.added", "item": {"id": "i", "content": ["x"]}}',
    "an error that is none": '{"type": "error", "error": "no"}',
}
READABLE = {
    "unknown": '{"type": "unheard.of", "anything": [1, {"a": "b"}]}',
    "a session": '{"type": "session.created", "session": {"tools": [{"parameters": {"properties": {"status": {}}}}]}}',
    "an error without a code": '{"type": "error", "error": {"code": null, "message": "no", "param": null}}',
    "an answer": '{"type": "response.done", "response": {"id": "r", "status": "completed", "output": []}}',
}


@pytest.mark.parametrize("frame", UNREADABLE)
async def test_the_answer_is_heard_although_a_frame_before_it_cannot_be_read(frame: str) -> None:
    async with connected([Say("Here it is.")]) as stage:
        stage.simulator.faults.add("malformed", frame=UNREADABLE[frame])

        assert await stage.ask() == "Here it is."
        assert stage.errors == []
        assert stage.session.sockets == 1


@pytest.mark.parametrize(("frame", "is_readable"), [(f, False) for f in UNREADABLE] + [(f, True) for f in READABLE])
def test_what_can_be_read_is_told_from_what_cannot(frame: str, is_readable: bool) -> None:
    assert (read((UNREADABLE | READABLE)[frame]) is not None) == is_readable


@asynccontextmanager
async def server(*frames: str | bytes) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection to a server that sends these and leaves."""

    async def answer(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for frame in frames:
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(site.name) as connection:
            yield connection
    finally:
        await runner.cleanup()


async def test_of_binary_and_unreadable_frames_only_one_line_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    event = '{"type": "session.created"}'
    async with server(b"\x00\xff", "hello", b"{}", event, "[]") as connection:
        frames = ReadableFrames(connection)

        assert (await frames.receive()).data == event
        assert (await frames.receive()).type is WSMsgType.CLOSE
        assert frames.closed

    said_aloud = "".join(capfd.readouterr())
    assert said_aloud.count("could not be read") == 1
    assert "hello" not in said_aloud
