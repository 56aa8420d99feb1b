"""A11: what the deployment files open, and to whom. They are read as files; tests/deploy brings them up."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # LiveKit's configuration

from tests.deploy import compose_spec
from tests.deploy.conftest import loader
from tests.deploy.engine import ROOT
from tests.deploy.test_kubernetes import manifests, pod

__all__ = ["loader"]

PARTS = (("Deployment", "worker"), ("Deployment", "web"), ("Job", "migrate"))
PHONE = {"COMPOSE_PROFILES": "phone"}
Policy = dict[str, Any]
Model = dict[str, Any]


def policies(part: str) -> Iterator[Policy]:
    """Those that hold for the pods of a part."""
    for each in manifests():
        if each["kind"] == "NetworkPolicy":
            wanted = each["spec"]["podSelector"].get("matchLabels", {})
            if wanted.items() <= {"app": "switchboard", "part": part}.items():
                yield each["spec"]


def ports(part: str, way: str) -> set[int]:
    return {port["port"] for policy in policies(part) for rule in policy.get(way, ()) for port in rule["ports"]}


@pytest.mark.parametrize("part", ["worker", "web", "migrate"])
def test_in_kubernetes_nobody_reaches_a_pod_and_a_pod_reaches_nobody_unless_it_is_written(part: str) -> None:
    assert {way for policy in policies(part) for way in policy["policyTypes"]} == {"Ingress", "Egress"}
    rules = [rule for policy in policies(part) for way in ("ingress", "egress") for rule in policy.get(way, ())]
    assert all(rule.get("ports") and (rule.get("from") or rule.get("to")) for rule in rules)


def test_in_kubernetes_each_part_is_reached_where_it_listens_and_by_one_neighbour() -> None:
    assert [ports(part, "ingress") for part in ("worker", "web", "migrate")] == [{9090}, {8080, 9091}, set()]


def test_in_kubernetes_the_database_is_for_what_is_ours_alone() -> None:
    assert [5432 in ports(part, "egress") for part in ("worker", "web", "migrate")] == [True, True, True]


def test_in_kubernetes_no_pod_asks_the_cloud_for_its_machines_secrets() -> None:
    blocks = [
        peer["ipBlock"]
        for _, part in PARTS
        for policy in policies(part)
        for rule in policy.get("egress", ())
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    assert blocks
    assert all("169.254.0.0/16" in block["except"] for block in blocks)


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_in_kubernetes_no_pod_can_become_more_than_it_is(kind: str, part: str) -> None:
    spec = pod(kind, part)
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not spec["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.fixture(scope="module")
def services(loader: None) -> Model:
    """All services of compose.yaml, as docker compose reads it."""
    found: Model = compose_spec.load(ROOT / "compose.yaml", PHONE, "phone")["services"]
    return found


def networks(services: Model, name: str) -> set[str]:
    return set(services[name].get("networks") or {})


def neighbours(services: Model, name: str) -> set[str]:
    """Who shares a network with that service."""
    return {other for other in services if networks(services, other) & networks(services, name)} - {name}


def test_the_sip_service_which_faces_the_world_reaches_livekit_and_its_redis_and_nothing_of_ours(
    services: Model,
) -> None:
    assert neighbours(services, "sip") == {"livekit", "redis"}
    assert neighbours(services, "redis") == {"livekit", "sip"}


def test_no_phone_is_answered_before_its_numbers_have_a_door(services: Model) -> None:
    told = {
        "COMPOSE_PROFILES": "phone",
        "PUBLISH_IP": "192.0.2.1",
        "LIVEKIT_API_SECRET": "s" * 32,
        "POSTGRES_PASSWORD": "p",
    }
    published = compose_spec.load(ROOT / "compose.yaml", PHONE | told, "phone")["services"]
    assert published["numbers"]["environment"]["PHONE_PUBLISHED_AT"] == "192.0.2.1"
    assert published["numbers"]["command"] == ["phone", "up"]
    assert [(name, each["condition"]) for name, each in services["sip"]["depends_on"].items()] == [
        ("numbers", "service_completed_successfully")
    ]


def test_the_database_is_reached_by_whom_it_is_for(services: Model) -> None:
    assert neighbours(services, "postgres") == {"worker", "web", "migrate"}


def test_no_container_is_root_writes_to_its_root_or_can_become_more_than_it_is(services: Model) -> None:
    ours = {name for name, each in services.items() if "build" in each}
    assert ours == services.keys() - {"livekit", "postgres", "redis", "sip"}
    assert "USER 10001:10001" in (ROOT / "deploy/Dockerfile").read_text()
    for name, each in services.items():
        assert name in ours or not each["user"].startswith("0")
        assert each["read_only"]
        assert each["cap_drop"] == ["ALL"]
        assert "cap_add" not in each
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert each["mem_limit"]


def test_no_log_fills_the_disk(services: Model) -> None:
    options = [each["logging"]["options"] for each in services.values()]
    assert options == [{"max-size": "10m", "max-file": "5"}] * len(services)


def test_the_databases_log_does_not_quote_a_row(services: Model) -> None:
    assert services["postgres"]["command"] == ["postgres", "-c", "log_error_verbosity=terse"]


def test_livekits_server_logs_no_callers_unless_it_is_asked_to(services: Model) -> None:
    config = yaml.safe_load(services["livekit"]["environment"]["LIVEKIT_CONFIG"])
    assert config["logging"]["level"] == "warn"


@pytest.mark.parametrize("code", [0, 3])
def test_of_a_callers_number_livekit_sips_log_has_two_digits_and_of_its_end_every_line(
    services: Model, tmp_path: Path, code: int
) -> None:
    lines = (
        '{"fromUser": "+15550111", "toUser": "15550100", "sipCallID": "95acb78ed32198e6", "toIP": "10.0.0.1:13373"}',
        '{"room": "phone-_+15550100_wx6", "participant": "sip_+15550111", "participantName": "Phone +15550111"}',
        "From: <sip:15550111@10.0.0.1> To: tel:+15550100 at 2026-11-26T20:21:50.057Z",
    )
    done = run_sip(services["sip"]["entrypoint"], tmp_path, f"printf '%s\\n' {shlex.join(lines)}; exit {code}")
    assert done.stdout.splitlines() == [
        '{"fromUser": "***11", "toUser": "***00", "sipCallID": "95acb78ed32198e6", "toIP": "10.0.0.1:13373"}',
        '{"room": "phone-_+***00_wx6", "participant": "sip_***11", "participantName": "Phone ***11"}',
        "From: <sip:***11@10.0.0.1> To: tel:***00 at 2026-11-26T20:21:50.057Z",
    ]
    assert (done.returncode == 0) == (code == 0)


def run_sip(entrypoint: list[str], folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run the start of the SIP container, with a program in the place of LiveKit SIP."""
    stand_in = folder / "livekit-sip"
    stand_in.write_text(f"#!/bin/sh\n{program}\n")
    stand_in.chmod(0o755)
    command = [word.replace("/tmp/log", str(folder / "log")) for word in entrypoint]
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "PROFILES": "phone"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=20, check=False)


def test_behind_the_proxy_a_browser_comes_back_by_tls_only() -> None:
    sites = (ROOT / "deploy/Caddyfile").read_text().split("\n\n")
    served = [site for site in sites if "reverse_proxy" in site]
    assert len(served) == 2
    assert all("import tls_only" in site for site in served)
    assert any('header Strict-Transport-Security "max-age=31536000"' in site for site in sites)
