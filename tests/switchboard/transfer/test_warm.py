"""What the agent is told of a warm transfer, and the person of the call."""

from livekit.agents import AgentSession, llm

from switchboard.ledger.mask import Mask
from switchboard.line.quoted import Said
from switchboard.line.sentences import HANDED_BACK, MEANWHILE, SAID, UNREACHED, WITH_YOU_AGAIN
from switchboard.line.workflow import Person
from switchboard.transfer.warm import _result, said_in

ANNA = Person("Anna", purpose="The caller wants a person.")


def test_the_agent_is_told_whom_it_did_not_reach_and_no_more() -> None:
    assert _result(UNREACHED, ANNA) == UNREACHED.format(name="Anna", again=WITH_YOU_AGAIN)


def test_the_agent_is_told_what_was_said_and_typed_while_it_was_out() -> None:
    told = _result(HANDED_BACK, ANNA, [Said("caller", "Hello."), Said("Anna", "Refund it.")], ["are you", "there"])

    assert told == HANDED_BACK.format(name="Anna", again=WITH_YOU_AGAIN) + SAID.format(
        said='[{"caller": "Hello."}, {"Anna": "Refund it."}]'
    ) + MEANWHILE.format(typed='["are you", "there"]')


async def test_a_person_is_told_what_caller_and_agent_have_said_and_nothing_else() -> None:
    session: AgentSession[None] = AgentSession()
    session.history.add_message(role="system", content="Be brief.")
    session.history.add_message(role="user", content="Where is my order?")
    session.history.items.append(llm.FunctionCall(call_id="c1", name="find_order", arguments="{}"))
    session.history.add_message(role="assistant", content="It comes tomorrow.")
    session.history.add_message(role="user", content="")

    assert said_in(session, Mask()) == [Said("caller", "Where is my order?"), Said("agent", "It comes tomorrow.")]
