"""The ``imagecrawler`` command. Imports are made where they are needed: --help must be quick."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from imagecrawler import bulk_cli
from imagecrawler.errors import ImagecrawlerError

if TYPE_CHECKING:
    from rich.console import Console

    from imagecrawler.items import PageItem

# plain help: the import of rich's would take half of the time that --help takes
_typer = partial(typer.Typer, no_args_is_help=True, rich_markup_mode=None)
app = _typer(
    help="Finds, scores and stores the product images of a sales page.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
campaign_app = _typer(help="Campaigns, for installations of their own.")
db_app = _typer(help="The database's schema.")
app.add_typer(campaign_app, name="campaign")
app.add_typer(db_app, name="db")


@app.command()
def scrape(
    url: Annotated[str, typer.Argument(help="Address of the sales page.")],
    campaign: Annotated[
        str | None, typer.Option(help="UUID of the campaign; without one, a demo campaign.")
    ] = None,
    max_images: Annotated[str, typer.Option(help="How many images to keep, 1 to 50.")] = "10",
    json: Annotated[bool, typer.Option("--json", help="Print the API's response.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a page that shows every image and its fate.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done.")] = False,
) -> None:
    """Crawls one page now.

    Exit code 0 succeeded, 1 failed, 2 bad input, 3 partial.
    """
    from rich.console import Console

    from imagecrawler.items import Outcome
    from imagecrawler.jobs.exit_codes import BY_OUTCOME
    from imagecrawler.presentation.console import print_result, print_where

    arguments = {"url": url, "campaign_id": campaign, "max_images": max_images}
    item = _crawl(arguments, Console(stderr=True), screenshot=report is not None, verbose=verbose)
    if json:
        _print_json(item)
    elif item.found:
        print_result(Console(), item)
    if item.outcome is not Outcome.SUCCEEDED:
        print(f"imagecrawler: {item.target.url}: {item.detail}", file=sys.stderr)
    written = report if report is not None and _write_report(item, report) else None
    if written or not json:
        print_where(Console(stderr=json), item, written)
    raise typer.Exit(BY_OUTCOME[item.outcome])


def _crawl(
    arguments: dict[str, str | None], console: Console, *, screenshot: bool, verbose: bool
) -> PageItem:
    from imagecrawler.garbage import start_without_garbage_collection

    start_without_garbage_collection()
    from imagecrawler.config import load_config
    from imagecrawler.jobs.head_start import take_head_start

    head_start = take_head_start(load_config())
    from scrapy.settings import Settings

    from imagecrawler.jobs.crawl import crawl_page
    from imagecrawler.presentation.console import Progress

    settings = Settings()
    settings.setmodule("imagecrawler.settings")
    settings.set("IMAGECRAWLER_SCREENSHOT", screenshot)
    if not verbose:
        settings.set("LOG_LEVEL", "ERROR")
    progress = Progress(console)
    progress.start()
    try:
        return crawl_page(settings, arguments, progress.update, head_start)
    finally:
        progress.stop()


def _write_report(item: PageItem, path: Path) -> bool:
    from imagecrawler.presentation.html import render_report

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_report(item), "utf-8")
    # the job is done and told: whatever Pillow or Jinja raise must not cost its exit code
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"imagecrawler: the report was not written: {reason}", file=sys.stderr)
        return False
    return True


def _print_json(item: PageItem) -> None:
    import json

    from imagecrawler.presentation.response import scrape_response

    print(json.dumps(scrape_response(item), indent=2))


@campaign_app.command("add")
def campaign_add(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    user: Annotated[UUID | None, typer.Option(help="Its owner; without one, a new user.")] = None,
    campaign_id: Annotated[UUID | None, typer.Option("--id", help="Its UUID.")] = None,
) -> None:
    """Adds a campaign and prints its UUID and its owner's."""
    import asyncio

    from imagecrawler.jobs.administration import add_campaign

    campaign = asyncio.run(add_campaign(name, user, campaign_id))
    print(f"campaign {campaign.id}\nuser     {campaign.user_id}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Standing workers beside it.")] = 1,
) -> None:
    """Serves the API and the gallery.

    Standing workers run as child processes.
    """
    from imagecrawler.api.serve import serve as run
    from imagecrawler.config import load_config

    run(load_config(), host, port, workers)


@app.command()
def worker(
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Pages at once; as configured without it.")
    ] = None,
) -> None:
    """Crawls what waits in the queue.

    With one warm browser, until SIGTERM, after which it finishes what it holds.
    """
    from scrapy.settings import Settings

    from imagecrawler.jobs.crawl import run_worker

    settings = Settings()
    settings.setmodule("imagecrawler.settings")
    if concurrency is not None:
        settings.set("PLAYWRIGHT_MAX_CONTEXTS", concurrency)
    raise typer.Exit(run_worker(settings))


@app.command()
def reconcile(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    grace: Annotated[
        float, typer.Option(min=0, help="Minutes for which an object may still lack its row.")
    ] = 10,
) -> None:
    """Compares store and database both ways.

    Exit code 1 when differences remain.
    """
    import asyncio
    from datetime import timedelta

    from imagecrawler.jobs.administration import reconcile_all
    from imagecrawler.presentation.differences import JsonPrinter, LinePrinter

    printer = JsonPrinter() if json else LinePrinter()
    minutes = timedelta(minutes=grace)
    report = asyncio.run(reconcile_all(fix=fix, grace=minutes, tell=printer.tell))
    printer.end(report)
    raise typer.Exit(1 if report.remaining else 0)


@app.command()
def token(
    user: Annotated[UUID, typer.Option(help="UUID of the user it speaks for.")],
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long it is good.")] = 24,
) -> None:
    """Prints a development token for the API."""
    from datetime import timedelta

    from imagecrawler.config import load_config
    from imagecrawler.tokens import issue_token

    print(issue_token(load_config(), user, timedelta(hours=hours)))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Brings the database's schema to this version."""
    from imagecrawler.jobs.administration import upgrade_database

    print(f"the database is at revision {upgrade_database()}")


@app.command()
def doctor(
    install: Annotated[
        bool, typer.Option("--install", help="Only install Chromium where there is none.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Try on the store all that crawls ask of it.")
    ] = False,
) -> None:
    """Checks every part and says how to mend what is missing."""
    import asyncio

    from imagecrawler.jobs.doctor import examine_all
    from imagecrawler.jobs.store_probe import examine_store
    from imagecrawler.rendering.install import ensure_browser

    if install:
        print(ensure_browser())
        return
    findings = asyncio.run(examine_store() if store else examine_all())
    for finding in findings:
        print(f"{'ok  ' if finding.healthy else 'FAIL'}  {finding.part:<10} {finding.detail}")
    raise typer.Exit(0 if all(finding.healthy for finding in findings) else 1)


bulk_cli.register(app)


def main() -> None:
    """The entry point: errors of ours are one line on stderr."""
    try:
        app()
    except ImagecrawlerError as error:
        from imagecrawler.jobs import exit_codes

        print(f"imagecrawler: {error}", file=sys.stderr)
        sys.exit(exit_codes.of_error(error))


if __name__ == "__main__":
    main()
