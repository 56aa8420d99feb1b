"""Past calls over the operators' API: who may see, hear, export and erase what, and what is kept of it."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest
from sqlalchemy.schema import DropTable

from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Recording
from switchboard.ledger.tables import Base
from switchboard.operate.audit import entries
from switchboard.recording.kept import keep
from switchboard.recording.recordings import Recordings
from switchboard.settings.schema import Recordings as RecordingSettings
from tests.switchboard.http.house import House, error_of, open_house, storage_in
from tests.switchboard.http.operate.conftest import SignedIn, enters, with_provider
from tests.switchboard.http.operate.provider import Provider
from tests.switchboard.http.test_app import NOWHERE
from tests.switchboard.operate.made import BEGAN, answered, call

API = "/operate/api"
SOUND = bytes(range(256)) * 4
SAID = (
    answered(),
    CallerSpoke(text="My order is 10042"),
    AgentSpoke(agent="greeter", text="Thank you."),
    Recording(stage="stored", lanes=("agent",)),
    Ended(reason="goodbye"),
)
SEEN = ("/me", "/choices", "/calls", "/calls.csv", "/calls.json", "/calls/one", "/calls/one/export.json",
        "/calls/one/export.html", "/calls/one/scenario.yaml")  # fmt: skip
HEARD = ("/calls/one/recording/agent.ogg", "/calls/one/recording/agent.peaks.json")


@pytest.fixture
async def recorded(provider: Provider, dist: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house with two calls, one of which was recorded."""
    storage = await storage_in(tmp_path)
    recordings = RecordingSettings(url=(tmp_path / "recordings").as_uri())
    files = {"agent.ogg": SOUND, "agent.peaks.json": b'{"per_second": 50, "peaks": []}'}
    async with aclosing(Database(storage.url.get_secret_value())) as database:
        await call(database, "one", *SAID, rules=("dead_air",), minute=1)
        await keep(database, Recordings(recordings), "one", BEGAN, files)
        await call(database, "two", answered(line="other"), line="other")
    settings = with_provider(provider).model_copy(update={"storage": storage, "recordings": recordings})
    async with open_house(NOWHERE, settings, page=dist) as house:
        yield house


@pytest.fixture
def signed_in(recorded: House, provider: Provider) -> SignedIn:
    return enters(recorded, provider)


@pytest.fixture
async def ledger(recorded: House, tmp_path: Path) -> AsyncIterator[Database]:
    async with aclosing(Database(f"sqlite:///{tmp_path}/house.db")) as database:
        yield database


async def test_nobody_gets_anything_without_signing_in(recorded: House) -> None:
    async with recorded.caller() as stranger:
        for path in (*SEEN, *HEARD):
            refused = await stranger.get(API + path)
            assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")
            assert "order" not in refused.text
        assert (await _erase(stranger)).status_code == 401


@pytest.mark.parametrize(
    ("role", "hears", "erases"),
    [("operator", False, False), ("supervisor", True, False), ("admin", True, True)],
)
async def test_each_role_may_do_what_it_may(signed_in: SignedIn, role: str, hears: bool, erases: bool) -> None:
    async with signed_in(role) as browser:
        assert [(await browser.get(API + path)).status_code for path in SEEN] == [200] * len(SEEN)
        assert [(await browser.get(API + path)).status_code for path in HEARD] == [200 if hears else 403] * len(HEARD)
        assert (await _erase(browser)).status_code == (200 if erases else 403)


async def test_a_list_is_filtered_and_what_no_filter_means_is_told(signed_in: SignedIn) -> None:
    async with signed_in("operator") as browser:
        listed = (await browser.get(f"{API}/calls")).json()
        assert [each["id"] for each in listed["calls"]] == ["one", "two"]
        assert await _ids(browser, rule="dead_air") == await _ids(browser, q="order") == ["one"]
        assert await _ids(browser, line="other") == ["two"]
        refused = await browser.get(f"{API}/calls", params={"outcome": "magic"})
        assert (refused.status_code, error_of(refused)) == (422, "filter_refused")
        assert "goodbye" in refused.json()["error"]["message"]
        assert (await browser.get(f"{API}/calls.csv")).text.splitlines()[1].startswith("one,support-line")
        assert len((await browser.get(f"{API}/calls.json", params={"line": "other"})).json()["calls"]) == 1


async def test_an_operator_does_not_see_the_numbers_that_were_said(signed_in: SignedIn) -> None:
    for role, seen in (("operator", False), ("supervisor", True)):
        async with signed_in(role) as browser:
            for path in SEEN[5:]:
                assert ("10042" in (await browser.get(API + path)).text) is seen


async def test_a_player_is_given_the_part_that_it_asks_for(signed_in: SignedIn) -> None:
    async with signed_in("supervisor") as browser:
        address = f"{API}/calls/one/recording/agent.ogg"
        whole = await browser.get(address)
        assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, SOUND, "bytes")
        part = await browser.get(address, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, SOUND[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(SOUND)}"
        rest = await browser.get(address, headers={"Range": "bytes=1000-"})
        assert (rest.status_code, rest.content) == (206, SOUND[1000:])
        assert (await browser.get(address, headers={"Range": "bytes=99999-"})).status_code == 416
        assert (await browser.get(address, headers={"Range": "bytes=5-1"})).content == SOUND
        assert (await browser.get(address, headers={"Range": "bytes=-5"})).content == SOUND
        assert error_of(await browser.get(f"{API}/calls/one/recording/caller.ogg")) == "sound_missing"
        assert (await browser.get(f"{API}/calls/one/recording/nobody.ogg")).status_code == 422
        assert (await browser.get(f"{API}/calls/two/recording/agent.ogg")).status_code == 404


async def test_every_look_is_written_down_with_no_word_that_was_searched_for(
    signed_in: SignedIn, ledger: Database
) -> None:
    async with signed_in("admin") as browser:
        await browser.get(f"{API}/calls", params={"q": "order", "line": "support-line"})
        for path in (*SEEN[3:], *HEARD):
            await browser.get(API + path)
        await _erase(browser)

    found = list(reversed(await entries(ledger, 50)))
    assert [(entry.what, entry.call) for entry in found] == [
        ("signed in", None),
        ("listed", None),
        ("exported", None),
        ("exported", None),
        ("looked", "one"),
        ("exported", "one"),
        ("exported", "one"),
        ("exported", "one"),
        ("heard", "one"),
        ("erased", "one"),
    ]
    assert dict(found[1].wanted) == {"q": "***", "line": "support-line"}
    assert {entry.viewer.role for entry in found} == {"admin"}


async def test_what_was_erased_is_seen_and_heard_no_more(signed_in: SignedIn) -> None:
    async with signed_in("admin") as browser:
        erased = await _erase(browser)
        assert erased.json()["whole"]
        assert "order" not in json.dumps((await browser.get(f"{API}/calls/one")).json()["events"])
        assert (await browser.get(f"{API}/calls/one/recording/agent.ogg")).status_code == 404
        refused = await browser.get(f"{API}/calls/one/scenario.yaml")
        assert (refused.status_code, error_of(refused)) == (409, "no_scenario")
        assert refused.json()["error"]["message"] == "What was said in this call has been erased."
        assert await _ids(browser, q="order") == []


async def test_a_call_that_there_is_not_is_told(signed_in: SignedIn) -> None:
    async with signed_in("admin") as browser:
        for path in (
            "/calls/nobody",
            "/calls/nobody/export.json",
            "/calls/nobody/export.html",
            "/calls/nobody/scenario.yaml",
        ):
            assert error_of(await browser.get(API + path)) == "call_unknown"
        assert (await _erase(browser, "nobody")).status_code == 404


async def test_a_database_without_its_tables_is_told(signed_in: SignedIn, ledger: Database) -> None:
    async with signed_in("operator") as browser:
        async with ledger.write() as session:
            await session.execute(DropTable(Base.metadata.tables["audit"]))
        for path in SEEN[2:]:
            refused = await browser.get(API + path)
            assert (refused.status_code, error_of(refused)) == (503, "database_down")
            assert refused.headers["retry-after"]


async def _erase(browser: httpx2.AsyncClient, call_id: str = "one") -> httpx2.Response:
    return await browser.request("DELETE", f"{API}/calls/{call_id}", json={})


async def _ids(browser: httpx2.AsyncClient, **wanted: str) -> list[str]:
    return [each["id"] for each in (await browser.get(f"{API}/calls", params=wanted)).json()["calls"]]
