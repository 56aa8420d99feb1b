"""Our copy of the server's conversation: what is on its way to it, and what the caller heard of it."""

from collections.abc import Callable, Sequence

import structlog
from livekit.agents import llm
from livekit.agents.llm.remote_chat_context import RemoteChatContext
from openai.types.realtime import ConversationItemCreateEvent, ConversationItemDeleteEvent

log = structlog.get_logger(__name__)


class Mirror:
    """LiveKit's copy, which it makes anew for each connection and replays from: `copy` is the one of now."""

    def __init__(self, copy: Callable[[], RemoteChatContext]) -> None:
        self._copy = copy
        # items that the copy has and the server has not confirmed; the events that added some of them
        self._unconfirmed: set[str] = set()
        self._added: dict[str, str] = {}
        # the same of items that the copy has no more
        self._removed: dict[str, str] = {}
        self._replayed: set[str] = set()
        self._heard: dict[str, str] = {}

    def add(self, event: ConversationItemCreateEvent, item: llm.ChatItem) -> None:
        """Have an item that `event` is about to add on the server."""
        assert event.event_id
        previous = None if event.previous_item_id == "root" else event.previous_item_id
        self._copy().insert(previous, item.model_copy())
        self._unconfirmed.add(item.id)
        self._added[event.event_id] = item.id

    def remove(self, event: ConversationItemDeleteEvent) -> None:
        """Have an item no more that `event` is about to remove on the server."""
        assert event.event_id
        self._copy().delete(event.item_id)
        self._removed[event.event_id] = event.item_id

    def confirmed_removal(self, item_id: str) -> bool:
        """The server has the item no more; whether we had already done without."""
        event_id = next((key for key, removed in self._removed.items() if removed == item_id), None)
        return event_id is not None and self._removed.pop(event_id) == item_id

    def confirmed(self, item_id: str | None) -> bool:
        """The server has the item; whether we had it before."""
        if item_id not in self._unconfirmed:
            return False
        self._unconfirmed.discard(item_id)
        self._added = {key: added for key, added in self._added.items() if added != item_id}
        return True

    def refused(self, event_id: str, code: str | None) -> bool:
        """The server has refused that event: what it was to add is taken back. False: it was about no item."""
        if self._removed.pop(event_id, None):
            return True  # it was gone already
        item_id = self._added.pop(event_id, None)
        if item_id is None:
            return False
        if code != "item_create_duplicate_item_id":  # a reconnect had sent it already
            log.warning("the realtime service refused a conversation item", code=code)
            self._unconfirmed.discard(item_id)
            if self._copy().get(item_id):
                self._copy().delete(item_id)
        return True

    def restore(self, items: Sequence[llm.ChatItem]) -> None:
        """Know at once what LiveKit has just replayed: until it is confirmed, new items would go to its front."""
        self._removed.clear()
        previous: str | None = None
        for item in [item for item in items if item.type != "message" or item.content]:
            if not self._copy().get(item.id):
                self._copy().insert(previous, item)
                self._unconfirmed.add(item.id)
            previous = item.id
        self._replayed |= self._unconfirmed

    def replayed(self, item_id: str) -> bool:
        """Whether a new connection knows the item as text, whose sound cannot be cut."""
        return item_id in self._replayed

    def hear(self, item_id: str, words: str) -> None:
        """The caller heard no more of the item than `words`."""
        self._heard[item_id] = words
        self.correct(item_id)

    def correct(self, item_id: str | None) -> None:
        """Claim no more of the item than was heard, if that is known."""
        entry = self._copy().get(item_id) if item_id in self._heard else None
        if item_id and entry and isinstance(entry.item, llm.ChatMessage):
            entry.item.content = [self._heard[item_id]] if self._heard[item_id] else []
