"""The model of one call."""

import pytest

from switchboard.realtime.model import CallModel


def test_before_the_call_there_is_no_session() -> None:
    model = CallModel(azure_deployment="my-deployment", base_url="http://127.0.0.1:1/openai/v1", api_key="a-key")

    with pytest.raises(RuntimeError, match="the call has not begun"):
        _ = model.live
