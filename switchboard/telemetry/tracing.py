"""Where the traces of this process go."""

import importlib
import threading
from functools import cache
from multiprocessing.util import Finalize

from livekit.agents.telemetry import set_tracer_provider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from switchboard.settings.open_telemetry import Protocol
from switchboard.telemetry.wordless import Wordless

EXPORTERS: dict[Protocol, str] = {
    "grpc": "opentelemetry.exporter.otlp.proto.grpc.trace_exporter",
    "http/protobuf": "opentelemetry.exporter.otlp.proto.http.trace_exporter",
}
LAST_SECONDS = 5.0
"""For the last spans of a process: one that has had its call does not wait longer for a collector that is away."""


@cache
def export_traces(protocol: Protocol) -> None:
    """Let LiveKit, and us, trace; once a process, before its first call.

    Where to, how many and under which name is OpenTelemetry's to read in the environment.
    """
    exporter: SpanExporter = importlib.import_module(EXPORTERS[protocol]).OTLPSpanExporter()
    # A name of the environment's goes before ours
    provider = TracerProvider(
        resource=Resource({SERVICE_NAME: "switchboard"}).merge(Resource.create()), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(Wordless(exporter)))
    set_tracer_provider(provider, allow_pii=False)
    # Not `atexit`, which a process of calls does not come to
    Finalize(None, _close, args=(provider,), exitpriority=10)


def _close(provider: TracerProvider) -> None:
    closing = threading.Thread(target=provider.shutdown, daemon=True)
    closing.start()
    closing.join(LAST_SECONDS)
