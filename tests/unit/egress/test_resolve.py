import socket
from ipaddress import ip_address

import pytest

from imagecrawler.egress.resolve import resolve, system_resolver
from imagecrawler.egress.verdict import Failed


async def unused(host: str) -> list[str]:
    raise AssertionError(f"{host} is an address and needs no look-up")


@pytest.mark.parametrize(
    ("host", "address"),
    [("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1")],
)
async def test_an_address_is_taken_as_it_is(host: str, address: str):
    assert await resolve(host, unused) == (ip_address(address),)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1."])
async def test_every_other_spelling_is_a_name(host: str):
    asked = []

    async def resolver(name: str) -> list[str]:
        asked.append(name)
        return ["192.0.2.7", "::ffff:192.0.2.8"]

    answers = await resolve(host, resolver)

    assert answers == (ip_address("192.0.2.7"), ip_address("192.0.2.8"))
    assert asked == [host]


async def test_a_name_without_addresses_has_failed():
    async def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def empty(host: str) -> list[str]:
        return []

    with pytest.raises(Failed) as no_name:
        await resolve("no.test", unknown)
    with pytest.raises(Failed) as no_answer:
        await resolve("no.test", empty)

    assert no_name.value.verdict.kind == no_answer.value.verdict.kind == "unresolvable"
    assert no_name.value.verdict.detail == "no address for no.test: Name or service not known"


async def test_the_system_knows_this_machine():
    assert {ip_address(answer).is_loopback for answer in await system_resolver("localhost")} == {
        True
    }


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".test", "-.invalid."])
async def test_impossible_names_have_no_address(host: str):
    with pytest.raises(Failed):
        await resolve(host, system_resolver)
