"""What a realtime session does with replies that fail, are refused, cut or interrupted; it takes no agent for that."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import llm
from livekit.agents.voice.agent import _set_activity_task_info
from livekit.agents.voice.speech_handle import SpeechHandle
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from simulator.errors import ProtocolError
from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from simulator.voice import RATE, synthesize
from switchboard.realtime.handover import Arrival
from switchboard.realtime.model import CallModel
from switchboard.realtime.rest import Rest
from switchboard.realtime.session import CallSession
from tests.link import Link, link_to
from tests.stage.mind import LONG, Obedient

PATIENCE = 20.0
SOON = "Rate limit is exceeded. Please try again in 50ms."
PIECE = RATE // 50 * 2  # 20 ms of PCM16
CALLING = Say("Let me see."), CallTool("look_up", {"thing": "parcel"})
SILENCE = bytes(RATE * 2)
"""A second of it."""


@dataclass
class Connected:
    """A session on a simulator of its own, and what it told."""

    simulator: Simulator
    link: Link
    mind: Obedient
    session: CallSession
    answers: list[llm.GenerationCreatedEvent]
    received: list[str]
    errors: list[llm.RealtimeModelError]
    changed: asyncio.Event

    async def until(self, kind: str, times: int = 1) -> None:
        """Wait until the server has sent `kind` that many times."""
        while self.received.count(kind) < times:
            self.changed.clear()
            await self.changed.wait()

    async def until_failed(self) -> None:
        """Wait for the first error."""
        while not self.errors:
            self.changed.clear()
            await self.changed.wait()

    def sent(self, kind: str) -> int:
        """How often the server got `kind`."""
        return len(self.simulator.received(kind))

    async def ask(self) -> str:
        """What a reply says."""
        return await said(await self.session.generate_reply())

    def speak(self, words: str) -> None:
        """The caller says `words`, and then nothing."""
        self.sound(synthesize(words, "caller", 1.0).pcm + SILENCE)

    def sound(self, audio: bytes) -> None:
        """That is heard of the caller."""
        for begin in range(0, len(audio) - PIECE, PIECE):
            self.session.push_audio(rtc.AudioFrame(audio[begin : begin + PIECE], RATE, 1, PIECE // 2))


class Says(Obedient):
    """Gives the replies that it was made with, and then obeys."""

    def __init__(self, *replies: Sequence[Say | CallTool]) -> None:
        super().__init__()
        self._replies = list(replies)

    def answer(self, request):  # type: ignore[no-untyped-def]
        if not self._replies:
            return super().answer(request)
        self.requests.append(request)
        return self._replies.pop(0)


async def said(answer: llm.GenerationCreatedEvent) -> str:
    """The words of an answer, when it is complete."""
    return "".join([delta async for message in answer.message_stream async for delta in message.text_stream])


@asynccontextmanager
async def connected(
    *replies: Sequence[Say | CallTool], options: Options | None = None, modality: str = "audio", **how: Any
) -> AsyncIterator[Connected]:
    mind = Says(*replies)
    async with (
        Simulator(mind, options) as simulator,
        link_to(simulator.port) as link,
        asyncio.timeout(PATIENCE),
    ):
        model = CallModel(
            azure_deployment="my-deployment",
            base_url=f"http://127.0.0.1:{link.port}/openai/v1",
            api_key="a-key",
            modalities=["text", "audio"] if modality == "audio" else ["text"],
            **how,
        )
        session = model.session()
        stage = Connected(simulator, link, mind, session, [], [], [], asyncio.Event())

        def note(kept: list, what: object) -> None:  # type: ignore[type-arg]
            kept.append(what)
            stage.changed.set()

        session.on("openai_server_event_received", lambda event: note(stage.received, event["type"]))
        session.on("generation_created", lambda answer: note(stage.answers, answer))
        session.on("error", lambda error: note(stage.errors, error))
        try:
            yield stage
        finally:
            await session.aclose()
            await model.aclose()


async def test_an_answer_that_is_interrupted_when_its_rest_was_asked_for_is_not_spoken() -> None:
    async with connected([Say(LONG)], options=Options(round_trip=0.1)) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=3000)
        answer = await stage.session.generate_reply()
        await stage.simulator.wait_for(lambda: stage.sent("response.create") == 2)
        stage.session.interrupt()
        await said(answer)
        await stage.until("response.done")

        assert stage.answers == [answer]


async def test_an_answer_is_cancelled_by_its_name_so_that_no_other_one_is() -> None:
    async with connected([Say(LONG)], options=Options(pace=1.0)) as stage:
        answer = await stage.session.generate_reply()
        stage.session.interrupt()
        await stage.until("response.done")

        assert [event["response_id"] for event in stage.simulator.received("response.cancel")] == [answer.response_id]


async def test_a_reply_that_is_cancelled_before_it_begins_takes_no_other_answer_with_it() -> None:
    async with connected([Say(LONG)], options=Options(pace=4.0, first_audio=0.5, round_trip=0.1)) as stage:

        def ask_and_cancel(event: dict[str, Any]) -> None:
            if event["type"] == "input_audio_buffer.committed":  # the service's own answer begins now
                reply = stage.session.generate_reply()
                stage.session.interrupt()
                reply.cancel()

        stage.session.on("openai_server_event_received", ask_and_cancel)
        stage.speak("no wait")
        await stage.until("response.created")

        assert await said(stage.answers[0]) == LONG
        assert await stage.ask()
        assert stage.sent("response.create") == 2
        assert not stage.sent("response.cancel")


async def test_a_reply_that_is_refused_because_another_is_given_is_asked_for_again() -> None:
    async with connected([Say("One moment.")], [Say("Here it is.")], options=Options(first_audio=0.2)) as stage:
        first, second = stage.session.generate_reply(), stage.session.generate_reply()

        assert await said(await first) == "One moment."
        assert await said(await second) == "Here it is."
        assert [failure.error["code"] for failure in stage.simulator.errors] == [
            "conversation_already_has_active_response"
        ]


async def test_a_turn_that_the_service_cannot_answer_because_another_answer_is_given_is_answered_after_that() -> None:
    async with connected([Say(LONG)], [Say("You said no wait.")], options=Options(pace=4.0)) as stage:
        stage.sound(synthesize("no wait", "caller", 1.0).pcm)
        await stage.until("input_audio_buffer.speech_started")
        first = await stage.session.generate_reply()
        stage.sound(SILENCE)

        assert await said(first) == LONG
        await stage.until("response.created", times=2)
        assert await said(stage.answers[1]) == "You said no wait."
        assert [failure.error["code"] for failure in stage.simulator.errors] == [
            "conversation_already_has_active_response"
        ]
        assert not stage.errors


async def test_a_failed_answer_that_has_called_a_tool_is_not_asked_for_again() -> None:
    fails = CallTool("look_up", {"thing": object()})  # the simulator cannot write that down
    async with connected([CallTool("look_up", {"thing": "parcel"}), fails], modality="text") as stage:
        answer = await stage.session.generate_reply()
        calls = [call.arguments async for call in answer.function_stream]

        assert calls[0] == '{"thing": "parcel"}'
        assert stage.sent("response.create") == 1


async def test_a_reply_that_had_not_gone_out_when_the_connection_was_lost_goes_out_once() -> None:
    async with connected([Say("Hello.")]) as stage:
        await stage.until("session.created")
        await stage.simulator.drop()
        await stage.until_failed()

        assert await stage.ask() == "Hello."
        assert stage.sent("response.create") == 1
        assert list(stage.simulator.errors) == []


async def test_the_callers_words_are_not_sent_again_when_half_of_their_answer_was_heard() -> None:
    async with connected([Say(LONG)], options=Options(transcription_delay=PATIENCE)) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=3000)
        stage.mind.will_hear("tell me a story")
        stage.speak("tell me a story")
        await stage.until("response.created", times=2)
        await said(stage.answers[0])

        assert stage.sent("response.create") == 1
        last = stage.simulator.frames[-1].session_id
        assert not [f for f in stage.simulator.frames if f.session_id == last and "append" in f.event["type"]]


async def test_an_answer_that_is_interrupted_before_it_is_asked_for_again_is_not() -> None:
    async with connected([Say("Hello again.")]) as stage:
        stage.simulator.faults.add("rate_limit", message=SOON)
        await stage.session.generate_reply()
        await stage.until_failed()
        stage.session.interrupt()
        retry_is_due = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, retry_is_due.set)
        await retry_is_due.wait()

        assert await stage.ask() == "Hello again."
        assert stage.sent("response.create") == 2


@pytest.mark.parametrize("spoken", [[], [Say("I cancel it.")]], ids=["alone", "after a sentence"])
async def test_a_tool_call_that_is_broken_off_while_it_is_written_is_not_done(spoken: list[Say]) -> None:
    call = CallTool("cancel_order", {"order_number": "10187", "reason": "The caller does not want it any more."})
    options = Options(arguments_piece=PATIENCE)
    async with connected([*spoken, call], [call], options=options) as stage:
        answer = await stage.session.generate_reply()
        await stage.until("response.function_call_arguments.delta")
        stage.session.interrupt()
        await stage.until("response.done")

        assert [each async for each in answer.function_stream] == []
        await stage.until("conversation.item.deleted")
        assert [item.type for item in stage.session.chat_ctx.items] == ["message"] * len(spoken)


async def test_an_answer_of_the_lost_connection_is_cut_as_text() -> None:
    async with connected([Say("Good morning to you.")]) as stage:
        back = asyncio.Event()
        stage.session.on("session_reconnected", lambda _: back.set())
        answer = await stage.session.generate_reply()
        await said(answer)
        await stage.until("response.done")
        (item,) = stage.session.chat_ctx.items
        await stage.simulator.drop()
        await back.wait()
        stage.session.truncate(message_id=item.id, modalities=["audio"], audio_end_ms=300, audio_transcript="Good")
        await stage.ask()

        assert [message.text for message in stage.mind.requests[-1].items] == ["Good"]
        assert stage.sent("conversation.item.truncate") == 0


async def test_a_reply_that_was_on_its_way_when_the_connection_was_lost_goes_out_again() -> None:
    async with connected([Say("Hello.")]) as stage:
        await stage.until("session.created")
        gone_out = asyncio.Event()

        def sent(event: dict[str, object]) -> None:
            if event["type"] == "response.create":
                gone_out.set()

        stage.session.on("openai_client_event_queued", sent)
        stage.link.hold()
        reply = stage.session.generate_reply()
        await gone_out.wait()
        stage.link.cut(b"/openai")
        stage.link.cut()
        stage.link.release()

        assert await said(await reply) == "Hello."
        assert stage.sent("response.create") == 1


async def test_what_a_reply_was_asked_for_with_is_asked_for_again_and_nothing_else() -> None:
    async with connected([Say("Hello.")]) as stage:
        stage.simulator.faults.add("rate_limit", message=SOON)
        answer = await stage.session.generate_reply(instructions="Greet them.", tool_choice="none")

        assert await said(answer) == "Hello."
        first, again = stage.simulator.received("response.create")
        assert again["event_id"] == again["response"]["metadata"]["client_event_id"]
        assert again["event_id"] != first["event_id"]
        without = [
            {key: value for key, value in each["response"].items() if key != "metadata"} for each in (first, again)
        ]
        assert without[0] == without[1]


async def test_a_failed_answer_tells_the_services_code() -> None:
    async with connected([Say("Hello.")]) as stage:
        stage.simulator.faults.add("rate_limit", message=SOON)
        await stage.session.generate_reply()
        await stage.until_failed()

        (failed,) = stage.errors
        assert "inference_rate_limit_exceeded" in str(failed.error)
        assert failed.recoverable
        assert getattr(failed.error, "body", None)


async def test_an_interrupted_answer_that_waited_to_be_taken_up_has_ended() -> None:
    async with connected([Say("Hello.")]) as stage:
        stage.simulator.faults.add("rate_limit", message=SOON)
        answer = await stage.session.generate_reply()
        await stage.until_failed()
        assert (waiting := stage.session._broken.waiting)
        stage.session.interrupt()

        assert await said(answer) == ""
        assert waiting.generation._done_fut.done(), "LiveKit waits for it before it renews a connection"


async def test_what_happens_while_no_agent_listens_is_told_to_the_next() -> None:
    async with connected([Say("Hello.")]) as stage:
        stage.speak("hello there")
        await stage.until("input_audio_buffer.speech_started")
        heard: list[object] = []
        stage.session.on("input_speech_started", heard.append)
        later: list[object] = []
        stage.session.on("input_speech_started", later.append)

        assert len(heard) == 1
        assert not later


@pytest.mark.parametrize(("answers", "interrupts"), [(True, True), (True, False)])
async def test_who_has_only_listened_answers_and_interrupts_again_as_the_settings_say(
    answers: bool, interrupts: bool
) -> None:
    turns = ServerVad(type="server_vad", create_response=answers, interrupt_response=interrupts)
    async with connected(turn_detection=turns) as stage:
        await stage.until("session.updated")
        for quietly, updates in ((True, 2), (False, 3)):
            stage.session.listen_only(quietly)
            await stage.until("session.updated", updates)

        first, quiet, again = (
            update["session"]["audio"]["input"]["turn_detection"]
            for update in stage.simulator.received("session.update")
        )
        assert (quiet["create_response"], quiet["interrupt_response"]) == (False, False)
        assert again == first


async def test_a_connection_that_is_lost_in_an_answer_when_it_was_due_for_renewal_is_made_anew() -> None:
    async with connected([Say(LONG)], max_session_duration=0.05) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=2_000)
        answer = await stage.session.generate_reply()

        assert await said(answer)
        await stage.until("session.created", 2)


async def test_a_connection_is_renewed_in_a_pause_and_not_in_an_answer() -> None:
    async with connected([Say(LONG)], max_session_duration=0.05) as stage:
        await said(await stage.session.generate_reply())
        await stage.until("session.created", 2)

        assert stage.received.index("response.done") < len(stage.received) - 1 - stage.received[::-1].index(
            "session.created"
        )
        assert stage.received.count("response.created") == 1


async def test_a_server_error_of_an_old_connection_is_its_end_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.realtime.renewal.OLD_SECONDS", 0.0)
    async with connected([Say("Hello.")]) as stage:
        await stage.until("session.created")
        for connection in stage.simulator._connections:
            connection.fail(ProtocolError("server_error", "The server had an error.", kind="server_error"), None)
        await stage.until("session.created", 2)

        assert await stage.ask() == "Hello."
        assert not stage.errors


async def test_a_line_that_comes_when_an_unheard_answer_has_just_been_forgotten_stands_where_it_belongs() -> None:
    async with connected([Say("Good morning to you.")], options=Options(round_trip=0.2)) as stage:
        await said(await stage.session.generate_reply())
        await stage.until("response.done")
        (item,) = stage.session.chat_ctx.items
        stage.session.truncate(message_id=item.id, modalities=["audio"], audio_end_ms=0, audio_transcript="")
        known = stage.session.chat_ctx.copy()
        known.add_message(role="user", content="hello there")
        await stage.session.update_chat_ctx(known)
        await stage.ask()

        assert [message.text for message in stage.mind.requests[-1].items] == ["hello there"]
        assert list(stage.simulator.errors) == []


async def test_what_comes_after_a_note_that_has_crossed_an_answer_stands_where_the_service_has_it() -> None:
    async with connected([Say("It is on its way.")], options=Options(round_trip=0.4)) as stage:

        async def add(words: str) -> None:
            known = stage.session.chat_ctx.copy()
            known.add_message(role="user", content=words)
            await stage.session.update_chat_ctx(known)

        await add("where is it")
        asked = stage.session.generate_reply()
        await stage.simulator.wait_for(lambda: len(stage.mind.requests) == 1)
        await add("my parcel")  # the answer stands there by now, of which nothing is known here
        await said(await asked)
        await add("thank you")
        await stage.ask()

        order = [item.text for item in stage.mind.requests[-1].items]
        assert order == ["where is it", "my parcel", "It is on its way.", "thank you"]
        assert [item.text_content for item in stage.session.chat_ctx.messages()][:4] == order


async def test_notes_of_ours_come_along_to_a_new_connection() -> None:
    async with connected([Say("Hello.")]) as stage:
        known = stage.session.chat_ctx.copy()
        known.add_message(role="system", content="The caller was cut off before.")
        await stage.session.update_chat_ctx(known)
        await stage.until("conversation.item.added")
        await stage.simulator.drop()
        await stage.ask()

        assert [message.text for message in stage.mind.requests[-1].items] == ["The caller was cut off before."]


async def test_what_was_whole_is_not_said_again_and_the_tool_that_was_to_follow_is_called() -> None:
    reply: list[Say | CallTool] = [Say("Let me see."), CallTool("look_up", {"thing": "parcel"})]
    async with connected(reply, reply, modality="text") as stage:
        stage.simulator.faults.add("drop", at="response.output_item.done", nth=1, when="after")
        answer = await stage.session.generate_reply()

        assert await said(answer) == "Let me see."
        assert [call.name async for call in answer.function_stream] == ["look_up"]
        assert [item.type for item in stage.session.chat_ctx.items] == ["message", "function_call"]


async def test_an_answer_counts_on_nothing_of_one_that_was_interrupted_when_its_call_was_on_the_way() -> None:
    async with connected(CALLING, [Say("Hello.")], options=Options(round_trip=0.2), modality="text") as stage:
        stage.session.once("generation_created", lambda _: stage.session.interrupt())
        await stage.session.generate_reply()

        assert await stage.ask() == "Hello."
        assert "function_call" not in [item.type for item in stage.mind.requests[-1].items]


async def test_an_answer_counts_on_nothing_of_one_in_the_name_of_an_agent_that_has_left() -> None:
    async with connected(CALLING, [Say("Hello.")], options=Options(round_trip=0.2, detector="energy")) as stage:
        await stage.until("session.updated")
        stage.session.handover.begin(Arrival("audio", None))
        stage.speak("Find my parcel.")
        await stage.until("response.created")

        assert await stage.ask() == "Hello."
        assert [item.type for item in stage.mind.requests[-1].items] == ["message"]


async def test_an_answer_waits_for_no_end_that_never_comes() -> None:
    async with connected([Say(LONG)], [Say("Hello.")], modality="text", options=Options(text_word=0.05)) as stage:
        stage.simulator.faults.add("unconfirmed", at="response.done")
        stage.session.once("generation_created", lambda _: stage.session.interrupt())
        await stage.session.generate_reply()

        assert await stage.ask() == "Hello."
        assert stage.simulator.opened == 1


async def test_a_repetition_is_given_up_where_it_goes_on_and_the_caller_does_not_wait_for_its_end() -> None:
    """A whole sentence had come when the connection was lost: whether that was all only the model knows."""
    sentence, whole = "Let me see.", [Say(f"Let me see. {LONG}")]
    async with connected(whole, whole, [Say(LONG)], options=Options(text_word=0.05), modality="text") as stage:
        stage.simulator.faults.add("drop_mid_response", after_chars=len(sentence))
        answer = await stage.session.generate_reply()

        assert await said(answer) == f"{sentence}{LONG}"
        assert (stage.sent("response.create"), stage.sent("response.cancel")) == (3, 1)


async def test_a_tool_that_was_called_before_the_connection_was_lost_is_not_called_again_for_the_same() -> None:
    call = CallTool("look_up", {"thing": "parcel"})
    async with connected([call], [Say("It is on its way.")], [call], modality="text") as stage:
        await said(await stage.session.generate_reply())
        await stage.until("response.done")
        stage.simulator.faults.add("drop", at="response.done", when="before")
        answer = await stage.session.generate_reply()

        assert await said(answer) == "It is on its way."
        assert [call.name async for call in answer.function_stream] == []


async def test_what_livekit_notes_of_agents_is_nothing_that_the_model_is_to_know() -> None:
    async with connected([Say("Hello.")]) as stage:
        known = stage.session.chat_ctx.copy()
        known.items.append(llm.AgentConfigUpdate(instructions="Be kind."))
        known.items.append(llm.AgentHandoff(old_agent_id="one", new_agent_id="two"))
        known.add_message(role="user", content="hello there")
        await stage.session.update_chat_ctx(known)
        await stage.ask()

        assert [message.text for message in stage.mind.requests[-1].items] == ["hello there"]
        assert stage.sent("conversation.item.create") == 1
        assert not list(stage.simulator.errors)


async def test_a_connection_is_not_renewed_between_a_question_and_its_answer() -> None:
    async with connected([Say("Hello.")]) as stage:
        await stage.until("session.updated")
        assert not stage.session._renewing_would_be_noticed()
        asked = asyncio.Event()
        stage.session.on("openai_client_event_queued", lambda _: asked.set())
        stage.link.hold()
        reply = stage.session.generate_reply()
        await asked.wait()
        assert not stage.session._at_hand.given
        assert stage.session._renewing_would_be_noticed()
        stage.link.release()

        assert await said(await reply) == "Hello."
        await stage.until("response.done")
        assert not stage.session._renewing_would_be_noticed()


@llm.function_tool
async def look_up() -> str:
    """Looks something up."""
    return "nothing"


@pytest.mark.parametrize("arrives", [True, False], ids=["at a handoff", "otherwise"])
async def test_the_next_agent_has_its_own_instructions_tools_and_context(arrives: bool) -> None:
    async with connected([Say("Good morning.")], [Say("Hello.")]) as stage:
        await stage.ask()
        await stage.until("response.done")
        if arrives:
            stage.session.handover.begin(Arrival("audio", lambda known: llm.ChatContext(known.items[:0])))
        else:
            stage.session.interrupt()  # LiveKit does, whoever comes
        await stage.session._update_session(
            instructions="You look things up.", chat_ctx=llm.ChatContext(), tools=[look_up]
        )
        stage.session.handover.end()
        await stage.ask()

        asked = stage.mind.requests[-1]
        assert asked.instructions == "You look things up."
        assert [tool.name for tool in asked.tools] == ["look_up"]
        assert not asked.items


async def test_an_agent_that_takes_all_over_keeps_the_servers_conversation() -> None:
    async with connected([Say("Good morning.")], [Say("Hello.")], modality="text") as stage:
        await stage.ask()
        await stage.until("response.done")
        stage.session.handover.begin(Arrival("audio"))
        await stage.session._update_session(chat_ctx=llm.ChatContext())
        stage.session.handover.end()
        await stage.ask()

        assert [message.text for message in stage.mind.requests[-1].items] == ["Good morning."]
        assert stage.session.modality == "audio"
        assert stage.sent("conversation.item.delete") == 0


@pytest.mark.parametrize("rests", [True, False], ids=["a rest", "a loss"])
async def test_a_connection_that_was_let_go_and_taken_up_is_no_recovery(
    rests: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovered: list[float] = []
    parked, over = asyncio.Event(), Rest.over

    async def waits(rest: Rest) -> None:
        parked.set()
        await over(rest)

    async with connected([Say("Hello.")], [Say("Hello again.")], reconnected=recovered.append) as stage:
        await stage.ask()
        await stage.until("response.done")
        back = asyncio.Event()
        stage.session.on("session_reconnected", lambda _: back.set())
        if rests:
            monkeypatch.setattr(Rest, "over", waits)
            stage.session.rest()
            await parked.wait()
            assert not stage.session.away
            stage.session.wake()
        else:
            await stage.simulator.drop()
        await back.wait()

        assert len(recovered) == (0 if rests else 1)
        assert stage.session.sockets == 2
        assert await stage.ask() == "Hello again."


@pytest.mark.parametrize("change", ["forget_unheard", "update_chat_ctx"])
@pytest.mark.parametrize(
    "answer",
    [[Say("Good morning.")], [Say("Let me see."), CallTool("look_up", {"order": "W-1"})]],
    ids=["words", "call"],
)
@pytest.mark.parametrize("interrupted", [True, False])
async def test_an_answer_that_has_come_at_once_is_not_thrown_away_with_the_one_that_was_interrupted_before_it(
    interrupted: bool, answer: list[Say | CallTool], change: str
) -> None:
    async with connected(answer) as stage:
        await said(await stage.session.generate_reply())
        await stage.until("response.done")
        if interrupted:
            stage.session.interrupt()
        changed = getattr(stage.session, change)(llm.ChatContext.empty())  # they have heard of nothing yet
        if changed is not None:
            await changed
        await stage.ask()

        assert len(stage.mind.requests[-1].items) == (0 if interrupted else len(answer))


async def test_what_the_caller_has_said_is_not_thrown_away_because_nobody_has_read_it_yet() -> None:
    async with connected([Say("Good morning.")], options=Options(transcription_delay=PATIENCE)) as stage:
        stage.speak("hello there")
        await stage.until("response.done")
        await stage.session.update_chat_ctx(llm.ChatContext.empty())
        await stage.ask()

        assert [item.role for item in stage.mind.requests[-1].items] == ["user", "assistant"]


@pytest.mark.parametrize("own", [True, False], ids=["its own", "another's"])
async def test_a_speech_that_winds_up_ends_no_answer_but_its_own(own: bool) -> None:
    async with connected([Say(LONG)]) as stage:
        speech, done = SpeechHandle.create(), asyncio.Event()

        async def speak() -> None:
            if own:
                await stage.session.generate_reply()
            await done.wait()
            stage.session.interrupt()

        speaking = asyncio.create_task(speak())
        _set_activity_task_info(speaking, speech_handle=speech)
        if not own:
            await stage.session.generate_reply()
        await stage.until("response.created")
        speech.interrupt()
        done.set()
        await speaking
        await stage.until("response.done")

        assert stage.sent("response.cancel") == own
