"""Browsers' secrets: a server asks for one with OpenAI's SDK, a browser opens a session with it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import openai
import pytest
from openai.types.beta.realtime import SessionCreateResponse, TranscriptionSession
from openai.types.realtime import RealtimeSessionCreateRequestParam
from openai.types.realtime.client_secret_create_response import ClientSecretCreateResponse

from simulator.client_secret import ClientSecrets
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import PATIENCE

SESSION: RealtimeSessionCreateRequestParam = {
    "type": "realtime",
    "model": "my-deployment",
    "instructions": "Be kind.",
    "audio": {"input": {"format": {"type": "audio/pcmu"}}, "output": {"voice": "marin"}},
}
PATH = "/v1/realtime"


async def secret_of(simulator: Simulator, key: str = "right", **asked: Any) -> ClientSecretCreateResponse:
    """A new secret, as OpenAI's own client asks for it."""
    async with openai.AsyncOpenAI(api_key=key, base_url=f"{simulator.url}/v1", max_retries=0) as client:
        return await client.realtime.client_secrets.create(**asked)


async def first_event(simulator: Simulator, key: str, path: str = PATH) -> dict[str, Any]:
    """As a browser signs in: it cannot send headers."""
    offered = ("realtime", f"openai-insecure-api-key.{key}")
    async with aiohttp.ClientSession() as http, http.ws_connect(simulator.url + path, protocols=offered) as socket:
        assert socket.protocol == "realtime"
        event: dict[str, Any] = await socket.receive_json(timeout=PATIENCE)
        return event


async def asked(simulator: Simulator, body: object, key: str = "right") -> tuple[int, dict[str, Any]]:
    """Status and answer of a request in bare HTTP."""
    url = f"{simulator.url}/openai/v1/realtime/client_secrets"
    async with aiohttp.ClientSession(headers={"api-key": key}) as http, http.post(url, json=body) as response:
        return response.status, await response.json()


async def test_a_secret_opens_the_session_that_it_was_made_for() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        secret = await secret_of(simulator, session=SESSION, expires_after={"anchor": "created_at", "seconds": 60})
        ClientSecretCreateResponse.model_validate_json(secret.model_dump_json(), strict=True)
        event = await first_event(simulator, secret.value)

    assert secret.value.startswith("ek_")
    assert event["type"] == "session.created"
    session = event["session"]
    assert (session["model"], session["instructions"]) == ("my-deployment", "Be kind.")
    assert session["audio"]["input"]["format"] == {"type": "audio/pcmu"}
    assert session["audio"]["output"]["voice"] == "marin"


async def test_a_secret_may_be_given_where_a_key_is() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator, aiohttp.ClientSession() as http:
        secret = await secret_of(simulator, session=SESSION)
        headers = {"Authorization": f"Bearer {secret.value}"}
        async with http.ws_connect(f"{simulator.url}{PATH}?model=my-deployment", headers=headers) as socket:
            assert (await socket.receive_json(timeout=PATIENCE))["type"] == "session.created"
            assert socket.protocol is None


async def test_a_secret_may_be_for_a_transcription_session() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        secret = await secret_of(simulator, session={"type": "transcription"})
        event = await first_event(simulator, secret.value)
    assert secret.session.type == event["session"]["type"] == "transcription"


async def test_a_key_may_be_given_as_a_subprotocol_as_well() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        assert (await first_event(simulator, "right", f"{PATH}?model=x"))["type"] == "session.created"
        error = (await first_event(simulator, "mistaken", f"{PATH}?model=x"))["error"]
    assert error["code"] == "invalid_api_key"
    assert "mistaken" not in str(error)


@pytest.mark.parametrize("api_key", ["right", None])
async def test_a_secret_that_was_never_given_opens_nothing(api_key: str | None) -> None:
    async with Simulator(Given(), Options(api_key=api_key)) as simulator:
        assert (await first_event(simulator, "ek_1234", f"{PATH}?model=x"))["error"]["code"] == "invalid_api_key"


async def test_a_secret_is_for_sessions_only() -> None:
    async with Simulator(Given()) as simulator:
        secret = await secret_of(simulator)
        with pytest.raises(openai.AuthenticationError):
            await secret_of(simulator, secret.value)


async def test_who_has_no_key_gets_no_secret() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        with pytest.raises(openai.AuthenticationError):
            await secret_of(simulator, "wrong")


async def test_the_model_of_a_secret_has_to_exist() -> None:
    async with Simulator(Given(), Options(deployments=frozenset({"my-deployment"}))) as simulator:
        known = await secret_of(simulator, session=SESSION)
        other = await secret_of(simulator, session={**SESSION, "model": "other"})
        assert (await first_event(simulator, known.value))["type"] == "session.created"
        assert (await first_event(simulator, other.value))["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"session": {"type": "realtime", "voice": "x"}}, "unknown_parameter", "session.voice"),
        ({"session": {"instructions": "x"}}, "missing_required_parameter", "session.type"),
        ({"session": []}, "invalid_type", "session"),
        ({"session": {"type": "transcription", "instructions": "x"}}, "unknown_parameter", "session.instructions"),
        ({"expires_after": {"seconds": 9}}, "integer_below_min_value", "expires_after.seconds"),
        ({"expires_after": {"seconds": 7201}}, "integer_above_max_value", "expires_after.seconds"),
        ({"expires_after": {"anchor": "now"}}, "invalid_value", "expires_after.anchor"),
        ({"expires_at": 5}, "unknown_parameter", "expires_at"),
        ([], "invalid_type", ""),
    ],
)
async def test_a_wrong_request_is_refused_in_the_words_of_the_api(body: object, code: str, param: str) -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        status, answer = await asked(simulator, body)
    assert (status, answer["error"]["code"], answer["error"]["param"]) == (400, code, param)


async def test_an_empty_request_is_good_for_ten_minutes() -> None:
    async with Simulator(Given(), Options(api_key="right", ga_seconds=60)) as simulator:
        status, answer = await asked(simulator, {})
    assert (status, answer["session"]["model"]) == (200, "gpt-realtime")
    assert answer["expires_at"] - answer["session"]["expires_at"] == pytest.approx(540, abs=1)


def test_a_secret_expires_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.client_secret.MOST", 2)
    secrets = ClientSecrets()
    gone = secrets.issue("m", {}, seconds=0)
    values = [secrets.issue("m", {}, seconds=60) for _ in range(3)]
    assert secrets.find(gone) is None
    assert [secrets.find(value) is not None for value in values] == [False, True, True]


AZURE = "/openai/realtime?api-version=2025-04-01-preview"


@asynccontextmanager
async def preview_client(simulator: Simulator, azure: bool) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's own client, for OpenAI or for Azure."""
    client = (
        openai.AsyncAzureOpenAI(api_key="right", api_version="2025-04-01-preview", azure_endpoint=simulator.url)
        if azure
        else openai.AsyncOpenAI(api_key="right", base_url=f"{simulator.url}/v1")
    )
    async with client:
        yield client


@pytest.mark.parametrize("azure", [True, False])
async def test_the_preview_gives_secrets_for_the_session_that_is_asked_for(azure: bool) -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        async with preview_client(simulator, azure) as client:
            session = await client.beta.realtime.sessions.create(
                instructions="Be kind.",
                voice="verse",
                input_audio_format="g711_ulaw",
                client_secret={"expires_after": {"anchor": "created_at", "seconds": 30}},
            )
        SessionCreateResponse.model_validate_json(session.model_dump_json(), strict=True)
        event = await first_event(simulator, session.client_secret.value, AZURE)

    assert 0 <= session.client_secret.expires_at - time.time() <= 30
    assert (session.instructions, session.voice, session.input_audio_format) == ("Be kind.", "verse", "g711_ulaw")
    assert event["type"] == "session.created"
    assert event["session"]["model"] == "gpt-4o-realtime-preview"
    assert (event["session"]["instructions"], event["session"]["voice"]) == ("Be kind.", "verse")
    assert event["session"]["input_audio_format"] == "g711_ulaw"


@pytest.mark.parametrize("azure", [True, False])
async def test_the_preview_gives_secrets_for_sessions_that_only_write(azure: bool) -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        async with preview_client(simulator, azure) as client:
            session = await client.beta.realtime.transcription_sessions.create(
                input_audio_transcription={"model": "whisper-1"},
                client_secret={"expires_at": {"anchor": "created_at", "seconds": 7200}},
            )
        TranscriptionSession.model_validate_json(session.model_dump_json(), strict=True)
        event = await first_event(simulator, session.client_secret.value, AZURE)

    assert session.client_secret.expires_at - time.time() > 7000
    assert event["type"] == "transcription_session.created"
    assert event["session"]["input_audio_transcription"]["model"] == "whisper-1"


async def test_a_secret_of_one_dialect_opens_no_session_of_the_other() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator:
        async with preview_client(simulator, azure=False) as client:
            preview = (await client.beta.realtime.sessions.create()).client_secret.value
        ga = (await secret_of(simulator)).value
        assert (await first_event(simulator, preview))["error"]["code"] == "api_version_mismatch"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await first_event(simulator, ga, AZURE)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "param"),
    [
        ("/v1/realtime/sessions", {"voice": 5}, 400, "invalid_type", "voice"),
        ("/v1/realtime/sessions", {"audio": {}}, 400, "unknown_parameter", "audio"),
        ("/v1/realtime/sessions", {"temperature": 2.0}, 400, "decimal_above_max_value", "temperature"),
        ("/v1/realtime/sessions", {"client_secret": {"expires_after": {"anchor": "created_at", "seconds": 9}}},
         400, "integer_below_min_value", "client_secret.expires_after.seconds"),
        ("/v1/realtime/transcription_sessions", {"client_secret": {"expires_at": {"seconds": 7201}}},
         400, "integer_above_max_value", "client_secret.expires_at.seconds"),
        ("/v1/realtime/transcription_sessions", {"voice": "alloy"}, 400, "unknown_parameter", "voice"),
        ("/openai/realtimeapi/sessions", {}, 404, "404", None),
        ("/openai/realtimeapi/sessions?api-version=2025-04-01-preview", [], 400, "invalid_type", ""),
        ("/openai/realtimeapi/sessions?api-version=2025-04-01-preview", {"model": "my-deployment"}, 200, None, None),
    ],
)  # fmt: skip
async def test_what_is_asked_of_the_preview_is_checked(
    path: str, body: object, status: int, code: str | None, param: str | None
) -> None:
    async with (
        Simulator(Given()) as simulator,
        aiohttp.ClientSession(headers={"api-key": "right"}) as http,
        http.post(simulator.url + path, json=body) as response,
    ):
        error = (await response.json()).get("error", {})
        assert (response.status, error.get("code"), error.get("param")) == (status, code, param)


async def test_who_has_no_key_gets_no_secret_of_the_preview_either() -> None:
    async with Simulator(Given(), Options(api_key="another")) as simulator, preview_client(simulator, True) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.beta.realtime.sessions.create()
