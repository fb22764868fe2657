from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.egress.addresses import Address, destination, forbidden

# (first address, prefix length) of what the IANA registries do not call globally reachable, plus
# multicast, class E, the deprecated relays and cloud platforms. Written apart from the product's
# table and judged by shifting integers, not by ``ipaddress``.
NOT_PUBLIC_V4 = (
    (0x00000000, 8),
    (0x0A000000, 8),
    (0x64400000, 10),
    (0x7F000000, 8),
    (0xA83F8110, 32),
    (0xA9FE0000, 16),
    (0xAC100000, 12),
    (0xC0000000, 24),
    (0xC0000200, 24),
    (0xC0586300, 24),
    (0xC0A80000, 16),
    (0xC6120000, 15),
    (0xC6336400, 24),
    (0xCB007100, 24),
    (0xE0000000, 3),
)
# Within 2000::/3, outside of which only two wrappers of IPv4 can be public.
NOT_PUBLIC_V6 = (
    (0x2001_0000 << 96, 23),
    (0x2001_0DB8 << 96, 32),
    (0x2002_0000 << 96, 16),
    (0x3FFF_0000 << 96, 20),
)
TRANSLATED = ((0xFFFF, "mapped"), (0x0064_FF9B << 64, "NAT64"))
ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def matches(value: int, block: tuple[int, int], width: int) -> bool:
    first, length = block
    return value >> (width - length) == first >> (width - length)


def public_v4(value: int) -> bool:
    return not any(matches(value, block, 32) for block in NOT_PUBLIC_V4)


def public_v6(value: int) -> bool:
    high, low = divmod(value, 2**32)
    if any(high == prefix for prefix, _ in TRANSLATED):
        return public_v4(low)
    if value >> 125 != 1 or any(matches(value, block, 128) for block in NOT_PUBLIC_V6):
        return False
    return public_v4(low) if high % 2**32 in ISATAP else True


def edges(block: tuple[int, int], width: int) -> list[int]:
    first, length = block
    last = first + 2 ** (width - length) - 1
    return [value for value in (first - 1, first, last, last + 1) if 0 <= value < 2**width]


EDGES_V4 = [value for block in NOT_PUBLIC_V4 for value in edges(block, 32)]
EDGES_V6 = [value for block in NOT_PUBLIC_V6 for value in edges(block, 128)]

ipv4 = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from(EDGES_V4))
forbidden_ipv4 = st.builds(
    lambda block, offset: block[0] + offset % 2 ** (32 - block[1]),
    st.sampled_from(NOT_PUBLIC_V4),
    st.integers(0, 2**32 - 1),
)
anything_64 = st.integers(0, 2**64 - 1)
global_prefix = st.integers(0x2000 << 48, (0x4000 << 48) - 1)


def wrappers(low: int, noise: int, prefix: int) -> dict[str, int]:
    return {
        "mapped": 0xFFFF << 32 | low,
        "compatible": low,
        "NAT64": 0x0064_FF9B << 96 | low,
        "local NAT64": 0x0064_FF9B_0001 << 80 | (noise >> 16) << 32 | low,
        "6to4": 0x2002 << 112 | low << 80 | noise,
        "Teredo server": 0x2001_0000 << 96 | low << 64 | noise,
        "Teredo client": 0x2001_0000 << 96 | 0x0808_0808 << 64 | low ^ 0xFFFF_FFFF,
        "ISATAP": prefix << 64 | 0x0000_5EFE << 32 | low,
        "ISATAP, universal": prefix << 64 | 0x0200_5EFE << 32 | low,
    }


wrapped = st.builds(
    lambda low, noise, prefix, form: list(wrappers(low, noise, prefix).values())[form],
    ipv4,
    anything_64,
    global_prefix,
    st.integers(0, 8),
)
ipv6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.builds(lambda prefix, low: prefix << 64 | low, global_prefix, anything_64),
    st.sampled_from(EDGES_V6),
    wrapped,
)


@pytest.mark.parametrize("value", EDGES_V4, ids=lambda value: str(IPv4Address(value)))
def test_the_edges_of_every_ipv4_block(value: int):
    assert (forbidden(IPv4Address(value)) is None) == public_v4(value)


@pytest.mark.parametrize("value", EDGES_V6, ids=lambda value: str(IPv6Address(value)))
def test_the_edges_of_every_ipv6_block(value: int):
    assert (forbidden(IPv6Address(value)) is None) == public_v6(value)


@given(ipv4)
def test_ipv4_agrees_with_the_registry(value: int):
    assert (forbidden(IPv4Address(value)) is None) == public_v4(value)


@given(ipv6)
def test_ipv6_agrees_with_the_registry(value: int):
    assert (forbidden(IPv6Address(value)) is None) == public_v6(value)


@given(forbidden_ipv4, anything_64, global_prefix)
def test_no_wrapper_makes_a_forbidden_address_public(low: int, noise: int, prefix: int):
    for form, value in wrappers(low, noise, prefix).items():
        assert forbidden(IPv6Address(value)), form


@given(ipv6)
def test_a_scope_is_never_public(value: int):
    assert forbidden(IPv6Address(f"{IPv6Address(value)}%eth0")) == "scoped"


@given(st.one_of(ipv4.map(IPv4Address), ipv6.map(IPv6Address)))
def test_the_destination_is_judged_like_the_address(address: Address):
    assert (forbidden(destination(address)) is None) == (forbidden(address) is None)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("169.254.1.1", "link-local"),
        ("100.64.0.1", "shared (CGNAT)"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.251", "multicast"),
        ("255.255.255.255", "broadcast"),
        ("240.0.0.1", "reserved"),
        ("169.254.169.254", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("100.100.100.200", "cloud metadata"),
        ("192.0.0.192", "cloud metadata"),
        ("fd00:ec2::254", "cloud metadata"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fc00::1", "private"),
        ("fe80::1", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("2001:2::1", "benchmarking"),
        ("4000::1", "reserved"),
        ("64:ff9b:1::808:808", "local NAT64"),
        ("2002:808:808::1", "6to4"),
        ("2001:0:808:808::f7f7:f7f7", "Teredo"),
        ("::ffff:127.0.0.1", "loopback: 127.0.0.1 inside IPv4-mapped"),
        ("::127.0.0.1", "loopback: 127.0.0.1 inside IPv4-compatible"),
        ("64:ff9b::a9fe:a9fe", "cloud metadata: 169.254.169.254 inside NAT64"),
        ("64:ff9b:1::7f00:1", "loopback: 127.0.0.1 inside NAT64"),
        ("2002:a00:1::", "private: 10.0.0.1 inside 6to4"),
        ("2001:0:808:808::f5ff:fffe", "private: 10.0.0.1 inside Teredo"),
        ("2a00:1450::5efe:c0a8:1", "private: 192.168.0.1 inside ISATAP"),
    ],
)
def test_the_reason_is_named(address: str, reason: str):
    assert forbidden(ip_address(address)) == reason


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "100.128.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2a00:1450::5efe:808:808",
    ],
)
def test_public_addresses_pass(address: str):
    assert forbidden(ip_address(address)) is None
