"""Signing in and out, through the one door that the settings have."""

from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from switchboard.http.errors import (
    BadRequest,
    DatabaseDown,
    NotJson,
    OtherSite,
    SignInDown,
    TooLarge,
    TooManyRequests,
    described,
)
from switchboard.http.limits import RateLimit
from switchboard.http.operate.cookies import PATH
from switchboard.http.operate.password import PasswordDoor
from switchboard.http.operate.refusals import NoRole, SignInFailed, WrongPassword
from switchboard.http.operate.sessions import Person, Sessions
from switchboard.http.operate.visits import Visit
from switchboard.http.reaching import reaching_database
from switchboard.http.sites import OwnSites
from switchboard.operate.audit import Audit, Viewer

TRIES_PER_MINUTE = 10
CALLBACK = "operate_callback"
OWN_PAGE = OwnSites(())


class PasswordRequest(BaseModel):
    """The password of the demo."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Annotated[SecretStr, Field(max_length=256)]


class Elsewhere(Protocol):
    """A door that sends people to a sign-in service."""

    by: Literal["openid"]

    async def send(self, request: Request, back: str) -> Response:
        """Send a browser there."""

    async def receive(self, request: Request) -> Person:
        """Who comes back from there."""

    def forget(self, request: Request, response: Response) -> None:
        """The way there is over."""


class WithPassword:
    """Signs in whoever knows the password."""

    def __init__(self, door: PasswordDoor, sessions: Sessions, audit: Audit) -> None:
        self._door = door
        self._sessions = sessions
        self._audit = audit

    async def enter(self, asked: PasswordRequest, request: Request, response: Response) -> None:
        """Sign in with the password: the answer's cookie is to be brought with each request."""
        person = self._door.opens_to(asked.password.get_secret_value())
        if person is None:
            raise WrongPassword
        await _note(self._audit, person)
        self._sessions.begin(request, response, person)


class WithOpenId:
    """Signs in whomever the sign-in service knows."""

    def __init__(self, door: Elsewhere, sessions: Sessions, audit: Audit) -> None:
        self._door = door
        self._sessions = sessions
        self._audit = audit

    async def leave(self, request: Request) -> Response:
        """Go to the sign-in service."""
        return await self._door.send(request, str(request.url_for(CALLBACK)))

    async def return_(self, request: Request) -> Response:
        """Come back from it, signed in."""
        person = await self._door.receive(request)
        await _note(self._audit, person)
        response = RedirectResponse(request.scope.get("root_path", "") + PATH, 303)
        self._door.forget(request, response)
        self._sessions.begin(request, response, person)
        return response


async def _note(audit: Audit, person: Person) -> None:
    with reaching_database():
        await audit.forget()
        await audit.note(Viewer(person.subject, person.name, person.role), "signed in")


def sign_in_routes(door: PasswordDoor | Elsewhere, sessions: Sessions, audit: Audit) -> APIRouter:
    """How one comes in by that door, and goes out again."""
    sent = described(NotJson, OtherSite, TooLarge)
    tries = Depends(RateLimit(TRIES_PER_MINUTE))
    router = APIRouter(prefix=PATH, tags=["operators"])
    if isinstance(door, PasswordDoor):
        _add_password(router, WithPassword(door, sessions, audit), tries)
    else:
        _add_openid(router, WithOpenId(door, sessions, audit), tries)

    @router.post("/sign-out", status_code=204, summary="Sign out", dependencies=[Depends(OWN_PAGE)], responses=sent)
    async def sign_out(request: Request, response: Response) -> None:
        """Sign out: the browser forgets who it was."""
        sessions.end(request, response)

    return router


def _add_password(router: APIRouter, way: WithPassword, tries: Any) -> None:
    router.add_api_route(
        "/sign-in",
        way.enter,
        methods=["POST"],
        status_code=204,
        summary="Sign in",
        dependencies=[Depends(OWN_PAGE), tries],
        responses=described(BadRequest, NotJson, OtherSite, TooLarge, TooManyRequests, WrongPassword, DatabaseDown),
    )


def _add_openid(router: APIRouter, way: WithOpenId, tries: Any) -> None:
    always: dict[str, Any] = {"dependencies": [tries], "response_class": RedirectResponse}
    visits = APIRouter(route_class=Visit)
    visits.add_api_route(
        "/sign-in",
        way.leave,
        status_code=302,
        summary="Sign in",
        responses=described(TooManyRequests, SignInDown),
        **always,
    )
    visits.add_api_route(
        "/callback",
        way.return_,
        name=CALLBACK,
        status_code=303,
        summary="Come back from the sign-in service",
        responses=described(TooManyRequests, SignInDown, SignInFailed, NoRole, DatabaseDown),
        **always,
    )
    router.include_router(visits)
