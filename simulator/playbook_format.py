"""The format of a playbook: its parts as models, and the checks that hold over all of them.

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

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field, field_validator, model_validator

from simulator.meaning import NEAR, bare
from simulator.slots import NORMALISERS
from simulator.strict_yaml import Arguments, Part, Path, Pattern, ToolName, Words, YamlError

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
        for path, examples in _example_lists(self):
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


def check(book: Book) -> None:
    """Refuse what each part alone cannot see: unknown names, rules that never fire. Raises `YamlError`."""
    for path, rules in _rule_lists(book):
        _check_rules(book, path, rules)
    for name, agent in book.agents.items():
        for place, plan in enumerate(agent.plans):
            _check_plan(book, ("agents", name, "plans", place), plan, agent.plans[:place])
    for name, notes in book.tools.items():
        _check_after(book, ("tools", name, "after"), notes.after)
    for name, slot in book.slots.items():
        _check_topics(book, ("slots", name), (slot.opens,) if slot.opens else ())
        _check_slots(book, ("slots", name), slot.yields_to)
        _check_texts(book, ("slots", name), (*slot.ask, *(slot.again or ()), *(slot.stuck or ())))
    if book.general:
        _check_topics(book, ("general",), (book.general.topic, *book.general.of))
    _check_shadowed_topics(book)
    _check_examples(book)


def check_known(book: Book, agents: Collection[str], tools: Collection[str]) -> None:
    """Refuse what names an agent or a tool that there is not. Raises `YamlError`."""
    for path, names in _agents_named(book):
        _check_among("agent", agents, path, names)
    for path, names in _tools_named(book):
        _check_among("tool", tools, path, names)


def _check_among(kind: str, known: Collection[str], path: Path, names: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            meant = f"is `{near[0]}` meant?" if near else f"there are: {', '.join(sorted(known))}"
            raise YamlError(f"the line has no {kind} `{name}`; {meant}", path)


def _agents_named(book: Book) -> Iterator[tuple[Path, Iterable[str]]]:
    for name in book.agents:
        yield ("agents", name), (name,)
    for name, notes in book.tools.items():
        for place, rule in enumerate(notes.after):
            yield ("tools", name, "after", place), rule.agents or ()


def _tools_named(book: Book) -> Iterator[tuple[Path, Iterable[str]]]:
    for name in book.tools:
        yield ("tools", name), (name,)
    for name, slot in book.slots.items():
        yield ("slots", name), slot.options.tools if slot.options else ()
    for name, topic in book.topics.items():
        yield ("topics", name), (tool for tool in topic.closed_by if tool != ANY_REPLY)
    for path, rules in _rule_lists(book):
        for place, rule in enumerate(rules):
            yield (*path, place), _tools_of(rule, rule)
    for path, step in _steps(book):
        yield path, _tools_of(step, step.when or Conditions())


def _steps(book: Book) -> Iterator[tuple[Path, Step]]:
    for name, agent in book.agents.items():
        for place, plan in enumerate(agent.plans):
            for number, step in enumerate(plan.steps):
                yield ("agents", name, "plans", place, "steps", number), step


def _tools_of(does: Rule | Step, asks: Conditions) -> Iterator[str]:
    yield from (does.call,) if does.call else ()
    yield from (*asks.done, *asks.undone)


def _rule_lists(book: Book) -> Iterator[tuple[Path, tuple[Rule, ...]]]:
    yield ("first",), book.first
    yield ("later",), book.later
    for name, agent in book.agents.items():
        yield ("agents", name, "opening"), agent.opening
        yield ("agents", name, "turns"), agent.turns


def _check_rules(book: Book, path: Path, rules: Sequence[Rule]) -> None:
    for place, rule in enumerate(rules):
        here = (*path, place)
        _check_conditions(book, here, rule)
        _check_texts(book, here, (rule.say or (), rule.arguments))
        for earlier, other in enumerate(rules[:place]):
            if _shadows(other, rule):
                raise YamlError(f"never fires: rule {earlier + 1} has the same pattern and comes first", here)


def _check_conditions(book: Book, path: Path, conditions: Conditions) -> None:
    _check_slots(book, path, (*conditions.known, *conditions.missing))
    _check_topics(book, path, [name for name in conditions.topic or () if name not in ("none", "any")])


def _check_plan(book: Book, path: Path, plan: Plan, earlier: Sequence[Plan]) -> None:
    _check_topics(book, (*path, "topics"), plan.topics)
    taken = [topic for other in earlier for topic in other.topics if topic in plan.topics]
    if taken:
        raise YamlError(f"never used: an earlier plan is for `{taken[0]}` too", path)
    for place, step in enumerate(plan.steps):
        here = (*path, "steps", place)
        needs = [need for each in needs_of(step) for need in ((each,) if isinstance(each, str) else each)]
        _check_slots(book, here, [*needs, *((step.confirm,) if step.confirm else ())])
        _check_texts(book, here, (step.say or (), step.ask or (), step.refused or (), step.arguments))
        if step.when:
            _check_conditions(book, here, step.when)


def _check_after(book: Book, path: Path, rules: Sequence[After]) -> None:
    for place, rule in enumerate(rules):
        here = (*path, place)
        _check_slots(book, here, (*rule.forget, *rule.notes))
        _check_topics(book, here, rule.wanted or ())
        _check_texts(book, here, rule.say or (), rule.match.groupindex)
        if any(
            other.match.pattern == rule.match.pattern
            and other.agents in (None, rule.agents)
            and other.wanted in (None, rule.wanted)
            for other in rules[:place]
        ):
            raise YamlError("never fires: an earlier rule has the same pattern", here)


def _check_slots(book: Book, path: Path, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in book.slots]
    if unknown:
        raise YamlError(f"unknown slot `{unknown[0]}`", path)


def _check_topics(book: Book, path: Path, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in book.topics]
    if unknown:
        raise YamlError(f"unknown topic `{unknown[0]}`", path)


def _check_texts(book: Book, path: Path, texts: object, more: Mapping[str, int] | None = None) -> None:
    known = ALWAYS_KNOWN | set(book.slots) | set(more or ())
    unknown = [name for name, _optional in names_in(texts) if name not in known]
    if unknown:
        raise YamlError(f"unknown slot `{unknown[0]}` in a text", path)


def _check_shadowed_topics(book: Book) -> None:
    seen: dict[tuple[str | None, tuple[str, ...] | None], str] = {}
    for name, topic in book.topics.items():
        heard = (topic.heard.pattern if topic.heard else None, topic.meant)
        opened = any(slot.opens == name for slot in book.slots.values())
        if not (topic.heard or topic.meant or topic.answers or opened):
            raise YamlError("never comes up: it needs one of `heard`, `meant`, `answers`", ("topics", name))
        if any(heard) and heard in seen:
            raise YamlError(f"never comes up: `{seen[heard]}` has the same pattern or examples", ("topics", name))
        seen[heard] = name


def _check_examples(book: Book) -> None:
    """A sentence means one thing: lists that share one are the same list, by an anchor."""
    seen: dict[str, tuple[Path, tuple[str, ...]]] = {}
    for path, examples in _example_lists(book):
        for place, sentence in enumerate(examples):
            words = bare(sentence).casefold()
            if words in (bare(each).casefold() for each in examples[:place]):
                raise YamlError(f"the example {sentence!r} stands there twice", path)
            other, others = seen.setdefault(words, (path, examples))
            if others != examples:
                told = f"the example {sentence!r} stands in {place_of(other)} as well; it can mean one thing only"
                raise YamlError(told, path)


def _example_lists(book: Book) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if book.besides:
        yield ("besides",), book.besides
    for name, topic in book.topics.items():
        if topic.meant:
            yield ("topics", name), topic.meant
    for path, rules in _rule_lists(book):
        for place, rule in enumerate(rules):
            if rule.meant:
                yield (*path, place), rule.meant
    for path, step in _steps(book):
        if step.when and step.when.meant:
            yield path, step.when.meant


def _shadows(earlier: Rule, later: Rule) -> bool:
    """Whether all that `earlier` asks for is asked for by `later` too."""
    asked: dict[str, Any] = {name: getattr(earlier, name) for name in Conditions.model_fields}
    if earlier.call and earlier.call != later.call:
        return False  # it stands back where its tool is not offered
    either = earlier.heard or earlier.meant
    if either and not (_same(earlier.heard, later.heard) and _same(earlier.meant, later.meant)):
        return False
    return all(value in (None, ()) or _same(value, getattr(later, name)) for name, value in asked.items())


def _same(earlier: object, later: object) -> bool:
    if isinstance(earlier, re.Pattern):
        return isinstance(later, re.Pattern) and earlier.pattern == later.pattern
    if isinstance(earlier, tuple):
        return bool(later) and earlier == later
    return bool(earlier == later)


_NOUNS: Mapping[str, str] = {"agents": "agent", "slots": "slot", "topics": "topic", "tools": "tool"}


def place_of(path: Path) -> str:
    """A path in words: "agent `support`, turns rule 2"."""
    words: list[str] = []
    steps = list(path)
    while steps:
        step = steps.pop(0)
        if isinstance(step, str) and step in _NOUNS and steps and isinstance(steps[0], str):
            words.append(f"{_NOUNS[step]} `{steps.pop(0)}`")
        elif steps and isinstance(steps[0], int):
            noun = {"plans": "plan", "steps": "step"}.get(str(step), f"{step} rule")
            words.append(f"{noun} {int(steps.pop(0)) + 1}")
        elif isinstance(step, str):
            words.append(f"`{step}`")
    return ", ".join(words)
