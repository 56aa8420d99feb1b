"""What is refused, and how it is told: one shape for every error, with a sentence that can be shown to a person."""

from collections.abc import Mapping
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

log = structlog.get_logger("http")

NO_SNIFFING = "X-Content-Type-Options"


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="For programs.", examples=["house_full"])
    message: str = Field(description="A sentence for people.", examples=["All lines are busy."])


class ErrorAnswer(BaseModel):
    """The body of every answer that is not a success."""

    error: Problem


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A request that is answered with an error. Subclasses say with which."""

    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    body: ClassVar[type[ErrorAnswer]] = ErrorAnswer

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(self.message)
        self.headers = headers

    def answer(self) -> ErrorAnswer:
        """What the answer says."""
        return ErrorAnswer(error=Problem(code=self.code, message=self.message))


class BadRequest(Refused):
    status, code = 422, "bad_request"
    message = "The request is not as the API's description says: a field is missing or of the wrong kind."


class TooLarge(Refused):
    status, code, message = 413, "too_large", "The request is too large."


class NotJson(Refused):
    status, code = 415, "not_json"
    message = "This address takes JSON only: send the header Content-Type: application/json."


class OtherSite(Refused):
    status, code = 403, "other_site"
    message = "Calls from this site are not taken. Whoever runs the line can let it in with HTTP_CORS_ORIGINS."


class SignInNeeded(Refused):
    status, code, message = 401, "sign_in_needed", "Sign in first: this line answers known callers only."


class ResumeRefused(Refused):
    # One sentence for every reason: whoever tries tokens learns nothing.
    status, code = 403, "resume_refused"
    message = "This call cannot be continued. Start a new one."


class LineUnknown(Refused):
    status, code, message = 404, "line_unknown", "There is no line of that name."


class TooManyRequests(Refused):
    status, code, message = 429, "too_many_requests", "Too many requests. Wait a moment, then try again."


class TooManyCalls(Refused):
    status, code = 429, "too_many_calls"
    message = "There are too many calls from your address. End one of them, or try again in a moment."


class HouseFull(Refused):
    status, code, message = 503, "house_full", "All lines are busy. Try again in a moment."


class LiveKitDown(Refused):
    status, code = 503, "livekit_down"
    message = "Calls are not possible just now: the server that carries them does not answer. Try again in a moment."


class DatabaseDown(Refused):
    status, code = 503, "database_down"
    message = "Your call cannot be found just now. Try again in a moment."


class SignInDown(Refused):
    status, code = 503, "sign_in_down"
    message = "Your sign-in cannot be checked just now. Try again in a moment."


def described(*kinds: type[Refused]) -> dict[int | str, dict[str, Any]]:
    """The answers of these kinds as OpenAPI wants them."""
    answers: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        said = f"`{kind.code}`: {kind.message}"
        before = answers.get(kind.status)
        answers[kind.status] = {
            "model": kind.body,
            "description": f"{before['description']}\n\n{said}" if before else said,
        }
    return answers


def install(app: FastAPI) -> None:
    """Let every error of the app have its one shape."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(Exception, _unexpected)


def _answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = ErrorAnswer(error=Problem(code=code, message=message))
    return JSONResponse(body.model_dump(), status, headers=headers)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return JSONResponse(error.answer().model_dump(), error.status, headers=error.headers)


async def _invalid(_request: Request, _error: Exception) -> JSONResponse:
    # FastAPI's own answer repeats what was sent, tokens included.
    return _answer(BadRequest.status, BadRequest.code, BadRequest.message)


async def _of_the_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            return _answer(404, "not_found", "There is nothing here.")
        case 405:
            allowed = {"Allow": _methods(request) or (error.headers or {}).get("Allow", "")}
            return _answer(405, "method_not_allowed", "This address does not take that method.", allowed)
        case TooLarge.status:
            return _answer(TooLarge.status, TooLarge.code, TooLarge.message)
        case _:
            return _answer(BadRequest.status, BadRequest.code, BadRequest.message)


def _methods(request: Request) -> str:
    """Every method of the address; Starlette names those of the first route only."""
    app: FastAPI = request.app
    operations = app.openapi()["paths"].get(request.url.path, {})
    return ", ".join(method.upper() for method in operations)


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("a request failed", error=type(error).__name__)
    # Answered outside of all middleware, so it brings the header itself
    return _answer(
        500, "internal", "Something went wrong on our side. Try again in a moment.", {NO_SNIFFING: "nosniff"}
    )
