"""The tables of jobs, of the pages they crawl and of the sites these are on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    Double,
    FetchedValue,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from imagecrawler.db.base import FALSE, NEW_ID, NOW, ZERO, Base, Campaign, User


class JobBatch(Base):
    """Jobs that were asked for together. ``kind`` is file, recrawl or nightly.

    ``digest``: SHA-256 of the file they came from. ``total``: how many jobs they are, all of them
    put in at ``enqueued_at``.
    """

    __tablename__ = "job_batches"
    __table_args__ = (Index("idx_job_batches_digest", "digest", text("created_at DESC")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text, server_default="")
    digest: Mapped[str | None] = mapped_column(CHAR(64))
    total: Mapped[int] = mapped_column(server_default=ZERO)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    enqueued_at: Mapped[datetime | None]


class ScrapeJob(Base):
    """One crawl of one page. ``external_id`` is scrapyd's or the queue's name for it.

    ``progress`` is the last {count, total} of each stage, ``result`` the API's answer, and
    ``changes`` what a re-crawl found different. A job that waits is in the queue from
    ``released_at`` on; before, it waits in the order of ``turn`` for a lane of its ``domain``,
    not before ``not_before``. ``attempts`` counts how often it has begun.
    """

    __tablename__ = "scrape_jobs"
    __table_args__ = (
        Index(
            "idx_scrape_jobs_idempotency",
            *("user_id", "idempotency_key"),
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index("idx_scrape_jobs_campaign", "campaign_id", text("created_at DESC")),
        Index("idx_scrape_jobs_user_created", "user_id", "created_at"),
        Index(
            "idx_scrape_jobs_user_unfinished",
            "user_id",
            postgresql_where=text("state <> 'finished'"),
        ),
        Index("idx_scrape_jobs_external", "external_id"),
        Index("idx_scrape_jobs_finished", "finished_at", postgresql_include=["outcome"]),
        Index(
            "idx_scrape_jobs_queued",
            *("priority", "created_at"),
            postgresql_include=["not_before"],
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "idx_scrape_jobs_waiting",
            *("domain", text("priority DESC"), "turn"),
            postgresql_where=text("state = 'queued' AND released_at IS NULL"),
        ),
        Index(
            "idx_scrape_jobs_recrawl",
            *("campaign_id", text("md5(url)")),
            unique=True,
            postgresql_where=text("incremental AND state <> 'finished'"),
        ),
        Index(
            "idx_scrape_jobs_batch",
            *("batch_id", "state", "outcome"),
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(Campaign.id, ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    max_images: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), server_default="running")
    outcome: Mapped[str | None] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(Text, server_default="")
    images_found: Mapped[int] = mapped_column(server_default=ZERO)
    images_saved: Mapped[int] = mapped_column(server_default=ZERO)
    images_skipped: Mapped[int] = mapped_column(server_default=ZERO)
    rejections: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    timings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    external_id: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    result: Mapped[dict[str, Any] | None]
    changes: Mapped[dict[str, Any] | None]
    domain: Mapped[str] = mapped_column(Text, server_default="")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("100"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    turn: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    released_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    incremental: Mapped[bool] = mapped_column(server_default=FALSE)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey(JobBatch.id, ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class SalesPage(Base):
    """A page to be crawled again and again.

    ``last_crawled_at``: the last time that it gave something. ``fingerprint``: of what it named
    then, where all of it was seen. ``failures``: crawls since then, which gave nothing.
    ``verified_at``: when its pictures were last looked at one by one, by ``job_id``.
    """

    __tablename__ = "sales_pages"
    __table_args__ = (
        Index("idx_sales_pages_url", "campaign_id", text("md5(url)"), unique=True),
        Index("idx_sales_pages_user", "user_id"),
        Index("idx_sales_pages_due", "next_due_at"),
        Index("idx_sales_pages_job", "job_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(Campaign.id, ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    max_images: Mapped[int] = mapped_column(server_default=text("10"))
    next_due_at: Mapped[datetime] = mapped_column(server_default=NOW)
    last_crawled_at: Mapped[datetime | None]
    fingerprint: Mapped[str | None] = mapped_column(Text)
    domain: Mapped[str] = mapped_column(Text, server_default="")
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    verified_at: Mapped[datetime | None]
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey(ScrapeJob.id, ondelete="SET NULL"))


class Site(Base):
    """What a registrable domain asked of crawlers.

    ``crawl_delay``: seconds between two pages, by robots.txt. ``next_start``: no page before
    then, by that or by Retry-After.
    """

    __tablename__ = "sites"

    domain: Mapped[str] = mapped_column(Text, primary_key=True)
    crawl_delay: Mapped[float] = mapped_column(Double, server_default=ZERO)
    next_start: Mapped[datetime] = mapped_column(server_default=text("'-infinity'"))
