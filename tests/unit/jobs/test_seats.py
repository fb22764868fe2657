import asyncio
from uuid import uuid4

from imagecrawler.jobs.seats import Seats


async def test_there_is_room_while_not_all_seats_are_taken():
    seats = Seats(2)
    with seats.held(uuid4()):
        assert await seats.wait()


async def test_a_seat_that_is_left_is_the_next_one_s():
    seats, job = Seats(1), uuid4()
    with seats.held(job):
        waiting = asyncio.create_task(seats.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        seats.leave(job)
        assert await waiting
    # its end says so once more
    with seats.held(uuid4()):
        seats.leave(job)
        waiting = asyncio.create_task(seats.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        seats.close()
        assert not await waiting


async def test_nobody_is_let_in_after_the_end():
    seats = Seats(1)
    seats.close()
    assert not await seats.wait()
