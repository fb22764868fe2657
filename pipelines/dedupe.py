"""Keeps the best of every cluster of duplicates, and no more than were asked for."""

from __future__ import annotations

import asyncio
from time import perf_counter

from imagecrawler.dedupe import deduplicate, rank
from imagecrawler.items import PageItem


class DedupePipeline:
    """``scored`` becomes shorter: best first, at most ``max_images``."""

    async def process_item(self, item: PageItem) -> PageItem:
        """What falls out is a rejection: a duplicate, or over the limit."""
        if not item.scored:
            return item
        started = perf_counter()
        distinct, duplicates = await asyncio.to_thread(deduplicate, item.scored)
        kept, surplus = rank(distinct, item.target.max_images)
        return item.advance(
            "dedupe",
            perf_counter() - started,
            scored=kept,
            rejections=(*item.rejections, *duplicates, *surplus),
        )
