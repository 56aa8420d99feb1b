"""The model of one call."""

import pytest

from switchboard.realtime.model import CONNECT, CallModel


def test_before_the_call_there_is_no_session() -> None:
    model = CallModel(azure_deployment="my-deployment", base_url="http://127.0.0.1:1/openai/v1", api_key="a-key")

    with pytest.raises(RuntimeError, match="the call has not begun"):
        _ = model.live


def test_a_lost_connection_is_made_anew_soon_at_first_and_then_each_second() -> None:
    assert [CONNECT._interval_for_retry(number) for number in range(6)] == [0.1, 0.2, 0.5, 1.0, 1.0, 1.0]
