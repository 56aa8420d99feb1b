"""Every audio stream hears of its own frames only.

LiveKit's client gives each frame of each stream to all streams of the process, and so wakes all of its event loops:
with threads as executor, the square of the calls (livekit before 1.2.1, `AudioStream.__init__` and `FfiQueue.put`).
"""

from functools import cache, wraps
from typing import Any

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient


@cache
def keep_frames_apart() -> None:
    """From now on, for all streams of this process."""
    make = rtc.AudioStream.__init__

    @wraps(make)
    def make_narrow(stream: rtc.AudioStream, *arguments: Any, **options: Any) -> None:
        make(stream, *arguments, **options)
        _narrow(stream)

    rtc.AudioStream.__init__ = make_narrow  # type: ignore[method-assign, assignment]


def _narrow(stream: rtc.AudioStream) -> None:
    own = stream._ffi_handle.handle  # not the stream itself, which could not be collected then
    queue = FfiClient.instance.queue
    with queue._lock:
        for place, (its_queue, loop, _) in enumerate(queue._subscribers):
            if its_queue is stream._ffi_queue:
                queue._subscribers[place] = (its_queue, loop, lambda e: e.audio_stream_event.stream_handle == own)
