"""The format of a scenario: who calls, what the business has before, what goes wrong, and what must hold.

Patterns are regular expressions that ignore case. `scenarios/scenario.schema.json` tells editors the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from simulator import strict_yaml
from simulator.faults import Fault, When
from simulator.strict_yaml import Pattern
from switchboard.ledger.events import EndReason
from switchboard.room.keypad import KEYS

ReadyRule: TypeAlias = Literal[
    "account data before verification", "a tool's name", "an internal error", "marks that nobody can speak"
]
READY: tuple[ReadyRule, ...] = get_args(ReadyRule)


class Part(strict_yaml.Part):
    """A part of a scenario, whose docstrings editors show."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class InDays(Part):
    """A moment so many days from the day of the call, or before it: `{days: -3}`."""

    days: float


Value: TypeAlias = bool | int | float | str | InDays | None
"""What stands in a column."""


class Turn(Part):
    """What the caller does next: one of `says`, `types`, `silent` and `hangs_up`."""

    says: str | None = None
    """In these words. `{code}` is the code that was sent to them last."""
    types: str | None = None
    """These keys, on the keypad."""
    silent: float | None = Field(default=None, gt=0)
    """Nothing, for so many seconds. Takes sound."""
    hangs_up: bool = False
    during: str | None = None
    """Not when they have been answered, but in the moment in which the agent calls this tool."""
    into_answer: float | None = Field(default=None, gt=0)
    """Not when they have been answered, but so many seconds into what they hear then. Takes sound."""

    @model_validator(mode="after")
    def _one_thing(self) -> Turn:
        if (self.says is not None) + (self.types is not None) + (self.silent is not None) + self.hangs_up != 1:
            raise ValueError("a turn is one of `says`, `types`, `silent` and `hangs_up`")
        if (self.silent is not None) + (self.during is not None) + (self.into_answer is not None) > 1:
            raise ValueError("a turn has one moment, `during` or `into_answer`, and `silent` has none")
        if self.types is not None and not (self.types and KEYS.issuperset(self.types)):
            raise ValueError(f"`types`: keys are some of {''.join(sorted(KEYS))}")
        return self

    @property
    def takes_sound(self) -> bool:
        """Whether it can only be done by voice."""
        return self.silent is not None or self.into_answer is not None

    @property
    def told(self) -> str:
        """In words."""
        return self.says or self.types or (f"nothing, for {self.silent:g} s" if self.silent else "(hangs up)")


def _turn(value: object) -> object:
    return {"says": value} if isinstance(value, str) else value


def _tool(value: object) -> object:
    return {"tool": value} if isinstance(value, str) else value


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


SomeTurn = Annotated[Turn, BeforeValidator(_turn, json_schema_input_type=str | Turn)]
Whole = Annotated[Pattern | None, BeforeValidator(_text, json_schema_input_type=str | int | float | bool | None)]
"""A pattern that the whole of a value has to match; null: there is none."""


class Answer(Part):
    """What the caller says whenever an agent's words match; each of its words once, in turn."""

    heard: Pattern
    says: strict_yaml.Words


class Noise(Part):
    """What is heard behind the caller all the time."""

    level: float = Field(le=0)
    """In dB below the loudest sound that there can be; a caller's voice is at -20."""
    of: Literal["white", "babble"] = "white"
    """`babble` is people who talk, of whom no word can be understood."""


class Person(Part):
    """Who calls. What no `answers` has words for is answered by the next of `says`; after the last they hang up."""

    says: tuple[SomeTurn, ...] = ()
    answers: tuple[Answer, ...] = ()
    number: str | None = None
    """The number that they call from, such as +447700900142."""
    noise: Noise | None = None
    """On their line. Takes sound."""
    loses: float = Field(default=0.0, ge=0, lt=1)
    """Of their voice, the share of the pieces of 20 ms that never arrive. Takes sound."""

    @property
    def takes_sound(self) -> bool:
        """Whether they can only call by voice."""
        return self.noise is not None or self.loses > 0 or any(turn.takes_sound for turn in self.says)


class Change(Part):
    """A change to the business before the call: one of `change` (rows of a table), `add` (one) and `remove`."""

    change: str | None = None
    add: str | None = None
    remove: str | None = None
    where: dict[str, Value] = Field(default_factory=dict)
    """Which rows: all that have these values."""
    to: dict[str, Value] = Field(default_factory=dict)
    """The new values, by columns."""

    @model_validator(mode="after")
    def _one_thing(self) -> Change:
        if len([each for each in (self.change, self.add, self.remove) if each]) != 1:
            raise ValueError("a change is one of `change`, `add` and `remove`, with the name of a table")
        if bool(self.to) == bool(self.remove):
            raise ValueError("`to` has the values of what is changed or added, and nothing that is removed has any")
        return self

    @property
    def table(self) -> str:
        """The name of its table."""
        return self.change or self.add or self.remove or ""


class WhatFails(Part):
    """A fault of the simulator's (docs/simulator.md), by its name and moment."""

    name: str
    at: str | None = None
    when: When | None = None
    nth: int | None = None
    after: float | None = None
    """Seconds."""
    count: int | None = 1
    skip: int = 0
    probability: float = 1.0
    settings: dict[str, int | float | str | None] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _exists(self) -> WhatFails:
        self.fault()
        return self

    def fault(self) -> Fault:
        """To be armed. Raises UnknownFault."""
        return Fault(**dict(self))


class Proof(Part):
    """What is proved about the caller."""

    account: str
    """The business's own id of the customer."""
    name: str
    by: str
    """What proved it."""
    strength: str = "read"


class Recorded(Part):
    """What a tool gives, or refuses, in place of what it does with the business.

    Each is given once, in their order, and the last one that fits whenever it is asked for again.
    """

    tool: str
    with_: dict[str, Whole] | None = Field(default=None, alias="with")
    """For these arguments, and no others but their defaults; not said: for any."""
    returns: str
    fails: bool = False
    """It is what the tool refuses with."""
    remembers: dict[str, JsonValue] = Field(default_factory=dict)
    """What the line's state has from then on, by its fields; the others stay as they are."""
    proves: Proof | None = None
    """Who the caller is from then on."""
    held: tuple[str, ...] = ()
    """What is not verified any more after failed tries, by its kinds, such as "postcode"."""


class Called(Part):
    """A tool that has to be called. A tool's name alone stands for `{tool: name}`."""

    tool: str
    by: str | None = None
    """The agent that calls it."""
    with_: dict[str, Whole] = Field(default_factory=dict, alias="with")
    """Arguments; others may be there as well."""
    gives: Pattern | None = None
    """What it returns."""
    fails: bool | None = None
    """Whether it returns an error; either will do if that is not said."""


SomeCall = Annotated[Called, BeforeValidator(_tool, json_schema_input_type=str | Called)]


class Rows(Part):
    """Rows of a table after the call."""

    table: str
    where: dict[str, Value] = Field(default_factory=dict)
    has: dict[str, Whole] = Field(default_factory=dict)
    """What each of them has."""
    count: int | None = None
    """How many there are; one at least if that is not said."""


class Exchange(Part):
    """What must hold of one turn: from what the caller says until they say the next thing."""

    calls: tuple[SomeCall, ...] = ()
    """Tools that are called, in this order; others may be called between them."""
    says: tuple[Pattern, ...] = ()
    """What agents say, in this order; several may be in one sentence."""


class Holds(Part):
    """What must hold of the call. What is not said may be as it likes, but for `never` and `strikes`."""

    calls: tuple[SomeCall, ...] = ()
    """Tools that are called, in this order; others may be called between them."""
    turns: tuple[Exchange, ...] = ()
    """The same for each turn: the greeting, the answer to the first thing that the caller says, and so on."""
    never_calls: tuple[str, ...] = ()
    agents: tuple[str, ...] | None = None
    """Who has the caller, one after the other."""
    says: tuple[Pattern, ...] = ()
    """What agents say, in this order; several may be in one sentence."""
    never_says: tuple[Pattern, ...] = ()
    never: tuple[ReadyRule, ...] = READY
    """What no agent says."""
    told: dict[str, tuple[Pattern, ...]] = Field(default_factory=dict)
    """What stands in an agent's instructions, so that no change of a prompt loses it."""
    rows: tuple[Rows, ...] = ()
    ended: EndReason | None = None
    strikes: tuple[str, ...] = ()
    """The ledger's rules that find something: these and no others, but for those that measure time."""
    recovers: bool | None = None
    """Whether the connection to the service is lost and comes back."""
    cost: float | None = None
    """The most that it may cost, in the currency of the prices."""
    first_sound_ms: float | None = Field(default=None, gt=0)
    """The longest that the caller may wait from their last word to the first sound of an answer. Takes sound."""
    handoff_silence_ms: float | None = Field(default=None, gt=0)
    """The longest silence that a handoff may bring. Takes sound."""

    @property
    def takes_sound(self) -> bool:
        """Whether it can only be known of a call that was held by voice."""
        return self.first_sound_ms is not None or self.handoff_silence_ms is not None


class Scenario(Part):
    """One call on trial."""

    about: str
    """What it shows, in a sentence."""
    line: str | None = None
    """The line that is called; not said: its folder tells."""
    caller: Person
    before: tuple[Change, ...] = ()
    tools: tuple[Recorded, ...] | None = None
    """What tools give: then none of them touches the business, and one that is not here is a fault."""
    faults: tuple[WhatFails, ...] = ()
    holds: Holds

    @property
    def takes_sound(self) -> bool:
        """Whether it can only be played by voice."""
        return self.caller.takes_sound or self.holds.takes_sound


def schema() -> Mapping[str, Any]:
    """The format as a JSON schema, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Scenario.model_json_schema()}
