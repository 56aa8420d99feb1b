"""What a new thing may be called, and how its name is written in code, in speech and in patterns."""

import builtins
import keyword
import re

from livekit.agents.utils.misc import camel_to_snake_case

from app.new.refusal import RefusalError

WORDS = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
OURS = frozenset({"briefing", "end_call", "agent", "voice_agent"})
"""Names that the engine has given away."""


def check_name(name: str, example: str) -> None:
    """Raises `RefusalError` for what is no name of a file, a class and a tool."""
    if not WORDS.fullmatch(name):
        raise RefusalError(f"{name!r} cannot be a name: use lower-case words joined by underscores, such as {example}.")
    if keyword.iskeyword(name) or name in OURS or name.startswith("transfer_to_"):
        raise RefusalError(f"{name} means something already, to Python or to the engine: choose another name.")
    if hasattr(builtins, name) or hasattr(builtins, class_named(name)):
        raise RefusalError(f"{name} is a word of Python's own: choose another name, such as {example}.")
    if camel_to_snake_case(class_named(name)) != name:
        raise RefusalError(f"{name} does not come back from a class's name: keep digits inside of words: {example}.")


def class_named(name: str) -> str:
    """`gift_cards` as a class: `GiftCards`."""
    return "".join(word.capitalize() for word in name.split("_"))


def spoken(name: str) -> str:
    """`gift_cards` as people say it."""
    return name.replace("_", " ")


def examples_of(name: str) -> tuple[str, ...]:
    """What a caller says who means it."""
    words = spoken(name)
    return (
        f"{words.capitalize()} please",
        f"Can I talk to {words}?",
        f"I have a question about {words}",
        f"What are your {words}?",
    )
