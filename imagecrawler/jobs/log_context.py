"""Where Scrapy begins to work for a job: what is logged from there on carries the job's ids.

Scrapy starts a task for each request, for each response's callback and for each of its items,
so each of them begins anew. Its engine must never be called from one of them, for it goes on to
other jobs' requests in the context of whoever has just called it.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from uuid import UUID

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response

from imagecrawler.domains import registrable_domain
from imagecrawler.items import PageItem, Target
from imagecrawler.logs import Work, begin_work


def work_of(job_id: UUID, target: Target) -> Work:
    """A job, as log lines name it."""
    return Work(str(job_id), str(target.campaign_id), registrable_domain(target.url))


class LogContextMiddleware:
    """The task of a page's request, once robots.txt, for which the engine is called, allows it.

    ``meta["work"]`` tells the download handler, which runs in whichever task made room for it.
    """

    def process_request(self, request: Request) -> None:
        """A picture's request has no job."""
        if job := (request.cb_kwargs or {}).get("job"):
            work = request.meta["work"] = work_of(job.id, job.target)
            begin_work(work)


class LogContextPipeline:
    """The task in which an item passes the pipelines, and those who hear that it has."""

    def process_item(self, item: PageItem) -> PageItem:
        """The first of all pipelines."""
        begin_work(work_of(item.job_id, item.target))
        return item


class NobodysEngine:
    """The crawl's engine, called in no job's name."""

    def __init__(self, engine: ExecutionEngine) -> None:
        self._engine = engine

    async def download_async(self, request: Request) -> Response:
        """As the engine's own."""
        return await asyncio.create_task(self._engine.download_async(request), context=Context())
