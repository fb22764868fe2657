from __future__ import annotations

import asyncio

from imagecrawler.db.sites import hold_site, set_crawl_delay, take_turn

DOMAIN = "shop.example"


async def _take(database, patience):
    async with database.session() as db:
        return await take_turn(db, DOMAIN, patience)


async def test_who_asks_for_nothing_is_always_ready(database):
    turn = await _take(database, 0.0)
    assert (turn.is_taken, turn.wait, turn.crawl_delay) == (True, 0.0, 0.0)


async def test_turns_are_a_delay_apart_whoever_takes_them(database):
    async with database.session() as db:
        await set_crawl_delay(db, DOMAIN, 20.0)
    turns = await asyncio.gather(*(_take(database, 1000.0) for _ in range(4)))
    waits = sorted(turn.wait for turn in turns)
    assert all(turn.is_taken and turn.crawl_delay == 20.0 for turn in turns)
    assert [round(wait, -1) for wait in waits] == [0, 20, 40, 60]


async def test_a_turn_beyond_one_s_patience_is_left_to_others(database):
    async with database.session() as db:
        await set_crawl_delay(db, DOMAIN, 20.0)
    assert (await _take(database, 5.0)).is_taken
    for _ in range(2):
        turn = await _take(database, 5.0)
        assert (turn.is_taken, round(turn.wait, -1)) == (False, 20)


async def test_a_hold_is_for_everybody_and_never_shortened(database):
    for seconds in (60.0, 10.0):
        async with database.session() as db:
            await hold_site(db, DOMAIN, seconds)
    turn = await _take(database, 5.0)
    assert (turn.is_taken, round(turn.wait, -1)) == (False, 60)


async def test_a_site_may_think_better_of_it(database):
    for seconds in (20.0, 0.0):
        async with database.session() as db:
            await set_crawl_delay(db, DOMAIN, seconds)
    assert all([(await _take(database, 0.5)).is_taken for _ in range(3)])
