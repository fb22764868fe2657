"""Memory of a standing worker over many pages, and what it leaves behind.

    python bench/many_pages.py [--pages 1000]

One ``imagecrawler worker`` crawls generated pages of four pictures, each on a host of its own
(127.1.0.1 and up, Linux only), every tenth of which has to be rendered with images. Sampled every
half a second is the private memory (resident, not shared) of the worker, of Playwright's driver
and of the browsers, and the tree's PSS; a line gives the medians over the 25 pages before it. PSS
depends on what else runs the same programs on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any
from zlib import crc32

import numpy as np
import psutil
from PIL import Image

EVERY = 100
WINDOW = 25
PICTURES = 4
SIDE = 700
SAMPLE_SECONDS = 0.5
END_SECONDS = 60
LAST_SECONDS = 3
KINDS = ("worker", "driver", "browsers")
RESTARTS = re.compile(r"'(browser/restarts/\w+)': (\d+)")


class Shop(BaseHTTPRequestHandler):
    """Pages and pictures out of nothing, a page for each host that asks."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "robots.txt":
            self.send_error(404)
            return
        is_picture = name.endswith(".jpg")
        body = picture(f"{self.headers['Host']}/{name}") if is_picture else page(int(name))
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg" if is_picture else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def verify_request(self, _: Any, client_address: Any) -> bool:
        return str(client_address[0]).startswith("127.")


def page(number: int) -> bytes:
    size = "" if number % 10 == 0 else f" width={SIDE} height={SIDE}"
    images = "".join(f"<img src=/{number}-{n}.jpg alt='Mug {n}'{size}>" for n in range(PICTURES))
    filler = "<p>It holds what a mug holds.</p>" * 200
    script = "<script>document.title = document.images.length + ' mugs'</script>"
    return f"<!doctype html><h1>Mug {number}</h1>{images}{filler}{script}".encode()


def picture(name: str) -> bytes:
    dice = np.random.default_rng(crc32(name.encode()))
    layers = (dice.integers(0, 255, (side, side, 3), dtype=np.uint8) for side in (6, 175))
    ground, grain = (Image.fromarray(layer).resize((SIDE, SIDE)) for layer in layers)
    buffer = io.BytesIO()
    Image.blend(ground, grain, 0.3).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


@contextmanager
def shop() -> Iterator[int]:
    # one socket for all of 127.0.0.0/8; who comes from elsewhere is turned away
    server = Server(("0.0.0.0", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def address(number: int, port: int) -> str:
    return f"http://127.1.{number // 250}.{number % 250 + 1}:{port}/{number}"


@dataclass
class Memory:
    """MiB at one moment; ``done`` pages had ended by then."""

    done: int
    private: Counter[str] = field(default_factory=Counter)
    shared_out: float = 0.0

    def add(self, kind: str, process: psutil.Process) -> None:
        with suppress(psutil.Error):  # it has just ended
            full = process.memory_full_info()
            self.private[kind] += (full.rss - full.shared) / 2**20
            self.shared_out += full.pss / 2**20

    @property
    def total(self) -> float:
        return sum(self.private.values())


class Tree:
    """A worker and every process that was ever seen below it."""

    def __init__(self, worker: psutil.Popen) -> None:
        self.worker = worker
        self.seen: set[psutil.Process] = set()

    def measure(self, done: int) -> Memory:
        family = self.worker.children(recursive=True)
        self.seen.update(family)
        memory = Memory(done)
        memory.add("worker", self.worker)
        for process in family:
            with suppress(psutil.Error):
                memory.add("driver" if "node" in process.name() else "browsers", process)
        return memory

    def end(self) -> tuple[int, int]:
        """The exit code and how many processes are left."""
        self.measure(0)
        self.worker.send_signal(signal.SIGTERM)
        code = self.worker.wait(END_SECONDS)
        time.sleep(LAST_SECONDS)
        return code, sum(map(lives, self.seen))


def lives(process: psutil.Process) -> bool:
    """A zombie has ended; reaping it is up to whoever inherited it."""
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


async def submit(database: Any, pages: int, port: int) -> None:
    from imagecrawler.db.campaigns import add_campaign
    from imagecrawler.items import Target
    from imagecrawler.jobs.queue import JobQueue, Priority

    queue = JobQueue(database)
    async with database.session() as db:
        owner = await add_campaign(db, "Many pages")
    async with database.session() as db:
        for number in range(1, pages + 1):
            target = Target(address(number, port), owner.id, owner.user_id)
            await queue.submit(db, target, priority=Priority.INTERACTIVE)


async def outcomes(database: Any) -> Counter[str]:
    from sqlalchemy import text

    query = text("SELECT outcome, count(*) FROM scrape_jobs WHERE state = 'finished' GROUP BY 1")
    async with database.session() as db:
        return Counter(dict((await db.execute(query)).all()))


def line(number: int, samples: list[Memory]) -> float:
    near = [each for each in samples if number - WINDOW <= each.done <= number] or samples[-1:]
    kinds = "".join(f"{median(each.private[kind] for each in near):10.0f}" for kind in KINDS)
    total = median(each.total for each in near)
    pss = median(each.shared_out for each in near)
    print(f"{number:>6}{kinds}{total:10.0f}{pss:10.0f}", flush=True)
    return total


async def watch(database: Any, tree: Tree, pages: int) -> list[float]:
    """The tree's private memory in MiB at every 100th page."""
    samples: list[Memory] = []
    totals: list[float] = []
    print("  page" + "".join(f"{name:>10}" for name in (*KINDS, "private", "PSS")))
    while len(totals) < pages // EVERY and tree.worker.poll() is None:
        await asyncio.sleep(SAMPLE_SECONDS)
        done = (await outcomes(database)).total()
        samples.append(tree.measure(done))
        if done >= (len(totals) + 1) * EVERY:
            totals.append(line((len(totals) + 1) * EVERY, samples))
    return totals


async def crawl(tree: Tree, database: Any, pages: int) -> None:
    started = time.perf_counter()
    totals = await watch(database, tree, pages)
    minutes = (time.perf_counter() - started) / 60
    await asyncio.sleep(2)
    rest = tree.measure(pages)
    print(f"at rest           {rest.total:.0f} MiB private, {rest.shared_out:.0f} MiB PSS")
    print(f"last / page {EVERY}   {totals[-1] / totals[0]:.2f}")
    print(f"pages a minute    {pages / minutes:.0f}")
    print(f"outcomes          {dict(await outcomes(database))}")


async def bench(pages: int, port: int, log: Path) -> None:
    from imagecrawler.config import load_config
    from imagecrawler.db.database import Database

    database = Database.from_config(load_config())
    await submit(database, pages, port)
    with log.open("w") as stream:
        command = [sys.executable, "-m", "imagecrawler", "worker"]
        tree = Tree(psutil.Popen(command, stdout=stream, stderr=subprocess.STDOUT))
    try:
        await crawl(tree, database, pages)
    finally:
        code, left = tree.end()
        await database.close()
    print(f"exit code         {code}, {left} processes left")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--log", type=Path, help="where the worker's log is kept")
    options = parser.parse_args()
    with shop() as port, tempfile.TemporaryDirectory() as folder:
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
        log = options.log or Path(folder) / "log"
        asyncio.run(bench(options.pages, port, log))
        restarts = ", ".join(" ".join(pair) for pair in RESTARTS.findall(log.read_text()))
        print(f"browser restarts  {restarts or 'none'}")


if __name__ == "__main__":
    main()
