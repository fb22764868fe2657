"""``imagecrawler serve``: the API in this process, standing workers beside it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import uvicorn

from imagecrawler.api.app import create_app
from imagecrawler.api.protocol import MAX_HEADERS, BoundedProtocol
from imagecrawler.api.worker_metrics import WorkerFigures, worker_figures
from imagecrawler.api.workers import standing_workers
from imagecrawler.config import PREFIX, Config
from imagecrawler.db.database import Database
from imagecrawler.errors import BadInput, ImagecrawlerError
from imagecrawler.garbage import spare_garbage_collection
from imagecrawler.logs import TextFormatter, install

GRACE_SECONDS: Final = 5
"""For answers under way at the end; jobs that are waited for go on without their callers."""

SPARE_SECONDS: Final = 15
"""For a worker to end, beside the page it is at."""

BACKLOG: Final = 2048
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def serve(config: Config, host: str, port: int, workers: int) -> None:
    """Serves until SIGINT or SIGTERM. ``port`` 0 takes a free one.

    Raises BadInput where the address cannot be had, DatabaseError.
    """
    text = TextFormatter("%(levelname)s %(name)s: %(message)s")
    logging.root.setLevel(config.log_level)
    install(logging.StreamHandler(sys.stderr), config.log_format, config.log_level, text)
    with _listen(host, port) as listening, worker_figures() as figures:
        address = _address(host, listening.getsockname()[1])
        asyncio.run(_serve(_with_media(config, address), listening, address, workers, figures))


async def _serve(
    config: Config, listening: socket.socket, address: str, workers: int, figures: WorkerFigures
) -> None:
    # SIGTERM ends us as Ctrl-C does, by a cancellation, also while nothing is served yet.
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config, figures),
            log_config=None,
            access_log=False,
            server_header=False,
            http=BoundedProtocol,
            ws="none",
            h11_max_incomplete_event_size=MAX_HEADERS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    spare_garbage_collection()
    environment = {f"{PREFIX}CDN_BASE_URL": config.cdn_base_url, **figures.environment}
    patience = config.page_budget + SPARE_SECONDS
    standing = standing_workers(workers, environment, patience, bury=figures.bury)
    async with _ready_database(config), standing:
        print(_welcome(address), flush=True)
        await _until_signalled(server, listening)
    if not server.started:
        raise ImagecrawlerError("the API did not start: its log says why")


async def _until_signalled(server: uvicorn.Server, listening: socket.socket) -> None:
    # Uvicorn raises the signal that ended it once more, which must not cut short what follows.
    with suppress(asyncio.CancelledError):
        await server.serve(sockets=[listening])
        await asyncio.sleep(0)


@asynccontextmanager
async def _ready_database(config: Config) -> AsyncIterator[None]:
    """Started and migrated before the workers, and for as long as they need it."""
    database = await asyncio.to_thread(Database.from_config, config)
    try:
        await database.check()
        yield
    finally:
        await database.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise BadInput(f"--host {host} --port {port}: {error}; choose another one") from None


def _address(host: str, port: int) -> str:
    name = _ANY_ADDRESS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _with_media(config: Config, address: str) -> Config:
    """A filesystem store without a public address gets ours."""
    if config.cdn_base_url or urlsplit(config.storage_url).scheme not in ("", "file"):
        return config
    return config.model_copy(update={"cdn_base_url": f"{address}/media"})


def _welcome(address: str) -> str:
    how = "imagecrawler campaign add NAME, then imagecrawler token --user UUID"
    return f"imagecrawler is at {address}/ (the API at {address}/docs); for a token: {how}"
