from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.config import Config
from imagecrawler.egress.addresses import forbidden
from imagecrawler.egress.policy import EgressPolicy
from imagecrawler.errors import EgressRefused

LOCAL = EgressPolicy(allow=(ip_network("127.0.0.0/8"),), ports=(80, 443))


def refusal(policy: EgressPolicy, address: str, port: int = 80) -> str:
    with pytest.raises(EgressRefused) as caught:
        policy.check(ip_address(address), port)
    return str(caught.value)


def test_public_addresses_pass_on_the_configured_ports():
    policy = EgressPolicy(ports=(80, 443))

    policy.check(ip_address("1.1.1.1"), 80)
    policy.check(ip_address("2606:4700:4700::1111"), 443)

    assert refusal(policy, "1.1.1.1", 22) == "port 22 is not among the permitted ports"


def test_no_ports_means_any_port():
    EgressPolicy(ports=()).check(ip_address("1.1.1.1"), 22)


def test_an_allowed_network_passes_on_every_port():
    LOCAL.check(ip_address("127.0.0.1"), 50_123)


def test_a_refusal_is_one_line_that_names_the_address_and_the_reason():
    assert refusal(LOCAL, "10.0.0.1") == "10.0.0.1 is not a public address (private)"


@pytest.mark.parametrize(
    "address", ["::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b:1::7f00:1", "::1"]
)
def test_an_allowed_ipv4_network_does_not_cover_its_wrapped_addresses(address: str):
    assert "loopback" in refusal(LOCAL, address)


def test_a_mapped_address_is_judged_as_the_ipv4_address_that_is_dialled():
    LOCAL.check(ip_address("::ffff:127.0.0.1"), 8080)
    everything_ipv6 = EgressPolicy(allow=(ip_network("::/0"),))

    assert "private" in refusal(everything_ipv6, "::ffff:10.0.0.1")


def test_a_scoped_address_is_refused_even_within_an_allowed_network():
    policy = EgressPolicy(allow=(ip_network("fe80::/10"),))

    policy.check(ip_address("fe80::1"), 80)
    assert "scoped" in refusal(policy, "fe80::1%eth0")


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_without_exceptions_a_check_passes_only_public_addresses(address, port):
    try:
        EgressPolicy(ports=()).check(address, port)
    except EgressRefused:
        assert forbidden(address)
    else:
        assert forbidden(address) is None


def test_the_configuration_gives_networks_and_ports():
    config = Config(egress_allow="127.0.0.0/8, ::1", egress_ports="80,8080")

    policy = EgressPolicy.from_config(config)

    assert policy.allow == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert policy.ports == (80, 8080)
