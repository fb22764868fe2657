"""The tables. Their history, checks and triggers included, is in ``migrations/versions``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NOW = text("now()")
NEW_ID = text("gen_random_uuid()")
ZERO = text("0")
FALSE = text("false")
OURS = "created by imagecrawler"


class Base(DeclarativeBase):
    """Maps Python types to ours: times carry a zone, mappings are JSONB."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class User(Base):
    """An owner of campaigns. Where the host application made the table, only ``id`` is sure."""

    __tablename__ = "users"
    __table_args__ = ({"comment": OURS},)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Campaign(Base):
    """In the host application's own table only ``id`` and ``user_id`` are sure."""

    __tablename__ = "campaigns"
    __table_args__ = (Index("idx_campaigns_user", "user_id"), {"comment": OURS})

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class ScrapeJob(Base):
    """One crawl of one page. ``external_id`` is scrapyd's or the queue's name for it.

    ``progress`` is the last {count, total} of each stage, ``result`` the API's answer.
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
        Index("idx_scrape_jobs_user", "user_id"),
        Index("idx_scrape_jobs_external", "external_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
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
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ScrapedImage(Base):
    """A picture in the store. ``details`` is the column ``metadata``, a name the ORM keeps.

    ``phash`` is the unsigned 64-bit hash as 16 hex digits, which spares every reader a signed
    BIGINT's conversion. ``missing_since``: when a crawl of its page first lacked it. A trigger
    keeps ``updated_at``.
    """

    __tablename__ = "scraped_images"
    __table_args__ = (
        UniqueConstraint("r2_path"),
        UniqueConstraint("campaign_id", "sha256"),
        Index("idx_scraped_images_campaign", "campaign_id"),
        Index("idx_scraped_images_user", "user_id"),
        Index("idx_scraped_images_job", "job_id"),
        Index("idx_scraped_images_quality", text("quality_score DESC")),
        Index("idx_scraped_images_campaign_type", "campaign_id", "is_hero", "is_product"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("scrape_jobs.id", ondelete="SET NULL"))
    r2_path: Mapped[str]
    cdn_url: Mapped[str]
    original_url: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(CHAR(64))
    phash: Mapped[str | None] = mapped_column(CHAR(16))
    width: Mapped[int]
    height: Mapped[int]
    file_size: Mapped[int]
    format: Mapped[str] = mapped_column(String(10))
    quality_score: Mapped[float] = mapped_column(server_default=ZERO)
    is_hero: Mapped[bool] = mapped_column(server_default=FALSE)
    is_product: Mapped[bool] = mapped_column(server_default=FALSE)
    is_lifestyle: Mapped[bool] = mapped_column(server_default=FALSE)
    alt_text: Mapped[str | None] = mapped_column(Text)
    context: Mapped[str | None] = mapped_column(Text)
    times_used: Mapped[int] = mapped_column(server_default=ZERO)
    last_used_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", server_default="{}")
    missing_since: Mapped[datetime | None]
    scraped_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class SalesPage(Base):
    """A page to be crawled again and again. ``fingerprint``: of what its last crawl found."""

    __tablename__ = "sales_pages"
    __table_args__ = (
        Index("idx_sales_pages_url", "campaign_id", text("md5(url)"), unique=True),
        Index("idx_sales_pages_user", "user_id"),
        Index("idx_sales_pages_due", "next_due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    max_images: Mapped[int] = mapped_column(server_default=text("10"))
    next_due_at: Mapped[datetime] = mapped_column(server_default=NOW)
    last_crawled_at: Mapped[datetime | None]
    fingerprint: Mapped[str | None] = mapped_column(Text)


class ObjectKey(Base):
    """A number given to a picture of a campaign, for ever; without ``sha256`` it is retired.

    Outlives its campaign, which may be created again with the same id.
    """

    __tablename__ = "object_keys"
    __table_args__ = (UniqueConstraint("campaign_id", "sha256"), UniqueConstraint("key"))

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sha256: Mapped[str | None] = mapped_column(CHAR(64))
    key: Mapped[str] = mapped_column(Text)


class DeletedObject(Base):
    """The key of an object whose row is gone and which is still to be deleted."""

    __tablename__ = "deleted_objects"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[datetime] = mapped_column(server_default=NOW)
