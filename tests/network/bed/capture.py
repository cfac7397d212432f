"""What a host sends, seen from below its sockets."""

import collections
import ipaddress
import socket
import struct

_ALL_PROTOCOLS = 0x0003
_OUTGOING = 4
_UDP = 17

Sent = collections.namedtuple("Sent", "interface source port")


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
