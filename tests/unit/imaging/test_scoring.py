from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from imagecrawler.imaging.components import effective_cycles
from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.imaging.scoring import COMPONENTS, score
from imagecrawler.items import DownloadedImage, ImageCandidate, Measurements, Rect, Version

Draw = Callable[..., Image.Image]
Encode = Callable[..., bytes]
Download = Callable[..., DownloadedImage]

# All of them hold for blur, scaling and JPEG; further on a few in a thousand are known not to
# (docs/judgement.md), and whoever changes something else is not to meet them by chance.
SEEDS = st.integers(0, 60)
few = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# Lossy coding adds noise of its own: a twentieth of a point is no preference.
NOISE = 0.05

# Of 1,470 spoilt photographs 24 scored more than NOISE higher, but for one of 190 px 0.4 at most.
SLIGHT = 0.3


def qualities(bodies: Sequence[bytes], download: Download) -> list[float]:
    examined = [examine(download(body)) for body in bodies]
    return [image.quality for image in examined if isinstance(image, Examined)]


def falls(values: Sequence[float]) -> bool:
    return all(later <= earlier + NOISE for earlier, later in pairwise(values))


@few
@given(seed=SEEDS, studio=st.booleans())
def test_blur_never_raises_the_score(
    seed: int, studio: bool, draw: Draw, draw_product: Draw, encode: Encode, download: Download
) -> None:
    picture = draw_product(seed=seed) if studio else draw(seed=seed)
    blurred = [picture.filter(ImageFilter.GaussianBlur(radius)) for radius in (0.7, 1.5, 3, 6)]
    values = qualities([encode(p, quality=92) for p in (picture, *blurred)], download)
    assert max(values[1:]) <= values[0] + NOISE
    assert values[-1] < values[0] - 3


@few
@given(seed=SEEDS, studio=st.booleans())
def test_scaling_down_never_raises_the_score(
    seed: int, studio: bool, draw: Draw, draw_product: Draw, encode: Encode, download: Download
) -> None:
    picture = draw_product(900, 900, seed=seed) if studio else draw(1000, 800, seed=seed)
    sizes = [(round(picture.width * f), round(picture.height * f)) for f in (0.7, 0.5, 0.2)]
    smaller = [picture.resize(size, Image.Resampling.LANCZOS) for size in sizes]
    values = qualities([encode(p, quality=92) for p in (picture, *smaller)], download)
    assert falls(values)
    assert values[-1] < values[0] - 2


@few
@given(seed=SEEDS, studio=st.booleans())
def test_heavier_jpeg_never_raises_the_score(
    seed: int, studio: bool, draw: Draw, draw_product: Draw, encode: Encode, download: Download
) -> None:
    picture = draw_product(seed=seed) if studio else draw(seed=seed)
    bodies = [encode(picture, quality=quality) for quality in (95, 85, 70, 50, 30, 15)]
    values = qualities(bodies, download)
    assert max(values[1:]) <= values[0] + NOISE
    assert values[-1] < values[0] - 3


def noisy(picture: Image.Image, deviation: float) -> Image.Image:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, deviation, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


@few
@given(seed=SEEDS, studio=st.booleans(), strength=st.floats(0.1, 1))
def test_noise_and_wrong_exposure_never_raise_the_score(
    seed: int,
    studio: bool,
    strength: float,
    draw: Draw,
    draw_product: Draw,
    encode: Encode,
    download: Download,
) -> None:
    picture = draw_product(seed=seed) if studio else draw(seed=seed)
    brightness = ImageEnhance.Brightness(picture)
    spoilt = [
        noisy(picture, 30 * strength),
        brightness.enhance(1 + strength),
        brightness.enhance(1 - 0.7 * strength),
    ]
    original, *values = qualities([encode(p, "PNG") for p in (picture, *spoilt)], download)
    assert max(values) <= original + SLIGHT


@few
@given(seed=SEEDS, radius=st.floats(2, 4), deviation=st.floats(12, 30))
def test_noise_is_no_detail_of_a_soft_picture(
    seed: int, radius: float, deviation: float, draw: Draw, encode: Encode, download: Download
) -> None:
    soft = draw(seed=seed).filter(ImageFilter.GaussianBlur(radius))
    bodies = [encode(p, "PNG") for p in (soft, noisy(soft, deviation))]
    original, value = qualities(bodies, download)
    assert value <= original + SLIGHT


def test_saving_a_bad_jpeg_anew_repairs_nothing(
    draw: Draw, encode: Encode, download: Download
) -> None:
    good = encode(draw(), quality=90)
    with Image.open(BytesIO(encode(draw(), quality=15))) as coarse:
        anew = [encode(coarse, "PNG"), encode(coarse, "JPEG", quality=95)]
    best, *values = qualities([good, *anew], download)
    assert max(values) < best - 3


def test_enlarging_does_not_make_a_picture_better_than_the_true_size(
    draw: Draw, encode: Encode, download: Download
) -> None:
    true = draw(1200, 900)
    enlarged = true.resize((240, 180)).resize(true.size)
    best, fake = qualities([encode(true), encode(enlarged)], download)
    assert fake < best - 5


FEATURES = {
    "cycles": 90.0,
    "reach": 0.5,
    "sharpness": 0.7,
    "noise": 0.5,
    "quantum": 6.0,
    "clipped": 0.0,
    "blank": 0.0,
    "white_point": 250.0,
    "black_point": 20.0,
    "colourfulness": 0.3,
    "even": 0.9,
    "lettering": 0.0,
}


def scored(
    width: int = 800, height: int = 800, form: str = "jpeg", **candidate: object
) -> tuple[float, dict[str, float]]:
    measured = Measurements(width, height, form, 0, FEATURES)
    details = {"sources": ("img",), **candidate}
    return score(measured, ImageCandidate((Version("https://shop.example/a"),), **details))


@given(
    st.integers(1, 16_384),
    st.integers(1, 16_384),
    st.sampled_from(["jpeg", "png", "webp", "avif", "gif"]),
    st.none() | st.builds(Rect, *[st.floats(-1e6, 1e6)] * 2, *[st.floats(0, 1e5)] * 2),
)
def test_score_and_components_stay_in_range(
    width: int, height: int, form: str, rect: Rect | None
) -> None:
    total, breakdown = scored(width, height, form, rect=rect)
    assert 0 <= total <= 100
    assert list(breakdown) == [name for name, _ in COMPONENTS]
    assert all(0 <= value <= 1 for value in breakdown.values())


def test_a_picture_claims_no_finer_detail_than_its_pixels_hold() -> None:
    sharp, grainy = (FEATURES | {"cycles": cycles} for cycles in (40.0, 60.0))
    small = [Measurements(160, 160, "png", 0, found) for found in (sharp, grainy)]
    large = [Measurements(800, 800, "png", 0, found) for found in (sharp, grainy)]
    assert effective_cycles(small[0]) == effective_cycles(small[1])
    assert effective_cycles(large[0]) < effective_cycles(large[1])


def test_context_counts() -> None:
    prominent = scored(rect=Rect(100, 200, 600, 600), sources=("img", "json-ld"))[0]
    remote = scored(rect=Rect(100, 5000, 160, 160), sources=("css-background",))[0]
    assert prominent > remote + 5


def test_strips_lose_for_their_shape() -> None:
    assert scored(800, 800)[1]["aspect"] == 1
    assert 0 < scored(1600, 600)[1]["aspect"] < 1
    assert scored(1600, 200)[1]["aspect"] == 0
