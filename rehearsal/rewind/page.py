"""Two runs as an HTML page that needs nothing else."""

from collections.abc import Sequence

from rehearsal.rewind.wording import Line, Pair
from switchboard.operate.sheet.markup import Markup, tag

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
col:first-child { width: 3.5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem; border-top: 1px solid #8886; }
p { margin: 0 0 .3rem; overflow-wrap: anywhere; }
tr.first > td:first-child, mark { background: #f9d64a; color: #000; }
pre { overflow-x: auto; }
"""


def page(title: str, notes: Sequence[str], turns: Sequence[Pair], changes: str) -> str:
    """The document; `changes` are those of prompts, as a diff."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(STYLE)),
    )
    columns = tag("colgroup", Markup("<col><col><col>"))
    top = tag("tr", tag("th", "turn", scope="col"), tag("th", "then", scope="col"), tag("th", "now", scope="col"))
    told = [tag("h2", "Prompts, then and now"), tag("pre", changes)] if changes else []
    body = tag(
        "body",
        tag("h1", title),
        *(tag("p", note) for note in notes),
        tag("table", columns, tag("thead", top), tag("tbody", *map(_row, turns))),
        *told,
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _row(turn: Pair) -> Markup:
    cells = tag("td", f"{turn.turn}"), tag("td", *map(_line, turn.then)), tag("td", *map(_line, turn.now))
    return tag("tr", *cells, class_="first" if turn.first else None)


def _line(line: Line) -> Markup:
    return tag("p", tag("mark", line.text) if line.differs else line.text)
