import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from imagecrawler.isolation import Decoders
from imagecrawler.items import Outcome, Reason, Rect, Rejection
from pipelines.scoring import ScoringPipeline


class Counted(Decoders):
    """What it was asked to look at."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: list[bytes] = []

    async def look_at(self, body: bytes):
        self.asked.append(body)
        return await super().look_at(body)


@pytest.fixture
def decoders() -> Counted:
    return Counted()


@pytest.fixture
async def scoring(stages, decoders) -> AsyncIterator[ScoringPipeline]:
    pipeline = ScoringPipeline(stages.signals, decoders)
    yield pipeline
    await pipeline.close_spider()


async def test_pictures_are_scored(scoring, page, downloaded, draw):
    images = (downloaded("red", draw("red")), downloaded("blue", draw("blue")))
    item = await scoring.process_item(page(downloaded=images))
    assert [image.url for image in item.scored] == [image.url for image in images]
    assert all(0 < image.quality <= 100 for image in item.scored)
    assert any(image.is_hero for image in item.scored)
    assert item.rejections == ()
    assert item.timings["score"] > 0


async def test_what_cannot_be_kept_is_a_rejection(scoring, page, downloaded, draw):
    images = (
        downloaded("red", draw("red")),
        downloaded("broken", draw("red")[:200]),
        downloaded("text", b"no picture at all"),
        downloaded("tiny", draw("red", (40, 30))),
    )
    unreachable = Rejection("https://shop.example/gone.png", Reason.UNREACHABLE)
    before = page(downloaded=images, rejections=(unreachable,))
    item = await scoring.process_item(before)
    assert [image.url for image in item.scored] == [images[0].url]
    assert item.rejections[0] == unreachable
    reasons = {rejection.url: rejection.reason for rejection in item.rejections}
    assert reasons[images[1].url] is Reason.UNDECODABLE
    assert reasons[images[2].url] is Reason.NOT_AN_IMAGE
    assert reasons[images[3].url] is Reason.TOO_SMALL
    assert item.outcome is Outcome.SUCCEEDED
    assert len(item.scored) + len(item.rejections) == 5


async def test_what_arrives_early_is_examined_once_and_judged_by_its_place(
    scoring, page, downloaded, draw, decoders
):
    early = downloaded("red", draw("red"))
    late = replace(early, candidate=replace(early.candidate, rect=Rect(0, 0, 1200, 900)))
    before = page(downloaded=(late,))
    scoring.picture_received(before.job_id, early)
    other = downloaded("blue", draw("blue"))
    scoring.picture_received(before.job_id, other)
    item = await scoring.process_item(before)
    assert decoders.asked == [early.body, other.body]
    assert item.scored[0].image is late
    fresh = await scoring.process_item(before)
    assert item.scored == fresh.scored
    assert len(decoders.asked) == 3


async def test_what_takes_too_long_costs_itself_and_the_page_is_partial(
    scoring, page, downloaded, draw, decoders, monkeypatch
):
    slow = downloaded("slow", draw("blue"))

    async def look_at(body: bytes):
        if body == slow.body:
            await asyncio.sleep(3600)
        return await Decoders.look_at(decoders, body)

    monkeypatch.setattr(decoders, "look_at", look_at)
    monkeypatch.setattr("pipelines.scoring.PAGE_SECONDS", 5.0)
    images = (downloaded("red", draw("red")), slow)
    item = await scoring.process_item(page(downloaded=images))
    assert [image.url for image in item.scored] == [images[0].url]
    assert [(each.url, each.reason) for each in item.rejections] == [(slow.url, Reason.OVER_BUDGET)]
    assert item.outcome is Outcome.PARTIAL
    assert "to decode" in item.detail
    assert not item.complete


async def test_progress_is_reported(scoring, page, downloaded, draw, stages):
    images = (downloaded("red", draw("red")), downloaded("text", b"no picture at all"))
    await scoring.process_item(page(downloaded=images))
    assert stages == [("scored", 1, 2)]


async def test_a_page_without_pictures_passes_through(scoring, page, stages):
    empty = page(outcome=Outcome.FAILED, detail="no picture on the page")
    assert await scoring.process_item(empty) is empty
    assert stages == []
