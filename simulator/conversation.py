"""What a playbook makes of a conversation: what is known, what is wanted, what the tools returned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.mind import Item
from simulator.playbook_format import ANY_REPLY, After, Book, Rule, Slot
from simulator.slots import NORMALISERS, option

TRANSFER = "transfer_to_"
REFUSAL = "no"


@dataclass(frozen=True)
class Heard:
    """A slot's value and the caller's turn that gave it."""

    value: str
    turn: int


@dataclass(frozen=True)
class Wanted:
    """A topic, the turn in which it came up, and the values that stood in the same clause."""

    topic: str
    turn: int
    bound: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Returned:
    """What a tool returned, in which turn of the caller, and the playbook's reading of it."""

    tool: str
    arguments: Mapping[str, Any]
    output: str
    turn: int
    rule: After | None
    failed: bool
    forgotten: tuple[str, ...]


class Conversation:
    """The items of a conversation, read from the first to the last; nothing else is remembered."""

    def __init__(self, book: Book, agent: str, items: Sequence[Item]) -> None:
        self._book = book
        self._agent = agent
        self.turn = 0
        self.words = ""
        """What the caller said since the agent last spoke."""
        self.asked = ""
        """What the agent said before that."""
        self.said = ""
        """What the agent said last."""
        self.spoken: list[tuple[int, str]] = []
        """The agents' messages, each with the caller's turn before it."""
        self.known: dict[str, Heard] = {}
        self.wanted: list[Wanted] = []
        self.settled: Wanted | None = None
        """The topic that was closed last."""
        self.refused: tuple[Wanted, str] | None = None
        """The topic that the caller said no to just now, and the slot that asked."""
        self.returned: list[Returned] = []
        self.unspoken: list[Returned] = []
        """What came back since the agent last spoke."""
        self.heard_now: set[str] = set()
        self.named_now: set[str] = set()
        self.dropped_now = False
        self.answered = True
        """Whether the agent has spoken since the caller did."""
        self._calls: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for item in items:
            self._read(item)

    def _read(self, item: Item) -> None:
        if item.type == "message" and item.role == "user" and item.text.strip():
            self._hear(item.text.strip())
        elif item.type == "message" and item.role == "system":
            self._note(item.text)
        elif item.type == "message" and item.role == "assistant" and item.text.strip():
            self._speak(item.text.strip())
        elif item.type == "function_call":
            self._calls[item.call_id or item.id] = (item.name or "", _object(item.arguments))
        elif item.type == "function_call_output":
            self._take(*self._calls.get(item.call_id or "", (item.name or "", {})), item.output or item.text)

    def _note(self, text: str) -> None:
        """What a colleague wrote down counts as known."""
        for name, slot in self._book.slots.items():
            value = None if slot.only_asked else self._value(slot, text)
            if value is not None:
                self.known.setdefault(name, Heard(value, self.turn))

    def _speak(self, text: str) -> None:
        self.said = text if not self.answered else f"{self.said} {text}".strip()
        self.answered = True
        self.unspoken = []
        self.spoken.append((self.turn, text))
        self._close(ANY_REPLY)

    def _hear(self, text: str) -> None:
        if self.answered:
            self.words, self.asked = "", self.said
            self.heard_now, self.named_now, self.refused, self.dropped_now = set(), set(), None, False
        self.answered = False
        self.turn += 1
        self.words = f"{self.words} {text}".strip()
        before = self.wanted[0] if self.wanted else None
        answers_freely = self._is_free_answer(text)
        heard = self._read_slots(text, answers_freely)
        named = {} if answers_freely else self._named(text)
        self.named_now |= set(named)
        if self._book.drop.search(text) and not named:
            self.wanted, self.dropped_now = [], True
        self._open(named)
        self._take_up_again(heard, before)
        self._take_refusals(heard)

    def _is_free_answer(self, text: str) -> bool:
        """Whether this is the free answer that was asked for, and not a request of its own."""
        if not any(slot.whole and slot.asked.search(self.asked) for slot in self._book.slots.values()):
            return False
        rules = (*self._book.first, *self._section_rules())
        heard = [rule for rule in rules if rule.heard and rule.heard.search(text)]
        reserved = any(rule.said is None or rule.said.search(self.asked) for rule in heard)
        return not (reserved or self._book.request.search(text) or self._book.drop.search(text))

    def _section_rules(self) -> Sequence[Rule]:
        section = self._book.agents.get(self._agent)
        return section.turns if section else ()

    def _read_slots(self, text: str, answers_freely: bool) -> dict[str, str]:
        heard: dict[str, str] = {}
        for name, slot in self._book.slots.items():
            asked = slot.asked.search(self.asked) is not None
            if (slot.only_asked and not asked) or not heard.keys().isdisjoint(slot.yields_to):
                continue
            value = self._value(slot, text, asked)
            if value is None and slot.whole and asked and answers_freely:
                value = text
            if value is not None:
                heard[name] = value
                self.known[name] = Heard(value, self.turn)
        self.heard_now |= set(heard)
        return heard

    def _value(self, slot: Slot, text: str, asked: bool = False) -> str | None:
        if slot.read:
            found = NORMALISERS[slot.read](text, slot.pattern)
            if found:
                return found[-1]
        for value, pattern in slot.values.items():
            if pattern.search(text):
                return value
        return self._chosen(slot, text, asked)

    def _chosen(self, slot: Slot, text: str, asked: bool) -> str | None:
        if slot.options is None:
            return None
        outputs = [each.output for each in self.returned if each.tool in slot.options.tools]
        offered = [found for found in (list(slot.options.each.finditer(output)) for output in outputs) if found]
        if not offered:
            return None
        place = option(text, [match[0] for match in offered[-1]], asked)
        if place is None:
            return None
        chosen = offered[-1][place]
        return chosen[1] if chosen.re.groups else chosen[0]

    def _named(self, text: str) -> dict[str, Mapping[str, str]]:
        """The topics that the text names, each with the values of its own clause when there are several."""
        named: dict[str, Mapping[str, str]] = {}
        clauses = [clause for clause in self._book.clauses.split(text) if clause and clause.strip()]
        for clause in clauses:
            topic = self._topic(clause)
            if topic and topic not in named:
                named[topic] = self._values_in(clause)
        if not named:
            topic = self._topic(text)
            return {topic: {}} if topic else {}
        return named if len(named) > 1 else {topic: {} for topic in named}

    def _topic(self, clause: str) -> str | None:
        for name, topic in self._book.topics.items():
            if topic.heard.search(clause):
                return name
        for name, topic in self._book.topics.items():
            if any(pair.said.search(self.asked) and pair.heard.search(clause) for pair in topic.answers):
                return name
        return None

    def _values_in(self, clause: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, slot in self._book.slots.items():
            value = None if slot.only_asked else self._value(slot, clause)
            if value is not None:
                found[name] = value
        return found

    def _open(self, named: Mapping[str, Mapping[str, str]]) -> None:
        if not named:
            return
        at_hand = {wanted.topic: wanted for wanted in self.wanted}
        fresh = [at_hand.get(topic) or Wanted(topic, self.turn, bound) for topic, bound in named.items()]
        returning = all(self._book.topics[topic].aside or topic in at_hand for topic in named)
        rest = [wanted for wanted in self.wanted if wanted.topic not in named] if returning else []
        # What the caller asked for a moment ago and nobody has answered yet still stands.
        unanswered = [wanted for wanted in self.wanted if wanted.topic in self.named_now and wanted.topic not in named]
        self.wanted = [*fresh, *(rest or unanswered)]

    def _take_up_again(self, heard: Mapping[str, str], before: Wanted | None) -> None:
        """A new value with nothing at hand is about what was settled last ("no, I meant 10043")."""
        if self.wanted or before or self.dropped_now or not heard:
            return
        if self.settled and self._book.uses(self.settled.topic) & set(heard):
            self.wanted = [Wanted(self.settled.topic, self.turn)]
            return
        topics = [self._book.slots[name].opens for name in heard]
        self.wanted = [Wanted(topic, self.turn) for topic in topics if topic][:1]

    def _take_refusals(self, heard: Mapping[str, str]) -> None:
        plans = [plan for agent in self._book.agents.values() for plan in agent.plans]
        confirmed = {step.confirm for plan in plans for step in plan.steps}
        for name, value in heard.items():
            if name not in confirmed or value != REFUSAL or not self.wanted:
                continue
            if len(heard) > 1:  # "no, I meant ..." corrects, it does not refuse
                self.known.pop(name)
            else:
                self.refused = (self.wanted[0], name)
                self.settled = self.wanted.pop(0)

    def _take(self, tool: str, arguments: Mapping[str, Any], output: str) -> None:
        rule = self._rule(tool, output)
        advised = rule is None and not tool.startswith(TRANSFER) and not speech_in(output, self._book.advice)
        forgotten = rule.forget if rule else tuple(self._asked_for(output)) if advised else ()
        failed = advised or bool(rule and (rule.failed or rule.forget))
        returned = Returned(tool, arguments, output, self.turn, rule, failed, forgotten)
        self.returned.append(returned)
        self.unspoken.append(returned)
        for name in forgotten:
            self.known.pop(name, None)
            self.wanted = [Wanted(each.topic, each.turn, _without(each.bound, name)) for each in self.wanted]
        if rule and rule.close and self.wanted:
            self.settled = self.wanted.pop(0)
        elif not forgotten:
            self._close(tool)
        if rule and rule.topic:
            self.wanted = [Wanted(rule.topic, self.turn), *(each for each in self.wanted if each.topic != rule.topic)]

    def _rule(self, tool: str, output: str) -> After | None:
        notes = self._book.tools.get(tool)
        at_hand = {wanted.topic for wanted in self.wanted}
        for rule in notes.after if notes else ():
            fits = rule.agents is None or self._agent in rule.agents
            if fits and (rule.wanted is None or at_hand & set(rule.wanted)) and rule.match.search(output):
                return rule
        return None

    def _asked_for(self, advice: str) -> Iterator[str]:
        """The known slot that a tool's advice wants asked again."""
        for name, slot in self._book.slots.items():
            if name in self.known and slot.asked.search(advice):
                yield name

    def _close(self, tool: str) -> None:
        for wanted in self.wanted:
            if tool in self._book.topics[wanted.topic].closed_by:
                self.settled = wanted
                self.wanted = [each for each in self.wanted if each is not wanted]
                return

    def value(self, slot: str, wanted: Wanted | None = None) -> str | None:
        """What is known for a topic: a later word of the caller, what stood in its clause, an earlier word."""
        heard = self.known.get(slot)
        if wanted is None:
            return heard.value if heard else None
        if slot in wanted.bound and (heard is None or heard.turn <= wanted.turn):
            return wanted.bound[slot]
        if heard is None or (self._book.slots[slot].per_topic and heard.turn < wanted.turn):
            return None
        return heard.value

    def times_asked(self, slot: str, since: int) -> int:
        """How often the agents asked for a slot since a turn of the caller."""
        pattern = self._book.slots[slot].asked
        return sum(turn >= since and pattern.search(text) is not None for turn, text in self.spoken)

    def succeeded(self, tool: str, since: int = 0) -> list[Returned]:
        """What a tool returned without failing, since a turn of the caller."""
        return [each for each in self.returned if each.tool == tool and not each.failed and each.turn >= since]


def speech_in(output: str, advice: re.Pattern[str]) -> str:
    """The sentences of a tool's output that are for the caller: no data, and no advice to the model."""
    if not re.match(r"\s*[^\s{\[<]", output) or " " not in output.strip():
        return ""
    sentences = re.split(r"(?<=[.!?])\s+", output.strip())
    return " ".join(sentence for sentence in sentences if not advice.search(sentence))


def _object(arguments: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(arguments or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _without(bound: Mapping[str, str], name: str) -> Mapping[str, str]:
    return {slot: value for slot, value in bound.items() if slot != name}


def same_words(one: str, other: str) -> bool:
    """Whether two words are the same but for case and punctuation."""
    return _bare(one) == _bare(other)


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).lower()
