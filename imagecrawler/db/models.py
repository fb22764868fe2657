"""The tables of pictures. Their history, checks and triggers included, is in ``migrations/``."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from imagecrawler.db.base import FALSE, NEW_ID, NOW, ZERO, Base, Campaign, User
from imagecrawler.db.job_models import ScrapeJob


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
        Index(
            "idx_scraped_images_campaign_quality",
            *("campaign_id", text("quality_score DESC"), "id"),
            postgresql_include=["user_id", "file_size", "is_hero", "is_product", "is_lifestyle"],
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(Campaign.id, ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey(ScrapeJob.id, ondelete="SET NULL"))
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
