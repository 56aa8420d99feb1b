"""The playbook itself, with a small line of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.mind import CallTool, Item, Request, Say, Tool
from simulator.playbook import LONGEST_CHAIN, Playbook, PlaybookError
from switchboard.line import sentences

BOOK = r"""
agent: '^You are `(?P<agent>[^`]+)`'
clauses: '\. '
drop: 'never mind'
negated: 'no need for (?P<what>[^,.]+)'
goodbye: '\bbye\b'
request: '^where'
advice: '^Ask\b'
slots:
  room:
    read: digits
    pattern: '\d{3}'
    asked: 'room'
    ask: ["Which room, please?"]
    again: ["Sorry, which room?"]
    stuck: ["No room, no service."]
  sure:
    values: {'no': '^no', 'yes': '^yes'}
    only_asked: true
    per_topic: true
    asked: 'shall I'
    ask: ["Shall I clean room {room}?"]
topics:
  clean:
    heard: 'clean'
    closed_by: [clean_room]
  bill:
    heard: 'bill'
    closed_by: [show_bill]
tools:
  show_bill:
    after:
      - {match: 'comes to (?P<sum>.+)\.', say: ["That makes {sum} for room {room}."]}
      - {match: 'no room (?P<number>\d+)', forget: [room], say: ["There is no room {number}. Which room is it?"]}
agents:
  desk:
    opening:
      - {turn: 0, say: ["Good evening, this is the desk. What can I do for you tonight?"]}
      - {topic: any, go_on: true}
      - {say: ["Yes?"]}
    plans:
      - topics: [clean]
        steps:
          - {needs: [room], confirm: sure, refused: ["Then we won't."]}
          - {call: clean_room, arguments: {room: '{room}', note: '{words}'}}
      - topics: [bill]
        steps:
          - {call: show_bill, arguments: {room: '{room}'}, say: ["One moment."]}
first:
  - {leaving: true, call: end_call, say: ["Good night!", "Sleep well!"]}
  - {leaving: true, say: ["Good night."]}
moments:
  - {match: 'caller has been silent', say: ["Are you there?"]}
lost: ["I can have a room cleaned, or show a bill."]
troubled: ["That went wrong."]
lasting: ["I can't get any further."]
plain: ["I am {agent} and have no playbook."]
"""
OPENING = "Greet the caller."


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    return load(tmp_path, BOOK)


def load(folder: Path, text: str) -> Playbook:
    path = folder / "desk.yaml"
    path.write_text(text)
    return Playbook.load(path)


def said(role: str, text: str) -> Item:
    return Item("m", "message", role, text, None, None, None, None)


def called(name: str, arguments: str, output: str) -> tuple[Item, Item]:
    call = Item("c", "function_call", None, "", name, arguments, f"{name}{output}", None)
    return call, Item("o", "function_call_output", None, "", None, None, f"{name}{output}", output)


def tool(name: str, description: str = "", *required: str) -> Tool:
    schema = {"type": "object", "properties": {"room": {"type": "string"}}, "required": list(required)}
    return Tool(name, description, schema)


def asked(*items: Item, extra: str = "", agent: str = "desk", tools: tuple[Tool, ...] | None = None) -> Request:
    offered = (tool("clean_room"), tool("show_bill"), tool("end_call")) if tools is None else tools
    return Request(f"You are `{agent}` on the line `hotel`.\nBe kind.", extra, offered, items, "audio", "s1")


def test_the_opening_is_said_when_an_agent_arrives(playbook: Playbook) -> None:
    assert playbook.answer(asked(extra=OPENING)) == [
        Say("Good evening, this is the desk. What can I do for you tonight?")
    ]


def test_what_must_be_said_exactly_is_said_exactly(playbook: Playbook) -> None:
    extra = sentences.EXACTLY.format(words='I\'ll get "somebody".')
    assert playbook.answer(asked(extra=extra)) == [Say('I\'ll get "somebody".')]


def test_what_is_read_aloud_is_read_and_nothing_of_the_agents(playbook: Playbook) -> None:
    extra = sentences.READ_ALOUD.format(text="One moment, please.")
    assert playbook.answer(asked(extra=extra)) == [Say("One moment, please.")]


def test_a_moment_of_the_engine_has_its_text(playbook: Playbook) -> None:
    assert playbook.answer(asked(said("user", "bill"), extra=sentences.STILL_THERE)) == [Say("Are you there?")]


def cut(heard: str) -> str:
    return sentences.REST.format(heard=heard)


def test_after_a_cut_only_the_rest_is_said(playbook: Playbook) -> None:
    request = asked(said("user", "the bill please"), said("assistant", "Which"), extra=cut("Which"))
    assert playbook.answer(request) == [Say("room, please?")]


def test_after_a_cut_the_rest_of_an_opening_is_said(playbook: Playbook) -> None:
    assert playbook.answer(asked(extra=cut("Good evening, this is"))) == [
        Say("the desk. What can I do for you tonight?")
    ]


def test_after_a_cut_the_rest_of_any_wording_is_found(playbook: Playbook) -> None:
    reply = playbook.answer(asked(said("user", "bye"), extra=cut("Good")))
    assert reply == [Say("night!"), CallTool("end_call", {})]


def test_after_a_cut_in_a_tools_answer_its_rest_is_said(playbook: Playbook) -> None:
    bill = called("show_bill", '{"room": "101"}', "It comes to ninety pounds.")
    request = asked(said("user", "bill for 101"), *bill, extra=cut("That makes ninety"))
    assert playbook.answer(request) == [Say("pounds for room 101.")]


def test_words_that_were_not_understood_are_asked_for_again(playbook: Playbook) -> None:
    [before] = playbook.answer(asked(said("user", "")))
    [after] = playbook.answer(asked(said("user", "bill"), said("assistant", "Which room, please?"), said("user", "")))
    assert isinstance(before, Say) and isinstance(after, Say)
    assert "couldn't make out" in before.text
    assert "don't understand the words" in after.text


def test_a_missing_slot_is_asked_for_and_then_the_tool_is_called(playbook: Playbook) -> None:
    items = [said("user", "my bill please")]
    assert playbook.answer(asked(*items)) == [Say("Which room, please?")]
    items += [said("assistant", "Which room, please?"), said("user", "one oh one")]
    assert playbook.answer(asked(*items)) == [Say("One moment."), CallTool("show_bill", {"room": "101"})]


def test_asking_in_vain_changes_the_words(playbook: Playbook) -> None:
    items = [said("user", "my bill please")]
    replies = []
    for _ in range(4):
        reply = playbook.answer(asked(*items))[0]
        assert isinstance(reply, Say)
        replies.append(reply.text)
        items += [said("assistant", reply.text), said("user", "grmbl")]
    assert replies == ["Which room, please?", "Sorry, which room?", "Sorry, which room?", "No room, no service."]


def test_parts_of_what_a_tool_returned_are_woven_in(playbook: Playbook) -> None:
    bill = called("show_bill", '{"room": "101"}', "It comes to ninety pounds.")
    assert playbook.answer(asked(said("user", "bill for 101"), *bill)) == [
        Say("That makes ninety pounds for room 101.")
    ]


def test_an_output_without_a_rule_is_said_as_it_is_without_its_advice(playbook: Playbook) -> None:
    bill = called("show_bill", '{"room": "101"}', "All is paid. Ask whether they want a receipt.")
    assert playbook.answer(asked(said("user", "bill for 101"), *bill)) == [Say("All is paid.")]


@pytest.mark.parametrize("output", ["", "{}", '{"error": "boom"}', "Ask somebody else."])
def test_an_output_that_is_no_speech_is_not_read_aloud(playbook: Playbook, output: str) -> None:
    bill = called("show_bill", '{"room": "101"}', output)
    assert playbook.answer(asked(said("user", "bill for 101"), *bill)) == [Say("That went wrong.")]


def test_a_value_that_a_tool_refused_is_asked_for_again(playbook: Playbook) -> None:
    items = [said("user", "bill for 999"), *called("show_bill", '{"room": "999"}', "There is no room 999.")]
    reply = playbook.answer(asked(*items))
    assert reply == [Say("There is no room 999. Which room is it?")]
    items += [said("assistant", "There is no room 999. Which room is it?"), said("user", "101 of course")]
    assert playbook.answer(asked(*items))[-1] == CallTool("show_bill", {"room": "101"})


def test_a_confirmation_is_waited_for(playbook: Playbook) -> None:
    items = [said("user", "clean 101"), said("assistant", "Shall I clean room 101?")]
    assert playbook.answer(asked(items[0])) == [Say("Shall I clean room 101?")]
    assert playbook.answer(asked(*items, said("user", "yes"))) == [CallTool("clean_room", {"room": "101"})]
    assert playbook.answer(asked(*items, said("user", "no"))) == [Say("Then we won't.")]


def test_a_tool_that_is_not_offered_is_not_called(playbook: Playbook) -> None:
    assert playbook.answer(asked(said("user", "bye"), tools=())) == [Say("Good night.")]


def test_what_came_back_while_the_caller_spoke_is_not_lost(playbook: Playbook) -> None:
    bill = called("show_bill", '{"room": "101"}', "It comes to ninety pounds.")
    reply = playbook.answer(asked(said("user", "bill for 101"), *bill, said("user", "bye now")))
    assert isinstance(reply[0], Say)
    assert reply[0].text.startswith("That makes ninety pounds")


def test_an_agent_without_a_section_speaks_its_opening_and_says_what_it_is(playbook: Playbook) -> None:
    assert playbook.answer(asked(extra="Hello from the bar.", agent="bar")) == [Say("Hello from the bar.")]
    reply = playbook.answer(asked(said("user", "what is love"), agent="night_bar"))
    assert reply == [Say("I am night bar and have no playbook.")]


def test_an_agent_without_a_section_hands_over_and_says_goodbye(playbook: Playbook) -> None:
    tools = (
        tool("transfer_to_desk", "The caller asks about a room or a bill."),
        tool("transfer_to_kitchen", "The caller is hungry.", "room"),
        tool("end_call"),
    )
    for words, expected in {
        "I have a question about a bill": CallTool("transfer_to_desk", {}),
        "the kitchen please": CallTool("transfer_to_kitchen", {"room": "the kitchen please"}),
        "bye": CallTool("end_call", {}),
    }.items():
        assert playbook.answer(asked(said("user", words), agent="bar", tools=tools))[-1] == expected


def test_instructions_without_an_agent_are_answered_all_the_same(playbook: Playbook) -> None:
    assert playbook.answer(replace(asked(said("user", "hi")), instructions="Be kind."))


def test_what_the_caller_does_not_want_is_handed_to_nobody(playbook: Playbook) -> None:
    tools = (tool("transfer_to_kitchen", "The caller is hungry."), tool("end_call"))
    assert playbook.answer(asked(said("user", "the kitchen please"), tools=tools)) == [
        CallTool("transfer_to_kitchen", {})
    ]
    [reply] = playbook.answer(asked(said("user", "never mind the kitchen"), tools=tools))
    assert reply == Say("I can have a room cleaned, or show a bill.")


def test_an_agent_without_a_section_hands_over_what_sounds_dropped(playbook: Playbook) -> None:
    tools = (tool("transfer_to_kitchen", "The caller is hungry."),)
    reply = playbook.answer(asked(said("user", "never mind, the kitchen"), agent="bar", tools=tools))
    assert reply == [CallTool("transfer_to_kitchen", {})]


def looked_up(count: int) -> list[Item]:
    """So many different calls of one turn."""
    return [called("look_up", f'{{"number": {number}}}', f"{number}")[0] for number in range(count)]


def test_a_chain_of_calls_ends_however_many_different_ones_there_are(playbook: Playbook) -> None:
    words = said("user", "bill for 101")
    going_on, too_long = looked_up(LONGEST_CHAIN - 1), looked_up(LONGEST_CHAIN)
    assert playbook.answer(asked(words, *going_on)) == [CallTool("show_bill", {"room": "101"})]
    assert playbook.answer(asked(words, *too_long)) == [Say("I can't get any further.")]


def test_the_same_call_is_not_made_again_while_its_answer_is_missing(playbook: Playbook) -> None:
    call, _ = called("show_bill", '{"room": "101"}', "")
    assert playbook.answer(asked(said("user", "bill for 101"), call)) == [Say("I can't get any further.")]
    again = asked(said("user", "bill for 101"), call, said("assistant", "Sorry."), said("user", "the bill for 101"))
    assert playbook.answer(again)[-1] == CallTool("show_bill", {"room": "101"})


def test_an_answer_to_no_known_call_ends_the_chain_of_its_turn_only(playbook: Playbook) -> None:
    _, lost = called("show_bill", '{"room": "101"}', "It comes to ninety pounds.")
    assert playbook.answer(asked(said("user", "bill for 101"), lost)) == [Say("I can't get any further.")]
    later = asked(said("user", "bill for 101"), lost, said("assistant", "Sorry."), said("user", "the bill for 101"))
    assert playbook.answer(later)[-1] == CallTool("show_bill", {"room": "101"})


def test_a_goodbye_while_a_tool_works_is_answered_when_it_has_returned(playbook: Playbook) -> None:
    call, output = called("show_bill", '{"room": "101"}', "It comes to ninety pounds.")
    reply = playbook.answer(asked(said("user", "bill for 101"), call, said("user", "bye"), output))
    assert reply[-1] == CallTool("end_call", {})
    assert reply[0] == Say("That makes ninety pounds for room 101. Good night!")


def test_a_transfer_that_has_brought_the_caller_here_is_followed_by_the_opening(playbook: Playbook) -> None:
    arrived = called("transfer_to_desk", "{}", "")
    assert playbook.answer(asked(said("user", "the desk please"), *arrived)) == [Say("Yes?")]
    reply = playbook.answer(asked(said("user", "the bill for 101"), *arrived))
    assert reply[-1] == CallTool("show_bill", {"room": "101"})
    bar = playbook.answer(asked(said("user", "the bar please"), *called("transfer_to_bar", "{}", ""), agent="bar"))
    assert bar == [Say("I am bar and have no playbook.")]


def test_a_hand_over_that_was_refused_is_not_tried_again_in_the_same_turn(playbook: Playbook) -> None:
    tools = (tool("transfer_to_kitchen", "The caller is hungry."), tool("end_call"))
    refused = called("transfer_to_kitchen", "{}", "The kitchen is closed.")
    words = said("user", "the kitchen please")
    assert playbook.answer(asked(words, *refused, tools=tools)) == [Say("That went wrong.")]
    talked = (*refused, said("assistant", "That went wrong."), words)
    assert playbook.answer(asked(words, *talked, tools=tools)) == [CallTool("transfer_to_kitchen", {})]
    cut_in = asked(words, *refused, words, tools=tools)
    assert playbook.answer(cut_in) == [CallTool("transfer_to_kitchen", {})]


def test_arguments_come_in_the_types_of_the_tool(playbook: Playbook) -> None:
    types = {"room": {"type": "integer"}, "note": {"type": "array", "items": {"type": "string"}}}
    clean = Tool("clean_room", "", {"type": "object", "properties": types, "required": ["room", "note"]})
    items = (said("user", "clean 101"), said("assistant", "Shall I clean room 101?"), said("user", "yes"))
    assert playbook.answer(asked(*items, tools=(clean,))) == [CallTool("clean_room", {"room": 101, "note": ["yes"]})]


def test_nothing_is_remembered_between_requests(playbook: Playbook) -> None:
    request = asked(said("user", "my bill please"))
    assert playbook.answer(request) == playbook.answer(request)
    assert playbook.hear("s1") is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("turn: 0", "trun: 0", "desk.yaml:38: agent `desk`, opening rule 1, `trun`: unknown key `trun`"),
        ("agents:\n", "agnets:\n", "`agnets`: unknown key `agnets`"),
        ("opening:", "openning:", "agent `desk`, `openning`: unknown key `openning`"),
        ("read: digits", "read: numbers", "slot `room`, `read`: unknown normaliser `numbers`"),
        (
            "arguments: {room: '{room}'}",
            "arguments: {room: '{rom}'}",
            "agent `desk`, plan 2, step 1: unknown slot `rom`",
        ),
        ("topics: [bill]", "topics: [bil]", "agent `desk`, plan 2, `topics`: unknown topic `bil`"),
        ("topics: [bill]", "topics: [clean]", "agent `desk`, plan 2: never used"),
        ("match: 'caller", "match: '(caller", "moments rule 1, `match`: bad pattern '(caller has been silent'"),
        (r"call: end_call, say", "say", "first rule 2: never fires: rule 1 has the same pattern"),
        ('- {say: ["Yes?"]}', "- {}", "agent `desk`, opening rule 3: a rule needs one of"),
        ('ask: ["Which room, please?"]', 'ask: ["Which one?"]', "slot `room`: `asked` does not recognise"),
        ("heard: 'bill'", "heard: 'clean'", "topic `bill`: never comes up: `clean` has the same pattern"),
        ("heard: 'bill'", "meant: ['The bill please', '101']", "topic `bill`, `meant`: the example '101' has no words"),
        ("heard: 'bill'", "meant: []", "topic `bill`, `meant`: the list is empty"),
        ("heard: 'bill'", "aside: true", "topic `bill`: never comes up: it needs one of `heard`, `meant`, `answers`"),
        ("heard: 'bill'", "meant: [Bill, 'bill!']", "topic `bill`: the example 'bill!' stands there twice"),
        (
            "heard: 'clean'\n    closed_by: [clean_room]\n  bill:\n    heard: 'bill'",
            "meant: &it [Do it]\n    closed_by: [clean_room]\n  bill:\n    meant: *it",
            "topic `bill`: never comes up: `clean` has the same pattern or examples",
        ),
        (
            "heard: 'clean'\n    closed_by: [clean_room]\n  bill:\n    heard: 'bill'",
            "meant: [Clean it, Do it]\n    closed_by: [clean_room]\n  bill:\n    meant: [Show it, do it]",
            "topic `bill`: the example 'do it' stands in topic `clean` as well; it can mean one thing only",
        ),
        ("forget: [room]", "forget: [bed]", "tool `show_bill`, after rule 2: unknown slot `bed`"),
        ("lost:", "drop: x\nlost:", "the key `drop` stands twice"),
        ("(?P<agent>", "(?P<name>", "the pattern needs a group `(?P<agent>...)`"),
        ("(?P<what>", "(?P<name>", "the pattern needs a group `(?P<what>...)`"),
        ("agents:", "agents: [", "not YAML"),
        ('lost: ["I can have a room cleaned, or show a bill."]\n', "", "the key `lost` is missing"),
    ],
)
def test_a_wrong_playbook_is_refused_with_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert BOOK.count(old) >= 1
    with pytest.raises(PlaybookError) as refused:
        load(tmp_path, BOOK.replace(old, new, 1))
    assert complaint in str(refused.value)
    assert str(refused.value).startswith("desk.yaml")
    assert "\n" not in str(refused.value)


BY_EXAMPLE = (
    ("heard: 'bill'", "meant: [Show me the bill, How much do I have to pay]"),
    (
        "- {leaving: true, call",
        "- {meant: &hungry [I am hungry, What is there to eat], say: [There is toast.]}\n  - {leaving: true, call",
    ),
    ("lost:", "besides: [I have paid the bill already]\nlost:"),
)


@pytest.fixture
def by_example(tmp_path: Path) -> Playbook:
    text = BOOK
    for old, new in BY_EXAMPLE:
        text = text.replace(old, new, 1)
    return load(tmp_path, text)


def test_a_topic_comes_up_by_example(by_example: Playbook) -> None:
    assert by_example.answer(asked(said("user", "what do I have to pay"))) == [Say("Which room, please?")]
    assert by_example.answer(asked(said("user", "is it far to the sea"))) == [
        Say("I can have a room cleaned, or show a bill.")
    ]


def test_a_rule_holds_by_example(by_example: Playbook) -> None:
    assert by_example.answer(asked(said("user", "could I get something to eat"))) == [Say("There is toast.")]


def test_the_rules_of_another_agent_take_nothing_away(tmp_path: Path) -> None:
    bar = "  bar:\n    turns:\n      - {meant: [How much do I owe you], say: [Nothing.]}\nfirst:"
    told = "heard: 'bill'", "meant: [Show me the bill, How much do I have to pay]"
    playbook = load(tmp_path, BOOK.replace("first:", bar, 1).replace(*told))
    request = asked(said("user", "how much do I owe you"))

    assert playbook.answer(request) == [Say("Which room, please?")]
    assert playbook.answer(replace(request, instructions="You are `bar`.")) == [Say("Nothing.")]


def test_of_pattern_and_example_either_will_do_for_a_rule(tmp_path: Path) -> None:
    rules = (
        "- {heard: toast, say: [At eight.]}",
        "- {heard: toast, meant: [I am hungry], say: [At nine.]}",
        "- {heard: tea, meant: [I am thirsty], say: [At ten.]}",
    )
    playbook = load(tmp_path, BOOK.replace("first:", "\n  ".join(["first:", *rules]), 1))

    answers = {
        words: playbook.answer(asked(said("user", words)))
        for words in ("toast", "I'm so hungry", "tea", "I'm so thirsty")
    }
    assert answers == {
        "toast": [Say("At eight.")],
        "I'm so hungry": [Say("At nine.")],
        "tea": [Say("At ten.")],
        "I'm so thirsty": [Say("At ten.")],
    }


def test_what_is_nearest_to_an_example_besides_is_of_no_topic(by_example: Playbook) -> None:
    assert by_example.answer(asked(said("user", "I paid the bill yesterday"))) == [
        Say("I can have a room cleaned, or show a bill.")
    ]


def test_a_pattern_comes_before_the_examples(by_example: Playbook) -> None:
    assert by_example.answer(asked(said("user", "how much do I have to pay to have it clean"))) == [
        Say("Which room, please?")
    ]


def test_what_is_not_wanted_is_told_by_example_as_well(by_example: Playbook) -> None:
    assert by_example.answer(asked(said("user", "no need for the bill"))) == [
        Say("I can have a room cleaned, or show a bill.")
    ]


def test_all_keys_that_are_missing_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as refused:
        load(tmp_path, "slots: {}\ntopics: {}\nagents: {}\nlost: What?\nplain: Hm.\n")
    assert str(refused.value).endswith(
        "the keys `agent`, `clauses`, `drop`, `negated`, `goodbye`, `request`, `advice`, `troubled`, `lasting` "
        "are missing"
    )


AGENTS, TOOLS = {"desk", "bar"}, {"clean_room", "show_bill", "end_call"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  desk:\n", "  dusk:\n", "desk.yaml:35: agent `dusk`: the line has no agent `dusk`; is `desk` meant?"),
        ("forget: [room]", "agents: [dusk], forget: [room]", "tool `show_bill`, after rule 2: the line has no agent"),
        (
            "  show_bill:\n",
            "  show_bills:\n",
            "tool `show_bills`: the line has no tool `show_bills`; is `show_bill` meant?",
        ),
        ("[clean_room]", "[clean]", "topic `clean`: the line has no tool `clean`; is `clean_room` meant?"),
        (
            "call: end_call",
            "call: ring_off",
            "first rule 1: the line has no tool `ring_off`; there are: clean_room, end_call",
        ),
        ("{call: show_bill", "{call: showbill", "agent `desk`, plan 2, step 1: the line has no tool `showbill`"),
        ("{leaving: true, say", "{leaving: true, done: [bil], say", "first rule 2: the line has no tool `bil`"),
    ],
)
def test_an_agent_or_a_tool_that_the_line_does_not_have_is_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(BOOK.strip().replace(old, new, 1))
    assert BOOK.count(old) >= 1
    with pytest.raises(PlaybookError) as refused:
        Playbook.load(file, AGENTS, TOOLS)
    assert complaint in str(refused.value)


def test_a_playbook_that_names_what_there_is_is_read(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(BOOK)
    assert isinstance(Playbook.load(file, AGENTS, TOOLS), Playbook)


def test_a_playbook_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="cannot be read"):
        Playbook.load(tmp_path / "none.yaml")
