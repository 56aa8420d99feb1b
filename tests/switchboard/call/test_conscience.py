"""An agent that claims what no tool has done is corrected before the caller has gone; one that is right never is."""

from dataclasses import replace
from typing import ClassVar

import pytest
from livekit.agents import RunContext, ToolError, function_tool, llm

from simulator.mind import CallTool, Reply, Request, Say
from simulator.options import Options
from switchboard.call.call import Call
from switchboard.call.resume import Past
from switchboard.ledger.events import AgentSpoke, Ended, HandoffDone, SaidNotDone, ToolCalled, ToolReturned
from switchboard.line.agent import VoiceAgent
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.workflow import NoState, Workflow
from tests.stage.mind import Obedient, last_said, texts
from tests.stage.stage import STUDIO_VOICE, Stage, staged


@function_tool
@makes_true(Deed(to="box", done=("cancelled",), doing=("cancelling",), is_it=True))
async def cancel_box(ctx: RunContext[Call[NoState]], number: str = "") -> str:
    """Cancel a box.

    Args:
        number: Which.
    """
    if number == "shut":
        raise ToolError("That box is shut for good.")
    if number == "gone":
        raise ToolError("That box was cancelled three days ago.")
    return "Very well."


@function_tool
async def find_box(ctx: RunContext[Call[NoState]]) -> str:
    """Find a box."""
    return "It is on the shelf."


class Clerk(VoiceAgent):
    """Keeps boxes."""

    purpose = "The caller has a box."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (cancel_box, find_box)


class Keeper(VoiceAgent):
    """Guards the store."""

    purpose = "The caller wants the keeper."
    opening = "Welcome the caller."


LINE = Workflow(name="boxes", start=Clerk, handoffs={Clerk: (Keeper,), Keeper: (Clerk,)})
SPOKEN = {"native": LINE, "text": replace(LINE, voices={Clerk: STUDIO_VOICE})}

CANCELLED = "I've cancelled your box."
SORRY = "I'm sorry, that has not been done."
MENDS: Reply = [Say(SORRY)]
FINE: Reply = [Say("Fine.")]
STORY = "There once was a box that stood on a shelf for many years, and nobody knew what was in it, or whose it was."
ITEMS = Options(reasoning=True)
MINE = "You have told the caller something that is not so"


class Boastful(Obedient):
    """Answers the caller's words with what stands under them, and a reminder that it lied with `mends`."""

    def __init__(self, answers: dict[str, Reply], mends: Reply = MENDS, then: Reply = FINE) -> None:
        super().__init__()
        self._answers = answers
        self._mends = mends
        self._then = then

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        last = request.items[-1] if request.items else None
        if last and MINE in (last.output or last.text):
            return self._mends
        if last and last.type == "function_call_output":
            return self._then
        return self._answers.get(last_said(request), [Say("Hello.")])


def corrections(mind: Obedient) -> int:
    return sum(MINE in text for text in texts(mind.requests[-1]))


def told(stage: Stage) -> list[tuple[str, bool]]:
    return [(event.text, event.corrected) for event in stage.of(SaidNotDone)]


async def settled(stage: Stage) -> None:
    await stage.conversation.session.wait_for_idle()


@pytest.mark.parametrize("voice", ["native", "text"])
async def test_a_claim_with_nothing_behind_it_is_taken_back_while_the_caller_is_there(
    database_url: str, voice: str
) -> None:
    mind = Boastful({"cancel it": [Say(CANCELLED)]})
    async with staged(database_url, line=SPOKEN[voice], mind=mind) as stage:
        await stage.say("cancel it")
        await stage.until_said(SORRY)

        assert told(stage) == [(CANCELLED, True)]
        assert [event.tools for event in stage.of(SaidNotDone)] == [("cancel_box",)]
        assert not stage.of(ToolCalled)


async def test_the_model_may_as_well_do_what_it_has_claimed(database_url: str) -> None:
    mind = Boastful({"cancel it": [Say(CANCELLED)]}, mends=[CallTool("cancel_box", {})], then=[Say("It's cancelled.")])
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await stage.until_said("It's cancelled.")
        await settled(stage)

        assert told(stage) == [(CANCELLED, True)]
        assert [event.failed for event in stage.of(ToolReturned)] == [False]


@pytest.mark.parametrize("voice", ["native", "text"])
@pytest.mark.parametrize(
    "answer",
    [
        [Say(CANCELLED), CallTool("cancel_box", {})],
        [CallTool("cancel_box", {}), Say(CANCELLED)],
        [Say("I'm cancelling it now."), CallTool("cancel_box", {})],
        [Say("I'm transferring you to the keeper."), CallTool("transfer_to_keeper", {})],
    ],
    ids=["before the call", "after the call", "while it is done", "a transfer"],
)
async def test_a_claim_whose_tool_is_called_in_the_same_answer_is_true(
    database_url: str, voice: str, answer: Reply
) -> None:
    mind = Boastful({"cancel it": answer})
    async with staged(database_url, line=SPOKEN[voice], mind=mind) as stage:
        await stage.say("cancel it")
        await settled(stage)

        assert not stage.of(SaidNotDone)
        assert not corrections(mind)


async def test_a_claim_whose_tool_is_called_after_another_ones_result_is_true(database_url: str) -> None:
    class Thorough(Boastful):
        def answer(self, request: Request) -> Reply:
            last = request.items[-1] if request.items else None
            if last and last.output == "It is on the shelf.":
                return [CallTool("cancel_box", {})]
            return super().answer(request)

    mind = Thorough({"cancel it": [Say(CANCELLED), CallTool("find_box", {})]})
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await settled(stage)

        assert len(stage.of(ToolCalled)) == 2
        assert not stage.of(SaidNotDone)


async def test_what_was_done_once_may_be_said_again_by_anybody_in_any_turn(database_url: str) -> None:
    again = "As I said, it's cancelled."
    mind = Boastful(
        {
            "cancel it": [CallTool("cancel_box", {})],
            "sure?": [Say(again)],
            "the keeper": [CallTool("transfer_to_keeper", {})],
            "and you?": [Say(CANCELLED)],
        }
    )
    async with staged(database_url, line=LINE, mind=mind) as stage:
        for words in ("cancel it", "sure?", "the keeper", "and you?"):
            await stage.say(words)
        await settled(stage)

        assert [event.target for event in stage.of(HandoffDone)] == ["keeper"]
        assert not stage.of(SaidNotDone)


async def test_what_was_done_before_the_call_broke_off_may_be_said_after_it(database_url: str) -> None:
    done = ToolReturned(agent="clerk", tool="cancel_box", call_id="c", result="", failed=False, ms=1)
    mind = Boastful({"is it?": [Say(CANCELLED)]})
    past = Past("call_1", "clerk", {}, None, (), (done,))
    async with staged(database_url, line=LINE, mind=mind, past=past) as stage:
        await stage.say("is it?")
        await settled(stage)

        assert not stage.of(SaidNotDone)


async def test_a_claim_after_a_failed_call_is_false(database_url: str) -> None:
    mind = Boastful({"cancel it": [CallTool("cancel_box", {"number": "shut"})]}, then=[Say(CANCELLED)])
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await stage.until_said(SORRY)

        assert told(stage) == [(CANCELLED, True)]


@pytest.mark.parametrize(
    ("says", "false"),
    [("I've cancelled that box as well.", True), ("Your first box is cancelled, but this one can't be.", False)],
)
async def test_what_was_done_to_one_thing_was_not_done_to_another_whose_call_failed(
    database_url: str, says: str, false: bool
) -> None:
    mind = Boastful(
        {
            "the first": [CallTool("cancel_box", {"number": "1"})],
            "the other": [CallTool("cancel_box", {"number": "shut"})],
        },
        then=[Say(says)],
    )
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("the first")
        await stage.say("the other")
        await settled(stage)

        assert told(stage) == ([(says, True)] if false else [])


async def test_a_claim_before_a_call_that_fails_is_corrected_with_its_result_and_in_no_answer_of_its_own(
    database_url: str,
) -> None:
    mind = Boastful({"cancel it": [Say(CANCELLED), CallTool("cancel_box", {"number": "shut"})]}, then=[Say("Oh.")])
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await settled(stage)

        assert told(stage) == [(CANCELLED, True)]
        assert "Correct that" in (mind.requests[-1].items[-1].output or "")
        assert [spoke.text for spoke in stage.of(AgentSpoke)][-2:] == [CANCELLED, "Oh."]


async def test_what_a_tool_that_refuses_has_told_may_be_said(database_url: str) -> None:
    mind = Boastful(
        {"cancel it": [CallTool("cancel_box", {"number": "gone"})]}, then=[Say("Your box is cancelled already.")]
    )
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await settled(stage)

        assert not stage.of(SaidNotDone)


async def test_a_model_that_insists_is_corrected_once_a_turn(database_url: str) -> None:
    mind = Boastful({"cancel it": [Say(CANCELLED)], "really?": [Say("It's cancelled.")]}, mends=[Say(CANCELLED)])
    async with staged(database_url, line=LINE, mind=mind) as stage:
        await stage.say("cancel it")
        await stage.until(lambda: len(stage.of(SaidNotDone)) == 2)
        await settled(stage)
        assert told(stage) == [(CANCELLED, True), (CANCELLED, False)]

        await stage.say("really?")
        await stage.until(lambda: len(stage.of(SaidNotDone)) == 4)
        await settled(stage)
        assert told(stage)[2:] == [("It's cancelled.", True), (CANCELLED, False)]
        assert sum(spoke.text == CANCELLED for spoke in stage.of(AgentSpoke)) == 3


@pytest.mark.parametrize("voice", ["native", "text"])
async def test_what_was_not_heard_is_no_claim(database_url: str, voice: str) -> None:
    mind = Boastful({"cancel it": [Say("One moment."), Say(f"{STORY} {CANCELLED}")], "stop": [Say("Yes?")]})
    async with staged(database_url, line=SPOKEN[voice], mind=mind, options=ITEMS, speed=1.0, in_step=True) as stage:
        await stage.until_the_second_item("cancel it")
        stage.speak("stop")
        await stage.until_said("Yes?")
        await settled(stage)

        assert "One moment." in [spoke.text for spoke in stage.of(AgentSpoke)]
        assert not stage.of(SaidNotDone)


@pytest.mark.parametrize("voice", ["native", "text"])
async def test_a_caller_who_speaks_after_the_claim_hears_it_taken_back_in_their_answer(
    database_url: str, voice: str
) -> None:
    """Nobody is spoken over: the model is told, and answers when the caller has finished."""
    mind = Boastful({"cancel it": [Say(CANCELLED), Say(STORY)], "thank you": [Say("Fine.")]})
    async with staged(database_url, line=SPOKEN[voice], mind=mind, options=ITEMS, speed=1.0, in_step=True) as stage:
        await stage.until_the_second_item("cancel it")
        stage.speak("thank you")
        await stage.until_said("Fine.")
        await settled(stage)

        assert told(stage) == [(CANCELLED, True)]
        assert corrections(mind) == 1
        assert [spoke.text for spoke in stage.of(AgentSpoke)][-1] == "Fine.", "no answer of its own"


async def test_no_call_ends_on_what_is_not_so(database_url: str) -> None:
    goodbye = f"{CANCELLED} Goodbye!"

    class Leaving(Boastful):
        def answer(self, request: Request) -> Reply:
            reply = super().answer(request)
            return [*reply, CallTool("end_call", {})] if reply == self._mends else reply

    mind = Leaving({"bye": [Say(goodbye), CallTool("end_call", {})]})
    async with staged(database_url, line=LINE, mind=mind) as stage:
        stage.conversation.session.generate_reply(user_input="bye")
        await stage.until(lambda: stage.of(Ended))

        assert [spoke.text for spoke in stage.of(AgentSpoke)][-2:] == [goodbye, SORRY]
        assert told(stage) == [(CANCELLED, True)]
        assert [(event.tool, event.failed) for event in stage.of(ToolReturned)] == [
            ("end_call", True),
            ("end_call", False),
        ]
        assert [event.reason for event in stage.of(Ended)] == ["goodbye"]


async def test_a_call_does_not_end_before_it_is_known_whether_what_was_said_is_so(database_url: str) -> None:
    answer: Reply = [Say(f"{CANCELLED} Goodbye!"), CallTool("end_call", {}), CallTool("cancel_box", {"number": "shut"})]
    mind = Boastful({"bye": answer}, then=[Say(SORRY)])
    async with staged(database_url, line=LINE, mind=mind) as stage:
        stage.conversation.session.generate_reply(user_input="bye")
        await stage.until_said(SORRY)

        assert told(stage) == [(CANCELLED, True)]
        assert not stage.of(Ended)


async def test_a_true_goodbye_ends_the_call(database_url: str) -> None:
    answer: Reply = [Say("I'm ending the call now. Goodbye!"), CallTool("end_call", {})]
    async with staged(database_url, line=LINE, mind=Boastful({"bye": answer})) as stage:
        stage.conversation.session.generate_reply(user_input="bye")
        await stage.until(lambda: stage.of(Ended))

        assert not stage.of(SaidNotDone)


async def test_a_caller_who_hangs_up_on_it_leaves_it_in_the_ledger(database_url: str) -> None:
    mind = Boastful({"cancel it": [Say(CANCELLED)]})
    async with staged(database_url, line=LINE, mind=mind) as stage:
        stage.conversation.session.generate_reply(user_input="cancel it")
        await stage.until_said(CANCELLED)
        stage.conversation.ending.finish("caller_left")
        await stage.until(lambda: stage.of(Ended))

        assert told(stage) == [(CANCELLED, False)]
        assert isinstance(stage.events[-1], Ended)


async def test_a_transfer_that_was_spoken_over_is_not_on_its_way_and_the_model_is_told(database_url: str) -> None:
    going = "I'm transferring you to the keeper."
    answer: Reply = [Say(going), Say(STORY), CallTool("transfer_to_keeper", {})]
    mind = Boastful({"the keeper": answer, "wait": [Say("Yes?")]})
    async with staged(database_url, line=LINE, mind=mind, options=ITEMS, speed=1.0, in_step=True) as stage:
        await stage.until_the_second_item("the keeper")
        stage.speak("wait")
        await stage.until_said("Yes?")

        assert told(stage) == [(going, True)]
        assert corrections(mind) == 1


@pytest.mark.parametrize("voice", ["native", "text"])
async def test_what_an_agent_claims_that_hands_on_is_taken_back_by_the_next_one(database_url: str, voice: str) -> None:
    class Handing(Boastful):
        def answer(self, request: Request) -> Reply:
            return [Say("Welcome.")] if "Welcome the caller" in request.extra else super().answer(request)

    mind = Handing({"cancel it": [Say(CANCELLED), CallTool("transfer_to_keeper", {})]})
    async with staged(database_url, line=SPOKEN[voice], mind=mind) as stage:
        await stage.say("cancel it")
        await stage.until_said(SORRY)

        assert told(stage) == [(CANCELLED, True)]
        assert [(spoke.agent, spoke.text.strip()) for spoke in stage.of(AgentSpoke)][-2:] == [
            ("keeper", "Welcome."),
            ("keeper", SORRY),
        ]


@pytest.mark.parametrize("words", ["I have to end the call now. I'm hanging up. Goodbye!"])
async def test_who_says_goodbye_because_we_asked_for_it_tells_the_truth(database_url: str, words: str) -> None:
    class Polite(Boastful):
        def answer(self, request: Request) -> Reply:
            return [Say(words)] if "maximum length" in request.extra else super().answer(request)

    async with staged(database_url, line=LINE, mind=Polite({}), CALL_MAX_MINUTES="0.05") as stage:
        await stage.until(lambda: stage.of(Ended))

        assert [event.reason for event in stage.of(Ended)] == ["maximum_length"]
        assert not stage.of(SaidNotDone)
