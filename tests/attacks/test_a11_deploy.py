"""A11: what the deployment files open, and to whom. They are read as files; tests/deploy brings them up."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.engine import ROOT
from tests.deploy.test_kubernetes import manifests, pod

PARTS = (("Deployment", "worker"), ("Deployment", "web"), ("Job", "migrate"))
Policy = dict[str, Any]


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
    assert [ports(part, "ingress") for part in ("worker", "web", "migrate")] == [{9090}, {8080}, set()]


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


def test_behind_the_proxy_a_browser_comes_back_by_tls_only() -> None:
    sites = (ROOT / "deploy/Caddyfile").read_text().split("\n\n")
    served = [site for site in sites if "reverse_proxy" in site]
    assert len(served) == 2
    assert all("import tls_only" in site for site in served)
    assert any('header Strict-Transport-Security "max-age=31536000"' in site for site in sites)
