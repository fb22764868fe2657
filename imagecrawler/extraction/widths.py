"""The width that an image server's address asks for."""

from __future__ import annotations

import re

_WIDTH = re.compile(
    r"[?&;/,._-](?:"  # found at once, where alternatives would be tried at every letter
    r"(?<=[?&;])(?:w|wid|width|sw|imwidth)=(\d{2,4})(?=$|[&;])"  # imgix, Scene7, Demandware
    r"|(?<=[/,])w_(\d{2,4})(?=[,/])"  # Cloudinary
    r"|(?<=\.)_[A-Z0-9_,]*?S[XL](\d{2,4})_"  # Amazon
    r"|(?<=[-_/])(\d{2,4})x(?:\d{2,4})?(?=[-_./@]))"  # WordPress, Shopify's older form
)


def asked_width(url: str) -> int:
    """Pixels, 0 where the address tells nothing. A hint for sorting, not a promise."""
    match = _WIDTH.search(url)
    return int(next(filter(None, match.groups()))) if match else 0
