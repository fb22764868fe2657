"""Pictures that link to a larger file of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.urls import looks_like_image, resolved
from imagecrawler.items import Element, PageSnapshot

_SIZE = re.compile(
    r"(?<![a-z\d])(?:\d{2,4}x(?:\d{2,4}|n)?c?|\d{3,4}|thumb(?:nail)?|small|medium|large|big|zoom|"
    r"full(?:xfull)?|orig(?:inal)?|xl|[sml])(?![a-z\d])"
)


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The target of a link around a picture, where it is an image file itself.

    So is that of a link without one ("view larger"), a picture that has no box. Scripts that
    swap the picture often leave the link as it was, so a file of another name counts as another
    picture.
    """
    for place, element in enumerate(snapshot.elements):
        shows = element.tag in ("img", "image") or bool(element.backgrounds)
        if not (shows or element.tag == "a") or not _is_image_file(element.link):
            continue
        if versions := resolved([(element.link, 0)], snapshot.base_url):
            if not shows:
                yield Found(versions, guess=Guess.ZOOM, context=element)
                continue
            other = "" if _asset(element.link) in _assets_shown(element) else "link"
            yield Found(versions, place, Guess.ZOOM, other, hidden=bool(other))


def _is_image_file(link: str) -> bool:
    # MediaWiki's "File:Name.jpg" is a page about the file.
    return looks_like_image(link) and ":" not in _file_name(link)


def _assets_shown(element: Element) -> set[str]:
    named = map(element.attributes.get, ("src", "data-src", "href", "xlink:href"))
    shown = (element.current_src, *element.backgrounds, *named)
    return {_asset(address) for address in shown if address}


def _asset(address: str) -> str:
    """The file name without what tells the copies of one picture apart: size and format."""
    stem = _file_name(address).rpartition(".")[0] or _file_name(address)
    return re.sub(r"[-.]+", "-", _SIZE.sub("", stem.lower().replace("_", "-"))).strip("-")


def _file_name(address: str) -> str:
    return re.split(r"[?#]", address, maxsplit=1)[0].rpartition("/")[2]
