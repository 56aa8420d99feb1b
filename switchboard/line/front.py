"""What callers see of a line before they call it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from switchboard.line.caption import readable, unfit

ROOM = {"brand": 32, "tagline": 60, "title": 60, "lead": 240}
TOPIC, MOST_TOPICS = 60, 6
"""For how many characters, and for how many of them, a page has room."""


@dataclass(frozen=True)
class Front:
    """A line's own words on the page on which it is called."""

    brand: str = ""
    """Whom they call; left out: the line's name, as words."""
    tagline: str = ""
    """What that is, in a few words."""
    title: str = "How can we help?"
    lead: str = "No queue, no menus: just say what you need."
    """What they can talk about, in a sentence or two."""
    topics: tuple[str, ...] = ()
    """What others say when they call."""

    def problems(self) -> Iterator[str]:
        """Why it cannot be shown."""
        for name, most in ROOM.items():
            if why := unfit(getattr(self, name), most):
                yield f"the {name} of its front {why}"
        if isinstance(self.topics, str):
            yield f"the topics of its front are one text; write topics=({self.topics!r},)"
            return
        for topic in self.topics:
            if why := unfit(topic, TOPIC):
                yield f"a topic of its front {why}"
        if len(self.topics) > MOST_TOPICS:
            yield f"its front has {len(self.topics)} topics; there is room for {MOST_TOPICS}"

    def completed(self, line: str) -> "Front":
        """With all that it has left out, for the line of that name."""
        return replace(self, brand=self.brand or readable(line))
