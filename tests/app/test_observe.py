"""A real Prometheus with our rules beside a real line: it sees calls, and says when the simulator fails."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stack.ports import free_port
from switchboard.ledger.prices import SHIPPED
from tests.browser.participant import TRANSCRIPTS, Participant
from tests.browser.stack import ROOT, Stack
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import eventually

OBSERVE = ROOT / "deploy" / "observe"
METRIC = re.compile(r"(?:switchboard|lk_agents)_[a-z_]+")
CONFIG = """
global: {{scrape_interval: 500ms, evaluation_interval: 500ms}}
rule_files: [{rules}]
scrape_configs:
  - job_name: worker
    static_configs: [{{targets: ["127.0.0.1:{worker}"]}}]
  - job_name: web
    static_configs: [{{targets: ["127.0.0.1:{web}"]}}]
"""


class Prometheus:
    """Debian's, on a free port."""

    def __init__(self, folder: Path, worker: int, web: int) -> None:
        self._port = free_port()
        config = folder / "prometheus.yml"
        config.write_text(CONFIG.format(rules=OBSERVE / "alerts.yml", worker=worker, web=web))
        listens = f"127.0.0.1:{self._port}"
        self._arguments = (
            f"--config.file={config}",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={listens}",
        )
        self._log = folder / "prometheus.log"

    def __enter__(self) -> "Prometheus":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([program(), *self._arguments], stdout=log, stderr=log)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    async def get(self, path: str, **query: str) -> Any:
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{self._port}/api/v1/{path}", params=query)
            return answer.raise_for_status().json()["data"]

    async def ready(self) -> None:
        async def sees_both() -> bool:
            try:
                found = await self.get("query", query="up == 1")
            except httpx2.HTTPError:
                return False
            return len(found["result"]) == 2

        await eventually(sees_both)

    async def finds(self, query: str) -> None:
        async def found() -> bool:
            return bool((await self.get("query", query=query))["result"])

        await eventually(found)

    async def firing(self) -> list[str]:
        return [
            each["labels"]["alertname"] for each in (await self.get("alerts"))["alerts"] if each["state"] == "firing"
        ]


def program() -> str:
    found = shutil.which("prometheus")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("There is no prometheus: run `scripts/packages`.")
    if found is None:
        pytest.skip("There is no prometheus: run `scripts/packages`.")
    return found


@pytest.fixture
def observed(
    livekit_server: LiveKitServer, sqlite_templates: Path, tmp_path: Path
) -> Iterator[tuple[Stack, Prometheus]]:
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    stack = Stack(livekit_server, f"sqlite:///{tmp_path}/switchboard.db", tmp_path, agent="observed")
    worker, web = free_port(), free_port()
    stack.worker.environ |= {"WORKER_METRICS_PORT": str(worker), "WORKER_IDLE_PROCESSES": "1"}
    stack.worker.environ["PRICES_FILE"] = str(prices_without_sound(tmp_path / "prices.toml"))
    stack.web.environ |= {"HTTP_METRICS_PORT": str(web)}
    try:
        with Prometheus(tmp_path, worker, web) as prometheus:
            stack.start()
            yield stack, prometheus
    finally:
        stack.stop()


@asynccontextmanager
async def calling(stack: Stack) -> AsyncIterator[Participant]:
    """Somebody who has called, and is greeted."""
    async with httpx2.AsyncClient(base_url=stack.page) as web:
        made = (await web.post("/calls")).json()
    caller = Participant()
    await caller.room.connect(stack.livekit.url, made["participant_token"])
    try:
        await caller.gets(TRANSCRIPTS, "Fernway")
        yield caller
    finally:
        await caller.room.disconnect()


def prices_without_sound(file: Path) -> Path:
    """What is said aloud has no price then; what is not, such as a tool that is called, has one."""
    prices = SHIPPED.read_text().splitlines()
    file.write_text("\n".join(line for line in prices if not line.startswith("audio_out")))
    return file


def named_metrics() -> set[str]:
    """All that the dashboard and the rules ask for."""
    board = json.loads((OBSERVE / "grafana/dashboards/switchboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    asked += [each["query"]["query"] for each in board["templating"]["list"]]
    return set(METRIC.findall("\n".join([*asked, (OBSERVE / "alerts.yml").read_text()])))


async def test_prometheus_sees_calls_and_says_that_the_simulator_fails(observed: tuple[Stack, Prometheus]) -> None:
    stack, prometheus = observed
    await prometheus.ready()
    async with calling(stack) as caller:
        await prometheus.finds("switchboard_calls_running > 0")
        await caller.say("Where is my order?")
        await prometheus.finds('switchboard_handoffs_total{source="greeter", target="support"} == 1')
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    await prometheus.finds('increase(switchboard_calls_ended_total{reason="goodbye"}[1m]) > 0')
    async with calling(stack):
        assert "ServiceDown" not in await prometheus.firing()
        await asyncio.to_thread(stack.simulator.kill)
        await prometheus.finds('ALERTS{alertname="ServiceDown", alertstate="firing"}')
        await prometheus.finds("switchboard_errors_total > 0")
    assert named_metrics() - set(await prometheus.get("label/__name__/values")) == set()
