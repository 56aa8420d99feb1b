"""`main.py try --live`: scenarios held with the service of the settings, and how often they pass."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from app.check import model_answers
from app.costs import prices_of
from app.live_report import announce, show_rates, sum_up
from app.process import fail, settings, start_logging, tell, tell_json
from app.rehearsal_report import Report
from app.rehearsals import LOG, OFFLINE, chosen_of, lines_of, played, tell_unplayed, write_reports
from rehearsal.file import Play
from rehearsal.house import LIVE_AT_ONCE
from rehearsal.rate import Rate, rate_of, rates_of
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import Settings

TAKEN = ("realtime", "azure", "openai", "costs")
"""The groups of the settings that calls are held with: nobody is rung, and no other database or folder is touched."""
NO_SERVICE = (
    "--live: the settings name no real service. Set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and "
    "AZURE_OPENAI_DEPLOYMENT, or OPENAI_API_KEY, and no REALTIME_PROVIDER=simulator."
)


def run(
    names: Sequence[str],
    line: str | None,
    times: int,
    at_least: float,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Hold the scenarios with these names, or all that a real service can be tried with, so many times each.

    Exits with 1 if one passes in less than `at_least` of its calls, a share; with 2 if no service answers, or
    nothing is there to try.
    """
    began, lines, service = time.monotonic(), lines_of(line), _service()
    report = Report()
    chosen, unplayed = chosen_of(lines, names)
    tell_unplayed(report, chosen, unplayed)
    plays = _for_a_service(chosen)
    start_logging(service, LOG)
    if not asyncio.run(model_answers(service, tell)):
        raise typer.Exit(2)
    announce(len(plays) * times, len(plays), _described(service), LIVE_AT_ONCE)
    verdicts = played(lines, plays, range(times), report, live=service)
    rates, seconds = rates_of(verdicts), time.monotonic() - began
    cost = prices_of(service).of(event for verdict in verdicts for event in verdict.events)
    show_rates(rates, at_least)
    sum_up(rates, rate_of(verdicts), cost, seconds, len(chosen) - len(plays))
    write_reports(verdicts, unplayed, junit, html)
    failed = [name for name, rate in rates.items() if rate.share < at_least]
    if as_json:
        tell_json(_summed(rates, failed, rate_of(verdicts), seconds))
    if failed:
        raise typer.Exit(1)


def _service() -> Settings:
    """Those of a scenario with the service of the process's settings. Exits with 2 where they name none."""
    chosen = settings()
    if chosen.provider in (None, "simulator"):
        fail(NO_SERVICE)
    return load_settings(None, OFFLINE).model_copy(update={name: getattr(chosen, name) for name in TAKEN})


def _for_a_service(plays: Sequence[Play]) -> Sequence[Play]:
    """Those that are typed and need no fault of the simulator's. Exits with 2 if none is left."""
    if not plays:
        fail("--live: there is no scenario to hold. Write one: docs/scenarios.md")
    left = [play for play in plays if not (play.scenario.faults or play.scenario.takes_sound)]
    if not left:
        first = plays[0]
        lacks = "has faults, which are the simulator's" if first.scenario.faults else "takes sound"
        how = "main.py try --voice" if first.scenario.takes_sound else "main.py try"
        fail(f"--live: {first.name} {lacks}, and a real service is only typed to. Leave --live out: {how} {first.name}")
    return left


def _described(service: Settings) -> str:
    """Its model, and where it is."""
    azure = service.provider == "azure"
    model = service.azure.deployment if azure else service.openai.model
    address = service.azure.resource_url if azure else service.openai.base_url
    return f"{model} of {service.provider}{f' at {urlsplit(address).hostname}' if address else ''}"


def _summed(rates: Mapping[str, Rate], failed: Sequence[str], rate: Rate, seconds: float) -> Mapping[str, Any]:
    return {
        "scenarios": len(rates),
        "passed": len(rates) - len(failed),
        "failed": failed,
        "seconds": round(seconds, 1),
        "calls": rate.calls,
        "rate": round(rate.share, 3),
        "interval": [round(end, 3) for end in rate.interval],
    }
