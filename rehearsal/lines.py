"""What a caller says next: an answer to what they were asked, or the next thing that they had in mind."""

import re
from collections.abc import Sequence

from rehearsal.scenario import Answer, Person, Turn


class Lines:
    """A caller's words, each said once."""

    def __init__(self, person: Person) -> None:
        self._says = list(person.says)
        self._answers = [_Left(answer) for answer in person.answers]

    @property
    def waiting(self) -> Turn | None:
        """The turn that comes in a moment of its own, whatever is said before; None: the next one is no such turn."""
        turn = self._says[0] if self._says else None
        return turn if turn and (turn.during or turn.into_answer) else None

    def next(self, heard: str) -> Turn | None:
        """What they say to that; None: they have nothing more to say."""
        for answer in self._answers:
            if answer.left and answer.heard.search(heard):
                return Turn(says=answer.left.pop(0))
        return self._says.pop(0) if self._says else None

    @property
    def unsaid(self) -> Sequence[str]:
        """What they had in mind and have not said."""
        return [turn.told for turn in self._says if not turn.hangs_up]


class _Left:
    """The words of an answer that are left."""

    def __init__(self, answer: Answer) -> None:
        self.heard: re.Pattern[str] = answer.heard
        self.left = list(answer.says)
