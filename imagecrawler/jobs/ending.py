"""Tasks that run beside others, ended for certain."""

from __future__ import annotations

import asyncio
import logging

logger = logging.getLogger(__name__)

#: psycopg loses a cancellation that meets a connection which breaks at that moment: its error is
#: raised instead, and a task that goes on after errors would go on for ever.
AGAIN_SECONDS = 1.0


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancels until all have ended. An error that one ends with is logged."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s ended with an error", task.get_name(), exc_info=error)
