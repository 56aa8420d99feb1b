"""A folder to make something in, which takes its place only when it is whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """An empty folder beside `place`, which replaces whatever is there if the block ends well.

    Only for whoever holds the lock of `place`: what a killed process has left there is removed.
    """
    made = place.with_name(f"{place.name}.new")
    _remove(made)
    made.mkdir(parents=True)
    try:
        yield made
        _remove(place)
        made.rename(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
