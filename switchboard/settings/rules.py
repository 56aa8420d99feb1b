"""Which settings go together: what cannot work is a problem, what works with a cost is a warning."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from switchboard.settings import postgres
from switchboard.settings.schema import Group, Settings
from switchboard.settings.values import ANY_NUMBER, Mistake, is_loopback

Rule = Callable[[Settings], Iterator[Mistake]]
LEAST_SECRET = 32
"""Characters: what HS256 asks of a key (RFC 7518)."""
LEAST_PASSWORD = 16
DEMO_SECRET = "this-secret-is-public-and-good-for-the-demo-only"  # noqa: S105 - it is compose.yaml's, and public
OWN_SECRET = "make one, such as `openssl rand -hex 24` does, and give the same to LiveKit's server"  # noqa: S105
PREVIEW_MAX_SESSION = 1740
"""Seconds: a minute less than the half hour after which the preview API ends a session."""


def find_problems(settings: Settings) -> list[Mistake]:
    """Everything that cannot work together, in the order of the table of settings."""
    return [problem for rule in RULES for problem in rule(settings)]


def find_warnings(settings: Settings) -> tuple[str, ...]:
    """What works, but not as one may expect; one line each."""
    return tuple(line for warn in WARNINGS for line in warn(settings))


def _missing(name: str, expected: str, fix: str, *about: str) -> Mistake:
    return Mistake(name, "nothing", expected, fix, about)


def _useless(name: str, why: str, *about: str) -> Mistake:
    return Mistake(name, "a value", f"none, because {why}", f"remove {name}", about)


def _part_missing(name: str, value: str, extra: str) -> Mistake:
    fix = f"install the extra `{extra}` (pip install -r requirements.lock), or choose another value"
    return Mistake(name, f'"{value}"', f"the optional part `{extra}` to be installed", fix)


def _given_names(group: Group, *fields: str) -> list[str]:
    return [group.env(field).name for field in fields or type(group).model_fields if group.given(field)]


def _half_azure(settings: Settings) -> Iterator[Mistake]:
    """A forgotten endpoint must not look like "no provider", or the simulator answers."""
    given = _given_names(settings.azure)
    if settings.provider is None and given:
        yield _missing(
            "AZURE_OPENAI_ENDPOINT",
            f"the resource's address, because {given[0]} is set",
            "set AZURE_OPENAI_ENDPOINT, or REALTIME_PROVIDER=simulator to try it offline",
            *given,
            "REALTIME_PROVIDER",
        )


def _azure(settings: Settings) -> Iterator[Mistake]:
    azure = settings.azure
    if settings.provider != "azure":
        return
    if azure.endpoint is None:
        fix = "set AZURE_OPENAI_ENDPOINT to the address that the Azure portal shows, https://….openai.azure.com"
        yield _missing("AZURE_OPENAI_ENDPOINT", "the address of the resource", fix, "REALTIME_PROVIDER")
    if azure.deployment is None:
        fix = "set AZURE_OPENAI_DEPLOYMENT to its name in the Azure portal (REALTIME_PROVIDER=simulator needs none)"
        yield _missing("AZURE_OPENAI_DEPLOYMENT", "the name of the realtime model's deployment", fix)
    yield from _key(settings) if azure.auth == "key" else _entra(settings)


def _fallback(settings: Settings) -> Iterator[Mistake]:
    given = _given_names(settings.azure, "fallback_endpoint", "fallback_api_key")
    if given and settings.azure.fallback_deployment is None:
        expected = f"the name of a realtime deployment, because {given[0]} is set"
        fix = f"set AZURE_OPENAI_FALLBACK_DEPLOYMENT, or remove {' and '.join(given)}"
        yield _missing("AZURE_OPENAI_FALLBACK_DEPLOYMENT", expected, fix, *given)


def _key(settings: Settings) -> Iterator[Mistake]:
    if settings.azure.api_key is None:
        fix = "set AZURE_OPENAI_API_KEY, or AZURE_OPENAI_AUTH=entra to sign in without a key"
        yield _missing("AZURE_OPENAI_API_KEY", "the resource's key", fix, "AZURE_OPENAI_AUTH")
    if settings.azure.given("entra_scope"):
        yield _useless("AZURE_OPENAI_ENTRA_SCOPE", "AZURE_OPENAI_AUTH is key", "AZURE_OPENAI_AUTH")


def _entra(settings: Settings) -> Iterator[Mistake]:
    if settings.azure.api_key is not None:
        why = "AZURE_OPENAI_AUTH is entra: which of the two is one setting, never both"
        yield _useless("AZURE_OPENAI_API_KEY", why, "AZURE_OPENAI_AUTH")
    if not _installed("azure.identity"):
        yield _part_missing("AZURE_OPENAI_AUTH", "entra", "entra")


def _dialect(settings: Settings) -> Iterator[Mistake]:
    """An API path belongs to one of the two dialects; only Azure's has a version."""
    azure = settings.azure
    if settings.provider == "openai" and azure.preview:
        yield _useless("OPENAI_API_VERSION", "only Azure has API versions and the provider is openai")
    if azure.preview and azure.api_path.startswith("/openai/v1"):
        fix = "remove OPENAI_API_VERSION, or the path /openai/v1 from AZURE_OPENAI_ENDPOINT"
        expected = "none, because the endpoint's path is that of the GA API, which has no version"
        yield Mistake("OPENAI_API_VERSION", f'"{azure.api_version}"', expected, fix, ("AZURE_OPENAI_ENDPOINT",))
    if not azure.preview and azure.api_path == "/openai/realtime":
        fix = "remove the path /openai/realtime, or set OPENAI_API_VERSION if the preview dialect is wanted"
        expected = "an address without the path of the preview API, because OPENAI_API_VERSION is not set"
        yield Mistake("AZURE_OPENAI_ENDPOINT", '"/openai/realtime"', expected, fix, ("OPENAI_API_VERSION",))


def _preview(settings: Settings) -> Iterator[Mistake]:
    """What the plugin cannot say in the preview dialect: that the model's own turn detection is off."""
    if not (settings.speaks_azure and settings.azure.preview):
        return
    if settings.turns.detection in ("livekit", "multilingual"):
        yield Mistake(
            "TURN_DETECTION",
            f'"{settings.turns.detection}"',
            "server_vad or semantic_vad, because the preview dialect cannot switch the model's own turn detection off",
            "remove OPENAI_API_VERSION to use the GA API, or choose server_vad",
            ("OPENAI_API_VERSION",),
        )
    if settings.realtime.max_session_duration > PREVIEW_MAX_SESSION:
        yield Mistake(
            "REALTIME_MAX_SESSION_DURATION",
            f'"{settings.realtime.max_session_duration}"',
            f"at most {PREVIEW_MAX_SESSION} seconds, because the preview API ends a session after half an hour",
            "choose a shorter time, or remove OPENAI_API_VERSION to use the GA API",
            ("OPENAI_API_VERSION",),
        )


_TTS_NAMES = ("AZURE_OPENAI_TTS_DEPLOYMENT", "AZURE_OPENAI_TTS_API_VERSION")


def _tts(settings: Settings) -> Iterator[Mistake]:
    deployment, version = settings.azure.tts_deployment, settings.azure.tts_api_version
    if deployment and not version:
        fix = "set AZURE_OPENAI_TTS_API_VERSION, 2025-04-01-preview for example (OPENAI_API_VERSION is not used for it)"
        yield _missing(
            "AZURE_OPENAI_TTS_API_VERSION", "the API version of AZURE_OPENAI_TTS_DEPLOYMENT", fix, *_TTS_NAMES
        )
    if version and not deployment:
        fix = "set AZURE_OPENAI_TTS_DEPLOYMENT, or remove AZURE_OPENAI_TTS_API_VERSION"
        yield _missing("AZURE_OPENAI_TTS_DEPLOYMENT", "the deployment that speaks text", fix, *_TTS_NAMES)


def _openai(settings: Settings) -> Iterator[Mistake]:
    if settings.provider == "openai" and settings.openai.api_key is None:
        fix = "set OPENAI_API_KEY (any text will do for a server of your own that asks for none)"
        yield _missing("OPENAI_API_KEY", "a key, because the provider is openai", fix, "REALTIME_PROVIDER")


def _cartesia(settings: Settings) -> Iterator[Mistake]:
    cartesia = settings.cartesia
    if cartesia.via == "livekit":
        yield from _cartesia_via_livekit(settings)
    elif cartesia.given("base_url") and cartesia.api_key is None:
        fix = "set CARTESIA_API_KEY, or remove CARTESIA_BASE_URL"
        yield _missing("CARTESIA_API_KEY", "a key, because CARTESIA_BASE_URL is set", fix, "CARTESIA_VIA")


def _cartesia_via_livekit(settings: Settings) -> Iterator[Mistake]:
    if settings.cartesia.api_key is not None:
        yield _useless("CARTESIA_API_KEY", "CARTESIA_VIA is livekit: it is one way or the other")
    if settings.cartesia.given("base_url"):
        yield _useless("CARTESIA_BASE_URL", "CARTESIA_VIA is livekit: LiveKit knows the address")
    if not settings.livekit.is_cloud:
        yield Mistake(
            "CARTESIA_VIA",
            '"livekit"',
            "a LiveKit Cloud project in LIVEKIT_URL (wss://….livekit.cloud), because only that has LiveKit Inference",
            "set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET of the project, or CARTESIA_VIA=direct and a key",
            ("LIVEKIT_URL",),
        )


_THRESHOLDS = ("threshold", "prefix_ms", "silence_ms")
_DO_NOT_APPLY: dict[str, tuple[str, ...]] = {
    "semantic_vad": _THRESHOLDS,
    "livekit": ("create_response", "interrupt_response"),
    "multilingual": ("create_response", "interrupt_response"),
}


def _turns(settings: Settings) -> Iterator[Mistake]:
    turns = settings.turns
    fields = _DO_NOT_APPLY.get(turns.detection, ())
    why = f"TURN_DETECTION is {turns.detection}, to which it does not apply"
    for field in fields:
        if turns.given(field):
            yield _useless(turns.env(field).name, why)
    if "create_response" not in fields and turns.interrupt_response and not turns.create_response:
        yield Mistake(
            "VAD_INTERRUPT_RESPONSE",
            '"true"',
            "false, because VAD_CREATE_RESPONSE is false: LiveKit then decides when the agent speaks and when it stops",
            "set VAD_INTERRUPT_RESPONSE=false, or remove VAD_CREATE_RESPONSE",
            ("VAD_CREATE_RESPONSE",),
        )


def _multilingual(settings: Settings) -> Iterator[Mistake]:
    if settings.turns.detection != "multilingual":
        return
    if not _installed("livekit.plugins.turn_detector"):
        yield _part_missing("TURN_DETECTION", "multilingual", "turn-detector")
    if settings.provider in ("simulator", None) or settings.transcription_model is None:
        yield Mistake(
            "TURN_DETECTION",
            '"multilingual"',
            "a speech-to-text to read from: AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT, or the provider openai",
            "set AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT, or TURN_DETECTION=livekit, which needs none",
            ("AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT", "AZURE_OPENAI_ENDPOINT", "REALTIME_PROVIDER"),
        )


def _storage(settings: Settings) -> Iterator[Mistake]:
    scheme = settings.storage.url.get_secret_value().partition("://")[0]
    if scheme.startswith("postgres") and not _installed("asyncpg"):
        yield _part_missing("DATABASE_URL", settings.storage.shown_url, "postgres")


def _recordings(settings: Settings) -> Iterator[Mistake]:
    recordings = settings.recordings
    if recordings.url and not _installed("obstore"):
        yield _part_missing("RECORDINGS_URL", recordings.url, "recording")
    yield from _both_or_none(recordings, "s3_key_id", "s3_secret")


def _livekit(settings: Settings) -> Iterator[Mistake]:
    fields = ("url", "api_key", "api_secret")
    given = _given_names(settings.livekit, *fields)
    names = [settings.livekit.env(field).name for field in fields]
    if not given:
        return
    for name in names:
        if name not in given:
            yield _missing(name, f"a value, because {given[0]} is set", f"set {name}, or remove {' and '.join(given)}")


def _livekit_secret(settings: Settings) -> Iterator[Mistake]:
    """Whoever guesses it opens rooms and signs tokens; one token is enough to try as many as a machine can."""
    livekit = settings.livekit
    secret = livekit.api_secret.get_secret_value() if livekit.api_secret else ""
    reached = [
        url for url in (livekit.url, livekit.public_url) if url and not is_loopback(urlsplit(url).hostname or "")
    ]
    if not secret or not reached:
        return
    about = ("LIVEKIT_URL", "LIVEKIT_PUBLIC_URL")
    if len(secret) < LEAST_SECRET:
        expected = f"at least {LEAST_SECRET} characters, because LiveKit is reached from other machines"
        yield Mistake("LIVEKIT_API_SECRET", "fewer", expected, OWN_SECRET, about)
    if secret == DEMO_SECRET and livekit.public_url in reached:
        expected = "a secret of your own, because everybody knows the demo's and callers come from other machines"
        yield Mistake("LIVEKIT_API_SECRET", "the demo's", expected, OWN_SECRET, about)


def _caller_auth(settings: Settings) -> Iterator[Mistake]:
    names = ("auth_issuer", "auth_audience", "auth_jwks_url")
    missing = [name for name in names if getattr(settings.web, name) is None]
    if missing and len(missing) < len(names):
        name = settings.web.env(missing[0]).name
        given = next(settings.web.env(each).name for each in names if each not in missing)
        yield _missing(name, f"a value, because {given} is set", f"set {name} too, or none of the three", given)


def _operate(settings: Settings) -> Iterator[Mistake]:
    operate = settings.operate
    given = _given_names(operate, "client_id", "client_secret")
    if given and operate.issuer is None:
        fix = f"set OPERATE_OIDC_ISSUER, or remove {' and '.join(given)}"
        yield _missing("OPERATE_OIDC_ISSUER", f"where operators sign in, because {given[0]} is set", fix, *given)
    if operate.issuer is None:
        return
    if operate.client_id is None:
        fix = "set OPERATE_OIDC_CLIENT_ID to what your sign-in service calls this application"
        yield _missing("OPERATE_OIDC_CLIENT_ID", "a value, because OPERATE_OIDC_ISSUER is set", fix)
    if operate.password is not None:
        yield _useless("OPERATE_PASSWORD", "operators sign in at OPERATE_OIDC_ISSUER", "OPERATE_OIDC_ISSUER")
    if not _installed("authlib"):
        yield _part_missing("OPERATE_OIDC_ISSUER", operate.issuer, "operate")


def _operate_password(settings: Settings) -> Iterator[Mistake]:
    password = settings.operate.password
    if password and len(password.get_secret_value()) < LEAST_PASSWORD:
        fix = "make one, such as `openssl rand -hex 12` does, or remove it"
        yield Mistake("OPERATE_PASSWORD", "fewer", f"at least {LEAST_PASSWORD} characters", fix)


def _phone(settings: Settings) -> Iterator[Mistake]:
    phone = settings.phone
    inbound = _given_names(phone, "allowed_addresses", "username", "password")
    if inbound and not phone.numbers:
        fix = f"set PHONE_NUMBERS, or remove {' and '.join(inbound)}"
        yield _missing("PHONE_NUMBERS", f"numbers with their lines, because {inbound[0]} is set", fix, *inbound)
    yield from _both_or_none(phone, "username", "password")
    yield from _both_or_none(phone, "outbound_username", "outbound_password")
    if any(each.number == ANY_NUMBER for each in phone.numbers) and not phone.guarded:
        expected = "something to know callers' carrier by, because PHONE_NUMBERS takes any number"
        yield _missing("PHONE_USERNAME", expected, GUARD, "PHONE_NUMBERS", "PHONE_FIREWALLED")


def _phone_outbound(settings: Settings) -> Iterator[Mistake]:
    phone = settings.phone
    given = _given_names(phone, "outbound_number", "outbound_username", "outbound_password", "outbound_transport")
    numbers = any(not number.startswith("sip") for person in phone.people for number in person.phones)
    because = [*given, *(["PHONE_PEOPLE"] if numbers else [])]
    if because and phone.outbound_address is None:
        fix = f"set PHONE_OUTBOUND_ADDRESS, or remove {' and '.join(given) or 'the numbers from PHONE_PEOPLE'}"
        expected = f"the carrier or PBX that rings phones, because {because[0]} is set"
        yield _missing("PHONE_OUTBOUND_ADDRESS", expected, fix, *because)
    if phone.outbound_address is not None and phone.outbound_number is None:
        fix = "set PHONE_OUTBOUND_NUMBER to a number that the carrier lets you show"
        yield _missing("PHONE_OUTBOUND_NUMBER", "the caller's number that phones show", fix, "PHONE_OUTBOUND_ADDRESS")


def _places(settings: Settings) -> Iterator[Mistake]:
    limits = settings.call
    if limits.kept_for_phone >= limits.max_calls:
        yield Mistake(
            "CALLS_KEPT_FOR_PHONE",
            f'"{limits.kept_for_phone}"',
            f"fewer than CALLS_MAX, {limits.max_calls}: a page could make no call",
            "lower it, or raise CALLS_MAX",
            ("CALLS_MAX",),
        )


def _both_or_none(group: Group, *fields: str) -> Iterator[Mistake]:
    given = _given_names(group, *fields)
    for name in (group.env(field).name for field in fields):
        if given and name not in given:
            yield _missing(name, f"a value, because {given[0]} is set", f"set {name}, or remove {given[0]}", *given)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent of it is not there
        return False


def _simulated(settings: Settings) -> Iterator[str]:
    if settings.provider is None and settings.simulated_at:
        yield "The simulator answers, because no realtime model is named: set AZURE_OPENAI_ENDPOINT for real calls."


def _preview_is_deprecated(settings: Settings) -> Iterator[str]:
    if settings.speaks_azure and settings.azure.preview:
        yield (
            "OPENAI_API_VERSION is set: the preview dialect is spoken, which Azure deprecated on April 30, 2026. "
            "Remove it to use the GA API."
        )


def _one_password(settings: Settings) -> Iterator[str]:
    if settings.operate.password:
        yield (
            "OPERATE_PASSWORD is set: all operators have one password, and whoever has it may hear and erase calls. "
            "Set OPERATE_OIDC_ISSUER in its place where calls are real."
        )


def _semantic_vad_on_azure(settings: Settings) -> Iterator[str]:
    if settings.provider == "azure" and settings.turns.detection == "semantic_vad":
        yield (
            "TURN_DETECTION=semantic_vad: Azure accepts it but reports no start of speech, so callers cannot "
            "interrupt an agent. Use server_vad."
        )


def _interrupt_response(settings: Settings) -> Iterator[str]:
    if settings.turns.create_response and not settings.turns.interrupt_response:
        yield (
            "VAD_INTERRUPT_RESPONSE=false: the model goes on by itself, but LiveKit still stops the agent when the "
            "caller speaks."
        )


def _no_transcription(settings: Settings) -> Iterator[str]:
    if settings.provider == "azure" and settings.transcription_model is None:
        yield "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT is not set: what callers say is answered but not written down."


def _plain_http(settings: Settings) -> Iterator[str]:
    url = settings.openai.base_url
    if settings.provider == "openai" and url and url.startswith("http://"):
        yield "OPENAI_BASE_URL is not encrypted: use https:// unless the server is in a private network."


def _other_provider(settings: Settings) -> Iterator[str]:
    unused = {"azure": settings.openai, "openai": settings.azure}.get(settings.provider or "")
    names = _given_names(unused) if unused else []
    if names:
        yield f"{', '.join(names)}: set but not used, because the realtime provider is {settings.provider}."


def _no_channel_binding(settings: Settings) -> Iterator[str]:
    url = settings.storage.url.get_secret_value()
    if url.startswith("postgres") and postgres.unbound(url):
        yield (
            "DATABASE_URL: channel_binding=require is not kept, because the driver has no channel binding. Write "
            "sslmode=verify-full&sslrootcert=system, so that nobody can stand in for the server."
        )


def _open_phone(settings: Settings) -> Iterator[str]:
    if settings.phone.numbers and not settings.phone.guarded:
        yield f"PHONE_NUMBERS: {UNGUARDED} So `phone up` refuses: {GUARD}."


UNGUARDED = (
    "whoever reaches the SIP port can call, and PHONE_ALLOWED_ADDRESSES does not hinder them, because LiveKit SIP "
    "believes the address that a caller writes into the From header."
)
GUARD = "set PHONE_USERNAME and PHONE_PASSWORD, or PHONE_FIREWALLED=true once a firewall lets in nobody but the carrier"

RULES: tuple[Rule, ...] = (
    _half_azure,
    _azure,
    _fallback,
    _dialect,
    _preview,
    _tts,
    _openai,
    _cartesia,
    _turns,
    _multilingual,
    _storage,
    _recordings,
    _livekit,
    _livekit_secret,
    _caller_auth,
    _operate,
    _operate_password,
    _phone,
    _phone_outbound,
    _places,
)
WARNINGS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _simulated,
    _preview_is_deprecated,
    _semantic_vad_on_azure,
    _interrupt_response,
    _no_transcription,
    _plain_http,
    _other_provider,
    _no_channel_binding,
    _one_password,
    _open_phone,
)
