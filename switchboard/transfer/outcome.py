"""How an attempt to reach a phone ended, from what LiveKit's API raises."""

import time

from livekit import api

from switchboard.ledger.events import TransferOutcome

OUTCOMES: dict[int, TransferOutcome] = {
    403: "declined",
    408: "no_answer",
    480: "no_answer",
    486: "busy",
    487: "no_answer",
    600: "busy",
    603: "declined",
}


def outcome_of(error: Exception, rings_until: float) -> TransferOutcome:
    """What an error of LiveKit's API means for a phone that was to ring until then (`time.monotonic()`)."""
    if isinstance(error, (api.TwirpError, TimeoutError)) and time.monotonic() >= rings_until:
        return "no_answer"  # LiveKit gives several errors for it, by how far the phone had come
    code = error.sip_status_code if isinstance(error, api.SipCallError) else None
    return OUTCOMES.get(code or 0, "failed")
