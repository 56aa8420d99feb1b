"""The mind of demonstrations: what callers say, to replies and tool calls, all of it data (see `playbook_format`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.conversation import TRANSFER, Conversation, Returned, Wanted, same_words, speech_in
from simulator.meaning import Meanings
from simulator.mind import CallTool, Item, Reply, Request, Say, Tool
from simulator.playbook_check import check, check_known, place_of
from simulator.playbook_format import (
    PLACEHOLDER,
    Agent,
    Book,
    Conditions,
    Plan,
    Rule,
    Step,
    needs_of,
)
from simulator.sentences import CUT, EXACTLY, read_aloud
from simulator.strict_yaml import Document, YamlError

LONGEST_CHAIN = 8
"""Tool calls without a word of the caller in between."""
_COMMON_WORDS = (
    "about after agent also another asks back caller call calls could does from have help into just know like more "
    "need needs only other please some something speak support talk tell than that their them then there they this "
    "thing want wants what when where which will with would you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())


class PlaybookError(Exception):
    """A playbook that cannot be used: file, line, agent and rule, and what is wrong."""


class Playbook:
    """A `Mind` that follows a playbook. What it says depends on the request alone."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._meanings = {name: Meanings(book.meanings(name), book.near) for name in ("", *book.agents)}

    @classmethod
    def load(cls, path: str | Path, agents: Collection[str] = (), tools: Collection[str] = ()) -> Playbook:
        """Read and check a playbook, as `read_book` does, and warm it. Raises `PlaybookError`."""
        playbook = cls(read_book(path, agents, tools))
        playbook.warm()
        return playbook

    def warm(self) -> None:
        """Load the model that knows what callers mean, where the playbook has examples."""
        for meanings in self._meanings.values():
            meanings.warm()

    def hear(self, session_id: str) -> str | None:  # a playbook has no words for a caller who only speaks
        """Nothing: a playbook follows the caller, it does not know what comes next."""

    def answer(self, request: Request) -> Reply:
        """What the agent says and calls. Never empty."""
        if reading := read_aloud(request):
            return reading
        extra = request.extra.strip()
        if exact := EXACTLY.match(extra):
            return [Say(exact["text"])]
        if cut := CUT.search(extra):
            return self._rest(request, extra[: cut.start()], cut["heard"])
        for moment in self._book.moments:
            if moment.match.search(extra):
                return [Say(moment.say[_turns(request.items) % len(moment.say)])]
        return self._speaker(request, extra).reply()

    def _speaker(self, request: Request, extra: str, shift: int = 0) -> _Speaker:
        first_line = request.instructions.strip().partition("\n")[0]
        named = self._book.agent.search(first_line)
        agent = named["agent"] if named else ""
        meanings = self._meanings.get(agent, self._meanings[""])
        return _Speaker(self._book, meanings, agent, request, extra, shift)

    def _rest(self, request: Request, told: str, heard: str) -> Reply:
        """The part of the reply that the caller did not hear, whichever way it was worded.

        `told` is what the reply was asked for with.
        """
        if exact := EXACTLY.match(told):
            return _without_start([Say(exact["text"])], heard) or [Say(exact["text"])]
        most = max(_longest(self._book), 1)
        replies = [
            self._speaker(request, extra, shift).reply() for extra in ("", "An agent arrives.") for shift in range(most)
        ]
        cut_short = (_without_start(reply, heard) for reply in replies)
        return next((rest for rest in cut_short if rest is not None), [Say("Sorry, we were cut off. Where were we?")])


def read_book(path: str | Path, agents: Collection[str] = (), tools: Collection[str] = ()) -> Book:
    """Read and check a playbook. It names no others than the `agents` and `tools` given. `PlaybookError`."""
    path = Path(path)
    try:
        return _read(path.read_text(encoding="utf-8"), agents, tools)
    except OSError as error:
        raise PlaybookError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PlaybookError(f"{path}: cannot be read: not UTF-8") from None
    except YamlError as error:
        where = f"{path.name}:{error.line}" if error.line else path.name
        sentence = ": ".join(part for part in (where, place_of(error.path), error.message) if part)
        raise PlaybookError(sentence) from None


def _read(text: str, agents: Collection[str], tools: Collection[str]) -> Book:
    document = Document(text)
    book = document.read(Book)
    try:
        check(book)
        if agents or tools:
            check_known(book, agents, tools)
    except YamlError as error:
        raise YamlError(error.message, error.path, document.line_of(error.path)) from None
    return book


def _turns(items: Sequence[Item]) -> int:
    return sum(item.type == "message" and item.role == "user" for item in items)


def _longest(book: Book) -> int:
    """The number of variants after which every text of the rules has been tried."""
    sections = [rule for agent in book.agents.values() for rule in (*agent.opening, *agent.turns)]
    return max((len(rule.say) for rule in (*book.first, *book.later, *sections) if rule.say), default=1)


def _without_start(reply: Reply, heard: str) -> Reply | None:
    """`reply` after the words that were heard, or None when it does not begin with them."""
    spoken = " ".join(part.text for part in reply if isinstance(part, Say)).split()
    start = heard.split()
    if not start or len(start) > len(spoken):
        return reply if not start else None
    if not all(same_words(one, other) for one, other in zip(start, spoken, strict=False)):
        return None
    rest = " ".join(spoken[len(start) :])
    calls = [part for part in reply if isinstance(part, CallTool)]
    said = [Say(rest)] if rest else []
    return [*said, *calls] or [Say("That was all.")]


class _Speaker:
    """One agent with one request to answer."""

    def __init__(self, book: Book, meanings: Meanings, agent: str, request: Request, extra: str, shift: int) -> None:
        self._book = book
        self._agent = agent
        self._section = book.agents.get(agent)
        self._tools = {tool.name: tool for tool in request.tools}
        self._extra = extra
        self._items = request.items if extra else _without_trailing_replies(request.items)
        self._talk = Conversation(book, meanings, agent, self._items)
        self._variant = self._talk.turn + shift
        self._spoke_up = False
        """Whether this reply answers something before it goes on with the plan."""

    def reply(self) -> Reply:
        """Never empty; neighbouring texts are one message."""
        parts = self._arrive() if self._extra else self._answer()
        joined = list(_joined(parts))
        return joined or [Say(self._pick(self._book.lost))]

    def _arrive(self) -> Reply:
        if self._section is None:
            return [Say(self._extra)]
        told = self._results()
        if self._talk.leaving and not self._talk.answered:
            return [*told, *self._turn()]
        for rule in self._section.opening:
            if self._holds(rule) and (reply := self._follow(rule)):
                return [*told, *reply]
        return [*told, *(self._plan() if self._talk.answered else self._turn())]

    def _answer(self) -> Reply:
        last = self._items[-1] if self._items else None
        if last is None:
            return self._arrive() if self._section else [Say(self._text(self._pick(self._book.plain)))]
        if last.type != "message" and self._talk.unspoken:
            return self._after()
        if last.role == "user" and not last.text.strip():
            return [*self._results(), Say(self._pick(self._book.unheard))]
        return [*self._results(), *self._turn()]

    def _turn(self) -> Reply:
        for reply in self._ways():
            if reply:
                return reply
        return [Say(self._pick(self._book.lost if self._section else self._book.plain, render=True))]

    def _ways(self) -> Iterator[Reply]:
        """What can be said to the caller, the best first."""
        section = self._section or Agent()
        yield self._by_rules(section.turns)
        yield self._by_rules(self._book.first)
        yield self._hand_over(by_name=True)
        yield self._refusal()
        if self._talk.named_now or self._talk.heard_now:
            yield self._plan()
        yield self._hand_over(by_name=False) if not self._talk.named_now or not self._section else []
        yield self._by_rules(self._book.later)
        yield self._plan()

    def _by_rules(self, rules: Sequence[Rule]) -> Reply:
        replies = (self._follow(rule) for rule in rules if self._holds(rule))
        return next((reply for reply in replies if reply), [])

    def _follow(self, rule: Rule) -> Reply:
        said = [Say(self._pick(rule.say, render=True))] if rule.say else []
        call = [self._call(rule.call, rule.arguments, None)] if rule.call else []
        if any(self._talk.was_called(each.name, each.arguments, self._talk.turn) for each in call):
            return []
        self._spoke_up = bool(rule.say)
        more = self._plan() if rule.go_on else []
        return [*said, *call, *more]

    def _holds(self, rule: Conditions) -> bool:
        if isinstance(rule, Rule) and rule.call and rule.call not in self._tools:
            return False
        talk = self._talk
        return (
            talk.hears(rule, talk.wishes)
            and (rule.said is None or rule.said.search(talk.asked) is not None)
            and (rule.topic is None or any(self._is_at_hand(name) for name in rule.topic))
            and all(talk.value(name) is not None for name in rule.known)
            and all(talk.value(name) is None for name in rule.missing)
            and all(talk.succeeded(tool) for tool in rule.done)
            and not any(talk.succeeded(tool) for tool in rule.undone)
            and (rule.turn is None or rule.turn == talk.turn)
            and (rule.named is None or rule.named == bool(talk.named_now))
            and (rule.told is None or rule.told == bool(talk.heard_now))
            and (rule.leaving is None or rule.leaving == talk.leaving)
            and (rule.dropped is None or rule.dropped == talk.dropped_now)
        )

    def _is_at_hand(self, name: str) -> bool:
        at_hand = [wanted.topic for wanted in self._talk.wanted]
        return {"none": not at_hand, "any": bool(at_hand)}.get(name, name in at_hand)

    # --- plans

    def _plan(self, after_tool: bool = False) -> Reply:
        for wanted in self._talk.wanted:
            plan = self._book.plan(self._agent, wanted.topic)
            reply = self._steps(plan, wanted, after_tool) if plan else []
            if reply:
                return reply
        return []

    def _steps(self, plan: Plan, wanted: Wanted, after_tool: bool) -> Reply:
        for step in plan.steps:
            if step.when and not self._step_holds(step.when, wanted):
                continue
            reply = self._step(step, wanted, after_tool)
            if reply is not None:
                return reply
        return []

    def _step_holds(self, when: Conditions, wanted: Wanted) -> bool:
        known = all(self._talk.value(name, wanted) is not None for name in when.known)
        missing = all(self._talk.value(name, wanted) is None for name in when.missing)
        rest = when.model_copy(update={"known": (), "missing": ()})
        return known and missing and self._holds(rest)

    def _step(self, step: Step, wanted: Wanted, after_tool: bool) -> Reply | None:
        """What the step wants now; None when it is done or cannot be done."""
        if step.call and (step.call not in self._tools or self._once_done(step.call)):
            return None
        missing = self._missing(step, wanted)
        if missing:
            return [Say(self._question(step, missing, wanted))]
        if step.confirm and self._talk.value(step.confirm, wanted) is None:
            return [Say(self._question(step, [step.confirm], wanted))]
        if step.call:
            return self._step_call(step, wanted, after_tool)
        return [Say(self._pick(step.say, render=True, wanted=wanted))] if step.say else None

    def _step_call(self, step: Step, wanted: Wanted, after_tool: bool) -> Reply | None:
        call = self._call(step.call or "", step.arguments, wanted)
        talk = self._talk
        since = talk.turn if wanted.topic in talk.named_now else wanted.turn
        if any(each.arguments == call.arguments for each in talk.succeeded(call.name, since)):
            return None
        chain = [each for each in talk.called if each.turn == talk.turn and not each.tool.startswith(TRANSFER)]
        again = talk.was_called(call.name, call.arguments, since)
        if again or talk.has_lost_calls or len(chain) >= LONGEST_CHAIN:
            return [] if after_tool else [Say(self._pick(self._book.lasting))]
        said = [Say(self._pick(step.say, render=True, wanted=wanted))] if step.say and not chain else []
        return [*said, call]

    def _once_done(self, tool: str) -> bool:
        return self._book.is_once(tool) and bool(self._talk.succeeded(tool))

    def _missing(self, step: Step, wanted: Wanted) -> list[str]:
        missing = []
        for need in needs_of(step):
            names = (need,) if isinstance(need, str) else need
            if all(self._talk.value(name, wanted) is None for name in names):
                missing.append(self._asked_lately(names))
        return missing

    def _asked_lately(self, names: Sequence[str]) -> str:
        """Of slots that serve alike, the one that the agent has just asked for, else the first."""
        asked = (name for name in names if self._book.slots[name].asked.search(self._talk.asked))
        return next(asked, names[0])

    def _question(self, step: Step, missing: Sequence[str], wanted: Wanted) -> str:
        slot = self._book.slots[missing[0]]
        times = self._talk.times_asked(missing[0], wanted.turn)
        if times == 0 and step.ask and len(missing) == len(needs_of(step)):
            return self._pick(step.ask, render=True, wanted=wanted)
        if times == 0 or missing[0] not in self._asked_in_vain():
            return self._pick(slot.ask, render=True, wanted=wanted)
        if times > 2 and slot.stuck:
            return self._pick(slot.stuck, render=True, wanted=wanted)
        return self._pick(slot.again or slot.ask, render=True, wanted=wanted)

    def _asked_in_vain(self) -> set[str]:
        """The slots that the caller was asked for and did not tell."""
        talk = self._talk
        if talk.heard_now or talk.named_now or self._spoke_up:
            return set()
        return {name for name, slot in self._book.slots.items() if slot.asked.search(talk.asked)}

    def _refusal(self) -> Reply:
        if self._talk.refused is None:
            return []
        wanted, slot = self._talk.refused
        plan = self._book.plan(self._agent, wanted.topic)
        steps = plan.steps if plan else ()
        texts = next((step.refused for step in steps if step.confirm == slot), None)
        return [Say(self._pick(texts, render=True, wanted=wanted))] if texts else []

    # --- after a tool

    def _after(self) -> Reply:
        last = self._talk.returned[-1]
        if last.tool == f"{TRANSFER}{self._agent}":
            return self._arrive_quietly()
        told: Reply = [
            *self._results(),
            *([Say(self._failed_transfer(last))] if last.tool.startswith(TRANSFER) else []),
        ]
        if self._talk.leaving and not self._talk.was_called("end_call", {}, self._talk.turn):
            return [*told, *self._turn()]
        more = self._plan(after_tool=True)
        if _asks(told) and all(isinstance(part, Say) for part in more):
            if not more or self._asks_for_value(told):
                return told
            told = _without_question(told)
        if told or more:
            return [*told, *more, *(self._wrap_up() if not more else [])]
        return [Say(self._pick(self._book.troubled))] if last.failed else self._wrap_up()

    def _asks_for_value(self, parts: Reply) -> bool:
        texts = [part.text for part in parts if isinstance(part, Say)]
        return any(slot.asked.search(text) for slot in self._book.slots.values() for text in texts)

    def _arrive_quietly(self) -> Reply:
        """The transfer's own output asks for the opening when the engine does not."""
        return self._arrive() if self._section else [Say(self._pick(self._book.plain, render=True))]

    def _failed_transfer(self, returned: Returned) -> str:
        if returned.rule and returned.rule.say:
            return self._telling(returned)
        return self._pick(self._book.troubled, render=True)

    def _wrap_up(self) -> Reply:
        return [Say(self._pick(self._book.wrap_up))] if self._book.wrap_up else []

    def _results(self) -> Reply:
        """What the tools returned and the caller has not heard."""
        waiting = [each for each in self._talk.unspoken if not each.tool.startswith(TRANSFER)]
        return [Say(text) for text in map(self._telling, waiting) if text]

    def _telling(self, returned: Returned) -> str:
        rule = returned.rule
        if rule:
            match = rule.match.search(returned.output)
            groups = {name: value or "" for name, value in (match.groupdict() if match else {}).items()}
            values = {"output": returned.output, **groups}
            return self._pick(rule.say, render=True, values=values) if rule.say else ""
        if returned.failed:
            return "" if returned.forgotten else self._pick(self._book.troubled)
        return speech_in(returned.output, self._book.advice)

    # --- handing over

    def _hand_over(self, by_name: bool) -> Reply:
        """To an agent that the playbook does not know, when the caller's words fit its name or its purpose."""
        if not self._talk.words or (self._section and self._talk.dropped_now):
            return []
        scores = {tool.name: _fit(self._talk.words, tool, by_name) for tool in self._strangers()}
        best = max(scores, key=lambda name: scores[name], default="")
        if not best or not scores[best] or self._tried(best):
            return []
        return [self._call(best, {}, None)]

    def _strangers(self) -> list[Tool]:
        tools = [tool for tool in self._tools.values() if tool.name.startswith(TRANSFER)]
        if self._section is None:
            return tools
        return [tool for tool in tools if tool.name.removeprefix(TRANSFER) not in self._book.agents]

    def _tried(self, tool: str) -> bool:
        return any(each.tool == tool and each.turn == self._talk.turn for each in self._talk.returned)

    # --- words

    def _call(self, name: str, arguments: Mapping[str, Any], wanted: Wanted | None) -> CallTool:
        filled = {key: self._filled(value, wanted) for key, value in arguments.items()}
        kept = {key: value for key, value in filled.items() if value is not None}
        return CallTool(name, _fitting(self._tools[name], kept, self._talk.words))

    def _filled(self, value: object, wanted: Wanted | None) -> object:
        """The value with its slots put in; None when one that may be missing is."""
        if isinstance(value, list):
            return [each for each in (self._filled(part, wanted) for part in value) if each is not None]
        if not isinstance(value, str):
            return value
        for name, _optional in PLACEHOLDER.findall(value):
            if self._named_value(name, wanted) is None:
                return None
        return self._text(value, wanted=wanted)

    def _pick(
        self,
        texts: Sequence[str] | None,
        render: bool = False,
        wanted: Wanted | None = None,
        values: Mapping[str, str] | None = None,
    ) -> str:
        if not texts:
            return ""
        text = texts[self._variant % len(texts)]
        return self._text(text, wanted, values) if render else text

    def _text(self, text: str, wanted: Wanted | None = None, values: Mapping[str, str] | None = None) -> str:
        def put(match: re.Match[str]) -> str:
            given = (values or {}).get(match[1])
            return given if given is not None else self._named_value(match[1], wanted) or ""

        return PLACEHOLDER.sub(put, text)

    def _named_value(self, name: str, wanted: Wanted | None) -> str | None:
        words = (wanted.words if wanted else "") or self._talk.words
        own = {"said": self._talk.asked, "words": words, "agent": self._agent.replace("_", " ")}
        if name in own:
            return own[name] or None
        return self._talk.value(name, wanted)


def _without_trailing_replies(items: Sequence[Item]) -> tuple[Item, ...]:
    """Asked again after its own reply, an agent gives the reply again."""
    kept = list(items)
    while kept and kept[-1].type == "message" and kept[-1].role == "assistant":
        kept.pop()
    return tuple(kept)


def _asks(parts: Reply) -> bool:
    return any(isinstance(part, Say) and part.text.rstrip().endswith("?") for part in parts)


def _without_question(parts: Reply) -> Reply:
    """What was told, without the offer at its end."""
    *before, last = parts
    text = re.sub(r"(?:^|(?<=[.!?])\s+)[^.!?]*\?\s*$", "", last.text) if isinstance(last, Say) else ""
    return [*before, *([Say(text)] if text else [])]


def _joined(parts: Reply) -> Iterator[Say | CallTool]:
    texts: list[str] = []
    for part in parts:
        if isinstance(part, Say):
            texts.append(part.text.strip())
            continue
        if any(texts):
            yield Say(" ".join(text for text in texts if text))
        texts = []
        yield part
    if any(texts):
        yield Say(" ".join(text for text in texts if text))


def _fit(words: str, tool: Tool, by_name: bool) -> int:
    """How well the caller's words fit a transfer tool."""
    said = _telling_words(words)
    name = _telling_words(tool.name.removeprefix(TRANSFER).replace("_", " "))
    if by_name:  # "support" tells nothing of a purpose, but it is a name
        return len(set(re.findall(r"[a-z]+", words.lower())) & set(tool.name.removeprefix(TRANSFER).split("_")))
    return 3 * len(said & name) + len(said & _telling_words(tool.description))


def _telling_words(text: str) -> set[str]:
    words = (word.rstrip("s") for word in re.findall(r"[a-z]+", text.lower()))
    return {word for word in words if len(word) > 3 and word not in _COMMON and f"{word}s" not in _COMMON}


def _fitting(tool: Tool, arguments: Mapping[str, Any], words: str) -> dict[str, Any]:
    """The arguments that the tool's schema knows, in its types; what else it requires comes from `words`."""
    properties: Mapping[str, Any] = tool.parameters.get("properties") or {}
    fitted = {name: _as_type(value, properties[name]) for name, value in arguments.items() if name in properties}
    for name in tool.parameters.get("required") or ():
        if name in properties and name not in fitted:
            fitted[name] = _as_type([], properties[name]) or words
    return fitted


def _as_type(value: object, schema: object) -> object:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if kind == "string" and isinstance(value, list):
        return " ".join(str(each) for each in value)
    if kind == "array" and not isinstance(value, list):
        return [value]
    if kind == "integer" and isinstance(value, str) and value.isdigit():
        return int(value)
    return value
