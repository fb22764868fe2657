"""Figures for Prometheus."""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagecrawler.db.job_models import ScrapeJob

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

#: Methods that are counted by name: others are whatever a stranger makes up.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


class Metrics:
    """One registry per application, so that several may live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
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
        self._jobs = Gauge(
            "imagecrawler_jobs",
            "Jobs by state and, when finished, outcome.",
            ("state", "outcome"),
            registry=self._registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, status).inc()
        self._latency.labels(method, route).observe(seconds)

    async def count_jobs(self, db: AsyncSession) -> None:
        """Take the figures of jobs from the database, where all processes write them."""
        query = select(ScrapeJob.state, ScrapeJob.outcome, func.count()).group_by(
            ScrapeJob.state, ScrapeJob.outcome
        )
        rows = (await db.execute(query)).all()
        self._jobs.clear()
        for state, outcome, count in rows:
            self._jobs.labels(state, outcome or "").set(count)

    def forget_jobs(self) -> None:
        """The database is away: old figures would look like new ones."""
        self._jobs.clear()

    def render(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self._registry)


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
