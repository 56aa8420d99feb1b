"""How much of an answer has come, and what the one that takes it up has to say."""

from typing import Any

import pytest
from openai.types.realtime import ResponseCreateEvent

from switchboard.realtime.answer import Answer

ASKED = ResponseCreateEvent(type="response.create", event_id="one")
SENTENCE, HALF = "Let me see.", "Let me"


def added(item_id: str, kind: str = "message") -> dict[str, Any]:
    return {"type": "response.output_item.added", "item": {"id": item_id, "type": kind}}


def done(item_id: str, kind: str = "message", status: str = "completed", words: str = "") -> dict[str, Any]:
    item = {"id": item_id, "type": kind, "status": status, "content": [{"transcript": words}]}
    return {"type": "response.output_item.done", "item": item}


def after(*events: dict[str, Any], of: Answer | None = None) -> Answer:
    answer = of or Answer(ASKED)
    for event in events:
        answer.received(event)
    return answer


@pytest.mark.parametrize("whole", ["response.output_text.done", "response.output_audio.done"])
def test_a_message_is_cut_from_its_beginning_to_the_end_of_its_words(whole: str) -> None:
    answer = after(added("one"))
    assert answer.cut
    assert not answer.writing

    assert not after({"type": whole, "item_id": "one"}, of=answer).cut
    assert not after(done("one"), of=answer).cut


def test_a_message_that_ends_incomplete_is_cut() -> None:
    assert after(added("one"), {"type": "response.output_text.done"}, done("one", status="incomplete")).cut


def test_a_call_is_written_until_it_is_whole() -> None:
    answer = after(added("one", "function_call"))
    assert answer.writing == {"one"}
    assert not answer.cut

    assert after(done("one", "function_call", "incomplete"), of=answer).writing == {"one"}
    assert not answer.cut
    assert after(done("one", "function_call"), of=answer).writing == set()


def test_other_events_change_nothing() -> None:
    answer = after(added("one"))

    assert not answer.received({"type": "conversation.item.added", "item": {"id": "one"}})
    assert answer == after(added("one"))


@pytest.mark.parametrize("heard", [SENTENCE, "Let me see!", "Let me see?", 'He said "no."', "(Well…) ", HALF, "1. one"])
def test_who_has_heard_whole_sentences_is_in_the_middle_of_none(heard: str) -> None:
    again = after(added("one")).again(heard)

    assert again.in_mid_sentence is (heard in (HALF, "1. one"))
    assert again.repeats is not again.in_mid_sentence
    assert again.asked is ASKED


def test_what_was_never_heard_is_asked_for_from_its_beginning() -> None:
    again = after(added("one")).again("")

    assert not again.cut
    assert not again.in_mid_sentence
    assert not again.repeats


def test_what_was_whole_is_repeated_to_nobody() -> None:
    again = after(added("one"), {"type": "response.output_text.done"}).again(SENTENCE)

    assert again.repeats
    assert again.received(added("two"))
    assert again.received({"type": "response.output_text.delta", "item_id": "two"})
    assert not again.received({"type": "conversation.item.added", "item": {"id": "two"}})
    assert not again.received({"type": "response.output_text.delta", "item_id": "three"})
    assert again.received(done("two", words=SENTENCE))
    assert not again.received(added("call", "function_call"))
    assert not again.differs


@pytest.mark.parametrize(
    ("said", "differs"),
    [([SENTENCE], False), ([HALF], False), ([HALF, "see."], False), (["Let me see. It is"], True), (["Sorry."], True)],
)
def test_a_repetition_differs_where_it_says_more_or_something_else(said: list[str], differs: bool) -> None:
    again = after(added("one")).again(SENTENCE)
    for number, words in enumerate(said):
        again = after(added(f"again_{number}"), done(f"again_{number}", words=words), of=again)

    assert again.differs is differs
    assert again.again(SENTENCE).in_mid_sentence is differs
    assert again.received(added("call", "function_call")) is differs


@pytest.mark.parametrize("kind", ["response.output_text.delta", "response.output_audio_transcript.delta"])
@pytest.mark.parametrize(
    ("said", "differs"), [("Let me se", False), (SENTENCE, False), ("Let me see. It is", True), ("Let us see", True)]
)
def test_a_repetition_that_is_being_written_differs_from_the_first_whole_word_on(
    kind: str, said: str, differs: bool
) -> None:
    again = after(added("one")).again(SENTENCE)
    after(added("two"), *({"type": kind, "item_id": "two", "delta": piece} for piece in said), of=again)

    assert again.differs is differs


def test_the_end_of_a_repetition_is_not_the_end_of_the_sentence_that_is_owed() -> None:
    again = after(added("one")).again(SENTENCE)

    assert after({"type": "response.output_text.done", "item_id": "two"}, of=again).cut
