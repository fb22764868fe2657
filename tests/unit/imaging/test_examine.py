from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.imaging.scoring import COMPONENTS
from imagecrawler.items import DownloadedImage, Reason, Rect, Rejection

Draw = Callable[..., Image.Image]
Encode = Callable[..., bytes]
Download = Callable[..., DownloadedImage]


def test_everything_known_of_one_picture(draw: Draw, encode: Encode, download: Download) -> None:
    body = encode(draw(800, 600), "PNG")
    image = download(body)
    found = examine(image)
    assert isinstance(found, Examined)
    assert found.image is image
    assert (found.measured.width, found.measured.height) == (800, 600)
    assert found.measured.format == "png"
    assert found.sha256 == hashlib.sha256(body).hexdigest()
    assert 0 < found.quality <= 100
    assert set(found.breakdown) == {name for name, _ in COMPONENTS}


def test_what_stays_in_memory_is_small(draw: Draw, encode: Encode, download: Download) -> None:
    found = examine(download(encode(draw(1600, 1200))))
    assert isinstance(found, Examined)
    assert isinstance(found.thumbnail, np.ndarray)
    assert found.thumbnail.base is None
    assert found.thumbnail.nbytes < 64_000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>404</html>", Reason.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Reason.UNSUPPORTED_FORMAT),
        (b"\x89PNG\r\n\x1a\n", Reason.UNDECODABLE),
        (b"", Reason.NOT_AN_IMAGE),
    ],
)
def test_bad_bytes_become_a_rejection(body: bytes, reason: Reason, download: Download) -> None:
    rect = Rect(1, 2, 3, 4)
    found = examine(download(body, "https://shop.example/b.jpg", rect=rect))
    assert isinstance(found, Rejection)
    assert (found.url, found.reason, found.rect) == ("https://shop.example/b.jpg", reason, rect)
    assert found.detail
