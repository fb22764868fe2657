from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import InternalError, OperationalError

from imagecrawler.db.failures import database_failures
from imagecrawler.errors import DatabaseError

ADDRESS = make_url("postgresql://u:secret@db.example/x")
BROKEN = OperationalError("SELECT 1", {}, Exception("server closed the connection"))


async def _fail(*, cancelled: bool) -> None:
    with database_failures(ADDRESS):
        if cancelled:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        raise BROKEN


async def test_a_statement_that_fails_is_one_line() -> None:
    with pytest.raises(DatabaseError, match=r"db\.example.*server closed") as failure:
        await _fail(cancelled=False)
    assert "secret" not in str(failure.value)


class ServerState(Exception):
    """What a driver raises for a state of the server."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("cannot execute INSERT in a read-only transaction")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "raised"),
    [("25006", DatabaseError), ("25P03", DatabaseError), ("25P02", InternalError)],
)
def test_a_demoted_server_is_to_blame_and_a_broken_transaction_is_not(
    state: str, raised: type[Exception]
) -> None:
    with pytest.raises(raised, match="read-only"), database_failures(ADDRESS):
        raise InternalError("INSERT", {}, ServerState(state))


async def test_one_that_fails_in_a_cancelled_task_is_the_cancellation() -> None:
    task = asyncio.create_task(_fail(cancelled=True))
    await asyncio.wait({task})
    assert task.cancelled()


async def _late() -> None:
    async with asyncio.timeout(0.01):
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            await _fail(cancelled=False)


async def test_a_time_limit_stays_one() -> None:
    with pytest.raises(TimeoutError):
        await _late()


def test_outside_of_an_event_loop_too() -> None:
    with pytest.raises(DatabaseError), database_failures(ADDRESS):
        raise BROKEN
