from __future__ import annotations

import pytest

from imagecrawler.storage.formats import FORMATS, content_type, extension


@pytest.mark.parametrize(
    ("name", "suffix", "media_type"),
    [
        ("jpeg", "jpg", "image/jpeg"),
        ("png", "png", "image/png"),
        ("webp", "webp", "image/webp"),
        ("avif", "avif", "image/avif"),
        ("gif", "gif", "image/gif"),
    ],
)
def test_known_formats(name: str, suffix: str, media_type: str) -> None:
    assert extension(name) == suffix
    assert content_type(name) == media_type


def test_no_two_formats_share_an_extension() -> None:
    assert len({entry.extension for entry in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("name", ["tiff", "JPEG", ""])
def test_other_formats_are_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="not a format that is kept"):
        content_type(name)
    with pytest.raises(ValueError, match="not a format that is kept"):
        extension(name)
