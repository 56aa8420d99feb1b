"""What a playbook makes of a conversation: what is known, what is wanted, what the tools returned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.meaning import Meanings
from simulator.mind import Item
from simulator.playbook_format import ANY_REPLY, After, Book, Conditions, Rule, Slot
from simulator.slots import NORMALISERS, chosen

TRANSFER = "transfer_to_"
REFUSAL = "no"
_JOINED = re.compile(r"\b(?:and|both|plus|as well as)\b|[,&]", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """A slot's value and the caller's turn that gave it."""

    value: str
    turn: int


@dataclass(frozen=True)
class Wanted:
    """A topic, the turn in which it came up, and what stood in the same clause."""

    topic: str
    turn: int
    bound: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    """Its clause, where the caller asked for several things."""


@dataclass(frozen=True)
class Called:
    """A tool call, and the caller's turn that it was made in."""

    tool: str
    arguments: Mapping[str, Any]
    turn: int


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

    def __init__(self, book: Book, meanings: Meanings, agent: str, items: Sequence[Item]) -> None:
        self._book = book
        self._meanings = meanings
        self._agent = agent
        self.turn = 0
        self.words = ""
        """What the caller said since the agent last spoke."""
        self.wishes = ""
        """The same without what they do not want."""
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
        self.called: list[Called] = []
        """Whatever became of it: the answer to a call may never reach the conversation."""
        self.returned: list[Returned] = []
        self.unspoken: list[Returned] = []
        """What came back since the agent last spoke."""
        self.heard_now: set[str] = set()
        self.named_now: set[str] = set()
        self.dropped_now = False
        self.leaving = False
        """Whether the caller's last words were a goodbye, and no more than that."""
        self.answered = True
        """Whether the agent has spoken since the caller did."""
        self._calls: dict[str, Called] = {}
        self._early: dict[str, tuple[int, str]] = {}
        """Outputs whose calls have not come yet, and the caller's turn that they stand in."""
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
            self._note_call(item.call_id or item.id, Called(item.name or "", _object(item.arguments), self.turn))
        elif item.type == "function_call_output":
            self._note_output(item.call_id or "", item.output or item.text)

    def _note_call(self, call_id: str, call: Called) -> None:
        self._calls[call_id] = call
        self.called.append(call)
        if call_id in self._early:
            self._take(call, self._early.pop(call_id)[1])

    def _note_output(self, call_id: str, output: str) -> None:
        if call_id in self._calls:
            self._take(self._calls[call_id], output)
        else:
            self._early[call_id] = (self.turn, output)

    def _note(self, text: str) -> None:
        """What a colleague wrote down counts as known."""
        for name, slot in self._book.slots.items():
            value = None if slot.only_asked else self._value(name, text)
            if value is not None:
                self.known.setdefault(name, Heard(value, self.turn))

    def _speak(self, text: str) -> None:
        self.said = text if not self.answered else f"{self.said} {text}".strip()
        self.answered = True
        self.unspoken = []
        self.spoken.append((self.turn, text))
        if self.wanted and ANY_REPLY in self._book.topics[self.wanted[0].topic].closed_by:
            self._settle(self.wanted[0])

    def _hear(self, text: str) -> None:
        if self.answered:
            self.words, self.wishes, self.asked = "", "", self.said
            self.heard_now, self.named_now, self.refused, self.dropped_now = set(), set(), None, False
        self.answered = False
        self.turn += 1
        text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        self.words = f"{self.words} {text}".strip()
        before = self.wanted[0] if self.wanted else None
        unwanted, wishes = self._unwanted(text)
        self.wishes = f"{self.wishes} {wishes}".strip()
        answers_freely = not unwanted and self._is_free_answer(text)
        named = [] if answers_freely else self._named(wishes)
        self.leaving = self._is_goodbye(wishes, named)
        if self.leaving:
            self._let_go(text, wishes)
            return
        heard = self._read_slots(text, answers_freely, named)
        self.named_now |= {wanted.topic for wanted in named}
        self._take_refusals(heard)
        self._drop(text, unwanted, named)
        self._open(named)
        self._take_up_again(heard, before)

    def _is_goodbye(self, text: str, named: Sequence[Wanted]) -> bool:
        """Whether a goodbye is all that the caller means: neither a request nor an answer that was waited for."""
        if not self._book.goodbye.search(text):
            return False
        if named and any(self._asks_for_something(clause) for clause in self._clauses(text)):
            return False
        waited_for = [name for name, slot in self._book.slots.items() if slot.read and slot.asked.search(self.asked)]
        return not any(self._values(name, text) for name in waited_for)

    def _asks_for_something(self, clause: str) -> bool:
        return bool(self._topic(clause) and (self._book.request.search(clause) or self._values_in(clause)))

    def _let_go(self, text: str, wishes: str) -> None:
        self.wanted, self.words, self.wishes = [], text, wishes
        self.named_now, self.heard_now = set(), set()

    def _unwanted(self, text: str) -> tuple[set[str], str]:
        """The topics that the caller does not want, and the text without them."""
        unwanted: set[str] = set()
        for match in self._book.negated.finditer(text):
            topic = self._topic(match["what"] or match[0])
            if topic:
                unwanted.add(topic)
                text = text.replace(match[0], " ")
        return unwanted, text

    def _drop(self, text: str, unwanted: set[str], named: Sequence[Wanted]) -> None:
        """Forget what the caller does not want: all that is pending, or what they named."""
        if self._book.drop.search(text) and not named and not unwanted:
            self.wanted, self.dropped_now = [], True
        elif unwanted:
            settles = {tool for topic in unwanted for tool in self._book.topics[topic].closed_by} - {ANY_REPLY}
            self.wanted = [each for each in self.wanted if settles.isdisjoint(self._book.topics[each.topic].closed_by)]
            self.dropped_now = not named

    def _is_free_answer(self, text: str) -> bool:
        """Whether this is the free answer that was asked for, and not a request of its own."""
        if not any(slot.whole and slot.asked.search(self.asked) for slot in self._book.slots.values()):
            return False
        rules = (*self._book.first, *self._section_rules())
        heard = [rule for rule in rules if (rule.heard or rule.meant) and self.hears(rule, text)]
        reserved = any(rule.said is None or rule.said.search(self.asked) for rule in heard)
        patterns = (self._book.request, self._book.drop, self._book.goodbye)
        return not (reserved or any(pattern.search(text) for pattern in patterns))

    def _section_rules(self) -> Sequence[Rule]:
        section = self._book.agents.get(self._agent)
        return section.turns if section else ()

    def _read_slots(self, text: str, answers_freely: bool, named: Sequence[Wanted]) -> dict[str, str]:
        heard: dict[str, str] = {}
        for name, slot in self._book.slots.items():
            asked = slot.asked.search(self.asked) is not None
            if (slot.only_asked and not asked) or not heard.keys().isdisjoint(slot.yields_to):
                continue
            values = self._values(name, text, asked)
            if not values and slot.whole and asked and answers_freely:
                values = [text]
            if values:
                heard[name] = values[-1]
                self.known[name] = Heard(values[-1], self.turn)
                if self.wanted and not named:
                    self._set_right(name, values)
        self.heard_now |= set(heard)
        return heard

    def _set_right(self, name: str, values: Sequence[str]) -> None:
        """A value is for what is at hand first, and for that as often as there are values."""
        first, *rest = self.wanted
        bound = _without(first.bound, name)
        several = values if len(values) > 1 and name in self._book.uses(first.topic) else ()
        each = [replace(first, bound={**bound, name: value}) for value in several]
        self.wanted = [*(each or [replace(first, bound=bound)]), *rest]

    def _value(self, name: str, text: str, asked: bool = False) -> str | None:
        values = self._values(name, text, asked)
        return values[-1] if values else None

    def _values(self, name: str, text: str, asked: bool = False) -> list[str]:
        """What the text says for a slot: several only where they are joined ("10042 and 10043")."""
        slot = self._book.slots[name]
        found = NORMALISERS[slot.read](text, slot.pattern) if slot.read else []
        if found:
            return found if len(found) > 1 and _JOINED.search(text) else found[-1:]
        for value, pattern in slot.values.items():
            if pattern.search(text):
                return [value]
        return self._chosen(name, slot, text, asked)

    def _chosen(self, name: str, slot: Slot, text: str, asked: bool) -> list[str]:
        if slot.options is None:
            return []
        outputs = [each.output for each in self.returned if each.tool in slot.options.tools]
        offered = [found for found in (list(slot.options.each.finditer(output)) for output in outputs) if found]
        if not offered:
            return []
        values = [match[1] if match.re.groups else match[0] for match in offered[-1]]
        before = self.known[name].value if name in self.known else None
        places = chosen(
            text, [match[0] for match in offered[-1]], asked, values.index(before) if before in values else None
        )
        if slot.options.everything and len(places) == len(values) > 1:
            return [slot.options.everything]
        return [values[place] for place in places]

    def _clauses(self, text: str) -> list[str]:
        return [clause for clause in self._book.clauses.split(text) if clause and clause.strip()]

    def _named(self, text: str) -> list[Wanted]:
        """What the text asks for, each with the values of its own clause when there are several."""
        named: list[Wanted] = []
        clauses = [(clause, topic) for clause in self._clauses(text) if (topic := self._topic(clause))]
        if len(clauses) < 2:
            topic = clauses[0][1] if clauses else self._topic(text)
            clauses = [(text, topic)] if topic else []
        for clause, topic in clauses:
            for wanted in self._wanted_in(clause, topic):
                if not any(self._is_same(wanted, other) for other in named):
                    named.append(wanted)
        return named if len(named) > 1 else [Wanted(wanted.topic, self.turn) for wanted in named]

    def _wanted_in(self, clause: str, topic: str) -> Iterator[Wanted]:
        """As often as there are values that it is about ("where are 10042 and 10043?")."""
        values = {name: self._values(name, clause) for name, slot in self._book.slots.items() if not slot.only_asked}
        bound = {name: each[-1] for name, each in values.items() if each}
        uses = self._book.uses(topic)
        several = next((name for name, each in values.items() if len(each) > 1 and name in uses), None)
        if several is None:
            yield Wanted(topic, self.turn, bound, clause)
            return
        for value in values[several]:
            yield Wanted(topic, self.turn, {**bound, several: value}, clause)

    def _is_same(self, wanted: Wanted, other: Wanted) -> bool:
        """Whether one is done with the other ("return it and get a refund")."""
        topics = self._book.topics
        alike = wanted.topic == other.topic or topics[wanted.topic].closed_by == topics[other.topic].closed_by
        asks_anew = topics[wanted.topic].aside and wanted.words != other.words
        return (
            alike
            and not asks_anew
            and all(other.bound.get(name, value) == value for name, value in wanted.bound.items())
        )

    def _topic(self, clause: str) -> str | None:
        topics = self._book.topics.items()
        heard = [name for name, topic in topics if topic.heard and topic.heard.search(clause)]
        clear = next((name for name in heard if not self._book.topics[name].vague), None) or self._meant(clause)
        if clear:
            return self._general_or(clear, clause)
        for name, topic in topics:
            if any(pair.said.search(self.asked) and pair.heard.search(clause) for pair in topic.answers):
                return name
        return self._opened_by(clause) or next((name for name in heard if not self._meanings.of(clause)), None)

    def _meant(self, clause: str) -> str | None:
        """The topic of the example that is nearest, if one is near and of a topic."""
        meaning = self._meanings.of(clause)
        return next((name for name, topic in self._book.topics.items() if meaning and topic.meant == meaning), None)

    def hears(self, asked: Conditions, text: str) -> bool:
        """Whether `text` is what the conditions want to hear, by pattern or by example; they may want nothing."""
        if asked.heard is None and asked.meant is None:
            return True
        if asked.heard and asked.heard.search(text):
            return True
        return asked.meant is not None and any(self._meanings.of(each) == asked.meant for each in self._clauses(text))

    def _general_or(self, topic: str, clause: str) -> str:
        """The topic of general questions, when this is one and about nothing of the caller's own."""
        general = self._book.general
        if general is None or topic not in general.of or general.own.search(clause) or self._uses_value(topic, clause):
            return topic
        begun = any(name in self.known for name in self._book.uses(topic))
        return general.topic if not begun and general.perhaps.search(clause) else topic

    def _uses_value(self, topic: str, clause: str) -> bool:
        return not self._book.uses(topic).isdisjoint(self._values_in(clause))

    def _opened_by(self, clause: str) -> str | None:
        """What is asked with nothing but a value: "where's 10042?" """
        if not self._book.request.search(clause):
            return None
        opened = (self._book.slots[name].opens for name in self._values_in(clause))
        return next((topic for topic in opened if topic), None)

    def _values_in(self, clause: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, slot in self._book.slots.items():
            value = None if slot.only_asked else self._value(name, clause)
            if value is not None:
                found[name] = value
        return found

    def _open(self, named: Sequence[Wanted]) -> None:
        if not named:
            return
        fresh = [self._at_hand(wanted) or wanted for wanted in named]
        topics = {wanted.topic for wanted in fresh}
        returning = all(self._book.topics[each.topic].aside or self._at_hand(each) for each in named)
        rest = [wanted for wanted in self.wanted if wanted.topic not in topics] if returning else []
        # What the caller asked for a moment ago and nobody has answered yet still stands.
        unanswered = [each for each in self.wanted if each.topic in self.named_now and each.topic not in topics]
        self.wanted = [*fresh, *(rest or unanswered)]

    def _at_hand(self, wanted: Wanted) -> Wanted | None:
        """The same thing, if it is pending."""
        return next((each for each in self.wanted if self._is_same(wanted, each)), None)

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
                self._settle(self.wanted[0])

    def _take(self, call: Called, output: str) -> None:
        rule = self._rule(call.tool, output)
        advised = rule is None and not call.tool.startswith(TRANSFER) and not speech_in(output, self._book.advice)
        forgotten = rule.forget if rule else tuple(self._asked_for(output)) if advised else ()
        failed = advised or bool(rule and (rule.failed or rule.forget))
        returned = Returned(call.tool, call.arguments, output, call.turn, rule, failed, forgotten)
        self.returned.append(returned)
        self.unspoken.append(returned)
        self._forget(forgotten, call)
        if rule and rule.close and self.wanted:
            self._settle(self.wanted[0])
        elif not forgotten:
            self._close(call.tool)
        if rule:
            self._learn(rule, output)

    def _forget(self, names: Sequence[str], call: Called) -> None:
        """The values that a tool refused; what stands beside them in other wishes was not refused."""
        for name in names:
            self.known.pop(name, None)
            self.wanted = [
                replace(each, bound=_without(each.bound, name))
                if each.bound.get(name) in call.arguments.values()
                else each
                for each in self.wanted
            ]

    def _learn(self, rule: After, output: str) -> None:
        """What the output answers before it is asked."""
        match = rule.match.search(output)
        for name, text in rule.notes.items():
            self.known[name] = Heard(match.expand(text) if match else text, self.turn)

    def _rule(self, tool: str, output: str) -> After | None:
        notes = self._book.tools.get(tool)
        at_hand = self.wanted[0].topic if self.wanted else ""
        for rule in notes.after if notes else ():
            fits = rule.agents is None or self._agent in rule.agents
            if fits and (rule.wanted is None or at_hand in rule.wanted) and rule.match.search(output):
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
                self._settle(wanted)
                return

    def _settle(self, wanted: Wanted) -> None:
        """It is done with, and so is what was said for it alone."""
        self.settled = wanted
        self.wanted = [each for each in self.wanted if each is not wanted]
        for name in self._book.uses(wanted.topic):
            if self._book.slots[name].used_up:
                self.known.pop(name, None)

    def value(self, slot: str, wanted: Wanted | None = None) -> str | None:
        """What is known for a topic: a later word of the caller, what stood in its clause, an earlier word."""
        heard = self.known.get(slot)
        if wanted is None:
            return heard.value if heard else None
        if slot in wanted.bound:
            return wanted.bound[slot]
        if heard is None or (self._book.slots[slot].per_topic and heard.turn < wanted.turn):
            return None
        return heard.value

    def times_asked(self, slot: str, since: int) -> int:
        """How often the agents asked for a slot since a turn of the caller."""
        pattern = self._book.slots[slot].asked
        return sum(turn >= since and pattern.search(text) is not None for turn, text in self.spoken)

    def was_called(self, tool: str, arguments: Mapping[str, Any], since: int) -> bool:
        """Whether just this has been called since a turn of the caller, whatever came of it."""
        return Called(tool, arguments, 0) in [
            Called(each.tool, each.arguments, 0) for each in self.called if each.turn >= since
        ]

    @property
    def has_lost_calls(self) -> bool:
        """Whether something came back in this turn that no call is known of: nobody can tell what has been done."""
        return any(turn == self.turn for turn, _output in self._early.values())

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
