"""Picture bytes to small ``data:`` URIs that a report can carry."""

from __future__ import annotations

import io
from base64 import b64encode

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# A decoded pixel takes up to 4 bytes: at most 256 MB for a moment, whatever the header says.
MAX_PIXELS = 64_000_000
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def thumbnail(body: bytes, side: int) -> str | None:
    """A WebP of at most ``side`` pixels on its longest side, transparency kept.

    None where Pillow cannot read the bytes. Meant for bytes that were decoded safely before:
    the only guard here is on the pixel count.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            return None if image.width * image.height > MAX_PIXELS else _webp(image, side)
    except UNREADABLE:
        return None


def screenshot(body: bytes, width: int) -> tuple[str, int, int] | None:
    """A JPEG of at most ``width`` pixels across as a URI, with the original's width and height.

    None where Pillow cannot read the bytes.
    """
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG",)) as image:
            size = image.size
            scale = min(1.0, width / image.width)
            image.thumbnail((width, max(1, round(image.height * scale))))
            return _uri(image, "jpeg", quality=72, optimize=True), *size
    except UNREADABLE:
        return None


def _webp(image: Image.Image, side: int) -> str:
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    image.draft("RGB", (side, side))
    upright = ImageOps.exif_transpose(image)
    small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    small.thumbnail((side, side))
    return _uri(small, "webp", quality=78, icc_profile=profile or b"")


def _uri(image: Image.Image, encoding: str, **options: object) -> str:
    buffer = io.BytesIO()
    image.save(buffer, encoding, **options)
    return f"data:image/{encoding};base64,{b64encode(buffer.getvalue()).decode()}"
