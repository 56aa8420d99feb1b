"""The simulator's options, as the command line says them: times in milliseconds, faults in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.process import fail
from simulator.fault_text import described, fault_of
from simulator.faults import Fault, UnknownFault
from simulator.times import Time, time_of

MILLISECONDS = 0.001
TIMES_HELP = (
    "Times are fixed (400), anything between two (300..900), or as services are: half below the first, and 95 % below "
    "the second (400/900)."
)
FAULTS_HELP = (
    'A fault is a name, and when: --fault "drop at=response.done when=before nth=2 session=1 after=20 probability=0.1 '
    'skip=1 count=all" (all but the name may be left out; `after` is in seconds; docs/simulator.md explains):'
)


def options_of(times: Mapping[str, str | None], faults: Sequence[str], **others: Any) -> dict[str, Any]:
    """Those options that were given, as the simulator takes them. What is wrong with one ends the process with 2."""
    given = {name: value for name, value in others.items() if value is not None}
    given |= {name: _time(name, text) for name, text in times.items() if text is not None}
    return given | {"faults": tuple(_fault(text) for text in faults)}


def help_text() -> str:
    """What `--help` says below the options; a paragraph is a line there."""
    return "\n\n".join((TIMES_HELP, FAULTS_HELP, *(f"{name}: {says}" for name, says in described())))


def _time(name: str, text: str) -> Time:
    try:
        time = time_of(text, 1.0 if name == "pace" else MILLISECONDS)
    except ValueError as error:
        fail(f"--{name.replace('_', '-')} {text}: {error}")
    if name == "pace" and time == 0:
        fail("--pace 0: nothing would ever be heard")
    return time


def _fault(text: str) -> Fault:
    try:
        return fault_of(text)
    except UnknownFault as error:
        fail(f"--fault: {error}")
