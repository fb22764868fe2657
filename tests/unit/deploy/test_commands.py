"""Every command that a deployment file names is one that there is, with options it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from imagecrawler.cli import app

PROJECT = Path(__file__).parents[3]
PROGRAMS = {"imagecrawler", "scrapyd", "python"}


def _commands() -> list[list[str]]:
    dockerfile = (PROJECT / "Dockerfile").read_text("utf-8").splitlines()
    [own] = [json.loads(line[4:]) for line in dockerfile if line.startswith("CMD ")]
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))["services"]
    composed = [service["command"] for service in services.values() if "build" in service]
    manifests = sorted((PROJECT / "deploy/kubernetes/base").glob("*.yaml"))
    containers = [each for path in manifests for each in _containers(path)]
    return [own, *composed, *(container["args"] for container in containers)]


def _containers(path: Path) -> list[dict[str, Any]]:
    documents = yaml.safe_load_all(path.read_text("utf-8"))
    pods = [each["spec"]["template"]["spec"] for each in documents if "template" in _spec(each)]
    return [container for pod in pods for container in pod["containers"]]


def _spec(document: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = document.get("spec", {})
    return spec


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_a_command_parses(words: list[str]) -> None:
    program, *arguments = words
    assert program in PROGRAMS
    if program != "imagecrawler":
        return
    command: Any = typer.main.get_command(app)
    context = command.make_context(program, arguments.copy())
    while hasattr(command, "resolve_command"):
        name, command, arguments = command.resolve_command(context, arguments)
        context = command.make_context(name, arguments.copy(), parent=context)
