"""The commands of operations: many pages at once, and how the queue stands."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from imagecrawler.batch import Batch, Summary
    from imagecrawler.config import Config
    from imagecrawler.db.database import Database
    from imagecrawler.queue_status import QueueStatus

    Begin = Callable[[Database, Config], Awaitable[Batch]]

Result = TypeVar("Result")

INTERRUPTED = 130

Campaign = Annotated[UUID | None, typer.Option("--campaign", help="UUID of the campaign.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait until the jobs end.")]
Report = Annotated[Path | None, typer.Option(help="Write what became of every job, as JSON.")]
Json = Annotated[bool, typer.Option("--json", help="Print what became of it all, as JSON.")]


@dataclass(frozen=True, slots=True)
class Following:
    """What is to be done once the jobs are in the queue."""

    wait: bool
    report: Path | None
    json: bool


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    for command in (enqueue, recrawl, status):
        app.command()(command)


def enqueue(
    file: Annotated[
        Path, typer.Argument(help='One {"campaign_id": …, "url": …, "max_images": 10} a line.')
    ],
    campaign: Campaign = None,
    no_wait: NoWait = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Crawls the pages of a file.

    Exit code 0 all succeeded, 1 none, 2 bad input, 3 some.

    Pages crawled before are downloaded anew only where they changed. The same command again
    follows the same jobs until they have ended.
    """
    from imagecrawler.jobs.bulk import enqueue_file
    from imagecrawler.jobs.bulk_file import BadLines, read_batch_file

    try:
        pages = read_batch_file(file, campaign)

        def begin(database: Database, config: Config) -> Awaitable[Batch]:
            return enqueue_file(database, pages, slots=config.domain_slots)

        _carry_out(begin, Following(not no_wait, report, json), pages.repeated)
    except BadLines as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


def recrawl(
    due: Annotated[
        bool, typer.Option("--due", help="Pages that are due; so without --all.")
    ] = False,
    all_pages: Annotated[bool, typer.Option("--all", help="Every page, due or not.")] = False,
    campaign: Campaign = None,
    no_wait: NoWait = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Crawls known pages again.

    Exit code 0 all succeeded, 1 none, 2 bad input, 3 some.

    The same command again follows the same jobs until they have ended.
    """
    from imagecrawler.errors import BadInput
    from imagecrawler.jobs.bulk import enqueue_due

    if due and all_pages:
        raise BadInput("--due and --all: give one of them")

    def begin(database: Database, config: Config) -> Awaitable[Batch]:
        return enqueue_due(
            database,
            slots=config.domain_slots,
            hours=config.recrawl_hours,
            everything=all_pages,
            kind="recrawl",
            campaign_id=campaign,
        )

    _carry_out(begin, Following(not no_wait, report, json))


def status(
    json: Annotated[bool, typer.Option("--json", help="The same for machines.")] = False,
) -> None:
    """Shows workers, jobs, sites on hold and what is due."""
    from rich.console import Console

    from imagecrawler.presentation.status import print_status, status_json

    found = _run(_status)
    if json:
        print(status_json(found))
    else:
        print_status(Console(), found)


def _carry_out(begin: Begin, following: Following, repeated: int = 0) -> None:
    """Exits with the code that says how the jobs did, 0 where nobody waits for them."""
    import shlex

    from imagecrawler.jobs.bulk_report import check_writable

    if following.report is not None:
        check_writable(following.report)
    try:
        summary = _run(
            lambda database, config: _batch(database, config, begin, following, repeated)
        )
    except KeyboardInterrupt:
        again = shlex.join(["imagecrawler", *sys.argv[1:]])
        print(
            f"imagecrawler: what is in the queue stays there; go on with: {again}", file=sys.stderr
        )
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(summary.exit_code if following.wait else 0)


async def _batch(
    database: Database, config: Config, begin: Begin, following: Following, repeated: int
) -> Summary:
    from rich.console import Console

    from imagecrawler.db.batch_results import summarise_batch
    from imagecrawler.presentation.batch import print_batch

    console = Console(stderr=True)
    batch = await begin(database, config)
    print_batch(console, batch, repeated)
    if following.wait and batch.total:
        await _follow(database, batch, console)
    async with database.session() as db:
        summary = await summarise_batch(db, batch)
    await _tell(database, summary, following)
    return summary


async def _tell(database: Database, summary: Summary, following: Following) -> None:
    import json

    from rich.console import Console

    from imagecrawler.jobs.bulk_report import report_of, write_report
    from imagecrawler.presentation.batch import print_summary

    if following.json:
        print(json.dumps(report_of(summary), indent=2))
    elif following.wait and summary.batch.total:
        print_summary(Console(), summary)
    if following.report is not None:
        try:
            await write_report(database, summary, following.report)
        except OSError as error:
            print(f"imagecrawler: the report was not written: {error}", file=sys.stderr)


async def _follow(database: Database, batch: Batch, console: Console) -> None:
    from imagecrawler.jobs.bulk import follow
    from imagecrawler.presentation.batch import BatchProgress

    progress = BatchProgress(console)
    progress.start()
    try:
        await follow(database, batch, progress.update, progress.note)
    finally:
        progress.stop()


def _run(work: Callable[[Database, Config], Awaitable[Result]]) -> Result:
    """What ``work`` gives; the database is ours and open while it lasts. Raises DatabaseError."""
    import asyncio

    from imagecrawler.config import load_config
    from imagecrawler.db.database import Database

    async def run() -> Result:
        config = load_config()
        database = Database.from_config(config)
        try:
            await database.check()
            return await work(database, config)
        finally:
            await database.close()

    return asyncio.run(run())


async def _status(database: Database, config: Config) -> QueueStatus:
    from imagecrawler.db.queue_status import queue_status

    async with database.session() as db:
        return await queue_status(db, config.recrawl_cron)
