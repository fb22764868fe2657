"""Figures for Prometheus."""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagecrawler.api.queue_metrics import QueueCollector
from imagecrawler.api.worker_metrics import WorkerFigures
from imagecrawler.db.figures import QueueFigures

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

#: Methods that are counted by name: others are whatever a stranger makes up.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


class Metrics:
    """One registry per application, so that several may live in one process.

    ``workers``: those beside it, whose figures are shown with its own.
    """

    def __init__(self, workers: WorkerFigures | None = None) -> None:
        self._registry = CollectorRegistry()
        self._workers = workers
        self._requests = Counter(
            "imagecrawler_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._latency = Histogram(
            "imagecrawler_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("method", "route"),
            registry=self._registry,
            buckets=SECONDS,
        )
        self._queue = QueueCollector()
        self._registry.register(self._queue)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, status).inc()
        self._latency.labels(method, route).observe(seconds)

    def show_queue(self, figures: QueueFigures | None) -> None:
        """What the database says; None while it is away, for old figures would look like new."""
        self._queue.figures = figures

    def render(self) -> bytes:
        """Prometheus' text format."""
        own = generate_latest(self._registry)
        return own + self._workers.render() if self._workers else own


class RequestMetrics:
    """Observes every answer under the template of its route: addresses hold ids without end."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            took = time.perf_counter() - begun
            self._metrics.observe(scope["method"], route, status, took)
