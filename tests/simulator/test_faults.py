"""What goes wrong on purpose."""

from __future__ import annotations

import time

import aiohttp
import pytest

from simulator.faults import Fault, Faults, UnknownFault
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, KEY, connect

TEXT = {"output_modalities": ["text"]}
LONG = "This is a long sentence that takes quite a while to say, so that there is time to do something in between."


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownFault, match=r"unknown fault 'earthquake'; known: .*drop_mid_response.*stall"):
        Faults().add("earthquake")


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownFault, match=r"'stall' has no setting 'hours'; it has: seconds"):
        Faults().add("stall", hours=1)


def test_a_fault_hits_the_next_n_after_those_it_skips() -> None:
    faults = Faults()
    faults.add("stall", count=2, skip=1)

    assert [faults.take("stall") is not None for _ in range(5)] == [False, True, True, False, False]


def test_a_fault_without_a_count_lasts_until_it_is_cleared() -> None:
    faults = Faults((Fault("stall", count=None), Fault("rate_limit")))
    assert all(faults.take("stall") for _ in range(10))
    faults.clear("stall")

    assert faults.take("stall") is None
    assert faults.take("rate_limit") is not None


def test_probability_is_repeatable() -> None:
    def hits(seed: int) -> list[bool]:
        faults = Faults((Fault("stall", count=None, probability=0.5),), seed)
        return [faults.take("stall") is not None for _ in range(50)]

    assert hits(1) == hits(1)
    assert hits(1) != hits(2)
    assert 10 < sum(hits(1)) < 40


async def test_a_refused_connection_has_its_status() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("refuse", status=429, code="429")
        simulator.faults.add("unauthorized", skip=0)
        for status in (429, 401):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(simulator.url + GA, headers=KEY)
            assert refused.value.status == status

        async with connect(simulator):
            assert (simulator.open, simulator.opened) == (1, 1)


async def test_a_drop_in_mid_audio_comes_after_that_much_audio() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop_mid_response", after_ms=500)
        await wire.send("response.create")
        message = await wire.closed()

        assert message.type is aiohttp.WSMsgType.CLOSED
        assert wire.socket.close_code == 1006
        assert wire.seen[-1]["type"] == "response.output_audio.delta"
        assert sum(e["type"] == "response.output_audio.delta" for e in wire.seen) == 5
        await simulator.wait_for(lambda: simulator.open == 0)


async def test_a_drop_in_mid_text_comes_after_that_many_characters() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop_mid_response", after_chars=20)
        await wire.send("response.create", response=TEXT)
        await wire.closed()

        text = "".join(e["delta"] for e in wire.seen if e["type"] == "response.output_text.delta")
        assert text == "This is a long sentence"


async def test_a_drop_at_the_response_leaves_only_its_creation() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop")
        await wire.send("response.create")
        await wire.closed()

        assert wire.kinds() == ["session.created", "response.created"]


async def test_an_idle_socket_is_dropped_even_if_it_idles_already() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop_idle")
        assert (await wire.closed()).type is aiohttp.WSMsgType.CLOSED


async def test_all_sockets_can_be_dropped_now() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as one, connect(simulator) as other:
        await one.ask("response.create", "response.output_audio.delta")
        await simulator.drop()

        assert simulator.open == 0
        assert (await one.closed()).type is (await other.closed()).type is aiohttp.WSMsgType.CLOSED


async def test_a_stall_delays_everything_and_loses_nothing() -> None:
    async with Simulator(Given("Yes.")) as simulator, connect(simulator) as wire:
        simulator.faults.add("stall", seconds=0.3)
        begun = time.monotonic()
        await wire.send("response.create", response=TEXT)
        await wire.until("response.done")

        assert time.monotonic() - begun >= 0.29
        assert wire.kinds()[1] == "response.created"


@pytest.mark.parametrize(
    ("fault", "status", "details"),
    [
        ("rate_limit", "failed", "inference_rate_limit_exceeded"),
        ("failed_response", "failed", "server_error"),
        ("content_filter", "incomplete", "content_filter"),
        ("incomplete", "incomplete", "max_output_tokens"),
    ],
)
async def test_a_response_fails_and_the_session_lives(fault: str, status: str, details: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add(fault)
        done = (await wire.ask("response.create", "response.done", response=TEXT))["response"]
        assert done["status"] == status
        assert details in (done["status_details"].get("reason"), done["status_details"].get("error", {}).get("code"))

        done = (await wire.ask("response.create", "response.done", response=TEXT))["response"]
        assert done["status"] == "completed"


async def test_a_rate_limit_says_when_to_try_again() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("rate_limit", seconds=20)
        done = (await wire.ask("response.create", "response.done", response=TEXT))["response"]
        message = "Rate limit is exceeded. Please try again in 20 seconds."
        assert done["status_details"]["error"]["message"] == message


@pytest.mark.parametrize("fault", ["content_filter", "incomplete"])
async def test_an_answer_may_end_in_mid_sentence(fault: str) -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        simulator.faults.add(fault, after_chars=20)
        done = (await wire.ask("response.create", "response.done", response=TEXT))["response"]
        assert done["output"][0]["content"][0]["text"] == "This is a long sentence"


async def test_a_malformed_event_is_sent_as_it_is() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("malformed", frame="{")
        await wire.ask("response.create", "response.created", response=TEXT)
        assert await wire.socket.receive_str() == "{"
        await wire.until("response.done")


async def test_slow_audio_comes_at_its_own_pace() -> None:
    async with Simulator(Given("Yes.")) as simulator, connect(simulator) as wire:
        simulator.faults.add("slow_audio", pace=1.0)
        begun = time.monotonic()
        done = (await wire.ask("response.create", "response.done"))["response"]
        assert time.monotonic() - begun >= done["usage"]["output_token_details"]["audio_tokens"] / 20 - 0.1


async def test_a_transcription_may_fail() -> None:
    options = Options(faults=(Fault("transcription_failed"),))
    async with Simulator(Given(hears=["Hello."]), options) as simulator, connect(simulator) as wire:
        audio = {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}}
        await wire.ask("session.update", "session.updated", session={"type": "realtime", "audio": audio})
        await wire.append(bytes(9600))
        await wire.ask("input_audio_buffer.commit", "conversation.item.input_audio_transcription.failed")
