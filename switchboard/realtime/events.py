"""What an event says, where that takes more than a look."""

from livekit.agents import llm
from openai.types.realtime import (
    ConversationItem,
    RealtimeConversationItemFunctionCall,
    ResponseCreatedEvent,
    ResponseDoneEvent,
)

from switchboard.realtime.pieces import RATE


def asked_by(event: ResponseCreatedEvent) -> str:
    """The event that had asked for an answer; empty when the server answers by itself."""
    metadata = event.response.metadata
    return str(metadata.get("client_event_id", "")) if isinstance(metadata, dict) else ""


def failure(event: ResponseDoneEvent) -> str:
    """What the service says of its failure."""
    return str(getattr(getattr(event.response.status_details, "error", None), "message", None) or "")


def reason(event: ResponseDoneEvent) -> str:
    """Why an answer is not complete."""
    return str(getattr(event.response.status_details, "reason", None) or "")


def call_of(item: RealtimeConversationItemFunctionCall) -> llm.FunctionCall:
    """The call of a tool, as LiveKit has it."""
    return llm.FunctionCall(id=item.id or "", call_id=item.call_id or "", name=item.name, arguments=item.arguments)


def half_written(item: ConversationItem) -> bool:
    """Whether it is a tool call that was broken off while it was written."""
    return item.type == "function_call" and item.status == "incomplete"


def seconds(audio: str) -> float:
    """How long base64 of PCM16 at 24 kHz plays."""
    return len(audio) * 3 / 4 / 2 / RATE
