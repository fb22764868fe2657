"""What may be reached: public unicast addresses on the configured ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from imagecrawler.config import Config
from imagecrawler.egress.addresses import Address, Network, destination, forbidden
from imagecrawler.errors import EgressRefused


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Networks that pass whatever they are, and the ports that pass elsewhere.

    An address in ``allow`` passes on every port: whoever names a network vouches for what
    listens there, and local servers of tests and demos take ephemeral ports. ``ports``
    limits all other addresses; empty means any port.
    """

    allow: tuple[Network, ...] = ()
    ports: tuple[int, ...] = (80, 443)

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The policy that the environment asks for."""
        return cls(allow=config.egress_allow, ports=config.egress_ports)

    def check(self, address: Address, port: int) -> None:
        """Raise EgressRefused, with one line that says why, unless the address may be dialled."""
        scoped = getattr(address, "scope_id", None) is not None
        address = destination(address)
        if not scoped and any(address in network for network in self.allow):
            return
        if reason := forbidden(address):
            raise EgressRefused(f"{address} is not a public address ({reason})")
        if self.ports and port not in self.ports:
            raise EgressRefused(f"port {port} is not among the permitted ports")
