"""A client behind a router of a known kind, and a server with two public addresses.

    client            router                  internet      server
      lan -- LAN --- lan   wan 192.0.2.1 ---- home  one --- one 198.51.100.1  2001:db8:1::1   <- default route
                               2001:db8::1          two --- two 203.0.113.1   2001:db8:2::1

The router consists of nftables rules. Mapping and filtering are independent of each other (RFC 4787 sections 4.1 and
5). A mapping is a source port derived from what the mapping may depend on, so it stays the same as long as that does. A
filter is a set of the endpoints that the client has sent to. To add a kind, add a line to `KINDS`.
"""

import contextlib
import dataclasses
import ipaddress

import pytest

from bed.multihomed import await_reachable
from bed.namespace import Namespace

SERVER = {4: ("198.51.100.1", "203.0.113.1"), 6: ("2001:db8:1::1", "2001:db8:2::1")}
PUBLIC = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}  # the router's
_PRIVATE = {4: ipaddress.ip_network("192.168.7.0/24"), 6: ipaddress.ip_network("fd07::/64")}
_ROUTED = {4: ipaddress.ip_network("192.0.2.128/26"), 6: ipaddress.ip_network("2001:db8:7::/64")}

ENDPOINT_INDEPENDENT = "endpoint-independent"
ADDRESS_DEPENDENT = "address-dependent"
ADDRESS_AND_PORT_DEPENDENT = "address-and-port-dependent"
DEPENDENCES = (ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of router, in RFC 4787 terms."""

    mapping: str  # one of DEPENDENCES; empty: addresses are not translated
    filtering: str  # one of DEPENDENCES
    by: str = "ports"  # how addresses are translated: a key of _SOURCE
    hairpinning: bool = False
    fragments: bool = True  # whether they pass
    lifetime: int = 30  # of a binding, in seconds

    def __str__(self):
        mapping = f"{self.mapping} mapping by {self.by}" if self.mapping else "no NAT"
        more = (" hairpinning" * self.hairpinning, " no fragments" * (not self.fragments),
                f" {self.lifetime} s" * (self.lifetime != 30))
        return f"{mapping}, {self.filtering} filtering" + "".join("," + word for word in more if word)


HOME_ROUTER = Kind(ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT_DEPENDENT, by="masquerade")

KINDS = [
    *(Kind(mapping, filtering) for mapping in DEPENDENCES for filtering in DEPENDENCES),
    HOME_ROUTER,
    Kind(ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, by="masquerade fully-random"),
    Kind(ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, by="addresses"),
    Kind(ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT, hairpinning=True),
    Kind(ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, hairpinning=True),
    Kind(ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT_DEPENDENT, fragments=False),
    *(Kind("", filtering) for filtering in DEPENDENCES),  # plain routing, and two stateful firewalls
]

SHORT_LIVED = dataclasses.replace(HOME_ROUTER, lifetime=3)

# What a mapping may depend on.
_DEPENDS_ON = {
    ENDPOINT_INDEPENDENT: "udp sport",
    ADDRESS_DEPENDENT: "udp sport . {ip} daddr",
    ADDRESS_AND_PORT_DEPENDENT: "udp sport . {ip} daddr . udp dport",
}

# The public port of a mapping: any but 0.
_HASHED_PORT = "jhash {depends_on} mod 65535 seed 0x7e57 offset 1"

# The public source address of a datagram, and its public port, by which replies are returned to the client.
_SOURCE = {
    "ports": ("snat {ip} to {public} : {hashed_port}", "{hashed_port}"),
    "addresses": ("snat {ip} to {ip} daddr map {{ {first} : {public}, {second} : {another_public} }}", "udp sport"),
    "masquerade": ("masquerade", ""),
    "masquerade fully-random": ("masquerade fully-random", ""),
}

_PASSES = {  # unsolicited traffic from outside
    ENDPOINT_INDEPENDENT: "accept",
    ADDRESS_DEPENDENT: "{ip} daddr . udp dport . {ip} saddr @asked{family} accept",
    ADDRESS_AND_PORT_DEPENDENT: "drop",
}

_FILTER = """
    set asked4 {{ type ipv4_addr . inet_service . ipv4_addr; flags dynamic, timeout; timeout 30s; size 65535; }}
    set asked6 {{ type ipv6_addr . inet_service . ipv6_addr; flags dynamic, timeout; timeout 30s; size 65535; }}
    chain forward {{
        type filter hook forward priority filter;
        iifname lan meta nfproto ipv4 meta l4proto udp update @asked4 {{ ip saddr . udp sport . ip daddr }}
        iifname lan meta nfproto ipv6 meta l4proto udp update @asked6 {{ ip6 saddr . udp sport . ip6 daddr }}
        iifname wan ct state new meta l4proto udp jump unasked
    }}
    chain unasked {{
        {passes}
        drop
    }}
    chain input {{
        type filter hook input priority filter;
        meta l4proto udp drop
    }}
"""

_MAPPED = """
    map mapped4 {{ type inet_service : inet_service; flags dynamic, timeout; timeout 30s; size 65535; }}
    map mapped6 {{ type inet_service : inet_service; flags dynamic, timeout; timeout 30s; size 65535; }}
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        {leaving}
        oifname wan masquerade
    }}
    chain prerouting {{
        type nat hook prerouting priority dstnat;
        {arriving}
    }}
"""

# Traffic that leaves through `wan`; with hairpinning, also a client's traffic to a public address, which returns to the
# LAN.
_LEAVING = """
        oifname {{ {ways} }} {ip} saddr {client} meta l4proto udp {learn}
        oifname {{ {ways} }} {ip} saddr {client} meta l4proto udp {source}
"""
_LEARN = "update @mapped{family} {{ {public_port} : udp sport }}"
_ARRIVING = """
        iifname {{ {ways} }} {ip} daddr {{ {public}, {another_public} }} meta l4proto udp \
            dnat {ip} to {client} : udp dport map @mapped{family}
"""

_NO_FRAGMENTS = """
    chain fragments {{
        type filter hook prerouting priority -450;  # before conntrack puts them together
        ip frag-off & 0x3fff != 0 drop
        exthdr frag exists drop
    }}
"""


def _rules(kind):
    """The router's ruleset."""
    leaving = arriving = passes = ""
    for family, ip in ((4, "ip"), (6, "ip6")):
        words = {
            "family": family, "ip": ip, "client": _PRIVATE[family][2], "public": PUBLIC[family][0],
            "another_public": PUBLIC[family][1], "first": SERVER[family][0], "second": SERVER[family][1],
            "ways": "lan, wan" if kind.hairpinning else "wan",
        }
        if kind.mapping:
            words["hashed_port"] = _HASHED_PORT.format(depends_on=_DEPENDS_ON[kind.mapping].format(**words))
            source, public_port = (text.format(**words) for text in _SOURCE[kind.by])
            learn = _LEARN.format(public_port=public_port, **words) if public_port else "continue"
            leaving += _LEAVING.format(learn=learn, source=source, **words)
            arriving += _ARRIVING.format(**words)
        passes += f"\n        meta nfproto ipv{family} " + _PASSES[kind.filtering].format(**words)
    return ("table inet router {" + _FILTER.format(passes=passes)
            + (_MAPPED.format(leaving=leaving, arriving=arriving) if kind.mapping else "")
            + ("" if kind.fragments else _NO_FRAGMENTS.format()) + "}")


class Nat:
    """The four hosts. For use in a `with` statement, which removes them at the end."""

    def __init__(self, kind):
        self.kind = kind
        lan = _PRIVATE if kind.mapping else _ROUTED
        self.client_addresses = {family: (str(net[2]), str(net[3])) for family, net in lan.items()}
        with contextlib.ExitStack() as stack:
            self.client, self.router, self.internet, self.server = (
                self._host(stack, role) for role in ("client", "router", "internet", "server"))
            self._connect(lan)
            self.router.nft(_rules(kind))
            # The kernel treats a flow with replies over some time as a stream, which would live for two minutes.
            self.router.sysctl("net.netfilter.nf_conntrack_udp_timeout", kind.lifetime)
            self.router.sysctl("net.netfilter.nf_conntrack_udp_timeout_stream", kind.lifetime)
            await_reachable(self.client, *SERVER[4], *SERVER[6])
            self._hosts = stack.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._hosts.close()

    @staticmethod
    def _host(stack, role):
        host = Namespace(role)
        stack.callback(host.remove)
        return host

    def _connect(self, lan):
        self.client.link("lan", self.router)
        self.router.link("wan", self.internet)
        for interface in ("one", "two"):
            self.server.link(interface, self.internet)
        for host in (self.router, self.internet):
            host.sysctl("net.ipv4.ip_forward", 1)
            host.sysctl("net.ipv6.conf.all.forwarding", 1)
        # Routers send neighbour solicitations from a link-local address.
        for host, interfaces, end in ((self.client, ["lan"], 2), (self.router, ["lan", "wan"], 1),
                                      (self.internet, ["wan", "one", "two"], 254), (self.server, ["one", "two"], 1)):
            for interface in interfaces:
                host.ip(f"addr add fe80::{end}/64 dev {interface} nodad")
        self.client.ip(f"""
            addr add {lan[4][2]}/{lan[4].prefixlen} dev lan
            addr add {lan[6][2]}/64 dev lan nodad
            addr add {lan[4][3]}/{lan[4].prefixlen} dev lan
            addr add {lan[6][3]}/64 dev lan nodad preferred_lft 0
            route add default via {lan[4][1]}
            route add ::/0 via {lan[6][1]} src {lan[6][2]}
        """)
        self.router.ip(f"""
            addr add {lan[4][1]}/{lan[4].prefixlen} dev lan
            addr add {lan[6][1]}/64 dev lan nodad
            addr add 192.0.2.1/25 dev wan
            addr add 192.0.2.2/25 dev wan
            addr add 2001:db8::2/64 dev wan nodad
            addr add 2001:db8::1/64 dev wan nodad
            route add default via 192.0.2.126
            route add ::/0 via 2001:db8::fe src 2001:db8::1
        """)
        self.internet.ip(f"""
            addr add 192.0.2.126/25 dev wan
            addr add 2001:db8::fe/64 dev wan nodad
            addr add 198.51.100.254/24 dev one
            addr add 203.0.113.254/24 dev two
            addr add 2001:db8:1::fe/64 dev one nodad
            addr add 2001:db8:2::fe/64 dev two nodad
            route add {_ROUTED[4]} via 192.0.2.1
            route add {_ROUTED[6]} via 2001:db8::1
        """)
        self.server.ip("""
            addr add 198.51.100.1/24 dev one
            addr add 203.0.113.1/24 dev two
            addr add 2001:db8:1::1/64 dev one nodad
            addr add 2001:db8:2::1/64 dev two nodad
            route add default via 198.51.100.254 dev one
            route add ::/0 via 2001:db8:1::fe dev one
        """)


def behind(kinds):
    """Runs a test behind routers of these kinds; tests of one kind run in one process, one after the other."""
    cells = [pytest.param(kind, marks=pytest.mark.xdist_group(str(kind))) for kind in kinds]
    return pytest.mark.parametrize("nat", cells, indirect=True, ids=str)
