"""Handoffs in real sessions over the simulator's real socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import AgentSession, llm
from livekit.agents.voice.io import PlaybackFinishedEvent

from simulator.mind import CallTool, Reply, Request, Say
from simulator.options import Options
from switchboard.call.handoff import ARRIVAL_SECONDS, Handoffs, Transfer
from switchboard.ledger.events import AgentSpoke, CallerSpoke, HandoffAsked, HandoffDone, ToolReturned
from switchboard.line.context import Brief, Context, Everything, LastTurns, Nothing
from switchboard.line.sentences import DISCLOSURE, NOT_VERIFIED
from switchboard.line.workflow import Handoff
from switchboard.realtime import CallSession
from tests.stage.agents import Desk, Lobby, Reception, Studio
from tests.stage.mind import Obedient, PassingBack, ToAndFro, agent_of, texts
from tests.stage.stage import LINE, PATIENCE, Stage, staged, with_line

WAYS = {
    ("reception", "desk"),
    ("desk", "reception"),
    ("reception", "studio"),
    ("studio", "reception"),
    ("desk", "studio"),
    ("studio", "desk"),
}


class Wordless(Obedient):
    """Hands on without a word: reception to the desk, the desk to the studio."""

    def answer(self, request: Request) -> Reply:
        """A word by the studio, and by whoever greets the caller."""
        self.requests.append(request)
        agent = agent_of(request)
        if len(self.requests) == 1 or agent == "studio":
            return [Say(f"{agent} is here.")]
        return [CallTool("transfer_to_desk" if agent == "reception" else "transfer_to_studio", {})]


ANNOUNCED = with_line(
    handoffs={**LINE.handoffs, Reception: (Handoff(Desk, announce="Just a moment, I put you through."), Studio, Lobby)}
)
DIALECTS = pytest.mark.parametrize("preview", [False, True], ids=["ga", "preview"])


def answers_by(stage: Stage, agent: str) -> list[str]:
    return [spoke.text for spoke in stage.of(AgentSpoke) if spoke.agent == agent]


@DIALECTS
async def test_every_handoff_of_the_graph_keeps_the_one_connection(database_url: str, preview: bool) -> None:
    async with staged(database_url, preview=preview) as stage:
        for target in ("desk", "studio", "desk", "reception", "studio", "reception"):
            await stage.say(f"to {target}")

        done = stage.of(HandoffDone)
        assert {(each.source, each.target) for each in done} == WAYS
        assert all(each.socket_kept for each in done)
        assert stage.simulator.opened == 1


@DIALECTS
async def test_the_native_voice_and_cartesias_are_both_heard(database_url: str, preview: bool) -> None:
    async with staged(database_url, preview=preview) as stage:
        for target in ("studio", "reception"):
            await stage.say(f"to {target}")

        assert len(stage.loudspeaker.heard) == 3
        assert all(seconds > 0.5 for seconds in stage.loudspeaker.seconds)
        assert [(said.voice, said.text.strip()) for said in stage.simulator.cartesia.spoken] == [
            ("studio-voice", "This is studio. You said: to studio.")
        ]
        assert [request.modality for request in stage.mind.requests] == ["audio", "audio", "text", "text", "audio"]


async def test_an_agent_that_hands_on_without_a_word_has_had_the_caller(database_url: str) -> None:
    async with staged(database_url, mind=Wordless()) as stage:
        await stage.say("now")

        through, last = stage.of(HandoffDone)
        assert (through.source, through.target, through.spoke_ms) == ("reception", "desk", None)
        assert (last.source, last.target) == ("desk", "studio")


async def test_a_handoff_sends_nothing_of_the_conversation_again(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("look up parcel")
        before = len(stage.simulator.frames)
        await stage.say("to studio: I pass you on.")

        sent = [frame.event["type"] for frame in list(stage.simulator.frames)[before:]]
        assert "conversation.item.delete" not in sent
        assert sent.count("conversation.item.create") == 2  # the caller's words and the transfer tool's result


async def test_the_farewell_and_tool_results_reach_the_next_agent(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("look up parcel")
        await stage.say("to desk: I pass you on.")

        seen = texts(stage.mind.requests[-1])
        assert "The parcel is on its way." in seen
        assert "I pass you on." in seen
        assert answers_by(stage, "desk") == ["This is desk. You said: to desk: I pass you on.."]


async def test_an_announced_handoff_says_the_announcement_in_the_leaving_agents_voice(database_url: str) -> None:
    async with staged(database_url, line=ANNOUNCED) as stage:
        await stage.say("to desk")

        assert answers_by(stage, "reception")[-1] == "Just a moment, I put you through."
        assert answers_by(stage, "desk") == ["This is desk. You said: to desk."]
        assert "Just a moment, I put you through." in texts(stage.mind.requests[-1])


async def test_the_next_agent_is_asked_when_the_announcement_has_been_heard(database_url: str) -> None:
    async with staged(database_url, line=ANNOUNCED, speed=4.0) as stage:
        await stage.say("to desk")

        _, announcement, _ = stage.loudspeaker.seconds
        played, (done,) = announcement / stage.loudspeaker.speed * 1000, stage.of(HandoffDone)
        assert done.arrived_ms > played
        assert done.spoke_ms
        assert done.silence_ms
        assert 0 < done.silence_ms < done.spoke_ms - played


async def test_a_handoffs_silence_begins_when_the_last_of_the_announcement_has_been_heard(database_url: str) -> None:
    tail = rtc.AudioFrame(bytes(2 * 4800), 24_000, 1, 4800)
    async with staged(database_url, line=ANNOUNCED, options=Options(first_token=0.6)) as stage:
        ledger, turns, ends = stage.conversation.call.ledger, stage.conversation._turns, []

        def counts_as_said(_: PlaybackFinishedEvent) -> None:
            turns.hears("agent", tail, 0.0)
            ends.append(ledger.now + tail.duration)

        stage.loudspeaker.on("playback_finished", counts_as_said)
        await stage.say("to desk")

        (done,) = stage.of(HandoffDone)
        assert done.silence_ms is not None
        assert done.at - done.silence_ms / 1000 == pytest.approx(ends[0], abs=tail.duration / 4)


async def test_the_model_is_told_when_to_hand_over_and_what_the_caller_hears_of_it(database_url: str) -> None:
    async with staged(database_url, line=ANNOUNCED) as stage:
        told = {tool.name: tool.description for tool in stage.mind.requests[0].tools}

    heard = 'The caller hears: "Just a moment, I put you through."; do not announce it yourself.'
    assert told["transfer_to_desk"] == f"{Desk.purpose} {heard}"
    nothing = "The caller hears nothing of it; do not announce it yourself."
    assert told["transfer_to_studio"] == f"{Studio.purpose} {nothing}"


@pytest.mark.parametrize("discloses", [True, False])
async def test_the_first_agent_and_no_other_says_that_it_is_automated_where_the_line_says_so(
    database_url: str, discloses: bool
) -> None:
    async with staged(database_url, line=with_line(discloses_automation=discloses)) as stage:
        await stage.say("to desk")

        openings = [request.extra for request in stage.mind.requests if request.extra]
        assert openings == [f"{Reception.opening} {DISCLOSURE}" if discloses else Reception.opening, Desk.opening]


async def test_words_spoken_during_a_handoff_are_answered_by_the_next_agent_and_by_nobody_else(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("ENTERING_SECONDS", "ARRIVAL_SECONDS"):  # the door is held open for as long as the caller speaks
        monkeypatch.setattr(f"switchboard.call.handoff.{limit}", PATIENCE)
    Lobby.door = asyncio.Event()
    async with staged(database_url) as stage:
        stage.mind.will_hear("and please hurry")
        handoff = asyncio.create_task(stage.say("to lobby"))
        await stage.until(lambda: stage.of(HandoffAsked))
        stage.microphone.speak("and please hurry")
        await stage.until(lambda: any(said.text == "and please hurry" for said in stage.of(CallerSpoke)))
        Lobby.door.set()
        await handoff

        assert answers_by(stage, "lobby") == ["This is lobby. You said: and please hurry."]
        assert not [text for text in texts(stage.mind.requests[-1]) if "heard:" in text]


async def test_a_sentence_that_the_caller_is_in_the_middle_of_is_answered_when_it_ends_by_the_next_agent(
    database_url: str,
) -> None:
    sentence = "my parcel has the number one zero zero four two and it should have come yesterday already"
    async with staged(database_url, line=ANNOUNCED, speed=1.0) as stage:
        stage.mind.will_hear(sentence)
        await stage.loudspeaker.silence()
        handoff = asyncio.create_task(stage.say("to desk"))
        await stage.until(lambda: stage.of(HandoffAsked))
        await stage.loudspeaker.playing.wait()
        stage.microphone.speak(sentence)
        await handoff
        await stage.until_said("desk heard")

        assert stage.of(HandoffDone)[0].spoke_ms is None  # the caller has the word
        assert answers_by(stage, "desk") == [f"desk heard: {sentence}."]
        assert not stage.simulator.received("input_audio_buffer.clear")


async def test_a_caller_who_interrupts_the_farewell_stays_with_the_agent_and_is_answered(database_url: str) -> None:
    async with staged(database_url, speed=1.0) as stage:
        stage.mind.will_hear("no wait")
        await stage.loudspeaker.silence()
        stage.conversation.session.generate_reply(user_input="to desk: goodbye for now, and thank you for your call")
        await stage.until(lambda: stage.of(HandoffAsked))
        await stage.loudspeaker.playing.wait()
        stage.microphone.speak("no wait please")
        await stage.until_said("reception heard: no wait")

        assert not stage.of(HandoffDone)
        assert not [said for said in answers_by(stage, "reception") if "found" in said]  # over the caller's own words


@pytest.mark.parametrize("asking", [AgentSession, CallSession], ids=["before it is asked for", "when it is asked for"])
async def test_a_caller_who_speaks_over_an_agent_that_has_not_begun_is_answered_by_that_agent(
    database_url: str, monkeypatch: pytest.MonkeyPatch, asking: type[Any]
) -> None:
    interrupted, asks = asyncio.Event(), asking.generate_reply

    def interrupt(speech: Any) -> None:
        interrupted.set()
        (speech if asking is AgentSession else stage.conversation.session).interrupt()

    def interrupting(self: Any, **options: Any) -> Any:
        asked = asks(self, **options)
        if stage.of(HandoffAsked) and not interrupted.is_set():
            asyncio.get_running_loop().call_soon(interrupt, asked)
        return asked

    async with staged(database_url) as stage:
        monkeypatch.setattr(asking, "generate_reply", interrupting)
        stage.mind.will_hear("hello")
        stage.conversation.session.generate_reply(user_input="to desk")
        await interrupted.wait()
        stage.microphone.speak("hello")
        await stage.until_said("hello.")

        assert answers_by(stage, "desk") == ["desk heard: hello."]


async def test_agents_cannot_pass_a_caller_back_before_the_caller_has_spoken(database_url: str) -> None:
    async with staged(database_url, mind=PassingBack()) as stage:
        await stage.say("go")

        assert len(stage.of(HandoffDone)) == 1
        refused = [tool for tool in stage.of(ToolReturned) if tool.failed]
        assert "has just come from there" in refused[0].result
        assert answers_by(stage, "desk")


async def test_neither_silence_nor_an_agents_own_words_let_a_caller_be_passed_back(database_url: str) -> None:
    async with staged(database_url, mind=ToAndFro(), CALL_SILENCE_SECONDS="1") as stage:
        stage.conversation.ending.pause()  # nobody is asked whether they are there
        await stage.say("go")
        await stage.until_caller_is("away")
        await stage.conversation.session.generate_reply(instructions="Pass them back.")
        await stage.conversation.session.wait_for_idle()

        assert [(done.source, done.target) for done in stage.of(HandoffDone)] == [("reception", "desk")]
        assert answers_by(stage, "desk") == ["I am desk.", "I am desk."]


@pytest.mark.parametrize("words", ["back to reception please", ""], ids=["words", "words that were not understood"])
async def test_a_caller_who_has_spoken_may_go_back(database_url: str, words: str) -> None:
    async with staged(database_url, mind=ToAndFro()) as stage:
        await stage.say("go")
        stage.mind.will_hear(words)
        stage.microphone.speak("back to reception please")
        await stage.until(lambda: len(stage.of(HandoffDone)) > 1)

        assert not [tool for tool in stage.of(ToolReturned) if tool.failed]


async def test_a_caller_who_has_typed_may_go_back(database_url: str) -> None:
    async with staged(database_url) as stage:
        for target in ("desk", "reception", "desk"):
            await stage.say(f"to {target}")

        assert not [tool for tool in stage.of(ToolReturned) if tool.failed]


async def test_past_its_budget_of_handoffs_the_agent_at_hand_finishes_the_call(database_url: str) -> None:
    async with staged(database_url, line=with_line(max_handoffs=2)) as stage:
        for target in ("desk", "reception", "desk"):
            await stage.say(f"to {target}")

        assert len(stage.of(HandoffDone)) == 2
        refused = [tool for tool in stage.of(ToolReturned) if tool.failed]
        assert "can't be transferred any more" in refused[0].result
        assert stage.conversation.handoffs.at_desk is not None
        assert stage.conversation.handoffs.at_desk.id == "reception"


async def test_a_tool_that_the_model_invents_does_not_end_the_call(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("call open_sesame")
        await stage.say("hello again")

        assert answers_by(stage, "reception")[-1] == "reception heard: hello again."


async def test_a_brief_replaces_the_conversation_but_keeps_what_is_said_during_the_handoff(database_url: str) -> None:
    line = with_line(handoffs={**LINE.handoffs, Reception: (Handoff(Desk, context=Brief()), Studio, Lobby)})
    async with staged(database_url, line=line) as stage:
        await stage.say("my cat is called Tom")
        await stage.say("to desk")

        seen = texts(stage.mind.requests[-1])
        assert "my cat is called Tom" not in seen
        (brief,) = [text for text in seen if text.startswith(f"{NOT_VERIFIED}\n")]
        assert brief.endswith('\n{"reason": "they asked", "facts": "none", "tried": "nothing"}')


async def test_last_turns_keeps_only_those(database_url: str) -> None:
    line = with_line(handoffs={**LINE.handoffs, Reception: (Handoff(Desk, context=LastTurns(1)), Studio, Lobby)})
    async with staged(database_url, line=line) as stage:
        await stage.say("my cat is called Tom")
        await stage.say("to desk")

        seen = texts(stage.mind.requests[-1])
        assert "my cat is called Tom" not in seen
        assert "to desk" in seen


async def test_nothing_keeps_nothing_of_what_was_said_before(database_url: str) -> None:
    line = with_line(handoffs={**LINE.handoffs, Reception: (Handoff(Desk, context=Nothing()), Studio, Lobby)})
    async with staged(database_url, line=line) as stage:
        await stage.say("to desk")

        assert texts(stage.mind.requests[-1]) == []


@pytest.mark.parametrize("context", [Everything(), LastTurns(1), Nothing(), Brief()])
async def test_a_handoff_waits_for_no_round_trip(database_url: str, context: Context) -> None:
    line = with_line(handoffs={**LINE.handoffs, Reception: (Handoff(Desk, context=context), Studio, Lobby)})
    async with staged(database_url, line=line, options=Options(round_trip=1.0)) as stage:
        await stage.say("to desk")

        sent = [(frame.time, frame.event) for frame in stage.simulator.frames]
        result = next(at for at, event in sent if event.get("item", {}).get("type") == "function_call_output")
        asked = [at for at, event in sent if event["type"] == "response.create"][-1]
        assert asked - result < stage.simulator.options.round_trip


async def test_an_item_that_the_service_refuses_is_taken_back_and_the_call_goes_on(database_url: str) -> None:
    async with staged(database_url) as stage:
        realtime = CallSession.of(stage.conversation.handoffs.at_desk)  # type: ignore[arg-type]
        ctx = realtime.chat_ctx
        ctx.items.append(llm.FunctionCallOutput(call_id="nobody_called", name="x", output="x", is_error=False))
        await realtime.update_chat_ctx(ctx)
        await stage.simulator.wait_for(lambda: stage.simulator.errors)
        await stage.say("hello")

        assert answers_by(stage, "reception")[-1] == "reception heard: hello."
        assert not [item for item in realtime.chat_ctx.items if item.type == "function_call_output"]


async def fails(_: Lobby) -> None:
    raise OSError("the database is down")


async def hangs(_: Lobby) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("entered", [fails, hangs])
async def test_an_agent_whose_own_preparations_fail_or_hang_answers_all_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch, entered: Callable[[Lobby], Awaitable[None]]
) -> None:
    monkeypatch.setattr(Lobby, "entered", entered)
    async with staged(database_url) as stage:
        await stage.say("to lobby")
        await stage.say("hello")

        assert answers_by(stage, "lobby") == ["This is lobby. You said: to lobby.", "lobby heard: hello."]


async def test_a_handoff_that_is_never_made_is_given_up_and_the_agent_at_hand_answers_and_may_try_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(database_url) as stage:
        with monkeypatch.context() as lost:
            lost.setattr(stage.conversation.session, "update_agent", lambda _: None)
            await stage.say("to desk")
            await stage.until_said("reception found:")
        await stage.say("hello")
        await stage.say("to desk")

        assert answers_by(stage, "reception")[-1] == "reception heard: hello."
        assert answers_by(stage, "desk") == ["This is desk. You said: to desk."]


async def test_an_agent_who_is_late_on_a_busy_machine_arrives_all_the_same(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = asyncio.Event()
    make_context, gives_up = CallSession._update_session, Handoffs._not_arrived

    async def late_context(self: CallSession, **changes: Any) -> None:
        if self.handover.runs:
            await late.wait()
        await make_context(self, **changes)

    def tells(self: Handoffs, transfer: Transfer) -> None:
        gives_up(self, transfer)
        late.set()

    monkeypatch.setattr(CallSession, "_update_session", late_context)
    monkeypatch.setattr(Handoffs, "_not_arrived", tells)
    async with staged(database_url) as stage:
        await stage.say("to studio")
        await stage.say("hello")

        assert late.is_set()
        assert answers_by(stage, "studio") == ["This is studio. You said: to studio.", "studio heard: hello."]
        assert [done.target for done in stage.of(HandoffDone)] == ["studio"]


async def test_a_handoff_that_waits_for_what_the_agent_at_hand_still_says_is_not_late(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("ARRIVAL_SECONDS", "LATE_SECONDS"):
        monkeypatch.setattr(f"switchboard.call.handoff.{limit}", 0.5)
    words = "and the wardrobe that I have ordered for my mother in the spring has not come either"
    async with staged(database_url, speed=1.0) as stage:
        await stage.loudspeaker.silence()
        stage.conversation.session.generate_reply(user_input="to desk: goodbye for now")
        await stage.until(lambda: stage.of(HandoffAsked))
        stage.conversation.session.generate_reply(user_input=words)
        await stage.until(lambda: stage.of(HandoffDone))

        assert answers_by(stage, "reception")[-1] == f"reception heard: {words}."
        assert stage.of(HandoffDone)[0].arrived_ms > 2000


async def test_a_service_that_never_confirms_what_it_was_to_forget_keeps_nobody_waiting(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = with_line(handoffs={**LINE.handoffs, Reception: (Handoff(Desk, context=Nothing()), Studio, Lobby)})
    monkeypatch.setattr(CallSession, "_handle_conversion_item_deleted", lambda *_: None)
    async with staged(database_url, line=line) as stage:
        await stage.say("to desk")
        await stage.say("hello")

        assert stage.of(HandoffDone)[0].arrived_ms < ARRIVAL_SECONDS * 1000
        assert answers_by(stage, "desk")[-1] == "desk heard: hello."
