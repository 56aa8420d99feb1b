"""The sheet itself: what the call came to, its lanes, what was found, the transcript, usage and cost."""

from pathlib import Path

from switchboard.line.caption import readable
from switchboard.line.workflow import Workflow
from switchboard.operate.sheet.cast import Cast
from switchboard.operate.sheet.lanes import drawn
from switchboard.operate.sheet.markup import Markup, joined, tag
from switchboard.operate.sheet.rows import Rows
from switchboard.operate.sheet.sums import cost_text, costs, usage, versions
from switchboard.operate.sheet.times import clock
from switchboard.operate.sheet.tracks import Tracks, length_of, marks
from switchboard.operate.sight import Sight
from switchboard.operate.story import CallStory

STYLE = Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A browser that opens it fetches nothing and runs nothing, whatever stands in it."""


def export_html(told: CallStory, sight: Sight, line: Workflow | None = None) -> str:
    """All of one call, as it may be seen; `line` is its line, if that is still there."""
    story = told.seen(sight)
    seconds = length_of(story.events)
    cast = Cast(line)
    tracks = Tracks(story.events, seconds, cast)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"Call {story.call.id}"),
        tag("style", Markup(STYLE)),
    )
    parts = (
        _top(story, seconds, cast),
        _section("Findings", _findings(story)),
        _section("Lanes", drawn(list(tracks), seconds, marks(story.events), story.findings)),
        _section("Transcript", tag("ol", *Rows(cast).all(story.events, story.findings), class_="rows")),
        _section("Cost", costs(story.bill, cast) if story.bill.agents else Markup()),
        _section("Usage", usage(story.events, cast)),
        _section("Versions", versions(story.events)),
    )
    document = tag("html", head, tag("body", tag("main", *parts)), lang="en")
    return f"<!DOCTYPE html>\n{document}\n"


def _section(title: str, inside: Markup) -> Markup:
    """Nothing where there is nothing to tell."""
    return tag("section", tag("h2", title), inside) if inside else Markup()


def _top(story: CallStory, seconds: float, cast: Cast) -> Markup:
    call = story.call
    facts = {
        "Line": call.line,
        "Agents": ", ".join(map(cast.name, call.agents)) or "nobody",
        "Caller": call.caller or "not known",
        "Began": f"{call.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "Length": clock(call.seconds if call.seconds is not None else seconds),
        "Ended": (call.outcome or "still running").replace("_", " "),
        "Cost": cost_text(story.bill.total),
        "First sound, p50": "none" if call.first_sound_p50_ms is None else f"{call.first_sound_p50_ms:.0f} ms",
    }
    shown = joined(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items())
    return tag("header", tag("h1", "Call ", tag("code", call.id)), tag("dl", shown))


def _findings(story: CallStory) -> Markup:
    found = (
        tag(
            "li",
            tag("a", clock(each.at, exact=True), href=f"#t={each.at:.2f}", class_="at"),
            tag("b", readable(each.rule)),
            " ",
            each.sentence,
        )
        for each in story.findings
    )
    return tag("ul", *found, class_="findings") if story.findings else Markup()
