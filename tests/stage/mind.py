"""A mind that does what the caller says: "to desk", "to studio: goodbye!", "look up parcel"; the rest is repeated."""

import re
from collections import deque
from collections.abc import Iterable

from simulator.mind import CallTool, Item, Reply, Request, Say
from simulator.sentences import CUT, EXACTLY, read_aloud


class Obedient:
    """Remembers what it was asked, and what it knew when it was asked."""

    def __init__(self, hears: Iterable[str] = ()) -> None:
        self.requests: list[Request] = []
        self._words = deque(hears)

    def answer(self, request: Request) -> Reply:
        """Do what was said last, or say what is known of it."""
        self.requests.append(request)
        agent = agent_of(request)
        if reading := read_aloud(request):
            return reading
        if exactly := EXACTLY.match(request.extra):
            return [Say(exactly[1])]
        if cut := CUT.search(request.extra):
            return [Say(LONG[len(cut[1]) :].strip())]
        last = request.items[-1] if request.items else None
        if last and last.type == "function_call_output" and not request.extra:
            return [Say(f"{agent} found: {last.output}")]
        said = last_said(request)
        if request.extra:
            return [Say(f"This is {agent}. You said: {said}.")]
        return self._obey(request, agent, said)

    def will_hear(self, words: str) -> None:
        """What the next spoken turn says."""
        self._words.append(words)

    def hear(self, session_id: str) -> str:
        """The next words."""
        return self._words.popleft() if self._words else ""

    def _obey(self, request: Request, agent: str, said: str) -> Reply:
        if move := re.search(r"\bto (\w+)(?:: (.*))?$", said):
            farewell = [Say(move[2])] if move[2] else []
            return [*farewell, CallTool(f"transfer_to_{move[1]}", _brief(request, f"transfer_to_{move[1]}"))]
        if lookup := re.search(r"look up (\w+)", said):
            return [CallTool("look_up", {"thing": lookup[1]})]
        if tool := re.search(r"call (\w+)", said):
            return [CallTool(tool[1], {})]
        if "long story" in said:
            return [Say(LONG)]
        return [Say(f"{agent} heard: {said}.")]


class PassingBack(Obedient):
    """Whoever is asked hands the caller to the other one, until it is told not to."""

    def answer(self, request: Request) -> Reply:
        """Pass the caller on, unless that has just been refused."""
        self.requests.append(request)
        agent = agent_of(request)
        refused = bool(request.items) and request.items[-1].type == "function_call_output" and not request.extra
        if len(self.requests) == 1 or refused:
            return [Say(f"{agent} stays.")]
        return [CallTool("transfer_to_desk" if agent == "reception" else "transfer_to_reception", {})]


class ToAndFro(Obedient):
    """Hands the caller over at each answer, and says who has them when that was refused or an agent opens."""

    def answer(self, request: Request) -> Reply:
        """Say who is there, or hand over."""
        self.requests.append(request)
        agent = agent_of(request)
        refused = bool(request.items) and request.items[-1].type == "function_call_output"
        if refused or len(self.requests) == 1:
            return [Say(f"I am {agent}.")]
        return [CallTool("transfer_to_desk" if agent == "reception" else "transfer_to_reception", {})]


def _brief(request: Request, tool: str) -> dict[str, str]:
    offered = next((each for each in request.tools if each.name == tool), None)
    brief = {"reason": "they asked", "facts": "none", "tried": "nothing"}
    return brief if offered and "reason" in offered.parameters.get("properties", {}) else {}


LONG = (
    "Once upon a time there was a parcel that went on a long journey through many towns, over two rivers and a "
    "mountain, until it came to the right door."
)


def agent_of(request: Request) -> str:
    """Who is asked."""
    named = re.match(r"You are `(\w+)`", request.instructions)
    return named[1] if named else "nobody"


def last_said(request: Request) -> str:
    """The caller's last words."""
    said: list[Item] = [item for item in request.items if item.role == "user" and item.text]
    return said[-1].text if said else "nothing"


def texts(request: Request) -> list[str]:
    """The messages and tool results that the mind saw."""
    return [item.output or "" if item.type == "function_call_output" else item.text for item in request.items]
