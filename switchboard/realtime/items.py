"""The items of the conversation, changed without waiting for the server.

LiveKit waits for it to confirm each change, a round trip in every tool call and many a handoff. There is nothing to
wait for: the socket keeps the order. A refused item is taken back and logged.
"""

from collections.abc import Collection, Iterable

from livekit.agents import llm, utils
from livekit.agents.llm._realtime.openai import _ResponseGeneration
from livekit.plugins.openai.realtime import RealtimeSession
from openai.types.realtime import (
    ConversationItem,
    ConversationItemCreateEvent,
    ConversationItemDeleteEvent,
    RealtimeErrorEvent,
)

from switchboard.realtime.at_hand import AtHand
from switchboard.realtime.mirror import Mirror


class Items:
    """Those that the model knows, on LiveKit's `session`."""

    def __init__(self, session: RealtimeSession, mirror: Mirror, at_hand: AtHand) -> None:
        self._session = session
        self._mirror = mirror
        self._at_hand = at_hand

    def update(self, known: llm.ChatContext) -> None:
        """As `change`, but what no call knows of yet stays: the answer at hand, and words that nobody has read."""
        unread = {item.id for item in self._session.chat_ctx.items if _is_unread(item)}
        self.change(known, (unread | self._at_hand.wanted) - {item.id for item in known.items})

    def change(self, wanted: llm.ChatContext, keep: Collection[str] = ()) -> None:
        """Have the model know `wanted`, and nothing else but the items to `keep`."""
        for event in self._session._create_update_chat_ctx_events(wanted):
            if isinstance(event, ConversationItemDeleteEvent) and event.item_id in keep:
                continue
            if isinstance(event, ConversationItemCreateEvent):
                item = wanted.get_by_id(event.item.id or "")
                assert item is not None
                self._mirror.add(event, item)
            else:
                self._mirror.remove(event)
            self._session.send_event(event)

    def forget(self, items: Iterable[ConversationItem | llm.ChatItem]) -> None:
        """Nobody heard these, or they were never whole: the model is not to see them either."""
        for item in items:
            if item.id and self._session._remote_chat_ctx.get(item.id):
                self._remove(item.id)

    def _remove(self, item_id: str) -> None:
        event = _deletion(item_id)
        self._mirror.remove(event)  # at once: what comes next would stand after an item that is gone
        self._session.send_event(event)

    def forget_unheard(self, heard: llm.ChatContext) -> None:
        """The model is not to see its answers, and calls, that are not in `heard`; what is still wanted is left alone.

        Not so an answer that is interrupted: the service may have all of it when the next request comes there, though
        its end has not come here.
        """
        answer, wanted = self._at_hand.answer, self._at_hand.wanted
        self._at_hand.know({item.id for item in heard.items})
        items = [item for item in self._session.chat_ctx.items if _is_the_models(item) and item.id not in wanted]
        self.forget([item for item in items if not heard.get_by_id(item.id)])
        for item_id in answer.items if answer.cancelled else ():
            if not (heard.get_by_id(item_id) or self._mirror.removes(item_id)):
                self._remove(item_id)  # it has begun, and is about to be told of

    def rewrite(self, message_id: str, words: str) -> None:
        """Have the model know no more of a message of text than `words`; when it is whole, if it still grows."""
        generation = self._at_hand.generation
        if generation is not None and message_id in generation.messages:
            self._at_hand.answer.interrupted[message_id] = words
            return
        entry = self._session._remote_chat_ctx.get(message_id)
        if entry and not words:
            self.forget([entry.item])
        elif entry:
            known = self._session.chat_ctx.copy()
            new = entry.item.model_copy(update={"content": [words]})
            known.items[known.items.index(entry.item)] = new
            self.change(known)

    def whole(self, generation: _ResponseGeneration) -> None:
        """An answer is complete: the model is to know no more of it than was heard."""
        for item_id in generation.messages:
            if (words := self._at_hand.answer.interrupted.get(item_id)) is not None:
                self.rewrite(item_id, words)
            self._mirror.correct(item_id)

    def refused(self, event: RealtimeErrorEvent) -> bool:
        """Whether the server refuses an item, which is then put elsewhere, or taken back."""
        error = event.error
        if moved := self._mirror.misplaced(error.event_id or "", error.param):
            self._session.send_event(moved)
            return True
        return self._mirror.refused(error.event_id or "", error.code)


def _is_the_models(item: llm.ChatItem) -> bool:
    return item.type == "function_call" or (item.type == "message" and item.role == "assistant")


def _is_unread(item: llm.ChatItem) -> bool:
    """The caller has said it, and its words have not come from the transcription."""
    return item.type == "message" and item.role == "user" and not item.text_content


def _deletion(item_id: str) -> ConversationItemDeleteEvent:
    event_id = utils.shortuuid("chat_ctx_delete_")
    return ConversationItemDeleteEvent(type="conversation.item.delete", item_id=item_id, event_id=event_id)
