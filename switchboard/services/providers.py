"""The services that calls use, as the settings name them: the realtime model, speech, and who notices turns."""

import importlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from livekit.agents import APIConnectionError, TurnHandlingOptions, inference
from livekit.plugins import cartesia, openai
from openai import AsyncAzureOpenAI, AsyncOpenAI
from openai.types.realtime import AudioTranscription, RealtimeReasoning
from openai.types.realtime.realtime_audio_input_turn_detection import (
    RealtimeAudioInputTurnDetection,
    SemanticVad,
    ServerVad,
)

from switchboard.line.agent import Speech
from switchboard.line.voices import AzureVoice, CartesiaVoice, Modality, NativeVoice, Voice
from switchboard.realtime import CallModel, CallSession
from switchboard.services import lifecycle
from switchboard.services.speech import NativeSpeech
from switchboard.settings.schema import Settings

MODALITIES: dict[Modality, list[str]] = {"audio": ["text", "audio"], "text": ["text"]}


class Services:
    """Builds what one call needs. Everything is passed explicitly: the plugins read the environment by themselves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    # -- the realtime model --------------------------------------------------------------------------------------------

    def realtime(self, modality: Modality, reconnected: Callable[[float], None], more_silence_ms: int = 0) -> CallModel:
        """The realtime model of one call, which begins in `modality`; its turns end that much later than set."""
        settings = self.settings
        noise = settings.realtime.noise_reduction
        words = settings.transcription_model
        effort = settings.realtime.reasoning_effort
        return CallModel(
            **(self._azure() if settings.speaks_azure else self._openai()),
            reconnected=reconnected,
            modalities=MODALITIES[modality],
            voice=settings.realtime.voice,
            speed=settings.realtime.speed,
            reasoning=RealtimeReasoning(effort=effort) if effort else None,
            input_audio_transcription=AudioTranscription(model=words) if words else None,
            input_audio_noise_reduction=None if noise == "none" else noise,
            turn_detection=self._server_turns(more_silence_ms),
            max_session_duration=settings.realtime.max_session_duration,
        )

    def _azure(self) -> dict[str, Any]:
        azure = self.settings.azure
        options = {
            "azure_deployment": azure.deployment,
            "base_url": azure.realtime_url,
            "api_version": azure.api_version,
        }
        if azure.auth == "entra":
            return {**options, "token": self.entra_token}
        return {**options, "api_key": azure.api_key.get_secret_value() if azure.api_key else None}

    def _openai(self) -> dict[str, Any]:
        settings = self.settings.openai
        options = {"model": settings.model, "api_key": settings.api_key.get_secret_value() if settings.api_key else ""}
        return {**options, "base_url": settings.base_url} if settings.base_url else options

    @cached_property
    def entra_token(self) -> Callable[[], Awaitable[str]]:
        """A fresh Entra token whenever it is called; azure-identity keeps it until it is about to expire."""
        identity = importlib.import_module("azure.identity.aio")
        errors = importlib.import_module("azure.core.exceptions")
        provider = identity.get_bearer_token_provider(
            identity.DefaultAzureCredential(), self.settings.azure.entra_scope
        )

        async def token() -> str:
            try:
                return str(await provider())
            except errors.ClientAuthenticationError as error:
                raise APIConnectionError(
                    "Entra gave no token: check the identity and AZURE_OPENAI_ENTRA_SCOPE"
                ) from error

        return token

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

    def turns(self, more_silence_ms: int = 0) -> dict[str, Any]:
        """Options of `AgentSession` for whoever notices turns; nothing local is loaded when the model does."""
        turns = self.settings.turns
        handling = TurnHandlingOptions(interruption={"resume_false_interruption": False})
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
        if not self.settings.speaks_azure:
            return openai.STT(model=model, **{k: v for k, v in self._openai().items() if k != "model"})
        azure = self.settings.azure
        key = self.entra_token if azure.auth == "entra" else azure.api_key.get_secret_value() if azure.api_key else ""
        return openai.STT(model=model, client=AsyncOpenAI(base_url=azure.v1_url, api_key=key, max_retries=0))

    # -- speech --------------------------------------------------------------------------------------------------------

    def available(self, voice: Voice) -> Voice:
        """`voice`, or the nearest one that these settings have the service for."""
        azure = self.settings.azure.tts_deployment is not None
        if isinstance(voice, CartesiaVoice) and not self.settings.cartesia.configured:
            return AzureVoice(self.settings.realtime.voice) if azure else NativeVoice()
        return NativeVoice() if isinstance(voice, AzureVoice) and not azure else voice

    def speech(self, voice: Voice, realtime: Callable[[], CallSession]) -> list[Speech]:
        """Who can speak text for `voice`: its own service, then Azure's, the native voice last."""
        services: list[Speech] = []
        if isinstance(voice, CartesiaVoice) and self.settings.cartesia.configured:
            services.append(self._cartesia(voice))
        if self.settings.azure.tts_deployment:
            name = voice.name if isinstance(voice, AzureVoice) else self.settings.realtime.voice
            services.append(self._azure_speech(name))
        return [*services, NativeSpeech(realtime)]

    def _cartesia(self, voice: CartesiaVoice) -> Speech:
        settings = self.settings
        if settings.cartesia.via == "livekit":
            livekit = settings.require_livekit()
            return inference.TTS(
                f"cartesia/{voice.model}" if voice.model else settings.cartesia.inference_model,
                voice=voice.id,
                api_key=livekit.key,
                api_secret=livekit.secret.get_secret_value(),
            )
        assert settings.cartesia.api_key is not None
        return cartesia.TTS(
            api_key=settings.cartesia.api_key.get_secret_value(),
            model=voice.model or settings.cartesia.model,
            voice=voice.id,
            base_url=settings.cartesia.base_url,
        )

    def _azure_speech(self, name: str) -> Speech:
        azure = self.settings.azure
        return openai.TTS.with_azure(
            voice=name,
            model=azure.tts_deployment or "",
            speed=self.settings.realtime.speed,
            azure_endpoint=azure.resource_url,
            azure_deployment=azure.tts_deployment,
            api_version=azure.tts_api_version,
            response_format="pcm",
            **self._azure_sign_in(),
        )

    async def model_ends(self) -> dict[str, datetime]:
        """When the models of the Azure resource end. Raises what `lifecycle.model_ends` and signing in do."""
        endpoint = self.settings.azure.resource_url
        async with AsyncAzureOpenAI(
            azure_endpoint=endpoint, api_version=lifecycle.API_VERSION, max_retries=0, **self._azure_sign_in()
        ) as client:
            return await lifecycle.model_ends(client)

    def _azure_sign_in(self) -> dict[str, Any]:
        azure = self.settings.azure
        if azure.auth == "entra":
            return {"azure_ad_token_provider": self.entra_token}
        return {"api_key": azure.api_key.get_secret_value() if azure.api_key else None}
