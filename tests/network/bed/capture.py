"""What a host sends, seen from below its sockets."""

import collections
import contextlib
import ipaddress
import socket
import struct

_ALL_PROTOCOLS = 0x0003
_OUTGOING = 4
_UDP = 17
_FRAGMENT_HEADER = 44

Sent = collections.namedtuple("Sent", "interface source port")
# One IP packet with UDP in it. `whole_only`: it must not be fragmented by IPv4 routers.
Packet = collections.namedtuple("Packet", "version size fragment whole_only")


class Capture:
    """Every UDP datagram that a host sends on any interface while the `with` statement runs."""

    def __init__(self, host):
        with host.inside():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
        self._socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def sent(self, ports):
        """What was sent from those ports since the last call."""
        found = []
        while True:
            try:
                packet, (interface, _, kind, *_) = self._socket.recvfrom(65535)
            except BlockingIOError:
                return found
            source = _udp_source(packet) if kind == _OUTGOING else None
            if source and source[1] in ports:
                found.append(Sent(interface, *source))


def _udp_source(packet):
    """The source address and port of an unfragmented UDP datagram without IPv6 extension headers."""
    if packet[0] >> 4 == 4 and packet[9] == _UDP:
        source, header = packet[12:16], (packet[0] & 0x0F) * 4
    elif packet[0] >> 4 == 6 and packet[6] == _UDP:
        source, header = packet[8:24], 40
    else:
        return None
    return str(ipaddress.ip_address(source)), struct.unpack_from("!H", packet, header)[0]


@contextlib.contextmanager
def outgoing(host, interface):
    """Records the UDP packets that leave by an interface. @return gives those since its last call"""
    with host.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS)) as raw:
        raw.bind((interface, _ALL_PROTOCOLS))
        raw.setblocking(False)

        def packets():
            found = []
            with contextlib.suppress(BlockingIOError):
                while True:
                    packet, (_, _, kind, *_) = raw.recvfrom(65535)
                    if kind == _OUTGOING:
                        found.append(_packet(packet))
            return [packet for packet in found if packet]

        yield packets


def _packet(data):
    """An IP packet with UDP, whole or a fragment; None for any other."""
    if data[0] >> 4 == 4 and data[9] == _UDP:
        flags = struct.unpack_from("!H", data, 6)[0]
        return Packet(4, len(data), flags & 0x3FFF != 0, flags & 0x4000 != 0)
    if data[0] >> 4 == 6 and data[6] == _UDP:
        return Packet(6, len(data), False, False)
    if data[0] >> 4 == 6 and data[6] == _FRAGMENT_HEADER and data[40] == _UDP:
        return Packet(6, len(data), True, False)
    return None
