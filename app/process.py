"""This process: where the project lies, its settings and its log, and how it says what is wrong."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import structlog
import typer

from switchboard import logs
from switchboard.redaction.redactor import Redactor
from switchboard.settings.environment import load_settings
from switchboard.settings.process import shield_environment
from switchboard.settings.schema import Settings
from switchboard.settings.values import SettingsError
from switchboard.text import visible

HERE = Path(__file__).parent.parent
LOG_FILE = HERE / "var" / "log" / "switchboard.log"


@cache
def settings() -> Settings:
    """The settings of this process, read once. What is wrong is told, one line each, and the process exits with 2."""
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))


def start_logging(chosen: Settings, file: Path | None = None) -> None:
    """Logs as the settings want them, with the settings' own warnings first."""
    logs.configure(chosen.log, file, Redactor(chosen.storage.redacts))
    shield_environment(chosen)
    for warning in chosen.warnings:
        structlog.get_logger("settings").warning(warning)


def tell(text: str, err: bool = False) -> None:
    """Write lines to the terminal; whatever stands in them, it is shown and not obeyed."""
    typer.echo("\n".join(visible(line) for line in text.split("\n")), err=err)


def tell_json(value: Any, indent: int | None = None) -> None:
    """Write a value as JSON, of ASCII alone: in a terminal nothing in it is obeyed either."""
    typer.echo(json.dumps(value, indent=indent))


def fail(message: str) -> NoReturn:
    """Say what is wrong, on standard error, and exit with 2."""
    tell(message, err=True)
    raise typer.Exit(2)


@contextmanager
def writing(option: str, file: Path) -> Iterator[None]:
    """Exits with 2 if the file, which `option` names, cannot be written inside."""
    try:
        yield
    except OSError as error:
        fail(f"{option}: {file} cannot be written: {error.strerror}.")
