"""A forwarding server, its scripted upstreams, and clients on all sides (see crossroads).

Each upstream has its own address on the host wan. A table says which upstreams a zone has and what they do: each zone
is a line in it, and a forward in the configuration.
"""

import contextlib
import itertools
import select
import socket
import struct
import time

import dns.rcode

from bed import dns_message, thence
from bed.crossroads import Crossroads
from bed.dns_asking import ask, query
from bed.judge import Target, transport_address
from bed.upstreams import Upstreams

NO_SOCKET = "no socket"  # an address of the host without a listener: ICMP reports it
NOWHERE = "nowhere"  # an address that nobody has
_SO_RCVBUFFORCE = 33
_FIRST = 101  # the last octet of the first upstream's address

OWN_ZONE = {"name": "thence.test",
            "records": ["@ 300 SOA ns h 1 3600 600 86400 60", "@ 300 NS ns", "ns 60 A 192.0.2.53", "www 60 A 192.0.2.10"],
            "dynamic": {"self": "self"}}


def upstream_name(zone, number=0):
    return f"{zone} {number}"


class Forwarding(Crossroads):
    """For use in a `with` statement, which removes it at the end."""

    def __init__(self, scripts):
        """@param scripts for each zone, what its upstreams do, in order (see upstreams), or NO_SOCKET or NOWHERE; a
        zone whose name starts with `six` has IPv6 upstreams"""
        super().__init__()
        self._serial = itertools.count(1)
        self._number = itertools.count(_FIRST)
        self.endpoints = {}
        wan = self.clients["wan"]
        self.upstreams = Upstreams(wan)
        for zone, behaviours in scripts.items():
            self.endpoints[zone] = [self._place(wan, zone, number, behave) for number, behave in enumerate(behaviours)]

    def __enter__(self):
        self.upstreams.__enter__()
        return self

    def __exit__(self, *details):
        self.upstreams.__exit__(*details)
        super().__exit__(*details)

    def _place(self, wan, zone, number, behave):
        last = next(self._number)
        address = f"fd70:3::{last}" if zone.startswith("six") else f"10.70.3.{last}"
        if behave != NOWHERE:
            wan.ip(f"addr add {address}/64 dev wan nodad" if ":" in address else f"addr add {address}/24 dev wan")
        if behave not in (NO_SOCKET, NOWHERE):
            self.upstreams.add(upstream_name(zone, number), address, behave, tcp=not getattr(behave, "no_tcp", False))
        return transport_address(address, 53)

    def upstream(self, zone, number=0):
        return self.upstreams[upstream_name(zone, number)]

    def forward(self, zone, timeout="300ms", **more):
        """The configuration entry for a zone of the table."""
        return {"zone": zone, "to": self.endpoints[zone], "timeout": timeout, **more}

    def fresh(self, zone, first="q"):
        """A name that nobody has asked for yet."""
        return f"{first}-{next(self._serial)}.{zone}"

    def ask(self, side, name, rdtype="A", *options, address="10.70.1.1", transport="udp", source="", port=53, **more):
        """@param side of the client; `server` is the host itself
        @param more of bed.dns_asking.query"""
        asked = query(name, rdtype, *options, **more)
        return ask(self.clients.get(side, self.server), Target(address, source), asked, transport, port)


def configuration(forwards, port=53, **dns):
    """@param dns further keys of that section"""
    values = thence.settings()
    values["listeners"] = [{"port": port, "protocols": ["dns"], "egress": "arrival"}]
    values["dns"] = {"zones": [OWN_ZONE], "forward": forwards, **dns}
    return values


class Crowd:
    """UDP queries from many ports, all outstanding at once."""

    def __init__(self, host, target, sockets=1, port=53):
        self._host, self._target, self._port = host, target, port
        self._asked = {}
        self._replies = {}
        self.strange = []  # not a reply, or a duplicate, or from a wrong source
        with host.inside():
            family = socket.AF_INET if target.family == 4 else socket.AF_INET6
            self._sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(sockets)]
        for each in self._sockets:
            each.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 2**20)
            each.bind((target.source, 0))
            each.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self._sockets:
            each.close()

    def send(self, name, rdtype="A"):
        number = len(self._asked)
        which = number % len(self._sockets)
        wire = struct.pack("!H", number // len(self._sockets)) + dns_message.query(name, rdtype)[2:]
        self._asked[which, wire[:2]] = name
        self._sockets[which].sendto(wire, (self._target.address, self._port))

    def replies(self, wanted=None, timeout=5.0):
        """Waits for that many; by default for one to each query. @return code by name"""
        wanted = len(self._asked) if wanted is None else wanted
        end = time.monotonic() + timeout
        while len(self._replies) < wanted and (left := end - time.monotonic()) > 0:
            for each in select.select(self._sockets, [], [], left)[0]:
                self._read(each)
        for each in self._sockets:
            self._read(each)
        return {self._asked[key]: dns.rcode.to_text(wire[3] & 0x0F) for key, wire in self._replies.items()}

    @property
    def silent(self):
        """The names of the queries without a reply."""
        return [name for key, name in self._asked.items() if key not in self._replies]

    @property
    def whole(self):
        """How many replies are not truncated."""
        return sum(not wire[2] & 0x02 for wire in self._replies.values())

    def _read(self, udp):
        which = self._sockets.index(udp)
        with contextlib.suppress(BlockingIOError):
            while True:
                wire, peer = udp.recvfrom(65535)
                key = which, wire[:2]
                if peer[:2] != (self._target.address, self._port) or key not in self._asked or key in self._replies:
                    self.strange.append((peer, wire))
                self._replies[key] = wire
