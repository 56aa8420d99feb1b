"""Traces go where OpenTelemetry's own settings say, and nowhere without them."""

from pathlib import Path

import pytest

from switchboard.settings.open_telemetry import trace_protocol

AT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "the-line"}, None),
        (AT, "http/protobuf"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, "http/protobuf"),
        (AT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "grpc"),
        (AT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"},
         "http/protobuf"),
        (AT | {"OTEL_SDK_DISABLED": "true"}, None),
        (AT | {"OTEL_TRACES_EXPORTER": "none"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, None),
    ],
)  # fmt: skip
def test_the_environment_says_whether_and_how(environ: dict[str, str], protocol: str | None) -> None:
    assert trace_protocol(None, dict(environ)) == protocol


def test_what_stands_in_the_file_is_where_the_library_finds_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318"\nOTEL_SERVICE_NAME=a\nOPENAI_API_KEY=secret\n')
    environ = {"OTEL_SERVICE_NAME": "b"}
    assert trace_protocol(file, environ) == "http/protobuf"
    assert environ == AT | {"OTEL_SERVICE_NAME": "b"}
