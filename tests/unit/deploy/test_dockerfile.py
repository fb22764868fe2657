"""The image's recipe, where hadolint does not look."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """(instruction, its arguments), continued lines joined, comments left out."""
    text = (PROJECT / "Dockerfile").read_text("utf-8")
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines) if name]


@pytest.fixture(scope="module")
def context() -> set[str]:
    """What .dockerignore lets through."""
    lines = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    first, *patterns = [line for line in lines if line and not line.startswith("#")]
    assert first == "*"
    return {pattern[1:] for pattern in patterns if pattern.startswith("!")}


def test_what_is_copied_and_built_is_in_the_context(
    instructions: list[tuple[str, str]], context: set[str]
) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    needed = {name.removesuffix("*") for name in packages}
    needed |= {project["project"]["readme"], *project["project"]["license-files"][:1], "setup.py"}
    for name, arguments in instructions:
        if name == "COPY" and "--from=" not in arguments:
            needed |= set(arguments.split()[:-1])
    assert {"scrapy.cfg", "uv.lock"} < needed
    assert needed == context
    assert all((PROJECT / name).exists() for name in context)


def test_every_browser_that_can_be_asked_for_has_its_stage(
    instructions: list[tuple[str, str]],
) -> None:
    stages = {
        rest.split(" AS ")[1] for name, rest in instructions if name == "FROM" and "AS" in rest
    }
    [default] = [rest.split("=")[1] for name, rest in instructions if name == "ARG"]
    assert {"browser-debian", "browser-playwright", f"browser-{default}"} <= stages


def test_every_package_comes_from_the_lock_file(instructions: list[tuple[str, str]]) -> None:
    syncs = [rest for name, rest in instructions if name == "RUN" and "uv sync" in rest]
    assert len(syncs) == 2
    assert all("--frozen" in sync and "--no-dev" in sync for sync in syncs)


def test_it_runs_under_tini_as_an_ordinary_user(instructions: list[tuple[str, str]]) -> None:
    last = dict(instructions)
    # 143 is a death by SIGTERM, which is what scrapyd ends with
    assert json.loads(last["ENTRYPOINT"]) == ["tini", "-e", "143", "--"]
    assert last["USER"] == "10001:10001"
    assert last["STOPSIGNAL"] == "SIGTERM"
