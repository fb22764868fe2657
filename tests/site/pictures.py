"""The shop's pictures: drawn once at 1600 px, kept in a folder, resized and encoded on demand."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from drawing.catalogue import PICTURES
from PIL import Image, ImageFilter

MAX_WIDTH = 1600
PLACEHOLDER_WIDTH = 40
DEFAULT_DIRECTORY = Path(tempfile.gettempdir()) / "imagecrawler-demo-shop"
ENCODINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 86, "progressive": True, "optimize": True}),
    "png": ("PNG", {"compress_level": 6}),
    "webp": ("WEBP", {"quality": 84, "method": 3}),
    "avif": ("AVIF", {"quality": 66, "speed": 9}),
    "gif": ("GIF", {}),
}


class UnknownPicture(LookupError):
    """No picture has that name, format or width."""


class PictureStore:
    """Files under ``directory``, in a folder named after the drawing code's digest.

    Safe for threads of one process; processes that draw the same picture at once each write
    the same bytes, and a file appears whole or not at all.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = (directory or DEFAULT_DIRECTORY) / _digest_of_sources()
        self._locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def master(self, name: str) -> Path:
        """The picture at full size; lossless only where it has transparency."""
        if name not in PICTURES:
            raise UnknownPicture(name)
        return self._made(self._master_path(name), partial(self._draw, name))

    def file(self, name: str, width: int, extension: str) -> Path:
        """The picture at a width in pixels, up to 1600 (or its own width, where smaller)."""
        if extension not in ENCODINGS or not 1 <= width <= MAX_WIDTH or name not in PICTURES:
            raise UnknownPicture(f"{name}-{width}.{extension}")
        path = self.directory / f"{name}-{width}.{extension}"
        return self._made(path, partial(self._encode, name, width, extension))

    def prepare(self) -> None:
        """Draw every master that is not there yet, on all cores."""
        missing = [name for name in PICTURES if not self._master_path(name).exists()]
        if missing:
            # Not fork: whoever calls this may have a server's threads running.
            workers = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"))
            with workers as pool:
                list(pool.map(partial(_draw_elsewhere, self.directory.parent), missing))

    def _master_path(self, name: str) -> Path:
        return self.directory / "masters" / f"{name}.img"

    def _made(self, path: Path, make: Callable[[Path], None]) -> Path:
        with self._guard:
            lock = self._locks[path]
        with lock:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = path.with_name(f".{os.getpid()}-{path.name}")
                make(draft)
                draft.replace(path)
        return path

    def _draw(self, name: str, path: Path) -> None:
        picture = PICTURES[name]()
        if picture.mode == "RGBA":
            picture.save(path, "PNG", compress_level=3)
        else:
            picture.save(path, "JPEG", quality=96, subsampling=0)

    def _encode(self, name: str, width: int, extension: str, path: Path) -> None:
        with Image.open(self.master(name)) as master:
            picture = _at_width(master, width)
        if extension == "jpg":
            picture = _on_white(picture)
        encoding, options = ENCODINGS[extension]
        picture.save(path, encoding, **options)


def _draw_elsewhere(directory: Path, name: str) -> None:
    PictureStore(directory).master(name)


def _at_width(master: Image.Image, width: int) -> Image.Image:
    width = min(width, master.width)
    height = max(1, round(master.height * width / master.width))
    picture = master.resize((width, height), Image.Resampling.LANCZOS)
    return picture.filter(ImageFilter.GaussianBlur(1)) if width <= PLACEHOLDER_WIDTH else picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _digest_of_sources() -> str:
    here = Path(__file__).parent
    sources = sorted((here / "drawing").glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (Path(__file__), *sources)))
    return digest.hexdigest()[:12]
