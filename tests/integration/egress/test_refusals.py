import asyncio
import itertools
import logging
from ipaddress import ip_network

import pytest

from imagecrawler.egress import EgressGuard, EgressPolicy, Verdict


async def test_a_forbidden_address_is_refused_in_words(guarded, caplog):
    client = await guarded({"intranet.test": ["10.0.0.1"]})
    with caplog.at_level(logging.WARNING, "imagecrawler.egress"):
        answer = await client.get("http://intranet.test/path?token=secret")

    reason = "10.0.0.1 is not a public address (private)"
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert f"X-Egress-Refused: {reason}\r\n".encode() in answer
    assert answer.endswith(f"refused: {reason}\n".encode())
    assert client.guard.verdict_for("http://intranet.test/x") == Verdict("refused", reason)
    assert client.guard.refused == 1
    assert caplog.messages == [f"refused: intranet.test:80: {reason}"]


async def test_a_refused_head_request_gets_no_body(guarded):
    client = await guarded()

    answer = await client.say(b"HEAD http://10.0.0.1/ HTTP/1.1\r\nHost: a\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "authority",
    [
        "169.254.169.254:80",
        "[fd00:ec2::254]:80",
        "[::1]:443",
        "[::ffff:10.0.0.1]:443",
        "[64:ff9b::7f00:1]:443",
        "10.0.0.1:443",
        "1.1.1.1:22",
        "public.test:25",
        "user:secret@shop.test:443",
        "shop.test",
        "/",
    ],
)
async def test_tunnels_to_forbidden_places_are_refused(guarded, authority: str):
    client = await guarded({"public.test": ["1.1.1.1"]})

    answer = await client.say(f"CONNECT {authority} HTTP/1.1\r\nHost: a\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert client.guard.refused == 1


@pytest.mark.parametrize(
    "target", ["/", "*", "shop.test", "https://shop.test/", "ftp://shop.test/", "http://a@b/"]
)
async def test_what_is_no_proxy_request_is_refused(guarded, target: str):
    client = await guarded({"shop.test": ["127.0.0.1"]})

    answer = await client.say(f"GET {target} HTTP/1.1\r\nHost: shop.test\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:7f00:1]",
    ],
)
async def test_no_spelling_of_this_machine_gets_through(server, host: str):
    trap = await server()
    guard = EgressGuard(EgressPolicy(ports=()))
    await guard.start()
    reader, writer = await asyncio.open_connection(*guard.url.removeprefix("http://").split(":"))
    writer.write(f"GET http://{host}:{trap.port}/ HTTP/1.1\r\nHost: a\r\n\r\n".encode())

    answer = await reader.read()
    writer.close()
    await guard.close()

    assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 502 "))
    assert trap.connections == 0


async def test_circled_digits_are_no_host(guarded):
    client = await guarded()

    answer = await client.get("http://①②⑦.⓪.⓪.①/")

    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_one_forbidden_answer_refuses_the_whole_name(guarded, server):
    shop = await server()
    client = await guarded({"mixed.test": ["127.0.0.1", "10.0.0.1"]})

    answer = await client.get(f"http://mixed.test:{shop.port}/")

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert shop.connections == 0


async def test_a_rebinding_name_reaches_only_what_was_checked(server):
    shop = await server()
    answers = itertools.cycle((["127.0.0.1"], ["10.0.0.1"]))
    asked = []

    async def resolver(host: str) -> list[str]:
        asked.append(host)
        return next(answers)

    policy = EgressPolicy(allow=(ip_network("127.0.0.0/8"),))
    guard = EgressGuard(policy, resolver)
    await guard.start()
    url = f"http://rebind.test:{shop.port}/"
    statuses, verdicts = [], []
    for _ in range(4):
        reader, writer = await asyncio.open_connection(
            *guard.url.removeprefix("http://").split(":")
        )
        writer.write(f"GET {url} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        statuses.append((await reader.read()).split()[1])
        verdicts.append(guard.verdict_for(url) is not None)
        writer.close()
    await guard.close()

    assert statuses == [b"200", b"403", b"200", b"403"]
    assert verdicts == [False, True, False, True]
    assert asked == ["rebind.test"] * 4
    assert shop.connections == 2


async def test_a_name_that_changes_with_every_look_up_never_wins(server):
    """Of 5,000 connections; the trap has the shop's port at another address."""
    shop, trapped = await server(), []
    trap = await asyncio.start_server(lambda *ends: trapped.append(ends), "127.0.0.2", shop.port)
    drawn = itertools.cycle((["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "127.0.0.2"]))

    async def resolver(host: str) -> list[str]:
        await asyncio.sleep(0)
        return next(drawn)

    guard = EgressGuard(EgressPolicy(allow=(ip_network("127.0.0.1/32"),)), resolver)
    await guard.start()
    request = f"GET http://rebind.test:{shop.port}/ HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    answers = []

    async def ask(times: int) -> None:
        for _ in range(times):
            ends = guard.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(*ends)
            writer.write(request)
            answers.append((await reader.read()).split()[1])
            writer.close()

    await asyncio.gather(*(ask(100) for _ in range(50)))
    await guard.close()
    trap.close()

    assert len(answers) == 5_000
    assert set(answers) == {b"200", b"403"}
    assert shop.connections == answers.count(b"200")
    assert trapped == []


@pytest.mark.parametrize("host", ["127.0.0.1", "loop.test", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("method", ["GET", "CONNECT"])
async def test_the_guard_does_not_talk_to_itself(guarded, host: str, method: str):
    client = await guarded({"loop.test": ["127.0.0.1"]})
    authority = f"{host}:{client.port}"
    target = authority if method == "CONNECT" else f"http://{authority}/"

    answer = await client.say(f"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert client.guard.connections == 1


async def test_an_upload_that_is_refused_reads_the_refusal(guarded):
    client = await guarded()

    answer = await client.say(
        b"POST http://10.0.0.1/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
        + b"x" * 1_000_000
    )

    assert answer.startswith(b"HTTP/1.1 403 ")
