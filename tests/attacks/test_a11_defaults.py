"""A11: what comes with the house is closed, and what would open it is refused by name."""

import httpx2
import pytest

from switchboard.http.page import headers
from switchboard.settings.environment import load_settings
from switchboard.settings.rules import DEMO_SECRET
from switchboard.settings.schema import Settings
from switchboard.settings.values import SettingsError
from tests.deploy.engine import ROOT
from tests.switchboard.http.house import open_house
from tests.switchboard.http.test_app import NOWHERE

REAL = "LIVEKIT_API_SECRET-of-32-letters"
ELSEWHERE = {"LIVEKIT_URL": "wss://livekit.shop.example", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": REAL}
HERE = ELSEWHERE | {"LIVEKIT_URL": "ws://127.0.0.1:7880"}
SIGN_IN = {"CALLER_AUTH_ISSUER": "https://login.example", "CALLER_AUTH_AUDIENCE": "switchboard"}


def load(environ: dict[str, str]) -> Settings:
    return load_settings(None, environ)


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    (problem,) = caught.value.problems
    return problem.name


@pytest.mark.parametrize("secret", ["x", "secret", REAL[:-1]])
def test_a_secret_that_can_be_guessed_is_refused_where_others_reach_livekit(secret: str) -> None:
    assert refused(ELSEWHERE | {"LIVEKIT_API_SECRET": secret}) == "LIVEKIT_API_SECRET"
    public = {"LIVEKIT_PUBLIC_URL": "wss://livekit.shop.example", "LIVEKIT_API_SECRET": secret}
    assert refused(HERE | public) == "LIVEKIT_API_SECRET"
    assert load(HERE | {"LIVEKIT_API_SECRET": secret}).livekit.access


def test_the_demos_secret_is_refused_where_callers_come_from_other_machines() -> None:
    demo = ELSEWHERE | {"LIVEKIT_URL": "ws://livekit:7880", "LIVEKIT_API_SECRET": DEMO_SECRET}
    assert refused(demo | {"LIVEKIT_PUBLIC_URL": "ws://192.0.2.1:7880"}) == "LIVEKIT_API_SECRET"
    assert load(demo | {"LIVEKIT_PUBLIC_URL": "ws://127.0.0.1:7880"}).livekit.access
    assert DEMO_SECRET in (ROOT / "compose.yaml").read_text()


@pytest.mark.parametrize("url", ["http://login.example/jwks.json", "ws://10.0.0.1/jwks.json"])
def test_the_keys_of_sign_ins_are_not_fetched_where_anybody_on_the_way_can_answer(url: str) -> None:
    assert refused(SIGN_IN | {"CALLER_AUTH_JWKS_URL": url}) == "CALLER_AUTH_JWKS_URL"


@pytest.mark.parametrize("url", ["https://login.example/jwks.json", "http://127.0.0.1:9/jwks.json"])
def test_they_are_fetched_over_tls_or_from_this_machine(url: str) -> None:
    assert load(SIGN_IN | {"CALLER_AUTH_JWKS_URL": url}).web.auth_jwks_url == url


@pytest.mark.parametrize(
    "networks", ["0.0.0.0/0", "0.0.0.0/1,128.0.0.0/1", "::/0", "::ffff:0:0/96", "::ffff:0:0/100", "2000::/3", "*"]
)
def test_nobody_believes_the_whole_internet_about_who_is_calling(networks: str) -> None:
    assert refused({"HTTP_TRUSTED_PROXIES": networks}) == "HTTP_TRUSTED_PROXIES"


@pytest.mark.parametrize("networks", ["10.0.0.0/8,172.16.0.0/12", "192.0.2.7", "fc00::/7", "2a06:98c0::/29", "::1"])
def test_proxies_of_ones_own_and_those_of_a_company_are_believed(networks: str) -> None:
    assert load({"HTTP_TRUSTED_PROXIES": networks}).web.trusted_proxies == tuple(networks.split(","))


def test_a_line_that_all_sites_may_use_is_framed_by_none() -> None:
    policy = headers("wss://livekit.example", ("*", "https://shop.example"))["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://shop.example")


@pytest.mark.parametrize("path", ["/", "/lines", "/lines/nobody", "/nothing", "/openapi.json"])
async def test_no_answer_is_taken_for_something_else(path: str) -> None:
    async with open_house(NOWHERE) as house, house.caller() as caller:
        assert (await caller.get(path)).headers.get_list("x-content-type-options") == ["nosniff"]


async def test_nor_is_one_that_tells_that_something_went_wrong() -> None:
    async def wrong() -> None:
        raise RuntimeError

    async with open_house(NOWHERE) as house:
        house.app.add_api_route("/wrong", wrong)
        transport = httpx2.ASGITransport(house.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://house") as caller:
            answer = await caller.get("/wrong")
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")
