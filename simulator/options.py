"""How the simulator behaves where real services differ, where facts are not sure, and where time is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simulator.detector import DetectorName
from simulator.faults import Fault
from simulator.times import Pace, Positive, Seconds, Time

TextDrift = Literal["off", "loaded-text", "any-text"]


@dataclass
class Options:
    """Times are in seconds unless the name says otherwise. The defaults answer at once and let everybody in.

    A `Time` or a `Pace` is a number, or drawn anew each time: `Between(0.3, 0.9)`, `Percentiles(0.4, 0.9)`.
    What is changed while a simulator runs holds from the next connection, session or answer on.
    """

    # Time
    connect_delay: Time = 0.0
    """From the request to the answered handshake (TCP, TLS and the service's own work)."""
    round_trip: Seconds = 0.0
    """Network: half of it each way, on every frame of the realtime socket, and one on its handshake."""
    first_token: Time | None = None
    """From `response.create` to the first item, be it text, a call or what will be spoken. None: as `first_audio`."""
    first_audio: Time = 0.0
    """From `response.create` to the first audio."""
    pace: Pace = 8.0
    """Audio is sent this many times faster than it plays."""
    chunk: Positive = 0.1
    """Audio in one delta, as it plays."""
    transcript_lead: Seconds = 0.5
    """How far the transcript of an answer runs ahead of its audio."""
    text_word: Time = 0.0
    """Time for one word of a text answer."""
    arguments_piece: Time = 0.0
    """Time for one piece of a tool call's arguments, some 24 characters."""
    transcription_delay: Time = 0.0
    """From a committed turn to its transcript."""

    # Who may connect
    api_key: str | None = field(default=None, repr=False)
    """The one key of realtime and speech. None: any."""
    token: str | None = field(default=None, repr=False)
    """The one Entra token (`Authorization: Bearer`). None: any."""
    token_lifetime: Seconds | None = None
    """A token is refused with 401 this long after it was first seen."""
    deployments: frozenset[str] | None = None
    """Deployments that exist; others are 404 DeploymentNotFound. None: all."""
    models: Mapping[str, int] = field(default_factory=dict)
    """The models that the resource lists, and when each ends, in seconds since 1970.

    A deployment of that name is refused from then on: its model has been retired.
    """
    api_version_on_ga: int | None = 401
    """Status for an `api-version` on the GA path. None: let it in."""
    openai_refusal: Literal["socket", "status"] = "socket"
    """Who may not connect to OpenAI's own path gets a socket, an `error` event and a close code, or an HTTP status."""

    # The realtime session
    ga_seconds: Positive = 3600.0
    """Longest GA session."""
    preview_seconds: Positive = 1800.0
    """Longest preview session."""
    conversation_created: Literal["preview", "both", "none"] = "preview"
    """Which dialects say `conversation.created` after `session.created`."""
    item_object: bool = False
    """GA items carry `object: "realtime.item"`. Preview items always do."""
    obfuscation: bool = True
    """GA deltas carry `obfuscation`."""
    retrieved_audio: bool = True
    """`conversation.item.retrieved` has the audio: what was said is kept as long as the session lasts."""
    item_done_first: bool = True
    """`conversation.item.done` comes before `response.output_item.done`, not after it."""
    binary_refused: bool = True
    """A binary frame is answered with `invalid_event`. False: it is passed over."""
    ping: Positive | None = 20.0
    """A WebSocket ping this often. None: none."""
    own_delete_error: bool = True
    """Deleting an unknown item is refused in words of its own and without `param`. False: as for other events."""
    empty_previous_appends: bool = True
    """`previous_item_id: ""` is as good as none. False: it is the id of an item that does not exist."""
    duplicate_item_ids: bool = False
    """As some models do: a second item may have an id that another has; events mean the first."""
    rate_limits_updated: bool = True
    """`rate_limits.updated` after each response."""
    prompts: Mapping[str, Mapping[str, str]] | None = None
    """Prompts that the service keeps: id -> version -> words, with variables as `{{name}}`.

    One stands for instructions where there are none; its last version is the current one. None: any id exists, and
    says nothing.
    """
    max_instructions_tokens: int | None = None
    """Longer instructions are refused (16,384 has been reported)."""
    max_id_length: int | None = 32
    """Longer item and call ids are refused."""
    check_call_ids: bool = True
    """A tool's output needs the call that it answers in the conversation."""
    cannot_update_voice: bool = True
    """A new voice after assistant audio: the whole update is refused."""
    truncation_inert: bool = True
    """As seen on Azure: `truncation` is accepted and echoed, and nothing is ever cut."""
    context_tokens: int = 28_672
    """Where truncation begins, when it is not inert."""
    reasoning: bool = False
    """A reasoning model, gpt-realtime-2 and later: sessions tell their effort, and an answer's messages their phase."""
    text_drift: TextDrift = "off"
    """An audio session answers in text when the conversation holds assistant text: loaded by the client, or any."""
    asked_audio_drifts: bool = False
    """Text drift also hits a `response.create` that itself asks for audio."""
    error_codes: Mapping[str, str] = field(default_factory=dict)
    """Other codes for errors whose code is not documented: see `DEFAULT_CODES`."""

    # Ears
    detector: DetectorName = "silero"
    """What tells speech from silence: "silero" hears voices only, "energy" anything loud (a tone, in a benchmark)."""
    semantic_vad_deaf: bool = False
    """As seen on Azure: `semantic_vad` never says `speech_started` and never cancels a response."""
    transcription_deployments: frozenset[str] | None = None
    """Transcription deployments that exist; with others each transcription fails. None: all."""

    # Cartesia
    cartesia_key: str | None = field(default=None, repr=False)
    """The one key. None: any."""
    cartesia_connect_delay: Time = 0.0
    cartesia_first_audio: Time = 0.0
    cartesia_pace: Pace = 8.0
    cartesia_models: frozenset[str] | None = None
    """Models that exist. None: all."""
    cartesia_sunset: frozenset[str] = frozenset()
    """Models that once existed: `model_sunsetted`."""
    cartesia_uncontrolled: frozenset[str] = frozenset()
    """Models that refuse a speed or a volume of their own, as was documented of sonic-3.5."""
    cartesia_voices: Mapping[str, str] = field(
        default_factory=lambda: {"f786b574-daa5-4673-aa0c-cbe3e8534c02": "Katie"}
    )
    """Voices that are listed, by id, with their names. Others speak as well."""
    cartesia_contexts: int | None = None
    """Contexts that may be active at once, over all sockets; 429 past it."""
    cartesia_context_expiry: Positive = 5.0
    """A context without input or output for this long is over."""
    cartesia_idle: Positive = 300.0
    """A socket without messages for this long is closed."""

    # Azure speech
    speech_first_audio: Time = 0.0

    # Faults from the start
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    """Of all dice: of times that are drawn, and of faults by probability."""

    def code(self, name: str) -> str:
        """The error code for `name`, a key of `DEFAULT_CODES`."""
        return self.error_codes.get(name, DEFAULT_CODES[name])


DEFAULT_CODES: Mapping[str, str] = {
    "unknown_item": "item_not_found",
    "delete_unknown": "item_delete_invalid_item_id",
    "retrieve_unknown": "item_retrieve_invalid_item_id",
    "truncate_unknown": "item_truncate_invalid_item_id",
    "truncate_not_audio": "invalid_value",
    "previous_unknown": "item_not_found",
    "approval_unknown": "item_not_found",
    "call_unknown": "invalid_tool_call_id",
    "too_long": "string_above_max_length",
    "tracing_fixed": "invalid_value",
    "cartesia_control": "invalid_request",
    "model_ended": "ModelDeprecated",
    "secret_dialect": "api_version_mismatch",
    "prompt_unknown": "invalid_value",
    "prompt_variables": "invalid_value",
}
"""Codes that were recalled or guessed, not documented."""
