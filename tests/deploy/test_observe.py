"""What operators watch, as files: Prometheus takes them, and every alert fires when it has to and else not."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.deploy.engine import ROOT

OBSERVE = ROOT / "deploy" / "observe"
RULES = OBSERVE / "alerts.yml"
DASHBOARD = OBSERVE / "grafana" / "dashboards" / "switchboard.json"


@pytest.fixture(scope="session")
def promtool() -> str:
    """Debian's; without it the test is skipped, except in CI."""
    program = shutil.which("promtool")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("There is no promtool: run `scripts/packages` (Debian's package `prometheus`).")
    if program is None:
        pytest.skip("There is no promtool: run `scripts/packages` (Debian's package `prometheus`).")
    return program


def asked(promtool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=60, check=False)


def alerts() -> dict[str, dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def test_prometheus_takes_its_settings_and_rules(promtool: str) -> None:
    for kind, file in (("config", OBSERVE / "prometheus.yml"), ("rules", RULES)):
        said = asked(promtool, "check", kind, file)
        assert said.returncode == 0, said.stdout + said.stderr


def test_each_alert_fires_when_it_has_to_and_else_not(promtool: str) -> None:
    said = asked(promtool, "test", "rules", OBSERVE / "alerts.test.yml")
    assert said.returncode == 0, said.stdout + said.stderr
    cases = [
        each
        for test in yaml.safe_load((OBSERVE / "alerts.test.yml").read_text())["tests"]
        for each in test["alert_rule_test"]
    ]
    assert {each["alertname"] for each in cases if "exp_alerts" in each} == alerts().keys()
    assert {each["alertname"] for each in cases if "exp_alerts" not in each} == alerts().keys()


def test_a_rule_that_is_wrong_is_noticed(promtool: str, tmp_path: Path) -> None:
    for file in ("alerts.yml", "alerts.test.yml"):
        shutil.copy(OBSERVE / file, tmp_path / file)
    (tmp_path / "alerts.yml").write_text(RULES.read_text().replace("> 0.9", "> 1.1"))
    assert "HouseFull" in asked(promtool, "test", "rules", tmp_path / "alerts.test.yml").stderr


def test_every_alert_says_how_urgent_it_is_and_what_is_wrong() -> None:
    for rule in alerts().values():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith((".", "?"))


def test_the_dashboards_panels_lie_beside_and_below_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    (source,) = yaml.safe_load((OBSERVE / "grafana/datasources/prometheus.yaml").read_text())["datasources"]
    board = json.loads(DASHBOARD.read_text())
    (folder,) = compose["grafana"]["volumes"]
    assert source["url"] == "http://prometheus:9090"
    assert {panel["datasource"]["uid"] for panel in board["panels"] if "datasource" in panel} == {source["uid"]}
    assert folder == "./deploy/observe/grafana:/etc/grafana/provisioning:ro"
    home = compose["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert re.sub("^/etc/grafana/provisioning", str(OBSERVE / "grafana"), home) == str(DASHBOARD)
    ports = yaml.safe_load((OBSERVE / "prometheus.yml").read_text())["scrape_configs"]
    asked_at = {each["job_name"]: each["dns_sd_configs"][0]["port"] for each in ports}
    assert str(asked_at["worker"]) == compose["worker"]["environment"]["WORKER_METRICS_PORT"]
    assert str(asked_at["web"]) == compose["web"]["environment"]["HTTP_METRICS_PORT"]
