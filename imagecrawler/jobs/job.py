"""A job: what was asked for, checked, and the time it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from imagecrawler.budget import Budget
from imagecrawler.errors import BadTarget
from imagecrawler.items import KnownPage, Target
from imagecrawler.jobs.address import parse_url
from imagecrawler.jobs.retry import ONCE, RetryPolicy

MAX_IMAGES = 50


@dataclass(frozen=True, slots=True)
class Job:
    """A target being crawled. ``external_id`` is scrapyd's or the queue's name for it.

    ``attempt`` counts from 1, ``retry`` says when there is another. ``crawl_delay``: the seconds
    between two pages of the site that were kept before this one. ``incremental``: pictures of an
    earlier crawl are asked for only where they may have changed; ``known`` is what it left.
    """

    target: Target
    budget: Budget
    id: UUID = field(default_factory=uuid4)
    external_id: str | None = None
    attempt: int = 1
    retry: RetryPolicy = ONCE
    crawl_delay: float = 0.0
    incremental: bool = False
    known: KnownPage | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """A spider's arguments, checked; ids that were not given are None."""

    url: str
    campaign_id: UUID | None
    user_id: UUID | None
    max_images: int
    job_id: UUID | None
    incremental: bool = False


def parse_arguments(
    url: str | None,
    campaign_id: str | UUID | None = None,
    user_id: str | UUID | None = None,
    max_images: str | int | None = None,
    job_id: str | UUID | None = None,
    incremental: str | None = None,
) -> Arguments:
    """Raises BadTarget: one line that names the argument and what it should be."""
    if user_id and not campaign_id:
        raise BadTarget("user_id: means nothing without campaign_id; give both, or neither")
    return Arguments(
        url=parse_url(url),
        campaign_id=_parse_id("campaign_id", campaign_id),
        user_id=_parse_id("user_id", user_id),
        max_images=_parse_limit(max_images),
        job_id=_parse_id("job_id", job_id),
        incremental=_parse_switch("incremental", incremental),
    )


def _parse_id(name: str, value: str | UUID | None) -> UUID | None:
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except ValueError:
        raise BadTarget(f"{name}: {value!r} is not a UUID") from None


def _parse_switch(name: str, value: str | None) -> bool:
    if value not in (None, "", "0", "1"):
        raise BadTarget(f"{name}: {value!r} is neither 1 nor 0")
    return value == "1"


def _parse_limit(value: str | int | None) -> int:
    try:
        limit = 10 if value is None else int(value)
    except ValueError:
        limit = 0
    if not 1 <= limit <= MAX_IMAGES:
        raise BadTarget(f"max_images: {value!r} is not a whole number from 1 to {MAX_IMAGES}")
    return limit
