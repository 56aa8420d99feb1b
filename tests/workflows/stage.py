"""A stage for a playbook: it plays whole calls without a server, with tools that answer like the real ones."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livekit.agents import llm

from simulator.mind import CallTool, Item, Mind, Request, Say, Tool
from switchboard.call.truth import Truth
from switchboard.ledger.events import ToolCalled, ToolReturned
from switchboard.line.claims import claims
from switchboard.line.context import Brief, brief_text
from switchboard.line.sentences import UNREACHED, WITH_YOU_AGAIN
from switchboard.line.workflow import END_CALL, AgentType, Destination, Handoff, Person, transfer_name
from tools import access, knowledge, tickets, verification
from workflows.support_line import SUPPORT_LINE

GOODS = {
    "10042": "an oak shelf and two linen cushions, one hundred and twelve pounds fifty in all",
    "10043": "a desk lamp, forty pounds in all",
    "10044": "a wool throw, sixty pounds in all",
    "10141": "a desk lamp, forty-six pounds forty-five in all",
    "10154": "a glass vase and three bath towels, seventy-eight pounds in all",
    "10160": "a round mirror, seventy-five pounds in all",
}
LATE = (
    "It was shipped ten days ago, on Friday the thirteenth of November with DPD and was due yesterday, so it is late. "
    "Offer to open a ticket."
)
DELIVERED = "It was delivered yesterday. A return can be started until Sunday the fourteenth of December."
WHERE = {
    "10042": "It was shipped yesterday with Parcelforce and should arrive on Tuesday the twenty-fourth of November.",
    "10043": "It was paid yesterday and will be packed next. It can still be cancelled.",
    "10044": LATE,
    "10141": DELIVERED,
    "10154": DELIVERED,
    "10160": LATE,
}
EMAIL, CODE = "anna.smith@example.com", "123456"
ACCOUNTS = {
    "SW1A 2AA": ("10042", "10043", "10044", "10141", EMAIL),
    "M1 4BT": ("10154", "ben.ode@example.com"),
    "EH1 2NG": ("10160",),
}
ITEMS = {"10042": ("an oak shelf", "two linen cushions"), "10154": ("a glass vase", "three bath towels")}
SLOTS = (
    "tomorrow at half past nine in the morning, tomorrow at two in the afternoon or Wednesday the second of December "
    "at ten in the morning"
)


def tool(name: str, parameters: Sequence[str] = (), description: str = "") -> Tool:
    """A tool as a session offers it, all of its parameters texts."""
    properties = {each: {"type": "string"} for each in parameters}
    return Tool(name, description, {"type": "object", "properties": properties, "required": list(parameters)})


def _as_model_sees(tool: llm.FunctionTool[Any, Any]) -> Tool:
    function = llm.utils.build_legacy_openai_schema(tool, internally_tagged=True)
    return Tool(function["name"], function["description"], function["parameters"])


def _transfer(edge: Handoff | Destination) -> Tool:
    """The tool of an edge: with the fields of a brief, where one is written."""
    briefed = isinstance(edge, Person) or (isinstance(edge, Handoff) and isinstance(edge.context, Brief))
    target = edge.target if isinstance(edge, Handoff) else edge
    return tool(
        transfer_name(target), list(inspect.signature(brief_text).parameters) if briefed else (), target.purpose
    )


def _toolbox(agent: AgentType) -> dict[str, Tool]:
    own = [_as_model_sees(each) for each in agent.toolbox if isinstance(each, llm.FunctionTool)]
    edges: list[Handoff | Destination] = [*SUPPORT_LINE.edges(agent), *_places(agent)]
    return {each.name: each for each in (*own, *map(_transfer, edges), tool(END_CALL))}


def _places(agent: AgentType) -> Sequence[Destination]:
    return (*SUPPORT_LINE.numbers(agent), *SUPPORT_LINE.people(agent))


AGENTS: Mapping[str, AgentType] = {agent.name(): agent for agent in SUPPORT_LINE.agents}
TOOLBOXES: Mapping[str, Mapping[str, Tool]] = {name: _toolbox(agent) for name, agent in AGENTS.items()}


@dataclass
class World:
    """The shop behind the tools. `phone`: the caller's number is known."""

    verified: bool = False
    proved: bool = False
    """The caller has shown enough for changes."""
    by_email: bool = False
    tries: int = 0
    phone: bool = True
    rung: bool = False
    """Places outside of the line can be reached by phone."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Tool -> what it returns whatever happens."""

    def offers(self, agent: str) -> Mapping[str, Tool]:
        """The tools of an agent in this world."""
        rung = {transfer_name(place) for place in _places(AGENTS[agent])}
        return {name: each for name, each in TOOLBOXES[agent].items() if self.rung or name not in rung}

    def run(self, name: str, arguments: Mapping[str, Any]) -> str:
        if name in self.fixed:
            return self.fixed[name]
        answer: Callable[..., str] = getattr(self, f"_{name}", lambda **_: "")  # a transfer that works says nothing
        return answer(**arguments)

    def _verify_caller(self, postcode: str = "", order_number: str = "", email: str = "") -> str:
        self.tries += 1
        known = set(ACCOUNTS.get(postcode, ()))
        given = {each for each in (order_number, email) if each}
        self.verified = bool(given) and given <= known
        self.proved, self.by_email = self.verified and len(given) > 1, not order_number
        if not self.verified and self.tries >= access.MAX_TRIES:
            return access.LOCKED
        if not self.verified:
            return access.NO_MATCH
        return f"The caller is verified: Anna Smith.{verification.MAY_CHANGE if self.proved else ''}"

    def _confirm_caller(self, email: str = "", code: str = "") -> str:
        if not self.verified and not code:
            return access.UNVERIFIED
        if self.by_email and not code:
            return access.CODE_WANTED
        self.proved = code == CODE or any(email in account for account in ACCOUNTS.values())
        if not self.proved:
            return access.CODE_WRONG if code else access.EMAIL_WRONG
        return f"The caller is confirmed: Anna Smith.{verification.MAY_CHANGE}"

    def _send_code(self, **_: str) -> str:
        return verification.CODE_SENT

    def _find_order(self, order_number: str) -> str:
        return self._refusal(order_number) or f"Order {order_number} is {GOODS[order_number]}. {WHERE[order_number]}"

    def _list_recent_orders(self) -> str:
        if not self.verified:
            return access.UNVERIFIED
        return (
            "The two newest orders: Order 10043, a desk lamp, placed yesterday: paid and about to be packed. "
            "Order 10042, an oak shelf and two linen cushions, placed three days ago, on Friday: on its way."
        )

    def _cancel_order(self, order_number: str) -> str:
        if order_number == "10042":
            return "Order 10042 has left the warehouse and cannot be cancelled. Tell the caller that it can be refused."
        done = (
            f"Order {order_number}, a desk lamp, is cancelled. The forty pounds go back to the card within five days."
        )
        return self._change_refused(order_number) or done

    def _start_return(self, order_number: str, reason: str = "", item: str = "") -> str:
        items = ITEMS.get(order_number, ())
        named = set(re.findall(r"\w{4,}", item))
        if items and item != "everything" and not any(named & set(each.split()) for each in items):
            return (
                f"Ask which of these shall go back, or everything: {' or '.join(items)}. "
                "Then call `start_return` with the item."
            )
        goods = item or "a desk lamp"
        opened = (
            f"The return of {goods} from order {order_number} is open. The return number is 4711. Write "
            "it on the parcel and take the parcel to any post office within fourteen days; sending it is free."
        )
        return self._change_refused(order_number) or opened

    def _open_ticket(self, summary: str, order_number: str = "", phone: str = "") -> str:
        if not (self.verified or self.phone or phone):
            return tickets.PHONE_MISSING
        return "The ticket is open; its number is 501. A colleague answers within two working days."

    def _open_urgent_ticket(self, summary: str, order_number: str = "", phone: str = "") -> str:
        return "The urgent ticket is open; its number is 777. A senior colleague answers within four working hours."

    def _search_knowledge(self, question: str) -> str:
        if "wifi" in question.lower():
            return knowledge.NOTHING
        return "Returns, how long you can return something: You can return anything within thirty days."

    def _transfer_to_shop_desk(self, reason: str, facts: str, tried: str) -> str:
        return UNREACHED.format(name="shop desk", again=WITH_YOU_AGAIN)

    def _list_callback_slots(self, day: str = "") -> str:
        return f"Free times are {SLOTS}."

    def _book_callback(self, slot: str, phone: str = "", topic: str = "") -> str:
        if not (self.phone or phone):
            return tickets.PHONE_MISSING
        return f"The callback is booked: a colleague calls {slot}, on the number ending in 1 2 3."

    def _write_briefing(self, problem: str, wish: str = "", tried: str = "") -> str:
        return "The briefing is written. Next, open an urgent ticket or book a callback, whichever the caller prefers."

    def _change_refused(self, order_number: str) -> str:
        return access.UNPROVEN if self.verified and not self.proved else self._refusal(order_number)

    def _refusal(self, order_number: str) -> str:
        if not self.verified:
            return access.UNVERIFIED
        if order_number in GOODS:
            return ""
        return (
            f"There is no order {order_number} on the caller's account. Read the number back digit by digit and ask "
            "whether it is right, or call `list_recent_orders`."
        )


class Stage:
    """One call. `say` gives what the agents answer; `calls` are the tools called so far, `agent` has the caller."""

    def __init__(self, mind: Mind, agent: str = "greeter", world: World | None = None) -> None:
        self.mind = mind
        self.agent = agent
        self.world = world or World()
        self.items: list[Item] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.log: list[str] = []
        self._chain = 0
        """Where the calls since the caller's last words begin."""
        self.over = False
        self._truth = Truth(SUPPORT_LINE)

    def open(self) -> str:
        return self._respond(AGENTS[self.agent].opening)

    def say(self, words: str) -> str:
        self.log.append(f"  you: {words}")
        self._chain = len(self.calls)
        self._truth.next_turn()
        self.items.append(message("user", words, len(self.items)))
        return self._respond("")

    def request(self, extra: str = "") -> Request:
        tools = tuple(self.world.offers(self.agent).values())
        instructions = f"You are `{self.agent}` on the line `support-line`.\nBe kind."
        return Request(instructions, extra, tools, tuple(self.items), "audio", "s1")

    def _respond(self, extra: str) -> str:
        said: list[str] = []
        for _ in range(12):
            reply = self.mind.answer(self.request(extra))
            assert reply, "a reply is never empty"
            extra, again = "", False
            for part in reply:
                if isinstance(part, Say):
                    said.append(part.text)
                    self.log.append(f"{self.agent}: {part.text}")
                    self.items.append(message("assistant", part.text, len(self.items)))
                else:
                    extra, again = self._call(part)
            if not again:
                self._compare(said)
                return " ".join(said)
        raise AssertionError("the agent goes round in circles:\n" + "\n".join(self.log))

    def _compare(self, said: Sequence[str]) -> None:
        """Nobody says that something was done when no tool that does it was even called."""
        found = [claim for words in said for claim in claims(words, self._truth.deeds)]
        untrue = [claim.sentence for claim in found if not self._truth.holds(claim)]
        assert not untrue, f"said but not done: {untrue}\n" + "\n".join(self.log)

    def _call(self, call: CallTool) -> tuple[str, bool]:
        """What the next response is asked for with, and whether there is one."""
        assert call.name in self.world.offers(self.agent), f"{call.name} is not offered to {self.agent}"
        schema = TOOLBOXES[self.agent][call.name].parameters
        assert set(schema.get("required", ())) <= set(call.arguments) <= set(schema["properties"])
        made = (call.name, dict(call.arguments))
        assert made not in self.calls[self._chain :], "the same call twice:\n" + "\n".join(self.log)
        self.calls.append((call.name, call.arguments))
        self.log.append(f"      {call.name} {json.dumps(dict(call.arguments))}")
        number = len(self.items)
        self.items.append(
            Item(
                f"i{number}", "function_call", None, "", call.name, json.dumps(dict(call.arguments)), f"c{number}", None
            )
        )
        output = "" if call.name == "end_call" else self.world.run(call.name, call.arguments)
        self.items.append(Item(f"o{number}", "function_call_output", None, "", None, None, f"c{number}", output))
        told = {"agent": self.agent, "tool": call.name, "call_id": f"c{number}"}
        self._truth.note(ToolCalled.model_validate(told | {"arguments": {}}))
        self._truth.note(ToolReturned.model_validate(told | {"result": output, "failed": False, "ms": 0}))
        self.over = self.over or call.name == "end_call"
        if not call.name.startswith("transfer_to_"):
            return "", call.name != "end_call"
        if output:
            return "", True
        return self._hand_over(call), True

    def _hand_over(self, call: CallTool) -> str:
        """What the next agent opens with; what it knows is as the workflow says."""
        edges = {transfer_name(edge.target): edge for edge in SUPPORT_LINE.edges(AGENTS[self.agent])}
        edge = edges[call.name]
        if isinstance(edge.context, Brief):
            self.items = [message("system", brief_text(**call.arguments))]
        if edge.announce:
            self.items.append(message("assistant", edge.announce, len(self.items)))
        self.agent = edge.target.name()
        return edge.target.opening

    def called(self, name: str) -> list[Mapping[str, Any]]:
        return [arguments for tool, arguments in self.calls if tool == name]


def message(role: str, text: str, number: int = 0) -> Item:
    return Item(f"m{number}", "message", role, text, None, None, None, None)
