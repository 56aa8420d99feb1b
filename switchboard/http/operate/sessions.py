"""Who has signed in: their browser brings it with each request, signed by us."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request, Response

from switchboard.http.operate.cookies import Cookies
from switchboard.http.operate.roles import Role

NAME = "session"


@dataclass(frozen=True)
class Person:
    """Whom a door has let in."""

    subject: str
    """Who they are for the sign-in service, for good."""
    name: str
    """For people to read."""
    role: Role


@dataclass(frozen=True)
class Operator(Person):
    """Somebody who is signed in."""

    until: datetime
    """When they have to sign in again."""


class Sessions:
    """Begins sessions, and knows them again, on every machine that has the same secret."""

    def __init__(self, cookies: Cookies, minutes: int) -> None:
        self._cookies = cookies
        self._seconds = minutes * 60

    def begin(self, request: Request, response: Response, person: Person) -> None:
        """From this answer on they are signed in."""
        value = {"sub": person.subject, "name": person.name, "role": person.role}
        self._cookies.write(request, response, NAME, value, self._seconds)

    def end(self, request: Request, response: Response) -> None:
        """From this answer on they are not."""
        self._cookies.remove(request, response, NAME)

    def of(self, request: Request) -> Operator | None:
        """Who makes this request, if they are signed in."""
        value = self._cookies.read(request, NAME)
        if not value:
            return None
        until = datetime.fromtimestamp(value["exp"], UTC)
        return Operator(value["sub"], value["name"], Role(value["role"]), until)
