"""The manifests, where the schemas do not look."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from imagecrawler.config import PREFIX, Config
from imagecrawler.egress.addresses import SPECIAL_IPV4, SPECIAL_IPV6
from pipelines.upload import UPLOAD_SECONDS

FOLDER = Path(__file__).parents[3] / "deploy/kubernetes"
BASE = FOLDER / "base"
PODS = ("imagecrawler-api", "imagecrawler-worker", "imagecrawler-migrate")


def _documents(*paths: Path) -> list[dict[str, Any]]:
    return [each for path in paths for each in yaml.safe_load_all(path.read_text("utf-8"))]


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return _documents(*BASE.glob("[!k]*.yaml"))


@pytest.fixture(scope="module")
def pods(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in documents
        if each["kind"] in ("Deployment", "Job")
    }


def test_kustomize_takes_every_file_but_the_example() -> None:
    [kustomization] = _documents(BASE / "kustomization.yaml")
    files = {path.name for path in BASE.glob("*.yaml")}
    assert files - set(kustomization["resources"]) == {"kustomization.yaml", "secrets.example.yaml"}


def test_every_setting_is_one_that_there_is(documents: list[dict[str, Any]]) -> None:
    known = {PREFIX + name.upper() for name in Config.model_fields}
    for each in documents:
        if each["kind"] in ("ConfigMap", "Secret"):
            assert {*each.get("data", {}), *each.get("stringData", {})} <= known


def test_a_pod_names_settings_that_are_there(
    documents: list[dict[str, Any]], pods: dict[str, dict[str, Any]]
) -> None:
    there = {(each["kind"], each["metadata"]["name"]) for each in documents}
    kinds = {"secretRef": "Secret", "configMapRef": "ConfigMap"}
    for pod in pods.values():
        for source in pod["containers"][0]["envFrom"]:
            [(reference, target)] = source.items()
            assert (kinds[reference], target["name"]) in there


@pytest.mark.parametrize("name", PODS)
def test_a_pod_may_do_no_more_than_it_needs(name: str, pods: dict[str, dict[str, Any]]) -> None:
    pod = pods[name]
    assert pod["automountServiceAccountToken"] is False
    # its variables would begin with the prefix of our settings
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    [container] = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"].keys() == {"requests", "limits"}


def test_a_worker_is_given_the_time_that_a_job_may_take(pods: dict[str, dict[str, Any]]) -> None:
    grace = pods["imagecrawler-worker"]["terminationGracePeriodSeconds"]
    assert grace > Config.model_fields["page_budget"].default + UPLOAD_SECONDS


def test_the_network_refuses_what_the_guard_refuses(documents: list[dict[str, Any]]) -> None:
    [policy] = [each for each in documents if each["metadata"]["name"] == "imagecrawler-egress"]
    [public] = [rule for rule in policy["spec"]["egress"] if "ipBlock" in rule["to"][0]]
    blocks = {ip_network(peer["ipBlock"]["cidr"]): peer["ipBlock"] for peer in public["to"]}
    assert {port["port"] for port in public["ports"]} == set(
        Config.model_fields["egress_ports"].default
    )
    for whole, table in (
        (IPv4Network("0.0.0.0/0"), SPECIAL_IPV4),
        (IPv6Network("2000::/3"), SPECIAL_IPV6),
    ):
        refused = [ip_network(text) for text in blocks[whole]["except"]]
        inside = [network for network, _ in table if network.subnet_of(whole)]
        assert inside
        for network in inside:
            assert any(network.subnet_of(each) for each in refused), network


def test_keda_scales_the_workers_with_the_database_s_secret(
    documents: list[dict[str, Any]],
) -> None:
    scaled, authentication = _documents(FOLDER / "keda/scaled-object.yaml")
    deployments = {each["metadata"]["name"] for each in documents if each["kind"] == "Deployment"}
    assert scaled["spec"]["scaleTargetRef"]["name"] in deployments
    [trigger] = scaled["spec"]["triggers"]
    assert trigger["authenticationRef"]["name"] == authentication["metadata"]["name"]
    [secret] = authentication["spec"]["secretTargetRef"]
    [named] = [
        each
        for each in documents
        if (each["kind"], each["metadata"]["name"]) == ("Secret", secret["name"])
    ]
    assert secret["key"] in named["stringData"]
