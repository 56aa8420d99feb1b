"""The events of an answer in the order in which they make sense: LiveKit's session loses what comes too early."""

from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]
MOST_ANSWERS, MOST_EARLY = 8, 1000
"""So many are remembered."""


class Order:
    """Of one connection. An event waits for the beginning of its answer, and of its item; what never came is made up
    from the end of the answer, which has all of it: the end of an item, or the beginning of an answer that has failed.
    """

    def __init__(self) -> None:
        self._answers: dict[str, set[str]] = {}
        """By its id, the items that have begun of each answer which has begun, or ended."""
        self._whole: set[str] = set()
        """Items that have ended."""
        self._early: list[Event] = []
        self.lost = False
        """The beginning of something never came: this answer will not be whole on this connection."""

    def take(self, event: Event) -> Iterator[Event]:
        """The events that can be passed on now that this one has come."""
        if self._is_early(event):
            self._early.append(event)
            self.lost = self.lost or event["type"] == "response.done" or len(self._early) > MOST_EARLY
            return
        if event["type"] == "response.created" and _answer_of(event) in self._answers:
            return  # it has ended meanwhile
        yield from self._made_up(event)
        self._note(event)
        yield event
        early, self._early = self._early, []
        for each in early:
            yield from self.take(each)

    def _is_early(self, event: Event) -> bool:
        kind, answer, item = event["type"], _answer_of(event), _item_of(event)
        if kind == "response.created" or not kind.startswith("response.") or answer is None:
            return False
        waited_for = any(_answer_of(early) == answer for early in self._early)
        if answer not in self._answers:  # one that was interrupted may end without having begun
            return kind != "response.done" or waited_for
        if kind == "response.done":
            return waited_for
        return item is not None and kind != "response.output_item.added" and item not in self._answers[answer]

    def _made_up(self, event: Event) -> Iterator[Event]:
        if event["type"] != "response.done":
            return
        answer, response = _answer_of(event), event.get("response") or {}
        if answer not in self._answers and response.get("status") in ("failed", "incomplete"):
            yield {"type": "response.created", "response": response}
        begun = self._answers.get(answer or "", set())
        for place, item in enumerate(response.get("output") or ()):
            if item.get("id") in begun - self._whole:
                made_up = {"type": "response.output_item.done", "response_id": answer, "output_index": place}
                yield {**made_up, "item": item}

    def _note(self, event: Event) -> None:
        kind, answer, item = event["type"], _answer_of(event), _item_of(event)
        if kind in ("response.created", "response.done") and answer is not None:
            self._answers.setdefault(answer, set())
            self._forget()
        elif kind == "response.output_item.added" and answer in self._answers and item is not None:
            self._answers[answer].add(item)
        elif kind == "response.output_item.done" and item is not None:
            self._whole.add(item)

    def _forget(self) -> None:
        for answer in list(self._answers)[:-MOST_ANSWERS]:
            self._whole -= self._answers.pop(answer)


def _answer_of(event: Event) -> str | None:
    return event.get("response_id") or (event.get("response") or {}).get("id")


def _item_of(event: Event) -> str | None:
    return event.get("item_id") or (event.get("item") or {}).get("id")
