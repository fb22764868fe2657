"""The image formats that are kept, with their file extensions and media types."""

from __future__ import annotations

from typing import NamedTuple


class ImageFormat(NamedTuple):
    """``name`` is what ``Measurements.format`` says."""

    name: str
    extension: str
    content_type: str


FORMATS: tuple[ImageFormat, ...] = (
    ImageFormat("jpeg", "jpg", "image/jpeg"),
    ImageFormat("png", "png", "image/png"),
    ImageFormat("webp", "webp", "image/webp"),
    ImageFormat("avif", "avif", "image/avif"),
    ImageFormat("gif", "gif", "image/gif"),
)


def content_type(image_format: str) -> str:
    """The media type of a format, ``jpeg`` -> ``image/jpeg``. Raises ValueError: unknown."""
    return _named(image_format).content_type


def extension(image_format: str) -> str:
    """The file extension of a format, ``jpeg`` -> ``jpg``. Raises ValueError: unknown."""
    return _named(image_format).extension


def _named(name: str) -> ImageFormat:
    for entry in FORMATS:
        if entry.name == name:
            return entry
    raise ValueError(f"{name!r} is not a format that is kept")
