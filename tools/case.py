"""What the support line knows of a call so far: its typed state, stored with the call and resumed with it."""

from pydantic import BaseModel, Field

from switchboard.line.quoted import one_line


class Briefing(BaseModel):
    """What a colleague has to know before they speak with the caller."""

    problem: str
    wish: str
    tried: str


class Case(BaseModel):
    """The caller's matter. The tools keep it; agents hand it on unseen."""

    order_number: int | None = None
    topic: str | None = None
    tried: list[str] = Field(default_factory=list)
    briefing: Briefing | None = None

    def note(self, topic: str, done: str, order_number: int | None = None) -> None:
        """Remember what the call is about now, and one thing that was done; a thing done twice is noted once."""
        self.topic = topic
        self.order_number = order_number or self.order_number
        if done not in self.tried:
            self.tried.append(done)

    def briefing_text(self, standing: str) -> str | None:
        """The briefing as the colleague reads it; None before one is written.

        `standing` is what is proved about the caller. It comes first, and no words of theirs can add a line.
        """
        if self.briefing is None:
            return None
        lines = [
            standing,
            f"Problem: {self.briefing.problem}",
            f"Wish: {self.briefing.wish}",
            f"Tried: {self.briefing.tried}",
            f"Order: {self.order_number or 'none'}",
            *(f"- {done}" for done in self.tried),
        ]
        return "\n".join(map(one_line, lines))
