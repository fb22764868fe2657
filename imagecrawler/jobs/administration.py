"""What an operator does from the shell besides crawling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from imagecrawler.config import load_config
from imagecrawler.db import migrate
from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.campaigns import add_campaign as insert_campaign
from imagecrawler.db.database import Database
from imagecrawler.jobs.reconcile import reconcile
from imagecrawler.presentation.differences import Difference, Report
from imagecrawler.storage import open_store


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


async def reconcile_all(
    *, fix: bool, grace: timedelta, tell: Callable[[Difference], None]
) -> Report:
    """Compares the configured store and database. Raises as :func:`reconcile` does."""
    config = load_config()
    store = open_store(config)
    database = Database.from_config(config)
    try:
        await database.check()
        return await reconcile(database, store, fix=fix, grace=grace, tell=tell)
    finally:
        await database.close()
        await store.close()
