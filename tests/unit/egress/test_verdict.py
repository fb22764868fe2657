import logging

import pytest

from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.verdict import Ledger, Verdict

SHOP = Endpoint("shop.test", 80)
REFUSED = Verdict("refused", "10.0.0.1 is not a public address (private)")
SILENT = Verdict("timeout", "nothing was sent for 60 s")


def test_the_last_failure_of_an_endpoint_is_kept():
    ledger = Ledger()
    ledger.record(SHOP, REFUSED)
    ledger.record(SHOP, SILENT)

    assert ledger.verdict_for("http://shop.test/a?b") == SILENT
    assert ledger.verdict_for("https://shop.test/") is None
    assert ledger.verdict_for("no URL") is None


def test_success_makes_an_earlier_failure_forgotten():
    ledger = Ledger()
    ledger.record(SHOP, SILENT)
    ledger.forget(SHOP)
    ledger.forget(SHOP)

    assert ledger.verdict_for("http://shop.test/") is None


def test_the_oldest_failures_make_room():
    ledger = Ledger(capacity=2)
    for name in ("a", "b", "a", "c"):
        ledger.record(Endpoint(name, 80), SILENT)

    kept = [name for name in "abc" if ledger.verdict_for(f"http://{name}/")]
    assert kept == ["a", "c"]


def test_only_refusals_are_counted_and_warned_of(caplog: pytest.LogCaptureFixture):
    ledger = Ledger()
    with caplog.at_level(logging.INFO, "imagecrawler.egress"):
        ledger.record(SHOP, SILENT)
        ledger.record(SHOP, REFUSED)
        ledger.record(None, Verdict("refused", "not a host and port"))

    assert ledger.refused == 2
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "timeout: shop.test:80: nothing was sent for 60 s"),
        ("WARNING", "refused: shop.test:80: 10.0.0.1 is not a public address (private)"),
        ("WARNING", "refused: a request: not a host and port"),
    ]
