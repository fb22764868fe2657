"""The bytes that are kept of a picture, by its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imagecrawler.errors import UndecodableImage
from imagecrawler.imaging.headers import sniff
from imagecrawler.imaging.stripping import avif, gif, jpeg, png, webp

_BY_FORMAT: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "jpeg": jpeg.parts,
    "png": png.parts,
    "webp": webp.parts,
    "gif": gif.parts,
    "avif": avif.parts,
}


def without_metadata(body: bytes) -> bytes:
    """The same picture without EXIF (but for its orientation), XMP, IPTC, comments, thumbnails,
    oversized or broken colour profiles and whatever follows its end.

    What is damaged or of another format comes back as it is: its decoder will say so.
    """
    try:
        parts = _BY_FORMAT.get(sniff(body))
        return b"".join(parts(body)) if parts else body
    except (UndecodableImage, IndexError, ValueError):
        return body
