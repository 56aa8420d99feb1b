"""Who may come in: a check for each route, by role."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie

from switchboard.http.operate.cookies import PATH, PREFIX
from switchboard.http.operate.refusals import By, NotAllowed, SignedOut
from switchboard.http.operate.roles import Role
from switchboard.http.operate.sessions import NAME, Operator, Sessions

COOKIE = APIKeyCookie(name=PREFIX + NAME, auto_error=False, description="Made when one signs in.")
SIGN_IN = f"{PATH}/sign-in"


class Access:
    """A FastAPI dependency that tells who asks. Raises `SignedOut` and `NotAllowed`."""

    def __init__(self, sessions: Sessions, by: By, least: Role) -> None:
        self._sessions = sessions
        self._by: By = by
        self._least = least

    async def __call__(self, request: Request, _cookie: Annotated[str | None, Depends(COOKIE)]) -> Operator:
        operator = self._sessions.of(request)
        if operator is None:
            raise SignedOut(request.scope.get("root_path", "") + SIGN_IN, self._by)
        if not operator.role.covers(self._least):
            raise NotAllowed
        request.state.operator = operator
        return operator


def operator_of(request: Request) -> Operator:
    """Who makes a request that `Access` has let in."""
    operator: Operator = request.state.operator
    return operator
