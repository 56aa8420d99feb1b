"""Writes each turn of a call into the ledger: when the caller had finished, and how long they waited for what."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from livekit import rtc
from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    SpeechCreatedEvent,
    UserStateChangedEvent,
    llm,
)
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.io import PlaybackStartedEvent

from switchboard.call.call import Call
from switchboard.ledger.events import Event, Filled, Turn
from switchboard.realtime.session import CallSession
from switchboard.room.heard_source import Voice


@dataclass
class OpenTurn:
    """One that is not over. Times are seconds of the call."""

    ended_at: float
    committed: bool = False
    """The service has said that it takes it for a turn."""
    answers: set[str] = field(default_factory=set)
    """What the service answers since: nothing that was said before is a word of it."""
    agent: str | None = None
    token: float | None = None
    sound: float | None = None
    interrupted: float | None = None
    heard: float | None = None
    """When there was something to be heard, whatever it was."""

    def written(self, agent: str) -> Turn:
        """`agent` was to answer, if nobody did."""
        return Turn(
            agent=self.agent or agent,
            ended_at=round(self.ended_at, 4),
            first_token_ms=self._since(self.token),
            first_sound_ms=self._since(self.sound),
            interrupted_at=self.interrupted,
            silence_ms=self._since(self.heard),
        )

    def _since(self, at: float | None) -> float | None:
        return None if at is None else round(max(0.0, at - self.ended_at) * 1000, 1)


class Turns:
    """Of one `call`, as its session, its model and its loudspeaker tell of them.

    Whoever notices that the caller has finished has waited for `waited_seconds` before they say so. A caller who types
    has finished with the line, and hears what they can read.
    """

    def __init__(self, call: Call[Any], waited_seconds: float) -> None:
        self._call = call
        self._ledger = call.ledger
        self._waited_seconds = waited_seconds
        self._turn: OpenTurn | None = None
        self._speaking = self._typed = False
        """The agent is heard; the caller has typed what they are counted as speaking for."""
        self._sounds_until: float | None = None
        self._begins = False
        """The agent does, with what the caller hears next."""
        self._speech_since: float | None = None
        self._speeches: set[SpeechHandle] = set()

    def watch(self, session: AgentSession[Any]) -> None:
        """Follow who speaks when."""
        session.on("user_state_changed", self._user_state)
        session.on("agent_state_changed", self._agent_state)
        session.on("conversation_item_added", self._added)
        session.on("speech_created", self._created)

    def follow(self, realtime: CallSession) -> None:
        """See when the service begins to answer, over all of its connections."""
        realtime.on("openai_server_event_received", self._received)

    def note(self, event: Event) -> None:
        """A listener of the ledger."""
        if isinstance(event, Filled):
            self._hears(event.at)

    def begins(self, _event: PlaybackStartedEvent) -> None:
        """The agent says what the caller hears next."""
        self._begins = True

    def hears(self, _voice: Voice, frame: rtc.AudioFrame, ahead: float) -> None:
        """The caller hears something, in so many seconds."""
        at = self._ledger.now + ahead
        if self._begins:
            self._begins, self._speech_since = False, at
        self._sounds_until = at + frame.duration
        self._hears(at)

    def falls_silent(self) -> None:
        """They hear nothing from now on."""
        self._sounds_until = min(self.sounds_until, self._ledger.now)

    @property
    def sounds_until(self) -> float:
        """Until when the caller hears what they were given to hear, in seconds of the call; now, if nobody tells.

        Whoever is told that a word is over may be told late, or before its end; the loudspeaker knows.
        """
        return self._ledger.now if self._sounds_until is None else self._sounds_until

    @property
    def speech_since(self) -> float:
        """Since when the caller hears the agent that speaks, in seconds of the call; now, if nobody tells.

        The session says that it speaks some turns of the event loop later.
        """
        return self._ledger.now if self._speech_since is None else self._speech_since

    @property
    def unanswered_since(self) -> float | None:
        """When the caller had finished, in seconds of the call, if they have heard nothing since."""
        return self._turn.ended_at if self._turn and self._turn.heard is None else None

    def settle(self) -> None:
        """The call is over: write the turn at hand."""
        self._write()

    # -- the caller ----------------------------------------------------------------------------------------------------

    def _user_state(self, event: UserStateChangedEvent) -> None:
        ago = max(0.0, time.time() - event.created_at)
        if event.new_state == "speaking":
            self._typed = False
            self._begins_to_speak(self._ledger.now - ago)
        elif event.old_state == "speaking" and not self._typed:
            self._begin(self._ledger.now - ago - self._waited_seconds)

    def _begins_to_speak(self, at: float) -> None:
        if self._turn and self._turn.sound is not None and self._speaking:
            self._turn.interrupted = max(at, self._turn.sound)
        self._write()

    def _added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, llm.ChatMessage) and item.role == "user" and item.transcript_confidence is None:
            self._typed = True
            self._begin(self._ledger.now)

    def _begin(self, ended_at: float, *, committed: bool = False) -> None:
        self._write()
        self._turn = OpenTurn(max(0.0, ended_at), committed)
        if self._speaking or (self._sounds_until or 0.0) > ended_at:
            self._turn.heard = ended_at  # they have spoken into what goes on

    # -- the answer ----------------------------------------------------------------------------------------------------

    def _received(self, event: Mapping[str, Any]) -> None:
        kind = event.get("type", "")
        if kind == "input_audio_buffer.committed":
            self._committed()
        elif self._turn and kind == "response.created":
            self._turn.answers.add(event["response"]["id"])
        elif self._turn and kind.endswith(".delta") and event.get("response_id") in self._turn.answers:
            self._turn.token = self._turn.token or self._ledger.now

    def _committed(self) -> None:
        """Azure's semantic detection tells of a turn in no other way."""
        if self._turn is None or self._turn.committed:
            self._begin(self._ledger.now, committed=True)
        self._turn.committed = True  # type: ignore[union-attr]  # there is one now

    def _agent_state(self, event: AgentStateChangedEvent) -> None:
        self._speaking = event.new_state == "speaking"
        if not self._speaking:
            self._speech_since = None
        elif self._turn:
            since = self.speech_since
            if self._turn.sound is None:
                self._turn.sound, self._turn.agent = since, self._call.agent
            self._hears(since)
        self._look()

    def _hears(self, at: float) -> None:
        if self._turn and self._turn.heard is None:
            self._turn.heard = at

    def _created(self, event: SpeechCreatedEvent) -> None:
        self._speeches.add(event.speech_handle)
        event.speech_handle.add_done_callback(self._said)

    def _said(self, speech: SpeechHandle) -> None:
        self._speeches.discard(speech)
        self._look()

    def _look(self) -> None:
        """Write it once nothing follows what was said: a tool may still bring the rest of the answer."""
        heard = self._turn is not None and self._turn.sound is not None
        if heard and not (self._speaking or self._speeches or self._call.departure.target):
            self._write()

    def _write(self) -> None:
        turn, self._turn = self._turn, None
        if turn:
            self._ledger.write(turn.written(self._call.agent))
