"""A browser's processes, as the operating system sees them."""

from __future__ import annotations

import logging
import resource
from contextlib import suppress

import psutil
from playwright.async_api import Browser

logger = logging.getLogger(__name__)


async def browser_process(browser: Browser) -> psutil.Process:
    """Chromium's main process; its renderers and helpers descend from it.

    For a browser of this machine. Raises Playwright's Error, and psutil's when it died meanwhile.
    """
    session = await browser.new_browser_cdp_session()
    told = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    [pid] = [each["id"] for each in told["processInfo"] if each["type"] == "browser"]
    return psutil.Process(pid)


def private_megabytes(process: psutil.Process) -> float:
    """MiB of resident memory that the process and its descendants do not share; 0 when they ended.

    Not the unique set size: that grows by the program's own 50 MiB when the last other process
    that runs the same program ends. Reads ``/proc`` for some milliseconds: not for the event loop.
    """
    return sum(map(_private_bytes, _tree(process))) / 2**20


def _private_bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        memory = process.memory_info()
        return int(memory.rss - getattr(memory, "shared", 0))  # no such figure on macOS
    return 0


def limit_pages(process: psutil.Process, megabytes: int) -> None:
    """What a page allocates beyond that fails, and its tab crashes where it cannot do without.

    For pages that are opened from now on: their processes are forked from those that are limited
    (RLIMIT_DATA; the address space as a whole is reserved in terabytes). Without effect elsewhere
    than on Linux.
    """
    if not hasattr(resource, "prlimit"):
        return
    most = megabytes * 2**20
    for each in _tree(process):
        try:
            if _begets_pages(each):
                resource.prlimit(each.pid, resource.RLIMIT_DATA, (most, most))
        except psutil.Error:
            continue  # it has ended
        except OSError as error:
            logger.warning("the memory of pages is not limited: %s", error)


def _begets_pages(process: psutil.Process) -> bool:
    return not {"--type=zygote", "--type=renderer"}.isdisjoint(process.cmdline())


def kill_tree(process: psutil.Process) -> None:
    """Ends the process and its descendants, stopped ones too."""
    for each in _tree(process):
        with suppress(psutil.Error):
            each.kill()


def _tree(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [process, *process.children(recursive=True)]
    return []
