"""The cases of the source matrix on a MultiHomed bed: who asks which address, and which source is right."""

import dataclasses

from bed.judge import Target
from bed.multihomed import FAR_CLIENT


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    target: Target
    sources: tuple = ()  # the right sources of a reply; empty: the address asked
    on_server: bool = False  # a client on the same host

    @property
    def family(self):
        return self.target.family

    def asker(self, bed):
        return bed.server if self.on_server else bed.client

    def right(self, verdict, port):
        return verdict.address in (self.sources or (self.target.address,)) and verdict.port == port

    def __str__(self):
        return f"{self.name} (IPv{self.family})"


def _case(name, address, source="", device="", **more):
    return Case(name, Target(address, source, device), **more)


UNICAST = [
    _case("primary address", "10.77.1.1"),
    _case("secondary address", "10.77.1.2"),
    _case("two uplinks, asked on the first", "10.77.1.2", FAR_CLIENT[4]),
    _case("two uplinks, back through the other", "10.77.2.1", FAR_CLIENT[4]),
    _case("address on lo", "10.88.0.53"),
    _case("127.0.0.1", "127.0.0.1", on_server=True),
    _case("127.x.y.z", "127.9.8.7", on_server=True),
    _case("client on the same host", "10.77.1.2", "10.77.2.1", on_server=True),
    _case("client on 127.0.0.1 of the same host", "10.77.1.2", "127.0.0.1", on_server=True),
    _case("primary address", "fd77:1::1"),
    _case("secondary address", "fd77:1::2"),
    _case("two uplinks, asked on the first", "fd77:1::1", FAR_CLIENT[6]),
    _case("two uplinks, back through the other", "fd77:2::1", FAR_CLIENT[6]),
    _case("address on lo", "fd88::53"),
    _case("::1", "::1", on_server=True),
    _case("link-local address", "fe80::1", device="one"),
    _case("link-local address, second interface", "fe80::1", device="two"),
    _case("client on the same host", "fd77:1::2", "fd77:2::1", on_server=True),
    _case("client on ::1 of the same host", "fd77:1::2", "::1", on_server=True),
]

# Requests to these reach every host of a link; the only sensible source is the arrival interface's own address.
BROADCAST = [
    _case("subnet broadcast", "10.77.1.255", device="one", sources=("10.77.1.1",)),
    _case("subnet broadcast, second interface", "10.77.2.255", device="two", sources=("10.77.2.1",)),
    _case("255.255.255.255", "255.255.255.255", device="two", sources=("10.77.2.1",)),
    _case("multicast 224.0.0.1", "224.0.0.1", device="two", sources=("10.77.2.1",)),
    _case("multicast ff02::1", "ff02::1", device="two", sources=("fe80::1", "fd77:2::1")),
    _case("multicast ff02::1 from a global address", "ff02::1", "fd77:2::9", device="two",
          sources=("fe80::1", "fd77:2::1")),
]


def added_address(bed):
    """Gives the running server two more addresses."""
    bed.server.ip("""
        addr add 10.77.1.77/24 dev one
        addr add fd77:1::77/64 dev one nodad
    """)
    bed.await_reachable("10.77.1.77", "fd77:1::77")
    return [_case("address added while running", "10.77.1.77"), _case("address added while running", "fd77:1::77")]


def added_interface(bed):
    """Gives the running server a further uplink, named `three`."""
    bed.connect("three", 3)
    return [
        _case("interface added while running", "10.77.3.1", FAR_CLIENT[4]),
        _case("interface added while running", "fd77:3::1", FAR_CLIENT[6]),
        _case("link-local address, interface added while running", "fe80::1", device="three"),
    ]
