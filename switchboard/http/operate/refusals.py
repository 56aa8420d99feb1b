"""What operators are refused."""

from typing import Literal

from pydantic import Field

from switchboard.http.errors import ErrorAnswer, Problem, Refused

By = Literal["password", "openid"]


class SignInAnswer(ErrorAnswer):
    """An error, and how one signs in."""

    sign_in: str = Field(description="The address at which one signs in.", examples=["/operate/sign-in"])
    by: By = Field(description="`password`: it is sent there; `openid`: a browser is sent there.")


class SignedOut(Refused):
    status, code, message = 401, "signed_out", "Sign in first."
    body = SignInAnswer

    def __init__(self, sign_in: str, by: By) -> None:
        super().__init__()
        self._way = {"sign_in": sign_in, "by": by}

    def answer(self) -> ErrorAnswer:
        return SignInAnswer(**super().answer().model_dump(), **self._way)


class WrongPassword(Refused):
    status, code, message = 403, "wrong_password", "That is not the password."


class SignInFailed(Refused):
    # One sentence for every reason: whoever tries learns nothing.
    status, code = 403, "sign_in_failed"
    message = "You could not be signed in. Begin once more."


class NoRole(Refused):
    status, code = 403, "no_role"
    message = "You are known, but have no role here. Ask whoever gives out roles."


class NotAllowed(Refused):
    status, code, message = 403, "not_allowed", "Your role does not allow that."


class CallUnknown(Refused):
    status, code, message = 404, "call_unknown", "There is no call of that id."


class SoundMissing(Refused):
    status, code, message = 404, "sound_missing", "There is no recording of that."


class StorageDown(Refused):
    status, code, message = 503, "storage_down", "The recordings cannot be reached. Try again soon."


class WithReason(Refused):
    """What is refused in a sentence of its own."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def answer(self) -> ErrorAnswer:
        return ErrorAnswer(error=Problem(code=self.code, message=f"{self._why}."))


class FilterRefused(WithReason):
    status, code, message = 422, "filter_refused", "There is no such filter."


class NoScenario(WithReason):
    status, code, message = 409, "no_scenario", "The call makes no scenario."
