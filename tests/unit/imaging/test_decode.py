from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from imagecrawler.errors import UndecodableImage
from imagecrawler.imaging.decode import MAX_BYTES, WORKING_SIDE, decode
from imagecrawler.items import Reason

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
HTML = b"<!DOCTYPE html><html><body><svg></svg>Access denied</body></html>"


def gradient(width: int = 60, height: int = 40) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    levels = np.stack([x * 255 / width, y * 255 / height, x * 0 + 90], axis=-1)
    return Image.fromarray(levels.astype(np.uint8))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    target = BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def webp_claiming(width: int, height: int) -> bytes:
    payload = b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(payload)) + payload
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def gif_with_frame_outside() -> bytes:
    body = bytearray(saved(gradient(8, 8), "GIF"))
    at = body.index(b",", 13 + 3 * 2 ** ((body[10] & 7) + 1))
    body[at + 5 : at + 9] = struct.pack("<HH", 12_000, 12_000)
    return bytes(body)


def jpeg_with_scans(count: int) -> bytes:
    body = saved(gradient(), "JPEG", progressive=True)
    last = body.rindex(b"\xff\xda")
    scan, end = body[last:-2], body[-2:]
    return body[:last] + scan * count + end


@pytest.mark.parametrize(
    ("form", "name"),
    [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "gif")],
)
def test_every_kept_format(form: str, name: str) -> None:
    decoded = decode(saved(gradient(700, 300), form))
    assert (decoded.format, decoded.width, decoded.height) == (name, 700, 300)
    assert decoded.working.mode == "RGB"
    assert decoded.working.size == (350, 150)
    assert not decoded.has_alpha


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_large_picture_is_made_smaller(form: str) -> None:
    decoded = decode(saved(gradient(3000, 1500), form))
    assert (decoded.width, decoded.height) == (3000, 1500)
    assert WORKING_SIDE <= 2 * max(decoded.working.size) < 2 * WORKING_SIDE
    assert decoded.grey.size == decoded.working.size
    assert (decoded.step, decoded.detailed.size) == (2, (1500, 750))


def test_a_small_picture_is_not_enlarged() -> None:
    assert decode(saved(gradient(), "PNG")).working.size == (60, 40)


ABUSE = {
    "nothing": (b"", Reason.NOT_AN_IMAGE),
    "html": (HTML, Reason.NOT_AN_IMAGE),
    "json": (b'{"error": 1}', Reason.NOT_AN_IMAGE),
    "svg": (SVG, Reason.UNSUPPORTED_FORMAT),
    "bmp": (saved(gradient(), "BMP"), Reason.UNSUPPORTED_FORMAT),
    "tiff": (saved(gradient(), "TIFF"), Reason.UNSUPPORTED_FORMAT),
    "ico": (saved(gradient(), "ICO"), Reason.UNSUPPORTED_FORMAT),
    "truncated jpeg": (saved(gradient(300, 300), "JPEG")[:-900], Reason.UNDECODABLE),
    "truncated png": (saved(gradient(300, 300), "PNG")[:-200], Reason.UNDECODABLE),
    "truncated webp": (saved(gradient(300, 300), "WEBP")[:-100], Reason.UNDECODABLE),
    "truncated avif": (saved(gradient(300, 300), "AVIF")[:-100], Reason.UNDECODABLE),
    "jpeg header only": (b"\xff\xd8\xff\xe0", Reason.UNDECODABLE),
    "empty picture": (png_claiming(0, 5), Reason.UNDECODABLE),
    "png of one by 49 million": (png_claiming(1, 49_000_000), Reason.TOO_LARGE),
    "png of 144 megapixels": (png_claiming(12_000, 12_000), Reason.TOO_LARGE),
    "webp of 268 megapixels": (webp_claiming(16_383, 16_383), Reason.TOO_LARGE),
    "gif frame outside": (gif_with_frame_outside(), Reason.TOO_LARGE),
    "jpeg of 400 scans": (jpeg_with_scans(400), Reason.TOO_LARGE),
    "too many bytes": (saved(gradient(), "PNG") + b"\0" * MAX_BYTES, Reason.TOO_LARGE),
}


@pytest.mark.parametrize("name", ABUSE)
def test_refusals_name_their_reason(name: str) -> None:
    body, reason = ABUSE[name]
    with pytest.raises(UndecodableImage) as caught:
        decode(body)
    assert caught.value.reason == reason
    assert caught.value.detail


def test_ordinary_progressive_jpeg_passes() -> None:
    assert decode(saved(gradient(), "JPEG", progressive=True)).width == 60


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = gradient(64, 32)
    decoded = decode(saved(picture, "PNG", exif=exif))
    sideways = orientation >= 5
    assert (decoded.width, decoded.height) == ((32, 64) if sideways else (64, 32))
    dark_corner = {1: (0, 0), 2: (63, 0), 3: (63, 31), 4: (0, 31)} | {
        5: (0, 0),
        6: (31, 0),
        7: (31, 63),
        8: (0, 63),
    }
    assert decoded.working.getpixel(dark_corner[orientation]) == picture.getpixel((0, 0))


def test_transparency_goes_onto_white() -> None:
    picture = Image.new("RGBA", (10, 10), (200, 0, 0, 0))
    picture.paste((0, 0, 200, 255), (0, 0, 5, 10))
    decoded = decode(saved(picture, "PNG"))
    assert decoded.has_alpha
    assert decoded.transparent == 0.5
    assert decoded.working.getpixel((9, 0)) == (255, 255, 255)
    assert decoded.working.getpixel((0, 0)) == (0, 0, 200)


def test_palette_with_transparency() -> None:
    picture = gradient().quantize(16)
    decoded = decode(saved(picture, "PNG", transparency=picture.getpixel((0, 0))))
    assert decoded.has_alpha
    assert decoded.working.getpixel((0, 0)) == (255, 255, 255)


def test_an_opaque_alpha_channel_is_none() -> None:
    assert not decode(saved(gradient().convert("RGBA"), "PNG")).has_alpha


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    for form in ("GIF", "WEBP", "PNG"):
        body = saved(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
        red, green, blue = decode(body).working.getpixel((5, 5))
        assert red > 200
        assert max(green, blue) < 50


def test_cmyk_and_grey_become_rgb() -> None:
    cmyk = decode(saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=95))
    assert cmyk.working.getpixel((5, 5))[0] > 200
    assert cmyk.working.getpixel((5, 5))[1] < 60
    assert decode(saved(Image.new("L", (20, 20), 99), "JPEG")).working.mode == "RGB"


def test_sixteen_bits_keep_their_brightness() -> None:
    middle = Image.fromarray(np.full((10, 10), 0x8080, dtype=np.uint16))
    assert decode(saved(middle, "PNG")).working.getpixel((5, 5)) == (128, 128, 128)


def test_a_profile_is_converted_and_a_broken_one_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = decode(saved(gradient(), "PNG")).working
    for profile in (srgb, lab, b"no profile at all", srgb[:200]):
        decoded = decode(saved(gradient(), "PNG", icc_profile=profile))
        assert np.abs(np.asarray(decoded.working, int) - np.asarray(plain, int)).max() <= 2


def test_the_quantizer_follows_jpeg_quality() -> None:
    fine, coarse = (decode(saved(gradient(), "JPEG", quality=q)) for q in (95, 30))
    assert 0 < fine.quantizer < coarse.quantizer
    assert decode(saved(gradient(), "PNG")).quantizer == 0


def test_threads_do_not_disturb_each_other() -> None:
    bodies = [saved(gradient(90 + i, 50), form) for i in range(6) for form in ("JPEG", "PNG")]
    with ThreadPoolExecutor(4) as pool:
        widths = [decoded.width for decoded in pool.map(decode, bodies)]
    assert widths == [90 + i for i in range(6) for _ in range(2)]


DECODE_REASONS = (
    Reason.NOT_AN_IMAGE,
    Reason.UNSUPPORTED_FORMAT,
    Reason.UNDECODABLE,
    Reason.TOO_LARGE,
)


def outcome(body: bytes) -> str:
    try:
        decode(body)
    except UndecodableImage as error:
        return error.reason
    return "decoded"


SEEDS = [saved(gradient(), form) for form in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")]


@given(st.sampled_from(SEEDS), st.data())
def test_damage_is_decoded_or_refused_but_nothing_else(body: bytes, data: st.DataObject) -> None:
    damaged = bytearray(body[: data.draw(st.integers(1, len(body)))])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    assert outcome(bytes(damaged)) in ("decoded", *DECODE_REASONS)
