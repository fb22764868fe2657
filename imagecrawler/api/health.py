"""What an operator's machinery asks."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from imagecrawler.api.metrics import Metrics
from imagecrawler.api.openapi import Answers, problems
from imagecrawler.api.services import Serving
from imagecrawler.db.figures import queue_figures
from imagecrawler.errors import DatabaseError

logger = logging.getLogger(__name__)

router = APIRouter(tags=["operation"])

_AWAY: Answers = {503: problems()[503]}


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """200 while the process answers at all."""
    return {"status": "ok"}


@router.get("/readyz", responses=_AWAY)
async def is_ready(services: Serving) -> dict[str, str]:
    """200 while the database answers and has this version's schema."""
    async with services.gate:
        await services.database.check()
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, services: Serving) -> Response:
    """Requests, the queue and the workers beside this process, for Prometheus."""
    metrics: Metrics = request.app.state.metrics
    try:
        async with services.session() as db:
            metrics.show_queue(await queue_figures(db))
    except DatabaseError as error:
        logger.warning("no figures of the queue: %s", error)
        metrics.show_queue(None)
    return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)
