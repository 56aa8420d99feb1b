"""A caller who waits is kept company: a word when it lasts, music when it lasts long, and no silence."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, UserStateChangedEvent

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.call.turns import Turns
from switchboard.ladder.phrases import Phrases
from switchboard.ladder.wait import Wait
from switchboard.ledger.events import Filled, WaitsFor
from switchboard.line.words import Words
from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.hold_music import music

TICK_SECONDS = 0.1
TOOL_SECONDS, TOOL_AGAIN_SECONDS = 2.0, 8.0
SERVICE_SECONDS = (1.5, 4.0)
SILENCE_SECONDS, NOTICED_SECONDS = 1.5, 1.5
"""The first word comes so long after the caller's last one: whoever notices that they have finished has waited before.
It is noticed in that time, or it is something else that they wait for now. The second comes so long after the first at
the latest, which may have been the last of another wait. Half a second is left of two, for the ways to and from them
and for a busy machine."""
MUSIC_SECONDS, BREATH_SECONDS = 6.0, 1.0
"""Music begins so long after the caller began to wait, and so long after a word: the answer may come in that pause, and
music that breaks off at its first notes sounds like a fault."""
BACK_SECONDS = 1.0
FETCH_SECONDS, READY_SECONDS = 0.9, 0.2
"""So long before it is due a word is asked for, and so long before then it is there, or its recording is taken: to give
up takes a moment, and whoever hears it is some way off."""


class Company:
    """Of one call, for as long as `keep` runs."""

    def __init__(
        self,
        call: Call[Any],
        session: AgentSession[Any],
        wait: Wait,
        words: Words,
        phrases: Phrases,
        track: AgentTrack,
        turns: Turns,
        background: Background,
    ) -> None:
        self._call = call
        self._turns = turns
        self._wait = wait
        self._words = words
        self._phrases = phrases
        self._track = track
        self._background = background
        self._since: float | None = None
        self._reason: WaitsFor | None = None
        self._on_the_way_to: str | None = None
        self._said = 0
        self._said_at = 0.0
        """When the last word was over, in seconds of the call."""
        self._over: float | None = None
        self._outage_told = False
        self._prepared: asyncio.Task[None] | None = None
        """The next word of this wait, until it is due."""
        self._word: asyncio.Task[None] | None = None
        self._music: asyncio.Task[None] | None = None
        session.on("user_state_changed", self._user_state)

    async def keep(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._look()
                await asyncio.sleep(TICK_SECONDS)
        finally:
            self._leave()
            _end(self._word)

    def _look(self) -> None:
        reason, target = self._wait.reason, self._wait.on_the_way_to
        known = self._said and reason != self._reason  # they know of what they waited for before
        if reason is None:
            self._leave()
            self._welcome_back()
        elif self._since is None or known or target != self._on_the_way_to:
            _end(self._prepared)
            self._since, self._said, self._over = self._call.ledger.now, 0, None
        elif not any(map(_runs, (self._prepared, self._word, self._music))):
            self._entertain(reason, self._since)
        self._reason, self._on_the_way_to = reason, target

    def _welcome_back(self) -> None:
        """Who was told of an outage hears that it is over, unless somebody speaks anyway."""
        if not self._outage_told:
            return
        if self._wait.somebody_speaks:
            self._outage_told = False
        elif self._over is None:
            self._over = self._call.ledger.now
        elif self._call.ledger.now > self._over + BACK_SECONDS and not _runs(self._word):
            self._word = self._run(self._say_back())

    def _entertain(self, reason: WaitsFor, since: float) -> None:
        waited = self._call.ledger.now - since
        if (due := self._due(reason, since)) is not None:
            if waited >= due - FETCH_SECONDS:
                self._prepared = self._run(self._prepare(reason, self._next(reason), since + due))
        elif waited >= MUSIC_SECONDS and self._call.ledger.now >= self._said_at + BREATH_SECONDS:
            self._music = self._run(self._play(reason))

    def _due(self, reason: WaitsFor, since: float) -> float | None:
        """When the next word is due, in seconds from the beginning; None: music is."""
        quiet = 0.0 if self._said else self._quiet_before(since)
        if reason == "tool":
            return TOOL_SECONDS - quiet + self._said * TOOL_AGAIN_SECONDS
        if self._said >= len(SERVICE_SECONDS):
            return None
        due = SERVICE_SECONDS[self._said]
        return min(due, self._said_at + SILENCE_SECONDS - since if self._said else SILENCE_SECONDS - quiet)

    def _quiet_before(self, since: float) -> float:
        """How long the caller had heard and said nothing by then; 0 if that was for something else."""
        if (unheeded := self._wait.unheeded_seconds) is not None:
            quiet = unheeded - (self._call.ledger.now - since)
        else:
            unanswered = self._turns.unanswered_since
            quiet = 0.0 if unanswered is None else since - unanswered
        return max(quiet, 0.0) if quiet <= NOTICED_SECONDS else 0.0

    def _next(self, reason: WaitsFor) -> str:
        if reason == "tool":
            return self._words.looking[self._said % len(self._words.looking)]
        return self._words.longer if self._said else self._words.moment

    async def _prepare(self, reason: WaitsFor, words: str, when: float) -> None:
        left = when - READY_SECONDS - self._call.ledger.now
        frames = await self._phrases.of(words, left, without_model=reason == "service")
        await asyncio.sleep(max(0.0, when - self._call.ledger.now))
        if self._is_still_wanted(reason):
            self._said += 1
            self._outage_told |= self._wait.outage
            self._word = self._run(self._speak(reason, words, frames))

    def _is_still_wanted(self, reason: WaitsFor) -> bool:
        """A word about that. What else they wait for by now has a word of its own, unless that should have come."""
        now, since = self._wait.reason, self._since
        if now is None or now == reason or since is None:
            return now == reason
        due = self._due(now, since)
        return due is None or self._call.ledger.now >= since + due

    async def _say_back(self) -> None:
        words = self._words.back
        frames = await self._phrases.of(words, FETCH_SECONDS, without_model=True)
        if self._wait.reason is None and not self._wait.somebody_speaks:
            self._outage_told = False
            await self._speak("service", words, frames)

    async def _speak(self, reason: WaitsFor, words: str, frames: list[rtc.AudioFrame]) -> None:
        if not self._track.talking:
            self._call.ledger.write(Filled(agent=self._call.agent, waits_for=reason, text=words))
            await self._track.say(frames)
        self._said_at = self._call.ledger.now

    async def _play(self, reason: WaitsFor) -> None:
        self._call.ledger.write(Filled(agent=self._call.agent, waits_for=reason, text=""))
        await self._track.fill(music())

    def _leave(self) -> None:
        """Somebody is heard, or nothing is waited for. A word is said to its end, unless the caller speaks."""
        self._since = None
        _end(self._music)
        _end(self._prepared)
        if self._wait.caller_speaks:
            _end(self._word)

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":  # at once, and not when it is looked the next time
            self._leave()

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._background.run(work, "keep the caller company")


def _end(task: asyncio.Task[None] | None) -> None:
    if task:
        task.cancel()


def _runs(task: asyncio.Task[None] | None) -> bool:
    return task is not None and not task.done()
