"""Faults at every event, in and out: before it, in its place, after it, the n-th, after a time, in one session."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from simulator.faults import Faults, UnknownFault
from simulator.mind import CallTool, Reply, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, KEY, PREVIEW, Wire, connect

TEXT = {"output_modalities": ["text"]}
PREVIEW_TEXT = {"modalities": ["text"]}
REPLY: Reply = [Say("One moment."), CallTool("find_order", {"number": "10042"})]
ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
AUDIO = {"type": "realtime", "audio": {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}}}


async def a_turn(wire: Wire) -> None:
    """One spoken turn and its answer: words, then a call."""
    await wire.send("session.update", session=AUDIO)
    await wire.append(bytes(9600))
    await wire.send("input_audio_buffer.commit")
    await wire.send("response.create", response=TEXT)


async def kinds_of_a_turn() -> list[str]:
    async with Simulator(Given(REPLY, hears=["Hello."])) as simulator, connect(simulator) as wire:
        await a_turn(wire)
        await wire.until("rate_limits.updated")
        return [event["type"] for event in wire.seen[1:]]


async def dropped(**trigger: Any) -> list[str]:
    """What a client has seen of the turn when the socket is cut."""
    mind = Given(REPLY, hears=["Hello."])
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop", **trigger)
        await a_turn(wire)
        assert (await wire.closed()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        await simulator.wait_for(lambda: simulator.open == 0)
        return [event["type"] for event in wire.seen[1:]]


async def test_the_socket_can_be_cut_before_and_after_every_event_of_a_turn() -> None:
    kinds = await kinds_of_a_turn()
    assert len(kinds) > 20

    for nth in range(1, len(kinds) + 1):
        assert await dropped(at="*", when="before", nth=nth) == kinds[: nth - 1]
        assert await dropped(at="*", when="after", nth=nth) == kinds[:nth]


async def test_the_nth_event_of_a_kind_is_counted_by_kind() -> None:
    kinds = await kinds_of_a_turn()
    second = [index for index, kind in enumerate(kinds) if kind == "response.output_item.done"][1]

    assert await dropped(at="response.output_item.done", when="before", nth=2) == kinds[:second]
    assert await dropped(at="response.output_item.done", nth=2) == kinds[: second + 1]


async def test_moments_are_counted_from_the_arming_on() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "rate_limits.updated", response=TEXT)
        simulator.faults.add("drop", at="response.created", nth=1)
        await wire.send("response.create", response=TEXT)
        await wire.closed()

        assert wire.kinds().count("response.created") == 2


async def test_each_session_has_its_own_nth() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as one, connect(simulator) as other:
        simulator.faults.add("duplicate", at="response.done", nth=2, count=None)
        for wire in (one, other, one, other, one, other):
            await wire.ask("response.create", "rate_limits.updated", response=TEXT)

        for wire in (one, other):
            assert [event["type"] for event in wire.seen].count("response.done") == 4


async def test_one_session_can_be_struck_by_number_and_by_id() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as one, connect(simulator) as other:
        simulator.faults.add("drop", session=2)
        await one.ask("response.create", "response.done", response=TEXT)
        await other.send("response.create")
        await other.closed()

        simulator.faults.add("rate_limit", session="sess_of_nobody")
        simulator.faults.add("drop", at="response.done", session=one.seen[0]["session"]["id"])
        done = await one.ask("response.create", "response.done", response=TEXT)
        assert done["response"]["status"] == "completed"
        await one.closed()


@pytest.mark.parametrize("at", ["response.output_text.done", "response.text.done", "response.*text.done"])
async def test_an_event_has_its_name_of_either_dialect(at: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        simulator.faults.add("drop", at=at)
        await wire.send("response.create", response=PREVIEW_TEXT)
        await wire.closed()
        assert wire.seen[-1]["type"] == "response.text.done"


async def test_an_event_of_the_client_is_never_read_or_has_had_its_effect() -> None:
    mind = Given()
    async with Simulator(mind) as simulator:
        async with connect(simulator) as wire:
            simulator.faults.add("drop", at="conversation.item.create", when="before")
            await wire.send("conversation.item.create", item=ITEM)
            await wire.closed()
            assert wire.kinds() == ["session.created"]
        async with connect(simulator) as wire:
            simulator.faults.add("drop", at="conversation.item.create")
            await wire.send("conversation.item.create", item=ITEM)
            await wire.closed()
            assert wire.kinds()[1:] == ["conversation.item.added", "conversation.item.done"]


async def test_a_refused_event_of_the_client_has_no_effect() -> None:
    mind = Given()
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        simulator.faults.add("refuse", at="conversation.item.create", code="server_busy", message="Not now.")
        error = await wire.error("conversation.item.create", item=ITEM)
        await wire.ask("response.create", "response.done", response=TEXT)

        assert (error["code"], error["message"], error["type"]) == ("server_busy", "Not now.", "server_error")
        assert mind.requests[0].items == ()


async def test_a_refused_event_of_the_server_is_an_error_in_its_place() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("refuse", at="session.updated")
        error = await wire.ask("session.update", "error", session={"type": "realtime", "instructions": "Be kind."})

        assert error["error"]["code"] == "ServiceUnavailable"
        assert simulator.errors[-1].error["code"] == "ServiceUnavailable"


async def test_an_answer_whose_socket_was_cut_is_not_thought_of() -> None:
    mind = Given()
    async with Simulator(mind) as simulator:
        async with connect(simulator) as wire:
            simulator.faults.add("drop", at="response.created")
            await wire.send("response.create")
            await wire.closed()
        async with connect(simulator) as wire:
            await wire.ask("response.create", "response.done", response=TEXT)

        assert len(mind.requests) == 1


async def test_a_fault_strikes_by_itself_when_the_session_is_old_enough() -> None:
    async with Simulator(Given()) as simulator:
        simulator.faults.add("close", after=0.05, code=1012, reason="Restarting.")
        async with connect(simulator) as wire:
            assert (await wire.closed()).extra == "Restarting."
            assert wire.socket.close_code == 1012


async def test_a_fault_that_is_armed_later_strikes_after_its_own_time() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as one, connect(simulator) as other:
        simulator.faults.add("malformed", after=0.01, frame="{", session=2)
        assert await other.socket.receive_str() == "{"
        await one.ask("response.create", "response.done", response=TEXT)
        assert simulator.faults.armed == ()


async def test_a_fault_that_is_disarmed_in_time_does_not_strike() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop", after=0.01)
        simulator.faults.add("malformed", after=0.05, frame="{")
        simulator.faults.clear("drop")
        assert await wire.socket.receive_str() == "{"
        await wire.ask("response.create", "response.done", response=TEXT)


def test_a_fault_waits_for_the_younger_of_itself_and_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("simulator.faults.time.monotonic", lambda: now[0])
    faults = Faults()
    faults.session_opened("old")
    now[0] = 110.0
    faults.add("rate_limit", after=5.0, count=None)
    now[0] = 114.0
    faults.session_opened("young")
    assert faults.take("rate_limit", "old") is None
    now[0] = 116.0
    assert faults.take("rate_limit", "old") is not None
    assert faults.take("rate_limit", "young") is None
    now[0] = 119.5
    assert faults.take("rate_limit", "young") is not None


async def test_what_was_never_read_uses_up_no_words() -> None:
    async with Simulator(Given(hears=["Hello.", "Goodbye."])) as simulator:
        simulator.faults.add("drop", at="input_audio_buffer.commit", when="before")
        async with connect(simulator) as wire:
            await a_turn(wire)
            await wire.closed()
        async with connect(simulator) as wire:
            await a_turn(wire)
            done = await wire.until("conversation.item.input_audio_transcription.completed")
            assert done["transcript"] == "Hello."


async def test_a_moment_that_comes_too_early_is_let_pass() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("drop", at="response.done", after=3600.0)
        await wire.ask("response.create", "rate_limits.updated", response=TEXT)
        assert len(simulator.faults.armed) == 1


async def test_chance_depends_on_the_seed_and_the_session_and_on_nothing_else() -> None:
    async def struck(seed: int, others: int) -> list[int]:
        options = Options(seed=seed)
        async with Simulator(Given(otherwise=" ".join("abcdefgh" * 5)), options) as simulator:
            simulator.faults.add("duplicate", at="response.output_text.delta", probability=0.5, count=None)
            async with connect(simulator) as wire:
                for _ in range(others):
                    async with connect(simulator) as other:
                        await other.ask("response.create", "response.done", response=TEXT)
                await wire.ask("response.create", "response.done", response=TEXT)
            ids = [event["event_id"] for event in wire.seen if event["type"] == "response.output_text.delta"]
            return [ids.count(one) for one in dict.fromkeys(ids)]

    first = await struck(seed=1, others=0)
    assert {1, 2} == set(first)
    assert await struck(seed=1, others=2) == first
    assert await struck(seed=2, others=0) != first


async def test_a_duplicate_is_the_same_event_again() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("duplicate")
        first = await wire.ask("response.create", "response.done", response=TEXT)
        assert await wire.next() == first


async def test_a_wrong_order_swaps_an_event_and_the_next() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("wrong_order", at="response.output_item.added")
        await wire.ask("response.create", "response.done", response=TEXT)
        assert wire.kinds()[2:4] == ["conversation.item.added", "response.output_item.added"]
        assert [event["type"] for event in wire.seen].count("response.output_item.added") == 1


async def test_what_is_unconfirmed_is_so_all_the_same() -> None:
    mind = Given()
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        simulator.faults.add("unconfirmed")
        await wire.send("session.update", session={"type": "realtime", "instructions": "Be kind."})
        await wire.ask("response.create", "response.done", response=TEXT)

        assert "session.updated" not in wire.kinds()
        assert mind.requests[0].instructions == "Be kind."


async def test_a_stall_begins_at_its_event() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("stall", at="response.output_item.added", when="before", seconds=0.3)
        await wire.ask("response.create", "response.created", response=TEXT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await wire.next()


async def test_a_session_expires_at_an_event() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("expire", at="*", nth=3, count=None)
        await wire.send("response.create", response=TEXT)
        await wire.closed()
        assert [event["type"] for event in wire.seen[1:]] == [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "error",
        ]
        assert wire.seen[-1]["error"]["code"] == "session_expired"


async def test_a_fault_at_every_event_does_not_strike_what_it_sends_itself() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        simulator.faults.add("refuse", at="*", count=None)
        await wire.send("conversation.item.create", item=ITEM)
        await wire.ask("input_audio_buffer.clear", "error")
        await wire.until("error")
        await wire.until("error")

        assert wire.kinds()[1:] == ["error"] * 3


async def test_a_half_open_socket_is_open_and_dead() -> None:
    mind = Given()
    async with Simulator(mind) as simulator, aiohttp.ClientSession() as http:
        socket = await http.ws_connect(simulator.url + GA, headers=KEY, heartbeat=0.2)
        wire = Wire(socket)
        await wire.until("session.created")
        simulator.faults.add("half_open", at="response.created")
        await wire.ask("response.create", "response.created", response=TEXT)
        await wire.send("response.create", response=TEXT)

        message = await wire.closed()
        assert message.type is aiohttp.WSMsgType.ERROR, "only the client's own heartbeat tells"
        assert mind.requests == []
        await simulator.wait_for(lambda: simulator.open == 0)


async def test_a_half_open_socket_answers_no_goodbye() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        timeout = aiohttp.ClientWSTimeout(ws_close=0.1)
        socket = await http.ws_connect(simulator.url + GA, headers=KEY, timeout=timeout)
        wire = Wire(socket)
        simulator.faults.add("half_open", at="input_audio_buffer.cleared")
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        await socket.close()

        assert socket.close_code == 1006
        await simulator.wait_for(lambda: simulator.open == 0)


async def test_a_half_open_socket_does_not_keep_the_simulator() -> None:
    async with aiohttp.ClientSession() as http:
        async with Simulator(Given()) as simulator:
            wire = Wire(await http.ws_connect(simulator.url + GA, headers=KEY))
            simulator.faults.add("half_open", at="input_audio_buffer.cleared")
            await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        assert simulator.open == 0


async def test_a_handshake_is_cut_or_comes_late_or_never() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("drop", at="connect", count=2)  # aiohttp tries a second time
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await http.ws_connect(simulator.url + GA, headers=KEY)

        for fault in ("half_open", "stall"):
            simulator.faults.add(fault, at="connect")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await http.ws_connect(simulator.url + GA, headers=KEY)

        simulator.faults.add("refuse", nth=2, count=None)
        async with connect(simulator):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(simulator.url + GA, headers=KEY)
        async with connect(simulator):
            pass


@pytest.mark.parametrize(
    ("name", "trigger", "complaint"),
    [
        ("drop", {"at": "response.output_item.dne"}, "no event is called 'response.output_item.dne'"),
        ("duplicate", {"at": "session.update"}, "'duplicate' cannot strike at 'session.update', only at: server"),
        ("duplicate", {"at": "connect"}, "cannot strike at 'connect'"),
        ("duplicate", {"at": "response.done", "when": "before"}, "'duplicate' has no `when` here"),
        ("refuse", {"when": "after"}, "no `when`"),
        ("drop", {"at": "connect", "when": "before"}, "no `when`"),
        ("drop", {"at": "response.done", "when": "during"}, "when is 'before' or 'after', not 'during'"),
        ("rate_limit", {"at": "response.done"}, "'rate_limit' has a place of its own: .*It has no `at`"),
        ("refuse", {"after": 1.0}, "'refuse' does not strike by itself: say `at`"),
        ("drop", {"after": 1.0, "nth": 2}, "say `at`"),
        ("drop", {"nth": 0}, "nth has to be at least 1, not 0"),
        ("drop", {"count": 0}, "count has to be at least 1"),
        ("drop", {"skip": -1}, "cannot be negative"),
        ("drop", {"after": -1.0}, "cannot be negative"),
        ("drop", {"probability": 1.5}, "probability is from 0 to 1, not 1.5"),
        ("stall", {"seconds": "long"}, "seconds has to be a number, not 'long'"),
        ("close", {"reason": 1}, "reason has to be text, not 1"),
    ],
)
async def test_a_trigger_that_cannot_be_is_refused(name: str, trigger: dict[str, Any], complaint: str) -> None:
    async with Simulator(Given()) as simulator:
        with pytest.raises(UnknownFault, match=complaint):
            simulator.faults.add(name, **trigger)
        assert simulator.faults.armed == ()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["drop", "close", "half_open", "malformed", "expire", "stall"])
async def test_whatever_strikes_whenever_the_simulator_lives(
    name: str, when: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings: dict[str, Any] = {"seconds": 0.01} if name == "stall" else {}
    async with Simulator(Given(otherwise=REPLY), Options(first_audio=0.001)) as simulator:
        for nth in range(1, len(await kinds_of_a_turn()) + 1):
            async with connect(simulator) as wire:
                simulator.faults.add(name, at="*", when=when, nth=nth, **settings)
                await a_turn(wire)
                await simulator.wait_for(lambda: not simulator.faults.armed)
                await simulator.drop()
        async with connect(simulator) as wire:
            done = await wire.ask("response.create", "response.done", response=TEXT)

        assert done["response"]["status"] == "completed"
    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []
