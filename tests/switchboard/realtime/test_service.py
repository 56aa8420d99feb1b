"""Where the service of a call is, and for how long its failures are borne."""

from types import SimpleNamespace
from typing import Any

import pytest
from livekit.agents import APIConnectionError, APIError

from switchboard.realtime.breaker import FAILURES, Breaker
from switchboard.realtime.endpoints import Address, Endpoint, Endpoints
from switchboard.realtime.service import ELSEWHERE_SECONDS, Retry, Service

PATIENCE = 3.0
HERE, THERE = Address("https://here", "one", "key-1"), Address("https://there", None, "key-2")
SOON, LATE = "Try again in 2 seconds.", "Try again in 4 seconds."


class Stage:
    """A service at so many addresses, and the time, which the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.breakers = [Breaker("first"), Breaker("second")]
        self.options: Any = SimpleNamespace(base_url="", azure_deployment="", api_key="", entra_token="")
        self.asked: list[tuple[str, str | None, str, str]] = []
        self.connection: Any = object()
        self.refuses = False
        clock = SimpleNamespace(monotonic=lambda: self.now)
        for part in ("patience", "breaker"):
            monkeypatch.setattr(f"switchboard.realtime.{part}.time", clock)

    def at(self, *addresses: Address | None, patience: float = PATIENCE) -> Service:
        endpoints = [
            Endpoint(breaker, address, self.token if address is None else None)
            for breaker, address in zip(self.breakers, addresses, strict=False)
        ]
        return Service(Endpoints(endpoints), patience)

    async def token(self) -> str:
        return "a-token"

    async def open(self) -> Any:
        options = self.options
        self.asked.append((options.base_url, options.azure_deployment, options.api_key, options.entra_token))
        if self.refuses:
            raise APIConnectionError("nobody there")
        return self.connection

    async def connect(self, service: Service) -> Any:
        return await service.connect(self.options, self.open)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


async def test_a_connection_is_made_where_the_endpoint_is_and_with_its_key(stage: Stage) -> None:
    assert await stage.connect(stage.at(HERE)) is stage.connection
    assert stage.asked == [("https://here", "one", "key-1", "")]


async def test_without_an_address_only_the_token_is_of_the_endpoint(stage: Stage) -> None:
    await stage.connect(stage.at(None))

    assert stage.asked == [("", "", "", "a-token")]


async def test_who_cannot_be_reached_is_tried_elsewhere_until_the_patience_ends(stage: Stage) -> None:
    service, stage.refuses = stage.at(HERE, THERE), True
    for seconds in (0.0, 2.0):
        stage.now += seconds
        with pytest.raises(APIConnectionError, match="nobody there"):
            await stage.connect(service)
    stage.now += 0.5
    with pytest.raises(APIError, match=r"^the service did not come back") as given_up:
        await stage.connect(service)

    assert not isinstance(given_up.value, APIConnectionError)
    assert not given_up.value.retryable
    assert [asked[0] for asked in stage.asked] == ["https://here", "https://there", "https://here"]


async def test_a_greeting_begins_the_patience_with_connections_anew(stage: Stage) -> None:
    service, stage.refuses = stage.at(HERE), True
    with pytest.raises(APIConnectionError):
        await stage.connect(service)
    service.connected()
    stage.now += PATIENCE
    with pytest.raises(APIConnectionError):
        await stage.connect(service)


async def test_where_none_worked_when_the_call_began_none_is_waited_for(stage: Stage) -> None:
    stage.breakers[0].trip()
    service, stage.refuses = stage.at(HERE), True

    with pytest.raises(APIError) as given_up:
        await stage.connect(service)
    assert not isinstance(given_up.value, APIConnectionError)


def test_a_failed_answer_is_asked_for_again_when_the_service_says(stage: Stage) -> None:
    service = stage.at(HERE)

    assert service.failed(SOON) == Retry(2.0, elsewhere=False)
    assert service.failed(LATE) is None
    service.answered()
    stage.now += PATIENCE
    assert service.failed(SOON) == Retry(2.0, elsewhere=False)


def test_the_patience_with_answers_is_not_that_with_connections(stage: Stage) -> None:
    service = stage.at(HERE)
    service.failed(SOON)
    stage.now += PATIENCE
    service.connected()

    assert service.failed(SOON) is None


@pytest.mark.parametrize("message", [LATE, f"Try again in {ELSEWHERE_SECONDS + 0.1} seconds."])
async def test_a_service_that_wants_to_be_left_alone_is_left_for_another(stage: Stage, message: str) -> None:
    service = stage.at(HERE, THERE, patience=60.0)
    assert service.failed(f"Try again in {ELSEWHERE_SECONDS} seconds.") == Retry(ELSEWHERE_SECONDS, elsewhere=False)
    assert service.failed(message) == Retry(0.0, elsewhere=True)
    await stage.connect(service)

    assert stage.asked[0][0] == "https://there"
    assert stage.breakers[0].down


def test_the_other_has_the_whole_patience(stage: Stage) -> None:
    service = stage.at(HERE, THERE)
    service.failed(SOON)
    stage.now += PATIENCE
    assert service.failed(SOON) == Retry(0.0, elsewhere=True)

    assert service.failed(SOON) == Retry(2.0, elsewhere=False)


def test_a_service_that_fails_again_and_again_is_left_though_it_says_soon(stage: Stage) -> None:
    service = stage.at(HERE, THERE, patience=60.0)
    for _ in range(FAILURES - 1):
        assert service.failed(SOON) == Retry(2.0, elsewhere=False)

    assert service.failed(SOON) == Retry(0.0, elsewhere=True)


def test_an_answer_shows_that_the_service_works(stage: Stage) -> None:
    service = stage.at(HERE, patience=60.0)
    for _ in range(FAILURES):
        service.failed(SOON)
    assert stage.breakers[0].down
    service.answered()

    assert not stage.breakers[0].down
