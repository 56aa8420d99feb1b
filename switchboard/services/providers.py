"""The services that calls use, as the settings name them: the realtime model, speech, and who notices turns."""

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from livekit.agents import TurnHandlingOptions, inference
from livekit.plugins import openai
from openai import AsyncOpenAI
from openai.types.realtime import AudioTranscription, RealtimeReasoning
from openai.types.realtime.realtime_audio_input_turn_detection import (
    RealtimeAudioInputTurnDetection,
    SemanticVad,
    ServerVad,
)

from switchboard.line.agent import Speech
from switchboard.line.voices import AzureVoice, CartesiaVoice, Modality, NativeVoice, Voice
from switchboard.realtime import CallModel, CallSession
from switchboard.realtime.breaker import Breakers
from switchboard.realtime.endpoints import Address, Endpoint, Endpoints
from switchboard.services import lifecycle
from switchboard.services.azure_access import AzureAccess
from switchboard.services.azure_speech import AzureSpeech
from switchboard.services.cartesia_speech import CartesiaSpeech
from switchboard.services.http_client import http_client
from switchboard.services.speech import NativeSpeech
from switchboard.services.vendor import Vendor
from switchboard.settings.schema import Azure, Settings
from switchboard.tapes.tapes import Taping, untaped

VENDORS: Mapping[type[Voice], Callable[[Settings, AzureAccess], Vendor[Any]]] = {
    CartesiaVoice: CartesiaSpeech,
    AzureVoice: AzureSpeech,
}
"""Who speaks which voice. The native one is the model's own."""
MODALITIES: dict[Modality, list[str]] = {"audio": ["text", "audio"], "text": ["text"]}


class Services:
    """Builds what one call needs. Everything is passed explicitly: the plugins read the environment by themselves.

    `breakers` are those of the process. Close it when nobody uses what it has built any more.
    """

    def __init__(self, settings: Settings, breakers: Breakers | None = None) -> None:
        self.settings = settings
        self._breakers = breakers or Breakers()
        self._access = AzureAccess(settings.azure)
        self._spare = AzureAccess(settings.azure.fallback) if settings.azure.fallback else None
        self._clients: list[AsyncOpenAI] = []
        """Of LiveKit's speech to text, which does not close its own."""

    async def aclose(self) -> None:
        """Sign in nowhere any more."""
        for client in self._clients:
            await client.close()
        await self._access.aclose()
        if self._spare:
            await self._spare.aclose()

    # -- the realtime model --------------------------------------------------------------------------------------------

    def realtime(
        self,
        modality: Modality,
        reconnected: Callable[[float], None],
        more_silence_ms: int = 0,
        taping: Taping = untaped,
    ) -> CallModel:
        """The realtime model of one call, which begins in `modality`; its turns end that much later than set."""
        settings = self.settings
        noise = settings.realtime.noise_reduction
        words = settings.transcription_model
        effort = settings.realtime.reasoning_effort
        return CallModel(
            **(self._azure() if settings.speaks_azure else self._openai()),
            endpoints=self._endpoints(),
            reconnected=reconnected,
            modalities=MODALITIES[modality],
            voice=settings.realtime.voice,
            speed=settings.realtime.speed,
            reasoning=RealtimeReasoning(effort=effort) if effort else None,
            input_audio_transcription=AudioTranscription(model=words) if words else None,
            input_audio_noise_reduction=None if noise == "none" else noise,
            turn_detection=self._server_turns(more_silence_ms),
            max_session_duration=settings.realtime.max_session_duration,
            patience_seconds=settings.realtime.patience_seconds,
            taping=taping,
        )

    def _azure(self) -> dict[str, Any]:
        azure = self.settings.azure
        return {
            "azure_deployment": azure.deployment,
            "base_url": azure.realtime_url,
            "api_version": azure.api_version,
            **self._access.of_realtime,
        }

    def _endpoints(self) -> Endpoints:
        """Who serves the model, the preferred first."""
        if not self.settings.speaks_azure:
            return Endpoints([Endpoint(self._breakers.of("openai"))])
        spare = [(self.settings.azure.fallback, self._spare)] if self.settings.azure.fallback and self._spare else []
        return Endpoints([self._endpoint(*each) for each in [(self.settings.azure, self._access), *spare]])

    def _endpoint(self, azure: Azure, access: AzureAccess) -> Endpoint:
        signed_in = access.of_realtime
        address = Address(azure.realtime_url, azure.deployment, signed_in.get("api_key"))
        breaker = self._breakers.of(f"{azure.resource_url} {azure.deployment}")
        return Endpoint(breaker, address, signed_in.get("token"))

    def _openai(self) -> dict[str, Any]:
        settings = self.settings.openai
        options = {"model": settings.model, "api_key": settings.api_key.get_secret_value() if settings.api_key else ""}
        return {**options, "base_url": settings.base_url} if settings.base_url else options

    # -- turns ---------------------------------------------------------------------------------------------------------

    def _server_turns(self, more_silence_ms: int) -> RealtimeAudioInputTurnDetection | None:
        turns = self.settings.turns
        if turns.detection in ("livekit", "multilingual"):
            return None
        answers = {"create_response": turns.create_response, "interrupt_response": turns.interrupt_response}
        if turns.detection == "semantic_vad":
            return SemanticVad(type="semantic_vad", **answers)
        return ServerVad(
            type="server_vad",
            threshold=turns.threshold,
            prefix_padding_ms=turns.prefix_ms,
            silence_duration_ms=turns.silence_ms + more_silence_ms,
            **answers,
        )

    def silence_seconds(self, more_silence_ms: int = 0) -> float:
        """How long the service has waited when it says that a turn is over; who notices that here tells when it was."""
        turns = self.settings.turns
        return (turns.silence_ms + more_silence_ms) / 1000 if turns.detection == "server_vad" else 0.0

    def turns(self, more_silence_ms: int = 0) -> dict[str, Any]:
        """Options of `AgentSession` for whoever notices turns; nothing local is loaded when the model does."""
        turns = self.settings.turns
        handling = TurnHandlingOptions(
            interruption={"resume_false_interruption": False, "discard_audio_if_uninterruptible": False}
        )
        if not turns.client_side:
            handling["turn_detection"] = "realtime_llm"
            return {"vad": None, "turn_handling": handling}
        if turns.detection == "multilingual":
            plugin = importlib.import_module("livekit.plugins.turn_detector.multilingual")
            handling["turn_detection"] = plugin.MultilingualModel()
            vad = self._voice_activity(more_silence_ms)
            return {"vad": vad, "turn_handling": handling, "stt": self._speech_to_text()}
        handling["turn_detection"] = inference.TurnDetector(
            version="v1-mini"
        )  # local; LiveKit's default may be its cloud's
        return {"vad": self._voice_activity(more_silence_ms), "turn_handling": handling}

    def _voice_activity(self, more_silence_ms: int) -> inference.VAD:
        """LiveKit's Silero, whose model is loaded once a process."""
        turns = self.settings.turns
        return inference.VAD(
            model="silero",
            activation_threshold=turns.threshold,
            prefix_padding_duration=turns.prefix_ms / 1000,
            min_silence_duration=(turns.silence_ms + more_silence_ms) / 1000,
        )

    def _speech_to_text(self) -> openai.STT:
        model = self.settings.transcription_model
        assert model is not None, "the settings refuse multilingual turns without a transcription model"
        if self.settings.speaks_azure:
            signed_in: dict[str, Any] = {"base_url": self.settings.azure.v1_url, "api_key": self._access.key}
        else:
            signed_in = {key: value for key, value in self._openai().items() if key != "model"}
        client = AsyncOpenAI(**signed_in, max_retries=0, http_client=http_client())
        self._clients.append(client)
        return openai.STT(model=model, client=client)

    # -- speech --------------------------------------------------------------------------------------------------------

    @property
    def default_voice(self) -> Voice:
        """In which text is spoken for whoever has no service of their own, if Azure's is there."""
        return AzureVoice(self.settings.realtime.voice)

    def available(self, voice: Voice) -> Voice:
        """`voice`, or the nearest one that these settings have the service for."""
        wanted = () if isinstance(voice, NativeVoice) else (voice, self.default_voice)
        return next((each for each in wanted if self._vendor(each)), NativeVoice())

    def speech(self, voice: Voice, realtime: Callable[[], CallSession], taping: Taping = untaped) -> list[Speech]:
        """Who can speak text for `voice`: its own service, then Azure's, the native voice last."""
        wanted = [voice, *([] if isinstance(voice, AzureVoice) else [self.default_voice])]
        services = [vendor.speech(each, taping) for each in wanted if (vendor := self._vendor(each))]
        return [*services, NativeSpeech(realtime)]

    def _vendor(self, voice: Voice) -> Vendor[Any] | None:
        """Who speaks that voice; None where the settings do not say how to reach them."""
        make = VENDORS.get(type(voice))
        vendor = make(self.settings, self._access) if make else None
        return vendor if vendor and vendor.configured else None

    async def model_ends(self) -> dict[str, datetime]:
        """When the models of the Azure resource end. Raises what `lifecycle.model_ends` and signing in do."""
        return await lifecycle.model_ends(self._access.client(lifecycle.API_VERSION))
