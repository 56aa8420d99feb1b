"""The format of a playbook: its parts as models. What holds over all of them is checked in `playbook_check`.

A playbook has these keys at the top (patterns are regular expressions that ignore case; a text may be one string or a
list of variants, taken in turn):

- `agent`: a pattern over the first line of the instructions; its group `agent` is the name of the agent that speaks.
- `clauses`: where a caller's sentence is cut when it asks several things.
- `drop`: words of a caller who wants nothing of what was pending ("never mind").
- `negated`: words before what a caller does not want ("no need for a person"); its group `what` is that.
- `goodbye`: words of a caller who leaves.
- `general`: how to tell a general question from one about the caller's own order. See `General`.
- `besides`: examples of what callers say that is of no topic and no rule ("I have two questions").
- `near`: how like an example, from 0 to 1, a clause has to be to mean the same; default 0.5.
- `request`: words that make a turn a new request, even when a free answer had been asked for.
- `advice`: what a tool's output looks like when it speaks to the model, not to the caller.
- `slots`: what is picked out of the caller's words; the latest value wins. See `Slot`.
- `topics`: what a caller can want. See `Topic`.
- `tools`: what to say or do when a tool has returned. See `ToolNotes`.
- `agents`: per agent `opening` (rules), `turns` (rules) and `plans` (the way through each topic). See `Agent`.
- `first`, `later`: rules of every agent, tried before and after the plan of the topic at hand. See `Rule`.
- `moments`: pattern over a one-off request of the engine (a silent caller, the last minute) -> what is said.
- `lost`: said when nothing fits; `troubled`: when a tool gave nothing but advice; `lasting`: when the same call would
  be made again; `unheard`: when not a word of the caller was understood; `plain`: by an agent without a section, as
  `{agent}`; `wrap_up`: after an answer, with nothing left.

What is exact (numbers, a yes or no) is heard by patterns; what callers put in words of their own is told by examples
(`meant`), sentences in any of sixteen languages. A clause means what the nearest example does, of the topics, of
`besides` and of the rules that count for the agent. A list may stand in several places, by an anchor; a sentence is in
one only.

A text names slots as `{order}`; in arguments `{order?}` may be missing. `{said}` is the agent's last sentence,
`{words}` the caller's, `{output}` a tool's, and a tool's pattern adds its named groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, field_validator, model_validator

from simulator.meaning import NEAR, bare
from simulator.slots import NORMALISERS
from simulator.strict_yaml import Arguments, Part, Path, Pattern, ToolName, Words

PLACEHOLDER = re.compile(r"\{([a-z_]+)(\?)?\}")
ALWAYS_KNOWN = frozenset({"said", "words", "output", "agent"})
ANY_REPLY = "reply"
UNHEARD = (
    "Sorry, I couldn't make out any words. Could you say that again, or type it?",
    "I can hear you, but I don't understand the words. Could you say it once more, or type it?",
)


def _with_words(examples: tuple[str, ...]) -> tuple[str, ...]:
    for each in examples:
        if not bare(each):
            raise ValueError(f"the example {each!r} has no words in it (numbers and addresses are no words)")
    return examples


Examples = Annotated[Words, AfterValidator(_with_words)]
"""Sentences that mean the same. What callers say is the same where it is nearest to one of them."""
Needs: TypeAlias = tuple[str | tuple[str, ...], ...]
"""Slots that have to be known; of an inner list any one will do."""


class Options(Part):
    """Choices that tools offered: the matches of `each` in the latest output that has any, each by its first group.

    The caller picks one by its place ("the second one") or, when asked, by words of it.
    """

    tools: Words
    each: Pattern
    everything: str | None = None
    """The value of a caller who picks them all."""


class Slot(Part):
    """Something to know from the caller.

    Read by a normaliser (`digits`, `postcode`, `email`, `text`), by fixed `values` (value -> pattern), or from a
    tool's `options`.
    """

    read: str | None = None
    pattern: Pattern | None = None
    values: dict[str, Pattern] = Field(default_factory=dict)
    options: Options | None = None
    asked: Pattern
    """Recognises an agent's sentence that asks for it."""
    ask: Words
    again: Words | None = None
    stuck: Words | None = None
    """Said from the fourth time on."""
    whole: bool = False
    """When it was asked for, the whole turn is the value."""
    only_asked: bool = False
    """Read only when it was asked for."""
    per_topic: bool = False
    """What was said before the topic came up does not count."""
    used_up: bool = False
    """What was said, whenever it was, counts for one topic and is forgotten when that is settled."""
    opens: str | None = None
    """The topic that the caller means who says nothing else."""
    yields_to: tuple[str, ...] = ()
    """Not read from a turn that one of these slots was read from."""

    @field_validator("read")
    @classmethod
    def _known_normaliser(cls, read: str | None) -> str | None:
        if read is not None and read not in NORMALISERS:
            raise ValueError(f"unknown normaliser `{read}`, there are: {', '.join(NORMALISERS)}")
        return read

    @model_validator(mode="after")
    def _sound(self) -> Slot:
        if not (self.read or self.values or self.options or self.whole):
            raise ValueError("a slot needs one of `read`, `values`, `options`, `whole`")
        for text in (*self.ask, *(self.again or ())):
            if not self.asked.search(text):
                raise ValueError(f"`asked` does not recognise its own question {text!r}")
        return self


class Context(Part):
    """A topic named by a short answer: the agent said one thing, the caller another."""

    said: Pattern
    heard: Pattern


class Topic(Part):
    """What a caller can want. In a clause the first topic whose pattern matches counts, else the nearest example's."""

    heard: Pattern | None = None
    meant: Examples | None = None
    answers: tuple[Context, ...] = ()
    closed_by: tuple[str, ...] = Field(min_length=1)
    """Tools whose return settles it; `reply`: anything that the agent says."""
    vague: bool = False
    """Meant only where nothing else is."""
    aside: bool = False
    """What was pending is taken up again afterwards."""


class General(Part):
    """How a question about the way things are done is told from one about the caller's own order.

    Of the topics in `of` it is `topic` that is meant when nothing is known yet that they are about, and the clause is
    `perhaps` so and names nothing of the caller's `own`.
    """

    topic: str
    of: Words
    perhaps: Pattern
    own: Pattern


class Conditions(Part):
    """What a rule or a step asks of the conversation; all of it has to hold."""

    heard: Pattern | None = None
    meant: Examples | None = None
    """Of `heard` and `meant` either will do."""
    said: Pattern | None = None
    topic: Words | None = None
    """Names of topics at hand, or `none`, or `any`."""
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    """Tools that have returned what was wanted, in this call."""
    undone: tuple[str, ...] = ()
    turn: int | None = None
    """How often the caller has spoken."""
    named: bool | None = None
    """Whether the caller's turn names a topic."""
    told: bool | None = None
    """Whether a slot was read from the caller's turn."""
    leaving: bool | None = None
    """Whether the caller says goodbye, and no more than that."""
    dropped: bool | None = None
    """Whether the caller does not want what was pending, or what they name."""


class Rule(Conditions):
    """The first rule that holds speaks (`say`), calls a tool (`call`, `arguments`), and may `go_on` with the plan."""

    say: Words | None = None
    call: ToolName | None = None
    arguments: Arguments = Field(default_factory=dict)
    go_on: bool = False

    @model_validator(mode="after")
    def _does_something(self) -> Rule:
        if not (self.say or self.call or self.go_on):
            raise ValueError("a rule needs one of `say`, `call`, `go_on`")
        return self


class Step(Part):
    """One step of a plan: call a tool once its slots are known, or have a slot answered, or say something."""

    when: Conditions | None = None
    call: ToolName | None = None
    arguments: Arguments = Field(default_factory=dict)
    needs: Needs | None = None
    """Default: the slots that the arguments name without a question mark."""
    ask: Words | None = None
    """Asked when nothing of `needs` is known yet."""
    confirm: str | None = None
    """A slot of yes and no; `no` ends the topic with `refused`."""
    refused: Words | None = None
    say: Words | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Step:
        if not (self.call or self.confirm or self.needs or self.say):
            raise ValueError("a step needs one of `call`, `confirm`, `needs`, `say`")
        if self.confirm and not self.refused:
            raise ValueError("a step with `confirm` needs `refused`")
        return self


class Plan(Part):
    """The steps through some topics, done in order; what is done already is skipped."""

    topics: Words
    steps: tuple[Step, ...] = Field(min_length=1)


class After(Part):
    r"""What a tool's output means: the first whose pattern is found in it.

    `wanted`: only for these topics. `next`: go on with the plan without a word. `failed`: it did not do its work.
    `forget`: slots to ask for again (the topic stays open). `close`: the topic is at its end.
    `notes`: slots that it answers, with the pattern's groups as `\g<name>`.
    """

    match: Pattern
    agents: Words | None = None
    wanted: Words | None = None
    say: Words | None = None
    next: bool = False
    failed: bool = False
    close: bool = False
    forget: tuple[str, ...] = ()
    notes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _does_something(self) -> After:
        if not (self.say or self.next or self.forget):
            raise ValueError("needs one of `say`, `next`, `forget`")
        return self


class ToolNotes(Part):
    """How to take what a tool returns. `once`: success holds for the whole call."""

    once: bool = False
    after: tuple[After, ...] = ()


class Agent(Part):
    """How one agent behaves."""

    opening: tuple[Rule, ...] = ()
    turns: tuple[Rule, ...] = ()
    plans: tuple[Plan, ...] = ()


class Moment(Part):
    """A one-off request of the engine."""

    match: Pattern
    say: Words


class Book(Part):
    """A whole playbook."""

    agent: Pattern
    clauses: Pattern
    drop: Pattern
    negated: Pattern
    goodbye: Pattern
    request: Pattern
    general: General | None = None
    besides: Examples | None = None
    near: float = Field(NEAR, gt=0, le=1)
    advice: Pattern
    slots: dict[str, Slot]
    topics: dict[str, Topic]
    tools: dict[str, ToolNotes] = Field(default_factory=dict)
    agents: dict[str, Agent]
    first: tuple[Rule, ...] = ()
    later: tuple[Rule, ...] = ()
    moments: tuple[Moment, ...] = ()
    lost: Words
    troubled: Words
    lasting: Words
    unheard: Words = UNHEARD
    plain: Words
    wrap_up: Words | None = None

    @field_validator("agent")
    @classmethod
    def _names_the_agent(cls, pattern: re.Pattern[str]) -> re.Pattern[str]:
        if "agent" not in pattern.groupindex:
            raise ValueError("the pattern needs a group `(?P<agent>...)`")
        return pattern

    @field_validator("negated")
    @classmethod
    def _says_what(cls, pattern: re.Pattern[str]) -> re.Pattern[str]:
        if "what" not in pattern.groupindex:
            raise ValueError("the pattern needs a group `(?P<what>...)`")
        return pattern

    def plan(self, agent: str, topic: str) -> Plan | None:
        """The way of `agent` through `topic`, if it has one."""
        section = self.agents.get(agent)
        return next((plan for plan in section.plans if topic in plan.topics), None) if section else None

    def meanings(self, agent: str | None = None) -> Iterator[tuple[str, ...]]:
        """The lists of examples that count while `agent` speaks: not those of the others' rules. Default: all."""
        for path, examples in example_lists(self):
            if agent is None or path[0] != "agents" or path[1] == agent:
                yield examples

    def uses(self, topic: str) -> set[str]:
        """The slots that some agent's plan for `topic` is about: not those that a once-only tool alone needs."""
        plans = (plan for agent in self.agents.values() for plan in agent.plans if topic in plan.topics)
        steps = (step for plan in plans for step in plan.steps if not self.is_once(step.call))
        return {slot for step in steps for slot in _slots_of_step(step)}

    def is_once(self, tool: str | None) -> bool:
        """Whether the tool's success holds for the whole call."""
        return bool(tool and tool in self.tools and self.tools[tool].once)


def needs_of(step: Step) -> Needs:
    """What has to be known before the step can be done."""
    if step.needs is not None:
        return step.needs
    # A list leaves out the texts whose slots are not known.
    texts = [value for value in step.arguments.values() if isinstance(value, str)]
    return tuple(name for name, optional in names_in(texts) if not optional and name not in ALWAYS_KNOWN)


def names_in(value: object) -> Iterator[tuple[str, bool]]:
    """The placeholders in a text or in arguments, and whether each may be missing."""
    if isinstance(value, str):
        yield from ((name, bool(optional)) for name, optional in PLACEHOLDER.findall(value))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from names_in(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from names_in(each)


def _slots_of_step(step: Step) -> Iterator[str]:
    for need in needs_of(step):
        yield from (need,) if isinstance(need, str) else need
    if step.confirm:
        yield step.confirm


def rule_lists(book: Book) -> Iterator[tuple[Path, tuple[Rule, ...]]]:
    """All lists of rules, each with its place."""
    yield ("first",), book.first
    yield ("later",), book.later
    for name, agent in book.agents.items():
        yield ("agents", name, "opening"), agent.opening
        yield ("agents", name, "turns"), agent.turns


def steps(book: Book) -> Iterator[tuple[Path, Step]]:
    """The steps of all plans, each with its place."""
    for name, agent in book.agents.items():
        for place, plan in enumerate(agent.plans):
            for number, step in enumerate(plan.steps):
                yield ("agents", name, "plans", place, "steps", number), step


def example_lists(book: Book) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """All lists of examples, each with its place; one that stands in several places comes as often."""
    if book.besides:
        yield ("besides",), book.besides
    for name, topic in book.topics.items():
        if topic.meant:
            yield ("topics", name), topic.meant
    for path, rules in rule_lists(book):
        for place, rule in enumerate(rules):
            if rule.meant:
                yield (*path, place), rule.meant
    for path, step in steps(book):
        if step.when and step.when.meant:
            yield path, step.when.meant
