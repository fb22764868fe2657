"""The benchmarks are run by hand, so that nothing else notices when a name they use is gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
PACKAGES = ("imagecrawler", "spiders", "pipelines")


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """What it takes from the packages: (module, name)."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        module = getattr(node, "module", None) or ""
        if isinstance(node, ast.ImportFrom) and module.partition(".")[0] in PACKAGES:
            yield from ((module, alias.name) for alias in node.names)


@pytest.mark.parametrize("file", sorted(BENCH.rglob("*.py")), ids=lambda file: file.stem)
def test_what_a_benchmark_imports_is_there(file: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in imported(file)
        if not hasattr(import_module(module), name) and find_spec(f"{module}.{name}") is None
    ]
    assert missing == []
