"""B17: a document as any editor leaves it is read, what says nothing answers nothing, and no question raises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import knowledge
from shop.knowledge import Knowledge, library, read
from tools.knowledge import speakable

PLAIN = "# Opening\n\n## Hours\n<!-- also: open -->\nFrom nine to six.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shop's documents are, for this test."""
    monkeypatch.setattr(knowledge, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "a byte order mark"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old mac"])
def test_a_document_is_read_as_any_editor_leaves_it(folder: Path, mark: bytes, ending: bytes) -> None:
    (folder / "opening.md").write_bytes(mark + PLAIN.encode().replace(b"\n", ending))

    found = library.__wrapped__().search("when are you open")

    assert found is not None
    assert (found.document, found.title, found.text) == ("Opening", "Hours", "From nine to six.")


@pytest.mark.parametrize(
    "document", ["", "\n", "# A", "## B", "## ", "# A\n## B\n", "# A\n## B\n<!-- also: b -->\n", "text", "#" * 1000]
)
def test_a_document_that_says_nothing_answers_nothing(document: str) -> None:
    assert list(read(document)) == []
    assert Knowledge(list(read(document))).search("b") is None


@given(st.text())
def test_no_document_raises(document: str) -> None:
    for section in read(f"# A\n## B\n{document}"):
        speakable(section.text)


@given(st.text())
def test_no_question_raises(question: str) -> None:
    library().search(question)


@pytest.mark.parametrize("question", ["word " * 10_000, " ".join(f"w{n}" for n in range(5000)), '"' * 1000, "\0", "("])
def test_a_question_without_an_end_is_answered_like_any_other(question: str) -> None:
    found = library().search(f"{question} opening hours")

    assert found is None or found.title
