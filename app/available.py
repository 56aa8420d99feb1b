"""The services that a call runs on: those of the settings, or a simulator's."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from switchboard.line.workflow import Workflow
from switchboard.realtime.breaker import Breakers
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from switchboard.settings.schema import Settings
from switchboard.telemetry.worker import service_is

if TYPE_CHECKING:
    from app.simulator import MakeSimulator

BREAKERS = Breakers(service_is)
"""Which services are known to be down: the one thing that the calls of a process share."""


@asynccontextmanager
async def services(chosen: Settings, line: Workflow) -> AsyncIterator[Services]:
    """The services of the settings, or a simulator's: the one that is set, or one that lives as long as the block."""
    if chosen.simulated_at or chosen.provider not in (None, "simulator"):
        reached = with_simulator(chosen, chosen.simulated_at) if chosen.simulated_at else chosen
        async with aclosing(Services(reached, BREAKERS)) as available:
            yield available
        return
    async with (
        simulator_of(line)(0) as simulator,
        aclosing(Services(with_simulator(chosen, simulator.url))) as available,
    ):
        yield available


def read_playbooks(chosen: Settings, lines: Iterable[Workflow]) -> None:
    """Those that calls will go by, before there is one. Exits with 2, and says so, when one is wrong."""
    if chosen.provider in (None, "simulator") and not chosen.simulated_at:
        for line in lines:
            if line.playbook:
                simulator_of(line)


def simulator_of(line: Workflow) -> "MakeSimulator":
    """Simulators that behave as the line's playbook says; it is read once."""
    from app.simulator import playbook_simulator  # noqa: PLC0415 - its libraries are an extra, not needed with keys

    return playbook_simulator(line)
