"""What an operator does from the shell besides crawling."""

from __future__ import annotations

from uuid import UUID

from imagecrawler.config import load_config
from imagecrawler.db import migrate
from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.campaigns import add_campaign as insert_campaign
from imagecrawler.db.database import Database


async def add_campaign(name: str, user_id: UUID | None, campaign_id: UUID | None) -> Campaign:
    """Adds a campaign, and its owner where there is none. Raises DatabaseError."""
    database = Database.from_config(load_config())
    try:
        await database.check()
        async with database.session() as db:
            return await insert_campaign(db, name, user_id, campaign_id)
    finally:
        await database.close()


def upgrade_database() -> str:
    """The revision the schema is at afterwards. Raises DatabaseError."""
    database = Database.from_config(load_config())
    migrate.upgrade(database.url)
    return migrate.head()
