"""Whose a site is: the registrable domain, by the Public Suffix List that tldextract carries."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from tldextract import TLDExtract


def registrable_domain(url: str) -> str:
    """The domain that its owner has registered: ``https://www.shop.co.uk/p`` is ``shop.co.uk``.

    Shops on a platform whose subdomains are customers (the list's private part) are each their
    own. An address, or a name that is on no list, stands for itself, with its port where one is
    given: different services answer there.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    registered = _extractor()(host).top_domain_under_public_suffix
    if registered:
        return registered
    return f"{host}:{parts.port}" if parts.port else host


@cache
def _extractor() -> TLDExtract:
    # the list is the package's own: nothing is fetched, nothing is written
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
