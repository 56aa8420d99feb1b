"""The tracks of a call drawn over time, in strips below one another, as notes of music are: they fit on paper."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from switchboard.ledger.rules import Finding
from switchboard.operate.sheet.markup import Markup, joined, tag
from switchboard.operate.sheet.times import clock
from switchboard.operate.sheet.tracks import Span, Track

WIDTH, NAMES = 1000.0, 110.0
ROW, BAR, TOP = 26.0, 16.0, 22.0
STRIP_SECONDS = 60.0
MOST_STRIPS = 12
TICKS = 6
CHARACTER = 6.2
"""How wide one is, about."""


@dataclass(frozen=True)
class Strip:
    """A part of the call, and where its seconds lie."""

    begin: float
    end: float

    def x(self, at: float) -> float:
        """Where that second is; one of another strip is at its edge."""
        share = (min(max(at, self.begin), self.end) - self.begin) / (self.end - self.begin)
        return NAMES + share * (WIDTH - NAMES)

    def has(self, begin: float, end: float) -> bool:
        """Whether any of it is to be seen here."""
        return begin < self.end and end >= self.begin


def drawn(
    tracks: Sequence[Track], seconds: float, troubles: Iterable[tuple[float, str]], found: Iterable[Finding]
) -> Markup:
    """All strips of a call that lasted so long."""
    length = max(STRIP_SECONDS, math.ceil(seconds / MOST_STRIPS / 10) * 10.0)
    strips = [Strip(begin * length, (begin + 1) * length) for begin in range(max(1, math.ceil(seconds / length)))]
    flags = [
        *(("trouble", at, text) for at, text in troubles),
        *(("finding", each.at, each.sentence) for each in found),
    ]
    return joined(_strip(strip, tracks, flags) for strip in strips)


def _strip(strip: Strip, tracks: Sequence[Track], flags: Sequence[tuple[str, float, str]]) -> Markup:
    height = TOP + ROW * len(tracks)
    rows = (_row(strip, track, TOP + ROW * number) for number, track in enumerate(tracks))
    shown = (_flag(strip, *flag, height) for flag in flags if strip.has(flag[1], flag[1]))
    name = f"Lanes from {clock(strip.begin)} to {clock(strip.end)}"
    return tag(
        "svg", _ticks(strip, height), *rows, *shown,
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}", role="img", aria_label=name, class_="strip",
    )  # fmt: skip


def _ticks(strip: Strip, height: float) -> Markup:
    times = [strip.begin + (strip.end - strip.begin) * number / TICKS for number in range(TICKS)]
    return joined(
        joined(
            (
                tag("line", x1=strip.x(at), x2=strip.x(at), y1=TOP - 6, y2=height, class_="tick"),
                tag("text", clock(at), x=strip.x(at) + 3, y=TOP - 9, class_="time"),
            )
        )
        for at in times
    )


def _row(strip: Strip, track: Track, top: float) -> Markup:
    middle = top + ROW / 2
    name = tag("text", _fitting(track.name, NAMES - 8), x=0.0, y=middle + 4, class_="name")
    ground = tag("line", x1=NAMES, x2=WIDTH, y1=middle, y2=middle, class_="ground")
    spans = (_span(strip, span, middle) for span in track.spans if strip.has(span.begin, span.end))
    return tag("g", name, ground, *spans, class_=f"track c-{track.colour}")


def _span(strip: Strip, span: Span, middle: float) -> Markup:
    left = strip.x(span.begin)
    width = max(strip.x(span.end) - left, 1.5)
    high = BAR + 6 if span.look == "held" else BAR
    box = tag("rect", x=left, y=middle - high / 2, width=width, height=high, rx=3.0)
    label = _fitting(span.label, width - 4)
    text = [tag("text", label, x=left + 3, y=middle + 4)] if label else []
    return tag("g", tag("title", f"{clock(span.begin, exact=True)} {span.title}"), box, *text, class_=span.look)


def _flag(strip: Strip, kind: str, at: float, text: str, height: float) -> Markup:
    x = strip.x(at)
    line = tag("line", x1=x, x2=x, y1=TOP - 4, y2=height)
    return tag(
        "g", tag("title", f"{clock(at, exact=True)} {text}"), line, tag("circle", cx=x, cy=TOP - 4, r=4.0), class_=kind
    )


def _fitting(text: str, width: float) -> str:
    """As much of it as there is room for; nothing rather than a letter or two."""
    most = int(width / CHARACTER)
    if len(text) <= most:
        return text
    return f"{text[: most - 1]}…" if most > 3 else ""
