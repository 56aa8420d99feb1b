"""Our copy of the server's conversation: what is on its way to it, and what the caller heard of it."""

from collections.abc import Callable

import structlog
from livekit.agents import llm
from livekit.agents.llm.remote_chat_context import RemoteChatContext
from livekit.agents.utils import shortuuid
from openai.types.realtime import ConversationItemCreateEvent, ConversationItemDeleteEvent
from pydantic_core import from_json

log = structlog.get_logger(__name__)


class Mirror:
    """LiveKit's copy, which it makes anew for each connection and replays from: `copy` is the one of now."""

    def __init__(self, copy: Callable[[], RemoteChatContext]) -> None:
        self._copy = copy
        # items that the copy has and the server has not confirmed; the events that added some of them
        self._unconfirmed: set[str] = set()
        self._added: dict[str, ConversationItemCreateEvent] = {}
        # the same of items that the copy has no more
        self._removed: dict[str, str] = {}
        self._replayed: set[str] = set()
        self._heard: dict[str, str] = {}
        self._to_replay: list[llm.ChatItem] | None = None

    def add(self, event: ConversationItemCreateEvent, item: llm.ChatItem) -> None:
        """Have an item that `event` is about to add on the server."""
        assert event.event_id
        previous = None if event.previous_item_id == "root" else event.previous_item_id
        self._copy().insert(previous, item.model_copy())
        self._unconfirmed.add(item.id)
        self._added[event.event_id] = event

    def remove(self, event: ConversationItemDeleteEvent) -> None:
        """Have an item no more that `event` is about to remove on the server."""
        assert event.event_id
        self.drop(event.item_id)
        self._removed[event.event_id] = event.item_id

    def removes(self, item_id: str | None) -> bool:
        """Whether the item is about to be removed on the server, which may tell only now that it has it."""
        return item_id in self._removed.values()

    def confirmed_removal(self, item_id: str) -> bool:
        """The server has the item no more; whether we had already done without."""
        event_id = next((key for key, removed in self._removed.items() if removed == item_id), None)
        return event_id is not None and self._removed.pop(event_id) == item_id

    def confirmed(self, item_id: str | None) -> bool:
        """The server has the item; whether we had it before."""
        if item_id not in self._unconfirmed:
            return False
        self._unconfirmed.discard(item_id)
        self._added = {key: added for key, added in self._added.items() if added.item.id != item_id}
        return True

    def behind_ours(self, previous: str | None) -> str | None:
        """Where an item stands that the server has put behind `previous`, or to the front: behind the last of these.

        What we put to that place is on its way there, and goes between. At a wrong end of our copy all that comes next
        would be put into the middle of the server's conversation, a tool's result before its call.
        """
        ids = [item.id for item in self._copy().to_chat_ctx().items]
        if previous is not None and previous not in ids:
            return previous
        for item_id in ids[ids.index(previous) + 1 if previous else 0 :]:
            if item_id not in self._unconfirmed:
                break
            previous = item_id
        return previous

    def misplaced(self, event_id: str, param: str | None) -> ConversationItemCreateEvent | None:
        """The server refuses the place of what that event was to add: the event that adds it at the end."""
        event = self._added.get(event_id) if param == "previous_item_id" else None
        entry = self._copy().get(event.item.id or "") if event else None
        if event is None or entry is None:
            return None
        del self._added[event_id]
        self._copy().delete(entry.item.id)
        self._copy().insert(self._copy().tail_id, entry.item)
        place = {"event_id": shortuuid("chat_ctx_create_"), "previous_item_id": None}
        again = event.model_copy(update=place)
        self._added[again.event_id or ""] = again
        return again

    def adds(self, event_id: str) -> bool:
        """Whether that event is to add an item, and has not been confirmed."""
        return event_id in self._added

    def refused(self, event_id: str, code: str | None) -> bool:
        """The server has refused that event: what it was to add is taken back. False: it was about no item."""
        if self._removed.pop(event_id, None):
            return True  # it was gone already
        refused = self._added.pop(event_id, None)
        item_id = refused.item.id if refused else None
        if item_id is None:
            return False
        if code != "item_create_duplicate_item_id":  # a reconnect had sent it already
            log.warning("the realtime service refused a conversation item", code=code)
            self._unconfirmed.discard(item_id)
            if self._copy().get(item_id):
                self._copy().delete(item_id)
        return True

    def begin_anew(self) -> None:
        """The copy as it stands now is what the next connection begins with: nothing else is on its way any more."""
        self._to_replay = self._copy().to_chat_ctx().items
        self._added.clear()
        self._removed.clear()

    def replays(self) -> llm.ChatContext | None:
        """The conversation, if a new connection is about to be given it; LiveKit's would come without its notes."""
        return None if self._to_replay is None else llm.ChatContext(self._to_replay)

    def restore(self) -> None:
        """Know at once what is replayed: until it is confirmed, new items would go to its front."""
        items, self._to_replay = self._to_replay or [], None
        previous: str | None = None
        self._unconfirmed.clear()
        for item in [item for item in items if item.type != "message" or item.content]:
            self._copy().insert(previous, item)
            self._unconfirmed.add(item.id)
            previous = item.id
        self._replayed |= self._unconfirmed

    def drop(self, item_id: str) -> None:
        """The item is nobody's any more: no connection is to know it."""
        if self._copy().get(item_id):
            self._copy().delete(item_id)

    def has_called(self, call: llm.FunctionCall) -> bool:
        """Whether that tool was called with these arguments since the caller last said something."""
        for item in reversed(self._copy().to_chat_ctx().items):
            if item.type == "message" and item.role == "user":
                return False
            if item.type == "function_call" and item.id != call.id and _same(item, call):
                return True
        return False

    def replayed(self, item_id: str) -> bool:
        """Whether a new connection knows the item as text, whose sound cannot be cut."""
        return item_id in self._replayed

    def hear(self, item_id: str, words: str) -> None:
        """The caller heard no more of the item than `words`."""
        self._heard[item_id] = words
        self.correct(item_id)

    def receive(self, item_id: str, words: str) -> None:
        """No more of the item than `words` has come; how much of them was heard may be known already."""
        if item_id not in self._heard:
            self.hear(item_id, words)

    def correct(self, item_id: str | None) -> None:
        """Claim no more of the item than was heard, if that is known."""
        entry = self._copy().get(item_id) if item_id in self._heard else None
        if item_id and entry and isinstance(entry.item, llm.ChatMessage):
            entry.item.content = [self._heard[item_id]] if self._heard[item_id] else []


def _same(one: llm.FunctionCall, other: llm.FunctionCall) -> bool:
    return one.name == other.name and _read(one.arguments) == _read(other.arguments)


def _read(arguments: str) -> object:
    try:
        return from_json(arguments)
    except ValueError:  # the model's, and so anything
        return arguments
