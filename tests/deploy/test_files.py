"""The compose file and the Dockerfile as files: what docker compose and hadolint say, and who gets which setting."""

import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # as it stands in the file, before anything is put in

from switchboard.settings.schema import SETTINGS
from tests.deploy import compose_spec
from tests.deploy.compose_spec import RefusedError
from tests.deploy.engine import ROOT, run
from tests.deploy.needs import NEEDED, SHARED_SECRETS

COMPOSE = ROOT / "compose.yaml"
SECRET = "s" * 32
OURS = {"LIVEKIT_API_KEY": "shop", "LIVEKIT_API_SECRET": SECRET, "POSTGRES_PASSWORD": "a-password-of-ours"}
Model = dict[str, Any]

NUMBERS = {"HTTP_PORT": "18080", "WORKER_GRACE_SECONDS": "71"}
"""Settings that the compose file itself has to understand."""
INSIDE = {
    ("web", "HTTP_PORT"): "8080",
    ("web", "HTTP_HOST"): "0.0.0.0",
    ("web", "HTTP_METRICS_HOST"): "0.0.0.0",
    ("web", "HTTP_METRICS_PORT"): "9091",
    ("worker", "WORKER_PORT"): "8081",
    ("worker", "WORKER_METRICS_PORT"): "9090",
    ("numbers", "PHONE_PUBLISHED_AT"): "127.0.0.1",
}
"""Addresses inside of containers: what a setting says of them concerns the published port (`PUBLISH_IP`), or nobody."""


def load(values: Mapping[str, str] | None = None, *profiles: str) -> Model:
    return compose_spec.load(COMPOSE, values, *profiles)


@pytest.mark.parametrize("profiles", [(), ("phone",), ("observe",), ("phone", "observe")])
def test_docker_compose_takes_the_file(loader: None, profiles: tuple[str, ...]) -> None:
    services = load({}, *profiles)["services"]
    assert {"worker", "web", "migrate", "simulator", "livekit", "postgres", "address"} <= services.keys()
    assert ({"redis", "sip", "numbers"} <= services.keys()) == ("phone" in profiles)
    assert ({"prometheus", "grafana"} <= services.keys()) == ("observe" in profiles)


def test_podman_compose_can_put_values_into_ports_without_an_env_file() -> None:
    """It takes a service's own values for its ports, and does not turn a number into text."""
    services: Model = yaml.safe_load(COMPOSE.read_text())["services"]
    values = [value for service in services.values() for value in service.get("environment", {}).values()]
    assert [value for value in values if not isinstance(value, str | None)] == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("restart: unless-stopped", "restarts: unless-stopped"),
        ("mem_limit: 384m", "mem_limit: much"),
        ("simulator: {condition: service_healthy}", "simulator: {condition: service_is_healthy}"),
        ("depends_on: &after-migration", "depends_on: &after-migration\n      nobody: {condition: service_started}"),
    ],
)
def test_docker_compose_refuses_mistakes_in_it(loader: None, tmp_path: Path, good: str, bad: str) -> None:
    text = COMPOSE.read_text()
    assert good in text
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(text.replace(good, bad, 1))
    with pytest.raises(RefusedError):
        compose_spec.load(wrong)


@pytest.mark.parametrize("open_", [{"PUBLISH_IP": "192.0.2.1"}, {"HTTP_IP": "0.0.0.0"}])
@pytest.mark.parametrize("secret", ["LIVEKIT_API_SECRET", "POSTGRES_PASSWORD"])
def test_the_demos_secrets_are_refused_where_others_can_reach_the_ports(
    loader: None, open_: dict[str, str], secret: str
) -> None:
    with pytest.raises(RefusedError, match=f"{secret}.*is needed with {next(iter(open_))}"):
        load({**OURS, **open_, secret: ""})
    services = load(OURS | open_)["services"]
    assert services["livekit"]["environment"]["LIVEKIT_KEYS"] == f"shop: {SECRET}"
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] in services["worker"]["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("service", sorted(NEEDED))
def test_every_setting_reaches_the_services_that_need_it_and_no_other(loader: None, service: str) -> None:
    told = {setting.name: NUMBERS.get(setting.name, f"value-of-{setting.name}") for setting in SETTINGS}
    environment = load({**told, "COMPOSE_PROFILES": "phone"}, "phone")["services"][service].get("environment") or {}

    held = {name for name, value in told.items() for text in environment.values() if holds(text, value)}
    inside = {name for owner, name in INSIDE if owner == service}
    assert held | inside == NEEDED[service]
    assert {name: environment[name] for name in inside} == {name: INSIDE[service, name] for name in inside}
    own_names = service in ("worker", "web", "migrate", "numbers")
    assert not own_names or all(environment[name] == told[name] for name in held)


def holds(text: str | None, value: str) -> bool:
    """Whether a value stands in a text, and not only as the beginning of another."""
    return re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text or "") is not None


def test_no_setting_is_left_out(loader: None) -> None:
    assert set().union(*NEEDED.values()) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("setting", sorted({each.name for each in SETTINGS if each.secret} - SHARED_SECRETS))
def test_a_secret_can_stand_in_a_file(loader: None, setting: str, tmp_path: Path) -> None:
    model = load({f"{setting}_FILE": str(tmp_path / "key"), "COMPOSE_PROFILES": "phone"}, "phone")
    told = f"{setting}_FILE"
    users = {name for name, each in model["services"].items() if told in (each.get("environment") or {})}
    assert users == {name for name, needed in NEEDED.items() if setting in needed}
    assert model["secrets"][setting.lower()]["file"] == str(tmp_path / "key")


@pytest.mark.parametrize(("told", "used"), [({}, "http://simulator:8089"), ({"SIMULATOR_URL": ""}, "")])
def test_a_real_line_can_forbid_the_simulator(loader: None, told: dict[str, str], used: str) -> None:
    assert load(told)["services"]["worker"]["environment"]["SIMULATOR_URL"] == used


@pytest.mark.parametrize("profile", ["", "phone", "observe"])
def test_ports_are_open_on_this_machine_only(loader: None, profile: str) -> None:
    ports = [port for each in load({}, profile)["services"].values() for port in each.get("ports") or []]
    assert ports
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_behind_a_proxy_only_sound_is_open_to_others(loader: None) -> None:
    services = load(OURS | {"PUBLISH_IP": "192.0.2.1", "HTTP_IP": "127.0.0.1"}, "phone")["services"].values()
    addresses = {port["target"]: port["host_ip"] for each in services for port in each.get("ports") or []}
    assert {target for target, address in addresses.items() if address == "127.0.0.1"} == {8080, 7880}
    assert set(addresses.values()) == {"127.0.0.1", "192.0.2.1"}


@pytest.mark.parametrize(("answer", "healthy"), [(200, True), (429, True), (503, False)])
def test_livekit_sip_is_healthy_while_its_machine_is_busy(loader: None, answer: int, healthy: bool) -> None:
    _, *command = load({}, "phone")["services"]["sip"]["healthcheck"]["test"]
    with saying(answer) as port:
        done = subprocess.run([word.replace("8090", str(port)) for word in command], timeout=20, check=False)
    assert (done.returncode == 0) == healthy


@contextmanager
def saying(code: int) -> Iterator[int]:
    """The port of a service that answers so to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the standard library's name for it
            self.send_response(code)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server.server_port
        thread.join()


def test_the_dockerfile_is_clean(pinned_tools: Path) -> None:
    assert run((pinned_tools / "bin/hadolint", "--failure-threshold", "style", "deploy/Dockerfile")) == ""


def test_the_linter_sees_faults(pinned_tools: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "Dockerfile"
    faulty.write_text((ROOT / "deploy/Dockerfile").read_text() + "RUN apt-get install curl\n")
    with pytest.raises(AssertionError, match="DL3008"):
        run((pinned_tools / "bin/hadolint", "--failure-threshold", "style", faulty))
