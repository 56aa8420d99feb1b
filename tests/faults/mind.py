"""A model that does literally what it is told: its answer follows from the conversation alone."""

import re
from collections.abc import Sequence
from dataclasses import replace

from simulator.mind import CallTool, Item, Reply, Request, Say
from simulator.sentences import CUT, EXACTLY
from tests.stage.mind import Obedient, agent_of

WELCOME = "Welcome to the line, how can I help you?"
ONE_MOMENT = "Let me see that for you."
STORY = "There was a parcel that went over two rivers, and it came to the right door."


class Literal(Obedient):
    """Asked for the rest of a sentence, it says that and no more; a tool it calls then only if the words name tools."""

    def answer(self, request: Request) -> Reply:
        """Do what was said last."""
        self.requests.append(request)
        if exactly := EXACTLY.match(request.extra):
            return [Say(exactly[1])]
        if cut := CUT.search(request.extra):
            return self._rest(request, request.extra[: cut.start()], cut["heard"])
        return self._plain(request, request.items if request.extra else _unanswered(request.items))

    def _plain(self, request: Request, items: Sequence[Item]) -> Reply:
        agent = agent_of(request)
        last = items[-1] if items else None
        said = [item.text for item in items if item.role == "user" and item.text]
        if last and last.type == "function_call_output" and last.name is None and not request.extra:
            return [Say(f"{agent} found: {last.output}")]
        if request.extra and not said:
            return [Say(WELCOME)]
        if request.extra:
            return [Say(f"This is {agent}. You said: {said[-1]}.")]
        return self._told(request, agent, said[-1] if said else "nothing")

    def _told(self, request: Request, agent: str, said: str) -> Reply:
        if "story" in said:
            return [Say(STORY)]
        if about := re.search(r"see about (\w+)", said):
            return [Say(ONE_MOMENT), CallTool("look_up", {"thing": about[1]})]
        return self._obey(request, agent, said)

    def _rest(self, request: Request, told: str, heard: str) -> Reply:
        reply = self._told_anew(request, told)
        spoken = " ".join(part.text for part in reply if isinstance(part, Say))
        if not spoken.startswith(heard.strip()):
            return [Say("Where were we?")]
        rest = spoken.removeprefix(heard.strip()).strip()
        calls = [part for part in reply if isinstance(part, CallTool) and "tool" in request.extra]
        return [*([Say(rest)] if rest else []), *calls] or [Say("That was all.")]

    def _told_anew(self, request: Request, told: str) -> Reply:
        if exactly := EXACTLY.match(told):
            return [Say(exactly[1])]
        return self._plain(replace(request, extra=told), _unanswered(request.items))


def _unanswered(items: Sequence[Item]) -> Sequence[Item]:
    """Without the words that an agent said last."""
    end = len(items)
    while end and items[end - 1].role == "assistant":
        end -= 1
    return items[:end]
