"""What is drawn, alerted on and documented, against what the code exports."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from imagecrawler.api.metrics import Metrics
from imagecrawler.db.figures import Counts, QueueFigures
from imagecrawler.items import Outcome, PageItem, Target
from imagecrawler.jobs.memory import ProcessMemory
from imagecrawler.jobs.metrics import WorkerMetrics

PROJECT = Path(__file__).parents[3]
DASHBOARD = json.loads((PROJECT / "deploy/grafana/imagecrawler.json").read_text("utf-8"))
RULES = yaml.safe_load((PROJECT / "deploy/prometheus/alerts.yaml").read_text("utf-8"))
SERIES = re.compile(r"(imagecrawler_\w+)(?:\{([^}]*)\})?")


def _api() -> bytes:
    metrics = Metrics()
    metrics.show_queue(QueueFigures((), {}, Counts(0, 0, 0, 0, 0, 0.0)))
    metrics.observe("GET", "/", 200, 0.1)
    return metrics.render()


def _worker() -> bytes:
    metrics = WorkerMetrics(registry := CollectorRegistry())
    target = Target("https://shop.example/p", UUID(int=1), UUID(int=2))
    metrics.record_page(PageItem(target, UUID(int=3), timings={"render": 1.0}))
    metrics.record_memory(ProcessMemory())
    metrics.retries.labels("http_503")
    metrics.waiting.labels("nightly")
    return generate_latest(registry)


def _series(text: bytes) -> dict[str, set[str]]:
    """The series' names, as they are queried, with those of their labels."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                found[sample.name] |= set(sample.labels)
    return found


@pytest.fixture(scope="module")
def exported() -> dict[str, set[str]]:
    api, worker = _series(_api()), _series(_worker())
    # the API shows both in one answer, where a name may come once
    assert not set(api) & set(worker)
    return api | worker


def _expressions() -> list[str]:
    panels = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
    drawn = [target["expr"] for panel in panels for target in panel["targets"]]
    return drawn + [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("expression", _expressions())
def test_what_is_queried_is_exported(exported: dict[str, set[str]], expression: str) -> None:
    found = SERIES.findall(expression)
    assert found
    for name, matchers in found:
        assert name in exported
        assert set(re.findall(r"(\w+)\s*[=!]~?", matchers)) <= exported[name]
    for outcome in re.findall(r'outcome=~?"([^"]+)"', expression):
        assert set(outcome.split("|")) <= set(Outcome)


def test_each_panel_asks_the_chosen_source() -> None:
    [variable] = DASHBOARD["templating"]["list"]
    assert variable["type"] == "datasource"
    sources = {
        target["datasource"]["uid"]
        for panel in DASHBOARD["panels"]
        for target in panel.get("targets", ())
    }
    assert sources == {f"${{{variable['name']}}}"}


def test_each_metric_is_in_the_readme(exported: dict[str, set[str]]) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(imagecrawler_\w+)`", readme, re.M))
    assert documented == {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported}
