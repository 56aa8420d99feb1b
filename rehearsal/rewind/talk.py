"""What the agent at hand knew of a call: its conversation as the ledger has it, cut by the handoffs on the way."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from livekit.agents import llm

from switchboard.call.call import Caller, Verified
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Event,
    HandoffAsked,
    HandoffDone,
    Remembered,
    ToolCalled,
    ToolReturned,
)
from switchboard.line.context import Brief, Context, Everything, brief_text, choose
from switchboard.line.sentences import UNHEARD
from switchboard.line.workflow import Workflow


def talk_of(events: Iterable[Event], line: Workflow, note: llm.ChatMessage | None) -> llm.ChatContext:
    """The conversation after these events; `note` tells of an earlier call that this one goes on from."""
    talk = _Talk(line, note)
    for event in events:
        talk.note(event)
    return llm.ChatContext(talk.items)


class _Talk:
    """Follows a call."""

    def __init__(self, line: Workflow, note: llm.ChatMessage | None) -> None:
        self.items: list[llm.ChatItem] = [note] if note else []
        self._line = line
        self._asked: list[llm.ChatItem] = []
        """What stood in the conversation when the handoff was asked for."""
        self._brief: Mapping[str, Any] = {}
        self._caller = Caller()

    def note(self, event: Event) -> None:
        """Take what has happened."""
        match event:
            case CallerSpoke():
                self._leave_unheard()
                self.items.append(llm.ChatMessage(role="user", content=[event.text]))
            case AgentSpoke():
                said = llm.ChatMessage(role="assistant", content=[event.text], interrupted=event.interrupted)
                self.items.insert(self._begun(), said)
            case ToolCalled():
                self._brief = event.arguments
                arguments = json.dumps(event.arguments, ensure_ascii=False)
                self.items.append(llm.FunctionCall(call_id=event.call_id, name=event.tool, arguments=arguments))
            case ToolReturned():
                self.items.append(
                    llm.FunctionCallOutput(
                        call_id=event.call_id, name=event.tool, output=event.result, is_error=event.failed
                    )
                )
            case Remembered():
                self._caller.verified = Verified(**event.verified) if event.verified else None
            case HandoffAsked():
                self._asked = list(self.items)
            case HandoffDone():
                self._hand_over(event)

    def _begun(self) -> int:
        """The place before the calls that still run: what is heard meanwhile was said first."""
        running = len(self.items)
        while running and isinstance(self.items[running - 1], llm.FunctionCall):
            running -= 1
        return running

    def _leave_unheard(self) -> None:
        """The caller speaks before anybody has said what a tool brought."""
        for item in reversed(self.items):
            if item.type == "message":
                return
            if item.type == "function_call_output" and item.output:
                item.output = UNHEARD.format(result=item.output)

    def _hand_over(self, event: HandoffDone) -> None:
        policy = self._policy(event)
        brief = self._written_brief() if isinstance(policy, Brief) else ""
        if choice := choose(policy, llm.ChatContext(self._asked), brief):
            self.items = choice(llm.ChatContext(self.items)).items

    def _policy(self, event: HandoffDone) -> Context:
        """That of the edge as it is today; an edge that is gone is one like most."""
        edges = self._line.edges(self._line.agent(event.source))
        return next((edge.context for edge in edges if edge.target.name() == event.target), Everything())

    def _written_brief(self) -> str:
        reason, facts, tried = (str(self._brief.get(name, "")) for name in ("reason", "facts", "tried"))
        return f"{self._caller.standing}\n{brief_text(reason, facts, tried)}"
