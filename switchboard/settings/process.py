"""The environment of this process, beside the settings: what plugins would read in it, and what children inherit."""

import os
import secrets
import socket
from collections.abc import MutableMapping
from pathlib import Path

from switchboard.settings.schema import LiveKitAccess, Settings

WORKER = "SWITCHBOARD_WORKER"


def process_environment() -> dict[str, str]:
    """The environment of this process, for the programs that it starts."""
    return dict(os.environ)


def shield_environment(settings: Settings, environ: MutableMapping[str, str] | None = None) -> tuple[str, ...]:
    """Remove from the environment what the plugins would take although the settings do not; returns the names.

    What the settings were read from stays: LiveKit's job processes inherit this environment, and load the same again.
    Call it before a model is built, in every process.
    """
    environ = os.environ if environ is None else environ
    unused = {"AZURE_OPENAI_AD_TOKEN"}
    if not (settings.speaks_azure and settings.azure.preview):
        unused.add("OPENAI_API_VERSION")
    if settings.provider != "openai":
        unused |= {"OPENAI_API_KEY", "OPENAI_BASE_URL"}
    if settings.provider != "azure":
        unused |= {"AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"}
    removed = tuple(sorted(name for name in unused if name in environ))
    for name in removed:
        del environ[name]
    return removed


def spare_local_models(settings: Settings) -> None:
    """Keep LiveKit from loading its own turn detection (some 240 MB) into every worker, where nothing will use it.

    Call it before a worker is built. Source: `livekit.agents.ipc._preload`, 1.8.9.
    """
    if not settings.turns.client_side:
        os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")


def let_children_import_from(folder: Path) -> None:
    """Let Python processes that this one starts find the modules of `folder`, wherever it was started.

    A fork server imports what it preloads as a fresh interpreter does (Python 3.11).
    """
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{path}" if path else str(folder)


def tell_children(livekit: LiveKitAccess) -> None:
    """Let the processes that this one starts know LiveKit's server as LiveKit's own clients look for it."""
    secret = livekit.secret.get_secret_value()
    os.environ |= {"LIVEKIT_URL": livekit.url, "LIVEKIT_API_KEY": livekit.key, "LIVEKIT_API_SECRET": secret}


def name_worker() -> str:
    """Give this worker a name unlike all others; the processes that answer its calls know it as well."""
    os.environ[WORKER] = name = f"{socket.gethostname()}-{secrets.token_hex(3)}"
    return name


def worker_name() -> str | None:
    """The worker that this process answers calls for, if it does."""
    return os.environ.get(WORKER)
