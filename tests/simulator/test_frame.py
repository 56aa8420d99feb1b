import json

import pytest

from simulator.frame import DEEPEST, NotJson, parsed
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, connect

HOSTILE = {
    "broken": "{",
    "a 100,000 times nested list": "[" * 100_000 + "]" * 100_000,
    "a 100,000 times nested object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a little too deep": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
    "an integer of 5,000 digits": "9" * 5_000,
    "more than a number can be": "1e999",
    "no number": "NaN",
    "infinity": "-Infinity",
    "half a character": '"\\ud83d"',
}


@pytest.mark.parametrize("frame", HOSTILE.values(), ids=HOSTILE)
def test_what_no_server_can_work_with_is_no_json(frame: str) -> None:
    with pytest.raises(NotJson):
        parsed(frame)
    with pytest.raises(NotJson):
        parsed(frame.encode())


@pytest.mark.parametrize("value", [None, 1.5, 10**4000, "\U0001f600", ["é"], {"a": [{"b": "\\u"}]}])
def test_what_json_can_say_is_read(value: object) -> None:
    assert parsed(json.dumps(value)) == value
    assert parsed("[" * DEEPEST + "]" * DEEPEST)


def test_bytes_that_are_no_text_are_no_json() -> None:
    with pytest.raises(NotJson):
        parsed(b'"\xff"')


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_frame_is_refused_and_the_session_lives(path: str, value: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path) as wire:
        await wire.socket.send_str(f'{{"type": "session.update", "session": {{"tools": {value}}}}}')
        error = (await wire.until("error"))["error"]
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")

        assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_json")
