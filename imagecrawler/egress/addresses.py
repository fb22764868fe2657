"""Which addresses are public unicast, judged by the IANA special-purpose registries.

``ipaddress.is_global`` alone is not enough. On Python 3.11 it is true for NAT64, 6to4,
``::127.0.0.1``, site-local and multicast addresses, and it knows no cloud platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# The first match names the reason, so single addresses stand above the networks around them.
SPECIAL_IPV4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("100.100.100.200", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("169.254.169.253", "cloud metadata"),
        ("169.254.169.254", "cloud metadata"),
        ("169.254.170.2", "cloud metadata"),
        ("169.254.170.23", "cloud metadata"),
        ("192.0.0.192", "cloud metadata"),
        ("255.255.255.255", "broadcast"),
        ("0.0.0.0/32", "unspecified"),
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
SPECIAL_IPV6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("fd00:ec2::23", "cloud metadata"),
        ("fd00:ec2::253", "cloud metadata"),
        ("fd00:ec2::254", "cloud metadata"),
        ("fd20:ce::254", "cloud metadata"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


def forbidden(address: Address) -> str | None:
    """Why ``address`` may not be reached, in words; None if it is public unicast.

    An IPv4 address wrapped in an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo, ISATAP)
    is judged first, and condemns the wrapper. With a public one inside, a mapped or NAT64
    (RFC 6052) address passes, for that is where its packets arrive; the other forms are
    judged as the IPv6 addresses they are, which leaves only ISATAP within a public prefix.
    An address with a scope (``fe80::1%eth0``) never passes.
    """
    if isinstance(address, IPv4Address):
        return _listed(address, SPECIAL_IPV4)
    if address.scope_id is not None:
        return "scoped"
    for form, inner in _wrapped(address):
        if reason := forbidden(inner):
            return f"{reason}: {inner} inside {form}"
    if address in _MAPPED or address in _NAT64:
        return None
    reason = _listed(address, SPECIAL_IPV6)
    return reason or (None if address in _GLOBAL_UNICAST else "reserved")


def destination(address: Address) -> Address:
    """Where packets to ``address`` go: the kernel dials an IPv4-mapped address over IPv4.

    Judged as written, ``::ffff:10.0.0.1`` would pass for a member of ``::/0``.
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _listed(address: Address, table: Iterable[tuple[Network, str]]) -> str | None:
    return next((reason for network, reason in table if address in network), None)


def _wrapped(address: IPv6Address) -> Iterator[tuple[str, IPv4Address]]:
    value = int(address)
    low = IPv4Address(value & 0xFFFF_FFFF)
    if address in _MAPPED:
        yield "IPv4-mapped", low
    # Below this lie :: and ::1, which are addresses in their own right.
    if 0xFFFF < value <= 0xFFFF_FFFF:
        yield "IPv4-compatible", low
    if address in _NAT64 or address in _LOCAL_NAT64:
        yield "NAT64", low
    if address.sixtofour:
        yield "6to4", address.sixtofour
    for end in address.teredo or ():
        yield "Teredo", end
    # RFC 5214, 6.1: 00-00-5E-FE before the IPv4 address, less the universal and group bits.
    if (value >> 32) & 0xFCFF_FFFF == 0x0000_5EFE:
        yield "ISATAP", low
