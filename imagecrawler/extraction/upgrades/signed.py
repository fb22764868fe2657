"""Addresses that were signed, or that run out: a changed one is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

# fmt: off
_NAMES = "|".join((
    r"x-amz-[a-z-]+", r"x-goog-[a-z-]+", "awsaccesskeyid", "googleaccessid", "key-pair-id",
    "policy", "signature", "sign", "sig", "expires?", "exp", "e(?==\\d{9})", "hmac", "mac", "hash",
    "digest", "checksum", "md5", "verify", "token", "[a-z_-]*_?token_?", "auth(?:_?key)?", "itok",
    "hdn(?:ts|ea|tl)", "ik-s", "ik-t", "oh", "oe", "se", "sv", "skoid", "st", "txsecret", "txtime",
    "wssecret", "wstime", "s(?==[0-9a-z_-]{16})", "key(?==[0-9a-z_-]{16})", "sp(?==[a-z]{1,2}&)",
))
# fmt: on
_PARAMETER = re.compile(rf"[?&;](?:{_NAMES})=", re.IGNORECASE)
_SEGMENT = re.compile(r"/s--[\w-]{6,}--/|/(?:sig|signature|hmac)[-:=][\w-]{8,}/", re.IGNORECASE)


def is_signed(url: str) -> bool:
    """Whether a part of the address looks like a signature, a policy or a time of expiry.

    Of the address that a proxy was given, too. In doubt it is: an address left alone loses a
    larger picture, a broken one costs a request.
    """
    place, mark, query = url.partition("?")
    if not mark and "--" not in url and "%" not in url:
        return False
    return _has_signature(place) or (bool(mark) and _is_signature(query))


# The pictures of a page are asked for with a few queries.
@lru_cache(1_024)
def _is_signature(query: str) -> bool:
    return _has_signature(f"?{query}")


def _has_signature(part: str) -> bool:
    text = unquote(part) if "%" in part else part
    return bool(_PARAMETER.search(text) or _SEGMENT.search(text))
