"""What has to hold over all parts of a playbook, and none of them can see alone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulator.meaning import bare
from simulator.playbook_format import (
    ALWAYS_KNOWN,
    ANY_REPLY,
    After,
    Book,
    Conditions,
    Plan,
    Rule,
    Step,
    example_lists,
    names_in,
    needs_of,
    rule_lists,
    steps,
)
from simulator.strict_yaml import Path, YamlError


def check(book: Book) -> None:
    """Refuse what each part alone cannot see: unknown names, rules that never fire. Raises `YamlError`."""
    for path, rules in rule_lists(book):
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
    for path, rules in rule_lists(book):
        for place, rule in enumerate(rules):
            yield (*path, place), _tools_of(rule, rule)
    for path, step in steps(book):
        yield path, _tools_of(step, step.when or Conditions())


def _tools_of(does: Rule | Step, asks: Conditions) -> Iterator[str]:
    yield from (does.call,) if does.call else ()
    yield from (*asks.done, *asks.undone)


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
    for path, examples in example_lists(book):
        for place, sentence in enumerate(examples):
            words = bare(sentence).casefold()
            if words in (bare(each).casefold() for each in examples[:place]):
                raise YamlError(f"the example {sentence!r} stands there twice", path)
            other, others = seen.setdefault(words, (path, examples))
            if others != examples:
                told = f"the example {sentence!r} stands in {place_of(other)} as well; it can mean one thing only"
                raise YamlError(told, path)


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
    left = list(path)
    while left:
        step = left.pop(0)
        if isinstance(step, str) and step in _NOUNS and left and isinstance(left[0], str):
            words.append(f"{_NOUNS[step]} `{left.pop(0)}`")
        elif left and isinstance(left[0], int):
            noun = {"plans": "plan", "steps": "step"}.get(str(step), f"{step} rule")
            words.append(f"{noun} {int(left.pop(0)) + 1}")
        elif isinstance(step, str):
            words.append(f"`{step}`")
    return ", ".join(words)
