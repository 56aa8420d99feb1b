"""Azure OpenAI's speech deployment."""

import httpx2
from livekit.plugins import openai

from switchboard.line.agent import Speech
from switchboard.line.voices import AzureVoice
from switchboard.services.azure_access import AzureAccess
from switchboard.settings.schema import Settings
from switchboard.tapes.tapes import Taping

TIMEOUT = httpx2.Timeout(connect=15.0, read=5.0, write=5.0, pool=5.0)
"""LiveKit's own for text to speech, in seconds."""


class AzureSpeech:
    """Speaks an `AzureVoice`."""

    def __init__(self, settings: Settings, access: AzureAccess) -> None:
        self._azure = settings.azure
        self._access = access
        self._speed = settings.realtime.speed

    @property
    def configured(self) -> bool:
        return self._azure.tts_deployment is not None

    def speech(self, voice: AzureVoice, _: Taping) -> Speech:
        return openai.TTS(
            voice=voice.name,
            model=self._azure.tts_deployment or "",
            speed=self._speed,
            response_format="pcm",
            client=self._access.client(
                self._azure.tts_api_version or "", azure_deployment=self._azure.tts_deployment, timeout=TIMEOUT
            ),
        )
