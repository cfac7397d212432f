"""The host under test: two uplinks, several addresses, one default route; and its client.

    client                                server
      lo   10.99.0.9   fd99::9              lo   10.88.0.53  fd88::53
      one  10.77.1.9   fd77:1::9  fe80::9   one  10.77.1.1, .2   fd77:1::1, ::2   fe80::1   <- default route
      two  10.77.2.9   fd77:2::9  fe80::9   two  10.77.2.1       fd77:2::1        fe80::1

A reply to 10.99.0.9 or fd99::9 always leaves through `one`, so when `two` was asked, only the source address shows
whether it is right. Both interfaces of the server have the same link-local address, so only the interface tells them
apart.
"""

import socket

from bed.namespace import Namespace
from bed.process import eventually

_CLOSED_PORT = 9  # discard

FAR_CLIENT = {4: "10.99.0.9", 6: "fd99::9"}


class MultiHomed:
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

    def _build(self):
        self.server = self._host("server")
        self.client = self._host("client")
        for interface, net in (("one", 1), ("two", 2)):
            self.connect(interface, net)
        self.server.ip("""
            addr add 10.77.1.2/24 dev one
            addr add fd77:1::2/64 dev one nodad
            addr add 10.88.0.53/32 dev lo
            addr add fd88::53/128 dev lo nodad
            route add default via 10.77.1.9 dev one
            route add ::/0 via fd77:1::9 dev one
        """)
        self.client.ip("""
            addr add 10.99.0.9/32 dev lo
            addr add fd99::9/128 dev lo nodad
            route add 10.88.0.53/32 via 10.77.1.1
            route add fd88::53/128 via fd77:1::1
        """)
        for host in (self.server, self.client):
            await_reachable(host, "10.77.1.2", "fd77:1::2", "10.88.0.53", "fd88::53")

    def _host(self, role):
        host = Namespace(role)
        self._hosts.append(host)
        return host

    def connect(self, interface, net):
        """Adds an uplink: 10.77.NET.0/24 and fd77:NET::/64, where the server is 1 and the client 9."""
        self.server.link(interface, self.client)
        for host, end in ((self.server, 1), (self.client, 9)):
            host.ip(f"""
                addr add 10.77.{net}.{end}/24 brd + dev {interface}
                addr add fd77:{net}::{end}/64 dev {interface} nodad
                addr add fe80::{end}/64 dev {interface} nodad
            """)
        self.await_reachable(f"10.77.{net}.1", f"fd77:{net}::1", f"fe80::1%{interface}")

    def await_reachable(self, *addresses):
        """Waits until the client can reach the server on these addresses."""
        await_reachable(self.client, *addresses)

    def remove(self):
        for host in self._hosts:
            host.remove()


def await_reachable(client, *addresses):
    """Waits until a host can reach others. The kernel brings up links and addresses in the background, and repeats a
    lost neighbour solicitation only after a second; neither is a server's fault."""
    for address in addresses:
        assert eventually(lambda to=address: _reaches(client, to), 10.0), f"{address} is out of reach"


def _reaches(client, address):
    with client.inside():
        try:
            socket.create_connection((address, _CLOSED_PORT), timeout=10).close()
        except ConnectionRefusedError:
            return True
        except OSError:  # no route yet
            return False
    return True
