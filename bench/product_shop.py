"""Product pages for measuring: about thirty pictures each, most of them brought by scripts.

A page has eight gallery pictures built from JSON, three in CSS, seven lazy ones below and twelve
related products that a second request names once their place is scrolled to. Every answer takes
the shop's latency. ``GET /__counts`` says what was asked for. Pictures are drawn into a folder on
first use (a quarter of a minute for 600).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from inspect import getsource
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self
from urllib.request import urlopen

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from product_pages import USUAL, WIDTHS, Kind, texts

FOLDER = Path(tempfile.gettempdir()) / "imagecrawler-bench-shop"
COUNTS = "/__counts"
_PICTURE = re.compile(r"/media/(\d+)-(\d+)\.jpg")


@dataclass(frozen=True)
class Page:
    """``expected`` <img> are in its document once it was scrolled through."""

    url: str
    expected: int


def picture_of(url: str) -> tuple[str, int] | None:
    """Which picture of the shop an address names, and in what width."""
    found = _PICTURE.search(url)
    return (found[1], int(found[2])) if found else None


class ProductShop:
    """The shop on a free port of 127.0.0.1 in a process of its own, as a context manager."""

    def __init__(self, pages: int, latency: float, kind: Kind = USUAL) -> None:
        self._count = pages
        self._latency = latency
        self.kind = kind

    def __enter__(self) -> Self:
        self.folder = draw_pictures(self._count * self.kind.pictures)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(self.folder, self._count, self._latency, self.kind, theirs)
        )
        self._process.start()
        self.url = f"http://127.0.0.1:{ours.recv()}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def pages(self) -> list[Page]:
        expected = self.kind.elements
        return [Page(f"{self.url}/products/{each}", expected) for each in range(self._count)]

    def counts(self) -> dict[str, list[int]]:
        """Requests and bytes of bodies by path, of all since they were last asked for."""
        with urlopen(f"{self.url}{COUNTS}") as answer:
            counted: dict[str, list[int]] = json.load(answer)
        return counted


def draw_pictures(count: int) -> Path:
    """A folder with ``count`` pictures in all widths; 50 to 250 KB at the largest."""
    digest = hashlib.sha256(getsource(_draw).encode()).hexdigest()[:12]
    folder = FOLDER / digest
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in range(count) if not (folder / f"{each}-{WIDTHS[0]}.jpg").exists()]
    with ProcessPoolExecutor() as processes:
        list(processes.map(_draw, missing, [folder] * len(missing)))
    return folder


def _draw(number: int, folder: Path) -> None:
    """Shapes with a texture, on white for most: what a studio photograph costs to decode."""
    noise = np.random.default_rng(number)
    side = WIDTHS[-1]
    ground = (255, 255, 255) if number % 4 else tuple(noise.integers(60, 220, 3))
    picture = Image.new("RGB", (side, side), tuple(map(int, ground)))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(noise.integers(4, 12))):
        x, y, width, height = noise.integers(150, 700, 4)
        colour = tuple(map(int, noise.integers(0, 200, 3)))
        shape = draw.ellipse if noise.random() < 0.5 else draw.rectangle
        shape((x, y, min(x + width, 1050), min(y + height, 1050)), fill=colour)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    grain = noise.normal(0, float(noise.uniform(2, 7)), (side, side, 1))
    textured = np.asarray(picture, dtype=np.float32) + grain * (np.asarray(picture) < 250)
    picture = Image.fromarray(textured.clip(0, 255).astype(np.uint8))
    for width in reversed(WIDTHS):
        sized = picture if width == side else picture.resize((width, width))
        sized.save(folder / f"{number}-{width}.jpg", quality=82)


def _serve(folder: Path, pages: int, latency: float, kind: Kind, ready: Connection) -> None:
    answers = texts(pages, kind)
    for number in range(pages * kind.pictures):
        for width in WIDTHS:
            name = f"{number}-{width}.jpg"
            answers[f"/media/{name}"] = ("image/jpeg", (folder / name).read_bytes())
    asyncio.run(_Server(answers, latency).run(ready))


class _Server:
    """HTTP/1.1 over kept connections, from memory."""

    def __init__(self, answers: dict[str, tuple[str, bytes]], latency: float) -> None:
        self._latency = latency
        self._answers = answers
        self._counts: dict[str, list[int]] = {}

    async def run(self, ready: Connection) -> None:
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(self._latency)
                writer.write(self._answer(head.split(b" ", 2)[1].decode()))
                await writer.drain()
                if b"\r\nconnection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has had enough
        finally:
            writer.close()

    def _answer(self, path: str) -> bytes:
        kind, body = self._answers.get(path, ("", b""))
        if path == COUNTS:
            kind, body = "application/json", json.dumps(self._counts).encode()
            self._counts = {}
        else:
            count = self._counts.setdefault(path, [0, 0])
            count[:] = count[0] + 1, count[1] + len(body)
        status = "200 OK" if kind else "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body
