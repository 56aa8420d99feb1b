"""Lines as a page draws them."""

import httpx2

from tests.switchboard.http.house import error_of


async def test_a_line_is_its_agents_with_voices_and_its_edges(caller: httpx2.AsyncClient) -> None:
    line = (await caller.get("/lines/support-line")).json()
    assert line["name"] == "support-line"
    assert line["start"] == "greeter"
    assert {agent["name"]: agent["voice"] for agent in line["agents"]} == {
        "greeter": "native",
        "support": "native",
        "escalation": "cartesia",
    }
    assert {"from": "greeter", "to": "support", "announced": False} in line["edges"]
    assert {"from": "support", "to": "escalation", "announced": True} in line["edges"]
    assert len(line["edges"]) == 5


async def test_all_lines_are_listed_the_default_first(caller: httpx2.AsyncClient) -> None:
    lines = (await caller.get("/lines")).json()
    assert [line["name"] for line in lines] == ["support-line", "stage"]
    assert lines[0] == (await caller.get("/lines/support-line")).json()


async def test_an_unknown_line_is_told(caller: httpx2.AsyncClient) -> None:
    answer = await caller.get("/lines/nowhere")
    assert (answer.status_code, error_of(answer)) == (404, "line_unknown")
