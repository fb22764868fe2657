"""Pages that never yield, fill the memory, ask questions or lead away, each with a product on it.

``HostilePages`` serves them on loopback; ``/`` is an ordinary page, for afterwards.
"""

from __future__ import annotations

import base64
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

PRODUCT = '<h1>Oak chair</h1><img src="/chair.png" width=600 height=600 alt="Oak chair">'

#: Name to what follows the product's picture in the page.
PAGES: dict[str, str] = {
    "loop-at-once": "<script>for (;;);</script>",
    "loop-after-load": "<script>onload = () => setTimeout(() => { for (;;); }, 50)</script>",
    "loop-when-scrolled": "<div style=height:9000px></div>"
    "<script>onscroll = () => { for (;;); }</script>",
    "loop-in-a-frame": '<iframe srcdoc="<script>for (;;);</script>"></iframe>',
    "loop-of-promises": "<script>const f = () => Promise.resolve().then(f); f()</script>",
    "loop-of-timers": "<script>const f = () => { setTimeout(f); setTimeout(f, 1) };"
    " setTimeout(f, 100)</script>",
    "alerts": "<script>for (;;) alert(1)</script>",
    "alerts-later": "<script>setInterval(() => { alert(1); confirm(2); prompt(3) }, 1)</script>",
    "before-unload": "<script>onbeforeunload = (e) => { e.preventDefault(); e.returnValue = 'x' };"
    "</script>",
    "prints": "<script>setInterval(() => print(), 1)</script>",
    "windows": "<script>for (let i = 0; i < 500; i++) window.open('/')</script>",
    "windows-by-link": "<script>setInterval(() => { const a = document.createElement('a');"
    " a.href = '/'; a.target = '_blank'; document.body.append(a); a.click() }, 1)</script>",
    "downloads": "<script>setInterval(() => { const a = document.createElement('a');"
    " a.href = '/endless'; a.download = 'x'; document.body.append(a); a.click() }, 20)</script>",
    "arrays": "<script>const all = []; setInterval(() =>"
    " all.push(new Float64Array(4e6).fill(Math.random())), 1)</script>",
    "strings": "<script>let s = 'x'.repeat(1e8); const all = []; for (let i = 0; ; i++)"
    " all.push(s + i + s)</script>",
    "elements": "<script>setInterval(() => { for (let i = 0; i < 5e3; i++)"
    " document.body.append(document.createElement('img')) }, 1)</script>",
    "pictures": "<script>let n = 0; setInterval(() => { for (let i = 0; i < 50; i++)"
    " new Image().src = '/chair.png?' + n++ }, 1)</script>",
    "depth": "<script>let e = document.body; for (let i = 0; i < 3e5; i++)"
    " e = e.appendChild(document.createElement('div'))</script>",
    "grows": "<script>onscroll = () => document.body.append("
    "Object.assign(document.createElement('div'), {style: 'height:5000px'}))</script>",
    "never-idle": "<script>let n = 0; setInterval(() => fetch('/data?' + n++), 5)</script>",
    "drips": '<script src="/drip"></script>',
    "dripping-picture": '<img src="/drip.png" width=500 height=500>',
    "hangs": '<script src="/hang"></script>',
    "asks-for-a-password": '<img src="/password"><iframe src="/password"></iframe>',
    "navigates-for-ever": "<script>location = '/navigates-for-ever?' + Math.random()</script>",
    "navigates-later": "<script>setInterval(() => location.reload(), 700)</script>",
    "history": "<script>let n = 0;"
    " setInterval(() => history.pushState({}, '', '?' + n++), 1)</script>",
    "frames-in-frames": "<script>document.body.append(Object.assign("
    "document.createElement('iframe'), {src: '/frames-in-frames?' + Math.random()}))</script>",
    "workers": "<script>const b = URL.createObjectURL(new Blob(['for (;;);']));"
    " for (let i = 0; i < 40; i++) new Worker(b)</script>",
    "sockets": "<script>setInterval("
    "() => new WebSocket('ws://' + location.host + '/hang'), 5)</script>",
    "prototypes": "<script>for (const k of ['querySelectorAll', 'getElementsByTagName'])"
    " Document.prototype[k] = () => { for (;;); };"
    " Array.prototype.map = Array.prototype.push = () => { for (;;); };"
    " JSON.stringify = () => { for (;;); }; window.requestAnimationFrame = () => 0</script>",
    "animates": "<style>@keyframes a {to {transform: rotate(9turn) scale(9)}} div {animation: a 1s"
    " infinite; filter: blur(9px); width: 90vw; height: 90vh}</style>" + "<div>" * 60,
    "full-screen": "<script>document.documentElement.requestFullscreen();"
    " navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission();"
    " navigator.mediaDevices.getUserMedia({video: true})</script>",
}

#: Addresses that answer in ways of their own, before there is any page.
ANSWERS = ("redirects", "redirects-around", "password-first", "drips-first", "silent", "huge",
           "head-without-end", "download-first", "no-content")  # fmt: skip

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class HostilePages:
    """A server of them; ``urls()`` are all hostile addresses, ``url`` that of the good page."""

    def __init__(self, picture: bytes = PICTURE) -> None:
        self._closing = threading.Event()
        handler = type("_Bound", (_Handler,), {"picture": picture, "closing": self._closing})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.request_queue_size = 128
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def urls(self) -> dict[str, str]:
        return {name: self.url + name for name in (*ANSWERS, *PAGES)}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    picture: bytes
    closing: threading.Event

    def do_GET(self) -> None:
        name = self.path.partition("?")[0][1:]
        try:
            special = getattr(self, f"_{name.replace('-', '_').replace('.', '_')}", None)
            if name in PAGES:
                self._say("text/html", f"<!doctype html><body>{PRODUCT}{PAGES[name]}".encode())
            elif special is not None:
                special()
            elif name.endswith(".png"):
                self._say("image/png", self.picture)
            elif name == "":
                self._say("text/html", f"<!doctype html><title>Chair</title>{PRODUCT}".encode())
            else:
                self.send_error(404)
        except OSError:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _say(self, kind: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop_by_drop(self, kind: str, drop: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        while not self.closing.wait(0.2):
            self.wfile.write(drop)
            self.wfile.flush()

    def _drip(self) -> None:
        self._drop_by_drop("text/javascript", b"/")

    def _drip_png(self) -> None:
        self._drop_by_drop("image/png", self.picture[:8])

    def _drips_first(self) -> None:
        self._drop_by_drop("text/html", PRODUCT.encode())

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()
        until = time.monotonic() + 5
        while time.monotonic() < until and not self.closing.is_set():
            self.wfile.write(bytes(1_000_000))

    _download_first = _endless

    def _huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PRODUCT.encode())
        for _ in range(400):
            self.wfile.write(b"<p>" + b"x" * 1_000_000)

    def _hang(self) -> None:
        self.closing.wait(60)

    _silent = _hang

    def _head_without_end(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.closing.wait(0.01):
            self.wfile.write(b"X-Filling: " + b"x" * 1_000 + b"\r\n")

    def _password(self) -> None:
        self._say("text/html", b"", 401, WWW_Authenticate='Basic realm="x"')

    _password_first = _password

    def _redirects(self) -> None:
        self._say("text/html", b"", 302, Location=f"/redirects?{time.monotonic()}")

    def _redirects_around(self) -> None:
        self._say("text/html", b"", 302, Location="/redirects-around")

    def _no_content(self) -> None:
        self.send_response(204)
        self.end_headers()
