import json
from itertools import combinations
from pathlib import Path

import imagehash
import numpy as np
import pytest
from drawing.catalogue import PICTURES
from pictures import ENCODINGS, PictureStore, UnknownPicture
from PIL import Image

EXPECTED = json.loads((Path(__file__).parents[2] / "site" / "expected.json").read_text())
UNEXPECTED = {"logo"}
SMALL = ("lamp-front", "lamp-tilted", "lamp-detail", "watch-front", "mug-top", "swatch-rust")


@pytest.fixture(scope="module")
def store() -> PictureStore:
    """The store that every test of the shop shares: what is drawn stays drawn."""
    return PictureStore()


def test_drawing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    stores = (PictureStore(tmp_path / "a"), PictureStore(tmp_path / "b"))
    for name in ("lamp-front", "badges"):
        first, second = (store.file(name, 320, "webp").read_bytes() for store in stores)
        assert first == second


def test_a_kept_picture_is_not_drawn_again(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    path = store.master("rating")
    path.write_bytes(b"as it was left")
    assert PictureStore(tmp_path).master("rating").read_bytes() == b"as it was left"


def test_different_pictures_have_distant_hashes(store: PictureStore) -> None:
    hashes = {name: _hash(store.master(name)) for name in SMALL}
    for one, other in combinations(SMALL, 2):
        assert hashes[one] - hashes[other] > 10, (one, other)


def test_colour_variants_share_their_shape_and_not_their_colour(store: PictureStore) -> None:
    sand, slate = (store.master(f"sneaker-side-{name}") for name in ("sand", "slate"))
    assert _hash(sand) - _hash(slate) <= 10
    assert np.abs(_middle(sand) - _middle(slate)).max() > 25


@pytest.mark.parametrize(
    ("name", "asked", "size"),
    [
        ("watch-front", 1600, (1600, 1600)),
        ("watch-front", 400, (400, 400)),
        ("watch-front", 24, (24, 24)),
        ("badges", 1600, (760, 96)),
    ],
)
def test_sizes_come_from_one_master(
    store: PictureStore, name: str, asked: int, size: tuple[int, int]
) -> None:
    with Image.open(store.file(name, asked, "webp")) as picture:
        assert picture.size == size


@pytest.mark.parametrize("extension", ENCODINGS)
def test_formats(store: PictureStore, extension: str) -> None:
    with Image.open(store.file("lamp-front", 200, extension)) as picture:
        assert picture.format == ENCODINGS[extension][0]


def test_transparency_is_kept_where_the_format_has_it(store: PictureStore) -> None:
    with Image.open(store.file("logo", 300, "png")) as picture:
        assert picture.getchannel("A").getextrema() == (0, 255)
    with Image.open(store.file("logo", 300, "jpg")) as picture:
        assert picture.getpixel((150, 2)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "width", "extension"),
    [
        ("no-such-picture", 400, "jpg"),
        ("logo", 0, "png"),
        ("logo", 4000, "png"),
        ("logo", 9, "bmp"),
    ],
)
def test_unknown_pictures(store: PictureStore, name: str, width: int, extension: str) -> None:
    with pytest.raises(UnknownPicture):
        store.file(name, width, extension)


def test_every_picture_has_its_place_in_the_shop() -> None:
    placed = {name for roles in EXPECTED.values() for names in roles.values() for name in names}
    assert placed | UNEXPECTED == set(PICTURES)


def _hash(path: Path) -> imagehash.ImageHash:
    with Image.open(path) as picture:
        return imagehash.phash(picture)


def _middle(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=float)[700:1000, 500:1300].mean((0, 1))
