"""The answer at hand, of which a session has one at a time: in LiveKit, and what we know of it."""

from livekit.agents.llm._realtime.openai import _DiscardedGeneration, _ResponseGeneration
from livekit.plugins.openai.realtime import RealtimeSession
from openai.types.realtime import ResponseCreateEvent

from switchboard.realtime.answer import Answer
from switchboard.realtime.broken import Broken
from switchboard.realtime.mirror import Mirror
from switchboard.realtime.transcript import PacedTranscript


class AtHand:
    """LiveKit's `session` keeps its generation, on which it is passed on to the call."""

    def __init__(self, session: RealtimeSession, transcript: PacedTranscript, mirror: Mirror) -> None:
        self._session = session
        self._transcript = transcript
        self._mirror = mirror
        self.answer = Answer()

    @property
    def given(self) -> bool:
        """Whether there is one, though it may be passed on to nobody."""
        return self._session._current_generation is not None

    @property
    def discarded(self) -> bool:
        """Whether it is passed on to nobody."""
        return isinstance(self._session._current_generation, _DiscardedGeneration)

    @property
    def leaves(self) -> bool:
        """Whether there is one that nobody wants to the end, which has not come."""
        return self.discarded or (self.given and self.answer.cancelled)

    @property
    def generation(self) -> _ResponseGeneration | None:
        """That of an answer that is passed on."""
        generation = self._session._current_generation
        return generation if isinstance(generation, _ResponseGeneration) else None

    @property
    def wanted(self) -> set[str]:
        """Its items, if it is to be heard: it grows, or is whole and has yet to be played, or its tools to begin."""
        if self.discarded or self.answer.stopped:
            return set()
        return self.answer.items - self.answer.unwanted

    def begin(self, asked: ResponseCreateEvent | None, answer_id: str | None) -> None:
        """Another one begins, that was asked for with that request. The end of the one before may never have come."""
        if self.generation is not None:
            self._close_messages(self.generation)
            self.end(self.generation)
        self.answer = Answer(asked, id=answer_id)
        self._transcript.cut()

    def take_up(self, broken: Broken) -> None:
        """It is one that broke off, and goes on."""
        broken.answer.id = self.answer.id
        self._session._current_generation = broken.generation
        self.answer = broken.answer

    def cancel(self) -> None:
        """The caller has interrupted it, if there is one."""
        self.answer.cancelled = self.answer.cancelled or self.given
        self.answer.stopped = True

    def know(self, items: set[str]) -> None:
        """Of an answer that was interrupted the caller knows those, and will hear of no other."""
        if self.answer.cancelled:
            self.answer.known = items

    def discard(self) -> None:
        """Nobody is to hear it."""
        self._session._current_generation = _DiscardedGeneration()

    def lose(self) -> Broken | None:
        """It breaks off with its connection, if it has not ended: no other one is to know what is not whole."""
        if not self.given:
            return None
        for item_id in self.answer.items:
            if self.discarded or item_id in self.answer.writing or self.answer.forgets(item_id):
                self._mirror.drop(item_id)
        if self.discarded:
            self._session._current_generation = None
        return None if self.generation is None or self.generation._done_fut.done() else self.break_up()

    def break_up(self) -> Broken | None:
        """It breaks off, and is to be taken up; None: it is interrupted, or goes on with what its tools bring."""
        generation = self.generation
        assert generation is not None
        heard = self._close_messages(generation)
        self._session._current_generation = None
        if self.answer.called or self.answer.cancelled:
            self.end(generation)
            return None
        return Broken(generation, heard, self.answer)

    def end(self, generation: _ResponseGeneration) -> None:
        """No more of it will come."""
        generation._close()
        for message in generation.messages.values():
            if not message.modalities.done():
                message.modalities.set_result(self._session._opts.modalities)
        if not generation._done_fut.done():
            generation._done_fut.set_result(None)

    def _close_messages(self, generation: _ResponseGeneration) -> str:
        """End the open messages with what has come of them, in LiveKit and in the history; returns all of it."""
        self._transcript.cut()
        for item_id, message in generation.messages.items():
            self._mirror.receive(item_id, message.audio_transcript)
            if not message.modalities.done():
                message.modalities.set_result(self._session._opts.modalities)
            for channel in (message.text_ch, message.audio_ch):
                if not channel.closed:
                    channel.close()
        return " ".join(text for message in generation.messages.values() if (text := message.audio_transcript.strip()))
