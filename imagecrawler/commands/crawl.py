"""``scrapy crawl`` whose exit code tells how the job ended."""

from __future__ import annotations

import argparse

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from imagecrawler.jobs.crawl import open_log, run_crawl


class Command(ScrapyCrawl):
    """Takes the place of Scrapy's own, also for scrapyd: errors in one line, no traceback."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """The log is ours from its first line on."""
        super().process_options(args, opts)
        assert self.settings is not None
        open_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Exit code 0 succeeded, 1 failed or blocked, 2 bad input, 3 partial."""
        if len(args) != 1:
            raise UsageError("give the name of one spider")
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        crawler = self._create_crawler(args[0])
        ending = run_crawl(self.crawler_process, crawler, opts.spargs)
        ending.log()
        self.exitcode = ending.exit_code
