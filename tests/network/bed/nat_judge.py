"""What a router does to plain datagrams, determined without STUN by controlling both ends."""

import contextlib
import os
import select
import socket
import time

from bed.nat import ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT, ENDPOINT_INDEPENDENT, SERVER

_PORTS = (7001, 7002)
_SILENCE = 0.1  # seconds that a datagram may arrive after one that was sent later


class Judge:
    """A socket on each of the server's addresses and ports, [address][port], and any number on the client."""

    def __init__(self, bed, family):
        self._bed, self.family = bed, family
        self._sockets = contextlib.ExitStack()
        self.server = [[self._socket(bed.server, address, port) for port in _PORTS] for address in SERVER[family]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._sockets.close()

    def _socket(self, host, address, port=0):
        with host.inside():
            made = socket.socket(socket.AF_INET if self.family == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
            self._sockets.enter_context(made)
            made.settimeout(5.0)
            made.bind((address, port))
        return made

    def client(self):
        """A fresh socket, so that earlier traffic cannot influence the result."""
        return self._socket(self._bed.client, self._bed.client_addresses[self.family][0])

    @staticmethod
    def tell(client, server):
        """Sends a datagram from the client to the server. @return the source that the server saw"""
        token = os.urandom(8)
        client.sendto(token, server.getsockname()[:2])
        while True:
            data, source, *_ = server.recvfrom(65535)
            if data == token:
                return source[:2]

    @staticmethod
    def arrived(client, marked_by, mark_to):
        """What the client receives before a final marker, sent from where it is certain to get through."""
        marked_by.sendto(b"that is all", mark_to)
        got = set()
        while (data := client.recv(65535)) != b"that is all":
            got.add(data)
        while select.select([client], [], [], _SILENCE)[0]:
            got.add(client.recv(65535))
        return got

    def mapping(self):
        """@return (whether addresses are translated, what a mapping depends on)"""
        client = self.client()
        (first, other_port), (other_address, both) = [
            [self.tell(client, server) for server in sockets] for sockets in self.server]
        assert self.tell(client, self.server[0][0]) == first, "a mapping changes by itself"
        if first == other_port == other_address == both:
            dependence = ENDPOINT_INDEPENDENT
        elif first == other_port and other_address == both:
            dependence = ADDRESS_DEPENDENT
        else:
            assert len({first, other_port, other_address, both}) == 4, "neither of the three kinds"
            dependence = ADDRESS_AND_PORT_DEPENDENT
        return first != client.getsockname()[:2], dependence

    def filtering(self):
        client = self.client()
        (same, other_port), (other_address, both) = self.server
        seen = self.tell(client, same)
        for server, name in ((both, b"both"), (other_address, b"address"), (other_port, b"port")):
            server.sendto(name, seen)
        passed = self.arrived(client, same, seen)
        return {
            frozenset([b"both", b"address", b"port"]): ENDPOINT_INDEPENDENT,
            frozenset([b"port"]): ADDRESS_DEPENDENT,
            frozenset(): ADDRESS_AND_PORT_DEPENDENT,
        }[frozenset(passed)]

    def hairpinning(self):
        """Whether one socket of the client can reach another at its public address."""
        one, another = self.client(), self.client()
        server = self.server[0][0]
        seen = self.tell(one, server)
        self.tell(another, server)
        another.sendto(b"hairpin", seen)
        return b"hairpin" in self.arrived(one, server, seen)

    def fragments(self):
        """Whether datagrams larger than the link MTU pass in both directions."""
        client, server = self.client(), self.server[0][0]
        seen = self.tell(client, server)
        large = bytes(3000)
        server.sendto(large, seen)
        inwards = large in self.arrived(client, server, seen)
        client.sendto(large, server.getsockname()[:2])
        outwards = large in self.arrived(server, client, server.getsockname()[:2])
        assert inwards == outwards
        return inwards

    def lives(self, seconds):
        """Whether bindings survive being idle for that long."""
        client, server = self.client(), self.server[0][0]
        seen = self.tell(client, server)
        time.sleep(seconds)
        server.sendto(b"alive", seen)
        return bool(select.select([client], [], [], 0.3)[0])
