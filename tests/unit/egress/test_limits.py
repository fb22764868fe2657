import asyncio

import pytest

from imagecrawler.egress.limits import Limits, Meter
from imagecrawler.egress.verdict import Failed


def test_both_directions_share_the_byte_limit():
    meter = Meter(Limits(connection_bytes=10))
    meter.count_sent(4)
    meter.count_received(6)

    with pytest.raises(Failed, match="more than 10 bytes"):
        meter.count_sent(1)
    assert meter.received == 6


async def test_bytes_that_arrive_as_the_time_runs_out_change_nothing():
    meter = Meter(Limits(idle_seconds=0.01))
    counted = []

    async def arrive_too_late(clock: asyncio.Timeout):
        # Turn by turn, to run between the expiry and the cancellation that it causes.
        while not clock.expired():  # noqa: ASYNC110
            await asyncio.sleep(0)
        meter.count_sent(1)
        counted.append(1)

    async def exchange():
        async with meter.watch() as clock, asyncio.TaskGroup() as group:
            group.create_task(arrive_too_late(clock))
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await exchange()
    assert counted == [1]
