"""How callers reach the line, and what fits them there: everything that differs between a page and a phone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """One way to call."""

    name: str
    manners: str
    """Added to the instructions of every agent."""
    gain_control: bool
    """The caller's voice is levelled by us; a browser's microphone does it by itself."""
    more_silence_ms: int
    """Added to the silence that ends a caller's turn."""
    rings: bool
    """The caller hears ringing until our track is there: it is published with the first words in hand."""
    comes_back: bool
    """A caller who is cut off can come back to the same room."""


WEB = Channel("web", manners="", gain_control=False, more_silence_ms=0, rings=False, comes_back=True)
PHONE = Channel(
    "phone",
    manners=(
        "The caller is on a telephone: sound is poor and nothing can be shown. Say no more than two short sentences at "
        "a time. Say numbers, codes and names back and have them confirmed before you act on them. A number can be "
        "typed on the keypad wherever it can be spoken; offer that when you have not understood it."
    ),
    gain_control=True,
    more_silence_ms=200,
    rings=True,
    comes_back=False,
)
