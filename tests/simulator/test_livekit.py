"""The unmodified LiveKit plugins against the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from livekit import rtc
from livekit.agents import Agent, AgentSession, APIConnectOptions, APIError, function_tool, llm
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.plugins import cartesia, openai

from bench.spoken import spoken
from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import PATIENCE, SILENCE

NO_RETRY = APIConnectOptions(max_retry=0)
SPOKEN = "Good morning, this is a colleague. What happened?"
PREVIEW_VERSION = "2025-04-01-preview"
dialects = pytest.mark.parametrize("api_version", [None, PREVIEW_VERSION], ids=["ga", "preview"])


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def azure(
    simulator: Simulator, http: aiohttp.ClientSession, api_version: str | None = None, modality: str = "audio"
) -> openai.realtime.RealtimeModel:
    return openai.realtime.RealtimeModel.with_azure(
        azure_deployment="my-deployment",
        azure_endpoint=simulator.url,
        api_key="a-key",
        api_version=api_version,
        modalities=[modality],  # type: ignore[list-item]
        http_session=http,
    )


async def heard(generation: llm.GenerationCreatedEvent) -> tuple[str, float, list[llm.FunctionCall]]:
    """The text, the seconds of audio and the calls of a generation."""
    text, seconds = "", 0.0
    async for message in generation.message_stream:
        async for delta in message.text_stream:
            text += delta
        if "audio" in await message.modalities:
            async for frame in message.audio_stream:
                seconds += frame.duration
    return text, seconds, [call async for call in generation.function_stream]


@dialects
async def test_a_realtime_session_speaks_and_calls_tools(http: aiohttp.ClientSession, api_version: str | None) -> None:
    mind = Given([Say("Let me look that up."), CallTool("find_order", {"order_number": "10001"})])
    async with Simulator(mind) as simulator:
        model = azure(simulator, http, api_version)
        session = model.session()
        await session.update_instructions("You are `support` on the line `support-line`.")

        generation = await session.generate_reply(instructions="Say hello.")
        text, seconds, calls = await heard(generation)

        assert text == "Let me look that up."
        assert 0.8 < seconds < 3.0
        assert [(call.name, call.arguments) for call in calls] == [("find_order", '{"order_number": "10001"}')]
        assert mind.requests[0].instructions == "You are `support` on the line `support-line`."
        assert mind.requests[0].extra == "Say hello."
        assert list(simulator.errors) == []
        await session.aclose()
        await model.aclose()


@dialects
async def test_a_text_session_answers_in_text(http: aiohttp.ClientSession, api_version: str | None) -> None:
    async with Simulator(Given("Your order is on its way.")) as simulator:
        model = azure(simulator, http, api_version, "text")
        session = model.session()

        text, seconds, _ = await heard(await session.generate_reply())

        assert (text, seconds) == ("Your order is on its way.", 0.0)
        await session.aclose()
        await model.aclose()


@dialects
async def test_a_caller_is_heard_and_answered(http: aiohttp.ClientSession, api_version: str | None) -> None:
    mind = Given("It is on its way.", hears=["Where is my order?"])
    async with Simulator(mind) as simulator:
        model = azure(simulator, http, api_version)
        session = model.session()
        answered: asyncio.Future[llm.GenerationCreatedEvent] = asyncio.get_running_loop().create_future()
        transcripts: list[llm.InputTranscriptionCompleted] = []
        session.on("generation_created", answered.set_result)
        session.on("input_audio_transcription_completed", transcripts.append)

        for chunk in (SILENCE * 4, spoken("Where is my order?"), SILENCE * 5):
            session.push_audio(rtc.AudioFrame(chunk, 24_000, 1, len(chunk) // 2))
        text, seconds, _ = await heard(await asyncio.wait_for(answered, PATIENCE))

        assert text == "It is on its way."
        assert seconds > 0.5
        assert transcripts[-1].transcript == "Where is my order?"
        assert mind.requests[0].items[-1].text == "Where is my order?"
        await session.aclose()
        await model.aclose()


@dialects
async def test_a_context_is_synchronised_both_ways(http: aiohttp.ClientSession, api_version: str | None) -> None:
    mind = Given([CallTool("find_order", {})], "It arrives tomorrow.")
    async with Simulator(mind) as simulator:
        model = azure(simulator, http, api_version, "text")
        session = model.session()
        context = llm.ChatContext.empty()
        context.add_message(role="user", content="Where is my order?")
        context.add_message(role="assistant", content="I will look.")
        await session.update_chat_ctx(context)
        _, _, calls = await heard(await session.generate_reply())

        context = session.chat_ctx.copy()
        context.items.append(llm.FunctionCallOutput(call_id=calls[0].call_id, output="tomorrow", is_error=False))
        await session.update_chat_ctx(context)
        await heard(await session.generate_reply())
        await session.update_chat_ctx(llm.ChatContext.empty())
        await heard(await session.generate_reply())

        kinds = [(item.type, item.text or item.output) for item in mind.requests[1].items]
        assert kinds == [
            ("message", "Where is my order?"),
            ("message", "I will look."),
            ("function_call", None),
            ("function_call_output", "tomorrow"),
        ]
        assert mind.requests[2].items == ()
        assert list(simulator.errors) == []
        await session.aclose()
        await model.aclose()


@dialects
async def test_a_dropped_session_comes_back_with_its_history(
    http: aiohttp.ClientSession, api_version: str | None
) -> None:
    mind = Given("Good morning.", "I am back.")
    async with Simulator(mind) as simulator:
        model = azure(simulator, http, api_version)
        session = model.session()
        await heard(await session.generate_reply())
        back = asyncio.Event()
        session.on("session_reconnected", lambda _: back.set())

        await simulator.drop()
        await asyncio.wait_for(back.wait(), PATIENCE)
        text, _, _ = await heard(await session.generate_reply())

        assert text == "I am back."
        assert [item.text for item in mind.requests[1].items] == ["Good morning."]
        assert (simulator.opened, simulator.open) == (2, 1)
        await session.aclose()
        await model.aclose()


async def test_cartesia_speaks_a_stream_and_keeps_its_socket(http: aiohttp.ClientSession) -> None:
    async with Simulator(Given()) as simulator:
        tts = cartesia.TTS(api_key="a-key", base_url=simulator.url, voice="a-voice", http_session=http)
        for _ in range(2):
            stream = tts.stream()
            stream.push_text(SPOKEN)
            stream.end_input()
            seconds, words = 0.0, ""
            async for audio in stream:
                seconds += audio.frame.duration
                words += "".join(audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []))
            await stream.aclose()
            assert 2.0 < seconds < 6.0
            assert words.split() == SPOKEN.split()

        assert simulator.cartesia.opened == 1
        assert "".join(simulator.cartesia.spoken_by("a-voice")).split() == SPOKEN.split() * 2
        await tts.aclose()


async def test_cartesia_speaks_a_text_over_http(http: aiohttp.ClientSession) -> None:
    async with Simulator(Given()) as simulator:
        tts = cartesia.TTS(api_key="a-key", base_url=simulator.url, voice="a-voice", http_session=http)

        frame = await tts.synthesize("Good morning.").collect()

        assert 0.5 < frame.duration < 2.0
        assert simulator.cartesia.spoken_by("a-voice") == ["Good morning."]
        await tts.aclose()


@pytest.mark.parametrize("response_format", ["mp3", "opus", "aac", "flac", "pcm", "wav"])
async def test_azure_speech_speaks(response_format: str) -> None:
    async with Simulator(Given()) as simulator:
        tts = openai.TTS.with_azure(
            azure_endpoint=simulator.url,
            azure_deployment="my-tts",
            api_version="2025-03-01-preview",
            api_key="a-key",
            voice="marin",
            response_format=response_format,
        )

        frame = await tts.synthesize("Good morning.").collect()

        assert 0.5 < frame.duration < 2.0
        assert [(s.deployment, s.voice, s.text) for s in simulator.speech.spoken] == [
            ("my-tts", "marin", "Good morning.")
        ]
        await tts.aclose()


async def test_a_wrong_key_is_told_to_the_plugins(http: aiohttp.ClientSession) -> None:
    async with Simulator(Given(), Options(api_key="right", cartesia_key="right")) as simulator:
        tts = cartesia.TTS(api_key="wrong", base_url=simulator.url, http_session=http)
        with pytest.raises(APIError):
            await tts.synthesize("Good morning.", conn_options=NO_RETRY).collect()
        model = azure(simulator, http)
        session = model.session()
        failed: asyncio.Future[llm.RealtimeModelError] = asyncio.get_running_loop().create_future()
        session.once("error", failed.set_result)

        error = await asyncio.wait_for(failed, PATIENCE)

        assert simulator.opened == 0
        assert "401" in repr(error.error.__cause__)
        await model.aclose()
        await tts.aclose()


class Support(Agent):
    """The second agent of the line."""

    def __init__(self, chat_ctx: llm.ChatContext) -> None:
        super().__init__(instructions="You are `support`.", chat_ctx=chat_ctx)

    async def on_enter(self) -> None:
        """Speak first."""
        self.session.generate_reply(instructions="Pick up.")


class Greeter(Agent):
    """The first agent of the line."""

    def __init__(self) -> None:
        super().__init__(instructions="You are `greeter`.")

    @function_tool
    async def transfer_to_support(self) -> Agent:
        """The caller asks about an order."""
        return Support(self.chat_ctx.copy())


@dialects
async def test_agents_hand_over_on_one_socket(
    http: aiohttp.ClientSession, api_version: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    mind = Given([CallTool("transfer_to_support", {})], "Which order is it?", "Thank you.")
    async with Simulator(mind) as simulator:
        async with AgentSession(llm=azure(simulator, http, api_version, "text")) as session:
            await session.start(Greeter())
            await session.run(user_input="Where is my order?")
            await session.run(user_input="The last one.")

            texts = [item.text_content for item in session.history.items if item.type == "message"]
            assert texts == ["Where is my order?", "Which order is it?", "The last one.", "Thank you."]
            second = mind.requests[1]
            assert (second.instructions, second.extra) == ("You are `support`.", "Pick up.")
            assert [tool.name for tool in mind.requests[0].tools] == ["transfer_to_support"]
            assert second.tools == ()
        await simulator.wait_for(lambda: simulator.open == 0)
        assert simulator.opened == 1
        assert list(simulator.errors) == []
        assert "unknown item" not in caplog.text
