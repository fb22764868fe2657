import pytest

from imagecrawler.errors import BadTarget
from spiders.sales_page import SalesPageSpider


def test_one_page_needs_its_address() -> None:
    assert not SalesPageSpider(url="https://shop.example/p").stands
    with pytest.raises(BadTarget, match="url: missing"):
        SalesPageSpider()


def test_a_standing_worker_takes_no_page_of_its_own() -> None:
    assert SalesPageSpider(queue="1").stands
    with pytest.raises(BadTarget, match="not with queue=1"):
        SalesPageSpider(queue="1", url="https://shop.example/p")


def test_a_crawl_may_be_incremental() -> None:
    assert SalesPageSpider(url="https://shop.example/p", incremental="1").arguments.incremental
    assert not SalesPageSpider(url="https://shop.example/p").arguments.incremental
    with pytest.raises(BadTarget, match="incremental: 'yes' is neither 1 nor 0"):
        SalesPageSpider(url="https://shop.example/p", incremental="yes")
