"""SECURITY.md against the tree: whatever test it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", TEXT)))


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in tree.body if isinstance(each, kinds))


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    path, _, test = name.partition("::")
    assert test.startswith("test_")
    assert test in _tests(path)


def test_every_defence_names_its_test() -> None:
    table = TEXT.partition("| against |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(table) > 30
    for row in table:
        *_, test, _ = row.split("|")
        assert "`tests/" in test, row
