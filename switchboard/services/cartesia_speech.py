"""Cartesia, by its own API or over LiveKit Inference."""

from typing import Any, cast

import aiohttp
from livekit.agents import inference, utils
from livekit.plugins import cartesia

from switchboard.line.agent import Speech
from switchboard.line.voices import CartesiaVoice
from switchboard.services.azure_access import AzureAccess
from switchboard.settings.schema import Settings
from switchboard.tapes.tapes import Taping


class CartesiaSpeech:
    """Speaks a `CartesiaVoice`."""

    def __init__(self, settings: Settings, _: AzureAccess) -> None:
        self._settings = settings

    @property
    def configured(self) -> bool:
        return self._settings.cartesia.configured

    def speech(self, voice: CartesiaVoice, taping: Taping) -> Speech:
        settings = self._settings.cartesia
        if settings.via == "livekit":
            livekit = self._settings.require_livekit()
            return inference.TTS(
                f"cartesia/{voice.model}" if voice.model else settings.inference_model,
                voice=voice.id,
                api_key=livekit.key,
                api_secret=livekit.secret.get_secret_value(),
            )
        return cartesia.TTS(
            api_key=settings.api_key.get_secret_value() if settings.api_key else "",
            model=voice.model or settings.model,
            voice=voice.id,
            base_url=settings.base_url,
            http_session=cast("aiohttp.ClientSession", _Taped(taping)),
        )


class _Taped:
    """LiveKit's HTTP session of the call, whose WebSockets are on a tape; in all else it is itself."""

    def __init__(self, taping: Taping) -> None:
        self._taping = taping

    async def ws_connect(self, url: str, **options: Any) -> aiohttp.ClientWebSocketResponse:
        """As the session does it."""
        return self._taping(await utils.http_context.http_session().ws_connect(url, **options), url)

    def __getattr__(self, name: str) -> Any:
        return getattr(utils.http_context.http_session(), name)
