import pytest

from shop.knowledge import FOLDER, Knowledge, library, read
from switchboard.settings.schema import Settings


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("what is your return policy", "How long you have"),
        ("how do I return something", "How to return something"),
        ("how long does a refund take", "When the refund comes"),
        ("when are you open", "Opening hours"),
        ("are you open on Sunday?", "Opening hours"),
        ("opening hours", "Opening hours"),
        ("how much is delivery", "What delivery costs"),
        ("do you ship to France", "Where we deliver"),
        ("can I pay with PayPal", "How you can pay"),
        ("my lamp broke after a year", "How long the warranty is"),
        ("can I use two gift cards", "Using a gift card"),
        ("does a gift card expire", "How long a gift card is valid"),
        ("do you record calls", "Recorded calls"),
        ("until when can I cancel an order", "Until when an order can be cancelled"),
        ("can I speak to a human", "Speaking to a person"),
        ("what happens if my parcel is late", "Late or missing parcels"),
        ("student discount", "Discounts"),
    ],
)
def test_a_question_finds_the_section_that_answers_it(question: str, title: str) -> None:
    found = library().search(question)

    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?!",
        "purple elephants dancing",
        "asdf qwer",
        "what is the meaning of life",
        "do you sell bananas",
        '" OR',
    ],
)
def test_nonsense_finds_nothing(question: str) -> None:
    assert library().search(question) is None


def test_quotes_and_operators_of_the_index_are_words_like_others() -> None:
    found = library().search('"gift cards" AND NOT (voucher* OR NEAR heading:x)')

    assert found is not None
    assert found.document == "Gift cards"


def test_the_documents_are_read_once() -> None:
    assert library() is library()
    assert len(library().sections) > 25


def test_a_document_is_its_title_and_its_sections() -> None:
    [one, two] = read("# Tea\n\n## Brewing\n<!-- also: steep -->\nFour minutes.\n\n## Milk\nAfter the tea.\n")

    assert (one.document, one.title, one.text, one.keywords.strip()) == ("Tea", "Brewing", "Four minutes.", "steep")
    assert (two.document, two.title, two.text) == ("Tea", "Milk", "After the tea.")
    assert Knowledge([one, two]).search("how long does it steep") == one


def test_every_section_can_be_said_in_a_breath_or_two() -> None:
    for section in library().sections:
        assert 0 < len(section.text.split()) <= 60, section.title


def test_what_callers_are_told_about_keeping_their_words_is_what_the_line_does() -> None:
    told = (FOLDER / "data-protection.md").read_text()

    assert "for thirty days" in told
    assert Settings().storage.retention_days == 30
