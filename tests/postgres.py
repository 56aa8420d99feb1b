"""A PostgreSQL server of our own: Debian's binaries on a temporary directory, reached through a socket, or by TLS."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from stack.ports import free_port

# Nothing here outlives the tests, so nothing has to reach a disk.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
}


class PostgresMissing(Exception):  # noqa: N818 - a state of the machine, not an error
    """PostgreSQL's server is not installed here."""


class Postgres:
    """A server between `start` and `stop`, with as many databases as tests ask for.

    With a `certificate` and its key it listens on a port of this machine too, `port`, and speaks TLS there.
    """

    def __init__(self, certificate: Path | None = None, key: Path | None = None) -> None:
        self.port = free_port() if certificate else 5432
        self._certificate, self._key = certificate, key
        self._bin = _binaries()
        # As root the server refuses to run; Debian's package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )
        self.serve()

    def serve(self) -> None:
        """Let it run, again after `halt`."""
        options = [word for name, value in (OPTIONS | self._tls()).items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-k", self._folder, *options],
                user=self._user,
                cwd="/",
                stdout=log,
                stderr=log,
            )
        self._wait()

    def halt(self) -> None:
        """Stop the server, fast: it ends every connection, and keeps what it has."""
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        """Stop the server, and remove all it had."""
        self.halt()
        shutil.rmtree(self._folder)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It is not there, and comes back with all that it had."""
        self.halt()
        try:
            yield
        finally:
            self.serve()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It hangs, with every connection that it has."""
        assert self._server is not None
        children = subprocess.run(
            ["pgrep", "-P", str(self._server.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        processes = [self._server.pid, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, a copy of `template`, and tell its URL, through the socket."""
        self._run("createdb", *self._there(), "-U", "postgres", "-T", template, name)
        return f"postgresql://postgres@/{name}?host={self._folder}&port={self.port}"

    def drop(self, name: str) -> None:
        self._run("dropdb", *self._there(), "-U", "postgres", "--force", "--if-exists", name)

    def _there(self) -> tuple[str, ...]:
        return ("-h", str(self._folder), "-p", str(self.port))

    def _tls(self) -> dict[str, str]:
        if not (self._certificate and self._key):
            return {}
        own = {name: self._folder / name for name in ("server.crt", "server.key")}
        for given, copy in zip((self._certificate, self._key), own.values(), strict=True):
            shutil.copy(given, copy)
            copy.chmod(0o600)  # the server takes no key that others can read
            if self._user:
                shutil.chown(copy, self._user)
        files = {"ssl_cert_file": str(own["server.crt"]), "ssl_key_file": str(own["server.key"])}
        return {"listen_addresses": "127.0.0.1", "port": str(self.port), "ssl": "on", **files}

    def _wait(self) -> None:
        assert self._server is not None
        ready = [str(self._bin / "pg_isready"), "-q", *self._there()]
        while subprocess.run(ready, check=False).returncode:
            if self._server.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()}")
            time.sleep(0.05)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], user=self._user, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")


@contextmanager
def running_postgres(certificate: Path | None = None, key: Path | None = None) -> Iterator[Postgres]:
    """A server for as long as the block runs; where there is none the test is skipped."""
    try:
        server = Postgres(certificate, key)
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _binaries() -> Path:
    # Debian keeps a server's programs off the PATH, a folder for each version.
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if not found:
        raise PostgresMissing("no PostgreSQL server here: apt-get install postgresql")
    return Path(found).resolve().parent


@asynccontextmanager
async def silent_postgres() -> AsyncIterator[str]:
    """The address of one that takes connections and says nothing."""

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield f"postgresql://somebody@127.0.0.1:{server.sockets[0].getsockname()[1]}/somewhere"
