"""robots.txt: asked for once in a while, and not at the cost of a page's budget."""

from __future__ import annotations

from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

#: Wall seconds that a site has to hand out its robots.txt; without one, everything is allowed.
ROBOTS_SECONDS = 5.0

#: Seconds that an answer counts; RFC 9309 (2.4) allows a day. What could not be had is asked for
#: again sooner.
FRESH_SECONDS = 6 * 3600.0
MISSING_SECONDS = 300.0

#: Hosts that are remembered: a night goes to twenty thousand.
MAX_HOSTS = 2_000

#: No site that wants its pages crawled can ask for a longer pause than this, in seconds.
MAX_CRAWL_DELAY = 120.0


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, with answers that grow old. Leaves ``meta["crawl_delay"]``, in seconds."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stale_at: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Raises IgnoreRequest where robots.txt does not allow the page."""
        if request.meta.get("dont_obey_robotstxt"):
            # Pictures do not obey it either, but are never called robots.txt at a root.
            if urlparse_cached(request).path == "/robots.txt":
                request.meta["download_timeout"] = ROBOTS_SECONDS
                request.meta["dont_retry"] = True
            return
        parser = await self.robot_parser(request)
        self.process_request_2(parser, request)
        if parser is not None:
            delay = parser.crawl_delay(self._robotstxt_useragent or self._default_useragent)
            request.meta["crawl_delay"] = min(max(delay or 0.0, 0.0), MAX_CRAWL_DELAY)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The host's rules, None where it has none."""
        host = urlparse_cached(request).netloc
        if self._stale_at.get(host, 0.0) <= monotonic():
            self._forget(host)
        is_new = host not in self._parsers
        parser = await super().robot_parser(request)
        if is_new:
            self._remember(host, FRESH_SECONDS if parser else MISSING_SECONDS)
        return parser

    def _remember(self, host: str, seconds: float) -> None:
        self._stale_at[host] = monotonic() + seconds
        while len(self._stale_at) > MAX_HOSTS:
            self._forget(next(iter(self._stale_at)))

    def _forget(self, host: str) -> None:
        if not isinstance(self._parsers.get(host), Deferred):
            self._parsers.pop(host, None)
            self._stale_at.pop(host, None)
