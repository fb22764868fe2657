"""A picture's request, as the page's browser would send it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from scrapy import Request

from imagecrawler.download.conditional import conditions
from imagecrawler.items import Cookie, KnownImage, PageSnapshot

#: Bytes of one picture.
MAX_IMAGE_BYTES = 20 * 2**20

#: What image servers are told we can use; the browser's own list without SVG.
ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif,*/*;q=0.5"


def picture_request(
    url: str,
    page: PageSnapshot,
    cookies: Sequence[Cookie],
    seconds: float,
    known: KnownImage | None = None,
) -> Request:
    """A request that ends after ``seconds`` of wall time or MAX_IMAGE_BYTES.

    Of a ``known`` picture the bytes are only sent if they have changed.
    """
    headers = {"Accept": ACCEPT, "User-Agent": page.user_agent}
    if known is not None:
        headers |= conditions(known)
    if source := referer(page.url, url):
        headers["Referer"] = source
    if cookie := cookie_header(cookies, url):
        headers["Cookie"] = cookie
    meta = {
        "download_timeout": seconds,
        "download_maxsize": MAX_IMAGE_BYTES,
        # the downloader tries again itself, within the picture's own time
        "dont_retry": True,
        # a picture is part of a page that robots.txt has already been asked about
        "dont_obey_robotstxt": True,
    }
    return Request(url, headers=headers, dont_filter=True, meta=meta)


def referer(page_url: str, url: str) -> str:
    """By strict-origin-when-cross-origin, the browsers' default (W3C Referrer Policy, 3.8)."""
    page, target = urlsplit(page_url), urlsplit(url)
    if page.scheme == "https" and target.scheme == "http":
        return ""
    if (page.scheme, page.netloc) == (target.scheme, target.netloc):
        return page._replace(fragment="").geturl()
    return f"{page.scheme}://{page.netloc}/"


def cookie_header(cookies: Sequence[Cookie], url: str) -> str:
    """The cookies for the URL by domain, path and Secure (RFC 6265, sections 5.1.3, 5.1.4, 5.4)."""
    parts = urlsplit(url)
    return "; ".join(
        f"{cookie.name}={cookie.value}"
        for cookie in cookies
        if _same_domain(cookie.domain, parts.hostname or "")
        and _on_path(cookie.path, parts.path or "/")
        and (parts.scheme == "https" or not cookie.secure)
    )


def _same_domain(domain: str, host: str) -> bool:
    return host == domain.lstrip(".") or (domain[:1] == "." and host.endswith(domain))


def _on_path(cookie_path: str, path: str) -> bool:
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")
