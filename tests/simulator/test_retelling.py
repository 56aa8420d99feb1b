"""What a recording tells of the answers in it: what each was made of, and what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.mind import CallTool, Say
from simulator.retelling import Retelling, Step
from switchboard.line.sentences import READ_ALOUD
from tests.simulator.written import Line, client, recording, server

TOOLS = [{"type": "function", "name": "find"}, {"name": "end"}, {"type": "mcp", "server_label": "shop"}]


def item(name: str, words: str | None, role: str = "user", **fields: Any) -> Line:
    part = {"type": "input_audio", "transcript": None} if words is None else {"type": "input_text", "text": words}
    made = {"id": name, "type": "message", "role": role, "content": [part]}
    return server("conversation.item.added", item=made, **fields)


def answer(name: str = "resp_1", *output: Line, status: str = "completed", **fields: Any) -> tuple[Line, Line]:
    done = {"id": name, "status": status, "output": list(output), **fields}
    return server("response.created", response={"id": name}), server("response.done", response=done)


def steps(folder: Path, *lines: Line) -> list[Step]:
    return Retelling.of(recording(folder, *lines)).steps


def words(step: Step) -> list[str | None]:
    return [each.words for each in step.items]


def test_items_stand_where_the_server_put_them(tmp_path: Path) -> None:
    lines = [
        item("b", "second", previous_item_id=None),
        item("a", "first", previous_item_id=None),
        item("d", "fourth", previous_item_id="b"),
        item("c", "third", previous_item_id="b"),
        item("e", "last"),
        item("e", "told again"),
    ]
    (step,) = steps(tmp_path, *lines, *answer())
    assert words(step) == ["first", "second", "third", "fourth", "last"]
    assert [each.line for each in step.items] == [3, 2, 5, 4, 6]


def test_what_was_deleted_is_in_no_later_answer(tmp_path: Path) -> None:
    deleted = server("conversation.item.deleted", item_id="a")
    first, second = steps(tmp_path, item("a", "one"), item("b", "two"), *answer(), deleted, *answer("resp_2"))
    assert (words(first), words(second)) == (["one", "two"], ["two"])


def test_a_spoken_turn_has_the_words_of_its_transcript_even_if_that_comes_late(tmp_path: Path) -> None:
    committed = server("input_audio_buffer.committed", item_id="a", previous_item_id=None)
    heard = server("conversation.item.input_audio_transcription.completed", item_id="a", transcript="Hello.")
    told = Retelling.of(recording(tmp_path, committed, item("a", None), *answer(), heard))
    assert words(told.steps[0]) == ["Hello."]
    assert [turn.words for turn in told.turns] == ["Hello."]


def test_a_turn_that_nobody_transcribed_has_no_words(tmp_path: Path) -> None:
    committed = server("input_audio_buffer.committed", item_id="a")
    told = Retelling.of(recording(tmp_path, committed, item("a", None), *answer()))
    assert (words(told.steps[0]), [turn.words for turn in told.turns]) == ([None], [None])


def test_audio_in_an_item_has_no_words_and_an_item_without_content_has_none_to_have(tmp_path: Path) -> None:
    empty = server("conversation.item.added", item={"id": "b", "type": "message", "role": "user", "content": []})
    (step,) = steps(tmp_path, item("a", None), empty, *answer())
    assert words(step) == [None, ""]


def test_silence_is_no_turn(tmp_path: Path) -> None:
    silence = server("input_audio_buffer.timeout_triggered", item_id="a")
    committed = server("input_audio_buffer.committed", item_id="a")
    told = Retelling.of(recording(tmp_path, silence, committed, *answer()))
    assert (words(told.steps[0]), told.turns) == ([""], [])


def test_a_tools_result_is_told_as_it_was(tmp_path: Path) -> None:
    output = {"id": "a", "type": "function_call_output", "output": "Tomorrow."}
    call = {"id": "b", "type": "function_call", "name": "find"}
    lines = [server("conversation.item.created", item=each) for each in (output, call)]
    (step,) = steps(tmp_path, *lines, *answer())
    assert (step.items[0].kind, step.items[0].words) == ("tool", "Tomorrow.")
    assert step.items[1].kind not in ("tool", "user", "system")


def test_an_answer_with_an_input_of_its_own_was_made_of_that(tmp_path: Path) -> None:
    given: list[Line] = [
        {"type": "item_reference", "id": "a"},
        {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Sum up."}]},
        {"type": "function_call_output", "output": "Tomorrow."},
    ]
    ask = client("response.create", response={"input": given})
    (step,) = steps(tmp_path, item("a", "one"), item("b", "two"), ask, *answer())
    assert [(each.kind, each.words) for each in step.items] == [
        ("user", "one"),
        ("system", "Sum up."),
        ("tool", "Tomorrow."),
    ]


def test_what_was_read_aloud_is_no_step(tmp_path: Path) -> None:
    ask = client("response.create", response={"input": [], "instructions": READ_ALOUD.format(text="One moment.")})
    (step,) = steps(tmp_path, item("a", "one"), ask, *answer("aloud"), *answer())
    assert words(step) == ["one"]


@pytest.mark.parametrize(
    ("session", "response", "offered"),
    [
        ({"tools": TOOLS}, {}, {"find", "end"}),
        ({"tools": TOOLS}, {"tools": []}, set()),
        ({"tools": TOOLS}, {"tool_choice": "none"}, set()),
        ({"tools": TOOLS}, {"tool_choice": {"type": "function", "name": "end"}}, {"end"}),
        ({}, {"tools": TOOLS}, {"find", "end"}),
    ],
)
def test_the_tools_are_the_sessions_or_the_answers_own(
    session: Line, response: Line, offered: set[str], tmp_path: Path
) -> None:
    lines = [server("session.updated", session=session), client("response.create", response=response)]
    (step,) = steps(tmp_path, *lines, *answer())
    assert step.tools == offered


@pytest.mark.parametrize(
    ("given", "extra"),
    [({}, False), ({"instructions": "Be kind."}, False), ({"instructions": "Be kind.\nBe brief."}, True)],
)
def test_instructions_of_its_own_are_what_the_session_does_not_have(given: Line, extra: bool, tmp_path: Path) -> None:
    session = server("session.created", session={"instructions": "Be kind."})
    (step,) = steps(tmp_path, session, client("response.create", response=given), *answer())
    assert step.extra is extra


@pytest.mark.parametrize(
    ("response", "modality"),
    [
        ({"output_modalities": ["text"]}, "text"),
        ({"modalities": ["text"]}, "text"),
        ({"modalities": ["audio", "text"]}, "audio"),
        ({}, "audio"),
    ],
)
def test_the_modality_is_what_the_server_told(response: Line, modality: str, tmp_path: Path) -> None:
    (step,) = steps(tmp_path, server("response.created", response={"id": "a", **response}))
    assert (step.modality, step.status) == (modality, "incomplete")


@pytest.mark.parametrize(
    ("error", "own"),
    [
        ({"event_id": "mine", "code": "invalid_value"}, False),
        ({"event_id": None, "code": "conversation_already_has_active_response"}, False),
        ({"event_id": None, "code": "invalid_value"}, True),
        ({"event_id": "another", "code": "invalid_value"}, True),
    ],
)
def test_a_request_that_was_refused_made_no_answer(error: Line, own: bool, tmp_path: Path) -> None:
    ask = client("response.create", event_id="mine", response={"instructions": "Be brief."})
    (step,) = steps(tmp_path, ask, server("error", error=error), *answer())
    assert step.extra is own


def test_a_request_without_a_name_is_not_taken_for_one_that_an_error_does_not_name(tmp_path: Path) -> None:
    ask = client("response.create", response={"instructions": "Be brief."})
    (step,) = steps(tmp_path, ask, server("error", error={"code": "invalid_value"}), *answer())
    assert step.extra


def test_requests_are_answered_in_their_order(tmp_path: Path) -> None:
    asks = [client("response.create", response={"instructions": words}) for words in ("Be brief.", "")]
    assert [step.extra for step in steps(tmp_path, *asks, *answer(), *answer("resp_2"))] == [True, False]


def test_an_answer_is_what_a_mind_can_say_and_call(tmp_path: Path) -> None:
    output: list[Line] = [
        {
            "type": "message",
            "content": [{"type": "output_audio", "transcript": "One"}, {"type": "text", "text": "two."}],
        },
        {"type": "function_call", "name": "find", "arguments": '{"number": 7}'},
        {"type": "function_call", "name": "cut", "arguments": '{"numb'},
        {"type": "function_call", "name": "no_object", "arguments": "7"},
        {"type": "mcp_call", "name": "theirs", "arguments": "{}"},
        {"type": "message", "content": []},
    ]
    (step,) = steps(tmp_path, *answer("resp_1", *output))
    assert step.reply == [Say("One two."), CallTool("find", {"number": 7}), Say("")]
    assert (step.status, step.breaks) == ("completed", None)


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_an_answer_that_broke_off_tells_how_and_why(status: str, tmp_path: Path) -> None:
    why = {"reason": "content_filter"}
    (step,) = steps(tmp_path, *answer(status=status, status_details={"type": status, **why}))
    assert (step.breaks, step.details, step.within) == (status, why, False)


def broken(closes: Line, *more: Line) -> tuple[Line, ...]:
    """An answer of which there is a whole message, and the beginning of another one, when the connection ends."""
    whole = {"id": "a", "type": "message", "content": [{"type": "text", "text": "One."}]}
    piece = {"response_id": "resp_1", "item_id": "b"}
    return (
        answer()[0],
        server("response.output_text.delta", response_id="resp_1", item_id="a", delta="One."),
        server("response.output_item.done", response_id="resp_1", item=whole),
        *(server("response.output_text.delta", **piece, delta=delta) for delta in ("Two ", "an")),
        *more,
        closes,
    )


@pytest.mark.parametrize(("side", "how"), [("nobody", "dropped"), ("server", "dropped"), ("client", "silent")])
def test_an_answer_that_the_connection_did_not_outlive_is_what_had_come_of_it(
    side: str, how: str, tmp_path: Path
) -> None:
    (step,) = steps(tmp_path, *broken({"at": 1, "from": side, "close": 1006}))
    assert step.reply == [Say("One."), Say("Two an")]
    assert (step.breaks, step.within, step.status) == (how, True, "incomplete")


def test_what_was_asked_for_and_never_begun_broke_off_too(tmp_path: Path) -> None:
    first, second = steps(
        tmp_path, *answer(), client("response.create", response={}), {"at": 1, "from": "nobody", "close": 1006}
    )
    assert (first.breaks, second.breaks, second.reply) == (None, "dropped", [])


def test_answers_side_by_side_are_told_apart(tmp_path: Path) -> None:
    said = [{"type": "message", "content": [{"type": "text", "text": text}]} for text in ("one", "two")]
    one, two = answer("a", said[0]), answer("b", said[1])
    told = steps(tmp_path, one[0], two[0], two[1], one[1])
    assert [step.reply for step in told] == [[Say("one")], [Say("two")]]
    assert [step.line for step in told] == [2, 3]
