from __future__ import annotations

import asyncio

from imagecrawler.db.sites import Pace, hold_site, pace_of, take_turn

DOMAIN = "shop.example"


async def _take(database, delay):
    async with database.session() as db:
        return await take_turn(db, DOMAIN, delay)


async def _pace(database):
    async with database.session() as db:
        return await pace_of(db, DOMAIN)


async def test_of_a_site_that_asked_for_nothing_nothing_is_known(database):
    assert await _pace(database) == Pace(0.0, 0.0)


async def test_of_all_who_come_at_once_one_has_the_turn(database):
    waits = await asyncio.gather(*(_take(database, 20.0) for _ in range(5)))
    assert sorted(round(wait, -1) for wait in waits) == [0, 20, 20, 20, 20]
    pace = await _pace(database)
    assert (pace.crawl_delay, round(pace.wait, -1)) == (20.0, 20)


async def test_a_turn_comes_when_the_delay_is_over(database, sql):
    assert await _take(database, 20.0) == 0
    sql("UPDATE sites SET next_start = now()")
    assert await _take(database, 20.0) == 0
    assert await _take(database, 20.0) > 10


async def test_a_hold_is_for_everybody_and_never_shortened(database):
    for seconds in (60.0, 10.0):
        async with database.session() as db:
            await hold_site(db, DOMAIN, seconds)
    assert round(await _take(database, 0.0), -1) == 60


async def test_a_site_may_think_better_of_it(database, sql):
    await _take(database, 20.0)
    await _take(database, 0.0)
    assert (await _pace(database)).crawl_delay == 0
