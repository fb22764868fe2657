"""Which of its sources an image shows, as a browser chooses (HTML, section 4.8.4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imagecrawler.extraction.srcset import ImageSource, parse_srcset
from imagecrawler.items import Source

# What the browser decodes; an empty type promises nothing and is tried.
SUPPORTED_TYPES = frozenset(
    ("", "image/jpeg", "image/jpg", "image/png", "image/webp", "image/avif", "image/gif")
)


def fits(source: Source) -> bool:
    """Whether a ``<source>`` is meant for this browser: by its ``media`` and its ``type``."""
    # A source for another medium may be another crop: it is no version of this picture.
    mime = source.type.partition(";")[0].strip().lower()
    return source.matches and mime in SUPPORTED_TYPES


def source_set(src: str, srcset: str, sources: Sequence[Source] = ()) -> list[ImageSource]:
    """The candidates of the first fitting ``<source>`` that has any, else the image's own.

    The image's ``src`` is one of them unless another has density 1, or any has a width.
    """
    for source in filter(fits, sources):
        if candidates := parse_srcset(source.srcset):
            return candidates
    own = parse_srcset(srcset)
    if src and not any(each.width or (each.density or 1) == 1 for each in own):
        own.append(ImageSource(src))
    return own


def select(candidates: Iterable[ImageSource], size: float, density: float = 1.0) -> str:
    """The address that is shown in a slot ``size`` CSS pixels wide; "" where there is none.

    Of candidates with the same density the first one counts. The standard leaves the choice to
    the browser; this is the least density that the screen's does not exceed, else the greatest.
    """
    by_density: dict[float, str] = {}
    for each in candidates:
        own = each.width / size if each.width and size else each.density
        if each.width and not size:
            own = float("inf")
        by_density.setdefault(1.0 if own is None else own, each.url)
    if not by_density:
        return ""
    enough = [own for own in by_density if own >= density]
    return by_density[min(enough) if enough else max(by_density)]
