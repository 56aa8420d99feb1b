"""Who is in a call: names and colours as its line gives them, or made of their ids where it knows nothing of them."""

from collections.abc import Mapping

from switchboard.line.caption import readable
from switchboard.line.face import COLOURS, Face
from switchboard.line.workflow import Workflow


class Cast:
    """`line` is None of a call whose line there is not any more."""

    def __init__(self, line: Workflow | None = None) -> None:
        self._faces: Mapping[str, Face] = line.faces if line else {}
        self._strangers: list[str] = []

    def name(self, party: str) -> str:
        """Of an agent, a person or a place."""
        face = self._faces.get(party.replace(" ", "_"))
        return face.label if face else readable(party)

    def colour(self, agent: str) -> str:
        """One of the palette's, always the same for one agent."""
        face = self._faces.get(agent)
        if face and face.colour:
            return face.colour
        if agent not in self._strangers:
            self._strangers.append(agent)
        return COLOURS[self._strangers.index(agent) % len(COLOURS)]
