"""Settings: every wrong one is refused in one readable line, and no secret is ever shown."""

import ast
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from livekit.agents.llm._realtime.openai import process_base_url
from pydantic import SecretStr, ValidationError

from switchboard.settings import rules as settings_rules
from switchboard.settings.environment import load_settings, with_simulator
from switchboard.settings.process import shield_environment
from switchboard.settings.schema import SETTINGS, Azure, Settings, Turns, env_example
from switchboard.settings.values import Mistake, SettingsError

ROOT = Path(__file__).parents[3]
CANARY = "Canary-4f9a77c1"
"""Part of every secret below: whatever an error shows, it is not this."""
AZURE = {
    "AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com",
    "AZURE_OPENAI_API_KEY": f"azure-{CANARY}",
    "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
    "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "gpt-4o-mini-transcribe-2025-12-15",
}
OPENAI = {"OPENAI_API_KEY": f"openai-{CANARY}"}
LIVEKIT = {
    "LIVEKIT_URL": "wss://shop.livekit.cloud",
    "LIVEKIT_API_KEY": f"livekit-{CANARY}",
    "LIVEKIT_API_SECRET": f"secret-{CANARY}-{CANARY}",
}
CARTESIA = {"CARTESIA_API_KEY": f"cartesia-{CANARY}"}
POSTGRES = {"DATABASE_URL": f"postgresql://shop:{CANARY}@db.example/calls"}
EVERYTHING = AZURE | LIVEKIT | CARTESIA | POSTGRES
PREVIEW = AZURE | {"OPENAI_API_VERSION": "2025-04-01-preview"}

WRONG = {
    "REALTIME_PROVIDER": ["gcp", "entar"],
    "REALTIME_VOICE": ["aloy", "nova"],
    "REALTIME_SPEED": ["0.2", "1.6", "fast", "nan", "inf"],
    "REALTIME_REASONING_EFFORT": ["none", "maximal"],
    "REALTIME_NOISE_REDUCTION": ["yes"],
    "SIMULATOR_URL": ["simulator:8089", "ftp://simulator"],
    "REALTIME_MAX_SESSION_DURATION": ["0", "3600", "20m", "1.5"],
    "REALTIME_PATIENCE_SECONDS": ["0", "121", "20s", "nan"],
    "AZURE_OPENAI_ENDPOINT": [
        "shop.openai.azure.com",
        "https://",
        "https://shop openai.azure.com",
        "https://<resource>.openai.azure.com",
        "https://shop.openai.azure.com:port",
        "http://shop.openai.azure.com",
        "ws://10.0.0.1",
        "ftp://shop.openai.azure.com",
        "https://shop.openai.azure.com/openai/v1/realtime?model=gpt-realtime",
        f"https://shop.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&api-key={CANARY}",
        f"https://user:{CANARY}@shop.openai.azure.com",
        f"https://{CANARY}@shop.openai.azure.com",
        f"https://[{CANARY}",
    ],
    "AZURE_OPENAI_AUTH": ["token", "keys"],
    "AZURE_OPENAI_API_KEY": [f"two words {CANARY}", f"{CANARY}\nline", "<key>", f"{CANARY}\u00e9"],
    "AZURE_OPENAI_ENTRA_SCOPE": ["https://cognitiveservices.azure.com", "everything"],
    "AZURE_OPENAI_DEPLOYMENT": ["gpt realtime", "gpt?realtime"],
    "OPENAI_API_VERSION": ["preview", "2025", "2025-04-01-ga"],
    "AZURE_OPENAI_FALLBACK_DEPLOYMENT": ["gpt realtime"],
    "AZURE_OPENAI_FALLBACK_ENDPOINT": ["shop.openai.azure.com", f"https://{CANARY}@shop.openai.azure.com"],
    "AZURE_OPENAI_FALLBACK_API_KEY": [f"two words {CANARY}"],
    "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": ["whisper 1"],
    "AZURE_OPENAI_TTS_DEPLOYMENT": ["tts 1"],
    "AZURE_OPENAI_TTS_API_VERSION": ["latest"],
    "OPENAI_API_KEY": [f"two words {CANARY}"],
    "OPENAI_BASE_URL": ["api.openai.com", "https://api.openai.com/v1?model=x", f"https://u:{CANARY}@host/v1"],
    "OPENAI_MODEL": ["gpt realtime"],
    "OPENAI_TRANSCRIPTION_MODEL": ["whisper 1"],
    "CARTESIA_API_KEY": [f"two words {CANARY}"],
    "CARTESIA_VIA": ["cloud"],
    "CARTESIA_MODEL": ["aura-2", "cartesia/", "deepgram/sonic-3.5", "sonic 3"],
    "CARTESIA_BASE_URL": ["api.cartesia.ai", f"https://u:{CANARY}@host"],
    "TURN_DETECTION": ["vad", "none"],
    "VAD_THRESHOLD": ["1.1", "-0.1", "loud"],
    "VAD_PREFIX_MS": ["-1", "5001", "0.3s"],
    "VAD_SILENCE_MS": ["-1", "10001", "half a second"],
    "VAD_CREATE_RESPONSE": ["maybe", "2"],
    "VAD_INTERRUPT_RESPONSE": ["maybe"],
    "DATABASE_URL": [
        "var/switchboard.db",
        "sqlite://var/switchboard.db",
        "sqlite:///:memory:",
        f"mysql://shop:{CANARY}@db/calls",
        f"postgresql://shop:{CANARY}@db",
        f"postgresql://shop:{CANARY}@/calls",
        f"postgresql://shop:{CANARY}@db:port/calls",
        f"postgresql://shop:4242{CANARY}",
        f"postgresql://shop:a?b{CANARY}@db/calls",
        f"postgresql://shop:a#b{CANARY}@db/calls",
        f"postgresql://shop:a/b{CANARY}@db/calls",
        f"postgresql:/shop:{CANARY}@db/calls",
        f"mysql://db/calls?password={CANARY}",
    ],
    "LEDGER_RETENTION_DAYS": ["0", "3651", "forever"],
    "LEDGER_REDACTS": ["names", "cards,names", f"phones,{CANARY}"],
    "RECORDINGS_URL": [
        "/var/recordings",
        "file://var/recordings",
        "file:///",
        "file:///a/../b",
        "s3://",
        "s3://A",
        "s3://b?x=1",
        "https://s3.example.com/b",
        f"s3://key:{CANARY}@bucket",
    ],
    "RECORDINGS_S3_ENDPOINT": ["s3.example.com", "http://s3.example.com", f"https://u:{CANARY}@s3.example.com"],
    "RECORDINGS_S3_REGION": ["eu west", "x" * 65],
    "RECORDINGS_S3_KEY_ID": [f"two words {CANARY}"],
    "RECORDINGS_S3_SECRET": [f"two words {CANARY}", "<secret>"],
    "TAPES_FOLDER": ["tapes", "./tapes", "/", "/var/../tapes", f"tapes{CANARY}"],
    "LIVEKIT_URL": ["shop.livekit.cloud", "wss://", f"wss://u:{CANARY}@shop.livekit.cloud"],
    "LIVEKIT_API_KEY": [f"two words {CANARY}"],
    "LIVEKIT_API_SECRET": [f"two words {CANARY}", "x"],
    "LIVEKIT_PUBLIC_URL": ["livekit.example.com", f"wss://u:{CANARY}@livekit.example.com"],
    "LIVEKIT_AGENT_NAME": ["my agent"],
    "WORKER_MAX_CALLS": ["0", "1001", "many"],
    "WORKER_EXECUTOR": ["fiber"],
    "WORKER_IDLE_PROCESSES": ["-1", "65", "some"],
    "WORKER_PORT": ["-1", "65536", "health"],
    "WORKER_METRICS_PORT": ["0", "65536", "metrics"],
    "WORKER_GRACE_SECONDS": ["29", "14401", "soon"],
    "HTTP_HOST": ["my host", "http://host"],
    "HTTP_PORT": ["0", "65536", "http"],
    "HTTP_METRICS_HOST": ["my host", "http://host"],
    "HTTP_METRICS_PORT": ["0", "65536", "metrics"],
    "HTTP_CORS_ORIGINS": ["shop.example", "https://shop.example/path", "https://a.example; https://b.example"],
    "HTTP_RATE_LIMIT": ["0", "10001", "few"],
    "HTTP_TRUSTED_PROXIES": ["proxy", "10.0.0.0/33", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/8, ::/0", "*"],
    "CALLER_AUTH_ISSUER": ["login.example.com", f"https://u:{CANARY}@login.example.com"],
    "CALLER_AUTH_AUDIENCE": ["two words"],
    "CALLER_AUTH_JWKS_URL": [
        "login.example.com/jwks.json",
        f"https://u:{CANARY}@login.example.com",
        "http://login.example.com/jwks.json",
    ],
    "PHONE_NUMBERS": ["+15550100", "+15550100=", "=support-line", "abc=support-line", "1=x", "+1=a b", "12=a, +12=b"],
    "PHONE_ALLOWED_ADDRESSES": ["carrier.example", "10.0.0.1/8"],
    "PHONE_FIREWALLED": ["perhaps"],
    "PHONE_PUBLISHED_AT": ["somewhere nice", "127.0.0.1, ::1"],
    "PHONE_USERNAME": ["two words", "a;b"],
    "PHONE_PASSWORD": [f"two words {CANARY}", "<password>"],
    "PHONE_OUTBOUND_ADDRESS": ["sip:host", "host:port", "two words"],
    "PHONE_OUTBOUND_NUMBER": ["desk", "+1555x"],
    "PHONE_OUTBOUND_USERNAME": ["two words"],
    "PHONE_OUTBOUND_PASSWORD": [f"two words {CANARY}", "<password>"],
    "PHONE_OUTBOUND_TRANSPORT": ["sctp"],
    "PHONE_PEOPLE": ["desk", "desk=", "desk=a|b", "desk=+15550200|", "desk=sip:a b@c", "desk=+12; Desk=+13"],
    "PHONE_ASKS_FOR_PERSON_WITH_ZERO": ["maybe"],
    "PHONE_RING_SECONDS": ["4", "121", "soon"],
    "PHONE_ACCEPT_SECONDS": ["9", "301", "soon"],
    "PHONE_TAKES_NOTES": ["maybe"],
    "DESK_CALLS_BACK": ["44", "+44 20", "+44;+33"],
    "DESK_NEVER_CALLS_BACK": ["premium", "0900"],
    "DESK_CALLBACKS_PER_NUMBER": ["0", "1001", "some"],
    "DESK_CALLBACKS_PER_ORIGIN": ["0", "1001", "some"],
    "DESK_CALLBACKS_KEPT": ["-1", "1001", "some"],
    "DESK_TICKETS_PER_CALL": ["0", "1001", "some"],
    "DESK_TICKETS_PER_NUMBER": ["0", "1001", "some"],
    "DESK_TICKETS_PER_ORIGIN": ["0", "1001", "some"],
    "DESK_RINGS_PER_CALL": ["0", "1001", "some"],
    "DESK_RINGS_PER_ORIGIN": ["0", "1001", "some"],
    "LOG_FORMAT": ["xml"],
    "LOG_LEVEL": ["verbose"],
    "CALL_MAX_MINUTES": ["0", "241", "half an hour", "nan"],
    "CALL_SILENCE_SECONDS": ["0", "601", "a while"],
    "CALL_TOOL_SECONDS": ["0", "121", "a while"],
    "CALL_WAIT_SECONDS": ["4", "301", "a while"],
    "CALL_WARM_SECONDS": ["0", "61", "a while", "nan"],
    "CALL_GRACE_SECONDS": ["0", "301", "a while"],
    "CALLS_MAX": ["0", "10001", "many"],
    "CALLS_KEPT_FOR_PHONE": ["-1", "20", "some"],
    "CALLS_PER_ADDRESS": ["0", "10001", "many"],
    "CALLS_UNJOINED_PER_ADDRESS": ["0", "10001", "many"],
    "RESUME_MINUTES": ["0", "1441", "an hour"],
    "VERIFIED_AWAY_MINUTES": ["-1", "61", "a while", "nan"],
    "CALL_AGAIN_MINUTES": ["-1", "1441", "a while", "nan"],
    "PRICES_FILE": ["no-such-file.toml", "."],
    "CALL_MAX_COST": ["0", "10001", "little", "nan"],
    "OPERATE_OIDC_ISSUER": ["login.example.com", f"https://u:{CANARY}@login.example.com", "http://login.example.com"],
    "OPERATE_OIDC_CLIENT_ID": ["two words"],
    "OPERATE_OIDC_CLIENT_SECRET": [f"two words {CANARY}", "<secret>"],
    "OPERATE_ROLE_CLAIM": ["two words"],
    "OPERATE_ROLE_OPERATOR": ["two words"],
    "OPERATE_ROLE_SUPERVISOR": ["two words"],
    "OPERATE_ROLE_ADMIN": ["two words"],
    "OPERATE_SESSION_MINUTES": ["4", "1441", "a day"],
    "OPERATE_AUDIT_DAYS": ["0", "3651", "forever"],
    "OPERATE_PASSWORD": [f"two words {CANARY}", "<password>", "fifteen-letters"],
}


def load(environ: Mapping[str, str]) -> Settings:
    return load_settings(None, environ)


def problems_of(environ: Mapping[str, str], env_file: Path | None = None) -> tuple[Mistake, ...]:
    """What is wrong with these; on the way it is checked that each is one line without a secret."""
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file, environ)
    error = caught.value
    lines = str(error).splitlines()
    assert lines == [str(problem) for problem in error.problems]
    for line, problem in zip(lines, error.problems, strict=True):
        assert line.startswith(f"{problem.name}: found ")
        assert line.isprintable()
    for text in (str(error), repr(error), repr(error.problems), repr(error.__context__), repr(error.__cause__)):
        assert CANARY not in text
    return error.problems


def the_problem_of(environ: Mapping[str, str]) -> Mistake:
    (problem,) = problems_of(environ)
    return problem


def without(environ: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in names}


# Every setting wrong in turn


def test_the_table_of_wrong_values_covers_every_setting() -> None:
    assert list(WRONG) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_one_problem_that_names_it(name: str, value: str) -> None:
    problem = the_problem_of(EVERYTHING | {name: value})

    assert problem.name == name
    assert problem.expected
    assert problem.fix


def test_all_problems_are_told_at_once() -> None:
    wrong = {name: values[0] for name, values in WRONG.items()}

    assert {problem.name for problem in problems_of(wrong)} == set(WRONG)


def test_an_error_shows_what_was_found() -> None:
    assert the_problem_of({"REALTIME_VOICE": "nova"}).found == '"nova"'


def test_an_error_shows_a_database_without_its_password() -> None:
    problem = the_problem_of({"DATABASE_URL": f"postgresql://shop:{CANARY}@db:port/calls"})

    assert problem.found == '"postgresql://shop:***@db:port/calls"'


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if not setting.secret])
def test_a_key_pasted_into_the_wrong_setting_is_not_shown(name: str) -> None:
    key = f"!{CANARY}"
    environ = AZURE | {"AZURE_OPENAI_API_KEY": key, name: key}

    assert name in {problem.name for problem in problems_of(environ)}


def test_a_short_key_is_not_shown_either() -> None:
    assert "p w" not in str(the_problem_of(AZURE | {"AZURE_OPENAI_API_KEY": "p w"}))


def test_what_looks_like_a_key_is_not_shown() -> None:
    assert "0123456789abcdef" not in str(the_problem_of({"REALTIME_VOICE": "0123456789abcdef0123456789abcdef"}))


@pytest.mark.parametrize(
    "environ", [EVERYTHING, OPENAI | LIVEKIT, AZURE | {"OPENAI_API_KEY": CANARY}, POSTGRES], ids=str
)
def test_settings_show_no_secret(environ: dict[str, str]) -> None:
    settings = load(environ)

    for text in (repr(settings), str(settings), settings.model_dump_json(), settings.storage.shown_url):
        assert CANARY not in text
    assert all(CANARY not in warning for warning in settings.warnings)


def test_a_group_built_by_hand_shows_no_secret_either() -> None:
    with pytest.raises(ValidationError) as caught:
        Azure(api_key=SecretStr(f"two words {CANARY}"))

    assert CANARY not in str(caught.value)


# Reading


def test_without_anything_set_the_defaults_hold() -> None:
    settings = load({})

    assert settings == Settings()
    assert settings.provider is None
    assert settings.warnings == ()
    assert settings.storage.url.get_secret_value() == "sqlite:///var/switchboard.db"
    assert (settings.turns.threshold, settings.turns.prefix_ms, settings.turns.silence_ms) == (0.5, 300, 500)
    assert settings.turns.create_response
    assert settings.turns.interrupt_response
    assert not settings.turns.client_side


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("REALTIME_VOICE=ash\nREALTIME_SPEED=1.2\n")

    settings = load_settings(file, {"REALTIME_VOICE": "coral"})

    assert settings.realtime.voice == "coral"
    assert settings.realtime.speed == 1.2


def test_the_file_is_read_as_people_write_such_files(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(
        "\ufeff# a comment\r\n\r\nexport REALTIME_VOICE = \"Ash\"  # mine\r\nLOG_FORMAT=' json '\r\nLOG_LEVEL=\r\n"
        "POSTGRES_PASSWORD=not-ours\r\n".encode()
    )

    settings = load_settings(file, {})

    assert (settings.realtime.voice, settings.log.format, settings.log.level) == ("ash", "json", "info")


def test_a_missing_file_is_no_problem(tmp_path: Path) -> None:
    assert load_settings(tmp_path / ".env", {}) == Settings()


@pytest.mark.parametrize("line", [f"REALTIME VOICE={CANARY}", CANARY, f"LOG_FORMAT='json {CANARY}"])
def test_a_line_of_the_file_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"REALTIME_VOICE=ash\n{line}\n")

    (problem,) = problems_of({}, file)

    assert problem.name == f"{file} line 2"


@pytest.mark.parametrize("content", [b"REALTIME_VOICE=\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content) if content else file.mkdir()

    (problem,) = problems_of({}, file)

    assert problem.name == str(file)


@pytest.mark.parametrize("value", ["", "  ", '""', "' '"])
def test_an_empty_value_counts_as_unset(value: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("REALTIME_SPEED=1.2")

    assert load({setting.name: value for setting in SETTINGS}) == Settings()
    assert load_settings(file, {"REALTIME_SPEED": value}).realtime.speed == 1.2


def test_quotation_marks_and_spaces_around_a_value_are_not_part_of_it() -> None:
    settings = load(AZURE | {"AZURE_OPENAI_API_KEY": ' "abc" ', "REALTIME_VOICE": " 'Marin' "})

    assert settings.azure.api_key == SecretStr("abc")
    assert settings.realtime.voice == "marin"


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"REALTIME_VOICE": "verse"})

    assert load_settings(None).realtime.voice == "verse"


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("AZURE_OPENAI_DEPLOYMNT", "AZURE_OPENAI_DEPLOYMENT"),
        ("AZURE_OPENAI_ENDPONT", "AZURE_OPENAI_ENDPOINT"),
        ("AZURE_OPENAI_KEY", "AZURE_OPENAI_API_KEY"),
        ("REALTIME_VOIC", "REALTIME_VOICE"),
        ("realtime_voice", "REALTIME_VOICE"),
        ("CARTESIA_API_KEYS", "CARTESIA_API_KEY"),
        ("VAD_TRESHOLD", "VAD_THRESHOLD"),
        ("TURN_DETECTON", "TURN_DETECTION"),
        ("LIVEKIT_API_SECRT", "LIVEKIT_API_SECRET"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("LOG_LEVL", "LOG_LEVEL"),
        ("CALL_MAX_MINUTE", "CALL_MAX_MINUTES"),
    ],
)
def test_a_mistyped_name_is_one_problem_with_the_name_that_was_meant(typo: str, meant: str) -> None:
    problem = the_problem_of(without(AZURE | LIVEKIT, meant) | {typo: CANARY})

    assert problem.name == typo
    assert f"did you mean {meant}?" in problem.fix


def test_an_unknown_name_that_can_only_be_ours_is_refused() -> None:
    assert the_problem_of({"REALTIME_COLOUR": CANARY}).name == "REALTIME_COLOUR"


@pytest.mark.parametrize(
    "name",
    [
        *("OPENAI_ORG_ID", "OPENAI_API_TYPE", "OPENAI_PROJECT_ID", "OPENAI_LOG", "OPENAI_API_BASE", "OPENAI_ADMIN_KEY"),
        *("LIVEKIT_INFERENCE_URL", "LIVEKIT_AGENT_NAME_OVERRIDE", "LIVEKIT_AGENT_ID", "LIVEKIT_PORT", "LIVEKIT_TOKEN"),
        *("LIVEKIT_INFERENCE_API_KEY", "LIVEKIT_WORKER_TOKEN", "LIVEKIT_SIP_NUMBER", "LIVEKIT_SERVICE_HOST"),
        *("AZURE_OPENAI_AD_TOKEN", "AZURE_CLIENT_ID", "DATABASE_HOST", "LOG_DIR", "TURN_SERVER", "CALL_ID", "PATH"),
    ],
)
def test_names_of_other_programs_are_left_alone(name: str) -> None:
    assert load({name: "x"}) == Settings()


def test_a_name_that_is_nearly_ours_is_left_alone_when_ours_is_set_too() -> None:
    load(OPENAI | {"OPENAI_API_KEY2": CANARY})


# Who serves the model


@pytest.mark.parametrize(
    ("environ", "provider"),
    [
        (AZURE, "azure"),
        (AZURE | OPENAI, "azure"),
        (OPENAI, "openai"),
        (OPENAI | {"OPENAI_BASE_URL": "https://host/v1"}, "openai"),
        (AZURE | OPENAI | {"REALTIME_PROVIDER": "openai"}, "openai"),
        (AZURE | {"REALTIME_PROVIDER": "Simulator"}, "simulator"),
        (LIVEKIT | CARTESIA, None),
    ],
    ids=str,
)
def test_the_provider_is_the_one_named_or_else_the_one_set_up(environ: dict[str, str], provider: str | None) -> None:
    assert load(environ).provider == provider


def test_a_worker_does_not_start_without_a_provider() -> None:
    with pytest.raises(SettingsError, match=r"^REALTIME_PROVIDER: found nothing"):
        load(LIVEKIT).require_provider()
    assert load(AZURE).require_provider() == "azure"


def test_a_worker_does_not_start_without_livekit() -> None:
    with pytest.raises(SettingsError, match=r"^LIVEKIT_URL: found nothing"):
        load(AZURE).require_livekit()
    livekit = load(LIVEKIT).require_livekit()
    assert livekit.url == "wss://shop.livekit.cloud"
    assert livekit.secret.get_secret_value() == LIVEKIT["LIVEKIT_API_SECRET"]
    assert not any(secret in repr(livekit) for secret in (LIVEKIT["LIVEKIT_API_KEY"], LIVEKIT["LIVEKIT_API_SECRET"]))


@pytest.mark.parametrize("name", ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT", "AZURE_OPENAI_API_KEY"])
@pytest.mark.parametrize("provider", [{}, {"REALTIME_PROVIDER": "azure"}], ids=["unnamed", "named"])
def test_azure_without_a_part_is_refused(name: str, provider: dict[str, str]) -> None:
    assert the_problem_of(without(AZURE, name) | provider).name == name


@pytest.mark.parametrize(
    "environ", [{"REALTIME_PROVIDER": "openai"}, {"OPENAI_BASE_URL": "http://localhost:8000/v1"}], ids=str
)
def test_openai_without_a_key_is_refused(environ: dict[str, str]) -> None:
    assert the_problem_of(environ).name == "OPENAI_API_KEY"


def test_openai_has_no_api_version() -> None:
    assert the_problem_of(OPENAI | {"OPENAI_API_VERSION": "2025-04-01-preview"}).name == "OPENAI_API_VERSION"


# Azure


@pytest.mark.parametrize("scheme", ["https", "wss"])
@pytest.mark.parametrize("path", ["", "/", "/openai", "/openai/", "/openai/v1", "/openai/v1/", "/openai/v1/realtime"])
def test_an_endpoint_in_any_form_reaches_the_ga_api(scheme: str, path: str) -> None:
    azure = load(AZURE | {"AZURE_OPENAI_ENDPOINT": f"{scheme}://shop.openai.azure.com{path}"}).azure

    url = process_base_url(azure.realtime_url, "gpt-realtime", is_azure=True, azure_deployment="dep")
    assert url == "wss://shop.openai.azure.com/openai/v1/realtime?model=dep"
    assert azure.resource_url == "https://shop.openai.azure.com"
    assert azure.v1_url == "https://shop.openai.azure.com/openai/v1"


@pytest.mark.parametrize("path", ["", "/", "/openai", "/openai/realtime"])
def test_an_endpoint_with_an_api_version_reaches_the_preview_api(path: str) -> None:
    azure = load(PREVIEW | {"AZURE_OPENAI_ENDPOINT": f"wss://shop.openai.azure.com{path}"}).azure

    url = process_base_url(azure.realtime_url, "", True, "dep", azure.api_version)
    assert url == "wss://shop.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=dep"
    assert azure.resource_url == "https://shop.openai.azure.com"


@pytest.mark.parametrize(
    ("given", "realtime", "resource"),
    [
        ("/voice", "/voice/openai/v1/realtime", "/voice"),
        ("/voice/openai", "/voice/openai/v1/realtime", "/voice"),
        ("/voice/realtime", "/voice/realtime", "/voice"),
    ],
)
def test_the_path_of_a_gateway_is_kept(given: str, realtime: str, resource: str) -> None:
    azure = load(AZURE | {"AZURE_OPENAI_ENDPOINT": f"https://gateway.example:8443{given}"}).azure

    url = process_base_url(azure.realtime_url, "", True, "dep")
    assert url == f"wss://gateway.example:8443{realtime}?model=dep"
    assert azure.resource_url == f"https://gateway.example:8443{resource}"


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "ws://localhost:8080", "http://[::1]:8080"])
def test_an_endpoint_on_this_machine_needs_no_encryption(endpoint: str) -> None:
    azure = load(AZURE | {"AZURE_OPENAI_ENDPOINT": endpoint}).azure

    assert process_base_url(azure.realtime_url, "", True, "dep").startswith("ws://")


def test_a_target_uri_from_the_portal_is_refused_with_what_to_do() -> None:
    uri = "https://shop.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=gpt"
    problem = the_problem_of(AZURE | {"AZURE_OPENAI_ENDPOINT": uri})

    assert "AZURE_OPENAI_DEPLOYMENT" in problem.fix
    assert "OPENAI_API_VERSION" in problem.fix


def test_the_path_of_one_dialect_is_refused_in_the_other() -> None:
    ga = PREVIEW | {"AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com/openai/v1"}
    preview = AZURE | {"AZURE_OPENAI_ENDPOINT": "https://shop.openai.azure.com/openai/realtime"}

    assert the_problem_of(ga).name == "OPENAI_API_VERSION"
    assert the_problem_of(preview).name == "AZURE_OPENAI_ENDPOINT"


ENTRA = without(AZURE, "AZURE_OPENAI_API_KEY") | {"AZURE_OPENAI_AUTH": "entra"}


def test_entra_needs_no_key() -> None:
    azure = load(ENTRA).azure

    assert azure.api_key is None
    assert azure.entra_scope == "https://cognitiveservices.azure.com/.default"


def test_entra_and_a_key_together_are_refused() -> None:
    problem = the_problem_of(AZURE | ENTRA)

    assert problem.name == "AZURE_OPENAI_API_KEY"
    assert "which of the two is one setting, never both" in problem.expected


def test_a_scope_without_entra_is_refused() -> None:
    scope = {"AZURE_OPENAI_ENTRA_SCOPE": "https://ai.azure.com/.default"}

    assert the_problem_of(AZURE | scope).name == "AZURE_OPENAI_ENTRA_SCOPE"
    assert load(ENTRA | scope).azure.entra_scope == scope["AZURE_OPENAI_ENTRA_SCOPE"]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"AZURE_OPENAI_TTS_DEPLOYMENT": "tts"}, "AZURE_OPENAI_TTS_API_VERSION"),
        ({"AZURE_OPENAI_TTS_API_VERSION": "2025-04-01-preview"}, "AZURE_OPENAI_TTS_DEPLOYMENT"),
        (
            {"AZURE_OPENAI_TTS_DEPLOYMENT": "tts", "OPENAI_API_VERSION": "2025-04-01-preview"},
            "AZURE_OPENAI_TTS_API_VERSION",
        ),
    ],
)
def test_speech_needs_a_deployment_and_an_api_version_of_its_own(given: dict[str, str], missing: str) -> None:
    assert the_problem_of(AZURE | given).name == missing


def test_the_preview_dialect_is_accepted_with_a_warning() -> None:
    (warning,) = load(PREVIEW).warnings

    assert "deprecated" in warning


@pytest.mark.parametrize("detection", ["livekit", "multilingual"])
def test_the_preview_dialect_cannot_leave_the_turns_to_livekit(detection: str) -> None:
    assert the_problem_of(PREVIEW | {"TURN_DETECTION": detection}).name == "TURN_DETECTION"


def test_the_preview_dialect_ends_a_session_after_half_an_hour() -> None:
    long = {"REALTIME_MAX_SESSION_DURATION": "3000"}

    assert the_problem_of(PREVIEW | long).name == "REALTIME_MAX_SESSION_DURATION"
    assert load(AZURE | long).realtime.max_session_duration == 3000


def test_a_temperature_is_refused() -> None:
    assert the_problem_of(AZURE | {"REALTIME_TEMPERATURE": "0.8"}).name == "REALTIME_TEMPERATURE"


# Turns


VAD = {
    "VAD_THRESHOLD": "0.5",
    "VAD_PREFIX_MS": "300",
    "VAD_SILENCE_MS": "500",
    "VAD_CREATE_RESPONSE": "true",
    "VAD_INTERRUPT_RESPONSE": "true",
}


@pytest.mark.parametrize(
    ("detection", "useless"),
    [("semantic_vad", list(VAD)[:3]), ("livekit", list(VAD)[3:]), ("multilingual", list(VAD)[3:])],
)
def test_a_vad_setting_that_does_not_apply_is_refused_even_at_its_default(detection: str, useless: list[str]) -> None:
    for name in useless:
        assert the_problem_of(AZURE | {"TURN_DETECTION": detection, name: VAD[name]}).name == name
    load(AZURE | VAD)


def test_semantic_vad_on_azure_is_accepted_with_a_warning() -> None:
    semantic = {"TURN_DETECTION": "semantic_vad"}

    assert any("interrupt" in warning for warning in load(AZURE | semantic).warnings)
    assert load(OPENAI | semantic).warnings == ()


@pytest.mark.parametrize("environ", [AZURE, PREVIEW], ids=["ga", "preview"])
def test_a_model_that_does_not_answer_by_itself_must_not_interrupt_by_itself(environ: dict[str, str]) -> None:
    silent = environ | {"VAD_CREATE_RESPONSE": "false"}

    assert the_problem_of(silent).name == "VAD_INTERRUPT_RESPONSE"
    assert load(silent | {"VAD_INTERRUPT_RESPONSE": "no"}).turns.client_side


def test_interrupting_by_livekit_only_is_accepted_with_a_warning() -> None:
    (warning,) = load(AZURE | {"VAD_INTERRUPT_RESPONSE": "false"}).warnings

    assert warning.startswith("VAD_INTERRUPT_RESPONSE=false")


def test_local_turn_detection_is_client_side() -> None:
    assert load(AZURE | {"TURN_DETECTION": "livekit"}).turns.client_side
    assert load(AZURE | {"TURN_DETECTION": "multilingual"}).turns.client_side
    assert load(OPENAI | {"TURN_DETECTION": "multilingual"}).turns.client_side


@pytest.mark.parametrize(
    "environ",
    [without(AZURE, "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"), {"REALTIME_PROVIDER": "simulator"}, {}],
    ids=["azure", "simulator", "unnamed"],
)
def test_multilingual_needs_a_speech_to_text(environ: dict[str, str]) -> None:
    problem = the_problem_of(environ | {"TURN_DETECTION": "multilingual"})

    assert problem.name == "TURN_DETECTION"
    assert "speech-to-text" in problem.expected


# Optional parts, Cartesia, LiveKit


@pytest.mark.parametrize(
    ("environ", "module", "name", "extra"),
    [
        (ENTRA, "azure.identity", "AZURE_OPENAI_AUTH", "entra"),
        (
            AZURE | {"TURN_DETECTION": "multilingual"},
            "livekit.plugins.turn_detector",
            "TURN_DETECTION",
            "turn-detector",
        ),
        (POSTGRES, "asyncpg", "DATABASE_URL", "postgres"),
    ],
    ids=["entra", "turn-detector", "postgres"],
)
@pytest.mark.parametrize("parent_is_there", [True, False])
def test_a_setting_whose_part_is_not_installed_is_refused(
    environ: dict[str, str], module: str, name: str, extra: str, parent_is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_spec(wanted: str) -> None:
        assert wanted == module
        if not parent_is_there:
            raise ModuleNotFoundError(wanted)

    load(environ)
    monkeypatch.setattr(settings_rules, "find_spec", find_spec)

    problem = the_problem_of(environ)

    assert problem.name == name
    assert f"`{extra}`" in problem.expected


@pytest.mark.parametrize("model", ["sonic-3.5", "cartesia/sonic-3.5", "Cartesia/Sonic-3.5"])
def test_a_cartesia_model_is_written_with_or_without_its_maker(model: str) -> None:
    cartesia = load({"CARTESIA_MODEL": model.lower()}).cartesia

    assert (cartesia.model, cartesia.inference_model) == ("sonic-3.5", "cartesia/sonic-3.5")


@pytest.mark.parametrize("model", ["sonic", "sonic-turbo", "sonic-3", "sonic-3.5", "sonic-3-latest"])
def test_any_sonic_model_is_accepted(model: str) -> None:
    assert load({"CARTESIA_MODEL": model}).cartesia.model == model


VIA = {"CARTESIA_VIA": "livekit"}


def test_cartesia_is_reached_by_its_key_or_through_livekit_cloud() -> None:
    assert not load({}).cartesia.configured
    assert load(CARTESIA).cartesia.configured
    assert load(LIVEKIT | VIA).cartesia.configured


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        (VIA, "CARTESIA_VIA"),
        (LIVEKIT | VIA | {"LIVEKIT_URL": "wss://livekit.example"}, "CARTESIA_VIA"),
        (LIVEKIT | VIA | {"LIVEKIT_URL": "wss://evil-livekit.cloud"}, "CARTESIA_VIA"),
        (LIVEKIT | VIA | CARTESIA, "CARTESIA_API_KEY"),
        (LIVEKIT | VIA | {"CARTESIA_BASE_URL": "https://host"}, "CARTESIA_BASE_URL"),
        ({"CARTESIA_BASE_URL": "https://host"}, "CARTESIA_API_KEY"),
    ],
)
def test_cartesia_half_set_up_is_refused(environ: dict[str, str], name: str) -> None:
    assert the_problem_of(environ).name == name


@pytest.mark.parametrize("name", list(LIVEKIT))
def test_livekit_without_a_part_is_refused(name: str) -> None:
    assert the_problem_of(without(LIVEKIT, name)).name == name
    assert {problem.name for problem in problems_of({name: LIVEKIT[name]})} == set(LIVEKIT) - {name}


def test_cartesia_and_openai_addresses_become_http_addresses() -> None:
    settings = load(OPENAI | CARTESIA | {"OPENAI_BASE_URL": "ws://host/v1/", "CARTESIA_BASE_URL": "wss://host/"})

    assert (settings.openai.base_url, settings.cartesia.base_url) == ("http://host/v1", "https://host")
    assert any("not encrypted" in warning for warning in settings.warnings)


def test_what_is_set_for_the_other_provider_is_told() -> None:
    (warning,) = load(AZURE | OPENAI | {"OPENAI_MODEL": "gpt-realtime-2"}).warnings

    assert warning.startswith("OPENAI_API_KEY, OPENAI_MODEL: set but not used")


def test_speech_that_is_not_written_down_is_told() -> None:
    (warning,) = load(without(AZURE, "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT")).warnings

    assert warning.startswith("AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT is not set")


# The simulator


def test_the_simulator_stands_in_for_azure_and_cartesia_and_gets_nobodys_key() -> None:
    settings = with_simulator(load(EVERYTHING | {"REALTIME_VOICE": "ash"}), "http://127.0.0.1:9000")

    assert settings.provider == "simulator"
    assert settings.speaks_azure
    assert settings.realtime.voice == "ash"
    assert settings.azure.realtime_url == "http://127.0.0.1:9000/openai/v1/realtime"
    assert settings.azure.resource_url == settings.cartesia.base_url == "http://127.0.0.1:9000"
    assert settings.azure.api_key == settings.cartesia.api_key == SecretStr("simulator")


def test_the_simulator_speaks_the_dialect_that_is_set() -> None:
    settings = with_simulator(load(PREVIEW), "http://127.0.0.1:9000")

    assert settings.azure.realtime_url == "http://127.0.0.1:9000/openai/realtime"


def test_the_simulator_has_no_speech_to_text() -> None:
    with pytest.raises(SettingsError, match="TURN_DETECTION"):
        with_simulator(load(AZURE | {"TURN_DETECTION": "multilingual"}), "http://127.0.0.1:9000")


# The environment of the process


@pytest.mark.parametrize(
    ("environ", "removed"),
    [
        (AZURE | OPENAI | {"AZURE_OPENAI_AD_TOKEN": "t"}, {"OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"}),
        (ENTRA | OPENAI, {"OPENAI_API_KEY"}),
        (PREVIEW, set()),
        (
            AZURE | OPENAI | {"REALTIME_PROVIDER": "openai"},
            {"AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"},
        ),
        (
            EVERYTHING | OPENAI | {"REALTIME_PROVIDER": "simulator"},
            {"AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "OPENAI_API_KEY"},
        ),
        ({"OPENAI_API_VERSION": ""}, {"OPENAI_API_VERSION"}),
    ],
    ids=["azure", "entra", "preview", "openai", "simulator", "nobody"],
)
def test_the_plugins_find_nothing_in_the_environment_that_the_settings_do_not_use(
    environ: dict[str, str], removed: set[str]
) -> None:
    settings, left = load(environ), dict(environ)

    assert set(shield_environment(settings, left)) == removed
    assert left.keys() == environ.keys() - removed


@pytest.mark.parametrize(
    "environ",
    [
        EVERYTHING | OPENAI,
        ENTRA | OPENAI,
        PREVIEW,
        AZURE | OPENAI | {"REALTIME_PROVIDER": "openai"},
        PREVIEW | CARTESIA | {"REALTIME_PROVIDER": "simulator", "CARTESIA_BASE_URL": "http://127.0.0.1:9000"},
    ],
    ids=str,
)
def test_a_process_with_the_shielded_environment_finds_the_same_provider(environ: dict[str, str]) -> None:
    settings, left = load(environ), dict(environ)
    shield_environment(settings, left)

    again = load(left)

    assert again.provider == settings.provider
    assert again.azure.preview == settings.azure.preview or settings.provider != "azure"
    assert (again.cartesia, again.livekit, again.turns) == (settings.cartesia, settings.livekit, settings.turns)


def test_the_process_environment_is_shielded_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_VERSION", "2025-04-01-preview")

    assert "OPENAI_API_VERSION" in shield_environment(Settings())


def test_settings_and_their_error_travel_to_another_process() -> None:
    settings = load(EVERYTHING)
    with pytest.raises(SettingsError) as caught:
        load({"REALTIME_VOICE": "nova"})

    assert pickle.loads(pickle.dumps(settings)) == settings
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_settings_are_built_without_an_environment() -> None:
    assert Settings(turns=Turns(detection="livekit")).turns.client_side


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load({}).turns.silence_ms = 1  # type: ignore[misc]


# The phone


PHONE = {
    "PHONE_NUMBERS": "+1 (555) 0100=support-line, 15550101=other",
    "PHONE_ALLOWED_ADDRESSES": "203.0.113.7",
    "PHONE_FIREWALLED": "true",
}
CARRIER = {"PHONE_OUTBOUND_ADDRESS": "sip.example:5061", "PHONE_OUTBOUND_NUMBER": "+15550100"}


def test_numbers_are_read_as_people_write_them() -> None:
    numbers = load(PHONE).phone.numbers

    assert [(each.number, each.line) for each in numbers] == [("+15550100", "support-line"), ("15550101", "other")]


def test_people_have_phones_in_an_order() -> None:
    people = {"PHONE_PEOPLE": "shop desk = +1 555 0200 | sip:desk@127.0.0.1:5090; Returns=+15550300"}
    phone = load(CARRIER | people).phone

    assert phone.phones_of("Shop Desk") == ("+15550200", "sip:desk@127.0.0.1:5090")
    assert phone.phones_of("returns") == ("+15550300",)
    assert phone.phones_of("nobody") == ()


@pytest.mark.parametrize("one", ["PHONE_USERNAME", "PHONE_PASSWORD"])
def test_a_user_needs_a_password_and_the_other_way_round(one: str) -> None:
    (other,) = {"PHONE_USERNAME", "PHONE_PASSWORD"} - {one}

    assert the_problem_of(PHONE | {one: f"carrier-{CANARY}"}).name == other
    assert the_problem_of(CARRIER | {one.replace("PHONE_", "PHONE_OUTBOUND_"): "carrier"}).name == other.replace(
        "PHONE_", "PHONE_OUTBOUND_"
    )


def test_any_number_is_taken_only_from_a_carrier_that_is_known() -> None:
    any_number = {"PHONE_NUMBERS": "*=support-line"}

    assert the_problem_of(any_number).name == "PHONE_USERNAME"
    assert the_problem_of(any_number | {"PHONE_ALLOWED_ADDRESSES": "203.0.113.7"}).name == "PHONE_USERNAME"
    for door in DOORS:
        assert load(any_number | door).phone.numbers


DOORS: list[dict[str, str]] = [
    {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "word"},
    {"PHONE_FIREWALLED": "true"},
    {"PHONE_PUBLISHED_AT": "127.0.0.1"},
    {"PHONE_PUBLISHED_AT": "localhost"},
    {"PHONE_PUBLISHED_AT": "::1"},
]
NO_DOORS: list[dict[str, str]] = [
    {},
    {"PHONE_ALLOWED_ADDRESSES": "203.0.113.7"},
    {"PHONE_ALLOWED_ADDRESSES": "203.0.113.0/24"},
    {"PHONE_FIREWALLED": "false"},
    {"PHONE_PUBLISHED_AT": "0.0.0.0"},
    {"PHONE_PUBLISHED_AT": "203.0.113.7"},
]


@pytest.mark.parametrize("open_", NO_DOORS)
def test_a_phone_that_anybody_can_call_is_told(open_: dict[str, str]) -> None:
    phone = {"PHONE_NUMBERS": "+15550100=support-line"}
    settings = load(phone | open_)

    assert not settings.phone.guarded
    assert "whoever reaches the SIP port can call" in settings.warnings[0]
    assert "PHONE_FIREWALLED=true" in settings.warnings[0]


@pytest.mark.parametrize("door", DOORS)
def test_a_phone_with_a_door_is_not(door: dict[str, str]) -> None:
    settings = load({"PHONE_NUMBERS": "+15550100=support-line"} | door)

    assert settings.phone.guarded
    assert not settings.warnings


def test_who_may_call_without_a_number_to_call_is_refused() -> None:
    assert the_problem_of({"PHONE_ALLOWED_ADDRESSES": "203.0.113.7"}).name == "PHONE_NUMBERS"


def test_numbers_of_people_need_a_carrier_and_sip_addresses_do_not() -> None:
    assert the_problem_of({"PHONE_PEOPLE": "desk=+15550200"}).name == "PHONE_OUTBOUND_ADDRESS"
    assert the_problem_of(without(CARRIER, "PHONE_OUTBOUND_NUMBER")).name == "PHONE_OUTBOUND_NUMBER"
    assert load({"PHONE_PEOPLE": "desk=sip:desk@10.0.0.5"}).phone.people


# The house


def test_env_example_names_exactly_every_setting() -> None:
    text = (ROOT / ".env.example").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("## ")]
    names = [line.removeprefix("#").partition("=")[0] for line in lines if not line.startswith("# ")]

    assert names == [setting.name for setting in SETTINGS]
    assert text == env_example()


def test_the_defaults_in_env_example_are_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    # These ask for others when they are set at all.
    odd = ("AZURE_OPENAI_AUTH", "AZURE_OPENAI_ENTRA_SCOPE", "CARTESIA_BASE_URL", "PHONE_OUTBOUND_TRANSPORT")
    file.write_text("".join(f"{row.name}={row.default}\n" for row in SETTINGS if row.name not in odd))

    assert load_settings(file, {}) == Settings()


def reads_the_environment(tree: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv", "dotenv", "load_dotenv", "dotenv_values"}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in names:
                return True
            case ast.ImportFrom(module="os", names=imported) if names & {each.name for each in imported}:
                return True
            case ast.ImportFrom(module=module) if (module or "").split(".")[0] in ("dotenv", "pydantic_settings"):
                return True
            case ast.Import(names=imported) if {"dotenv", "pydantic_settings"} & {each.name for each in imported}:
                return True
    return False


@pytest.mark.parametrize(
    "code", ["os.environ['A']", "import os\nos.getenv('A')", "from os import environ as e", "from dotenv import x"]
)
def test_the_search_for_readers_of_the_environment_finds_them(code: str) -> None:
    assert reads_the_environment(ast.parse(code))


def test_nothing_else_in_the_house_reads_the_environment() -> None:
    folders = ("app", "switchboard", "stack", "agents", "tools", "workflows", "shop", "clinic", "simulator")
    files = [ROOT / "main.py", *(file for folder in folders for file in (ROOT / folder).rglob("*.py"))]
    readers = {
        str(file.relative_to(ROOT))
        for file in files
        if file.exists() and reads_the_environment(ast.parse(file.read_text()))
    }

    own = {"environment", "open_telemetry", "process"}
    assert readers == {f"switchboard/settings/{name}.py" for name in own}


def test_settings_are_loaded_without_livekit() -> None:
    load = "import sys; from switchboard.settings.environment import load_settings; load_settings(None, {})"
    code = f"{load}; print('livekit' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, timeout=60).strip() == b"False"


# Secrets in files of their own


def test_a_secret_can_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file\n")
    loaded = load({"CARTESIA_API_KEY_FILE": str(file)})
    assert loaded.cartesia.api_key and loaded.cartesia.api_key.get_secret_value() == "from-a-file"


def test_a_secret_of_the_environment_wins_over_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file")
    loaded = load({"CARTESIA_API_KEY": "told", "CARTESIA_API_KEY_FILE": str(file)})
    assert loaded.cartesia.api_key and loaded.cartesia.api_key.get_secret_value() == "told"


def test_an_empty_file_is_a_secret_that_is_not_set(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch()
    assert load({"CARTESIA_API_KEY_FILE": str(file)}).cartesia.api_key is None


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["missing", "not text"])
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "key"
    if content:
        file.write_bytes(content)
    assert the_problem_of({"CARTESIA_API_KEY_FILE": str(file)}).name == "CARTESIA_API_KEY_FILE"


# A simulator elsewhere, for whoever has no keys


def test_a_simulator_that_was_named_answers_only_when_no_model_was() -> None:
    elsewhere = {"SIMULATOR_URL": "http://simulator:8089"}
    assert load(elsewhere).require_provider() == "simulator"
    assert load(EVERYTHING | elsewhere).simulated_at is None
    with pytest.raises(SettingsError):
        load({}).require_provider()


# A deployment that takes calls over


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AZURE_OPENAI_FALLBACK_ENDPOINT", "https://spare.openai.azure.com"),
        ("AZURE_OPENAI_FALLBACK_API_KEY", "spare-key"),
    ],
)
def test_a_fallback_without_a_deployment_is_told(name: str, value: str) -> None:
    assert the_problem_of(AZURE | {name: value}).name == "AZURE_OPENAI_FALLBACK_DEPLOYMENT"


def test_a_fallback_is_in_the_same_resource_or_in_one_of_its_own() -> None:
    same = load(AZURE | {"AZURE_OPENAI_FALLBACK_DEPLOYMENT": "spare"}).azure
    address = {"AZURE_OPENAI_FALLBACK_ENDPOINT": "https://spare.openai.azure.com"}
    key = {"AZURE_OPENAI_FALLBACK_API_KEY": "spare-key"}
    own = load(AZURE | {"AZURE_OPENAI_FALLBACK_DEPLOYMENT": "spare"} | address | key).azure

    assert load(AZURE).azure.fallback is None
    assert same.fallback and (same.fallback.endpoint, same.fallback.api_key) == (same.endpoint, same.api_key)
    assert own.fallback and own.fallback.realtime_url == "https://spare.openai.azure.com/openai/v1/realtime"
    assert own.fallback.deployment == "spare"
    assert own.fallback.api_key and own.fallback.api_key.get_secret_value() == "spare-key"
