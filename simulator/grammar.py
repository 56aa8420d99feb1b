"""What a client may say in each dialect: the `openai` package's models, and where the service or we differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from openai.types.beta import realtime as beta
from openai.types.beta.realtime import session_update_event, transcription_session_update
from openai.types.beta.realtime.conversation_item_content import ConversationItemContent
from openai.types.realtime import (
    ConversationItemCreateEvent,
    ConversationItemDeleteEvent,
    ConversationItemRetrieveEvent,
    ConversationItemTruncateEvent,
    InputAudioBufferAppendEvent,
    InputAudioBufferClearEvent,
    InputAudioBufferCommitEvent,
    RealtimeConversationItemAssistantMessage,
    RealtimeConversationItemFunctionCall,
    RealtimeConversationItemFunctionCallOutput,
    RealtimeConversationItemSystemMessage,
    RealtimeConversationItemUserMessage,
    RealtimeFunctionTool,
    RealtimeMcpApprovalResponse,
    RealtimeReasoning,
    RealtimeSessionCreateRequest,
    RealtimeTranscriptionSessionCreateRequest,
    ResponseCancelEvent,
    ResponseCreateEvent,
    SessionUpdateEvent,
)
from openai.types.realtime.realtime_tools_config_union import Mcp
from openai.types.realtime.response_item_reference import ResponseItemReference
from openai.types.responses import ToolChoiceFunction, ToolChoiceMcp
from pydantic import BaseModel

from simulator.errors import invalid, missing
from simulator.rules import (
    a_tool,
    an_object,
    audio,
    combinations,
    content,
    decimals,
    image,
    integers,
    metadata,
    one_of,
)
from simulator.shape import Rule, Shape, Shapes

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
SECRET_SECONDS = integers(10, 7200)
"""How long a browser's secret may be good."""
Place = TypeVar("Place")
TokenLimit: TypeAlias = int | Literal["inf"] | None
ToolChoice: TypeAlias = Literal["none", "auto", "required"] | ToolChoiceFunction | None
GaTool: TypeAlias = RealtimeFunctionTool | Mcp
GaToolChoice: TypeAlias = ToolChoice | ToolChoiceMcp
Logprobs: TypeAlias = list[Literal["item.input_audio_transcription.logprobs"]] | None
Item: TypeAlias = (
    RealtimeConversationItemSystemMessage
    | RealtimeConversationItemUserMessage
    | RealtimeConversationItemAssistantMessage
    | RealtimeConversationItemFunctionCall
    | RealtimeConversationItemFunctionCallOutput
)
GaItem: TypeAlias = Item | RealtimeMcpApprovalResponse


class Grammar:
    """The events of one dialect."""

    def __init__(
        self, events: Mapping[str, type[BaseModel]], types: Mapping[str, Any], rules: Mapping[str, Rule]
    ) -> None:
        shapes = Shapes(types, rules)
        self._events: Mapping[str, Shape] = {name: shapes.fields(model, "") for name, model in events.items()}

    def check(self, event: Mapping[str, Any]) -> None:
        """All of a client event. Raises ProtocolError."""
        shape = self._events.get(event["type"])
        if shape is None:
            raise invalid("type", event["type"], tuple(self._events))
        shape.check(event, "")


def _messages(place: str) -> dict[str, Rule]:
    """The rules for an item's content."""
    part = f"{place}.content[]"
    return {part: content, f"{part}.audio": audio, f"{part}.image_url": image}


def _tools(place: str) -> dict[str, Rule]:
    return {f"{place}.tools[]": a_tool, f"{place}.tools[].parameters": an_object}


def _detection(place: str) -> dict[str, Rule]:
    return {
        f"{place}.threshold": decimals(0.0, 1.0),
        f"{place}.prefix_padding_ms": integers(0),
        f"{place}.silence_duration_ms": integers(0),
        f"{place}.idle_timeout_ms": integers(0),
    }


COMMON_RULES: Mapping[str, Rule] = {
    **_tools("session"),
    **_tools("response"),
    "session.tracing.metadata": an_object,
    "response.metadata": metadata,
    "response.conversation": one_of("auto", "none"),
}
GA_HEARING: Mapping[str, type[BaseModel]] = {
    "session.update": SessionUpdateEvent,
    "input_audio_buffer.append": InputAudioBufferAppendEvent,
    "input_audio_buffer.commit": InputAudioBufferCommitEvent,
    "input_audio_buffer.clear": InputAudioBufferClearEvent,
    "conversation.item.delete": ConversationItemDeleteEvent,
    "conversation.item.retrieve": ConversationItemRetrieveEvent,
}
TOLD: Mapping[str, Any] = {"session.object": str | None, "session.id": str | None, "session.expires_at": int | None}
"""A client may send back the session that it was told."""
GA = Grammar(
    {
        **GA_HEARING,
        "conversation.item.create": ConversationItemCreateEvent,
        "conversation.item.truncate": ConversationItemTruncateEvent,
        "response.create": ResponseCreateEvent,
        "response.cancel": ResponseCancelEvent,
    },
    types={
        **TOLD,
        "session": RealtimeSessionCreateRequest,
        "session.tools[]": GaTool,
        "session.tool_choice": GaToolChoice,
        "response.tools[]": GaTool,
        "response.tool_choice": GaToolChoice,
        "item": GaItem,
        "response.input[]": Item | ResponseItemReference,
    },
    rules={
        **COMMON_RULES,
        **_messages("item"),
        **_messages("response.input[]"),
        **_detection("session.audio.input.turn_detection"),
        "session.audio.output.voice": one_of(*VOICES),
        "session.audio.output.speed": decimals(0.25, 1.5),
        "session.output_modalities": combinations(["text"], ["audio"]),
        "session.max_output_tokens": integers(1, 4096),
        "session.truncation.retention_ratio": decimals(0.0, 1.0),
        "session.truncation.token_limits.post_instructions": integers(0),
        "response.audio.output.voice": one_of(*VOICES),
        "response.output_modalities": combinations(["text"], ["audio"]),
        "response.max_output_tokens": integers(1, 4096),
    },
)

GA_TRANSCRIPTION = Grammar(
    GA_HEARING,
    types={**TOLD, "session": RealtimeTranscriptionSessionCreateRequest},
    rules=_detection("session.audio.input.turn_detection"),
)

BETA_NEEDS: Mapping[str, tuple[str, ...]] = {
    "message": ("role", "content"),
    "function_call": ("name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "item_reference": ("id",),
}
BETA_CONTENT: Mapping[str, tuple[str, ...]] = {
    "user": ("input_text", "input_audio"),
    "system": ("input_text",),
    "assistant": ("text", "audio"),
}


def _beta_item(value: Any, path: str) -> None:
    """The preview's models have all items in one; what each of them needs is not in their types."""
    if value.get("type") is None:
        raise missing(f"{path}.type")
    for name in BETA_NEEDS[value["type"]]:
        if value.get(name) is None:
            raise missing(f"{path}.{name}")
    if value["type"] == "message":
        for index, part in enumerate(value["content"]):
            if part["type"] not in BETA_CONTENT[value["role"]]:
                raise invalid(f"{path}.content[{index}].type", part["type"], BETA_CONTENT[value["role"]])


PREVIEW_HEARING: Mapping[str, type[BaseModel]] = {
    "input_audio_buffer.append": beta.InputAudioBufferAppendEvent,
    "input_audio_buffer.commit": beta.InputAudioBufferCommitEvent,
    "input_audio_buffer.clear": beta.InputAudioBufferClearEvent,
    "conversation.item.delete": beta.ConversationItemDeleteEvent,
    "conversation.item.retrieve": beta.ConversationItemRetrieveEvent,
}
PREVIEW_TYPES: Mapping[str, Any] = {
    # A deployment's name is no model's.
    "session.model": str | None,
    "session.tool_choice": ToolChoice,
    "session.reasoning": RealtimeReasoning | None,
    "session.include": Logprobs,
    "response.tool_choice": ToolChoice,
    "response.max_output_tokens": TokenLimit,
    "response.input[].content[]": ConversationItemContent,
}
PREVIEW_RULES: Mapping[str, Rule] = {
    **COMMON_RULES,
    **_messages("item"),
    **_messages("response.input[]"),
    **_detection("session.turn_detection"),
    "item": _beta_item,
    "response.input[]": _beta_item,
    "session.modalities": combinations(["text"], ["audio", "text"]),
    "session.voice": one_of(*VOICES),
    "session.speed": decimals(0.25, 1.5),
    "session.temperature": decimals(0.6, 1.2),
    "session.max_response_output_tokens": integers(1, 4096),
    "session.client_secret.expires_after.seconds": SECRET_SECONDS,
    "response.modalities": combinations(["text"], ["audio", "text"]),
    "response.voice": one_of(*VOICES),
    "response.temperature": decimals(0.6, 1.2),
    "response.max_output_tokens": integers(1, 4096),
    "response.max_response_output_tokens": integers(1, 4096),
}
PREVIEW = Grammar(
    {
        "session.update": beta.SessionUpdateEvent,
        **PREVIEW_HEARING,
        "conversation.item.create": beta.ConversationItemCreateEvent,
        "conversation.item.truncate": beta.ConversationItemTruncateEvent,
        "response.create": beta.ResponseCreateEvent,
        "response.cancel": beta.ResponseCancelEvent,
    },
    types=PREVIEW_TYPES,
    rules=PREVIEW_RULES,
)
WRITTEN_TYPES: Mapping[str, Any] = {
    "session.input_audio_transcription.model": str | None,
    "session.include": Logprobs,
}
WRITTEN_RULES: Mapping[str, Rule] = {
    **_detection("session.turn_detection"),
    "session.client_secret.expires_at.seconds": SECRET_SECONDS,
}
PREVIEW_TRANSCRIPTION = Grammar(
    {"transcription_session.update": beta.TranscriptionSessionUpdate, **PREVIEW_HEARING},
    types=WRITTEN_TYPES,
    rules=WRITTEN_RULES,
)


def _alone(places: Mapping[str, Place]) -> Mapping[str, Place]:
    """What is said of a session in an event, of one that stands alone."""
    inside = "session."
    return {path.removeprefix(inside): value for path, value in places.items() if path.startswith(inside)}


PREVIEW_SESSION = Shapes(_alone(PREVIEW_TYPES), _alone(PREVIEW_RULES)).fields(session_update_event.Session, "")
PREVIEW_WRITTEN_SESSION = Shapes(_alone(WRITTEN_TYPES), _alone(WRITTEN_RULES)).fields(
    transcription_session_update.Session, ""
)
"""A session as a request over HTTP has it."""
