"""Campaigns and their owners, in our own tables or in the host application's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.base import Campaign as CampaignRow
from imagecrawler.db.base import User
from imagecrawler.db.failures import reason
from imagecrawler.errors import BadInput, DatabaseError, UnknownCampaign

DEMO_USER: Final = uuid5(NAMESPACE_DNS, "user.demo.imagecrawler")
DEMO_CAMPAIGN: Final = uuid5(NAMESPACE_DNS, "campaign.demo.imagecrawler")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and whose it is."""

    id: UUID
    user_id: UUID


def parse_id(value: str | UUID, name: str) -> UUID:
    """Raises BadInput when ``value`` is no UUID; ``name`` says of what."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except ValueError:
        raise BadInput(f"{name}: {value!r} is not a UUID") from None


async def find_campaign(
    db: AsyncSession, campaign_id: str | UUID, user_id: str | UUID | None = None
) -> Campaign:
    """The campaign, of ``user_id`` where one is given.

    Raises UnknownCampaign; another owner's campaign, or one without an owner, is as unknown as
    none. Raises BadInput for a malformed id.
    """
    wanted = parse_id(campaign_id, "campaign_id")
    query = select(CampaignRow.user_id).where(CampaignRow.id == wanted)
    if user_id is not None:
        query = query.where(CampaignRow.user_id == parse_id(user_id, "user_id"))
    owner = await db.scalar(query)
    if owner is None:
        raise _unknown(wanted)
    return Campaign(wanted, owner)


async def add_campaign(
    db: AsyncSession, name: str, user_id: UUID | None = None, campaign_id: UUID | None = None
) -> Campaign:
    """Add a campaign, and its owner where there is none; an existing one stays as it is.

    Raises BadInput when ``campaign_id`` is another owner's, DatabaseError when the tables are
    the host application's and want more than we know.
    """
    campaign = Campaign(campaign_id or uuid4(), user_id or uuid4())
    await _insert(db, campaign, name)
    found = await find_campaign(db, campaign.id)
    if user_id is not None and found.user_id != user_id:
        raise BadInput(f"campaign {campaign.id}: belongs to another user")
    return found


async def ensure_demo_campaign(db: AsyncSession) -> Campaign:
    """The local demo campaign, added on first use. Raises DatabaseError as add_campaign does."""
    return await add_campaign(db, "Demo", DEMO_USER, DEMO_CAMPAIGN)


async def lock_campaign(db: AsyncSession, campaign_id: UUID) -> None:
    """Hold the campaign until the transaction ends: one writer of its images at a time.

    The rows of the campaign and its owner are locked too, owner first as a cascading delete
    does, so that such a delete waits for us instead of running into a deadlock.
    Raises UnknownCampaign when it is gone.
    """
    key = func.hashtextextended(f"imagecrawler:{campaign_id}", 0)
    await db.execute(select(func.pg_advisory_xact_lock(key)))
    rows = (
        select(User.id, CampaignRow.id)
        .join(CampaignRow, CampaignRow.user_id == User.id)
        .where(CampaignRow.id == campaign_id)
        .with_for_update(read=True, key_share=True)
    )
    if (await db.execute(rows)).first() is None:
        raise _unknown(campaign_id)


async def _insert(db: AsyncSession, campaign: Campaign, name: str) -> None:
    user = {"id": campaign.user_id}
    row = {"id": campaign.id, "user_id": campaign.user_id, "name": name}
    try:
        async with db.begin_nested():
            known = select(CampaignRow.id).where(CampaignRow.id == campaign.id)
            if await db.scalar(known) is None:
                await db.execute(insert(User).values(user).on_conflict_do_nothing())
                await db.execute(insert(CampaignRow).values(row).on_conflict_do_nothing())
    except (IntegrityError, ProgrammingError) as error:
        raise DatabaseError(
            "the host application's tables refuse a campaign with nothing but an owner and a name "
            f"({reason(error)}); add it there and name it with --campaign"
        ) from error


def _unknown(campaign_id: UUID) -> UnknownCampaign:
    return UnknownCampaign(
        f"campaign {campaign_id}: unknown; "
        f"add it with: imagecrawler campaign add NAME --id {campaign_id}"
    )
