"""robots.txt must not cost a page its budget."""

from __future__ import annotations

from scrapy import Request
from scrapy.utils.httpobj import urlparse_cached

#: Wall seconds that a site has to hand out its robots.txt; without one, everything is allowed.
ROBOTS_SECONDS = 5.0


class RobotsPatienceMiddleware:
    """Gives the requests of Scrapy's RobotsTxtMiddleware one attempt and a short time."""

    def process_request(self, request: Request) -> None:
        """Pictures do not obey robots.txt either, but are never called robots.txt at a root."""
        if request.meta.get("dont_obey_robotstxt") and urlparse_cached(request).path == (
            "/robots.txt"
        ):
            request.meta["download_timeout"] = ROBOTS_SECONDS
            request.meta["dont_retry"] = True
