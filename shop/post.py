"""How a code gets to the address on file."""

from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from switchboard.files import private_file, private_folder


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
