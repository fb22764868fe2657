"""Pictures that were made to crash, hang, fill or deceive whoever decodes them.

``hostile_pictures()`` gives about three hundred, each with a name; the same ones every time. None
is large as a file: what they claim and unpack to is.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

Named = tuple[str, bytes]

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
#: Just within the limit on pixels, so that a decoder has to begin.
WIDE = 7_745


def hostile_pictures() -> Iterator[Named]:
    for family in (damaged, claims, bombs, jpegs, pngs, gifs, webps, strangers, polyglots, shapes):
        yield from family()


def _photo(form: str, side: int = 320, **options: object) -> bytes:
    noise = np.random.default_rng(side).integers(0, 255, (side, side, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((side + 16, side))
    target = io.BytesIO()
    picture.save(target, form, **options)  # type: ignore[arg-type]
    return target.getvalue()


def damaged() -> Iterator[Named]:
    """Cut off at each tenth, and with bytes turned at random."""
    for form in FORMATS:
        body = _photo(form)
        for tenth in range(1, 10):
            yield f"{form} cut at {tenth}0 %", body[: len(body) * tenth // 10]
        for seed in range(24):
            rng = random.Random(seed)
            turned = bytearray(body)
            # the first bytes decide most
            span = 200 if seed % 2 else len(body)
            for _ in range(1 + seed // 2):
                turned[rng.randrange(12, span)] ^= 1 << rng.randrange(8)
            yield f"{form} turned by {seed}", bytes(turned)


def claims() -> Iterator[Named]:
    """Headers of enormous pictures, with the data of small ones or none."""
    small = _photo("JPEG", 64)
    at = small.index(b"\xff\xc0") + 5
    for width, height in ((65_535, 65_535), (16_384, 3_600), (1, 65_500), (0, 0), (65_535, 1)):
        size = struct.pack(">HH", height, width)
        yield f"JPEG claims {width}x{height}", small[:at] + size + small[at + 4 :]
        yield f"GIF claims {width}x{height}", _gif_head(width, height) + _gif_frame(width, height)
    for width, height in ((2**31 - 1, 2**31 - 1), (WIDE, WIDE), (1, 49_000_000), (0, 5)):
        for depth, kind in ((8, 6), (16, 6), (1, 0)):
            head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
            yield (
                f"PNG claims {width}x{height}, {depth} bits, type {kind}",
                _png((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00" * 100)), (b"IEND", b"")),
            )
    canvas = b"\x10\x00\x00\x00" + b"\xff\xff\xff" * 2
    yield "WebP claims 16777216x16777216", _riff((b"VP8X", canvas), (b"VP8 ", b"\x00" * 40))
    avif = _photo("AVIF", 64)
    at = avif.index(b"ispe") + 8
    for side in (2**31, 60_000, WIDE):
        size = struct.pack(">II", side, side)
        yield f"AVIF claims {side}x{side}", avif[:at] + size + avif[at + 8 :]


def bombs() -> Iterator[Named]:
    """Small files that are as large as a picture may be once they are unpacked."""
    for mode in ("1", "L", "P", "RGB", "RGBA", "I;16"):
        target = io.BytesIO()
        Image.new(mode, (WIDE, WIDE)).save(target, "PNG", compress_level=9)
        yield f"PNG of {WIDE}x{WIDE} in {mode}", target.getvalue()
    for form, options in (("WEBP", {"lossless": True, "method": 0}), ("GIF", {}), ("JPEG", {})):
        target = io.BytesIO()
        Image.new("RGB", (WIDE, WIDE), "teal").save(target, form, **options)
        yield f"{form} of {WIDE}x{WIDE}", target.getvalue()
    target = io.BytesIO()
    Image.new("RGB", (4_000, 4_000), "teal").save(target, "AVIF", speed=10)
    yield "AVIF of 4000x4000", target.getvalue()
    target = io.BytesIO()
    Image.new("CMYK", (5_000, 5_000)).save(target, "JPEG", progressive=True)
    yield "progressive CMYK JPEG of 5000x5000", target.getvalue()


def jpegs() -> Iterator[Named]:
    body = _photo("JPEG", progressive=True)
    scan = body.index(b"\xff\xda")
    last = body.rindex(b"\xff\xda")
    again = body[last:-2]
    for scans in (99, 3_000):
        yield f"JPEG of {scans} scans", body[:-2] + again * scans + body[-2:]
    large = _photo("JPEG", 3_000, progressive=True, quality=5)
    again = large[large.rindex(b"\xff\xda") : -2]
    yield "large JPEG of 60 scans", large[:-2] + again * 60 + large[-2:]
    yield "JPEG without end of filling", b"\xff\xd8" + b"\xff" * 1_000_000
    yield "JPEG of 200,000 comments", body[:2] + b"\xff\xfe\x00\x02" * 200_000 + body[2:]
    yield "JPEG without tables", body[:2] + body[scan:]
    for precision in (1, 12, 255):
        at = body.index(b"\xff\xc2") + 4
        yield f"JPEG of {precision} bits", body[:at] + bytes((precision,)) + body[at + 1 :]
    for components in (0, 2, 4, 255):
        at = body.index(b"\xff\xc2") + 9
        yield f"JPEG of {components} components", body[:at] + bytes((components,)) + body[at + 1 :]
    for name, tiff in (
        ("loops", b"MM\x00*\x00\x00\x00\x08\x00\x01\x87i\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08"),
        ("points outside", b"MM\x00*\xff\xff\xff\xf0"),
        ("has 65,535 entries", b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01" * 300),
        (
            "is turned 99 times",
            b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00c",
        ),
    ):
        content = b"Exif\x00\x00" + tiff
        segment = b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content
        yield f"JPEG whose EXIF {name}", body[:2] + segment + body[2:]
    for size in (0, 128, 60_000):
        profile = b"ICC_PROFILE\x00\x01\x01" + struct.pack(">I", size) + b"\x00" * 32 + b"acsp"
        content = profile.ljust(size, b"\xff")[:65_000]
        segment = b"\xff\xe2" + struct.pack(">H", len(content) + 2) + content
        yield f"JPEG with a profile of {size} bytes of rubbish", body[:2] + segment + body[2:]


def pngs() -> Iterator[Named]:
    body = _photo("PNG", 64)
    bomb = zlib.compress(bytes(60_000_000), 9)
    head, rest = body[:33], body[33:]
    for kind, content in (
        (b"iCCP", b"x\x00\x00" + bomb),
        (b"zTXt", b"x\x00\x00" + bomb),
        (b"iTXt", b"x\x00\x01\x00\x00\x00" + bomb),
        (b"eXIf", b"MM\x00*\x00\x00\x00\x08" + b"\xff" * 1_000),
        (b"PLTE", b"\x00" * 5),
        (b"tRNS", b"\x00" * 4_000),
        (b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        (b"gAMA", b"\x00\x00\x00\x00"),
        (b"cHRM", b"\xff" * 32),
    ):
        yield f"PNG with a hostile {kind.decode()}", head + _chunk(kind, content) + rest
    yield "PNG of 300,000 empty chunks", head + _chunk(b"teXt", b"") * 300_000 + rest
    yield "PNG with a chunk of 2 GiB", head + b"\x7f\xff\xff\xffIDAT" + b"\x00" * 100
    yield "PNG whose data never ends", head + _chunk(b"IDAT", bomb) + rest
    yield "PNG without checksums", body.replace(body[29:33], b"\x00\x00\x00\x00", 1)
    interlaced = struct.pack(">IIBBBBB", WIDE, WIDE, 8, 2, 0, 0, 1)
    yield (
        "interlaced PNG of nothing",
        _png((b"IHDR", interlaced), (b"IDAT", zlib.compress(bytes(50_000_000))), (b"IEND", b"")),
    )


def gifs() -> Iterator[Named]:
    frame = _gif_frame(16, 16)
    for frames in (1_000, 50_000):
        yield f"GIF of {frames} frames", _gif_head(16, 16) + frame * frames + b";"
    yield "GIF whose frame lies outside", _gif_head(1, 1) + _gif_frame(60_000, 60_000) + b";"
    yield "GIF of a million comments", _gif_head(16, 16) + b"\x21\xfe\x00" * 1_000_000 + frame
    yield "GIF of a comment without end", _gif_head(16, 16) + b"\x21\xfe" + b"\x01a" * 1_000_000
    for size in (0, 1, 12, 255):
        yield f"GIF with codes of {size} bits", _gif_head(16, 16) + _gif_frame(16, 16, size) + b";"
    yield "GIF without a colour table", b"GIF89a\x10\x00\x10\x00\x00\x00\x00" + frame + b";"


def webps() -> Iterator[Named]:
    body = _photo("WEBP", 64)
    picture = body[12:]
    yield "WebP with a wrong length", body[:4] + b"\xff\xff\xff\xff" + body[8:]
    yield "WebP of 100,000 empty chunks", _riff(*[(b"JUNK", b"")] * 100_000) + picture
    frame = b"\x00" * 6 + b"\x0f\x00\x00" * 2 + b"\x01\x00\x00\x00" + picture
    canvas = b"\x02\x00\x00\x00" + b"\x0f\x00\x00" * 2
    moving = [(b"VP8X", canvas), (b"ANIM", bytes(6)), *[(b"ANMF", frame)] * 500]
    yield "WebP of 500 frames", _riff(*moving)
    nested = frame
    for _ in range(50):
        nested = b"\x00" * 16 + b"ANMF" + struct.pack("<I", len(nested)) + nested
    yield "WebP with frames in frames", _riff((b"VP8X", canvas), (b"ANMF", nested))
    lossless = io.BytesIO()
    Image.new("RGBA", (16_383, 3_600)).save(lossless, "WEBP", lossless=True, method=0)
    yield "WebP of 1,930 bytes and 59 million pixels", lossless.getvalue()


def strangers() -> Iterator[Named]:
    """Formats that are not kept, and what is no picture at all."""
    for form in ("BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "EPS", "JPEG2000", "PDF"):
        yield form, _photo(form, 32)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    for name, text in (
        ("SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("SVG of a billion laughs", f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><svg>&a9;</svg>'),
        (
            "SVG that reads a file",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        ),
        ("HTML", "<!doctype html><script>alert(1)</script>"),
        ("a script", "#!/bin/sh\nid\n"),
        ("a path", "../../../../etc/passwd"),
        ("one letter", "a"),
        ("nothing", ""),
        ("ImageMagick's language", "push graphic-context\nimage over 0,0 1,1 'https://h/|id'\n"),
        ("PostScript", "%!PS-Adobe-3.0\n(%pipe%id) (w) file\n"),
    ):
        yield name, text.encode()
    for name, start in (
        ("PSD", b"8BPS\x00\x01"),
        ("HEIC", b"\x00\x00\x00\x18ftypheic"),
        ("JPEG XL", b"\xff\x0a"),
        ("an archive", b"PK\x03\x04"),
        ("a program", b"\x7fELF"),
        ("WMF", b"\xd7\xcd\xc6\x9a"),
        ("a video", b"\x00\x00\x00\x18ftypmp42"),
        ("zeros", b""),
    ):
        yield name, start + bytes(2_000)


def polyglots() -> Iterator[Named]:
    """Pictures that are something else as well."""
    script = b"/*" + b"<script>alert(1)</script>" + b"*/=1;alert(1)"
    for form in FORMATS:
        yield f"{form} and a page", _photo(form, 200) + b"<html>" + script
        yield (
            f"{form} and an archive",
            _photo(form, 200) + b"PK\x03\x04" + bytes(500) + b"PK\x05\x06",
        )
    yield "GIF and a script", b"GIF89a" + script + _gif_frame(16, 16)


def shapes() -> Iterator[Named]:
    """Whole, but at the edge of what measures are made for."""
    for width, height in ((1, 1), (1, 16_384), (16_384, 1), (16_384, 3_600), (120, 120), (3, 2)):
        for colour in ("white", "black"):
            target = io.BytesIO()
            Image.new("RGB", (width, height), colour).save(target, "PNG")
            yield f"PNG of {width}x{height}, all {colour}", target.getvalue()
    for mode in ("LA", "RGBA"):
        target = io.BytesIO()
        Image.new("RGBA", (300, 300), (0, 0, 0, 0)).convert(mode).save(target, "PNG")
        yield f"PNG of nothing but transparency in {mode}", target.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def _png(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    content = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2)
        for kind, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(content)) + content


def _gif_head(width: int, height: int) -> bytes:
    return (
        b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + b"\x00" * 3 + b"\xff" * 3
    )


def _gif_frame(width: int, height: int, code_size: int = 2) -> bytes:
    head = b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\x00"
    return head + bytes((code_size,)) + b"\x04\x84\x8f\xa9\x05\x00"
