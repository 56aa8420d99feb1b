"""The Kubernetes set: valid, whole, and each part with the settings that it needs and no other."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # the manifests are documents of several parts

from switchboard.settings.schema import SETTINGS
from tests.deploy.engine import ROOT, CommandError, run
from tests.deploy.needs import NEEDED

FOLDER = ROOT / "deploy/kubernetes"
FILES = sorted(FOLDER.glob("*.yaml"))
VERSIONS = ("1.30.0", "1.37.0")
SECRETS = {
    "switchboard-database": {"DATABASE_URL"},
    "switchboard-livekit": {"LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"},
    "switchboard-model": {"AZURE_OPENAI_API_KEY"},
}
"""What settings.yaml tells people to make."""
Manifest = dict[str, Any]


def validate(tools: Path, version: str, *files: Path) -> str:
    command = (sys.executable, "-m", "kubernetes_validate", "--strict", "-k", version)
    return run((*command, *files), {"PYTHONPATH": str(tools)})


def manifests() -> Iterator[Manifest]:
    for file in FILES:
        yield from yaml.safe_load_all(file.read_text())


def named(kind: str, name: str) -> Manifest:
    (found,) = (each for each in manifests() if (each["kind"], each.get("metadata", {}).get("name")) == (kind, name))
    return found


def pod(kind: str, name: str) -> Manifest:
    spec: Manifest = named(kind, name)["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_the_set(pinned_tools: Path, version: str) -> None:
    validate(pinned_tools, version, *(file for file in FILES if file.name != "kustomization.yaml"))


def test_kubernetes_refuses_mistakes_in_it(pinned_tools: Path, tmp_path: Path) -> None:
    wrong = Path(shutil.copy(FOLDER / "worker.yaml", tmp_path))
    wrong.write_text(wrong.read_text().replace("terminationGracePeriodSeconds", "terminationGraceSeconds"))
    with pytest.raises(CommandError, match="terminationGraceSeconds"):
        validate(pinned_tools, VERSIONS[-1], wrong)


def test_the_set_names_all_of_its_files() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == [file.name for file in FILES if file.name != "kustomization.yaml"]


@pytest.mark.parametrize(("kind", "part"), [("Deployment", "worker"), ("Deployment", "web"), ("Job", "migrate")])
def test_each_part_has_settings_that_it_needs_and_no_other(kind: str, part: str) -> None:
    (container,) = pod(kind, part)["containers"]
    given = {each["name"] for each in container.get("env", [])}
    for source in container["envFrom"]:
        if "secretRef" in source:
            given |= SECRETS[source["secretRef"]["name"]]
        else:
            given |= named("ConfigMap", source["configMapRef"]["name"])["data"].keys()
    assert given <= NEEDED[part] & {setting.name for setting in SETTINGS}
    assert given >= NEEDED[part] & {"DATABASE_URL", "LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"}


def test_a_worker_is_killed_only_after_its_own_grace_period() -> None:
    grace = int(named("ConfigMap", "worker-settings")["data"]["WORKER_GRACE_SECONDS"])
    longest = next(int(setting.default) * 60 for setting in SETTINGS if setting.name == "CALL_MAX_MINUTES")
    assert longest <= grace <= pod("Deployment", "worker")["terminationGracePeriodSeconds"]


def test_selectors_lead_to_what_they_are_meant_for() -> None:
    for each in manifests():
        if each["kind"] not in ("Deployment", "Service", "PodDisruptionBudget"):
            continue
        wanted = each["spec"]["selector"]
        name = each["metadata"]["name"]
        labels = named("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        assert (wanted.get("matchLabels") or wanted) == labels
    target = named("HorizontalPodAutoscaler", "worker")["spec"]["scaleTargetRef"]
    assert named(target["kind"], target["name"])
