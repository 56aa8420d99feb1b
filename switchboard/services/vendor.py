"""Who can speak text: one class and one file a vendor."""

from typing import Generic, Protocol, TypeVar

from switchboard.line.agent import Speech
from switchboard.line.voices import Voice
from switchboard.tapes.tapes import Taping

OwnVoice = TypeVar("OwnVoice", bound=Voice, contravariant=True)


class Vendor(Protocol, Generic[OwnVoice]):
    """A text-to-speech service, made of the settings."""

    @property
    def configured(self) -> bool:
        """Whether the settings say how to reach it."""

    def speech(self, voice: OwnVoice, taping: Taping) -> Speech:
        """What speaks in `voice`; asked only where it is configured. `taping` takes its WebSockets, if it has any."""
