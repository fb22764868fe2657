from imagecrawler.items import Reason, Rejection, Role
from pipelines.dedupe import DedupePipeline


async def test_heroes_come_first_then_the_best(page, scored):
    images = (
        scored("good", 60),
        scored("hero", 40, Role.HERO),
        scored("best", 90, Role.LIFESTYLE),
    )
    item = await DedupePipeline().process_item(page(scored=images))
    assert [image.quality for image in item.scored] == [40, 90, 60]
    assert item.rejections == ()
    assert "dedupe" in item.timings


async def test_what_is_over_the_limit_is_rejected(page, scored):
    images = (scored("a", 10), scored("b", 30), scored("c", 20))
    item = await DedupePipeline().process_item(page(max_images=1, scored=images))
    assert [image.url for image in item.scored] == [images[1].url]
    assert [(each.url, each.reason) for each in item.rejections] == [
        (images[2].url, Reason.OVER_LIMIT),
        (images[0].url, Reason.OVER_LIMIT),
    ]


async def test_a_duplicate_takes_no_place(page, scored):
    large = scored("a", 50)
    small = scored("b", 20, sha256=large.sha256, measured=large.measured)
    other = scored("c", 10)
    earlier = Rejection("https://shop.example/gone.png", Reason.UNREACHABLE)
    before = page(max_images=2, scored=(small, large, other), rejections=(earlier,))
    item = await DedupePipeline().process_item(before)
    assert [image.url for image in item.scored] == [large.url, other.url]
    assert item.scored[0].absorbed == (small.url,)
    kept_before, duplicate = item.rejections
    assert kept_before == earlier
    assert (duplicate.reason, duplicate.duplicate_of) == (Reason.DUPLICATE, large.url)
    assert len(item.scored) + len(item.rejections) == len(before.scored) + 1


async def test_nothing_scored_passes_through(page):
    empty = page(rejections=(Rejection("u", Reason.TOO_SMALL),))
    assert await DedupePipeline().process_item(empty) is empty
