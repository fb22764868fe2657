"""Bytes from anywhere to a small sRGB picture, within fixed limits of memory and time.

Safe to call from several threads: no setting of Pillow's is changed. A picture of more than
LARGE_PIXELS may need hundreds of megabytes: callers decode one of those at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageCms

from imagecrawler.errors import UndecodableImage
from imagecrawler.imaging.headers import sniff, stated_size
from imagecrawler.items import Reason

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 60_000_000
MAX_SIDE = 16_384
MAX_SCANS = 100
MAX_SCANNED_PIXELS = 1_000_000_000
LARGE_PIXELS = 16_000_000
WORKING_SIDE = 512
DETAIL_PIXELS = 1_200_000
"""Detail is looked for in fewer pixels than these; what has more is halved until it fits."""

FORMATS = ("jpeg", "png", "webp", "avif", "gif")

_ORIENTATION_TAG = 0x0112
# From 5 on, width and height change places.
_FIRST_SIDEWAYS = 5
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as a shopper sees it.

    ``width`` and ``height`` are natural pixels after EXIF orientation, ``bytes`` the length of the
    file. ``working`` is RGB in sRGB on white, its long side from half of WORKING_SIDE to below
    WORKING_SIDE, or all there is of a smaller picture; ``grey`` is its luma. ``detailed`` is the
    same of below DETAIL_PIXELS, as it is stored (EXIF orientation not applied), every pixel the
    mean of ``step`` x ``step`` natural ones.
    ``transparent`` is the share (0 to 1) of it that is mostly transparent, ``quantizer`` the mean
    step of a JPEG's luminance table (0 for other formats).
    """

    width: int
    height: int
    format: str
    bytes: int
    working: Image.Image = field(repr=False)
    grey: Image.Image = field(repr=False)
    detailed: Image.Image = field(repr=False)
    step: int = 1
    has_alpha: bool = False
    transparent: float = 0.0
    quantizer: float = 0.0


def decode(body: bytes) -> Decoded:
    """Decode one picture; of an animation its first frame.

    Raises UndecodableImage, its reason one of NOT_AN_IMAGE, UNSUPPORTED_FORMAT, TOO_LARGE and
    UNDECODABLE.
    """
    form = _admitted(body)
    try:
        with Image.open(BytesIO(body), formats=(form,)) as image:
            # A header may hold a second, larger size than the one that was admitted.
            _check_size(*image.size)
            return _reduced(image, form, len(body))
    except UndecodableImage:
        raise
    except Exception as error:
        # Damaged bytes surface as almost any exception type of Pillow's decoders.
        detail = f"{form} does not decode: {type(error).__name__}: {error}"
        raise UndecodableImage(Reason.UNDECODABLE, detail[:300]) from error


def _admitted(body: bytes) -> str:
    """The format of what is worth decoding."""
    form = sniff(body)
    if form not in FORMATS:
        raise UndecodableImage(Reason.UNSUPPORTED_FORMAT, f"{form} is not a format we keep")
    if len(body) > MAX_BYTES:
        raise UndecodableImage(Reason.TOO_LARGE, f"{len(body)} bytes, the limit is {MAX_BYTES}")
    width, height = stated_size(body, form)
    _check_size(width, height)
    if form == "jpeg":
        _check_scans(body, width * height)
    return form


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise UndecodableImage(Reason.UNDECODABLE, f"{width}x{height} pixels is no picture")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise UndecodableImage(Reason.TOO_LARGE, f"{width}x{height} pixels is over the limit")


def _check_scans(body: bytes, pixels: int) -> None:
    """Every scan of a progressive JPEG may touch every pixel, whatever the file's length.

    Start-of-scan markers cannot occur inside entropy-coded data, so counting bytes is enough.
    """
    scans = body.count(b"\xff\xda")
    if scans > MAX_SCANS or scans * pixels > MAX_SCANNED_PIXELS:
        raise UndecodableImage(Reason.TOO_LARGE, f"JPEG of {scans} scans over {pixels} pixels")


def _reduced(image: Image.Image, form: str, size: int) -> Decoded:
    width, height = image.size
    quantizer = _quantizer(image)
    step = _step(width * height)
    # Lets a JPEG be decoded at a half, quarter or eighth, at less cost.
    image.draft(None, (max(1, width // step), max(1, height // step)))
    picture = _shrunk(_plain_mode(image), width, step)
    picture = _to_srgb(picture, image.info.get("icc_profile"))
    detailed, transparent = _on_white(picture)
    working = _halved(detailed, WORKING_SIDE)
    orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    if orientation in _TURNS:
        working = working.transpose(_TURNS[orientation])
        if orientation >= _FIRST_SIDEWAYS:
            width, height = height, width
    return Decoded(
        width,
        height,
        form,
        size,
        working,
        working.convert("L"),
        detailed,
        step,
        has_alpha=transparent is not None,
        transparent=transparent or 0.0,
        quantizer=quantizer,
    )


def _step(pixels: int) -> int:
    step = 1
    while pixels >= DETAIL_PIXELS * step * step:
        step *= 2
    return step


def _shrunk(picture: Image.Image, width: int, step: int) -> Image.Image:
    """To a ``step``-th of ``width``, as far as a draft has not done it: means are cheap."""
    left = step // round(width / picture.width)
    return picture.reduce(left) if left > 1 else picture


def _halved(picture: Image.Image, limit: int) -> Image.Image:
    """By a power of two to below ``limit``."""
    factor = 1 << max(0, max(picture.size) // limit).bit_length()
    return picture.reduce(factor) if factor > 1 else picture


def _quantizer(image: Image.Image) -> float:
    tables = getattr(image, "quantization", None)
    return sum(tables[0]) / 64 if tables and 0 in tables else 0.0


def _plain_mode(image: Image.Image) -> Image.Image:
    """RGB, RGBA, L or CMYK: the modes that can be resized and colour-managed."""
    if "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa"):
        return image.convert("RGBA")
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        return image.point(lambda level: level * (1 / 257)).convert("L")
    if image.mode in ("RGB", "RGBA", "L", "CMYK"):
        image.load()
        return image
    return image.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB by its ICC profile; a profile that cannot be used is ignored, as browsers do."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    converted = _by_profile(colours, profile) if profile else None
    result = converted or colours
    if result.mode != "RGB":
        result = result.convert("RGB")
    if alpha:
        result.putalpha(alpha)
    return result


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if ImageCms.getProfileDescription(source).startswith("sRGB"):
            return None  # of most pictures that have one at all
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _on_white(picture: Image.Image) -> tuple[Image.Image, float | None]:
    """The picture on white and the share of it that is transparent; None without any alpha."""
    if picture.mode != "RGBA":
        return picture, None
    alpha = picture.getchannel("A")
    histogram = alpha.histogram()
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=alpha)
    if histogram[255] == picture.width * picture.height:
        return white, None
    return white, sum(histogram[:128]) / (picture.width * picture.height)
