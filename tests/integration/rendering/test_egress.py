"""Nothing of a page reaches an address that the egress guard refuses, by no protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest
from playwright.async_api import Page, async_playwright

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.egress import EgressGuard, EgressPolicy
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.handler import render_meta

TRAP = "127.0.0.2"

BY_HTTP = """<img src="http://TRAP/a.png"><script src="http://TRAP/a.js"></script>
<link rel=stylesheet href="http://TRAP/a.css"><link rel=preconnect href="http://TRAP">
<link rel=dns-prefetch href="http://TRAP"><iframe src="http://TRAP/frame"></iframe>
<img src="/redirects"><script>
const settled = (promise) => promise.then(() => 'reached', () => 'refused');
const socket = new WebSocket('ws://TRAP/');
window.done = Promise.all([
  settled(fetch('http://TRAP/fetch', {mode: 'cors'})), settled(fetch('/redirects')),
  settled(fetch('https://TRAP/fetch', {mode: 'no-cors'})),
  new Promise((done) => { socket.onerror = () => done('refused');
                          socket.onopen = () => done('reached'); }),
]);
navigator.sendBeacon('http://TRAP/beacon', 'x');
</script>"""

BY_WEBRTC = """<script>
const gather = async (urls) => {
  const server = { urls, username: 'u', credential: 'p' };
  const peer = new RTCPeerConnection({ iceServers: [server] });
  peer.createDataChannel('x');
  await peer.setLocalDescription();
  await new Promise((done) => { peer.onicegatheringstatechange = () =>
    peer.iceGatheringState === 'complete' && done(); setTimeout(done, 1500); });
  return 'gathered';
};
const connect = async (...candidates) => {
  const [ours, theirs] = [new RTCPeerConnection(), new RTCPeerConnection()];
  ours.createDataChannel('x');
  await ours.setLocalDescription();
  await theirs.setRemoteDescription(ours.localDescription);
  await theirs.setLocalDescription();
  await ours.setRemoteDescription(theirs.localDescription);
  for (const candidate of candidates)
    await ours.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
  await new Promise((done) => setTimeout(done, 1500));
  return 'tried';
};
const [host, port] = 'TRAP'.split(':');
window.done = Promise.all([
  gather('stun:TRAP'), gather('turn:TRAP?transport=udp'), gather('turn:TRAP?transport=tcp'),
  gather('turns:TRAP?transport=tcp'),
  connect(`candidate:1 1 udp 2122260223 ${host} ${port} typ host`,
          `candidate:2 1 tcp 1518280447 ${host} ${port} typ host tcptype passive`),
]);
</script>"""


class Trap(asyncio.DatagramProtocol):
    """Listens on one port by UDP and by TCP; ``caught`` is whatever arrived."""

    def __init__(self) -> None:
        self.caught: list[str] = []
        self.address = ""

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.caught.append(f"udp {data[:20]!r}")

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.caught.append("tcp")
        writer.close()


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    trap = Trap()
    server = await asyncio.start_server(trap.connected, TRAP, 0)
    port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: trap, local_addr=(TRAP, port))
    trap.address = f"{TRAP}:{port}"
    yield trap
    transport.close()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def guard() -> AsyncIterator[EgressGuard]:
    guard = EgressGuard(EgressPolicy(allow=(ip_network("127.0.0.1/32"),)))
    await guard.start()
    yield guard
    await guard.close()


@pytest.fixture
async def page(guard: EgressGuard) -> AsyncIterator[Page]:
    """In a browser and a context with exactly a crawl's options."""
    context_options = render_meta("", Budget(60), load_images=True)["playwright_context_kwargs"]
    del context_options["load_images"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(load_config()))
        context = await browser.new_context(proxy={"server": guard.url}, **context_options)
        yield await context.new_page()
        await browser.close()


async def test_requests_end_at_the_guard(
    page: Page, guard: EgressGuard, trap: Trap, serve: Callable[..., str]
) -> None:
    url = serve(
        BY_HTTP.replace("TRAP", trap.address) + "<script src=/allowed.js></script>",
        {"/allowed.js": "window.allowed = true"},
        {"/redirects": (302, {"Location": f"http://{trap.address}/"})},
    )
    await page.goto(url, wait_until="commit")
    await page.wait_for_function("window.allowed && window.done")
    assert await page.evaluate("window.done") == ["refused"] * 4
    assert trap.caught == []
    assert guard.refused >= 8
    assert guard.verdict_for(f"http://{trap.address}/") is not None


async def test_webrtc_ends_at_the_guard(
    page: Page, guard: EgressGuard, trap: Trap, serve: Callable[..., str]
) -> None:
    await page.goto(serve(BY_WEBRTC.replace("TRAP", trap.address)))
    assert await page.evaluate("window.done") == ["gathered"] * 4 + ["tried"]
    assert trap.caught == []
    assert guard.refused >= 1
