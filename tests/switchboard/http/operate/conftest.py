"""A house with a door for operators, the sign-in service behind it, and people who come in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from switchboard.settings.schema import Operate, Settings
from tests.switchboard.http.house import OPTIONS, House, open_house
from tests.switchboard.http.operate.provider import CLIENT, SECRET, Provider, open_provider
from tests.switchboard.http.test_app import NOWHERE

PASSWORD = "open-sesame-of-the-demo"
SignedIn = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]


def with_door(**fields: object) -> Settings:
    """The settings with such a door."""
    return OPTIONS.model_copy(update={"operate": Operate(**fields)})


def with_provider(provider: Provider, **fields: object) -> Settings:
    return with_door(issuer=provider.url, client_id=CLIENT, client_secret=SecretStr(SECRET), **fields)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with open_provider() as provider:
        yield provider


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text("<title>Call us</title>")
    (folder / "operate.html").write_text('<base href="/" /><title>Operators</title>')
    return folder


@pytest.fixture
async def guarded(provider: Provider, dist: Path) -> AsyncIterator[House]:
    """A house whose operators sign in at the service."""
    async with open_house(NOWHERE, with_provider(provider), page=dist) as house:
        yield house


@pytest.fixture
async def demo(dist: Path) -> AsyncIterator[House]:
    """A house with a password."""
    async with open_house(NOWHERE, with_door(password=SecretStr(PASSWORD)), page=dist) as house:
        yield house


async def goes_in(browser: httpx2.AsyncClient) -> httpx2.Response:
    """By way of the sign-in service, as a browser does; the answer to coming back."""
    sent = await browser.get("/operate/sign-in")
    assert sent.status_code == 302
    async with httpx2.AsyncClient() as elsewhere:
        passed = await elsewhere.get(sent.headers["location"])
    return await browser.get(passed.headers["location"])


def enters(house: House, provider: Provider) -> SignedIn:
    """What gives a browser of somebody who has signed in there with that role."""

    @asynccontextmanager
    async def enter(role: str) -> AsyncIterator[httpx2.AsyncClient]:
        provider.claims = {"sub": f"the-{role}", "name": role.title(), "roles": [role]}
        async with house.caller() as browser:
            assert (await goes_in(browser)).status_code == 303
            yield browser

    return enter


@pytest.fixture
def signed_in(guarded: House, provider: Provider) -> SignedIn:
    """A browser of somebody who has signed in with that role."""
    return enters(guarded, provider)
