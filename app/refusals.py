"""Why a service does not do what it was asked, and how to mend it; in our words, as a service's own may quote a key."""

from collections.abc import Mapping

from livekit.agents import APIConnectionError, APIError, APIStatusError, APITimeoutError

STATUS = {
    400: "it refuses what it is asked for",
    401: "the key or the token is not accepted",
    402: "there is no credit left",
    403: "the key or the token may not do this",
    404: "there is nothing of that name",
    410: "its model has ended",
    429: "it is busy",
}
Fixes = Mapping[int, str]
"""What to do about a status."""
AZURE_KEY = "set AZURE_OPENAI_API_KEY to a key of the resource at AZURE_OPENAI_ENDPOINT, or AZURE_OPENAI_AUTH=entra"
REALTIME: Mapping[str, Fixes] = {
    "azure": {401: AZURE_KEY, 404: "set AZURE_OPENAI_DEPLOYMENT to a realtime deployment of that resource"},
    "openai": {401: "set OPENAI_API_KEY to a key of OPENAI_BASE_URL", 404: "set OPENAI_MODEL to a realtime model"},
}
SPEECH: Mapping[str, Fixes] = {
    "azure": {
        400: "set AZURE_OPENAI_TTS_DEPLOYMENT to a deployment of a speech model",
        401: AZURE_KEY,
        404: "set AZURE_OPENAI_TTS_DEPLOYMENT to a speech deployment of that resource, and "
        "AZURE_OPENAI_TTS_API_VERSION to a version that has them",
    },
    "cartesia": {
        400: "look at CARTESIA_MODEL, and at the voices' ids in the workflow",
        401: "set CARTESIA_API_KEY to a key of your account",
        403: "set CARTESIA_API_KEY to a key that may speak",
        404: "look at CARTESIA_BASE_URL, and at the voices' ids in the workflow",
    },
    "cartesia by livekit": {401: "set LIVEKIT_API_KEY and LIVEKIT_API_SECRET to those of LiveKit Cloud"},
}


def reason_of(error: BaseException, fixes: Fixes) -> str:
    """What went wrong, with what to do about it."""
    deepest = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    status = getattr(deepest, "status", None) or (error.status_code if isinstance(error, APIStatusError) else None)
    if status and status > 0:
        fix = f"; {fixes[status]}" if status in fixes else ""
        return f"{status}: {STATUS.get(status, 'it refuses')}{fix}"
    if isinstance(error, APITimeoutError | TimeoutError):
        return "it does not answer in time"
    if isinstance(error, APIError) and not isinstance(error, APIConnectionError):
        return f"{STATUS[400]}; {fixes[400]}" if 400 in fixes else STATUS[400]
    return f"no connection ({type(deepest).__name__}); look at the address and at the network"
