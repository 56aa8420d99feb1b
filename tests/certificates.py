"""Certificates for a test: an authority of its own, and what it vouches for."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

DAYS = ("-days", "2")
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files."""

    file: Path
    key: Path


def authority(folder: Path, name: str) -> Certificate:
    """One that vouches for others."""
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    _openssl("req", "-x509", "-subj", f"/CN={name}", *_new_key(made), *DAYS, "-out", made.file)
    return made


def certificate(folder: Path, by: Certificate, name: str = "server") -> Certificate:
    """One for this machine that `by` vouches for."""
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    names = ("-addext", NAMES, "-addext", "basicConstraints=critical,CA:FALSE")
    signed = ("-x509", "-CA", by.file, "-CAkey", by.key)
    _openssl("req", *signed, "-subj", f"/CN={name}", *names, *_new_key(made), *DAYS, "-out", made.file)
    return made


def _new_key(made: Certificate) -> tuple[str | Path, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", made.key)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
