"""Verdicts as an HTML page that needs nothing else; each call that failed has the page that operators have of it."""

from collections.abc import Sequence

from rehearsal.house import Verdict
from switchboard.operate.sheet import export_html
from switchboard.operate.sheet.markup import Markup, tag
from switchboard.operate.sight import Sight

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .2rem 1.5rem .2rem 0; white-space: pre-line; }
iframe { width: 100%; height: 70vh; border: 1px solid; }
"""


def page(verdicts: Sequence[Verdict]) -> str:
    """The document: those that failed first."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    passed = [tag("li", f"{verdict.play.name}, {verdict.which}") for verdict in verdicts if verdict.passed]
    head = tag("head", tag("meta", charset="utf-8"), tag("title", "Scenarios"), tag("style", Markup(STYLE)))
    summed = tag("h1", f"{len(failed)} of {len(verdicts)} calls failed")
    body = tag("body", summed, *map(_failed, failed), tag("h2", "Passed"), tag("ul", *passed))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _failed(verdict: Verdict) -> Markup:
    rows = [tag("tr", tag("td", miss.expected), tag("td", miss.heard)) for miss in verdict.misses]
    call = Markup()
    if verdict.story:
        name = f"The call of {verdict.play.name}"
        call = tag("iframe", srcdoc=export_html(verdict.story, Sight.ALL, verdict.play.line), title=name)
    return tag(
        "section",
        tag("h2", f"{verdict.play.name}, {verdict.which}"),
        tag("p", verdict.play.scenario.about),
        tag("table", tag("tr", tag("th", "expected"), tag("th", "heard")), *rows),
        call,
    )
