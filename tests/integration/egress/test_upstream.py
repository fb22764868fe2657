import contextlib
from ipaddress import ip_network

import pytest

from imagecrawler.config import Config
from imagecrawler.egress import EgressGuard, EgressPolicy
from imagecrawler.egress.upstream import Upstream

ASKED = "http://user:p%40ss@127.0.0.1:{}"


@contextlib.asynccontextmanager
async def guarded(port: int, allow: str = "127.0.0.0/8"):
    async def resolver(host: str) -> list[str]:
        return ["127.0.0.7"] if host == "shop.test" else ["10.0.0.1"]

    upstream = Upstream.from_config(Config(egress_upstream=ASKED.format(port)))
    guard = EgressGuard(EgressPolicy(allow=(ip_network(allow),)), resolver, upstream=upstream)
    await guard.start()
    yield guard
    await guard.close()


async def _proxy(reader, writer, answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n"):
    """Plays the proxy, and then the server at the other end."""
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(answer)
    if answer.startswith(b"HTTP/1.1 200"):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(head) + head)
    await writer.drain()


async def test_it_is_told_the_address_that_was_checked_and_who_asks(server, say):
    proxy = await server(_proxy)
    async with guarded(proxy.port) as guard:
        answer = await say(guard, b"GET http://shop.test/ HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"CONNECT 127.0.0.7:80 HTTP/1.1\r\nHost: 127.0.0.7:80\r\n" in answer
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in answer


async def test_what_is_forbidden_never_reaches_it(server, say):
    proxy = await server(_proxy)
    async with guarded(proxy.port) as guard:
        answer = await say(guard, b"GET http://inside.test/ HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 407 No\r\n\r\n", b"answers 407"),
        (b"", b"no answer"),
        (b"x\r\n\r\n", b"nonsense"),
    ],
)
async def test_a_proxy_that_refuses_is_unreachable(server, say, answer: bytes, told: bytes):
    proxy = await server(lambda *ends: _proxy(*ends, answer=answer))
    async with guarded(proxy.port) as guard:
        said = await say(guard, b"GET http://shop.test/ HTTP/1.1\r\nHost: a\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 502 ")
    assert told in said


def test_without_the_setting_there_is_none():
    assert Upstream.from_config(Config()) is None


@pytest.mark.parametrize("text", ["proxy:3128", "https://proxy", "socks5://proxy", "http://"])
def test_other_proxies_are_refused(text: str):
    with pytest.raises(ValueError, match="host"):
        Config(egress_upstream=text)
