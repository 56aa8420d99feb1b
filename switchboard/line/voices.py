"""The voices that agents can speak in."""

from dataclasses import dataclass
from typing import ClassVar, Literal

Modality = Literal["audio", "text"]
"""What the realtime model answers in: its own audio, or text for a text-to-speech."""


@dataclass(frozen=True)
class Voice:
    """How an agent sounds. Who speaks it is found by its class, in `VENDORS` of `switchboard/services/providers.py`."""

    kind: ClassVar[str]
    """For programs and pages."""
    modality: ClassVar[Modality] = "text"

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.kind.capitalize()} voice"


@dataclass(frozen=True)
class NativeVoice(Voice):
    """The realtime model's own audio: one voice for all agents of a call that speak natively (`REALTIME_VOICE`)."""

    kind = "native"
    modality = "audio"

    @property
    def label(self) -> str:
        return "native voice"


@dataclass(frozen=True)
class CartesiaVoice(Voice):
    """The model's text, spoken by Cartesia in a voice of the agent's own."""

    kind = "cartesia"
    id: str
    """The voice's id, as Cartesia's voice library shows it."""
    model: str | None = None
    """`sonic-3.5`, `sonic-3`, ...; None: the setting `CARTESIA_MODEL`."""


@dataclass(frozen=True)
class AzureVoice(Voice):
    """The model's text, spoken by the Azure OpenAI speech deployment: the realtime voices, from text."""

    kind = "azure"
    name: str

    @property
    def label(self) -> str:
        return f"Azure voice {self.name}"
