"""The answer at hand: what had asked for it, and how much of it has come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from openai.types.realtime import ResponseCreateEvent

PIECES = ("response.output_text.delta", "response.output_audio_transcript.delta")
WHOLE = ("response.output_text.done", "response.output_audio.done")
SENTENCE = re.compile(r"""[.!?…]["')]*\s*$""")


@dataclass
class Answer:
    """Follows the events of one answer, and of no other."""

    asked: ResponseCreateEvent | None = None
    """None when the server answered by itself."""
    cut: bool = False
    """A message has begun, and its end has not come."""
    heard: str = ""
    """What the caller has heard before it, of the answer that broke off and is taken up by this one."""
    goes_on: bool = False
    """That was not all."""
    items: set[str] = field(default_factory=set)
    """All that have begun."""
    calls: set[str] = field(default_factory=set)
    """The tool calls that it has made."""
    writing: set[str] = field(default_factory=set)
    """Tool calls that have begun and are not whole."""
    unwanted: set[str] = field(default_factory=set)
    """Items that are passed on to nobody."""
    interrupted: dict[str, str] = field(default_factory=dict)
    """What was heard of messages of text that the caller interrupted while they were written."""
    repeated: list[str] = field(default_factory=list)
    """The words of those, one by one."""
    repeats_now: str = ""
    """What has come of the one of those that is being written; its last word may be a piece of one."""
    id: str | None = None
    """The response's; None: it has not begun."""
    cancelled: bool = False
    """The caller has interrupted it: no more of it is wanted."""
    stopped: bool = False
    """They have, or it had ended by then: what nobody has heard of it nobody will."""
    known: set[str] | None = None
    """Items that the caller knows of, when nobody will tell them of any other; None: somebody may."""

    def again(self, heard: str) -> Answer:
        """The one that takes it up, of which the caller has heard so much."""
        return Answer(self.asked, self.cut and bool(heard), heard, self.goes_on or self.differs)

    @property
    def called(self) -> bool:
        """It has called a tool."""
        return bool(self.calls)

    @property
    def in_mid_sentence(self) -> bool:
        """What was heard before it has to be said to its end."""
        return self.cut and (self.goes_on or not SENTENCE.search(self.heard))

    @property
    def repeats(self) -> bool:
        """What was heard before it may be all: it is said once more, to nobody, for the tools that it may call."""
        return bool(self.heard) and not self.in_mid_sentence

    @property
    def differs(self) -> bool:
        """It repeats what was heard and goes on, or says something else: that was not all, and its end is owed."""
        repeated = [*self.repeated, *self.repeats_now.split()[:-1]]
        return self.cut and self.heard.split()[: len(repeated)] != repeated

    def received(self, event: dict[str, Any]) -> bool:
        """An event of the service's; whether it is of an item, or of an answer, that is passed on to nobody."""
        kind, item = str(event["type"]), event.get("item") or {}
        if kind.startswith("response.") and self._of_another(kind, event):
            return True
        if kind == "response.output_item.added":
            self._begun(item)
        elif kind == "response.output_item.done":
            self._ended(item)
        elif kind in WHOLE and not self.repeats:
            self.cut = False
        elif kind in PIECES and event.get("item_id") in self.unwanted:
            self.repeats_now += event.get("delta") or ""
        return kind.startswith("response.") and (event.get("item_id") or item.get("id")) in self.unwanted

    def forgets(self, item_id: str | None) -> bool:
        """Whether the caller was never told of that item of it, and nobody else is to know it."""
        return item_id in self.unwanted or (self.known is not None and item_id not in self.known)

    def _of_another(self, kind: str, event: dict[str, Any]) -> bool:
        """It has ended: another one has begun since."""
        answer = event.get("response_id") or (event.get("response") or {}).get("id")
        return kind != "response.created" and answer is not None and answer != self.id

    def _begun(self, item: dict[str, Any]) -> None:
        self.items.add(item.get("id", ""))
        if self.differs or (self.repeats and item.get("type") == "message"):
            self.unwanted.add(item["id"])
        elif item.get("type") == "function_call":
            self.writing.add(item["id"])
        else:
            self.cut = True

    def _ended(self, item: dict[str, Any]) -> None:
        if item.get("id") in self.unwanted:
            self.repeated += _words(item)
            self.repeats_now = ""
        elif item.get("status") != "incomplete":
            self.writing.discard(item.get("id", ""))
        elif item.get("type") == "message":
            self.cut = True


def _words(item: dict[str, Any]) -> list[str]:
    parts = item.get("content") or ()
    return " ".join(part.get("text") or part.get("transcript") or "" for part in parts).split()
