import asyncio
from ipaddress import ip_network

import pytest

from imagecrawler.egress import EgressPolicy, Limits, dial
from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.stream import Stream
from imagecrawler.egress.verdict import Failed
from imagecrawler.errors import EgressRefused

OWN_PORT = 40_000


class Network:
    """Stands in for the kernel: hangs or fails for the addresses named, connects to others."""

    def __init__(self, hang: tuple[str, ...] = (), fail: tuple[str, ...] = ()) -> None:
        self.hang, self.fail = hang, fail
        self.dialled: list[str] = []
        self.connected = asyncio.StreamReader()

    async def open(self, address: object, port: int) -> Stream:
        self.dialled.append(str(address))
        if str(address) in self.hang:
            await asyncio.Event().wait()
        if str(address) in self.fail:
            raise ConnectionRefusedError(111, "Connect call failed")
        await asyncio.sleep(0.001)
        return Stream(self.connected, Writer())


class Writer:
    transport = property(lambda self: self)

    def abort(self) -> None: ...


def dialler(*answers: str, allow: str = "127.0.0.0/8", seconds: float = 0.1) -> dial.Dialler:
    async def resolver(host: str) -> list[str]:
        return list(answers)

    policy = EgressPolicy(allow=(ip_network(allow),))
    return dial.Dialler(policy, resolver, Limits(connect_seconds=seconds), OWN_PORT)


async def connect(dialler: dial.Dialler, port: int = 80) -> asyncio.StreamReader:
    async with dialler.connection(Endpoint("shop.test", port)) as stream:
        return stream.reader


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch):
    def install(**behaviour: tuple[str, ...]) -> Network:
        network = Network(**behaviour)
        monkeypatch.setattr(dial, "_open", network.open)
        return network

    return install


async def test_addresses_are_tried_in_order(network):
    fake = network(hang=("1.0.0.1",), fail=("1.0.0.2",))

    reader = await connect(dialler("1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4"))

    assert reader is fake.connected
    assert fake.dialled == ["1.0.0.1", "1.0.0.2", "1.0.0.3"]


async def test_the_failure_of_the_last_address_counts(network):
    network(hang=("1.0.0.1",), fail=("1.0.0.2",))

    with pytest.raises(Failed) as refused:
        await connect(dialler("1.0.0.1", "1.0.0.2"))
    with pytest.raises(Failed) as hanging:
        await connect(dialler("1.0.0.2", "1.0.0.1"))

    assert refused.value.verdict.kind == "unreachable"
    assert "1.0.0.2: Connection refused" in refused.value.verdict.detail
    assert hanging.value.verdict.kind == "timeout"


async def test_one_forbidden_answer_refuses_the_name_before_any_is_dialled(network):
    fake = network()

    with pytest.raises(EgressRefused, match=r"10\.0\.0\.1"):
        await connect(dialler("1.0.0.1", "10.0.0.1"))

    assert fake.dialled == []


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::", "::1", "::ffff:127.0.0.1"])
async def test_the_guard_never_dials_itself(network, address: str):
    fake = network()
    everything = dialler(address, allow="::/0" if ":" in address else "0.0.0.0/0")

    with pytest.raises(EgressRefused, match="the egress guard itself"):
        await connect(everything, OWN_PORT)

    assert fake.dialled == []


async def test_a_look_up_that_hangs_is_a_time_out(network):
    async def never(host: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    slow = dial.Dialler(EgressPolicy(), never, Limits(connect_seconds=0.05), OWN_PORT)

    with pytest.raises(Failed) as caught:
        await connect(slow)

    assert caught.value.verdict.kind == "timeout"


async def test_connections_above_the_limit_wait(network):
    network()

    async def resolver(host: str) -> list[str]:
        return ["1.0.0.1"]

    narrow = dial.Dialler(EgressPolicy(), resolver, Limits(connections=1), OWN_PORT)
    async with narrow.connection(Endpoint("shop.test", 80)):
        second = asyncio.create_task(connect(narrow))
        await asyncio.sleep(0.01)
        assert not second.done()
    await second
