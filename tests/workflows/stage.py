"""A stage for a playbook: it plays whole calls without a server, with tools that answer like the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.mind import CallTool, Item, Mind, Request, Say, Tool

GOODS = {
    "10042": "an oak shelf and two linen cushions, one hundred and twelve pounds fifty in all",
    "10043": "a desk lamp, forty pounds in all",
    "10044": "a wool throw, sixty pounds in all",
}
WHERE = {
    "10042": "It was shipped yesterday with Parcelforce and should arrive on Tuesday the twenty-fourth of November.",
    "10043": "It was paid yesterday and will be packed next. It can still be cancelled.",
    "10044": "It was shipped ten days ago, on Friday the thirteenth of November with DPD and was due yesterday, so it "
    "is late. Offer to open a ticket.",
}
SLOTS = (
    "tomorrow at half past nine in the morning, tomorrow at two in the afternoon or Wednesday the second of December "
    "at ten in the morning"
)
NO_MATCH = (
    "These details do not match an account. Say that you could not find a match, do not say which part is wrong, ask "
    "for both again, slowly, and call `verify_caller`."
)
UNVERIFIED = (
    "The caller is not verified, so nothing of an account may be said. Ask for an order number and the postcode."
)
PHONE_MISSING = "Ask for a phone number at which a colleague can reach the caller, then call this tool again with it."

TEXT = {"type": "string"}
TOOLS: Mapping[str, tuple[str, ...]] = {
    "verify_caller": ("postcode", "order_number", "email"),
    "find_order": ("order_number",),
    "list_recent_orders": (),
    "start_return": ("order_number", "reason", "item"),
    "cancel_order": ("order_number",),
    "open_ticket": ("summary", "order_number", "phone"),
    "open_urgent_ticket": ("summary", "order_number", "phone"),
    "search_knowledge": ("question",),
    "list_callback_slots": ("day",),
    "book_callback": ("slot", "phone", "topic"),
    "write_briefing": ("problem", "wish", "tried"),
    "end_call": (),
    "transfer_to_greeter": (),
    "transfer_to_support": (),
    "transfer_to_escalation": (),
}
PURPOSES = {
    "transfer_to_greeter": "The caller is done with their matter, or it is unclear what they want.",
    "transfer_to_support": "The caller asks about an order, a delivery, a return or a refund, or wants a ticket.",
    "transfer_to_escalation": "The caller is upset, is stuck, wants to complain, or asks for a person or a callback.",
}
TOOLBOXES: Mapping[str, tuple[str, ...]] = {
    "greeter": ("search_knowledge", "transfer_to_support", "transfer_to_escalation", "end_call"),
    "support": (
        *("verify_caller", "find_order", "list_recent_orders", "start_return", "cancel_order", "open_ticket"),
        *("search_knowledge", "transfer_to_greeter", "transfer_to_escalation", "end_call"),
    ),
    "escalation": (
        *("write_briefing", "open_urgent_ticket", "list_callback_slots", "book_callback"),
        *("transfer_to_support", "end_call"),
    ),
}
OPENING = "Pick up where the conversation stands and do not greet again."


def tool(name: str, parameters: Sequence[str] = (), description: str = "") -> Tool:
    """A tool as a session offers it, all of its parameters texts."""
    schema = {"type": "object", "properties": dict.fromkeys(parameters, TEXT), "required": []}
    return Tool(name, description or PURPOSES.get(name, ""), schema)


@dataclass
class World:
    """The shop behind the tools. `phone`: the caller's number is known."""

    verified: bool = False
    tries: int = 0
    phone: bool = True
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Tool -> what it returns whatever happens."""

    def run(self, name: str, arguments: Mapping[str, Any]) -> str:
        if name in self.fixed:
            return self.fixed[name]
        answer: Callable[..., str] = getattr(self, f"_{name}", lambda **_: "")
        return answer(**arguments)

    def _verify_caller(self, postcode: str = "", order_number: str = "", email: str = "") -> str:
        self.tries += 1
        self.verified = postcode == "SW1A 2AA" and (order_number in GOODS or email == "anna.smith@example.com")
        if not self.verified and self.tries >= 3:
            return "The caller could not be verified, and there are no more tries in this call. Say so kindly."
        return "The caller is verified: Anna Smith." if self.verified else NO_MATCH

    def _find_order(self, order_number: str) -> str:
        return self._refusal(order_number) or f"Order {order_number} is {GOODS[order_number]}. {WHERE[order_number]}"

    def _list_recent_orders(self) -> str:
        if not self.verified:
            return UNVERIFIED
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
        return self._refusal(order_number) or done

    def _start_return(self, order_number: str, reason: str = "", item: str = "") -> str:
        if order_number == "10042" and not item:
            return (
                "Ask which of these shall go back, or everything: an oak shelf or two linen cushions. "
                "Then call `start_return` with the item."
            )
        goods = item or "a desk lamp"
        opened = (
            f"The return of {goods} from order {order_number} is open. The return number is 4711. Write "
            "it on the parcel and take the parcel to any post office within fourteen days; sending it is free."
        )
        return self._refusal(order_number) or opened

    def _open_ticket(self, summary: str, order_number: str = "", phone: str = "") -> str:
        if not (self.verified or self.phone or phone):
            return PHONE_MISSING
        return "The ticket is open; its number is 501. A colleague answers within two working days."

    def _open_urgent_ticket(self, summary: str, order_number: str = "", phone: str = "") -> str:
        return "The urgent ticket is open; its number is 777. A senior colleague answers within four working hours."

    def _search_knowledge(self, question: str) -> str:
        if "wifi" in question.lower():
            return "The shop's documents say nothing about that. Tell the caller that you do not know, do not guess."
        return "Returns, how long you can return something: You can return anything within thirty days."

    def _list_callback_slots(self, day: str = "") -> str:
        return f"Free times are {SLOTS}."

    def _book_callback(self, slot: str, phone: str = "", topic: str = "") -> str:
        if not (self.phone or phone):
            return PHONE_MISSING
        return f"The callback is booked: a colleague calls {slot}, on the number ending in 1 2 3."

    def _write_briefing(self, problem: str, wish: str = "", tried: str = "") -> str:
        return "The briefing is written. Next, open an urgent ticket or book a callback, whichever the caller prefers."

    def _refusal(self, order_number: str) -> str:
        if not self.verified:
            return UNVERIFIED
        if order_number in GOODS:
            return ""
        return (
            f"There is no order {order_number} on the caller's account. Read the number back digit by digit and ask "
            "whether it is right, or call `list_recent_orders`."
        )


class Stage:
    """One call. `say` gives what the agents answer; `calls` are the tools called so far, `agent` has the caller."""

    def __init__(self, mind: Mind, agent: str = "greeter", world: World | None = None, brief: bool = False) -> None:
        self.mind = mind
        self.agent = agent
        self.world = world or World()
        self.brief = brief
        self.items: list[Item] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.log: list[str] = []
        self.over = False

    def open(self) -> str:
        return self._respond(OPENING)

    def say(self, words: str) -> str:
        self.log.append(f"  you: {words}")
        self.items.append(message("user", words, len(self.items)))
        return self._respond("")

    def request(self, extra: str = "") -> Request:
        tools = tuple(tool(name, TOOLS[name]) for name in TOOLBOXES[self.agent])
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
                return " ".join(said)
        raise AssertionError("the agent goes round in circles:\n" + "\n".join(self.log))

    def _call(self, call: CallTool) -> tuple[str, bool]:
        """What the next response is asked for with, and whether there is one."""
        assert call.name in TOOLBOXES[self.agent], f"{call.name} is not offered to {self.agent}"
        assert set(call.arguments) <= set(TOOLS[call.name])
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
        self.over = self.over or call.name == "end_call"
        if not call.name.startswith("transfer_to_"):
            return "", call.name != "end_call"
        if output:
            return "", True
        self.agent = call.name.removeprefix("transfer_to_")
        return OPENING, True

    def called(self, name: str) -> list[Mapping[str, Any]]:
        return [arguments for tool, arguments in self.calls if tool == name]


def message(role: str, text: str, number: int = 0) -> Item:
    return Item(f"m{number}", "message", role, text, None, None, None, None)
