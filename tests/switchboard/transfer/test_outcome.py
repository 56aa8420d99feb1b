"""What the caller is told when a phone was not reached."""

import time

import aiohttp
import pytest
from livekit import api

from switchboard.transfer.outcome import outcome_of

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
