"""Files that are written together: all of them, or none."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from app.new.refusal import RefusalError


class Change:
    """What is to be in the files of the house below `root`, by their path in it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, str] = {}

    @property
    def files(self) -> list[str]:
        """All that it writes."""
        return list(self._texts)

    def read(self, file: str) -> str:
        """A file as it is to be. Raises `RefusalError` when it cannot be read."""
        if file in self._texts:
            return self._texts[file]
        try:
            return (self._root / file).read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise RefusalError(f"{file} cannot be read ({type(error).__name__}): nothing was written.") from None

    def add(self, file: str, text: str) -> None:
        """A file that there must not be yet. Raises `RefusalError`."""
        if (self._root / file).exists():
            raise RefusalError(f"{file} is there already: choose another name, or remove it first.")
        self._texts[file] = text

    def edit(self, file: str, text: str) -> None:
        """A file that there is."""
        self._texts[file] = text

    @contextmanager
    def written(self) -> Iterator[None]:
        """The files are written; when the block fails, or is interrupted, they are as they were."""
        paths = {self._root / file: text for file, text in self._texts.items()}
        before = {path: path.read_bytes() if path.exists() else None for path in paths}
        made = [folder for path in paths for folder in path.parents if not folder.exists()]
        try:
            for path, text in paths.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            yield
        except OSError as error:
            _restore(before, made)
            raise RefusalError(f"The files cannot be written: {error.strerror}. All is as it was.") from None
        except BaseException:
            _restore(before, made)
            raise


def _restore(before: Mapping[Path, bytes | None], made: Iterable[Path]) -> None:
    """Files as they were, without the folders that were `made` for them."""
    for path, content in before.items():
        with suppress(OSError):  # the others are restored all the same
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                path.write_bytes(content)
    for folder in made:
        rmtree(folder, ignore_errors=True)
