import io
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable

import pytest
from PIL import Image

from imagecrawler.presentation.thumbnail import screenshot, thumbnail

Picture = Callable[..., bytes]


def opened(uri: str | None) -> Image.Image:
    assert uri is not None
    head, _, body = uri.partition(";base64,")
    image = Image.open(io.BytesIO(b64decode(body)))
    assert head == f"data:image/{(image.format or '').lower()}"
    return image


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_kept_format_becomes_a_small_webp(picture: Picture, encoding: str):
    small = opened(thumbnail(picture((800, 400), encoding), 100))
    assert (small.format, small.size) == ("WEBP", (100, 50))


def test_small_pictures_are_not_enlarged(picture: Picture):
    assert opened(thumbnail(picture((20, 10)), 100)).size == (20, 10)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_stays(mode: str):
    buffer = io.BytesIO()
    Image.new(mode, (40, 40)).save(buffer, "PNG")
    assert opened(thumbnail(buffer.getvalue(), 100)).getpixel((20, 20))[3] == 0


def test_camera_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (80, 40)).save(buffer, "JPEG", exif=exif)
    assert opened(thumbnail(buffer.getvalue(), 100)).size == (40, 80)


@pytest.mark.parametrize("cut", [0, 8, 60])
def test_damaged_bytes_give_none(picture: Picture, cut: int):
    assert thumbnail(picture((300, 300), "JPEG")[:cut], 100) is None


def png_header(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


@pytest.mark.parametrize("height", [65_000_000, 100_000_000, 400_000_000])
def test_pixel_bombs_are_not_decoded(height: int, monkeypatch: pytest.MonkeyPatch):
    body = png_header(1, height) + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("decoded"))
    assert thumbnail(body, 100) is None


def test_screenshot_tells_the_size_of_the_page(picture: Picture):
    shot = screenshot(picture((1440, 4000), "JPEG"), 360)
    assert shot is not None
    assert shot[1:] == (1440, 4000)
    assert opened(shot[0]).size == (360, 1000)


def test_screenshot_of_garbage():
    assert screenshot(b"no picture", 360) is None
