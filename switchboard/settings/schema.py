"""Every setting: its name in the environment, its type, its default and its one line of help."""

import re
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from switchboard.settings.expected import Takes, expected
from switchboard.settings.values import (
    AzureEndpoint,
    CartesiaModel,
    DatabaseUrl,
    Folder,
    HttpUrl,
    KeysUrl,
    LineNumbers,
    LiveKitUrl,
    Lower,
    Mistake,
    Networks,
    Number,
    Origins,
    People,
    Prefixes,
    Proxies,
    ReadableFile,
    RecordingsUrl,
    Redacted,
    Secret,
    SettingsError,
    StorageEndpoint,
    is_loopback,
    shown,
)

Provider = Literal["azure", "openai", "simulator"]
# Patterns without \w and without counts: Rust's regular expressions spend megabytes on both, in every worker.
ModelName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.:/\-]+$", max_length=128),
    Takes("at most 128 letters, digits and _ . : / -"),
]
UserName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.@+\-]+$", max_length=64),
    Takes("at most 64 letters, digits and _ . @ + -"),
]
ApiVersion = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$"),
    Takes("a date such as 2025-04-01-preview"),
]
EntraScope = Annotated[
    str,
    StringConstraints(pattern=r"^https://[A-Za-z0-9_.\-]+/\.default$"),
    Takes("a scope such as https://cognitiveservices.azure.com/.default"),
]
ListenAddress = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_.:\-]+$"), Takes("an address such as 127.0.0.1 or 0.0.0.0")
]
HostAndPort = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.\-]+(:[0-9]+)?$"),
    Takes("a host or host:port such as sip.example.com"),
]

CLOSING_SECONDS = 25
"""What a worker needs to close the calls that did not end by themselves: LiveKit waits 15 for each, all at once."""


@dataclass(frozen=True)
class Env:
    """What stands beside a field: its name in the environment, its help, and an example if unset."""

    name: str
    help: str
    example: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings. `default` is as it would be written in `.env`, "" for none."""

    name: str
    group: str
    default: str
    help: str
    expected: str
    example: str
    secret: bool


class Group(BaseModel):
    """Settings that belong together; which of them were set is in `model_fields_set`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    title: ClassVar[str]

    @classmethod
    def env(cls, field: str) -> Env:
        """What stands beside the field of that name."""
        return next(mark for mark in cls.model_fields[field].metadata if isinstance(mark, Env))

    def given(self, field: str) -> bool:
        """Whether the setting was set, be it to its default."""
        return field in self.model_fields_set


class Realtime(Group):
    """The model that listens and answers, whoever serves it."""

    title = "The realtime model"
    provider: Annotated[
        Provider | None,
        Lower,
        Env(
            "REALTIME_PROVIDER",
            "Who serves the model: azure, openai or simulator. Unset: azure if it has an endpoint, openai if it has a "
            "key or an address.",
            "azure",
        ),
    ] = None
    voice: Annotated[
        Literal["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"],
        Lower,
        Env(
            "REALTIME_VOICE",
            "The native voice: alloy, ash, ballad, coral, echo, sage, shimmer, verse, marin or cedar.",
        ),
    ] = "alloy"
    speed: Annotated[
        float,
        Field(ge=0.25, le=1.5),
        Env("REALTIME_SPEED", "How fast the native voice speaks, 0.25 to 1.5."),
    ] = 1.0
    reasoning_effort: Annotated[
        Literal["minimal", "low", "medium", "high", "xhigh"] | None,
        Lower,
        Env(
            "REALTIME_REASONING_EFFORT",
            "How much a model that reasons (gpt-realtime-2 and later) thinks before it speaks: minimal, low, medium, "
            "high or xhigh. Unset: as the model does.",
            "low",
        ),
    ] = None
    noise_reduction: Annotated[
        Literal["none", "near_field", "far_field"],
        Lower,
        Env(
            "REALTIME_NOISE_REDUCTION",
            "Noise reduction of the caller's audio: none, near_field (headset) or far_field (room).",
        ),
    ] = "none"
    simulator_url: Annotated[
        HttpUrl | None,
        Env(
            "SIMULATOR_URL",
            "Where a simulator runs that answers when no model is named. Unset: start refuses then.",
            "http://simulator:8089",
        ),
    ] = None
    max_session_duration: Annotated[
        int,
        Field(ge=1, le=3540),
        Env(
            "REALTIME_MAX_SESSION_DURATION",
            "Seconds after which the connection is renewed in a pause, before the service cuts it.",
        ),
    ] = 1200
    patience_seconds: Annotated[
        float,
        Field(ge=1, le=120, allow_inf_nan=False),
        Env(
            "REALTIME_PATIENCE_SECONDS",
            "Seconds for which a service that fails is asked again while the caller hears music; then the call ends.",
        ),
    ] = 20


class Azure(Group):
    """Azure OpenAI: where it is, how to sign in, and the names of its deployments."""

    title = "Azure OpenAI"
    endpoint: Annotated[
        AzureEndpoint | None,
        Env(
            "AZURE_OPENAI_ENDPOINT",
            "The address of the resource, https:// or wss://, with or without a path.",
            "https://my-resource.openai.azure.com",
        ),
    ] = None
    auth: Annotated[
        Literal["key", "entra"],
        Lower,
        Env("AZURE_OPENAI_AUTH", "How to sign in: key or entra (the extra `entra`), never both."),
    ] = "key"
    api_key: Annotated[Secret | None, Env("AZURE_OPENAI_API_KEY", "The resource's key.", "<key>", secret=True)] = None
    entra_scope: Annotated[
        EntraScope,
        Env(
            "AZURE_OPENAI_ENTRA_SCOPE",
            "The scope of the Entra token; some newer resources take https://ai.azure.com/.default.",
        ),
    ] = "https://cognitiveservices.azure.com/.default"
    deployment: Annotated[
        ModelName | None,
        Env("AZURE_OPENAI_DEPLOYMENT", "The name of the realtime model's deployment.", "gpt-realtime-2.1"),
    ] = None
    api_version: Annotated[
        ApiVersion | None,
        Env(
            "OPENAI_API_VERSION",
            "Set only for a resource that still needs the preview API, which Azure deprecated; unset: the GA API.",
            "2025-04-01-preview",
        ),
    ] = None
    fallback_deployment: Annotated[
        ModelName | None,
        Env(
            "AZURE_OPENAI_FALLBACK_DEPLOYMENT",
            "A realtime deployment that takes calls over when the first one fails, of the same API.",
            "gpt-realtime-spare",
        ),
    ] = None
    fallback_endpoint: Annotated[
        AzureEndpoint | None,
        Env(
            "AZURE_OPENAI_FALLBACK_ENDPOINT",
            "The address of its resource, in another region for example. Unset: it is in the same one.",
            "https://my-spare.openai.azure.com",
        ),
    ] = None
    fallback_api_key: Annotated[
        Secret | None,
        Env("AZURE_OPENAI_FALLBACK_API_KEY", "The key of that resource. Unset: the same.", "<key>", secret=True),
    ] = None
    transcription_deployment: Annotated[
        ModelName | None,
        Env(
            "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT",
            "The deployment that writes down what callers say, in the same resource. Unset: it is not written down.",
            "gpt-4o-mini-transcribe-2025-12-15",
        ),
    ] = None
    tts_deployment: Annotated[
        ModelName | None,
        Env(
            "AZURE_OPENAI_TTS_DEPLOYMENT",
            "The deployment that speaks text: for AzureVoice, and when the realtime model answers in text.",
            "gpt-4o-mini-tts-2025-12-15",
        ),
    ] = None
    tts_api_version: Annotated[
        ApiVersion | None,
        Env(
            "AZURE_OPENAI_TTS_API_VERSION",
            "The API version of the deployment that speaks text; it has no effect on the realtime model.",
            "2025-04-01-preview",
        ),
    ] = None

    @property
    def preview(self) -> bool:
        """Whether the deprecated preview dialect is spoken."""
        return self.api_version is not None

    @property
    def fallback(self) -> "Azure | None":
        """The same with the fallback in the place of the resource and the deployment; None: there is no fallback."""
        if self.fallback_deployment is None:
            return None
        return self.model_copy(
            update={
                "deployment": self.fallback_deployment,
                "endpoint": self.fallback_endpoint or self.endpoint,
                "api_key": self.fallback_api_key or self.api_key,
            }
        )

    @property
    def resource_url(self) -> str:
        """The endpoint without its API path: what the Azure clients of the `openai` package call `azure_endpoint`."""
        return re.sub(r"(/openai(/v1)?(/realtime)?|/realtime)$", "", self.endpoint or "")

    @property
    def v1_url(self) -> str:
        """The base of Azure's GA API, for clients that take a `base_url` and no API version."""
        return f"{self.resource_url}/openai/v1"

    @property
    def realtime_url(self) -> str:
        """What LiveKit's `with_azure(base_url=)` is to get: the whole path, which it then uses as it is."""
        endpoint = self.endpoint or ""
        if endpoint.endswith("/realtime"):
            return endpoint
        return f"{self.resource_url}/openai/realtime" if self.preview else f"{self.v1_url}/realtime"

    @property
    def api_path(self) -> str:
        """The API path that the endpoint was given with: "", "/openai", "/openai/v1/realtime" ..."""
        return (self.endpoint or "").removeprefix(self.resource_url)


class OpenAI(Group):
    """OpenAI, or any server that speaks its Realtime API."""

    title = "OpenAI, or another server that speaks its Realtime API"
    api_key: Annotated[Secret | None, Env("OPENAI_API_KEY", "The key.", "<key>", secret=True)] = None
    base_url: Annotated[
        HttpUrl | None,
        Env("OPENAI_BASE_URL", "The address of the server. Unset: OpenAI's.", "https://api.openai.com/v1"),
    ] = None
    model: Annotated[ModelName, Env("OPENAI_MODEL", "The realtime model.")] = "gpt-realtime"
    transcription_model: Annotated[
        ModelName, Env("OPENAI_TRANSCRIPTION_MODEL", "The model that writes down what callers say.")
    ] = "gpt-4o-mini-transcribe"


class Cartesia(Group):
    """Cartesia speaks for the agents that have a `CartesiaVoice`."""

    title = "Cartesia, the voice of agents that have one of their own"
    api_key: Annotated[Secret | None, Env("CARTESIA_API_KEY", "The key.", "<key>", secret=True)] = None
    via: Annotated[
        Literal["direct", "livekit"],
        Lower,
        Env(
            "CARTESIA_VIA",
            "How to reach it: direct (with its key) or livekit (LiveKit Inference, on a LiveKit Cloud project).",
        ),
    ] = "direct"
    model: Annotated[
        CartesiaModel,
        Env(
            "CARTESIA_MODEL",
            "The model: sonic-3.5, sonic-3 ...; LiveKit's way of writing it (cartesia/sonic-3.5) will do.",
        ),
    ] = "sonic-3.5"
    base_url: Annotated[HttpUrl, Env("CARTESIA_BASE_URL", "The address, where it is not Cartesia's own.")] = (
        "https://api.cartesia.ai"
    )

    @property
    def configured(self) -> bool:
        """Whether there is a way to reach Cartesia at all."""
        return self.via == "livekit" or self.api_key is not None

    @property
    def inference_model(self) -> str:
        """The model's name at LiveKit Inference."""
        return f"cartesia/{self.model}"


class Turns(Group):
    """Who notices that the caller has finished, and how."""

    title = "Turns: who notices that the caller has finished"
    detection: Annotated[
        Literal["server_vad", "semantic_vad", "livekit", "multilingual"],
        Lower,
        Env(
            "TURN_DETECTION",
            "server_vad or semantic_vad (the model), livekit (local, bundled) or multilingual (the extra "
            "`turn-detector`).",
        ),
    ] = "server_vad"
    threshold: Annotated[
        float,
        Field(ge=0, le=1),
        Env("VAD_THRESHOLD", "How sure it must be that somebody speaks, 0 to 1; not with semantic_vad."),
    ] = 0.5
    prefix_ms: Annotated[
        int,
        Field(ge=0, le=5000),
        Env(
            "VAD_PREFIX_MS",
            "Milliseconds kept from before the speech; not with semantic_vad.",
        ),
    ] = 300
    silence_ms: Annotated[
        int,
        Field(ge=0, le=10000),
        Env(
            "VAD_SILENCE_MS",
            "Milliseconds of silence that end a turn; not with semantic_vad.",
        ),
    ] = 500
    create_response: Annotated[
        bool,
        Env("VAD_CREATE_RESPONSE", "The model answers at the end of a turn; false: LiveKit decides when."),
    ] = True
    interrupt_response: Annotated[bool, Env("VAD_INTERRUPT_RESPONSE", "The model stops when the caller speaks.")] = True

    @property
    def client_side(self) -> bool:
        """Whether LiveKit decides when to answer, so that the session needs a local detector and a VAD."""
        return self.detection in ("livekit", "multilingual") or not self.create_response


class Storage(Group):
    """The one database, and how long the ledger is kept in it."""

    title = "Storage"
    url: Annotated[
        DatabaseUrl,
        Env(
            "DATABASE_URL",
            "sqlite:///file, or postgresql://user:password@host/name (the extra `postgres`).",
        ),
    ] = SecretStr("sqlite:///var/switchboard.db")
    retention_days: Annotated[
        int,
        Field(ge=1, le=3650),
        Env(
            "LEDGER_RETENTION_DAYS",
            "Days after which what happened in a call is removed.",
        ),
    ] = 30
    redacts: Annotated[
        Redacted,
        Env(
            "LEDGER_REDACTS",
            "What is taken out of what is kept of calls, and out of logs, before it is written: cards, emails, phones, "
            "postcodes, with commas between them. A call that broke off goes on without it.",
            "cards,emails,phones,postcodes",
        ),
    ] = ()

    @property
    def shown_url(self) -> str:
        """The address without its password."""
        return shown(self.url.get_secret_value()).strip('"')


class Recordings(Group):
    """Where the sound of calls is kept, on lines that are recorded."""

    title = "Recordings, on lines with `recorded`"
    url: Annotated[
        RecordingsUrl | None,
        Env(
            "RECORDINGS_URL",
            "Where they are kept, as long as what happened in the call: file:///folder or s3://bucket/prefix (the "
            "extra `recording`). Unset: no call is recorded.",
            "s3://recordings/switchboard",
        ),
    ] = None
    s3_endpoint: Annotated[
        StorageEndpoint | None,
        Env("RECORDINGS_S3_ENDPOINT", "The address of the storage. Unset: Amazon's.", "https://s3.example.com"),
    ] = None
    s3_region: Annotated[UserName, Env("RECORDINGS_S3_REGION", "Its region.")] = "us-east-1"
    s3_key_id: Annotated[
        ModelName | None,
        Env("RECORDINGS_S3_KEY_ID", "The id of the access key. Unset: what Amazon's machines have.", "<key id>"),
    ] = None
    s3_secret: Annotated[
        Secret | None, Env("RECORDINGS_S3_SECRET", "The secret of the access key.", "<secret>", secret=True)
    ] = None


class Tapes(Group):
    """Where it is kept what the services of a call were asked and answered."""

    title = "Recordings of the services, to find a fault"
    folder: Annotated[
        Folder | None,
        Env(
            "TAPES_FOLDER",
            "A folder of each worker's machine, in which it is kept what the model and Cartesia were asked and "
            "answered, without sound, as long as what happened in the call (docs/recording.md). Unset: it is not.",
            "/var/lib/switchboard/tapes",
        ),
    ] = None


@dataclass(frozen=True)
class LiveKitAccess:
    """A LiveKit server that is there to be used; `switchboard.livekit` makes clients and tokens of it."""

    url: str
    key: str = field(repr=False)
    secret: SecretStr
    agent_name: str
    """The name under which calls are dispatched to us."""


class LiveKit(Group):
    """The LiveKit server that carries the audio."""

    title = "LiveKit"
    url: Annotated[
        LiveKitUrl | None,
        Env(
            "LIVEKIT_URL",
            "The address of the LiveKit server, needed by dev, start and connect.",
            "wss://my-project.livekit.cloud",
        ),
    ] = None
    api_key: Annotated[Secret | None, Env("LIVEKIT_API_KEY", "Its key.", "<key>", secret=True)] = None
    api_secret: Annotated[Secret | None, Env("LIVEKIT_API_SECRET", "Its secret.", "<secret>", secret=True)] = None
    public_url: Annotated[
        LiveKitUrl | None,
        Env(
            "LIVEKIT_PUBLIC_URL",
            "Where browsers reach the LiveKit server, if not at LIVEKIT_URL.",
            "wss://livekit.example.com",
        ),
    ] = None
    agent_name: Annotated[
        ModelName, Env("LIVEKIT_AGENT_NAME", "The name under which calls are dispatched to this deployment.")
    ] = "switchboard"

    @property
    def access(self) -> LiveKitAccess | None:
        """How to reach the server; None where none is set."""
        if self.url is None or self.api_key is None or self.api_secret is None:
            return None
        return LiveKitAccess(self.url, self.api_key.get_secret_value(), self.api_secret, self.agent_name)

    @property
    def is_cloud(self) -> bool:
        """Whether the server is a LiveKit Cloud project, which has LiveKit Inference."""
        return (urlsplit(self.url or "").hostname or "").endswith(".livekit.cloud")


class Worker(Group):
    """The process that answers calls."""

    title = "The worker"
    max_calls: Annotated[
        int,
        Field(ge=1, le=1000),
        Env("WORKER_MAX_CALLS", "Calls that one worker takes at a time."),
    ] = 20
    executor: Annotated[
        Literal["process", "thread"],
        Lower,
        Env(
            "WORKER_EXECUTOR",
            "process: a crash ends one call (65 MB a call); thread: a tenth of the memory, for 8 calls at most.",
        ),
    ] = "process"
    idle_processes: Annotated[
        int,
        Field(ge=0, le=64),
        Env("WORKER_IDLE_PROCESSES", "How many are kept ready for the next calls."),
    ] = 2
    port: Annotated[
        int,
        Field(ge=0, le=65535),
        Env("WORKER_PORT", "The port of its health page; 0: any."),
    ] = 8081
    metrics_port: Annotated[
        int | None,
        Field(ge=1, le=65535),
        Env(
            "WORKER_METRICS_PORT",
            "The port of the worker's metrics for Prometheus, LiveKit's and ours. Unset: none.",
            "9090",
        ),
    ] = None
    grace_seconds: Annotated[
        int,
        Field(ge=30, le=14400),
        Env(
            "WORKER_GRACE_SECONDS",
            "Seconds from SIGTERM until whoever stops the worker kills it; running calls have them, less 25, to end.",
        ),
    ] = 120

    @property
    def drain_seconds(self) -> int:
        """What running calls have of the grace; the rest is for closing those that are left."""
        return self.grace_seconds - CLOSING_SECONDS


class Web(Group):
    """The web app, which serves the page and lets callers in."""

    title = "The web app"
    host: Annotated[
        ListenAddress,
        Env("HTTP_HOST", "The address that it listens at."),
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535), Env("HTTP_PORT", "Its port.")] = 8080
    metrics_host: Annotated[
        ListenAddress,
        Env("HTTP_METRICS_HOST", "The address of its metrics for Prometheus, which are nobody else's business."),
    ] = "127.0.0.1"
    metrics_port: Annotated[
        int | None,
        Field(ge=1, le=65535),
        Env("HTTP_METRICS_PORT", "Their port. Unset: none.", "9091"),
    ] = None
    cors_origins: Annotated[
        Origins,
        Env(
            "HTTP_CORS_ORIGINS",
            "Other sites that may use the API and frame the page, with commas between them; *: all use the API, none "
            "frames the page.",
            "https://shop.example",
        ),
    ] = ()
    rate_limit: Annotated[
        int,
        Field(ge=1, le=10000),
        Env("HTTP_RATE_LIMIT", "Requests for calls that one address may make in a minute."),
    ] = 30
    trusted_proxies: Annotated[
        Proxies,
        Env(
            "HTTP_TRUSTED_PROXIES",
            "Addresses or networks of proxies that are believed about who the caller is, with commas between them.",
            "10.0.0.0/8",
        ),
    ] = ()
    auth_issuer: Annotated[
        HttpUrl | None,
        Env(
            "CALLER_AUTH_ISSUER",
            "Callers have to bring a JWT of this issuer; set all three or none.",
            "https://login.example.com",
        ),
    ] = None
    auth_audience: Annotated[
        ModelName | None, Env("CALLER_AUTH_AUDIENCE", "The audience of that JWT.", "switchboard")
    ] = None
    auth_jwks_url: Annotated[
        KeysUrl | None,
        Env("CALLER_AUTH_JWKS_URL", "Where the issuer's keys are.", "https://login.example.com/jwks.json"),
    ] = None


class Phone(Group):
    """Phone calls, through LiveKit SIP: the numbers people call, and the phones of people who are rung."""

    title = "The phone, through LiveKit SIP"
    numbers: Annotated[
        LineNumbers,
        Env(
            "PHONE_NUMBERS",
            "The numbers that people call, each with the line that answers, with commas between them; *: any number.",
            "+15550100=support-line",
        ),
    ] = ()
    allowed_addresses: Annotated[
        Networks,
        Env(
            "PHONE_ALLOWED_ADDRESSES",
            "Addresses or networks that calls may come from, with commas between them: those of the carrier. "
            "Unset: any. Never the only door: LiveKit SIP believes what a caller writes into the From header.",
            "203.0.113.0/24",
        ),
    ] = ()
    firewalled: Annotated[
        bool,
        Env("PHONE_FIREWALLED", "A firewall lets nobody but the carrier reach LiveKit SIP's ports: you declare it."),
    ] = False
    published_at: Annotated[
        ListenAddress | None,
        Env(
            "PHONE_PUBLISHED_AT",
            "The address at which LiveKit SIP is reached; a loopback one needs no other door. Unset: any.",
            "127.0.0.1",
        ),
    ] = None
    username: Annotated[
        UserName | None,
        Env("PHONE_USERNAME", "The user name that callers' SIP has to sign in with; both or none.", "carrier"),
    ] = None
    password: Annotated[Secret | None, Env("PHONE_PASSWORD", "The password for it.", "<password>", secret=True)] = None
    outbound_address: Annotated[
        HostAndPort | None,
        Env(
            "PHONE_OUTBOUND_ADDRESS",
            "The carrier or PBX that rings people's phones, host or host:port.",
            "sip.example.com",
        ),
    ] = None
    outbound_number: Annotated[
        Number | None,
        Env("PHONE_OUTBOUND_NUMBER", "The number that those phones show as the caller.", "+15550100"),
    ] = None
    outbound_username: Annotated[
        UserName | None,
        Env("PHONE_OUTBOUND_USERNAME", "The user name at the carrier or PBX; both or none.", "switchboard"),
    ] = None
    outbound_password: Annotated[
        Secret | None, Env("PHONE_OUTBOUND_PASSWORD", "The password for it.", "<password>", secret=True)
    ] = None
    outbound_transport: Annotated[
        Literal["auto", "udp", "tcp", "tls"],
        Lower,
        Env("PHONE_OUTBOUND_TRANSPORT", "How it is reached: auto, udp, tcp or tls."),
    ] = "auto"
    people: Annotated[
        People,
        Env(
            "PHONE_PEOPLE",
            "The people of the workflow and their phones, numbers or SIP addresses, rung in that order.",
            "shop desk=+15550200|sip:desk@10.0.0.5; returns=+15550300",
        ),
    ] = ()
    asks_for_person_with_zero: Annotated[
        bool, Env("PHONE_ASKS_FOR_PERSON_WITH_ZERO", "A caller who types 0 asks for a person.")
    ] = True

    ring_seconds: Annotated[
        int,
        Field(ge=5, le=120),
        Env("PHONE_RING_SECONDS", "How long a person's phone rings."),
    ] = 20
    accept_seconds: Annotated[
        int,
        Field(ge=10, le=300),
        Env(
            "PHONE_ACCEPT_SECONDS",
            "How long somebody who has answered may take to accept the caller; a voicemail never does.",
        ),
    ] = 45
    takes_notes: Annotated[
        bool,
        Env(
            "PHONE_TAKES_NOTES",
            "While a person has the caller the agent stays, silent, and writes down what both say.",
        ),
    ] = False

    @property
    def guarded(self) -> bool:
        """Whether there is a door for whoever reaches the SIP port: a sign-in, a firewall, or this machine's own."""
        local = self.published_at is not None and is_loopback(self.published_at)
        return bool(self.username) or self.firewalled or local

    def phones_of(self, person: str) -> tuple[str, ...]:
        """Where a person of the workflow is rung, in order; () for one who has no phone."""
        return next((each.phones for each in self.people if each.name.lower() == person.lower()), ())


class Desk(Group):
    """What callers may ask of people, who have only so much time. An origin: an address, a number, an account."""

    title = "The desk: what callers may ask of people"
    calls_back: Annotated[
        Prefixes,
        Env("DESK_CALLS_BACK", "Beginnings of phone numbers that are called back, with commas between them; *: any."),
    ] = ("+44",)
    never_calls_back: Annotated[
        Prefixes,
        Env(
            "DESK_NEVER_CALLS_BACK",
            "Beginnings of those that are not; nor is any number that is known to cost more than others.",
        ),
    ] = ("+449", "+4487", "+4484", "+4470")
    callbacks_per_number: Annotated[
        int,
        Field(ge=1, le=1000),
        Env("DESK_CALLBACKS_PER_NUMBER", "Callbacks to one phone number in a day."),
    ] = 2
    callbacks_per_origin: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_CALLBACKS_PER_ORIGIN", "The same for one origin.")
    ] = 3
    callbacks_kept: Annotated[
        int,
        Field(ge=0, le=1000),
        Env("DESK_CALLBACKS_KEPT", "The last so many free times for callbacks are for verified callers."),
    ] = 6
    tickets_per_call: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_TICKETS_PER_CALL", "Tickets that one call can open.")
    ] = 3
    tickets_per_number: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_TICKETS_PER_NUMBER", "Tickets for one phone number in a day.")
    ] = 5
    tickets_per_origin: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_TICKETS_PER_ORIGIN", "The same for one origin.")
    ] = 10
    rings_per_call: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_RINGS_PER_CALL", "How often one call can have people rung.")
    ] = 3
    rings_per_origin: Annotated[
        int, Field(ge=1, le=1000), Env("DESK_RINGS_PER_ORIGIN", "The same for one origin, in a day.")
    ] = 10


class Log(Group):
    """What is logged and how."""

    title = "Logs"
    format: Annotated[
        Literal["console", "json"],
        Lower,
        Env("LOG_FORMAT", "console (for people) or json (for machines)."),
    ] = "console"
    level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"],
        Lower,
        Env("LOG_LEVEL", "debug, info, warning, error or critical."),
    ] = "info"


class Limits(Group):
    """When a call is ended."""

    title = "The end of a call"
    max_minutes: Annotated[
        float,
        Field(gt=0, le=240, allow_inf_nan=False),
        Env("CALL_MAX_MINUTES", "Minutes after which a call is ended."),
    ] = 30
    silence_seconds: Annotated[
        float,
        Field(ge=1, le=600, allow_inf_nan=False),
        Env(
            "CALL_SILENCE_SECONDS",
            "Seconds of silence after which the caller is asked whether they are there, twice at most.",
        ),
    ] = 15
    tool_seconds: Annotated[
        float,
        Field(ge=1, le=120, allow_inf_nan=False),
        Env("CALL_TOOL_SECONDS", "Seconds after which a tool is given up that declares no other time."),
    ] = 15
    wait_seconds: Annotated[
        int,
        Field(ge=5, le=300),
        Env("CALL_WAIT_SECONDS", "Seconds that a room waits for its caller."),
    ] = 30
    warm_seconds: Annotated[
        float,
        Field(ge=1, le=60, allow_inf_nan=False),
        Env(
            "CALL_WARM_SECONDS",
            "Seconds for which the model's connection, which costs money, waits for a caller who has not come yet.",
        ),
    ] = 5
    grace_seconds: Annotated[
        int,
        Field(ge=1, le=300),
        Env("CALL_GRACE_SECONDS", "Seconds that a call waits for a caller who has left."),
    ] = 20
    max_calls: Annotated[
        int,
        Field(ge=1, le=10000),
        Env("CALLS_MAX", "Calls at one time, over all workers."),
    ] = 20
    kept_for_phone: Annotated[
        int,
        Field(ge=0, le=9999),
        Env("CALLS_KEPT_FOR_PHONE", "The last so many places are for callers on the phone: a page gets none of them."),
    ] = 0
    calls_per_address: Annotated[
        int,
        Field(ge=1, le=10000),
        Env(
            "CALLS_PER_ADDRESS",
            "Calls at one time from one address (IPv6: from one /64), by a page. Behind a proxy this needs "
            "HTTP_TRUSTED_PROXIES, or all callers have the proxy's.",
        ),
    ] = 5
    unjoined_per_address: Annotated[
        int,
        Field(ge=1, le=10000),
        Env("CALLS_UNJOINED_PER_ADDRESS", "How many of these nobody may have joined yet, or any more."),
    ] = 3
    resume_minutes: Annotated[
        int,
        Field(ge=1, le=1440),
        Env("RESUME_MINUTES", "Minutes in which a caller can come back to a call, from when they asked for it."),
    ] = 60
    verified_away_minutes: Annotated[
        float,
        Field(ge=0, le=60, allow_inf_nan=False),
        Env("VERIFIED_AWAY_MINUTES", "Minutes that a caller may be away and still be verified when they come back."),
    ] = 5
    again_minutes: Annotated[
        float,
        Field(ge=0, le=1440, allow_inf_nan=False),
        Env(
            "CALL_AGAIN_MINUTES",
            "Minutes after a break-off in which whoever calls again begins where they were, on a line with `takes_up`.",
        ),
    ] = 10


class Costs(Group):
    """What calls cost, and may."""

    title = "What calls cost"
    prices: Annotated[
        ReadableFile | None,
        Env("PRICES_FILE", "Your own prices, in a file like switchboard/ledger/prices.toml.", "my-prices.toml"),
    ] = None
    most: Annotated[
        float | None,
        Field(gt=0, le=10000, allow_inf_nan=False),
        Env("CALL_MAX_COST", "What a call may cost, in the currency of the prices; then it is ended.", "0.50"),
    ] = None


class Operate(Group):
    """The operators' pages, and who may see them."""

    title = "The operators' pages"
    issuer: Annotated[
        KeysUrl | None,
        Env(
            "OPERATE_OIDC_ISSUER",
            "Operators sign in here, by OpenID Connect (the extra `operate`). Unset: there are no operators' pages.",
            "https://login.example.com/realms/shop",
        ),
    ] = None
    client_id: Annotated[
        ModelName | None, Env("OPERATE_OIDC_CLIENT_ID", "What we are called there.", "switchboard")
    ] = None
    client_secret: Annotated[
        Secret | None,
        Env("OPERATE_OIDC_CLIENT_SECRET", "The secret for it; a public client has none.", "<secret>", secret=True),
    ] = None
    role_claim: Annotated[
        ModelName,
        Env(
            "OPERATE_ROLE_CLAIM",
            "The claim that tells somebody's roles, one or a list; realm_access.roles is the claim in the claim.",
        ),
    ] = "roles"
    operator: Annotated[
        ModelName, Env("OPERATE_ROLE_OPERATOR", "Its value for operators, who see calls, their callers masked.")
    ] = "operator"
    supervisor: Annotated[
        ModelName, Env("OPERATE_ROLE_SUPERVISOR", "For supervisors, who also hear recordings and see all unmasked.")
    ] = "supervisor"
    admin: Annotated[ModelName, Env("OPERATE_ROLE_ADMIN", "For admins, who also erase.")] = "admin"
    session_minutes: Annotated[
        int,
        Field(ge=5, le=1440),
        Env("OPERATE_SESSION_MINUTES", "Minutes after which one has to sign in again."),
    ] = 480
    audit_days: Annotated[
        int,
        Field(ge=1, le=3650),
        Env("OPERATE_AUDIT_DAYS", "Days for which it is kept who has seen, heard, exported or erased what."),
    ] = 365
    password: Annotated[
        Secret | None,
        Env(
            "OPERATE_PASSWORD",
            "One password for all, who are admins then: for a demo, which makes one at its start.",
            "<password>",
            secret=True,
        ),
    ] = None

    @property
    def door(self) -> bool:
        """Whether there is a way to sign in; without one there are no operators' pages."""
        return self.issuer is not None or self.password is not None


class Settings(BaseModel):
    """All settings, checked and frozen; safe to print and to pickle for another process.

    Built directly (`Settings(turns=Turns(detection="livekit"))`) every value is checked, but not what goes together
    with what: that is `load_settings`. `warnings` are lines for whoever starts the process to log.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    realtime: Realtime = Realtime()
    azure: Azure = Azure()
    openai: OpenAI = OpenAI()
    cartesia: Cartesia = Cartesia()
    turns: Turns = Turns()
    storage: Storage = Storage()
    recordings: Recordings = Recordings()
    tapes: Tapes = Tapes()
    livekit: LiveKit = LiveKit()
    worker: Worker = Worker()
    web: Web = Web()
    phone: Phone = Phone()
    desk: Desk = Desk()
    log: Log = Log()
    call: Limits = Limits()
    costs: Costs = Costs()
    operate: Operate = Operate()
    warnings: tuple[str, ...] = ()

    @property
    def provider(self) -> Provider | None:
        """Who serves the realtime model; None if nothing names one, and then only `console` and `demo` may start."""
        if self.realtime.provider:
            return self.realtime.provider
        if self.azure.endpoint:
            return "azure"
        return "openai" if self.openai.api_key or self.openai.base_url else None

    @property
    def simulated_at(self) -> str | None:
        """The simulator that answers, where one was named for the case that nobody else is; None: not that one."""
        return self.realtime.simulator_url if self.provider in (None, "simulator") else None

    @property
    def pseudonym_secret(self) -> str:
        """What pseudonyms are made with: LiveKit's secret, or the database's address, its password included."""
        return (self.livekit.api_secret or self.storage.url).get_secret_value()

    @property
    def kept_for_phone_by_a_worker(self) -> int:
        """The share of one worker of the places that are kept for the phone."""
        return self.call.kept_for_phone * self.worker.max_calls // self.call.max_calls

    def require_provider(self) -> Provider:
        """Who serves the realtime model; raises `SettingsError` if nobody is named."""
        if self.provider is None and self.simulated_at:
            return "simulator"
        if self.provider is None:
            raise SettingsError(
                [
                    Mistake(
                        "REALTIME_PROVIDER",
                        "nothing, and no AZURE_OPENAI_ENDPOINT, OPENAI_API_KEY or OPENAI_BASE_URL",
                        "a realtime provider for real callers",
                        "set AZURE_OPENAI_ENDPOINT and its key, or REALTIME_PROVIDER=simulator to answer with the "
                        "simulator on purpose",
                    )
                ]
            )
        return self.provider

    def require_livekit(self) -> LiveKitAccess:
        """How to reach LiveKit; raises `SettingsError` if that is not set."""
        access = self.livekit.access
        if access is None:
            fix = "set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or use `console`, which needs no server"
            raise SettingsError([Mistake("LIVEKIT_URL", "nothing", "the LiveKit server that carries the calls", fix)])
        return access

    @property
    def speaks_azure(self) -> bool:
        """Whether the realtime model is built from `azure`: Azure itself, or the simulator in its place."""
        return self.provider in ("azure", "simulator")

    @property
    def transcription_model(self) -> str | None:
        """The model or deployment that writes down what callers say, of the provider in use."""
        return self.openai.transcription_model if self.provider == "openai" else self.azure.transcription_deployment


def groups() -> dict[str, type[Group]]:
    """The groups of `Settings` by field."""
    types = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: kind for name, kind in types.items() if isinstance(kind, type) and issubclass(kind, Group)}


def _rows(group: type[Group]) -> list[Setting]:
    rows = []
    for name, info in group.model_fields.items():
        env = group.env(name)
        takes = expected(env.name, info)
        rows.append(Setting(env.name, group.title, _as_text(info.default), env.help, takes, env.example, env.secret))
    return rows


def _as_text(default: object) -> str:
    match default:
        case None | ():
            return ""
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, default))
        case SecretStr():
            return default.get_secret_value()
        case _:
            return str(default)


SETTINGS: tuple[Setting, ...] = tuple(row for group in groups().values() for row in _rows(group))


def env_example() -> str:
    """The text of `.env.example`."""
    lines = [
        "# Copy to .env and uncomment what you need; the values are the defaults, or examples where there is none."
    ]
    title = ""
    for setting in SETTINGS:
        if setting.group != title:
            title = setting.group
            lines += ["", f"## {title}"]
        lines += [f"# {setting.help}", f"#{setting.name}={setting.default or setting.example}"]
    return "\n".join(lines) + "\n"
