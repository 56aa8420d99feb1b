"""The shop's documents in `shop/knowledge/`, searched by full text, whichever database the rest is in."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "knowledge"
KEYWORDS = re.compile(r"<!--\s*also:(.*?)-->", re.DOTALL)
# Words that a question has whatever it is about.
EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about all am an and any are as at be been before but by can could did do does doing don for from
        get give go got had happen happens has have he hello hey hi how i if in is it its know let like ll
        long many may me mean more much my need no not of off often ok okay on one or our out please say
        shop should so some something tell than thank thanks that the their them then there these they thing
        things this to too up us ve very want was we were what when where which who why will with would yes
        you your
        """,
    )
)


@dataclass(frozen=True)
class Section:
    """One answer: a `## heading` of a document and the text under it, in Markdown."""

    document: str
    title: str
    text: str
    keywords: str
    """Other words for the same, found but never said: an `<!-- also: ... -->` in the document."""


class Knowledge:
    """A full-text index over sections, in memory."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        # Read from one thread at a time: a worker runs its calls on an event loop.
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute("CREATE VIRTUAL TABLE section USING fts5(heading, body, tokenize='porter unicode61')")
        rows = [(i, f"{s.document} {s.title} {s.keywords}", s.text) for i, s in enumerate(self.sections, 1)]
        self._index.executemany("INSERT INTO section (rowid, heading, body) VALUES (?, ?, ?)", rows)

    def search(self, question: str) -> Section | None:
        """The section that answers a question best; None when too little of the question is in any."""
        words = list(dict.fromkeys(w for w in re.findall(r"[a-z0-9]{2,}", question.lower()) if w not in EMPTY_WORDS))
        scores = dict.fromkeys(self._rows(" OR ".join(f'"{word}"' for word in words)), 0.0)
        for word in words:
            for row in self._rows(f'"{word}"'):
                scores[row] += 0.5
            for row in self._rows(f'heading: "{word}"'):
                scores[row] += 0.5
        # The first of the best: the rows came in the order of their rank.
        best = max(scores, key=lambda row: scores[row], default=0)
        enough = best and (scores[best] >= 2 or scores[best] * 2 >= len(words))
        return self.sections[best - 1] if enough else None

    def _rows(self, match: str) -> list[int]:
        if not match:
            return []
        # A hit in the heading or the keywords says more than one in passing.
        query = "SELECT rowid FROM section WHERE section MATCH ? ORDER BY bm25(section, 5.0, 1.0), rowid"
        with closing(self._index.execute(query, (match,))) as rows:
            return [rowid for (rowid,) in rows]


@cache
def library() -> Knowledge:
    """The shop's documents, read once for each process; they do not change while it runs."""
    return Knowledge([section for file in sorted(FOLDER.glob("*.md")) for section in read(file.read_text("utf-8-sig"))])


def read(document: str) -> Iterator[Section]:
    """The sections of a document in Markdown: its `# title`, then a `## heading` for each; those that say something."""
    name, *parts = re.split(r"^## ", document, flags=re.MULTILINE)
    for part in parts:
        title, _, text = part.partition("\n")
        keywords = " ".join(KEYWORDS.findall(text))
        if said := KEYWORDS.sub("", text).strip():
            yield Section(name.strip().removeprefix("# "), title.strip(), said, keywords)
