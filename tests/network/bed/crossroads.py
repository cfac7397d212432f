"""A host in several networks: three interfaces with two addresses per family, and a Docker-style bridge.

    client     its addresses               server
      lan      10.70.1.9  fd70:1::9          lan      10.70.1.1, .2   fd70:1::1, ::2   fe80::1
      dmz      10.70.2.9  fd70:2::9          dmz      10.70.2.1, .2   fd70:2::1, ::2   fe80::1
      wan      10.70.3.9  fd70:3::9          wan      10.70.3.1, .2   fd70:3::1, ::2   fe80::1
      box      172.17.0.2 fd17::2            docker0  172.17.0.1      fd17::1          fe80::1
                                             lo       10.88.0.53      fd88::53

Each client is a separate host and reaches every address of the server. `box` is the container: its link ends in the
bridge, without NAT. Every client but `box` also has fe80::9.

Twins: the hosts lan and dmz both have 10.50.0.5 and fd50::5. Only the arrival interface tells them apart, and only a
reply through that interface reaches the right one. Thence's `egress: arrival` does this; for the TCP of other servers, a
connection mark, for which the server's routing rules are set up here.
"""

import collections

from bed.multihomed import await_reachable
from bed.namespace import Namespace

NETS = {"lan": 1, "dmz": 2, "wan": 3}
BRIDGE = "docker0"
TWIN = {4: "10.50.0.5", 6: "fd50::5"}
LOOPBACK = {4: "10.88.0.53", 6: "fd88::53"}
LINK_LOCAL = "fe80::1"

# The server's addresses by interface and family, without link-local ones.
OWN = {name: {4: [f"10.70.{net}.1", f"10.70.{net}.2"], 6: [f"fd70:{net}::1", f"fd70:{net}::2"]}
       for name, net in NETS.items()}
OWN[BRIDGE] = {4: ["172.17.0.1"], 6: ["fd17::1"]}
OWN["lo"] = {family: [address] for family, address in LOOPBACK.items()}

# The clients by name: the server's interface that they are connected to, and their addresses by family.
Side = collections.namedtuple("Side", "name interface client")
SIDES = {name: Side(name, name, {4: f"10.70.{net}.9", 6: f"fd70:{net}::9"}) for name, net in NETS.items()}
SIDES["box"] = Side("box", BRIDGE, {4: "172.17.0.2", 6: "fd17::2"})


def interface_of(address):
    """The server's interface that has an address."""
    return next(name for name, own in OWN.items() if address in own[4] + own[6])


class Crossroads:
    """For use in a `with` statement, which removes it at the end."""

    def __init__(self):
        self._hosts = []
        try:
            self._build()
        except BaseException:
            self.remove()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        for host in self._hosts:
            host.remove()

    def _build(self):
        self.server = self._host("server")
        self.clients = {name: self._host(name) for name in SIDES}
        self.server.ip(f"""
            addr add {LOOPBACK[4]}/32 dev lo
            addr add {LOOPBACK[6]}/128 dev lo nodad
        """)
        for name, net in NETS.items():
            self._connect(name, net)
        self._connect_box()
        self._find_the_way_back()
        for host in (self.clients["lan"], self.clients["dmz"]):
            host.ip(f"""
                addr add {TWIN[4]}/32 dev lo
                addr add {TWIN[6]}/128 dev lo nodad
            """)
        for name, side in SIDES.items():
            await_reachable(self.clients[name], OWN[side.interface][4][0], OWN[side.interface][6][0])
        for name in NETS:
            await_reachable(self.clients[name], f"{LINK_LOCAL}%{name}")

    def _host(self, role):
        host = Namespace(role)
        self._hosts.append(host)
        return host

    def _connect(self, name, net):
        client = self.clients[name]
        self.server.link(name, client)
        for end in (1, 2):
            self.server.ip(f"""
                addr add 10.70.{net}.{end}/24 dev {name}
                addr add fd70:{net}::{end}/64 dev {name} nodad
            """)
        self.server.ip(f"addr add {LINK_LOCAL}/64 dev {name} nodad")
        client.ip(f"""
            addr add 10.70.{net}.9/24 dev {name}
            addr add fd70:{net}::9/64 dev {name} nodad
            addr add fe80::9/64 dev {name} nodad
            route add default via 10.70.{net}.1
            route add ::/0 via fd70:{net}::1
        """)

    def _connect_box(self):
        box = self.clients["box"]
        self.server.ip(f"""
            link add {BRIDGE} type bridge
            link set {BRIDGE} addrgenmode none up
            addr add 172.17.0.1/16 dev {BRIDGE}
            addr add fd17::1/64 dev {BRIDGE} nodad
            addr add {LINK_LOCAL}/64 dev {BRIDGE} nodad
            link add vethbox type veth peer name eth0 netns {box.name}
            link set vethbox addrgenmode none master {BRIDGE} up
        """)
        box.ip("""
            link set eth0 addrgenmode none up
            addr add 172.17.0.2/16 dev eth0
            addr add fd17::2/64 dev eth0 nodad
            route add default via 172.17.0.1
            route add ::/0 via fd17::1
        """)

    def _find_the_way_back(self):
        """Traffic bound to an interface, or replying on a connection that came in through it, leaves through it."""
        self.server.ip("route add default via 10.70.3.9 dev wan\nroute add ::/0 via fd70:3::9 dev wan")
        for name, net in NETS.items():
            for options, gateway in (((), f"10.70.{net}.9"), (("-6",), f"fd70:{net}::9")):
                self.server.ip(f"""
                    route add default via {gateway} dev {name} table {100 + net}
                    rule add priority 50 oif {name} lookup {100 + net}
                    rule add priority 60 fwmark {net} lookup {100 + net}
                """, *options)
        marks = "\n".join(f"iifname {name} tcp flags syn meta mark set {net}" for name, net in NETS.items())
        self.server.nft(f"""
            table inet marks {{
                chain prerouting {{
                    type filter hook prerouting priority mangle
                    {marks}
                }}
            }}
        """)
        self.server.sysctl("net.ipv4.tcp_fwmark_accept", 1)

    def add_interface(self, name, net):
        """Adds a link to the host wan: 10.70.NET.1/24 and fd70:NET::1/64 at the server, no address at the other end."""
        self.server.link(name, self.clients["wan"])
        self.server.ip(f"""
            addr add 10.70.{net}.1/24 dev {name}
            addr add fd70:{net}::1/64 dev {name} nodad
        """)
