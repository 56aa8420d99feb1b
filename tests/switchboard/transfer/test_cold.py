"""Cold transfers of a call on the small line; LiveKit's answer is what each test says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from livekit import api
from livekit.protocol.sip import TransferSIPParticipantResponse

from simulator.mind import CallTool, Mind, Reply, Request
from switchboard.ledger.events import AgentSpoke, CallTransferred, Ended, HandoffAsked
from switchboard.line.workflow import Number
from switchboard.room.caller import NotOnThePhone
from switchboard.transfer.cold import FIRST_SAY_SO, RINGING_SECONDS, ColdTransfer
from tests.stage.mind import Obedient
from tests.stage.stage import Stage, staged

BILLING = Number("billing", purpose="The caller asks about an invoice.")
DONE = TransferSIPParticipantResponse()


def refused(code: int) -> api.SipCallError:
    return api.SipCallError("unavailable", "no", status=503, metadata={"sip_status_code": str(code)})


class Carrier:
    """Answers as it was told, and remembers what it was asked and whether the agent could hear the caller."""

    def __init__(self, answer: TransferSIPParticipantResponse | Exception) -> None:
        self.stage: Stage | None = None
        self._answer = answer
        self.asked: list[tuple[str, int, bool]] = []

    async def refer(self, address: str, seconds: int) -> TransferSIPParticipantResponse:
        assert self.stage
        self.asked.append((address, seconds, self.stage.conversation.session.input.audio_enabled))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@asynccontextmanager
async def calling(
    database_url: str, carrier: Carrier, phones: Sequence[str] = ("+15550200",), mind: Mind | None = None
) -> AsyncIterator[Stage]:
    """A call whose agent can put the caller through to one of `phones`."""
    async with staged(database_url, mind=mind) as stage:
        carrier.stage = stage
        call, ending = stage.conversation.call, stage.conversation.ending
        cold = ColdTransfer(call, ending, {"billing": phones}.__getitem__, carrier.refer)
        agent = stage.conversation.handoffs.at_desk
        assert agent
        await agent.update_tools([*agent.tools, cold.tool(BILLING)])
        yield stage


def told(stage: Stage) -> str:
    """What the agent has made of the tool's answer."""
    return stage.of(AgentSpoke)[-1].text


async def test_a_caller_who_was_put_through_is_gone_and_the_call_has_ended_so(database_url: str) -> None:
    carrier = Carrier(DONE)
    async with calling(database_url, carrier) as stage:
        await stage.conversation.session.run(user_input="call transfer_to_billing")
        await stage.conversation.ending.over.wait()

        (transfer,) = stage.of(CallTransferred)
        assert (transfer.agent, transfer.target, transfer.outcome) == ("reception", "billing", "done")
        assert [ended.reason for ended in stage.of(Ended)] == ["transferred"]
        assert carrier.asked == [("tel:+15550200", RINGING_SECONDS, False)]


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (refused(486), "busy", "They are busy."),
        (refused(480), "no_answer", "Nobody answers there."),
        (refused(603), "declined", "They can't take the call now."),
        (aiohttp.ClientConnectionError(), "failed", "The call can't be put through there now."),
        (TimeoutError(), "failed", "The call can't be put through there now."),
        (NotOnThePhone(), "failed", "The call can't be put through there now."),
    ],
    ids=repr,
)
async def test_a_caller_who_was_not_put_through_is_with_the_agent_who_knows_why(
    database_url: str, answer: Exception, outcome: str, words: str
) -> None:
    async with calling(database_url, Carrier(answer)) as stage:
        await stage.say("call transfer_to_billing")

        (transfer,) = stage.of(CallTransferred)
        assert (transfer.outcome, 0 <= transfer.ms < transfer.at * 1000) == (outcome, True)
        assert f"{words} The caller is with you again." in told(stage)
        assert stage.conversation.session.input.audio_enabled
        assert not stage.conversation.ending.begun


async def test_a_sip_address_is_used_as_it_stands_and_only_the_first_phone_is_rung(database_url: str) -> None:
    carrier = Carrier(refused(486))
    async with calling(database_url, carrier, ("sip:desk@10.0.0.5", "+15550200")) as stage:
        await stage.say("call transfer_to_billing")

        assert [address for address, *_ in carrier.asked] == ["sip:desk@10.0.0.5"]


async def test_without_a_phone_nobody_is_asked_and_the_agent_offers_something_else(database_url: str) -> None:
    carrier = Carrier(DONE)
    async with calling(database_url, carrier, ()) as stage:
        await stage.say("call transfer_to_billing")

        assert "The call can't be put through there now." in told(stage)
        assert not carrier.asked
        assert not stage.of(CallTransferred)


async def test_the_tool_says_whom_it_reaches_and_what_to_say_before(database_url: str) -> None:
    async with calling(database_url, Carrier(DONE)) as stage:
        agent = stage.conversation.handoffs.at_desk
        assert agent
        (description,) = [tool.info.description for tool in agent.tools if tool.id == "transfer_to_billing"]  # type: ignore[union-attr]

        assert description == f"{BILLING.purpose} {FIRST_SAY_SO}"


class Undecided(Obedient):
    """Asks for both transfers in one answer when told "now", in this order."""

    def __init__(self, *targets: str) -> None:
        super().__init__()
        self._moves = [CallTool(f"transfer_to_{target}", {}) for target in targets]

    def answer(self, request: Request) -> Reply:
        """Both at once, else what is obeyed."""
        return self._moves if any(item.text == "now" for item in request.items[-1:]) else super().answer(request)


async def test_of_a_number_and_an_agent_in_one_answer_the_first_gets_the_caller(database_url: str) -> None:
    carrier = Carrier(DONE)
    async with calling(database_url, carrier, mind=Undecided("billing", "desk")) as stage:
        await stage.conversation.session.run(user_input="now")
        await stage.conversation.ending.over.wait()

        assert [transfer.outcome for transfer in stage.of(CallTransferred)] == ["done"]
        assert not stage.of(HandoffAsked)

    carrier = Carrier(DONE)
    async with calling(database_url, carrier, mind=Undecided("desk", "billing")) as stage:
        await stage.say("now")

        assert not carrier.asked
        assert told(stage) == "This is desk. You said: now."
