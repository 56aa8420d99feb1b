"""A mind for several lines: each session is answered as its line would be."""

import re
from collections.abc import Mapping

from simulator.mind import Mind, MindError, Reply, Request, Warms

LINE = re.compile(r"You are `[^`]+` on the line `(?P<line>[^`]+)`")


class ByLine:
    """A `Mind` that asks the mind of the line which a session's instructions begin with.

    None: that line has no mind, and is answered with an error. The first of the `minds` answers sessions that name none
    of the lines.
    """

    def __init__(self, minds: Mapping[str, Mind | None]) -> None:
        self._minds = minds

    def warm(self) -> None:
        """Each line's mind loads what it needs."""
        for mind in self._minds.values():
            if isinstance(mind, Warms):
                mind.warm()

    def answer(self, request: Request) -> Reply:
        """As the line's own mind; raises what it raises, and `MindError` where there is none."""
        named = LINE.match(request.instructions.strip())
        line = named["line"] if named and named["line"] in self._minds else next(iter(self._minds))
        if (mind := self._minds[line]) is None:
            raise MindError(f"The line {line} has no playbook, so the simulator cannot play it. Use a real service.")
        return mind.answer(request)

    def hear(self, session_id: str) -> str | None:
        """Nothing: of a session's words alone it is not known which line they are for."""
