"""The door of a demo: one password, and whoever has it may do everything."""

import hmac
from typing import Literal

from pydantic import SecretStr

from switchboard.http.operate.roles import Role
from switchboard.http.operate.sessions import Person

WHOEVER = Person(subject="password", name="Demo", role=Role.ADMIN)


class PasswordDoor:
    """Opens to the password."""

    by: Literal["password"] = "password"

    def __init__(self, password: SecretStr) -> None:
        self._password = password.get_secret_value().encode()

    def opens_to(self, password: str) -> Person | None:
        """Whom it lets in, if that is the password; it takes as long when it is not."""
        same = hmac.compare_digest(self._password, password.encode())
        return WHOEVER if same else None
