from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from imagecrawler.imaging.stripping import without_metadata

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
SECRET = b"Jane Doe, 52.5200 N 13.4050 E"


def _picture() -> Image.Image:
    noise = np.random.default_rng(3).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((120, 80))


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return exif.tobytes()


def _saved(form: str, orientation: int = 1, **options: Any) -> bytes:
    target = BytesIO()
    match form:
        case "PNG":
            texts = PngImagePlugin.PngInfo()
            texts.add_text("Author", SECRET.decode())
            texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
            options |= {"pnginfo": texts, "exif": _exif(orientation)}
        case "GIF":
            options |= {"comment": SECRET}
        case _:
            options |= {"exif": _exif(orientation), "xmp": b"<x:xmpmeta>" + SECRET}
    if form == "JPEG":
        options |= {"comment": SECRET}
    _picture().save(target, form, **options)
    return target.getvalue()


def _opened(body: bytes) -> Image.Image:
    with Image.open(BytesIO(body)) as image:
        image.load()
        return image


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_private_is_left_and_the_pixels_are_the_same(form: str) -> None:
    body = _saved(form)
    assert SECRET in body
    kept = without_metadata(body)
    assert SECRET not in kept
    assert b"xmpmeta" not in kept
    assert not _opened(kept).getexif().get_ifd(0x8825)
    assert _opened(kept).tobytes() == _opened(body).tobytes()


@pytest.mark.parametrize("form", FORMATS)
def test_once_is_enough(form: str) -> None:
    kept = without_metadata(_saved(form, 6))
    assert without_metadata(kept) == kept


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_as_it_stood(form: str, orientation: int) -> None:
    kept = without_metadata(_saved(form, orientation))
    assert dict(_opened(kept).getexif()) == ({0x0112: orientation} if orientation != 1 else {})


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_stays(form: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = without_metadata(_saved(form, icc_profile=profile))
    assert _opened(kept).info["icc_profile"] == profile


@pytest.mark.parametrize("profile", [b"\x00" * 200, b"acsp" * 400_000])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_is_no_colour_profile_goes(form: str, profile: bytes) -> None:
    kept = without_metadata(_saved(form, icc_profile=profile))
    assert "icc_profile" not in _opened(kept).info


def test_a_profile_that_inflates_without_end_goes() -> None:
    bomb = b"bomb\x00\x00" + zlib.compress(bytes(50_000_000))
    chunk = struct.pack(">I", len(bomb)) + b"iCCP" + bomb + zlib.crc32(b"iCCP" + bomb).to_bytes(4)
    body = _saved("PNG")
    kept = without_metadata(body[:33] + chunk + body[33:])
    assert kept == without_metadata(body)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_follows_the_end_goes(form: str) -> None:
    body = without_metadata(_saved(form))
    assert without_metadata(body + b"PK\x03\x04" + SECRET) == body


def test_a_progressive_jpeg_keeps_all_its_scans() -> None:
    body = _saved("JPEG", progressive=True)
    kept = without_metadata(body)
    assert kept.count(b"\xff\xda") == body.count(b"\xff\xda") > 1
    assert _opened(kept).tobytes() == _opened(body).tobytes()


def test_animations_keep_their_frames_and_their_timing() -> None:
    frames = [_picture(), _picture().transpose(Image.Transpose.FLIP_TOP_BOTTOM)]
    for form in ("GIF", "WEBP", "PNG"):
        target = BytesIO()
        frames[0].save(
            target, form, save_all=True, append_images=frames[1:], duration=[40, 90], loop=3
        )
        before, after = (
            Image.open(BytesIO(body))
            for body in (target.getvalue(), without_metadata(target.getvalue()))
        )
        assert before.n_frames == after.n_frames == 2
        assert before.info.get("loop") == after.info.get("loop")
        for frame in range(2):
            before.seek(frame)
            after.seek(frame)
            assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
            assert before.info.get("duration") == after.info.get("duration")


def test_what_is_no_picture_comes_back() -> None:
    for body in (b"", b"<svg/>", b"BM" + bytes(60), b"<!doctype html>"):
        assert without_metadata(body) == body


def test_parts_without_end_are_not_walked_through() -> None:
    hollow = {
        "jpeg": b"\xff\xd8\xff" + b"\xff" * 5_000_000,
        "gif": _saved("GIF")[:13] + b"\x21\xfe" + b"\x01a" * 2_000_000,
        "png": _saved("PNG")[:33] + (b"\x00\x00\x00\x00tEXt" + bytes(4)) * 400_000,
    }
    for body in hollow.values():
        assert without_metadata(body) == body


@pytest.fixture(scope="module", params=FORMATS)
def body(request: pytest.FixtureRequest) -> bytes:
    return _saved(request.param, 6)


@given(cut=st.floats(0, 1), edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255))))
def test_damage_never_raises(body: bytes, cut: float, edits: list[tuple[float, int]]) -> None:
    damaged = bytearray(body[: int(cut * len(body))])
    for place, value in edits:
        if damaged:
            damaged[int(place * (len(damaged) - 1))] = value
    kept = without_metadata(bytes(damaged))
    assert len(kept) <= len(damaged) + 64


@given(cut=st.floats(0.3, 1))
def test_what_decoded_before_decodes_the_same(body: bytes, cut: float) -> None:
    damaged = body[: int(cut * len(body))]
    before = _decoded(damaged)
    if before is not None:
        assert _decoded(without_metadata(damaged)) == before


def _decoded(body: bytes, load: Callable[[bytes], Image.Image] = _opened) -> bytes | None:
    try:
        return load(body).tobytes()
    except (OSError, ValueError, SyntaxError, EOFError):
        return None
