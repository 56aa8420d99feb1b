"""How an agent, a person or a place is shown on every page: what it is called there, and in which colour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Literal, get_args

from switchboard.line.caption import readable, unfit

Colour = Literal["green", "blue", "violet", "teal", "magenta", "olive", "brown", "slate"]
COLOURS: tuple[Colour, ...] = get_args(Colour)
"""Each can be read on every page by day and by night, and be written upon (`web/src/styles/palette.css`)."""
LABEL, ROLE = 32, 60
"""For how many characters a page has room."""


@dataclass(frozen=True)
class Face:
    """What is left out comes from the id, "shop_desk" as "Shop desk", and from the colours that nobody has chosen."""

    label: str = ""
    """What callers and operators call it."""
    role: str = ""
    """What it does for a caller, in a few words."""
    colour: Colour | None = None

    def problems(self) -> Iterator[str]:
        """Why it cannot be shown."""
        for name, text, most in (("label", self.label, LABEL), ("role", self.role, ROLE)):
            if why := unfit(text, most):
                yield f"the {name} of its face {why}"
        if self.colour is not None and self.colour not in COLOURS:
            yield f"the colour of its face is {self.colour!r}; it can be {', '.join(COLOURS)}"


def completed(faces: Mapping[str, Face]) -> dict[str, Face]:
    """`faces` by id, with all that they have left out."""
    chosen = {face.colour for face in faces.values()}
    free = cycle([colour for colour in COLOURS if colour not in chosen] or COLOURS)
    return {
        name: replace(face, label=face.label or readable(name), colour=face.colour or next(free))
        for name, face in faces.items()
    }
