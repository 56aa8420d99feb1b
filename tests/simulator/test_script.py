import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.mind import CallTool, Item, MindError, Request, Say, Tool
from simulator.playbook import Playbook, PlaybookError
from simulator.script import Script, ScriptError
from switchboard.line.sentences import READ_ALOUD

SCRIPT = """
- agent: support
  extra: "pick up"
  tools: [find_order]
  absent: [cancel_order]
  modality: audio
  say: "Hello."
- hear: "where is my order"
- last: {role: user, text: "where is my order"}
  say: "One moment."
  call: find_order
  arguments: {order_number: "10042"}
- last: {role: tool, match: "on its w.y"}
  reply:
    - say: "It is on its way."
    - call: end_call
"""


def item(role: str, text: str) -> Item:
    return Item("i", "message", role, text, None, None, None, None)


def request(
    *items: Item, agent: str = "support", extra: str = "", tools: tuple[str, ...] = ("find_order",), session: str = "s1"
) -> Request:
    offered = tuple(Tool(name, "", {}) for name in tools)
    return Request(f"You are `{agent}` on the line `x`.", extra, offered, items, "audio", session)


def test_steps_are_answered_in_order() -> None:
    script = Script.load(SCRIPT)
    assert script.answer(request(extra="\nPick up where it stands.")) == [Say("Hello.")]
    assert script.hear("s1") == "where is my order"
    asked = script.answer(request(item("user", "where is my order")))
    assert asked == [Say("One moment."), CallTool("find_order", {"order_number": "10042"})]
    output = Item("o", "function_call_output", None, "", None, None, "c", "It is on its way.")
    assert script.answer(request(output)) == [Say("It is on its way."), CallTool("end_call", {})]
    script.check()


def test_what_is_read_aloud_is_read_and_is_no_step() -> None:
    script = Script.load(SCRIPT)
    assert script.answer(request(extra=READ_ALOUD.format(text="One moment."), tools=())) == [Say("One moment.")]
    assert script.answer(request(extra="pick up")) == [Say("Hello.")]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (request(extra="pick up", agent="greeter"), "step 1: agent: expected 'support', got 'greeter'"),
        (request(), "step 1: extra: expected 'pick up', got ''"),
        (request(extra="pick up", tools=()), "step 1: find_order is not offered, only nothing"),
        (request(extra="pick up", tools=("find_order", "cancel_order")), "step 1: cancel_order is offered"),
    ],
)
def test_a_request_that_is_not_the_expected_one_fails_and_is_remembered(wrong: Request, complaint: str) -> None:
    script = Script.load(SCRIPT)
    with pytest.raises(MindError, match=complaint):
        script.answer(wrong)
    with pytest.raises(AssertionError, match=complaint):
        script.check()


@pytest.mark.parametrize(
    ("last", "items"),
    [
        ("{role: user}", [item("assistant", "hi")]),
        ("{text: hello}", [item("user", "hi")]),
        ("{match: '^hello'}", [item("user", "hi")]),
        ("{name: find_order}", [item("user", "hi")]),
        ("{role: user}", []),
    ],
)
def test_the_last_item_is_checked(last: str, items: list[Item]) -> None:
    script = Script.load(f"- last: {last}\n  say: hello\n")
    with pytest.raises(MindError, match="last"):
        script.answer(request(*items))


def test_an_empty_extra_expects_that_nothing_was_added() -> None:
    script = Script.load("- extra: ''\n  say: a\n- extra: ''\n  say: b\n")
    assert script.answer(request()) == [Say("a")]
    with pytest.raises(MindError, match="extra"):
        script.answer(request(extra="more"))


def test_a_request_too_many_fails() -> None:
    script = Script.load("- say: hello\n")
    script.answer(request())
    with pytest.raises(MindError, match="no step is left for a request of support after user 'and now'"):
        script.answer(request(item("user", "and now")))
    with pytest.raises(AssertionError, match="no step is left"):
        script.check()


def test_a_spoken_turn_too_many_fails() -> None:
    script = Script.load("- hear: ''\n")
    assert script.hear("s1") == ""
    with pytest.raises(MindError, match="spoken turn in s1"):
        script.hear("s1")
    with pytest.raises(AssertionError):
        script.check()


def test_what_was_not_used_is_listed() -> None:
    with pytest.raises(AssertionError) as left:
        Script.load("- say: hello\n- hear: hi\n- call: end_call\n").check()
    assert "step 1 was not used: say 'hello'" in str(left.value)
    assert "step 3 was not used: call end_call" in str(left.value)
    assert "nobody said 'hi'" in str(left.value)


def test_every_session_follows_the_script_from_its_beginning() -> None:
    script = Script.load("- say: one\n- hear: first\n- hear: second\n- say: two\n")
    said = [script.answer(request(session=session)) for session in ("s1", "s2", "s2", "s1")]
    heard = [script.hear(session) for session in ("s1", "s2", "s2")]

    assert said == [[Say("one")], [Say("one")], [Say("two")], [Say("two")]]
    assert heard == ["first", "first", "second"]
    with pytest.raises(AssertionError) as left:
        script.check()
    assert str(left.value) == "the script was not followed:\n- nobody said 'second'"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- say: a\n- sya: b\n", "script:2: step 2: unknown key `sya`"),
        ("- say: a\n- last: {rule: user}\n  say: b\n", "script:2: step 2: unknown key `rule`"),
        ("- agent: support\n", "script:1: step 1: a step needs one of"),
        ("- hear: a\n  say: b\n", "script:1: step 1: `hear` stands alone"),
        ("- say: a\n  reply: [{say: b}]\n", "step 1: `reply` stands instead"),
        ("- say: a\n  arguments: {b: c}\n", "step 1: `arguments` without `call`"),
        ("- say: a\n  extra: '('\n", "script:2: step 1: bad pattern"),
        ("- say: a\n  say: b\n", "script:2: the key `say` stands twice"),
        ("- say: a\n  modality: video\n", "script:2: step 1: `modality`"),
        (
            "- say: a\n- call: b\n  arguments:\n    c: 2026-11-27\n",
            "script:4: step 2: what JSON cannot say: 2026-11-27",
        ),
        ("- call: a\n  arguments: {b: [.nan]}\n", "script:2: step 1: what JSON cannot say: [nan]"),
        ("- call: a\n  arguments: {b: -.inf}\n", "script:2: step 1: what JSON cannot say: -inf"),
        ("- call: a\n  arguments: {b: !!set {c}}\n", "script:2: step 1: what JSON cannot say"),
        ("- call: a\n  arguments: &all {b: *all}\n", "script:2: step 1: what JSON cannot say"),
        ("- call: find order\n", "script:1: step 1: no tool can be called 'find order'"),
        ("- reply:\n    - say: a\n    - call: a b\n", "script:3: step 1: no tool can be called 'a b'"),
        ('- say: a\n- say: "\\ud83d"\n', "script:2: half a character"),
        ("- say: a\n- say: 2026-13-45\n", "script:2: a value that cannot be read"),
        ("- [a]: b\n- ? [a]\n  : b\n", "script:1: a key is a word"),
        ("- say: " + "[" * 3000 + "]" * 3000 + "\n", "script: too deep"),
        ("say: a\nagent: b\n", "script"),
        ("[]\n", "script: a script has at least one step"),
    ],
)
def test_a_wrong_script_is_refused_with_line_and_step(text: str, complaint: str) -> None:
    with pytest.raises(ScriptError) as refused:
        Script.load(text)
    assert complaint in str(refused.value)


PIECES = [
    *(
        "- ",
        "say: ",
        "call: ",
        "arguments: ",
        "hear: ",
        "{",
        "}",
        "[",
        "]",
        "? ",
        ": ",
        "&a ",
        "*a",
        "<<",
        "a",
        "\n",
        "\n  ",
    ),
    *("!!set ", "!!int ", "!!map ", "!!bool ", "!!timestamp ", "!!binary ", ".nan", "2026-02-30", "9" * 5000, "\0"),
    '"\\ud83d"',
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
@example("- call: a\n  arguments: {? !!binary aGk= : b}")
def test_whatever_a_script_holds_it_is_refused_or_can_be_sent(text: str) -> None:
    with suppress(ScriptError, MindError):  # one that only hears has nothing to say
        for part in Script.load(f"{text}\n").answer(request()):
            json.dumps(part.arguments if isinstance(part, CallTool) else part.text, allow_nan=False)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_bytes(b"- say: \xff\n")
    with pytest.raises(ScriptError, match="cannot be read: not UTF-8"):
        Script.load(path)
    with pytest.raises(PlaybookError, match="cannot be read: not UTF-8"):
        Playbook.load(path)


def test_a_script_is_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_text(SCRIPT)
    assert Script.load(path).answer(request(extra="pick up")) == [Say("Hello.")]
    with pytest.raises(ScriptError, match="cannot be read"):
        Script.load(tmp_path / "none.yaml")
