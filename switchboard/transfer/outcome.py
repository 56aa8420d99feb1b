"""How an attempt to reach a phone ended, from what LiveKit's API answers or raises."""

import time

from livekit import api
from livekit.protocol.sip import (
    STR_REJECTED,
    STR_RINGING_TIMEOUT,
    STS_TRANSFER_SUCCESSFUL,
    SIPTransferReason,
    TransferSIPParticipantResponse,
)

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

REASONS: dict[int, TransferOutcome] = {STR_RINGING_TIMEOUT: "no_answer", STR_REJECTED: "declined"}
"""Where no phone has answered with a status of its own."""


def outcome_told(answer: TransferSIPParticipantResponse) -> TransferOutcome:
    """What LiveKit's answer to a transfer means: one that failed does not have to raise anything.

    A server before 1.13.6, or LiveKit SIP 1.8.0 behind any, answers with nothing, not even an id, when it succeeded.
    """
    if not answer.transfer_id or answer.status == STS_TRANSFER_SUCCESSFUL:
        return "done"
    return _outcome(answer.sip_status.code, answer.reason)


def outcome_of(error: Exception, rings_until: float) -> TransferOutcome:
    """What an error of LiveKit's API means for a phone that was to ring until then (`time.monotonic()`)."""
    if isinstance(error, (api.TwirpError, TimeoutError)) and time.monotonic() >= rings_until:
        return "no_answer"  # LiveKit gives several errors for it, by how far the phone had come
    if not isinstance(error, api.SipCallError):
        return "failed"
    return _outcome(error.sip_status_code or 0, dict(SIPTransferReason.items()).get(error.sip_transfer_reason or "", 0))


def _outcome(code: int, reason: int) -> TransferOutcome:
    return OUTCOMES.get(code) or REASONS.get(reason, "failed")
