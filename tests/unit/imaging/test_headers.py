from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from imagecrawler.errors import UndecodableImage
from imagecrawler.imaging.headers import sniff, stated_size


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "AVIF", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (17, 300), (301, 16)])
def test_the_stated_size_is_the_decoded_one(form: str, size: tuple[int, int]) -> None:
    for mode, options in (("RGB", {}), ("RGBA", {"lossless": True}), ("RGB", {"lossless": True})):
        if form == "JPEG" and mode == "RGBA":
            continue
        target = BytesIO()
        Image.new(mode, size, "red").save(target, form, **options)
        body = target.getvalue()
        assert sniff(body) == form.lower()
        assert stated_size(body, form.lower()) == size


def test_the_content_decides_and_not_what_follows_it() -> None:
    assert sniff(b"GIF89a<html>") == "gif"
    assert sniff(b"\xef\xbb\xbf \n<!-- drawn --><svg>") == "SVG"


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "webp", "avif"])
def test_a_header_cut_off_is_an_error(form: str) -> None:
    with pytest.raises(UndecodableImage, match="header"):
        stated_size(b"\xff\xd8\xff\xe0\x00\x04", form)
