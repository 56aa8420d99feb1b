"""Spans as they may leave the house: LiveKit's hold prompts, transcripts, arguments and names of callers.

What may leave is listed, so that what a new version adds stays here. Nothing in the lists is what somebody said.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

OURS = "switchboard."
NAMES = frozenset({
    "call", "turn", "handoff", "person",
    "job_entrypoint", "job_shutdown", "agent_session", "session_start", "session_close", "on_session_end",
    "session_end_upload", "room_connect", "room_disconnect", "wait_for_participant", "publish_audio_output",
    "start_agent_activity", "drain_agent_activity", "pause_agent_activity", "resume_agent_activity", "update_agent",
    "on_enter", "on_exit", "user_turn", "user_speaking", "agent_turn", "agent_speaking", "eou_detection", "eou_wait",
    "on_user_turn_completed", "realtime_inference", "realtime_metrics", "llm_node", "llm_request", "tts_node",
    "tts_request", "function_tool", "setup_toolsets", "shutdown_callback", "event_loop_blocked",
    "wait_for_audio_track", "llm_request_run", "llm_fallback_adapter", "tts_request_run", "tts_stream_adapter",
    "tts_fallback_adapter", "rpc_call", "rpc_handler", "amd", "keyterm_detection", "judge_evaluation",
})  # fmt: skip
"""Another span is told without its name."""
KEYS = frozenset({
    "lk.speech_id", "lk.agent_label", "lk.previous_agent_label", "lk.retry_count", "lk.participant_kind", "lk.job_id",
    "lk.agent_name", "lk.room_sid", "lk.dispatch_id", "lk.job.worker_id", "lk.job.accept_latency",
    "lk.job.assignment_latency", "lk.job.launch_latency", "lk.job.entrypoint_latency", "lk.job.dispatch_latency",
    "lk.connection_state", "lk.old_state", "lk.new_state", "lk.close_reason", "lk.close.drain",
    "lk.shutdown.user_initiated", "lk.generation_id", "lk.parent_generation_id", "lk.generation_count",
    "lk.interrupted", "lk.response.ttft", "lk.response.ttfb", "lk.function_tool.id", "lk.function_tool.name",
    "lk.function_tool.is_error", "lk.tts.streaming", "lk.tts.label", "lk.eou.probability", "lk.eou.endpointing_delay",
    "lk.transcription_delay", "lk.end_of_turn_delay", "lk.on_user_turn_completed_delay", "lk.speech.queue_wait",
    "lk.e2e_latency", "lk.playout.position", "lk.fallback.label", "lk.fallback.index", "lk.first_frame_delay",
    "lk.blocking.duration", "lk.blocking.cpu_time", "lk.blocking.gc_time", "lk.blocking.count",
    "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
    "gen_ai.response.finish_reasons", "gen_ai.response.time_to_first_chunk", "gen_ai.conversation.id",
    "gen_ai.agent.name", "gen_ai.tool.name", "gen_ai.tool.type", "gen_ai.workflow.name", "gen_ai.output.type",
    "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.text.input_tokens", "gen_ai.usage.text.output_tokens",
    "gen_ai.usage.text.cache_read.input_tokens", "gen_ai.usage.audio.input_tokens",
    "gen_ai.usage.audio.output_tokens", "gen_ai.usage.audio.cache_read.input_tokens",
    "error.type", "exception.type",
})  # fmt: skip
EVENTS = frozenset({"exception", "entrypoint_returned", "entrypoint_cancelled", "step", "error", "recovered"})


class Wordless(SpanExporter):
    """Hands to `exporter` what is left of each span."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """As OpenTelemetry asks for it."""
        return self._exporter.export([without_words(span) for span in spans])

    def shutdown(self) -> None:
        """The same."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """The same."""
        return self._exporter.force_flush(timeout_millis)


def without_words(span: ReadableSpan) -> ReadableSpan:
    """The span with what is listed, its times, and whether it failed."""
    return ReadableSpan(
        name=span.name if span.name in NAMES else "other",
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span.attributes),
        events=[
            Event(event.name, _allowed(event.attributes), event.timestamp)
            for event in span.events
            if event.name in EVENTS
        ],
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (attributes or {}).items() if key in KEYS or key.startswith(OURS)}
