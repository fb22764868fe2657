from __future__ import annotations

import socket

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge

from imagecrawler.config import Config
from imagecrawler.errors import BadConfiguration
from imagecrawler.jobs.metrics_server import MetricsServer


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_it_serves_until_it_is_closed(taken) -> None:
    port = taken.getsockname()[1]
    taken.close()
    registry = CollectorRegistry()
    Gauge("ours", "A figure.", registry=registry).set(7)
    server = MetricsServer(Config(metrics_port=port), registry)
    assert "ours 7.0" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    server.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_port_that_is_taken_is_one_line_that_names_the_setting(taken) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(BadConfiguration, match=f"METRICS_PORT: 127.0.0.1:{port}: "):
        MetricsServer(Config(metrics_port=port), CollectorRegistry())


def test_without_a_port_nothing_is_served() -> None:
    MetricsServer(Config(), CollectorRegistry()).close()
