"""What the next agent knows of the conversation: the policies that an edge of the workflow can declare."""

from collections.abc import Callable
from dataclasses import dataclass

from livekit.agents import llm

from switchboard.line.quoted import as_json
from switchboard.line.sentences import BRIEF

ContextChoice = Callable[[llm.ChatContext], llm.ChatContext]
"""Makes the conversation that the next agent knows out of the one that the server has."""


@dataclass(frozen=True)
class Everything:
    """The whole conversation, tool results included; nothing is sent to the server again."""


@dataclass(frozen=True)
class LastTurns:
    """The last `turns` things that the caller said, and all that followed each."""

    turns: int

    def __post_init__(self) -> None:
        if self.turns < 1:
            raise ValueError(f"LastTurns({self.turns}): at least 1; use Nothing() for none")


@dataclass(frozen=True)
class Brief:
    """A brief in place of the conversation: the leaving agent writes the reason, the facts known, what was tried."""


@dataclass(frozen=True)
class Nothing:
    """Only what the caller says from the handoff on."""


Context = Everything | LastTurns | Brief | Nothing


def choose(policy: Context, before: llm.ChatContext, brief: str = "") -> ContextChoice | None:
    """What `policy` keeps of a conversation that stood at `before` when the handoff was asked for; None: all of it.

    Whatever was said since is always kept: a caller's words must not get lost at a handoff.
    """
    if isinstance(policy, Everything):
        return None
    if isinstance(policy, LastTurns):
        turns = policy.turns
        return lambda now: llm.ChatContext(now.items[_start_of_turn(now, turns) :])
    known = {item.id for item in before.items}
    return lambda now: llm.ChatContext([*_note(brief), *_said_since(now, known)])


def brief_text(reason: str, facts: str, tried: str) -> str:
    """A brief as the next agent reads it."""
    return BRIEF.format(brief=as_json({"reason": reason, "facts": facts, "tried": tried}))


def _note(brief: str) -> list[llm.ChatItem]:
    # A system item: an assistant's text would make the model drift to text answers.
    return [llm.ChatMessage(role="system", content=[brief])] if brief else []


def _said_since(now: llm.ChatContext, known: set[str]) -> list[llm.ChatItem]:
    return [item for item in now.items if item.id not in known and item.type == "message"]


def _start_of_turn(now: llm.ChatContext, turns: int) -> int:
    starts = [i for i, item in enumerate(now.items) if item.type == "message" and item.role == "user"]
    return starts[-turns] if len(starts) >= turns else 0
