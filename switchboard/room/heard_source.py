"""What a caller is given to hear, told to somebody who listens: whose voice it is, and when it is heard."""

from typing import Literal, Protocol

from livekit import rtc

Voice = Literal["agent", "person"]


class Hearing(Protocol):
    """Is told what is heard. It must not wait and must not raise."""

    def hears(self, voice: Voice, frame: rtc.AudioFrame, ahead: float) -> None:
        """`frame` will be heard in so many seconds."""

    def falls_silent(self) -> None:
        """What was to be heard from now on is not."""


class Everyone:
    """Tells each of several who listen."""

    def __init__(self, *listeners: Hearing) -> None:
        self._listeners = listeners

    def hears(self, voice: Voice, frame: rtc.AudioFrame, ahead: float) -> None:
        """Each does."""
        for each in self._listeners:
            each.hears(voice, frame, ahead)

    def falls_silent(self) -> None:
        """For each."""
        for each in self._listeners:
            each.falls_silent()


class HeardSource(rtc.AudioSource):
    """A source that tells `hearing`, if there is one."""

    def __init__(self, sample_rate: int, queue_size_ms: int, hearing: Hearing | None) -> None:
        super().__init__(sample_rate, 1, queue_size_ms=queue_size_ms)
        self._hearing = hearing

    async def capture_frame(self, frame: rtc.AudioFrame, voice: Voice = "agent") -> None:
        if self._hearing:
            self._hearing.hears(voice, frame, self.queued_duration)
        await super().capture_frame(frame)

    def clear_queue(self) -> None:
        if self._hearing:
            self._hearing.falls_silent()
        if not self._ffi_handle.disposed:  # LiveKit asks that of a frame, and not here: it would fail
            super().clear_queue()
