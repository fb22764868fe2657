"""Whose a site is: the registrable domain, by the Public Suffix List that tldextract carries."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from tldextract import TLDExtract


def registrable_domain(url: str) -> str:
    """The domain that its owner has registered: ``https://www.shop.co.uk/p`` is ``shop.co.uk``.

    Shops on a platform whose subdomains are customers (the list's private part) are each their
    own. Under an end that is on no list the last two labels count, as the list's own algorithm
    has it. An address, or a name without a dot, stands for itself, with its port where one is
    given: different services answer there.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if registered := _extractor()(host).top_domain_under_public_suffix:
        return registered
    if "." in host and not _is_address(host):
        return ".".join(host.split(".")[-2:])
    return f"{host}:{parts.port}" if parts.port else host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _extractor() -> TLDExtract:
    # the list is the package's own: nothing is fetched, nothing is written
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
