"""Files that hold what callers said: for the eyes of this user only."""

import os
from contextlib import suppress
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make the folder, and those that it stands in, where they are missing. One that is there stays as it is."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def private_file(file: Path) -> None:
    """Make the file, if it is missing, and let nobody else read it.

    One that is there is not opened: closing it would take from SQLite the locks that this process has on it.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    keep_private(file)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet, as UTF-8. Raises `FileExistsError`, or `OSError`: then there is none."""
    with open(file, "x", encoding="utf-8", opener=_private) as written:
        try:
            written.write(text)
            written.flush()
        except OSError:
            file.unlink()
            raise


def keep_private(file: Path) -> None:
    """Let nobody else read the file, if there is one and it is ours."""
    with suppress(FileNotFoundError, PermissionError):
        file.chmod(0o600)


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)
