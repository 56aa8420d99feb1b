"""What a worker shows Prometheus: the calls of all its processes, whichever way it holds them."""

import asyncio

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from stack.ports import free_port
from tests.app.line import Line, in_the_room
from tests.browser.ledger import ended
from tests.browser.participant import TRANSCRIPTS
from tests.switchboard.http.house import eventually

LINE = "support-line"
GREETING = "Fernway"


class Page:
    """The worker's page of metrics."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"

    async def value(self, name: str, **labels: str) -> float:
        """The sum of what is shown under that name, with these labels at least."""
        async with httpx2.AsyncClient() as client:
            text = (await client.get(self._url)).raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())

    async def shows(self, value: float, name: str, **labels: str) -> None:
        async def shown() -> bool:
            return await self.value(name, **labels) == value

        await eventually(shown)

    async def shows_some(self, name: str, **labels: str) -> None:
        async def shown() -> bool:
            return await self.value(name, **labels) > 0

        await eventually(shown)


async def call(line: Line, page: Page) -> None:
    """Somebody calls, and says goodbye."""
    made = (await line.caller.post("/calls")).json()
    async with in_the_room(line, made) as caller:
        await caller.gets(TRANSCRIPTS, GREETING)
        await page.shows_some("switchboard_calls_running", line=LINE)  # on a slow machine a second agent is on the way
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    await ended(line.ledger, made["id"])


@pytest.mark.parametrize("executor", ["process", "thread"])
async def test_calls_of_all_processes_are_counted_on_one_page(line: Line, executor: str) -> None:
    port = free_port()
    line.worker.environ |= {"WORKER_METRICS_PORT": str(port), "WORKER_EXECUTOR": executor, "WORKER_MAX_CALLS": "7"}
    page = Page(port)
    await asyncio.to_thread(line.worker.start)

    for _ in range(2):
        await call(line, page)

    await page.shows(2, "switchboard_calls_ended_total", line=LINE, reason="goodbye")
    assert await page.value("switchboard_calls_answered_total", line=LINE) == 2
    assert await page.value("switchboard_cost_total", line=LINE, currency="USD") > 0
    assert await page.value("switchboard_ledger_lag_seconds_count", line=LINE) >= 2
    assert await page.value("switchboard_database_wait_seconds_count", work="write") >= 2
    assert await page.value("switchboard_service_down") == 0
    await page.shows(0, "switchboard_calls_running", line=LINE)
    assert await page.value("switchboard_calls_limit", executor=executor) == 7
    await page.shows(0, "lk_agents_active_job_count")
