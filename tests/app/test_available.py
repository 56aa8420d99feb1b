"""What a call's services leave behind."""

from typing import Any

import pytest
from azure.identity import aio as identity

from app.available import services
from switchboard.settings.environment import load_settings
from tests.stage.stage import LINE

ENTRA = {
    "AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com",
    "AZURE_OPENAI_AUTH": "entra",
    "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
    "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "gpt-4o-mini-transcribe-2025-12-15",
}


async def test_what_signs_a_call_in_to_entra_is_made_once_and_closed_with_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    class Counted(identity.DefaultAzureCredential):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            told.append("made")

        async def close(self) -> None:
            await super().close()
            told.append("closed")

    monkeypatch.setattr(identity, "DefaultAzureCredential", Counted)
    async with services(load_settings(None, ENTRA), LINE) as available:
        for _ in range(2):
            await available.realtime("audio", lambda _: None).aclose()
        assert told == ["made"]

    assert told == ["made", "closed"]
