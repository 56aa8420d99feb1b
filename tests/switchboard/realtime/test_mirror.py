"""Our copy of the conversation: what is on its way, what the server makes of it, and what was heard of it."""

import pytest
from livekit.agents import llm
from livekit.agents.llm.remote_chat_context import RemoteChatContext
from openai.types.realtime import ConversationItem, ConversationItemCreateEvent, ConversationItemDeleteEvent
from pydantic import TypeAdapter

from switchboard.realtime.mirror import Mirror

ITEM: TypeAdapter[ConversationItem] = TypeAdapter(ConversationItem)
DUPLICATE = "item_create_duplicate_item_id"


class Copy:
    """A copy, its mirror, and how items come into it."""

    def __init__(self) -> None:
        self.remote = RemoteChatContext()
        self.mirror = Mirror(lambda: self.remote)

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.remote.to_chat_ctx().items]

    def words(self, item_id: str) -> list[llm.ChatContent]:
        entry = self.remote.get(item_id)
        assert entry and isinstance(entry.item, llm.ChatMessage)
        return entry.item.content

    def add(self, item_id: str, after: str = "root", content: str = "Hello.") -> None:
        item = llm.ChatMessage(id=item_id, role="assistant", content=[content])
        self.mirror.add(creation(item_id, after), item)

    def remove(self, item_id: str) -> None:
        event = ConversationItemDeleteEvent(
            type="conversation.item.delete", item_id=item_id, event_id=f"delete_{item_id}"
        )
        self.mirror.remove(event)

    def call(self, item_id: str, arguments: str, name: str = "look_up") -> llm.FunctionCall:
        call = llm.FunctionCall(id=item_id, call_id=f"call_{item_id}", name=name, arguments=arguments)
        self.remote.insert(self.remote.tail_id, call)
        return call


def creation(item_id: str, after: str) -> ConversationItemCreateEvent:
    content = [{"type": "output_text", "text": "Hello."}]
    item = ITEM.validate_python({"type": "message", "id": item_id, "role": "assistant", "content": content})
    return ConversationItemCreateEvent(
        type="conversation.item.create", event_id=f"create_{item_id}", previous_item_id=after, item=item
    )


@pytest.fixture
def copy() -> Copy:
    return Copy()


def test_what_the_server_puts_behind_an_item_stands_behind_ours_that_are_on_their_way_there(copy: Copy) -> None:
    copy.add("known")
    copy.mirror.confirmed("known")
    copy.add("ours", after="known")
    copy.add("ours too", after="ours")

    assert copy.mirror.behind_ours("known") == "ours too"
    assert copy.mirror.behind_ours(None) is None
    assert copy.mirror.behind_ours("nobody's") == "nobody's"
    copy.mirror.confirmed("ours")
    assert copy.mirror.behind_ours("known") == "known"


def test_what_the_server_puts_first_stands_behind_ours_that_are_on_their_way_to_the_front(copy: Copy) -> None:
    copy.add("ours")

    assert copy.mirror.behind_ours(None) == "ours"


def test_an_item_is_there_before_the_server_has_confirmed_it_and_is_confirmed_once(copy: Copy) -> None:
    copy.add("one")
    copy.add("two", after="one")

    assert copy.ids == ["one", "two"]
    assert copy.mirror.confirmed("one")
    assert not copy.mirror.confirmed("one")
    assert copy.mirror.confirmed("two")
    assert not copy.mirror.confirmed("three")
    assert not copy.mirror.confirmed(None)


def test_what_is_confirmed_can_be_refused_no_more(copy: Copy) -> None:
    copy.add("one")
    copy.add("two", after="one")
    copy.mirror.confirmed("one")

    assert not copy.mirror.refused("create_one", "item_create_invalid")
    assert copy.mirror.refused("create_two", "item_create_invalid")
    assert copy.ids == ["one"]


def test_a_refused_item_is_taken_back_and_is_not_confirmed_later(copy: Copy) -> None:
    copy.add("one")

    assert copy.mirror.refused("create_one", "item_create_invalid")
    assert copy.ids == []
    assert not copy.mirror.confirmed("one")
    assert not copy.mirror.refused("create_one", "item_create_invalid")


def test_an_item_that_the_server_has_already_stays(copy: Copy) -> None:
    copy.add("one")

    assert copy.mirror.refused("create_one", DUPLICATE)
    assert copy.ids == ["one"]
    assert copy.mirror.confirmed("one")


def test_a_refused_item_that_was_removed_meanwhile_is_gone_all_the_same(copy: Copy) -> None:
    copy.add("one")
    copy.remove("one")

    assert copy.mirror.refused("create_one", "item_create_invalid")
    assert copy.ids == []


def test_an_item_is_gone_before_the_server_has_confirmed_it_and_that_is_confirmed_once(copy: Copy) -> None:
    copy.add("one")
    copy.remove("one")

    assert copy.ids == []
    assert not copy.mirror.confirmed_removal("two")
    assert copy.mirror.confirmed_removal("one")
    assert not copy.mirror.confirmed_removal("one")


def test_a_removal_that_is_refused_is_one_of_ours_and_is_done_with(copy: Copy) -> None:
    copy.add("one")
    copy.remove("one")

    assert copy.mirror.refused("delete_one", "item_delete_invalid_item_id")
    assert not copy.mirror.confirmed_removal("one")
    assert not copy.mirror.refused("something", "some_code")


def test_an_item_whose_place_is_refused_goes_to_the_end_with_an_event_of_its_own(copy: Copy) -> None:
    copy.add("one")
    copy.add("two", after="one")
    copy.add("three", after="one")
    assert copy.ids == ["one", "three", "two"]

    moved = copy.mirror.misplaced("create_three", "previous_item_id")

    assert moved
    assert (moved.item.id, moved.previous_item_id) == ("three", None)
    assert moved.event_id and moved.event_id.startswith("chat_ctx_create_")
    assert copy.ids == ["one", "two", "three"]
    assert copy.mirror.misplaced("create_three", "previous_item_id") is None
    assert copy.mirror.refused(moved.event_id, "item_create_invalid")
    assert copy.ids == ["one", "two"]


def test_only_a_refused_place_moves_an_item(copy: Copy) -> None:
    copy.add("one")

    assert copy.mirror.misplaced("create_one", "item") is None
    assert copy.mirror.misplaced("something", "previous_item_id") is None
    copy.remove("one")
    assert copy.mirror.misplaced("create_one", "previous_item_id") is None


def test_a_new_connection_begins_with_the_copy_as_it_stands(copy: Copy) -> None:
    copy.add("one")
    copy.add("two", after="one")
    copy.remove("one")
    assert copy.mirror.replays() is None

    copy.mirror.begin_anew()
    replayed = copy.mirror.replays()
    assert replayed
    assert [item.id for item in replayed.items] == ["two"]
    assert not copy.mirror.confirmed_removal("one"), "nothing is on its way any more"
    assert not copy.mirror.refused("create_two", "item_create_invalid")

    copy.remote = RemoteChatContext()
    copy.mirror.restore()
    assert copy.ids == ["two"]
    assert copy.mirror.replays() is None
    assert copy.mirror.replayed("two")
    assert not copy.mirror.replayed("one")
    assert copy.mirror.confirmed("two")


def test_what_is_replayed_keeps_its_order_and_what_is_empty_is_not_replayed(copy: Copy) -> None:
    copy.add("one")
    copy.add("two", after="one")
    copy.mirror.hear("one", "")
    copy.call("three", "{}")
    copy.mirror.begin_anew()
    copy.remote = RemoteChatContext()
    copy.mirror.restore()

    assert copy.ids == ["two", "three"]
    assert not copy.mirror.confirmed("one")


def test_an_item_of_nobodys_is_dropped(copy: Copy) -> None:
    copy.add("one")
    copy.mirror.drop("one")
    copy.mirror.drop("one")

    assert copy.ids == []


def test_of_what_was_heard_no_more_is_claimed_whatever_comes_later(copy: Copy) -> None:
    copy.add("one", content="Good morning to you.")
    copy.mirror.receive("one", "Good morning")
    assert copy.words("one") == ["Good morning"]
    copy.mirror.hear("one", "Good")
    copy.mirror.receive("one", "Good morning to you.")

    assert copy.words("one") == ["Good"]
    copy.mirror.hear("one", "")
    assert copy.words("one") == []


def test_what_was_heard_of_an_item_that_is_not_there_yet_is_claimed_when_it_is(copy: Copy) -> None:
    copy.mirror.hear("one", "Good")
    copy.add("one", content="Good morning to you.")
    copy.mirror.correct(None)
    copy.mirror.correct("two")
    assert copy.words("one") == ["Good morning to you."]

    copy.mirror.correct("one")
    assert copy.words("one") == ["Good"]


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ('{"thing": "parcel"}', '{ "thing":"parcel" }', True),
        ('{"thing": "parcel"}', '{"thing": "letter"}', False),
        ("no JSON", "no JSON", True),
        ("no JSON", "no other JSON", False),
    ],
)
def test_a_tool_was_called_when_its_arguments_say_the_same(copy: Copy, before: str, now: str, same: bool) -> None:
    copy.call("one", before)

    assert copy.mirror.has_called(copy.call("two", now)) is same


def test_a_tool_was_not_called_by_the_call_itself_by_another_tool_or_before_the_caller_spoke(copy: Copy) -> None:
    assert not copy.mirror.has_called(copy.call("one", "{}"))
    assert not copy.mirror.has_called(copy.call("two", "{}", name="cancel"))

    copy.remote.insert(copy.remote.tail_id, llm.ChatMessage(id="said", role="user", content=["And again?"]))
    assert not copy.mirror.has_called(copy.call("three", "{}"))


def test_what_the_agent_said_since_does_not_make_a_call_undone(copy: Copy) -> None:
    copy.call("one", "{}")
    copy.add("said", after="one")

    assert copy.mirror.has_called(llm.FunctionCall(id="two", call_id="two", name="look_up", arguments="{}"))
