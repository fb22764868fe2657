"""Product pages for measuring: about thirty pictures each, most of them brought by scripts.

A page has eight gallery pictures built from JSON, three in CSS, seven lazy ones below and twelve
related products that a second request names once their place is scrolled to. Every answer takes
the shop's latency. Pictures are drawn into a folder on first use (a quarter of a minute).
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

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTHS = (400, 800, 1200)
GALLERY, BACKGROUNDS, DETAILS, RELATED = 8, 3, 7, 12
PICTURES = GALLERY + BACKGROUNDS + DETAILS + RELATED
#: The logo is one, a background none.
ELEMENTS = PICTURES - BACKGROUNDS + 1
FOLDER = Path(tempfile.gettempdir()) / "imagecrawler-bench-shop"
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

    def __init__(self, pages: int, latency: float) -> None:
        self._count = pages
        self._latency = latency

    def __enter__(self) -> Self:
        folder = draw_pictures(self._count * PICTURES)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(folder, self._count, self._latency, theirs)
        )
        self._process.start()
        self.url = f"http://127.0.0.1:{ours.recv()}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def pages(self) -> list[Page]:
        return [Page(f"{self.url}/products/{each}", ELEMENTS) for each in range(self._count)]


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


def _serve(folder: Path, pages: int, latency: float, ready: Connection) -> None:
    asyncio.run(_Server(folder, pages, latency).run(ready))


class _Server:
    """HTTP/1.1 over kept connections, from memory."""

    def __init__(self, folder: Path, pages: int, latency: float) -> None:
        self._latency = latency
        self._answers = _texts(pages)
        for number in range(pages * PICTURES):
            for width in WIDTHS:
                name = f"{number}-{width}.jpg"
                self._answers[f"/media/{name}"] = ("image/jpeg", (folder / name).read_bytes())

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
        status = "200 OK" if kind else "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def _texts(pages: int) -> dict[str, tuple[str, bytes]]:
    texts = {
        "/robots.txt": ("text/plain", "User-agent: *\nAllow: /\n"),
        "/shop.css": ("text/css", _CSS),
        "/vendor.js": ("text/javascript", _VENDOR),
        "/shop.js": ("text/javascript", _SCRIPT),
        "/logo.svg": ("image/svg+xml", _LOGO),
    }
    for page in range(pages):
        first = page * PICTURES
        groups = _numbers(first)
        texts[f"/products/{page}"] = ("text/html; charset=utf-8", _page(page, groups))
        texts[f"/api/gallery/{page}.json"] = ("application/json", json.dumps(groups[0]))
        texts[f"/api/related/{page}.json"] = ("application/json", json.dumps(groups[3]))
    return {path: (kind, text.encode()) for path, (kind, text) in texts.items()}


def _numbers(first: int) -> list[list[int]]:
    """The gallery's pictures, the backgrounds, the details and the related ones."""
    groups = []
    for size in (GALLERY, BACKGROUNDS, DETAILS, RELATED):
        groups.append(list(range(first, first + size)))
        first += size
    return groups


def _page(page: int, groups: list[list[int]]) -> str:
    gallery, backgrounds, details, _ = groups
    lazy = "".join(
        f'<section><h2>Detail {n}</h2><img class="lazy" alt="Detail {n}" width="800" height="800" '
        f'src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/media/{n}-800.jpg" '
        f'data-srcset="{_srcset(n)}" sizes="50vw"><p>{_TEXT}</p></section>'
        for n in details
    )
    drawn = "".join(
        f"<div class=band style=\"background-image:url('/media/{n}-1200.jpg')\"></div>"
        for n in backgrounds
    )
    return f"""<!doctype html><html lang="en"><head><title>Product {page}</title>
<meta property="og:image" content="/media/{gallery[0]}-1200.jpg">
<link rel="stylesheet" href="/shop.css"><script src="/vendor.js" defer></script>
<script src="/shop.js" defer></script></head><body data-product="{page}">
<header><img src="/logo.svg" alt="Shop" width="90" height="30"></header>
<main><h1>Product {page}</h1><div id="gallery"></div><p>{_TEXT}</p></main>
{drawn}<div id="details">{lazy}</div><h2>You may also like</h2><div id="related"></div>
<footer><p>{_TEXT}</p></footer></body></html>"""


def _srcset(number: int) -> str:
    return ", ".join(f"/media/{number}-{width}.jpg {width}w" for width in WIDTHS)


_TEXT = "Made to last, from materials that we name, by people whom we pay for it. " * 12
_LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><circle r="9"/></svg>'
_VENDOR = "window.__vendor = [" + ",".join(f"() => {n} * 3" for n in range(9000)) + "];"
_CSS = """body { margin: 0 auto; max-width: 1400px; font: 16px/1.5 sans-serif }
#gallery { display: grid; grid-template-columns: 1fr 1fr; gap: 8px }
#related { display: grid; grid-template-columns: repeat(4, 1fr); min-height: 900px }
img { max-width: 100%; height: auto } .band { height: 420px; background-size: cover }"""
_SCRIPT = """
const srcset = n => [400, 800, 1200].map(w => `/media/${n}-${w}.jpg ${w}w`).join(', ');
const show = (box, n, side, loading) => {
  const image = new Image(side, side);
  Object.assign(image, { loading, sizes: `${side}px`, alt: `Picture ${n}`, srcset: srcset(n) });
  image.src = `/media/${n}-800.jpg`;
  box.append(image);
};
const product = document.body.dataset.product;
const numbers = async kind => (await fetch(`/api/${kind}/${product}.json`)).json();
const gallery = document.querySelector('#gallery'), related = document.querySelector('#related');
numbers('gallery').then(all => all.forEach((n, i) =>
  show(gallery, n, 690, i < 2 ? 'eager' : 'lazy')));
const showRelated = async () =>
  (await numbers('related')).forEach(n => show(related, n, 340, 'lazy'));
const seen = new IntersectionObserver(all => all.filter(e => e.isIntersecting).forEach(e => {
  seen.unobserve(e.target);
  if (e.target === related) showRelated();
  else { e.target.srcset = e.target.dataset.srcset; e.target.src = e.target.dataset.src; }
}), { rootMargin: '200px' });
document.querySelectorAll('img.lazy').forEach(image => seen.observe(image));
seen.observe(related);
"""
