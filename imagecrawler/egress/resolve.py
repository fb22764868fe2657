"""Names to addresses, once per connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import TypeAlias

from imagecrawler.egress.addresses import Address, destination
from imagecrawler.egress.verdict import Failed

Resolver: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""ASCII host name to addresses in the order to try them; OSError if there are none."""

# Not the loop's own executor, where slow look-ups and image decoding would wait for each other.
_LOOKUPS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="egress-resolver")


async def system_resolver(host: str) -> list[str]:
    """What the machine's resolver (hosts file, DNS) says, best first.

    Raises socket.gaierror if the name has no address of a family this machine has.
    """
    look_up = partial(
        socket.getaddrinfo,
        host.encode("ascii"),
        None,
        type=socket.SOCK_STREAM,
        flags=socket.AI_ADDRCONFIG,
    )
    found = await asyncio.get_running_loop().run_in_executor(_LOOKUPS, look_up)
    return [str(entry[4][0]) for entry in found]


async def resolve(host: str, resolver: Resolver) -> tuple[Address, ...]:
    """The addresses of ``host``, at least one, in the form in which the kernel dials them.

    Only what ``ipaddress`` accepts is taken for an address. All other spellings, ``0x7f.1``
    or ``2130706433``, are names: what the resolver makes of them is checked like any answer.
    Raises Failed if the name does not resolve.
    """
    try:
        return (destination(ip_address(host)),)
    except ValueError:
        pass
    try:
        answers = await resolver(host)
    except OSError as error:
        raise Failed("unresolvable", f"no address for {host}: {error.strerror}") from error
    if not answers:
        raise Failed("unresolvable", f"no address for {host}")
    return tuple(destination(ip_address(answer)) for answer in answers)
