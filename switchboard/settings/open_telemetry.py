"""OpenTelemetry's own settings, `OTEL_...`: its library reads them in the environment, and we whether there are any."""

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values

Protocol = Literal["grpc", "http/protobuf"]
PREFIX = "OTEL_"


def trace_protocol(
    env_file: Path | None = Path(".env"), environ: MutableMapping[str, str] | None = None
) -> Protocol | None:
    """How traces are exported; None: they are not, for nobody says where to.

    What `.env` says of OpenTelemetry is put into the environment, where its library finds it.
    """
    environ = os.environ if environ is None else environ
    for name, value in (dotenv_values(env_file) if env_file else {}).items():
        if name.startswith(PREFIX) and value:
            environ.setdefault(name, value)
    said = {name: value.strip() for name, value in environ.items() if name.startswith(PREFIX) and value.strip()}
    if said.get("OTEL_SDK_DISABLED", "").lower() == "true" or said.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp":
        return None
    if not said.keys() & {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}:
        return None
    general = said.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    return "grpc" if said.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", general) == "grpc" else "http/protobuf"
