"""The whole stack for phone calls as real processes: the services, a simulator that understands speech, a worker."""

from dataclasses import replace
from pathlib import Path

from bench.outlet import Outlet
from switchboard.phone.setup import Setup
from switchboard.settings.environment import load_settings
from tests.browser.stack import Stack
from tests.phone.services import PhoneServices

NUMBER = "+15550100"
LINE = "support-line"
PHONE = {
    "PHONE_NUMBERS": f"{NUMBER}={LINE}",
    "PHONE_ALLOWED_ADDRESSES": "127.0.0.0/8",
    "PHONE_PUBLISHED_AT": "127.0.0.1",
    "DESK_RINGS_PER_ORIGIN": "1000",
}
"""All tests have one caller, who has people rung more often in an hour than anybody may in a day."""


def shop_desk(*outlets: Outlet) -> dict[str, str]:
    """Settings: the phones of the shop desk, which are there, in that order."""
    phones = "|".join(f"sip:desk{number}@127.0.0.1:{outlet.port}" for number, outlet in enumerate(outlets, start=1))
    return {
        "PHONE_PEOPLE": f"shop desk={phones}",
        "PHONE_RING_SECONDS": "6",
        "PHONE_ACCEPT_SECONDS": "12",
    }


class PhoneStack(Stack):
    """The browser's stack without the web app, on the services; `phone` are settings of the worker's phone."""

    def __init__(
        self, services: PhoneServices, database: str, folder: Path, phone: dict[str, str], **options: str | Path
    ) -> None:
        super().__init__(services.livekit, database, folder, **options)  # type: ignore[arg-type]
        self.services = services
        self.worker.environ.update(phone)
        self._programs = (self.simulator, self.worker)  # type: ignore[assignment]

    def run_worker(self, *arguments: str) -> None:
        """Before the start: use another program of ours as the worker."""
        self.worker.arguments = arguments


def phone_setup(services: PhoneServices, settings: dict[str, str], agent: str = "switchboard") -> Setup:
    """The set-up of a phone with these settings, on the services' LiveKit server."""
    chosen = load_settings(None, settings)
    return Setup(chosen.phone, replace(services.livekit.access, agent_name=agent))
