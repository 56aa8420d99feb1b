"""Where recordings are kept: a folder, or storage that speaks S3's protocol."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args
from urllib.parse import urlsplit

from switchboard.files import private_folder
from switchboard.ledger.events import LaneName
from switchboard.settings.schema import Recordings as RecordingSettings

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Store

LANES: tuple[LaneName, ...] = get_args(LaneName)
SOUND, PEAKS = ".ogg", ".peaks.json"
NAMES = frozenset(f"{lane}{kind}" for lane in LANES for kind in (SOUND, PEAKS))
CLIENT: Any = {"connect_timeout": "3s", "timeout": "30s"}
RETRIES: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=6)}


class StorageError(Exception):
    """The storage does not take, give or remove what it should. The message is the kind of error, and no address."""


@dataclass(frozen=True)
class Part:
    """Bytes of a file of `size` bytes, from `start` on."""

    data: bytes
    start: int
    size: int


class Recordings:
    """The recordings of all calls, as the settings say; the extra `recording` is needed.

    All raise `StorageError`.
    """

    def __init__(self, settings: RecordingSettings) -> None:
        assert settings.url is not None, "there is nothing without a place for it"
        self._settings = settings
        self._url = urlsplit(settings.url)
        self._obstore = import_module("obstore")

    @classmethod
    def of(cls, settings: RecordingSettings) -> Self | None:
        """None: nothing is recorded."""
        return cls(settings) if settings.url else None

    async def store(self, call_id: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of a call, by their names."""
        async with self._errors():
            puts = (self._obstore.put_async(self._store, f"{call_id}/{name}", data) for name, data in files.items())
            await asyncio.gather(*puts)

    async def lanes(self, call_id: str) -> list[LaneName]:
        """Whose sound there is of that call."""
        names = await self._names(call_id)
        return [lane for lane in LANES if f"{lane}{SOUND}" in names]

    async def read(self, call_id: str, name: str, begin: int = 0, end: int | None = None) -> Part:
        """The bytes from `begin` on, to before `end`. Raises `FileNotFoundError`: there is no such file."""
        if name not in NAMES or "/" in call_id:
            raise FileNotFoundError
        if end is not None:
            options: dict[str, Any] = {"range": (begin, end)}
        else:
            options = {"range": {"offset": begin}} if begin else {}
        async with self._errors():
            answer = await self._obstore.get_async(self._store, f"{call_id}/{name}", options=options)
            return Part(bytes(await answer.bytes_async()), answer.range[0], answer.meta["size"])

    async def erase(self, call_id: str) -> None:
        """Remove all of a call's; of a call that has nothing, too."""
        names = await self._names(call_id)
        async with self._errors():
            if names:
                await self._obstore.delete_async(self._store, [f"{call_id}/{name}" for name in names])

    async def _names(self, call_id: str) -> set[str]:
        async with self._errors():
            found = await self._obstore.list(self._store, prefix=f"{call_id}/").collect_async()
        return {each["path"].rpartition("/")[2] for each in found}

    @asynccontextmanager
    async def _errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (self._obstore.exceptions.BaseError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise FileNotFoundError from None
            raise StorageError(type(error).__name__) from None  # their texts name addresses and keys

    @cached_property
    def _store(self) -> "LocalStore | S3Store":
        stores = import_module("obstore.store")
        settings = self._settings
        if self._url.scheme == "file":
            folder = Path(self._url.path)
            private_folder(folder)
            return stores.LocalStore(folder, automatic_cleanup=True)  # type: ignore[no-any-return]
        given: dict[str, Any] = {"region": settings.s3_region}
        if settings.s3_endpoint:
            given["endpoint"] = settings.s3_endpoint
        if settings.s3_key_id and settings.s3_secret:
            given |= {
                "access_key_id": settings.s3_key_id,
                "secret_access_key": settings.s3_secret.get_secret_value(),
            }
        own = bool(settings.s3_endpoint and settings.s3_endpoint.startswith("http://"))
        return stores.S3Store(  # type: ignore[no-any-return]
            self._url.netloc,
            prefix=self._url.path.strip("/") or None,
            client_options=CLIENT | {"allow_http": own},
            retry_config=RETRIES,
            **given,
        )
