"""The support line offline: phrasings, whole calls, and what must never happen whatever a caller says."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.mind import CallTool, Request, Say
from simulator.playbook import Playbook
from switchboard.line.context import brief_text
from tests.workflows.shop import EMAIL
from tests.workflows.stage import TOOLBOXES, Stage, World, message, tool
from tools import access, knowledge, tickets, verification

PLAYBOOK = Path(__file__).parents[2] / "workflows" / "support_line.playbook.yaml"
PERSON = "transfer_to_escalation"
SAY = "say: "


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return Playbook.load(PLAYBOOK)


def at_support(playbook: Playbook) -> Stage:
    """A verified caller who has just been told about order 10043."""
    stage = Stage(playbook, "support")
    stage.say("it's order 10043, SW1A 2AA")
    stage.calls.clear()
    return stage


PHRASES = {
    "find_order": [
        "where is my order",
        "Where's my parcel?",
        "where is it now",
        "can you track my package please",
        "what's the status of my order",
        "my order hasn't arrived",
        "I'm still waiting for my delivery",
        "when will it be delivered?",
        "has it been shipped yet",
        "I never received my lamp",
        "could you check on my order",
        "check my order please",
        "any news about my order?",
        "I have a question about my order",
        "and what about order 10042?",
        "10042 please",
        "sorry, I meant one double zero four two",
        "no, not 10043, it's ten thousand and forty-two",
        "when does my package arrive",
    ],
    "list_recent_orders": [
        "what are my recent orders",
        "what did I order lately",
        "can you list my orders",
        "tell me my last few orders",
        "which orders do I have",
        "show me my order history",
    ],
    f"{SAY}(?i)shall I cancel": [
        "I want to cancel my order",
        "please cancel it",
        "can I still cancel that?",
        "I don't want it any more",
        "cancel order 10042",
        "I'd like a cancellation please",
    ],
    f"{SAY}why would you|why you would|reason": [
        "I want to return it",
        "I'd like to send it back",
        "can I return this please",
        "how can I send the lamp back",
        "I need to make a return",
        "can I exchange it",
    ],
    f"{SAY}start a return": [
        "I want my money back",
        "I'd like a refund",
        "can I get a refund for this",
        "please refund my order",
    ],
    "open_ticket": [
        "the lamp arrived broken",
        "a screw is missing",
        "you sent me the wrong item",
        "it stopped working after a day",
    ],
    f"{SAY}ticket": [
        "I want to make a complaint",
        "I'd like to complain",
        "please open a ticket",
        "I need to report something",
    ],
    "search_knowledge": [
        "what's your return policy",
        "how long does delivery take",
        "how much is shipping",
        "do you deliver to France",
        "what are your opening hours",
        "is there a warranty on the furniture",
        "can I pay with paypal",
        "how do returns work",
        "do you sell gift cards",
        "when do I get my money back",
        "what is your policy on refunds",
    ],
    PERSON: [
        "let me speak to a person",
        "I want to talk to a human",
        "can I speak with someone please",
        "get me your manager",
        "human please",
        "agent!",
        "could you put me through to a real person",
        "call me back please",
        "I'd like a callback",
        "can somebody ring me",
        "this is unacceptable",
        "I'm really fed up with you people",
        "it's urgent",
    ],
    "end_call": [
        "goodbye",
        "bye bye",
        "that's all, thanks",
        "thanks, that's everything",
        "no thanks, bye",
        "nothing else thank you",
        "have a nice day",
        "no",
        "no thank you",
        "nope, I'm good",
    ],
    f"{SAY}anything else|what can I do|else I can": [
        "thanks",
        "thank you so much",
        "great",
        "ok",
        "never mind",
        "forget it",
    ],
    f"{SAY}not a person|no person": ["are you a robot?", "am I talking to a human?", "is this a real person?"],
    f"{SAY}desk lamp": ["could you repeat that?", "pardon?", "sorry?", "say that again please", "I didn't catch that"],
    f"{SAY}look up": ["what can you do?", "how can you help me", "help", "what are my options"],
    f"{SAY}take your time|no hurry": ["hold on", "one moment please", "let me look"],
    f"{SAY}order": ["blah fnord", "asdf", "the purple elephant", "tell me a joke", "what's the weather like", "42"],
}


@pytest.mark.parametrize(("expected", "words"), [(key, words) for key, several in PHRASES.items() for words in several])
def test_any_phrasing_is_understood(playbook: Playbook, expected: str, words: str) -> None:
    stage = at_support(playbook)
    reply = stage.say(words)
    if expected.startswith(SAY):
        assert re.search(expected.removeprefix(SAY), reply, re.IGNORECASE), stage.log
        assert not stage.calls, stage.log
    else:
        assert [name for name, _ in stage.calls][:1] == [expected], stage.log


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("10042 and SW1A 2AA", {"order_number": "10042", "postcode": "SW1A 2AA"}),
        ("one zero zero four two, S W one A two A A", {"order_number": "10042", "postcode": "SW1A 2AA"}),
        ("it's 1-0-0-4? 2 and my postcode is sw1a2aa", {"order_number": "10042", "postcode": "SW1A 2AA"}),
        ("number is one double zero four two, sierra whiskey 1 alpha 2 alpha alpha", {"order_number": "10042"}),
        ("ten thousand forty two, postcode S W 1 A, 2 A A", {"order_number": "10042", "postcode": "SW1A 2AA"}),
        ("anna dot smith at example dot com, SW1A 2AA", {"email": "anna.smith@example.com", "postcode": "SW1A 2AA"}),
    ],
)
def test_details_are_taken_however_they_are_said(playbook: Playbook, words: str, arguments: dict[str, str]) -> None:
    stage = Stage(playbook, "support")
    stage.say("where is my order?")
    stage.say(words)
    assert arguments.items() <= dict(stage.called("verify_caller")[0]).items()


def test_the_first_words_say_that_it_is_an_automated_assistant(playbook: Playbook) -> None:
    assert "automated assistant" in Stage(playbook).open()


def test_nothing_of_an_account_is_asked_for_before_the_caller_is_verified(playbook: Playbook) -> None:
    stage = Stage(playbook)
    stage.open()
    for words in ("list my orders", "cancel order 10043", "I want a refund", "where is 10042"):
        stage.say(words)
    assert {name for name, _ in stage.calls} <= {"transfer_to_support"}


def test_what_the_caller_says_first_is_not_asked_again(playbook: Playbook) -> None:
    stage = Stage(playbook)
    stage.open()
    reply = stage.say("Hi, where's order 10042? My postcode is SW1A 2AA.")
    assert [name for name, _ in stage.calls] == ["transfer_to_support", "verify_caller", "find_order"]
    assert "shipped yesterday" in reply


def test_a_correction_is_about_what_was_done_last(playbook: Playbook) -> None:
    stage = at_support(playbook)
    stage.say("no, I meant 10042")
    assert stage.calls == [("find_order", {"order_number": "10042"})]


def test_a_correction_while_a_cancellation_is_confirmed_asks_again(playbook: Playbook) -> None:
    stage = at_support(playbook)
    stage.say("cancel order 10042")
    assert "10043" in stage.say("no, I meant 10043")
    assert not stage.called("cancel_order")
    stage.say("yes, go ahead")
    stage.say(EMAIL)
    assert stage.called("cancel_order") == [{"order_number": "10043"}]


def test_a_no_cancels_nothing(playbook: Playbook) -> None:
    stage = at_support(playbook)
    stage.say("cancel it")
    reply = stage.say("no, better not")
    assert not stage.called("cancel_order")
    assert "nothing has been cancelled" in reply or "as it is" in reply


def test_what_a_rule_hears_by_example_is_no_answer_to_a_free_question(playbook: Playbook) -> None:
    stage = at_support(playbook)
    assert "in the ticket" in stage.say("I want to make a complaint")
    assert "in the ticket" in stage.say("sorry, I couldn't catch what you said")
    stage.say("your driver was rude")
    assert [each["summary"] for each in stage.called("open_ticket")] == ["your driver was rude"]


def test_a_change_of_mind_is_a_reason_for_a_return(playbook: Playbook) -> None:
    stage = at_support(playbook)
    stage.say("I'd like to return it")
    assert "few words" in stage.say("yes please") or "own words" in stage.log[-1]
    stage.say("I changed my mind")
    stage.say(EMAIL)
    assert stage.called("start_return") == [{"order_number": "10043", "reason": "I changed my mind"}]


def test_several_wishes_in_one_sentence_are_done_in_turn_each_with_its_order(playbook: Playbook) -> None:
    stage = Stage(playbook, "support")
    stage.say("Where is order 10042 and can I cancel 10043? My postcode is SW1A 2AA")
    stage.say("yes")
    stage.say(EMAIL)
    assert stage.called("find_order") == [{"order_number": "10042"}]
    assert stage.called("cancel_order") == [{"order_number": "10043"}]


def test_a_question_in_between_does_not_lose_the_thread(playbook: Playbook) -> None:
    stage = Stage(playbook, "support")
    stage.say("where is order 10042?")
    reply = stage.say("first, what's your return policy?")
    assert "thirty days" in reply
    assert "postcode" in reply


def test_a_new_topic_replaces_the_one_at_hand(playbook: Playbook) -> None:
    stage = Stage(playbook, "support")
    stage.say("where is order 10043?")
    stage.say("oh, just cancel it")
    stage.say("SW1A 2AA")
    assert not stage.called("find_order")
    stage.say("yes please")
    stage.say(EMAIL)
    assert stage.called("cancel_order")


def test_a_caller_without_an_order_number_chooses_from_the_list(playbook: Playbook) -> None:
    stage = Stage(playbook, "support")
    stage.say("where is my parcel?")
    assert "e-mail" in stage.say("I don't have the number")
    stage.say("anna.smith@example.com")
    assert "Which of these" in stage.say("SW1A 2AA")
    stage.say("the second one")
    assert stage.called("find_order") == [{"order_number": "10042"}]


def test_failed_verifications_ask_again_and_end_with_an_offer(playbook: Playbook) -> None:
    stage = Stage(playbook, "support")
    stage.say("where is order 10042?")
    for postcode in ("N1 9GU", "10042 N1 9GX", "10042 N1 9GY"):
        reply = stage.say(postcode)
    assert len(stage.called("verify_caller")) == 3
    assert "ticket" in reply
    stage.say("yes please")
    stage.say("where my parcel is")
    assert stage.called("open_ticket")


def test_details_that_were_wrong_are_not_tried_again_unasked(playbook: Playbook) -> None:
    stage = Stage(playbook, "support", World(fixed={"verify_caller": access.NO_MATCH}))
    stage.say("where is order 10042? SW1A 2AA")
    stage.say("hm")
    stage.say("ok")
    assert len(stage.called("verify_caller")) == 1


@pytest.mark.parametrize(
    "output", ["", "{}", "Call `find_order` again.", "Tell the caller.", access.NO_MATCH, "Internal error"]
)
def test_no_tool_output_sends_the_agent_round_in_circles(playbook: Playbook, output: str) -> None:
    for agent, tools in TOOLBOXES.items():
        stage = Stage(playbook, agent, World(fixed=dict.fromkeys(tools, output)))
        for words in (
            "where is order 10042, SW1A 2AA",
            "cancel it",
            "yes",
            "call me back",
            "it never came",
            "a person",
        ):
            stage.say(words)
        assert "`" not in "".join(line for line in stage.log if line.startswith(stage.agent))


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("verify_caller", access.NO_MATCH),
        ("verify_caller", access.LOCKED),
        ("verify_caller", verification.POSTCODE_MISSING),
        ("verify_caller", verification.PROOF_MISSING),
        ("verify_caller", verification.POSTCODE_UNCLEAR),
        ("verify_caller", verification.PROOF_UNCLEAR),
        ("find_order", access.UNVERIFIED),
        ("find_order", access.LOCKED),
        ("open_ticket", tickets.PHONE_MISSING),
        ("search_knowledge", knowledge.NOTHING),
    ],
)
def test_what_the_real_tools_advise_is_followed_and_not_read_aloud(playbook: Playbook, name: str, output: str) -> None:
    words = {"open_ticket": "the lamp arrived broken", "search_knowledge": "do you sell gift cards?"}
    stage = Stage(playbook, "support", World(fixed={name: output}))
    reply = stage.say(words.get(name, "where is order 10042? SW1A 2AA"))
    assert stage.called(name)
    assert "?" in reply
    assert not re.search(r"`|\bcaller\b|^Ask|Do not", reply)


def test_a_change_that_wants_one_more_proof_asks_for_the_address(playbook: Playbook) -> None:
    stage = Stage(playbook, "support", World(fixed={"cancel_order": access.UNPROVEN}))
    stage.say(f"cancel 10043, SW1A 2AA, {EMAIL}")
    assert stage.say("yes").endswith("What's the e-mail address of your account?")


def test_a_transfer_that_is_refused_leaves_the_agent_with_an_offer(playbook: Playbook) -> None:
    refused = {PERSON: "This call can't be transferred any more. Finish it yourself."}
    stage = Stage(playbook, "support", World(fixed=refused))
    assert "ticket" in stage.say("I want to speak to a person")
    assert len(stage.called(PERSON)) == 1


def test_a_caller_without_a_number_is_asked_for_one_before_the_callback(playbook: Playbook) -> None:
    stage = Stage(playbook, "escalation", World(phone=False))
    for words in ("call me back please", "my sofa never came", "the first one"):
        stage.say(words)
    stage.say("it's oh double seven double oh nine hundred one two three")
    assert stage.called("book_callback")[-1]["phone"] == "07700900123"


CALLS = {
    "a change by somebody whose e-mail address is known already": [
        ("I want to cancel an order", "order number"),
        ("I don't have the number", "e-mail"),
        ("anna dot smith at example dot com", "postcode"),
        ("SW1A 2AA", "Which of these"),
        ("the first one", "Shall I cancel"),
        ("yes", "code of six digits.*read me the code"),
        ("what?", "code"),
        ("it's nine nine nine nine nine nine", "isn't right"),
        ("one two three four five six", "is cancelled"),
        ("that's all, thanks", "goodbye"),
    ],
    "an order, then a return": [
        ("hello there", "Hello"),
        ("I'd like to know where my order is", "order number"),
        ("one zero one five four", "postcode"),
        ("M one four B T", "delivered yesterday"),
        ("Lovely, thank you", "else"),
        ("I'd like to send something back from it", "why|reason"),
        ("the towels don't go with my tiles", "e-mail address"),
        ("ben dot ode at example dot com", "glass vase or three bath towels"),
        ("the towels", r"return number is \d"),
        ("and how long do refunds take?", "."),
        ("no, that's all. Goodbye!", "goodbye"),
    ],
    "changes of mind, then a person and back": [
        ("Hi, it's about order 10042", "postcode"),
        ("why do you need that?", "right person.*postcode"),
        ("ok, SW1A 2AA", "oak shelf"),
        ("sorry, I meant 10043", "desk lamp"),
        ("cancel that one please", "Shall I cancel"),
        ("yes please", "e-mail address"),
        ("bob dot smith at example dot com", "isn't the address.*e-mail address"),
        ("anna dot smith at example dot com", "cancelled"),
        ("I want to speak to a manager", "urgent ticket.*call you back"),
        ("a callback would be good", "Which one suits"),
        ("tomorrow at two", "callback is booked.*two in the afternoon"),
        ("could you look up order 10042 again?", "oak shelf"),
        ("perfect, bye", "goodbye"),
    ],
    "an unsure caller": [
        ("hmm", "."),
        ("what can you do?", "order"),
        ("are you a real person?", "automated assistant"),
        ("do you deliver abroad?", "not deliver abroad"),
        ("I think my parcel is late", "order number"),
        ("I've lost the number", "e-mail"),
        ("anna dot smith at example dot com", "postcode"),
        ("what?", "postcode"),
        ("SW1A 2AA", "Which of these"),
        ("the first one", "desk lamp"),
        ("thanks a lot", "else"),
        ("no", "goodbye"),
    ],
    "an angry caller": [
        ("this is ridiculous, nobody answers my mails", "what went wrong|what happened"),
        ("where do I start, my sofa came with a hole and nobody helps", "urgent ticket.*call you back"),
        ("the urgent ticket", r"number is \d"),
        ("and can someone call me back too?", "suits"),
        ("the last one", "Wednesday"),
        ("thank you", "else"),
        ("nope", "goodbye"),
    ],
}


@pytest.mark.parametrize("title", CALLS)
def test_a_whole_call_is_natural(playbook: Playbook, title: str) -> None:
    stage = Stage(playbook)
    stage.open()
    for words, expected in CALLS[title]:
        reply = stage.say(words)
        assert re.search(expected, reply, re.IGNORECASE | re.DOTALL), "\n".join(stage.log)
    assert stage.over


def test_escalation_knows_from_the_brief_what_support_knew(playbook: Playbook) -> None:
    stage = Stage(playbook, "escalation")
    brief = brief_text("The sofa is late.", facts="Order 10042.", tried="-")
    stage.items.append(message("system", brief))
    assert "sorry" in stage.open()
    stage.say("an urgent ticket please")
    assert stage.called("open_urgent_ticket") == [{"summary": "The sofa is late", "order_number": "10042"}]


def test_a_replayed_history_gives_the_same_answer(playbook: Playbook) -> None:
    stage = at_support(playbook)
    stage.say("cancel it")
    stage.items.append(message("user", "yes"))
    assert playbook.answer(stage.request()) == Playbook.load(PLAYBOOK).answer(stage.request())


def test_no_reply_shows_marks_or_the_names_of_tools(playbook: Playbook) -> None:
    stage = Stage(playbook)
    stage.open()
    for words, _ in (turn for turns in CALLS.values() for turn in turns):
        stage.say(words)
    spoken = " ".join(item.text for item in stage.items if item.role == "assistant")
    assert not re.search(r"[*_`#{}<>\[\]]", spoken)


VOCABULARY = (
    *(words for several in PHRASES.values() for words in several),
    *(
        "yes",
        "no",
        "10042",
        "1004",
        "SW1A 2AA",
        "anna dot smith at example dot com",
        "because",
        "the second one",
        "tomorrow",
    ),
    *(
        "...",
        "?!",
        "\n",
        "déjà vu",
        "日本語",
        "a" * 300,
        "{order}",
        "`end_call`",
        "0",
        "one hundred",
        "thousand",
        "double",
        "not",
    ),
)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_caller_says_is_answered_with_offered_tools_only(playbook: Playbook, seed: int) -> None:
    chance = random.Random(seed)
    stage = Stage(playbook, chance.choice(sorted(TOOLBOXES)))
    for _ in range(15):
        stage.say(" ".join(chance.choices(VOCABULARY, k=chance.randint(1, 3))))


@pytest.mark.parametrize("agent", sorted(TOOLBOXES))
def test_without_tools_nothing_is_called(playbook: Playbook, agent: str) -> None:
    for words in VOCABULARY:
        request = Request(f"You are `{agent}` on the line `x`.", "", (), (message("user", words),), "text", "s")
        reply = playbook.answer(request)
        assert reply
        assert all(isinstance(part, Say) and part.text.strip() for part in reply)


def test_a_new_agent_is_reached_by_its_name_or_its_purpose(playbook: Playbook) -> None:
    billing = tool("transfer_to_billing", description="The caller has a question about an invoice or a payment.")
    for words in ("can I talk to billing", "I have a question about my invoice"):
        stage = Stage(playbook)
        stage.items.append(message("user", words))
        request = stage.request()
        reply = playbook.answer(replace(request, tools=(*request.tools, billing)))
        assert reply == [CallTool("transfer_to_billing", {})]
