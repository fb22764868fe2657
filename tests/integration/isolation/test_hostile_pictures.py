from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import psutil
from hostile_pictures import hostile_pictures
from PIL import Image
from scrapy.signalmanager import SignalManager

from imagecrawler.imaging.examine import Pixels
from imagecrawler.imaging.stripping import without_metadata
from imagecrawler.isolation import Decoders
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    PageItem,
    PageSnapshot,
    Target,
    Version,
)
from pipelines.scoring import ScoringPipeline

HOME = "https://shop.example/"
GIBIBYTE = 2**30


def _item(bodies: list[bytes]) -> PageItem:
    urls = [f"{HOME}{number}.jpg" for number in range(len(bodies))]
    candidates = [ImageCandidate((Version(url),), ("img",)) for url in urls]
    images = map(DownloadedImage, candidates, urls, map(without_metadata, bodies))
    target = Target(HOME, uuid4(), uuid4())
    return PageItem(target, uuid4(), snapshot=PageSnapshot(HOME, HOME), downloaded=tuple(images))


def _good() -> bytes:
    target = BytesIO()
    Image.radial_gradient("L").convert("RGB").save(target, "JPEG")
    return target.getvalue()


def _peak(process: psutil.Process) -> int:
    """Bytes; of those that were replaced nobody knows."""
    lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


async def test_each_is_a_rejection_or_a_valid_row_and_the_next_picture_is_looked_at() -> None:
    bodies = [body for _, body in hostile_pictures()][::2]  # bench/decoding.py looks at all
    assert len(bodies) >= 150
    decoders = Decoders(2)
    scoring = ScoringPipeline(SignalManager(), decoders)
    try:
        item = await scoring.process_item(_item(bodies))
        most = max(map(_peak, psutil.Process().children(recursive=True)))
        after = await decoders.look_at(_good())
    finally:
        await scoring.close_spider()
    assert len(item.scored) + len(item.rejections) == len(bodies)
    assert all(0 <= image.quality <= 100 for image in item.scored)
    assert all(
        image.measured.format in ("jpeg", "png", "webp", "avif", "gif") for image in item.scored
    )
    assert all(rejection.detail for rejection in item.rejections)
    assert most < GIBIBYTE
    assert isinstance(after, Pixels)
