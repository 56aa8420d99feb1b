"""What callers typed into the support line that once went wrong, and more of the same kinds."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.mind import CallTool, Item, Reply, Say
from simulator.playbook import LONGEST_CHAIN, Playbook
from tests.workflows.stage import TOOLBOXES, Stage, World, message
from workflows.support_line import SUPPORT_LINE

PLACES = [("greeter", False), ("support", False), ("support", True)]
"""Who answers, and whether the caller is verified and has been told about order 10043."""


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    assert isinstance(SUPPORT_LINE.playbook, Path)
    return Playbook.load(SUPPORT_LINE.playbook)


def stage_at(playbook: Playbook, agent: str, verified: bool = False, world: World | None = None) -> Stage:
    stage = Stage(playbook, agent, world)
    if verified:
        stage.say("it's order 10043, SW1A 2AA")
        stage.calls.clear()
    return stage


def names(stage: Stage) -> list[str]:
    return [name for name, _ in stage.calls if not name.startswith("transfer_to_support")]


def heard(stage: Stage, *turns: str) -> str:
    return [stage.say(words) for words in turns][-1]


def test_a_person_who_can_be_rung_is_rung_and_when_nobody_answers_something_else_is_offered(
    playbook: Playbook,
) -> None:
    stage = stage_at(playbook, "support", world=World(rung=True))
    assert "urgent ticket" in stage.say("I want to speak to a person")
    assert re.search("urgent ticket.*call you back", stage.say("no, put me through to a person please"))
    assert names(stage) == ["transfer_to_escalation", "transfer_to_shop_desk"]
    stage.say("then call me back")
    assert stage.called("list_callback_slots")


# -- general questions, and questions about one's own order

GENERAL = [
    "how long till I get my money back after a return?",
    "how long do I have to send something back?",
    "how much does a return cost?",
    "can I return something without the box?",
    "what if I don't like it when it arrives?",
    "do you charge for returns?",
    "who pays for returning a sofa?",
    "can I cancel an order after it has shipped?",
    "how do I return something?",
    "is returning free?",
    "how soon do refunds arrive",
    "what happens if my parcel gets lost?",
    "are refunds paid to my card?",
    "can I get a refund without a receipt?",
    "do I have to keep the packaging to return it?",
    "how many days do I have to return things?",
    "when will I get my money after sending it back?",
    "do you take back opened items?",
    "what's the deadline for a return?",
    "can I return a gift?",
    "is it possible to exchange something?",
    "do you deliver on saturdays?",
    "what if my order arrives damaged?",
    "how long does a delivery take?",
    "how does cancelling work?",
    "can I send things back if I change my mind?",
    "what does it cost to send something back",
    "could I get my money back if the colour is wrong?",
    "tell me how returns work",
    "do refunds take long?",
    "would I get the full amount back if I return something?",
    "I'd like to know how long refunds take",
    "Do you do refunds?",
    "what's the longest I can wait before sending something back?",
    "are there any fees for returning stuff?",
    "when does a refund normally land in my account?",
    "suppose I change my mind, can I get my cash back?",
    "do you collect big furniture for returns?",
    "how quickly do you ship?",
    "can I return sale items?",
    "is there a restocking fee?",
    "who do refunds go to?",
    "roughly how long does a refund take?",
    "could I swap something for another size?",
    "am I able to cancel after paying?",
    "will you refund postage?",
    "what's your refund policy please",
    "I was wondering how long I have to return things",
    "how do refunds work",
    "what about returns, is it free?",
    "how many days until I see my refund?",
    "do you guys refund the shipping cost too?",
    "is it okay to return something I opened?",
    "what happens after I send something back?",
    "can you return furniture to you guys?",
    "can customers cancel after dispatch?",
    "do I get a full refund?",
    "are returns really free?",
    "how do I go about returning something?",
    "any idea how long delivery takes?",
    "what about gift returns?",
    "would it cost me anything to return something?",
]
OWN = [
    "where's my refund for order 10043?",
    "can I return this?",
    "how do I return my lamp?",
    "can I cancel my order?",
    "when will my order arrive?",
    "I want to send it back",
    "could you refund order 10043",
    "has my parcel been shipped?",
    "what's happening with my delivery?",
    "how long until my order arrives?",
    "can I still return 10043?",
    "why is my order late?",
    "my refund for 10043 hasn't come, where is it?",
    "when do I get my lamp?",
    "can you cancel 10043 for me",
    "is my order on its way?",
    "could I send my lamp back?",
    "what's up with order 10043",
    "how far along is my order?",
    "will my parcel come today?",
    "can I send my cushions back?",
    "I'd like my money back for order 10043",
    "my delivery still isn't here",
    "can you look up 10042",
    "when should I expect my parcel?",
    "did my order ship?",
    "I want to cancel the order I made yesterday",
]


@pytest.mark.parametrize(("agent", "verified"), PLACES)
@pytest.mark.parametrize("words", GENERAL)
def test_a_general_question_is_answered_from_the_documents(
    playbook: Playbook, words: str, agent: str, verified: bool
) -> None:
    stage = stage_at(playbook, agent, verified)
    stage.say(words)
    assert names(stage) == ["search_knowledge"], stage.log
    assert not re.search(r"order number[^.]*\?", stage.log[-1])


@pytest.mark.parametrize(("agent", "verified"), PLACES)
@pytest.mark.parametrize("words", OWN)
def test_a_question_about_ones_own_order_is_not_answered_from_the_documents(
    playbook: Playbook, words: str, agent: str, verified: bool
) -> None:
    stage = stage_at(playbook, agent, verified)
    reply = stage.say(words)
    assert not stage.called("search_knowledge"), stage.log
    assert not re.search("not sure I understood|quite follow|another way", reply)
    assert stage.agent == "support"


def test_a_question_that_may_be_general_is_about_the_order_that_was_spoken_of(playbook: Playbook) -> None:
    before, after = stage_at(playbook, "support"), stage_at(playbook, "support", verified=True)
    before.say("how do I cancel?")
    assert names(before) == ["search_knowledge"]
    assert "hall I cancel" in after.say("how do I cancel?")


def test_a_question_on_the_way_is_answered_and_the_number_asked_for_as_if_for_the_first_time(
    playbook: Playbook,
) -> None:
    stage = stage_at(playbook, "support")
    reply = heard(stage, "cancel my order, SW1A 2AA", "why do you need that?")
    assert "right person" in reply
    assert "Sorry" not in reply and "still need" not in reply


def test_a_transfer_that_is_refused_without_a_sentence_for_it_is_told_all_the_same(playbook: Playbook) -> None:
    world = World(fixed={"transfer_to_greeter": "This call can't be transferred any more."})
    stage = stage_at(playbook, "support", world=world)
    assert "colleague" in stage.say("back to the main menu please")
    assert names(stage) == ["transfer_to_greeter"]


# -- several wants in one sentence

TWO = [
    ("two things: where's 10042, and can I return 10043? SW1A 2AA", ["find_order"], "why|reason"),
    ("cancel 10043 and tell me where 10042 is, SW1A 2AA", [], "hall I cancel"),
    ("where's 10042 and where's 10044? SW1A 2AA", ["find_order", "find_order"], ""),
    ("where are 10042 and 10044? SW1A 2AA", ["find_order", "find_order"], ""),
    ("track 10042, also what's your return policy? SW1A 2AA", ["find_order", "search_knowledge"], ""),
    ("what's your return policy and where is my order 10042, SW1A 2AA", ["search_knowledge", "find_order"], ""),
    ("Where's 10042. And I'd like to talk to a person. SW1A 2AA", ["find_order", "transfer_to_escalation"], ""),
    ("list my orders and then cancel 10043, SW1A 2AA", ["list_recent_orders"], "hall I cancel"),
    ("where's 10042? also I want a callback. SW1A 2AA", ["find_order", "transfer_to_escalation"], ""),
    ("do you deliver to France and how much is shipping?", ["search_knowledge", "search_knowledge"], ""),
    ("check 10044 for me plus open a ticket, SW1A 2AA", ["find_order", "open_ticket"], ""),
    (
        "I want to return 10043 because it's too big and where's 10042? SW1A 2AA, anna.smith@example.com",
        ["start_return", "find_order"],
        "",
    ),
    ("first where's 10042, then cancel 10043, SW1A 2AA", ["find_order"], "hall I cancel"),
    ("what are your opening hours, and can I cancel 10043? SW1A 2AA", ["search_knowledge"], "hall I cancel"),
    ("where is 10042, and then put me through to someone. SW1A 2AA", ["find_order", "transfer_to_escalation"], ""),
    (
        "I'd like to know my recent orders and how long refunds take. SW1A 2AA, order 10042",
        ["list_recent_orders", "search_knowledge"],
        "",
    ),
    ("10042 and 10043 please, where are they? SW1A 2AA", ["find_order", "find_order"], ""),
    ("What's the status of 10044 & 10042, SW1A 2AA", ["find_order", "find_order"], ""),
    ("cancel 10043. Then call me back. SW1A 2AA", [], "hall I cancel"),
    ("do you ship abroad? and where's my order 10042, SW1A 2AA", ["search_knowledge", "find_order"], ""),
    ("My lamp is broken and where's 10042? SW1A 2AA", ["open_ticket", "find_order"], ""),
    (
        "two questions, where's 10042 and how long do refunds take? SW1A 2AA",
        ["find_order", "search_knowledge"],
        "",
    ),
    ("cancel 10043 but first tell me where 10042 is, SW1A 2AA", [], "hall I cancel"),
    ("I want to know where 10044 is and then I want a ticket opened, SW1A 2AA", ["find_order", "open_ticket"], ""),
    (
        "return 10141 as it's too big, and also call me back, SW1A 2AA, anna.smith@example.com",
        ["start_return", "transfer_to_escalation"],
        "",
    ),
    ("can you check 10042? And do you have a showroom? SW1A 2AA", ["find_order", "search_knowledge"], ""),
    ("what did 10042 cost and where is it? SW1A 2AA", ["find_order"], ""),
    ("show me my orders, then get me a manager. 10042, SW1A 2AA", ["list_recent_orders", "transfer_to_escalation"], ""),
]


@pytest.mark.parametrize("agent", ["greeter", "support"])
@pytest.mark.parametrize(("words", "tools", "text"), TWO)
def test_two_things_asked_in_one_sentence_are_done_one_after_the_other(
    playbook: Playbook, words: str, tools: Sequence[str], text: str, agent: str
) -> None:
    stage = stage_at(playbook, agent)
    reply = stage.say(words)
    done = names(stage)
    called = iter(done)
    assert all(tool in called for tool in tools), stage.log
    assert re.search(text, reply), stage.log
    assert done.count("verify_caller") <= 1


def test_where_one_order_is_and_whether_another_can_be_returned_are_both_answered(playbook: Playbook) -> None:
    stage = stage_at(playbook, "greeter")
    reply = stage.say("two things: where's 10042, and can I return 10141? SW1A 2AA, anna.smith@example.com")
    assert stage.called("find_order") == [{"order_number": "10042"}]
    assert re.search("shipped yesterday.*(why you would|reason)", reply)
    stage.say("it's too bright")
    assert stage.called("start_return") == [{"order_number": "10141", "reason": "it's too bright"}]


def test_an_answer_that_names_the_matter_again_is_about_the_matter_at_hand(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "refund 10141 and track 10042 please, SW1A 2AA, anna.smith@example.com", "yes because it is too small")
    assert stage.called("start_return") == [{"order_number": "10141", "reason": "it is too small"}]
    assert stage.called("find_order") == [{"order_number": "10042"}]


def test_both_orders_of_a_list_are_looked_up(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "where is my parcel?", "I don't have the number", "ben.ode@example.com", "M1 4BT", "both of them")
    assert stage.called("find_order") == [{"order_number": "10155"}, {"order_number": "10154"}]


def test_a_number_that_was_refused_leaves_the_other_wish_its_own(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    stage.say("where's 10042 and cancel 10043, SW1A 2AA")
    stage.say("yes")
    stage = stage_at(playbook, "support")
    heard(stage, "where's 10042? SW1A 2AA", "where's 10999 and where's 10043?", "10044")
    assert [each["order_number"] for each in stage.called("find_order")] == ["10042", "10999", "10044", "10043"]


# -- what is not wanted

UNWANTED = [
    "no need for a person then",
    "I don't want a refund",
    "never mind the ticket",
    "forget the return",
    "no need to cancel it",
    "I don't need a callback",
    "not a return",
    "don't cancel anything",
    "I don't want to speak to anyone",
    "forget about the refund",
    "never mind about tracking it",
    "I don't want to complain",
    "no callback please",
    "please don't open a ticket",
    "I no longer need a refund",
    "don't bother with the return",
    "you don't need to escalate this",
    "scrap the cancellation",
    "skip the ticket",
    "a person isn't necessary",
    "no manager needed",
    "I won't need a callback after all",
    "let's not do the return",
    "I'd rather not speak to a person",
    "I changed my mind about the return, leave it",
    "I don't think I need a person",
    "there's really no need for a callback",
    "no ticket necessary",
    "please do not refund it",
    "actually scratch the return",
    "I didn't mean a return",
    "leave the refund",
    "cancel the return",
    "don't worry about the ticket",
    "not interested in a callback",
    "no more returns please",
    "I'm not asking for a refund",
    "drop the complaint",
    "ignore the cancellation",
    "I take back the cancellation",
    "I wouldn't want a manager for this",
    "no need to track it",
    "please cancel the callback",
    "I've decided against the return",
    "you can forget that refund",
    "I never asked for a person",
    "we can skip the complaint",
    "I don't actually need a refund any more",
    "not looking for a refund",
    "thanks but no ticket",
    "let's leave the cancellation for now",
    "hold off on the refund",
]


@pytest.mark.parametrize(("agent", "verified"), [*PLACES, ("escalation", False)])
@pytest.mark.parametrize("words", UNWANTED)
def test_what_a_caller_does_not_want_is_not_done(playbook: Playbook, words: str, agent: str, verified: bool) -> None:
    stage = stage_at(playbook, agent, verified)
    reply = stage.say(words)
    assert not stage.calls, stage.log
    assert not re.search("order number|why you|reason|hall I cancel|start a return|in the ticket|happened|wrong", reply)


@pytest.mark.parametrize("agent", sorted({"greeter", "support", "escalation"}))
@pytest.mark.parametrize("words", UNWANTED)
def test_a_goodbye_after_what_is_not_wanted_is_a_goodbye(playbook: Playbook, words: str, agent: str) -> None:
    stage = stage_at(playbook, agent)
    stage.say(f"ok good, {words}, bye")
    assert names(stage) == ["end_call"], stage.log


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("I don't want a refund, I want to cancel it", "hall I cancel"),
        ("forget the return, just cancel it", "hall I cancel"),
        ("I don't want to return it but cancel it", "hall I cancel"),
        ("I don't want it any more", "hall I cancel"),
        ("I no longer need my order", "hall I cancel"),
        ("not a refund but a return", "why you|reason"),
        ("don't cancel it, send it back", "why you|reason"),
        ("no need for a ticket, I'd like to return it instead", "why you|reason"),
    ],
)
def test_what_is_wanted_instead_is_done(playbook: Playbook, words: str, text: str) -> None:
    assert re.search(text, stage_at(playbook, "support", verified=True).say(words))


def test_what_is_not_wanted_any_more_is_not_taken_up_again(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "I'd like a refund", "never mind the refund", "10042, SW1A 2AA", "yes")
    assert not stage.called("start_return")


# -- what was said before


def test_a_ticket_about_an_overdue_order_needs_no_second_explanation(playbook: Playbook) -> None:
    stage = stage_at(playbook, "greeter")
    reply = heard(stage, "hi, how is order 10160 doing? EH1 2NG", "it's overdue isn't it")
    assert re.search("late.*ticket", reply)
    assert re.search(r"its number is \d", stage.say("yes open a ticket"))
    [ticket] = stage.called("open_ticket")
    assert ticket["order_number"] == "10160"
    assert "late" in ticket["summary"]


@pytest.mark.parametrize(
    "turns",
    [
        ("yes please",),
        ("do that please",),
        ("open a ticket",),
        ("hm", "I'd like a ticket please"),
        ("do you sell gift cards?", "ok, then open a ticket"),
        ("it should have been here last week!", "yes"),
        ("could someone look into it?",),
    ],
)
def test_whatever_is_said_in_between_the_ticket_is_about_the_late_order(
    playbook: Playbook, turns: Sequence[str]
) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "where is order 10160? EH1 2NG", *turns)
    [ticket] = stage.called("open_ticket")
    assert "10160 is late" in ticket["summary"]


def test_a_second_ticket_is_about_something_else(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "where is order 10160? EH1 2NG", "yes please")
    assert "ticket" in stage.say("please open another ticket")
    stage.say("your driver was rude")
    assert [each["summary"] for each in stage.called("open_ticket")][1] == "your driver was rude"


def test_a_reason_that_was_given_before_is_not_asked_for(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support", verified=True)
    heard(stage, "I don't like it because it's too bright", "can I return it?", "anna.smith@example.com")
    assert stage.called("start_return") == [{"order_number": "10043", "reason": "it's too bright"}]


def test_what_a_tool_told_at_the_end_of_a_return_makes_the_ticket(playbook: Playbook) -> None:
    refused = (
        "Order 10141 cannot be returned: the thirty days ended on Friday the first of May. Say so, and if the item is "
        "faulty tell the caller about the two-year warranty and offer a ticket."
    )
    stage = stage_at(playbook, "support", world=World(fixed={"start_return": refused}))
    heard(stage, "return 10141 because it is faulty, SW1A 2AA, anna.smith@example.com", "yes please")
    [ticket] = stage.called("open_ticket")
    assert "warranty" in ticket["summary"]


# -- things just said


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("the first one you said", "a glass vase"),
        ("the vase", "a glass vase"),
        ("first", "a glass vase"),
        ("just the glass one", "a glass vase"),
        ("the second", "three bath towels"),
        ("the last one", "three bath towels"),
        ("the towels please", "three bath towels"),
        ("not the vase, the towels", "three bath towels"),
        ("not the first one", "three bath towels"),
        ("number two", "three bath towels"),
        ("the latter", "three bath towels"),
        ("the 2nd", "three bath towels"),
        ("all three towels", "three bath towels"),
        ("the one you said first", "a glass vase"),
        ("both", "everything"),
        ("all of it", "everything"),
        ("the whole lot", "everything"),
    ],
)
def test_an_item_just_read_out_is_chosen_by_any_reference(playbook: Playbook, words: str, item: str) -> None:
    stage = stage_at(playbook, "greeter")
    reply = heard(
        stage, "I'm returning part of order 10154", "M1 4BT", "they don't match my bathroom", "ben.ode@example.com"
    )
    assert "a glass vase or three bath towels" in reply
    stage.say(words)
    assert stage.called("start_return")[-1]["item"] == item
    assert stage.called("start_return")[-1]["reason"] == "they don't match my bathroom"


def test_the_other_order_of_a_list_is_chosen(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "list my orders, ben.ode@example.com", "M1 4BT", "what about the first one?", "and the other one?")
    assert stage.called("find_order") == [{"order_number": "10155"}, {"order_number": "10154"}]


# -- no way round in circles

GOODBYES = [
    "bye",
    "goodbye",
    "ok bye then",
    "thanks, bye",
    "no thanks, goodbye",
    "forget it, bye",
    "no need for a person then, bye",
    "I've changed my mind, bye",
    "bye bye, have a nice day",
    "thanks for your help with my order, bye",
    "I don't want to talk any more, goodbye",
    "Right, I'll leave it. See you!",
    "I have to go, bye",
    "sorry, I have to go now",
    "gotta go",
    "I'm hanging up",
    "let's end the call here",
    "that'll be all, thank you",
    "nothing else, bye",
    "speak to you later, bye",
]

STATES = {
    "greeter": [(), ("hello",), ("what's your return policy",)],
    "support": [
        (),
        ("where is my order",),
        ("where is order 10042",),
        ("it's order 10043, SW1A 2AA", "cancel it"),
        ("it's order 10043, SW1A 2AA", "I want to return it"),
        ("it's order 10043, SW1A 2AA", "refund please"),
        ("I want to return 10042, SW1A 2AA", "too big"),
        ("I want to complain",),
        ("where is my parcel?", "I don't have the number"),
        ("where is my parcel?", "I don't have the number", "anna.smith@example.com", "SW1A 2AA"),
        ("it's order 10044, SW1A 2AA",),
        ("where is order 10042? N1 9GU",),
    ],
    "escalation": [
        (),
        ("I want a person",),
        ("call me back please",),
        ("call me back please", "my sofa is late"),
        ("call me back please", "my sofa is late", "tomorrow"),
        ("it's urgent",),
        ("I'm fed up",),
    ],
}


@pytest.mark.parametrize("words", GOODBYES)
@pytest.mark.parametrize(
    ("agent", "before"), [(agent, turns) for agent, several in STATES.items() for turns in several]
)
def test_a_goodbye_gets_through_in_every_state(
    playbook: Playbook, agent: str, before: Sequence[str], words: str
) -> None:
    stage = stage_at(playbook, agent)
    for turn in before:
        stage.say(turn)
    stage.calls.clear()
    stage.say(words)
    assert [name for name, _ in stage.calls] == ["end_call"], stage.log


@pytest.mark.parametrize("agent", sorted(STATES))
def test_a_goodbye_on_arrival_is_a_goodbye(playbook: Playbook, agent: str) -> None:
    stage = stage_at(playbook, agent)
    stage.items += [message("user", "where is my order, or a person"), message("user", "oh, forget it, bye", 1)]
    stage.open()
    assert stage.over, stage.log


def test_words_that_end_no_call_are_no_goodbye(playbook: Playbook) -> None:
    for words in ("please don't hang up", "cancel order 10042, bye", "see you have my order there", "by the way"):
        stage = stage_at(playbook, "support")
        stage.say(words)
        assert not stage.over, words


def test_what_was_asked_for_is_taken_with_a_goodbye(playbook: Playbook) -> None:
    stage = stage_at(playbook, "support")
    heard(stage, "where is order 10042?", "SW1A 2AA, bye")
    assert stage.called("find_order")


class Torn:
    """A conversation as a server may hold it after an interruption in a handoff: calls and outputs out of place."""

    def __init__(self, playbook: Playbook, stage: Stage, place: str) -> None:
        self._playbook, self._stage, self._place = playbook, stage, place
        self.calls: list[CallTool] = []

    def say(self, words: str, most: int = 2 * LONGEST_CHAIN) -> Reply:
        """What comes of the caller's words; as long as nothing is said, the model is asked again."""
        self._stage.items.append(message("user", words, len(self._stage.items)))
        self.calls = []
        for _ in range(most):
            reply = self._playbook.answer(self._stage.request())
            calls = [part for part in reply if isinstance(part, CallTool)]
            for part in reply:
                if isinstance(part, Say):
                    self._stage.items.append(message("assistant", part.text, len(self._stage.items)))
            if not calls or calls[0].name == "end_call":
                self.calls += calls
                return reply
            self.calls += calls
            self._put(calls[0])
        raise AssertionError(f"round in circles: {[call.name for call in self.calls]}")

    def _put(self, call: CallTool) -> None:
        items, number = self._stage.items, f"c{len(self._stage.items)}"
        arguments = json.dumps(dict(call.arguments))
        output = Item(f"o{number}", "function_call_output", None, "", None, None, number, self._run(call))
        made = Item(f"i{number}", "function_call", None, "", call.name, arguments, number, None)
        pair = {"output first": [output, made], "no output": [made], "no call": [output], "early": [made]}
        items += pair[self._place]
        if self._place == "early":
            items.insert(0, output)

    def _run(self, call: CallTool) -> str:
        return self._stage.world.run(call.name, call.arguments)


@pytest.mark.parametrize("place", ["output first", "no output", "no call", "early"])
def test_a_torn_conversation_does_not_make_an_agent_call_the_same_tool_again(playbook: Playbook, place: str) -> None:
    stage = stage_at(playbook, "escalation")
    brief = "You take the caller over from a colleague.\nReason: My sofa never came.\nKnown facts: -\nTried so far: -"
    stage.items += [message("system", brief), message("assistant", "I'm sorry for the tr", 1)]
    torn = Torn(playbook, stage, place)
    for words in ("call me back tomorrow morning please", "hello?", "tomorrow morning"):
        torn.say(words)
        made = [(call.name, str(call.arguments)) for call in torn.calls]
        assert len(set(made)) == len(made)
    torn.say("bye")
    assert [call.name for call in torn.calls] == ["end_call"]


@pytest.mark.parametrize("place", ["output first", "early"])
def test_an_output_out_of_its_place_is_taken_all_the_same(playbook: Playbook, place: str) -> None:
    torn = Torn(playbook, stage_at(playbook, "support"), place)
    reply = torn.say("where is order 10042? SW1A 2AA")
    assert [call.name for call in torn.calls] == ["verify_caller", "find_order"]
    assert "shipped yesterday" in str(reply)


@pytest.mark.parametrize("agent", sorted(TOOLBOXES))
def test_words_of_a_caller_who_was_never_answered_do_not_hide_a_goodbye(playbook: Playbook, agent: str) -> None:
    stage = stage_at(playbook, agent)
    stage.items += [message("user", "call me back tomorrow morning"), message("user", "hello?", 1)]
    stage.say("bye")
    assert stage.over, stage.log
