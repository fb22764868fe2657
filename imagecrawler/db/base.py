"""What all models share, and the tables that may be the host application's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, text
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
