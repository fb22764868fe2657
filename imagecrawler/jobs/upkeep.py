"""What workers do besides crawling: by the clock, and one of them at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from procrastinate import App

from imagecrawler.config import Config
from imagecrawler.db.database import Database
from imagecrawler.db.lanes import QUEUE, prune_jobs, release_jobs
from imagecrawler.jobs.bulk import enqueue_due
from imagecrawler.jobs.queue import Priority
from imagecrawler.jobs.reconcile import reconcile_once
from imagecrawler.jobs.recovery import end_lost_jobs
from imagecrawler.storage import ObjectStore

logger = logging.getLogger(__name__)

PURGE = "imagecrawler.purge"
SWEEP = "imagecrawler.sweep"
LOST = "imagecrawler.lost"
PRUNE = "imagecrawler.prune"
RECONCILE = "imagecrawler.reconcile"
RECRAWL = "imagecrawler.recrawl"

EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "17 * * * *"
AFTER_THE_NIGHT = "30 6 * * *"
BEFORE_THE_NIGHT = "30 23 * * *"


class Upkeep:
    """``wake_purger`` makes this worker delete the objects of deleted images soon."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        config: Config,
        wake_purger: Callable[[], None],
    ) -> None:
        self._database = database
        self._store = store
        self._config = config
        self._wake_purger = wake_purger

    def register(self, app: App) -> None:
        """As tasks by the clock (UTC), which go before all pages that wait."""
        for name, cron, work in self._tasks():
            task = app.task(name=name, queue=QUEUE, queueing_lock=name, priority=Priority.UPKEEP)
            app.periodic(cron=cron)(task(work))

    def _tasks(self) -> Iterator[tuple[str, str, Callable[..., object]]]:
        yield PURGE, EVERY_MINUTE, self._purge
        yield SWEEP, EVERY_MINUTE, self._sweep
        yield LOST, EVERY_HOUR, self._end_lost
        yield PRUNE, AFTER_THE_NIGHT, self._prune
        yield RECONCILE, BEFORE_THE_NIGHT, self._reconcile
        if self._config.recrawl_cron != "off":
            yield RECRAWL, self._config.recrawl_cron, self._recrawl

    async def _purge(self, timestamp: int) -> None:
        """What nobody heard of: deletions while no worker listened, a store that was down."""
        logger.debug("the purge of minute %d", timestamp // 60)
        self._wake_purger()

    async def _sweep(self, timestamp: int) -> None:
        """Jobs whose time to be tried again has come, and lanes that nobody handed on."""
        logger.debug("the sweep of minute %d", timestamp // 60)
        async with self._database.session() as db:
            await release_jobs(db, self._config.domain_slots)

    async def _end_lost(self, timestamp: int) -> None:
        """What a killed crawl of one page has left open."""
        logger.debug("jobs that nobody is at are ended, at %d", timestamp)
        await end_lost_jobs(self._database)

    async def _prune(self, timestamp: int) -> None:
        """A transaction for each portion: jobs of millions of crawls may be old at once."""
        logger.debug("jobs of over %d days go, at %d", self._config.keep_jobs_days, timestamp)
        pruned = 0
        while portion := await self._prune_some():
            pruned += portion
        logger.info("%d jobs of over %d days deleted", pruned, self._config.keep_jobs_days)

    async def _prune_some(self) -> int:
        async with self._database.session() as db:
            return await prune_jobs(db, self._config.keep_jobs_days)

    async def _reconcile(self, timestamp: int) -> None:
        """Pages whose objects are found missing are due in the night that follows."""
        logger.debug("store and database are compared, at %d", timestamp)
        await reconcile_once(self._database, self._store)

    async def _recrawl(self, timestamp: int) -> None:
        """The night: what Procrastinate defers once for all workers, and two would not double."""
        logger.debug("pages that are due are put into the queue, at %d", timestamp)
        config = self._config
        batch = await enqueue_due(
            self._database, slots=config.domain_slots, hours=config.recrawl_hours
        )
        logger.info("%d pages are crawled again (batch %s)", batch.total, batch.id)
