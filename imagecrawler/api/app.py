"""The one place where the API is put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from imagecrawler.api import campaigns, docs, gallery, health, images, jobs, media, scrape
from imagecrawler.api.auth import TokenVerifier
from imagecrawler.api.headers import BodyLimit, JsonBodies, SecurityHeaders
from imagecrawler.api.metrics import Metrics, RequestMetrics
from imagecrawler.api.openapi import document
from imagecrawler.api.problems import HANDLERS
from imagecrawler.api.rates import RateLimit
from imagecrawler.api.services import open_services
from imagecrawler.api.worker_metrics import WorkerFigures
from imagecrawler.config import Config

#: In the order they are matched: ``/campaigns`` would pass for a campaign's id in ``images``.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    scrape.router,
    jobs.router,
    campaigns.router,
    images.router,
    health.router,
    docs.router,
    gallery.router,
)

DESCRIPTION: Final = """
Finds, scores and stores the product images of a sales page.

Every call under `/api` wants `Authorization: Bearer` with a JWT whose `sub` is the user's UUID.
What belongs to somebody else is answered as if it did not exist. Errors are problem documents
(RFC 9457).
"""


def create_app(config: Config, workers: WorkerFigures | None = None) -> FastAPI:
    """The service as an ASGI application. Its lifespan opens what ``config`` names.

    ``workers``: those beside it, whose figures its ``/metrics`` shows with its own.
    """
    app = FastAPI(
        title="imagecrawler",
        version=version("imagecrawler"),
        description=DESCRIPTION,
        lifespan=_lifespan(config),
        docs_url=None,
        redoc_url=None,
    )
    app.state.tokens = TokenVerifier.from_config(config)
    app.state.rates = RateLimit(config.rate_limit)
    app.state.metrics = Metrics(workers)
    for router in ROUTERS:
        app.include_router(router)
    if urlsplit(config.storage_url).scheme in ("", "file"):
        app.include_router(media.router)
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    for error, handler in HANDLERS:
        app.add_exception_handler(error, handler)
    _add_middleware(app, config)
    return app


def _lifespan(config: Config) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(config) as services:
            app.state.services = services
            yield

    return lifespan


def _add_middleware(app: FastAPI, config: Config) -> None:
    # The last one added is the outermost.
    app.add_middleware(BodyLimit)
    app.add_middleware(JsonBodies)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Prefer"],
            expose_headers=["Location", "Retry-After"],
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestMetrics, metrics=app.state.metrics)
