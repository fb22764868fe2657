"""What the crawl fetches itself: held to the policy on every address, spelled any way."""

import datetime
import socket
import ssl
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from imagecrawler.config import Config
from imagecrawler.egress import EgressGuard, EgressPolicy, Verdict
from imagecrawler.egress.upstream import Upstream


@pytest.fixture
def fetch():
    """Fetches through a guard's fetcher."""

    async def fetch(guard: EgressGuard, url: str, *, headers=None, seconds=5.0, at_most=0):
        meta = {"download_timeout": seconds, "download_maxsize": at_most}
        return await guard.fetcher().fetch(Request(url, headers=headers, meta=meta))

    return fetch


def answering(answer: bytes, *, closes: bool = False):
    """A server's part: the same to every request of a connection, or to its only one."""

    async def handle(reader, writer):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            if closes:
                return

    return handle


PICTURE = (
    b'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nETag: "1"\r\nContent-Length: 4\r\n\r\n\x89PNG'
)


async def test_a_picture_comes_with_its_headers_and_its_connection_is_kept(guarded, server, fetch):
    shop = await server(answering(PICTURE))
    guard = (await guarded({"shop.test": ["127.0.0.1"]})).guard

    for number in range(3):
        answer = await fetch(guard, f"http://shop.test:{shop.port}/{number}.png")
        assert (answer.status, answer.body) == (200, b"\x89PNG")
        assert answer.headers["ETag"] == b'"1"'
        assert answer.url == f"http://shop.test:{shop.port}/{number}.png"

    assert shop.connections == guard.connections == 1
    assert guard.bytes_received == 3 * len(b"\x89PNG")


async def test_the_request_is_sent_as_it_is(guarded, server, fetch):
    shop = await server()
    guard = (await guarded()).guard
    url = f"http://127.0.0.1:{shop.port}/a%2Cb;c?sig=%2F+%7e&u=http%3A//x"

    await fetch(guard, url, headers={"User-Agent": "crawler", "Cookie": "a=1; b=2"})

    line, *headers = shop.heads[0].decode().rstrip().split("\r\n")
    assert line == "GET /a%2Cb;c?sig=%2F+%7e&u=http%3A//x HTTP/1.1"
    assert sorted(headers) == [
        "Cookie: a=1; b=2",
        f"Host: 127.0.0.1:{shop.port}",
        "User-Agent: crawler",
    ]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/", "10.0.0.1 is not a public address (private)"),
        ("http://[::1]/", "::1 is not a public address (loopback)"),
        ("http://[::ffff:10.0.0.1]/", "10.0.0.1 is not a public address (private)"),
        ("https://169.254.169.254/", "169.254.169.254 is not a public address (cloud metadata)"),
        ("http://intranet.test/", "10.0.0.2 is not a public address (private)"),
        ("http://1.1.1.1:22/", "port 22 is not among the permitted ports"),
    ],
)
async def test_a_forbidden_address_is_refused(guarded, fetch, url: str, reason: str):
    guard = (await guarded({"intranet.test": ["1.1.1.1", "10.0.0.2"]})).guard

    answer = await fetch(guard, url)

    assert (answer.status, answer.body) == (403, f"refused: {reason}".encode())
    assert guard.verdict_for(url) == Verdict("refused", reason)
    assert (guard.refused, guard.connections) == (1, 0)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "localhost."])
async def test_other_spellings_of_loopback_are_refused_too(fetch, host: str):
    guard = EgressGuard(EgressPolicy())
    answer = await fetch(guard, f"http://{host}/")
    await guard.close()

    assert answer.status in (403, 502)
    assert guard.connections == 0


async def test_user_information_is_refused(guarded, server, fetch):
    shop = await server()
    guard = (await guarded()).guard

    answer = await fetch(guard, f"http://user:secret@127.0.0.1:{shop.port}/")

    assert (answer.status, shop.connections) == (403, 0)
    assert b"secret" not in answer.body


async def test_the_guard_itself_is_out_of_reach(guarded, fetch):
    client = await guarded()
    answer = await fetch(client.guard, f"http://127.0.0.1:{client.port}/")
    assert answer.body == f"refused: port {client.port} is the egress guard itself".encode()


async def test_nothing_is_fetched_past_a_closed_guard(guarded, server, fetch):
    shop = await server(answering(PICTURE))
    guard = (await guarded()).guard
    url = f"http://127.0.0.1:{shop.port}/"
    assert (await fetch(guard, url)).status == 200

    await guard.close()

    assert (await fetch(guard, url)).body == b"refused: the egress guard is closed"
    assert shop.connections == 1


async def test_a_redirect_is_not_followed(guarded, server, fetch):
    head = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    shop = await server(answering(head))
    guard = (await guarded()).guard

    answer = await fetch(guard, f"http://127.0.0.1:{shop.port}/")

    assert (answer.status, answer.headers["Location"]) == (302, b"http://10.0.0.1/")
    assert guard.refused == 0


async def test_who_is_not_there_is_named(guarded, server, fetch):
    guard = (await guarded()).guard
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"

    answer = await fetch(guard, url)
    nobody = await fetch(guard, "http://nowhere.test/")

    assert (answer.status, nobody.status) == (502, 502)
    verdict = Verdict("unreachable", "127.0.0.1: Connection refused")
    assert guard.verdict_for(url) == verdict
    assert guard.verdict_for("http://nowhere.test/").kind == "unresolvable"

    await server(answering(PICTURE), port=port)
    assert (await fetch(guard, url)).status == 200
    assert guard.verdict_for(url) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n" + 2001 * b"x" + b"\r\n",
    ],
)
async def test_more_than_was_asked_for_is_cut(guarded, server, fetch, answer: bytes):
    shop = await server(answering(answer))
    guard = (await guarded()).guard
    with pytest.raises(DownloadCancelledError, match="more than 2,000 bytes"):
        await fetch(guard, f"http://127.0.0.1:{shop.port}/", at_most=2000)


async def test_an_answer_that_breaks_off_is_told_from_a_whole_one(guarded, server, fetch):
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    shop = await server(answering(broken, closes=True))
    guard = (await guarded()).guard
    with pytest.raises(ResponseDataLossError):
        await fetch(guard, f"http://127.0.0.1:{shop.port}/")


async def test_silence_ends_with_the_request_s_time(guarded, server, fetch):
    shop = await server(answering(b""))
    guard = (await guarded()).guard
    with pytest.raises(DownloadTimeoutError):
        await fetch(guard, f"http://127.0.0.1:{shop.port}/", seconds=0.2)


async def test_nonsense_is_a_failed_download(guarded, server, fetch):
    shop = await server(answering(b"SSH-2.0-OpenSSH_9.2\r\n", closes=True))
    guard = (await guarded()).guard
    with pytest.raises(DownloadFailedError):
        await fetch(guard, f"http://127.0.0.1:{shop.port}/")


async def test_a_certificate_of_its_own_making_is_not_accepted(guarded, server, fetch, tmp_path):
    shop = await server(answering(PICTURE), tls=_self_signed(tmp_path))
    guard = (await guarded({"shop.test": ["127.0.0.1"]})).guard
    with pytest.raises(DownloadFailedError, match="SSL"):
        await fetch(guard, f"https://shop.test:{shop.port}/")
    assert guard.verdict_for(f"https://shop.test:{shop.port}/") is None


async def test_an_upstream_proxy_carries_what_the_guard_has_checked(server, fetch):
    async def proxy(reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(asked) + asked)
        await writer.drain()

    async def resolver(host: str) -> list[str]:
        return ["127.0.0.7"] if host == "shop.test" else ["10.0.0.1"]

    far = await server(proxy)
    upstream = Upstream.from_config(Config(egress_upstream=f"http://127.0.0.1:{far.port}"))
    guard = EgressGuard(
        EgressPolicy(allow=(ip_network("127.0.0.0/8"),)), resolver, upstream=upstream
    )
    await guard.start()
    answer = await fetch(guard, "http://shop.test/")
    refused = await fetch(guard, "http://inside.test/")
    await guard.close()

    assert answer.body.startswith(b"CONNECT 127.0.0.7:80 ")
    assert (refused.status, far.connections) == (403, 1)
    assert guard.verdict_for("http://inside.test/").kind == "refused"


def _self_signed(folder) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
