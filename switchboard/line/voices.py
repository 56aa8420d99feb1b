"""The voices that agents can speak in."""

from dataclasses import dataclass
from typing import Literal

Modality = Literal["audio", "text"]
"""What the realtime model answers in: its own audio, or text for a text-to-speech."""


@dataclass(frozen=True)
class NativeVoice:
    """The realtime model's own audio: one voice for all agents of a call that speak natively (`REALTIME_VOICE`)."""

    modality: Modality = "audio"


@dataclass(frozen=True)
class CartesiaVoice:
    """The model's text, spoken by Cartesia in a voice of the agent's own."""

    id: str
    """The voice's id, as Cartesia's voice library shows it."""
    model: str | None = None
    """`sonic-3.5`, `sonic-3`, ...; None: the setting `CARTESIA_MODEL`."""
    modality: Modality = "text"


@dataclass(frozen=True)
class AzureVoice:
    """The model's text, spoken by the Azure OpenAI speech deployment: the realtime voices, from text."""

    name: str
    modality: Modality = "text"


Voice = NativeVoice | CartesiaVoice | AzureVoice
