"""What sites asked of crawlers, kept for all machines together: pauses, and turns to come in.

Times are PostgreSQL's, whose clock is the one that all machines share.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

#: A turn that would come later than the caller's patience is not taken.
_TAKE_TURN = text("""
    WITH turn AS (
        UPDATE sites
        SET next_start = greatest(next_start, clock_timestamp())
            + crawl_delay * interval '1 second'
        WHERE domain = :domain
            AND next_start <= clock_timestamp() + :patience * interval '1 second'
        RETURNING next_start - crawl_delay * interval '1 second' AS start, crawl_delay
    )
    SELECT true, extract(epoch FROM start - clock_timestamp())::float, crawl_delay FROM turn
    UNION ALL
    SELECT false, extract(epoch FROM next_start - clock_timestamp())::float, crawl_delay
    FROM sites WHERE domain = :domain AND NOT EXISTS (SELECT FROM turn)
""")

_SET_DELAY = text("""
    INSERT INTO sites (domain, crawl_delay) VALUES (:domain, :seconds)
    ON CONFLICT (domain) DO UPDATE SET crawl_delay = excluded.crawl_delay
""")

_HOLD = text("""
    INSERT INTO sites (domain, next_start)
    VALUES (:domain, clock_timestamp() + :seconds * interval '1 second')
    ON CONFLICT (domain) DO UPDATE
        SET next_start = greatest(sites.next_start, excluded.next_start)
""")


@dataclass(frozen=True, slots=True)
class Turn:
    """When a page of a domain may be asked for: in ``wait`` seconds.

    ``is_taken``: nobody else gets it; otherwise come back after ``wait``. ``crawl_delay`` is what
    was known of the domain's.
    """

    is_taken: bool = True
    wait: float = 0.0
    crawl_delay: float = 0.0


async def take_turn(db: AsyncSession, domain: str, patience: float) -> Turn:
    """The next turn of the domain, if it comes within ``patience`` seconds."""
    values = {"domain": domain, "patience": patience}
    row = (await db.execute(_TAKE_TURN, values)).one_or_none()
    if row is None:
        return Turn()
    is_taken, wait, crawl_delay = row
    return Turn(is_taken, max(0.0, wait), crawl_delay)


async def set_crawl_delay(db: AsyncSession, domain: str, seconds: float) -> None:
    """``seconds`` between two pages of the domain from now on."""
    await db.execute(_SET_DELAY, {"domain": domain, "seconds": seconds})


async def hold_site(db: AsyncSession, domain: str, seconds: float) -> None:
    """No page of the domain for so many seconds."""
    await db.execute(_HOLD, {"domain": domain, "seconds": seconds})
