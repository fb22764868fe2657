"""``POST …/scrape``: a job is put into the queue and, if the caller likes, waited for."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from imagecrawler.api.auth import CurrentUser
from imagecrawler.api.following import FINISHED, wait_for_end
from imagecrawler.api.openapi import problems
from imagecrawler.api.quotas import check_quota, lock_quota
from imagecrawler.api.schemas import PREFIX, JobAccepted, ScrapeRequest, ScrapeResponse
from imagecrawler.api.services import Services, Serving
from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.job_views import JobView
from imagecrawler.items import Target
from imagecrawler.jobs.queue import Priority

router = APIRouter(prefix=PREFIX, tags=["scrape"])

_LOCATION: Final = {"description": "Address of the job.", "schema": {"type": "string"}}
_ACCEPTED: Final[dict[str, Any]] = {
    "description": "The job goes on: nobody wanted to wait, or not long enough.",
    "model": JobAccepted,
    "headers": {"Location": _LOCATION},
}
_KEY = "A name of your own for this request: sent again, it gives the first request's job."
_PREFER = "`respond-async` answers 202 at once, `wait=10` after ten seconds at the latest."

IdempotencyKey = Annotated[
    str | None, Header(description=_KEY, min_length=1, max_length=255, pattern=r"^[ -~]+$")
]


@router.post(
    "/scrape",
    response_model=ScrapeResponse,
    responses={202: _ACCEPTED, **problems(404, 408, 413)},
)
async def scrape_page(
    wanted: ScrapeRequest,
    user_id: CurrentUser,
    services: Serving,
    prefer: Annotated[str, Header(description=_PREFER)] = "",
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any] | JSONResponse:
    """Crawls the page and answers with what was saved and what was not, and why.

    A page that could not be crawled is no error of this call: `success` is false then, and
    `status` and `detail` tell why. The job goes on when the caller hangs up.
    """
    job_id = await _submit(services, wanted, user_id, idempotency_key)
    wait = preferred_wait(prefer, services.config.scrape_wait)
    job = await wait_for_end(services, job_id, wait)
    if job.state != FINISHED:
        return _accepted(job)
    assert job.result is not None, f"job {job_id} is finished without an answer"
    return job.result


async def _submit(
    services: Services, wanted: ScrapeRequest, user_id: UUID, idempotency_key: str | None
) -> UUID:
    async with services.session() as db:
        campaign = await find_campaign(db, wanted.campaign_id, user_id)
        target = Target(wanted.sales_page_url, campaign.id, user_id, wanted.max_images)
        await lock_quota(db, user_id)
        job_id = await services.queue.submit(
            db, target, priority=Priority.INTERACTIVE, idempotency_key=idempotency_key
        )
        await check_quota(db, user_id, services.config)
    return job_id


def preferred_wait(prefer: str, most: float) -> float:
    """Seconds to wait by a ``Prefer`` header (RFC 7240), at most ``most``."""
    if match := re.search(r"(?:^|,)\s*wait=(\d{1,4})\s*(?:,|$)", prefer):
        return min(float(match[1]), most)
    if re.search(r"(?:^|,)\s*respond-async\s*(?:,|$)", prefer):
        return 0.0
    return most


def _accepted(job: JobView) -> JSONResponse:
    body = {"job_id": job.id, "campaign_id": job.campaign_id, "status": job.state}
    accepted = JobAccepted.model_validate(body)
    headers = {"Location": f"{PREFIX}/jobs/{job.id}", "Preference-Applied": "respond-async"}
    return JSONResponse(accepted.model_dump(mode="json"), 202, headers)
