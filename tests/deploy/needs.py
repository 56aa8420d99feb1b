"""Which service needs which settings: what compose.yaml and deploy/kubernetes are compared with."""

from switchboard.settings.schema import SETTINGS


def in_group(*titles: str) -> set[str]:
    return {setting.name for setting in SETTINGS if setting.group in titles}


LIVEKIT = {"LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_AGENT_NAME"}
CALL = {"CALL_WAIT_SECONDS", "CALL_GRACE_SECONDS", "CALLS_MAX", "CALLS_KEPT_FOR_PHONE"}
PEOPLE = {"PHONE_OUTBOUND_ADDRESS", "PHONE_OUTBOUND_NUMBER", "PHONE_PEOPLE"}
TRUNKS = {
    *(
        "PHONE_NUMBERS",
        "PHONE_ALLOWED_ADDRESSES",
        "PHONE_FIREWALLED",
        "PHONE_PUBLISHED_AT",
        "PHONE_USERNAME",
        "PHONE_PASSWORD",
    ),
    *("PHONE_OUTBOUND_USERNAME", "PHONE_OUTBOUND_PASSWORD", "PHONE_OUTBOUND_TRANSPORT"),
}
OF_WEB = {"LIVEKIT_PUBLIC_URL", "CALLS_PER_ADDRESS", "CALLS_UNJOINED_PER_ADDRESS", "RESUME_MINUTES"} | in_group(
    "The web app", "The operators' pages", "Logs"
)
OF_WORKER = in_group(
    "The realtime model",
    "Azure OpenAI",
    "OpenAI, or another server that speaks its Realtime API",
    "Cartesia, the voice of agents that have one of their own",
    "Turns: who notices that the caller has finished",
    "Storage",
    "Recordings, on lines with `recorded`",
    "Recordings of the services, to find a fault",
    "The worker",
    "Logs",
    "The phone, through LiveKit SIP",
    "The desk: what callers may ask of people",
    "The end of a call",
    "What calls cost",
)
NEEDED: dict[str, set[str]] = {
    "worker": (OF_WORKER - TRUNKS - OF_WEB) | in_group("Logs") | LIVEKIT,
    "web": in_group("The web app", "The operators' pages", "Logs")
    | {"DATABASE_URL"}
    | OF_WEB
    | LIVEKIT
    | CALL
    | PEOPLE,
    "migrate": {"DATABASE_URL"},
    "numbers": TRUNKS | LIVEKIT | PEOPLE,
    "livekit": {"LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"},
    "sip": {"LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"},
    **{name: set() for name in ("simulator", "postgres", "redis", "address")},
}
SHARED_SECRETS = {"DATABASE_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"}
"""Known to programs that are not ours as well, which take them from the environment."""
