"""A few of the crashes of ``make crash-test``: one of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from crash_invariant import crash
from crash_lab import CrashLab
from crash_operations import OPERATIONS
from serve import DemoShop

BY_NAME = {operation.name: operation for operation in OPERATIONS}


@pytest.fixture(scope="module")
def crash_shop() -> Iterator[DemoShop]:
    with DemoShop() as shop:
        yield shop


@pytest.fixture(scope="module")
def lab(
    new_database: Callable[[str], str],
    crash_shop: DemoShop,
    tmp_path_factory: pytest.TempPathFactory,
) -> CrashLab:
    folder = tmp_path_factory.mktemp("crashes")
    return CrashLab(folder, new_database, "template_imagecrawler", crash_shop)


@pytest.fixture(scope="module")
def lab_in_bucket(
    new_database: Callable[[str], str],
    crash_shop: DemoShop,
    tmp_path_factory: pytest.TempPathFactory,
    s3_endpoint: str,
) -> CrashLab:
    folder = tmp_path_factory.mktemp("crashes-s3")
    return CrashLab(folder, new_database, "template_imagecrawler", crash_shop, s3_endpoint)


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("cascade", "object_deleted"),
        ("reconcile", "campaign_settling"),
    ],
)
def test_done_again_nothing_is_lost_and_nothing_there_twice(
    lab: CrashLab, name: str, point: str
) -> None:
    assert point in BY_NAME[name].passes
    assert crash(lab, BY_NAME[name], point) == []


def test_the_same_in_a_bucket(lab_in_bucket: CrashLab) -> None:
    assert crash(lab_in_bucket, BY_NAME["crawl"], "page_saving") == []
