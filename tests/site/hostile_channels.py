"""The ways by which a page can make a browser connect to a place of the page's choice.

A channel is markup or a script with the placeholder ``//HERE`` for a host of its own, so that it
can be told from what was looked up which of them were tried. Scripts are in try blocks of their
own; ``/redirects-NAME`` answers with a redirect to the channel's host.
"""

from __future__ import annotations

MARKUP: dict[str, str] = {
    "img": '<img src="http://HERE/">',
    "srcset": '<img srcset="http://HERE/ 1x, http://HERE/2 2x">',
    "picture": '<picture><source srcset="http://HERE/"><img></picture>',
    "input": '<input type=image src="http://HERE/">',
    "script": '<script src="http://HERE/"></script>',
    "module": '<script type=module src="http://HERE/"></script>',
    "stylesheet": '<link rel=stylesheet href="http://HERE/">',
    "import": "<style>@import url(http://HERE/);</style>",
    "background": '<div style="background:url(http://HERE/)">a</div>',
    "imageset": "<div style=\"background:image-set('http://HERE/' 1x)\">a</div>",
    "cssmask": '<div style="mask:url(http://HERE/#m)">a</div>',
    "borderimage": '<div style="border:9px solid;border-image:url(http://HERE/) 3">a</div>',
    "shape": '<div style="float:left;width:9px;height:9px;shape-outside:url(http://HERE/)">a</div>',
    "filter": '<div style="filter:url(http://HERE/#f)">a</div>',
    "content": "<style>#c::before{content:url(http://HERE/)}</style><div id=c></div>",
    "liststyle": '<ul style="list-style-image:url(http://HERE/)"><li>a</ul>',
    "font": "<style>@font-face{font-family:f;src:url(http://HERE/)}p{font:9px f}</style><p>a",
    "iframe": '<iframe src="http://HERE/"></iframe>',
    "srcdoc": "<iframe srcdoc=\"<img src='http://HERE/'>\"></iframe>",
    "sandbox": '<iframe sandbox=allow-scripts src="http://HERE/"></iframe>',
    "dataframe": "<iframe src=\"data:text/html,<img src='http://HERE/'>\"></iframe>",
    "object": '<object data="http://HERE/"></object>',
    "embed": '<embed src="http://HERE/">',
    "video": '<video src="http://HERE/" preload=auto></video>',
    "source": '<video preload=auto><source src="http://HERE/" type=video/mp4></video>',
    "poster": '<video poster="http://HERE/"></video>',
    "track": (
        "<video crossorigin preload=auto src=/nothing.mp4>"
        '<track default kind=subtitles src="http://HERE/"></video>'
    ),
    "audio": '<audio src="http://HERE/" preload=auto></audio>',
    "svgimage": '<svg><image href="http://HERE/" width=9 height=9 /></svg>',
    "svgfilter": (
        '<svg width=9 height=9><filter id=fe><feImage href="http://HERE/"/></filter>'
        "<rect width=9 height=9 filter=url(#fe) /></svg>"
    ),
    "icon": '<link rel=icon href="http://HERE/">',
    "manifest": '<link rel=manifest href="http://HERE/">',
    "preload": '<link rel=preload as=image href="http://HERE/">',
    "modulepreload": '<link rel=modulepreload href="http://HERE/">',
    "prefetch": '<link rel=prefetch href="http://HERE/">',
    "prerender": '<link rel=prerender href="http://HERE/">',
    "preconnect": '<link rel=preconnect href="http://HERE/">',
    "lookup": '<link rel=dns-prefetch href="http://HERE/">',
    "speculation": (
        '<script type=speculationrules>{"prerender":[{"urls":["http://HERE/"],'
        '"eagerness":"immediate"}],"prefetch":[{"urls":["http://HERE/2"]}]}</script>'
    ),
    "refresh": "<iframe srcdoc=\"<meta http-equiv=refresh content='0;url=http://HERE/'>\"></iframe>",
    "redirectedimg": '<img src="/redirects-redirectedimg">',
    "redirectedscript": '<script src="/redirects-redirectedscript"></script>',
    "redirectedframe": '<iframe src="/redirects-redirectedframe"></iframe>',
    "redirectedstyle": '<link rel=stylesheet href="/redirects-redirectedstyle">',
    "cspreport": '<iframe src="/reports"></iframe>',
    "https": '<img src="https://HERE/">',
    "otherport": '<img src="http://HERE:5432/">',
    "userinfo": '<img src="http://127.0.0.1:80@HERE/">',
    "upper": '<img src="HTTP://HERE.:PORT/">',
}

SCRIPTS: dict[str, str] = {
    "fetch": "fetch('http://HERE/').catch(() => {})",
    "nocors": "fetch('http://HERE/', {mode: 'no-cors'}).catch(() => {})",
    "keepalive": "fetch('http://HERE/', {keepalive: true, method: 'POST'}).catch(() => {})",
    "redirected": "fetch('/redirects-redirected').catch(() => {})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', 'http://HERE/'); x.send()",
    "syncxhr": "const x = new XMLHttpRequest(); x.open('GET', 'http://HERE/', false); x.send()",
    "beacon": "navigator.sendBeacon('http://HERE/', 'x')",
    "eventsource": "new EventSource('http://HERE/')",
    "websocket": "new WebSocket('ws://HERE/')",
    "securesocket": "new WebSocket('wss://HERE/')",
    "image": "new Image().src = 'http://HERE/'",
    "newaudio": "new Audio('http://HERE/').load()",
    "fontface": "new FontFace('g', 'url(http://HERE/)').load().catch(() => {})",
    "dynamic": "import('http://HERE/').catch(() => {})",
    "worker": "new Worker(blob(`fetch('http://HERE/').catch(() => {})`))",
    "imported": "new Worker(blob(`importScripts('http://HERE/')`))",
    "workersocket": "new Worker(blob(`new WebSocket('ws://HERE/')`))",
    "shared": "new SharedWorker('/shared.js?' + encodeURIComponent('http://HERE/'))",
    "sharedsocket": "new SharedWorker('/shared.js?' + encodeURIComponent('ws://HERE/'))",
    "form": (
        "const f = document.createElement('form'); const i = document.createElement('iframe');"
        "i.name = 'formed'; document.body.append(i, f); f.target = 'formed'; f.method = 'POST';"
        "f.action = 'http://HERE/'; f.submit()"
    ),
    "formget": (
        "const f = document.createElement('form'); const i = document.createElement('iframe');"
        "i.name = 'formget'; document.body.append(i, f); f.target = 'formget';"
        "f.action = 'http://HERE/'; f.submit()"
    ),
    "ping": (
        "const a = document.createElement('a'); a.href = '#x'; a.ping = 'http://HERE/';"
        "document.body.append(a); a.click()"
    ),
    "framelocation": (
        "const i = document.createElement('iframe'); document.body.append(i);"
        "i.contentWindow.location = 'http://HERE/'"
    ),
    "popup": "window.open('http://HERE/')",
    "blankpopup": "window.open('', '_blank').location = 'http://HERE/'",
    "noopener": (
        "const a = document.createElement('a'); a.href = 'http://HERE/'; a.target = '_blank';"
        "a.rel = 'noopener'; document.body.append(a); a.click()"
    ),
    "serviceworker": "navigator.serviceWorker.register('/service.js?' + 'HERE').catch(() => {})",
    "worklet": "CSS.paintWorklet.addModule('http://HERE/').catch(() => {})",
    "webtransport": "new WebTransport('https://HERE/').ready.catch(() => {})",
    "stun": (
        "const p = new RTCPeerConnection({iceServers: [{urls: 'stun:HERE'}]});"
        "p.createDataChannel('x'); p.setLocalDescription().catch(() => {})"
    ),
    "turn": (
        "const p = new RTCPeerConnection({iceServers: [{urls: 'turn:HERE?transport=tcp',"
        "username: 'u', credential: 'p'}]}); p.createDataChannel('x'); p.setLocalDescription()"
    ),
    "later": "fetchLater('http://HERE/', {activateAfter: 0})",
    "cssom": "const s = new CSSStyleSheet(); s.replaceSync('#z{background:url(http://HERE/)}');"
    "document.adoptedStyleSheets.push(s); const z = document.createElement('div'); z.id = 'z';"
    "z.textContent = 'a'; document.body.append(z)",
    "shadow": "const h = document.createElement('div'); document.body.append(h);"
    "h.attachShadow({mode: 'closed'}).innerHTML = '<img src=\"http://HERE/\">'",
    "documentwrite": "const i = document.createElement('iframe'); document.body.append(i);"
    "i.contentDocument.write('<img src=\"http://HERE/\">')",
    "svgdocument": "new Image().src = URL.createObjectURL(new Blob(['<svg xmlns=\"http://www.w3.org/"
    "2000/svg\"><image href=\"http://HERE/\"/></svg>'], {type: 'image/svg+xml'}))",
}

#: Spellings of the trap's own address, 127.0.0.2, which needs no look-up.
SPELLINGS = (
    "127.0.0.2",
    "2130706434",
    "0x7f000002",
    "0x7f.2",
    "017700000002",
    "0177.0.0.2",
    "0177.0.0.0x2",
    "127.2",
    "127.0.2",
    "127.0.0.2.",
    "①②⑦.⓪.⓪.②",
    "127。0。0。2",
    "%31%32%37.0.0.2",
    "a@127.0.0.2",
    "[::ffff:127.0.0.2]",
    "[::ffff:7f00:2]",
    "[::127.0.0.2]",
    "[64:ff9b::7f00:2]",
    "[64:ff9b:1::7f00:2]",
    "[2002:7f00:2::]",
    "[fe80::5efe:7f00:2]",
    "[2001:0:7f00:2::]",
)

SHARED = (
    "const to = decodeURIComponent(location.search.slice(1));"
    "to.startsWith('ws') ? new WebSocket(to) : fetch(to).catch(() => {})"
)
SERVICE = "oninstall = () => fetch('http://' + location.search.slice(1) + '/')"

Reply = tuple[int, dict[str, str], str]


def hostile_page(domain: str, port: int) -> str:
    """All channels in one page; the host of each is ``NAME.domain``."""
    marks = [_filled(text, name, domain, port) for name, text in MARKUP.items()]
    scripts = [
        f"try {{ (() => {{ {_filled(text, name, domain, port)} }})() }} catch (e) {{}}"
        for name, text in SCRIPTS.items()
    ]
    images = [f'<img src="http://{each}:{port}/">' for each in SPELLINGS]
    blob = "const blob = (code) => URL.createObjectURL(new Blob([code]));"
    head, end = "<!doctype html><meta charset=utf-8><body>", "</script><p>the end"
    return "\n".join((head, *marks, *images, "<script>", blob, *scripts, end))


def reply(path: str, domain: str, port: int) -> Reply | None:
    """What the page's own server says besides the page: status, headers, body."""
    place = path.partition("?")[0]
    if place.startswith("/redirects-"):
        name = place.removeprefix("/redirects-")
        return 302, {"Location": f"http://{name}.{domain}:{port}/"}, ""
    if place == "/reports":
        policy = f"img-src 'none'; report-uri http://cspreport.{domain}:{port}/"
        return 200, {"Content-Security-Policy": policy}, '<img src="/x.png">'
    scripts = {"/shared.js": SHARED, "/service.js": SERVICE}
    if place in scripts:
        return 200, {"Content-Type": "text/javascript"}, scripts[place]
    return None


def _filled(text: str, name: str, domain: str, port: int) -> str:
    host = f"{name}.{domain}"
    at = text.replace("HERE:5432", f"{host}:5432").replace("HERE.:PORT", f"{host}.:{port}")
    return at.replace("HERE", f"{host}:{port}")
