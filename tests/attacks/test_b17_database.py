"""B17: the address of a managed PostgreSQL is taken as providers show it, with TLS as it says, or refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import text

from switchboard.database import Database
from switchboard.settings.environment import load_settings
from switchboard.settings.values import SettingsError
from tests.certificates import Certificate, authority, certificate
from tests.postgres import Postgres, running_postgres

ROOT = Path(__file__).parents[2]
PASSWORD = "Canary-4f9a77c1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def trusted(folder: Path) -> Certificate:
    return authority(folder, "trusted")


@pytest.fixture(scope="module")
def managed(folder: Path, trusted: Certificate) -> Iterator[Postgres]:
    """A server as providers run them: reached by TCP, with TLS."""
    own = certificate(folder, trusted)
    with running_postgres(own.file, own.key) as server:
        server.create("calls")
        yield server


async def state(url: str) -> tuple[bool, str, str]:
    """Whether the connection is encrypted, what it calls itself, and how long a statement may take."""
    asked = (
        "SELECT (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), "
        "current_setting('application_name'), current_setting('statement_timeout')"
    )
    async with aclosing(Database(url)) as database, database.read() as session:
        encrypted, name, limit = (await session.execute(text(asked))).one()
        return encrypted, name, limit


FORMS = {
    "nothing asked": ("postgresql", "", (True, "", "0")),
    "Heroku": ("postgres", "", (True, "", "0")),
    "Heroku, Azure": ("postgres", "?sslmode=require", (True, "", "0")),
    "Neon": ("postgresql", "?sslmode=require&channel_binding=require", (True, "", "0")),
    "Supabase": ("postgresql", "?sslmode=require&application_name=shop", (True, "shop", "0")),
    "RDS": ("postgresql", "?sslmode=verify-full&sslrootcert={authority}", (True, "", "0")),
    "RDS, authority only": ("postgresql+asyncpg", "?sslmode=verify-ca&sslrootcert={authority}", (True, "", "0")),
    "DigitalOcean": ("postgresql", "?sslmode=require&connect_timeout=10", (True, "", "0")),
    "options": ("postgresql", "?sslmode=require&options=-c%20statement_timeout%3D5s", (True, "", "5s")),
    "for psql": (
        "postgresql",
        "?sslmode=prefer&connect_timeout=0&keepalives=1&keepalives_idle=30&gssencmode=disable&client_encoding=UTF8",
        (True, "", "0"),
    ),
    "primary": ("postgresql", "?target_session_attrs=read-write&ssl_min_protocol_version=TLSv1.2", (True, "", "0")),
    "without TLS": ("postgresql", "?sslmode=disable", (False, "", "0")),
}


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_that_providers_show_connects_as_it_says(
    managed: Postgres, trusted: Certificate, form: str
) -> None:
    scheme, query, expected = FORMS[form]
    url = f"{scheme}://postgres:{PASSWORD}@127.0.0.1:{managed.port}/calls{query.format(authority=trusted.file)}"
    settings = load_settings(None, {"DATABASE_URL": url})

    assert await state(settings.storage.url.get_secret_value()) == expected


AWAY = "timeout:1 attempts:1"
"""A name server that is away is so before our own patience with the database ends: what is told is the name then."""


def command(name: str, url: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "DATABASE_URL": url, "RES_OPTIONS": AWAY}
    run = [sys.executable, str(ROOT / "main.py"), name]
    return subprocess.run(run, env=environ, capture_output=True, text=True, check=False, cwd="/", timeout=120)


def test_the_tables_are_made_through_such_an_address(managed: Postgres) -> None:
    done = command("migrate", f"postgres://postgres@127.0.0.1:{managed.port}/calls?sslmode=require")

    assert (done.returncode, done.stderr) == (0, "")
    assert "is up to date" in done.stdout


def test_a_server_that_another_authority_vouches_for_is_told_in_one_line(managed: Postgres, folder: Path) -> None:
    other = authority(folder, "other")
    query = f"?sslmode=verify-full&sslrootcert={other.file}"
    done = command("migrate", f"postgresql://postgres:{PASSWORD}@127.0.0.1:{managed.port}/calls{query}")

    assert done.returncode == 2
    assert "cannot be reached: SSLCertVerificationError" in done.stderr
    assert done.stderr.count("\n") == 1
    assert PASSWORD not in done.stderr


async def test_a_server_that_no_authority_of_this_machine_vouches_for_is_not_believed(managed: Postgres) -> None:
    url = f"postgresql://postgres@127.0.0.1:{managed.port}/calls?sslmode=verify-full&sslrootcert=system"
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await state(url)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("postgresql://postgres@127.0.0.1:{port}/nowhere", "InvalidCatalogNameError"),
        ("postgresql://nobody@127.0.0.1:{port}/calls", "InvalidAuthorizationSpecificationError"),
        ("postgresql://postgres@127.0.0.1:1/calls", "ConnectionRefusedError"),
        ("postgresql://postgres@nowhere.invalid/calls", "gaierror"),
        ("postgresql://postgres@127.0.0.1:{port}/calls?options=-c%20nonsense%3D1", "UndefinedObjectError"),
        ("sqlite:////proc/nowhere/calls.db", "FileNotFoundError"),
    ],
)
@pytest.mark.parametrize("name", ["migrate", "check"])
def test_a_database_that_cannot_be_reached_is_told_in_one_line(
    managed: Postgres, name: str, url: str, cause: str
) -> None:
    done = command(name, url.format(port=managed.port))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [cause in line for line in (done.stderr + done.stdout).splitlines() if "database" in line] == [True]


WRONG = {
    "sslmode=on": "correct sslmode",
    "sslmode=": "correct sslmode",
    "sslmode": "name=value",
    "sslmode=require&&": "name=value",
    "sslmode=verify-full": "sslrootcert=system",
    "sslmode=verify-full&sslrootcert=/nowhere/ca.pem": "correct sslrootcert",
    "sslmode=verify-full&sslrootcert=%00": "correct sslrootcert",
    "connect_timeout=soon": "correct connect_timeout",
    "connect_timeout=-1": "correct connect_timeout",
    "channel_binding=always": "correct channel_binding",
    "client_encoding=latin1": "correct client_encoding",
    "gssencmode=require": "correct gssencmode",
    "target_session_attrs=anybody": "correct target_session_attrs",
    "application_name=a%00b": "correct application_name",
    "port=x": "correct port",
    "pgbouncer=true": "session or of a direct connection",
    "schema=public": "remove schema",
    "SSLMODE=require": "remove the unknown name",
    f"{PASSWORD}=1": "remove the unknown name",
    "service=shop": "remove service",
}


@pytest.mark.parametrize("query", WRONG)
def test_what_cannot_be_kept_is_refused_with_its_name(query: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(None, {"DATABASE_URL": f"postgresql://shop:{PASSWORD}@db.example/calls?{query}"})
    (problem,) = refused.value.problems

    assert problem.name == "DATABASE_URL"
    assert WRONG[query] in problem.fix
    assert PASSWORD not in str(problem)


@pytest.mark.parametrize(
    ("query", "warned"),
    [
        ("sslmode=require&channel_binding=require", True),
        ("channel_binding=require", True),
        ("sslmode=verify-ca&sslrootcert=system&channel_binding=require", False),
        ("sslmode=require&channel_binding=prefer", False),
        ("sslmode=require", False),
    ],
)
def test_it_is_told_that_channel_binding_is_not_kept(query: str, warned: bool) -> None:
    settings = load_settings(None, {"DATABASE_URL": f"postgresql://shop@db.example/calls?{query}"})

    assert any("channel_binding" in line for line in settings.warnings) == warned


def test_a_socket_is_an_address_too(managed: Postgres) -> None:
    url = managed.create("by-socket")

    assert load_settings(None, {"DATABASE_URL": url}).storage.url.get_secret_value() == url
