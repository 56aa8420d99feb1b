"""What the caller is told when a phone was not reached."""

import time

import aiohttp
import pytest
from livekit import api
from livekit.protocol.sip import SIPStatus, TransferSIPParticipantResponse

from switchboard.transfer.outcome import outcome_of, outcome_told

LONG_AGO = 0.0


def refused(code: int) -> api.SipCallError:
    metadata = {"sip_status_code": str(code), "sip_status": "No"}
    return api.SipCallError("unavailable", "sip status", status=503, metadata=metadata)


@pytest.mark.parametrize(
    ("code", "outcome"), [(486, "busy"), (600, "busy"), (603, "declined"), (480, "no_answer"), (500, "failed")]
)
def test_the_phones_own_answer_counts_while_it_may_ring(code: int, outcome: str) -> None:
    assert outcome_of(refused(code), time.monotonic() + 20) == outcome


@pytest.mark.parametrize("error", [api.TwirpError("canceled", "", status=408), TimeoutError(), refused(500)], ids=repr)
def test_a_phone_that_rang_as_long_as_it_may_was_not_answered(error: Exception) -> None:
    assert outcome_of(error, LONG_AGO) == "no_answer"


@pytest.mark.parametrize("error", [TimeoutError(), api.TwirpError("internal", "", status=500)], ids=repr)
def test_without_an_answer_before_that_it_failed(error: Exception) -> None:
    assert outcome_of(error, time.monotonic() + 20) == "failed"


def test_a_lost_connection_to_livekit_is_no_phone_that_rang() -> None:
    assert outcome_of(aiohttp.ClientConnectionError(), LONG_AGO) == "failed"


@pytest.mark.parametrize(
    ("reason", "outcome"), [("STR_RINGING_TIMEOUT", "no_answer"), ("STR_REJECTED", "declined"), ("STR_NEW", "failed")]
)
def test_without_a_phones_answer_livekits_reason_counts(reason: str, outcome: str) -> None:
    error = api.SipCallError("unavailable", "transfer", status=503, metadata={"sip_transfer_reason": reason})

    assert outcome_of(error, time.monotonic() + 20) == outcome


@pytest.mark.parametrize(
    "answer",
    [
        TransferSIPParticipantResponse(),
        TransferSIPParticipantResponse(transfer_id="ST_1", status="STS_TRANSFER_SUCCESSFUL", reason="STR_COMPLETED"),
    ],
    ids=["of an older server", "of a newer one"],
)
def test_the_answer_to_a_transfer_that_succeeded(answer: TransferSIPParticipantResponse) -> None:
    assert outcome_told(answer) == "done"


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [
        (486, "STR_REJECTED", "busy"),
        (603, "STR_REJECTED", "declined"),
        (0, "STR_RINGING_TIMEOUT", "no_answer"),
        (0, "STR_SUBSCRIPTION_TERMINATED", "failed"),
    ],
)
@pytest.mark.parametrize("status", ["STS_TRANSFER_FAILED", "STS_TRANSFER_ONGOING"])
def test_a_transfer_that_failed_without_an_error(status: str, code: int, reason: str, outcome: str) -> None:
    told = SIPStatus(code=code)  # type: ignore[arg-type]
    answer = TransferSIPParticipantResponse(transfer_id="ST_1", status=status, reason=reason, sip_status=told)

    assert outcome_told(answer) == outcome
