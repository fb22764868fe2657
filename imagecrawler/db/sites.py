"""What sites asked of crawlers, kept for all machines together: pauses, and turns to come in.

Times are PostgreSQL's, whose clock is the one that all machines share.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_PACE = text("""
    SELECT crawl_delay, greatest(0, extract(epoch FROM next_start - clock_timestamp()))::float
    FROM sites WHERE domain = :domain
""")

_TAKE_TURN = text("""
    INSERT INTO sites (domain, crawl_delay, next_start)
    VALUES (:domain, :delay, clock_timestamp() + :delay * interval '1 second')
    ON CONFLICT (domain) DO UPDATE
        SET crawl_delay = excluded.crawl_delay, next_start = excluded.next_start
        WHERE sites.next_start <= clock_timestamp()
    RETURNING domain
""")

_SET_DELAY = text("UPDATE sites SET crawl_delay = :delay WHERE domain = :domain")

_HOLD = text("""
    INSERT INTO sites (domain, next_start)
    VALUES (:domain, clock_timestamp() + :seconds * interval '1 second')
    ON CONFLICT (domain) DO UPDATE
        SET next_start = greatest(sites.next_start, excluded.next_start)
""")


@dataclass(frozen=True, slots=True)
class Pace:
    """``crawl_delay`` seconds between two pages of a domain, the next not before ``wait``."""

    crawl_delay: float = 0.0
    wait: float = 0.0


async def pace_of(db: AsyncSession, domain: str) -> Pace:
    """What is known of the domain; nothing is taken."""
    row = (await db.execute(_PACE, {"domain": domain})).one_or_none()
    return Pace(*row) if row else Pace()


async def take_turn(db: AsyncSession, domain: str, delay: float) -> float:
    """0 where the page may be asked for now, and nobody else's within ``delay`` seconds.

    Otherwise the seconds until the next turn, which is still anybody's.
    """
    values = {"domain": domain, "delay": delay}
    if (await db.execute(_TAKE_TURN, values)).one_or_none() is not None:
        return 0.0
    await db.execute(_SET_DELAY, values)
    return (await pace_of(db, domain)).wait


async def hold_site(db: AsyncSession, domain: str, seconds: float) -> None:
    """No page of the domain for so many seconds."""
    await db.execute(_HOLD, {"domain": domain, "seconds": seconds})
