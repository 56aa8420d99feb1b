"""How a code gets to the address on file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from switchboard.files import private_file, private_folder
from switchboard.line.business import Send


class Post(Protocol):
    """Brings codes to customers. A business has one of its own, for its mail or its text messages."""

    def send(self, email: str, code: str) -> None:
        """Send the code to the address. Returns at once, for a caller would hear from a wait that there is an account.

        Raises OSError when nothing can be sent; who asked is not told.
        """


class FilePost:
    """Writes codes into a folder, a file for each address, which nobody else on this machine can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, email: str, code: str) -> None:
        """Write the code into the file of the address."""
        private_folder(self._folder)
        file = self._folder / quote(email, safe="@")
        private_file(file)
        file.write_text(f"{code}\n")


class Outbox:
    """What the shop's letters leave by: the `carrier` has them, put your own in its place."""

    def __init__(self, carrier: Post) -> None:
        self.carrier = carrier

    def send(self, email: str, code: str) -> None:
        """Give it to the carrier."""
        self.carrier.send(email, code)

    @contextmanager
    def given_to(self, send: Send) -> Iterator[None]:
        """Within the block all letters go to `send`."""
        before, self.carrier = self.carrier, Carrier(send)
        try:
            yield
        finally:
            self.carrier = before


@dataclass(frozen=True)
class Carrier:
    """A `Post` that is a function."""

    send: Send


OUTBOX = Outbox(FilePost(Path(__file__).parent.parent / "var" / "codes"))
