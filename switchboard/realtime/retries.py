"""Answers that failed are asked for again, as long as the service may be borne with."""

from collections.abc import Callable

from livekit.agents import APIError
from openai.types.realtime import ResponseDoneEvent

from switchboard.realtime.at_hand import AtHand
from switchboard.realtime.broken import BrokenAnswers
from switchboard.realtime.events import failure
from switchboard.realtime.service import Service


class Retries:
    """Of the answer at hand: it waits with the `broken` ones. `tell` is told why, `leave` ends the connection."""

    def __init__(
        self,
        at_hand: AtHand,
        broken: BrokenAnswers,
        service: Service,
        tell: Callable[[APIError], None],
        leave: Callable[[], None],
    ) -> None:
        self._at_hand = at_hand
        self._broken = broken
        self._service = service
        self._tell = tell
        self._leave = leave

    def take(self, event: ResponseDoneEvent) -> bool:
        """Whether the answer that failed with `event` is asked for again."""
        retry = self._service.failed(failure(event))
        if retry is None:
            return False
        self._broken.wait(self._at_hand.break_up())
        error = getattr(event.response.status_details, "error", None)
        self._tell(APIError(f"response failed: {getattr(error, 'code', 'unknown')}", body=error, retryable=True))
        if retry.elsewhere:
            self._leave()
        else:
            self._broken.resume_later(retry.seconds)
        return True
