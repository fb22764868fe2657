"""What the demo shop answers to which path."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pictures import PictureStore, UnknownPicture

FILES = Path(__file__).parent / "pages"
STOREFRONTS = Path(__file__).parent / "storefronts"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
#: deviceSizes and imageSizes of a Next.js that nobody has configured.
NEXT_WIDTHS = frozenset(
    (16, 32, 48, 64, 96, 128, 256, 384, 640, 750, 828, 1080, 1200, 1920, 2048, 3840)
)
COOKIE = ("visit", "of-a-shopper")
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
MANUAL = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Settings:
    """``latency`` and ``slow`` in seconds: of each picture, and of the page at /slow.

    ``window`` maps the files that the page at /window shows to the pictures they are now.
    """

    pictures: PictureStore
    latency: float
    slow: float
    window: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    target: str
    headers: Message

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    def value(self, name: str) -> str:
        """Of a parameter in the query, "" where it is missing."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request, re.Match[str], Settings], Reply]


def answer(request: Request, settings: Settings) -> Reply:
    """The reply of the first route whose pattern matches the whole path."""
    for pattern, respond in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match:
            return _revalidated(request, respond(request, match, settings))
    return not_found()


def _revalidated(request: Request, reply: Reply) -> Reply:
    tag = reply.headers.get("ETag")
    if tag and request.headers.get("If-None-Match") == tag:
        return Reply(304, b"", reply.headers)
    return reply


def document(body: bytes, extension: str, cache: str = "no-cache", **headers: str) -> Reply:
    """200 with the type of the extension and a validator."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    fixed = {"Content-Type": TYPES[extension], "ETag": tag, "Cache-Control": cache}
    return Reply(
        200, body, fixed | {name.replace("_", "-"): value for name, value in headers.items()}
    )


def html(name: str) -> bytes:
    """A page's file with the shop's header and footer filled in."""
    body = (FILES / f"{name}.html").read_bytes()
    for part in ("header", "footer"):
        slot = f"  <!-- {part} -->\n".encode()
        body = body.replace(slot, (FILES / "partials" / f"{part}.html").read_bytes())
    return body


def not_found() -> Reply:
    return Reply(404, html("404"), {"Content-Type": TYPES["html"]})


def home(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return document(html("home"), "html", Set_Cookie=_cookie())


def page(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """An HTML file by its name; every page of the shop hands out the visitor's cookie."""
    if not (FILES / f"{match['name']}.html").is_file():
        return not_found()
    return document(html(match["name"]), "html", Set_Cookie=_cookie())


def _cookie() -> str:
    return f"{COOKIE[0]}={COOKIE[1]}; Path=/; SameSite=Lax"


def asset(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    path = FILES / match["folder"] / match["name"]
    if not path.is_file():
        return not_found()
    return document(path.read_bytes(), path.suffix[1:])


def media(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return _picture(settings, match["name"], int(match["width"]), match["ext"])


def transformed(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """An image service's address: options between commas, ``f_auto`` by the Accept header."""
    options = dict(part.split("_", 1) for part in match["options"].split(",") if "_" in part)
    width = int(options.get("w", "1600"))
    extension = _negotiated(request) if options.get("f") == "auto" else match["ext"]
    return _picture(settings, match["name"], width, extension, Vary="Accept")


def _negotiated(request: Request) -> str:
    accepted = request.headers.get("Accept", "")
    return next((kind for kind in ("avif", "webp") if f"image/{kind}" in accepted), "jpg")


def storefront(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """What a framework's build has made of a storefront."""
    folder = STOREFRONTS / match["shop"] / "built"
    path = (folder / (match["path"] or "index.html")).resolve()
    if not (path.is_relative_to(folder) and path.is_file()):
        return not_found()
    return document(path.read_bytes(), path.suffix[1:])


def next_static(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    path = STOREFRONTS / "next/built" / match["path"]
    return document(path.read_bytes(), path.suffix[1:]) if path.is_file() else not_found()


def next_image(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """Next.js's resizer: allowed widths only, WebP to who accepts it, never enlarged."""
    source = re.fullmatch(rf"/media/{PICTURE}", request.value("url"))
    width = int(request.value("w") or 0)
    if source is None or width not in NEXT_WIDTHS:
        return Reply(
            400, b'"url" or "w" parameter is not allowed\n', {"Content-Type": TYPES["txt"]}
        )
    accepts_webp = "image/webp" in request.headers.get("Accept", "")
    extension = "webp" if accepts_webp else source["ext"]
    width = min(width, int(source["width"]))
    return _picture(settings, source["name"], width, extension, Vary="Accept")


def protected(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """Only for who comes from a page of this shop, with the cookie that the page set."""
    name, value = COOKIE
    cookie = SimpleCookie(request.headers.get("Cookie", "")).get(name)
    referer = urlsplit(request.headers.get("Referer", "")).netloc
    if cookie is None or cookie.value != value or referer != request.headers.get("Host"):
        return Reply(403, b"Hotlinking is not allowed.\n", {"Content-Type": TYPES["txt"]})
    return _picture(settings, match["name"], int(match["width"]), match["ext"])


def _picture(settings: Settings, name: str, width: int, extension: str, **headers: str) -> Reply:
    time.sleep(settings.latency)
    try:
        body = settings.pictures.file(name, width, extension).read_bytes()
    except UnknownPicture:
        return not_found()
    return document(body, extension, "public, max-age=31536000, immutable", **headers)


def pixel(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return Reply(200, PIXEL, {"Content-Type": TYPES["gif"], "Cache-Control": "no-store"})


def window(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """The shop window, which is dressed anew now and then; who looks is counted by beacons."""
    visit = secrets.token_hex(4)
    beacons = (
        f'<img src="/pixel.gif?visit={visit}" width="1" height="1">'
        f'<img src="/count?visit={visit}" style="display: none">\n'
    )
    shown = (
        f'<p><img src="/window/{name}.jpg" alt="{name}" width="600" height="450"></p>\n'
        for name in settings.window
    )
    head = "<!doctype html>\n<title>Shop window</title>\n<h1>Now on display</h1>\n"
    return document((head + beacons + "".join(shown)).encode(), "html")


def displayed(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    if match["name"] not in settings.window:
        return not_found()
    return _picture(settings, settings.window[match["name"]], 900, "jpg")


def embedded(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """A page that brings its pictures along: one in a data: address, one as a script's blob:."""
    lamp, tilted = (
        base64.b64encode(settings.pictures.file(name, 800, "jpg").read_bytes()).decode()
        for name in ("lamp-front", "lamp-tilted")
    )
    page = (FILES / "templates/embedded.html").read_text("utf-8")
    return document(page.replace("{lamp}", lamp).replace("{tilted}", tilted).encode(), "html")


def robots(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return document(ROBOTS, "txt")


def manual(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return document(MANUAL, "pdf")


def moved(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return Reply(302, b"", {"Location": "/products/summit-backpack"})


def broken(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return Reply(500, html("500"), {"Content-Type": TYPES["html"]})


def private(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    """A page that robots.txt forbids."""
    return document(html("text-only"), "html")


def empty(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    return document(b"", "html")


def slow(request: Request, match: re.Match[str], settings: Settings) -> Reply:
    time.sleep(settings.slow)
    return document(html("text-only"), "html")


PICTURE = r"(?P<name>[a-z-]+)-(?P<width>\d{1,4})\.(?P<ext>\w+)"
ROUTES: tuple[tuple[str, Answer], ...] = (
    (r"/", home),
    (r"/slow", slow),
    (r"/empty", empty),
    (r"/500", broken),
    (r"/summit", moved),
    (r"/private/prices", private),
    (r"/window", window),
    (r"/embedded", embedded),
    (r"/window/(?P<name>[a-z]+)\.jpg", displayed),
    (r"/(?:products/)?(?P<name>[a-z-]+)", page),
    (r"/storefronts/(?P<shop>[a-z-]+)(?:/(?P<path>[\w./-]*))?", storefront),
    (r"/(?P<path>_next/static/[\w./-]+)", next_static),
    (r"/_next/image", next_image),
    (r"/(?P<folder>api/products|static)/(?P<name>[\w.-]+)", asset),
    (rf"/media/{PICTURE}", media),
    (r"/image/upload/(?P<options>[\w,.]+)/(?P<name>[a-z-]+)\.(?P<ext>\w+)", transformed),
    (rf"/protected/{PICTURE}", protected),
    (r"/pixel\.gif", pixel),
    (r"/robots\.txt", robots),
    (r"/manual\.pdf", manual),
)
