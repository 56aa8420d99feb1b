"""One typed call, ten handoffs long: what the caller types, and what the simulated model answers."""

import re
from dataclasses import dataclass

from simulator.mind import CallTool, Reply, Request, Say


@dataclass(frozen=True)
class Turn:
    """What the caller types, and the agent that must have the caller afterwards if this hands them over."""

    words: str
    target: str | None = None


CALL = (
    Turn("Hello. My parcel has not come, and I have been waiting for a week now."),
    Turn("It is about an order, so please put me through to support.", "support"),
    Turn("Where is order 10042?"),
    Turn("The note says that nobody was at home, but I was there all day."),
    Turn("That does not help me. Please put me through to escalation.", "escalation"),
    Turn("I have called three times about this, and every time I was told to wait."),
    Turn("A callback is fine. Now put me through to support again, please.", "support"),
    Turn("Where is order 10043?"),
    Turn("Good. I have something else, please put me through to greeter.", "greeter"),
    Turn("Do you also sell gift cards?"),
    Turn("No, wait, the parcel. Put me through to support.", "support"),
    Turn("No, this is not good enough. Put me through to escalation.", "escalation"),
    Turn("Where is order 10044?"),
    Turn("All right. Put me through to greeter.", "greeter"),
    Turn("I am still upset. Put me through to escalation.", "escalation"),
    Turn("Fine. Put me through to support.", "support"),
    Turn("Thank you, that is all I wanted to know about the orders."),
    Turn("One last question, put me through to greeter.", "greeter"),
)
HANDOFFS = sum(turn.target is not None for turn in CALL)


def turns(handoffs: int) -> tuple[Turn, ...]:
    """The call up to its handoff number `handoffs`, from 1 to `HANDOFFS`."""
    ends = [place for place, turn in enumerate(CALL, start=1) if turn.target]
    return CALL[: ends[handoffs - 1]]


class Clerk:
    """A mind that hands over, looks up and chats as the caller of `CALL` asks."""

    def answer(self, request: Request) -> Reply:
        """The reply to what happened last."""
        last = request.items[-1] if request.items else None
        if request.extra:
            return [Say("Hello, I am here now. I have seen what you said, so tell me how I can help you with it.")]
        if last and last.type == "function_call_output":
            return [Say(f"I have looked it up. {last.output}")]
        said = last.text if last else ""
        if move := re.search(r"put me through to (\w+)", said, re.IGNORECASE):
            return [CallTool(f"transfer_to_{move[1]}", {})]
        if order := re.search(r"order (\d+)", said):
            return [CallTool("find_order", {"order_number": order[1]})]
        return [Say("I understand, and I am sorry that this took so long. Is there anything else you want to tell me?")]

    def hear(self, session_id: str) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: this caller types."""
        return ""
