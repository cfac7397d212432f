"""The judge: a client that accepts a reply from anywhere and reports where it came from."""

import contextlib
import dataclasses
import ipaddress
import socket
import struct
import time
from typing import Callable

from bed import dns_message, stun_message

_IP_PKTINFO = 8  # not in the socket module of Python 3.11


@dataclasses.dataclass(frozen=True)
class Question:
    """A question in a protocol: how to make the request, which replies belong to it, and what they say."""

    protocol: str
    port: int
    request: Callable[[], bytes]
    belongs: Callable[[bytes, bytes], bool]
    read: Callable[[bytes], list]

    def at(self, port):
        return dataclasses.replace(self, port=port)


def dns_question(name, rdtype, port=53):
    return Question("dns", port, lambda: dns_message.query(name, rdtype), dns_message.belongs, dns_message.read)


STUN_QUESTION = Question("stun", 3478, stun_message.binding_request, stun_message.belongs, stun_message.read)


@dataclasses.dataclass(frozen=True)
class Target:
    """Which address to ask, and from where."""

    address: str
    source: str = ""  # the client's own address; empty: the kernel's choice
    device: str = ""  # the client's interface: the scope of a link-local address, the way out of a broadcast

    @property
    def family(self):
        return ipaddress.ip_address(self.address).version


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The result: silence, or a reply with its source."""

    address: str = ""  # the reply's source; empty: silence
    port: int = 0
    interface: str = ""  # of the client, on which the reply arrived
    client: str = ""  # the client's transport address, `ADDRESS:PORT` or `[ADDRESS]:PORT`
    answer: tuple = ()

    @property
    def silent(self):
        return not self.address


@contextlib.contextmanager
def udp_socket(host, target, port=0):
    """An unconnected UDP socket on that host, ready to ask that target. @param port the local one; 0: any"""
    ipv4 = target.family == 4
    with host.inside():
        udp = socket.socket(socket.AF_INET if ipv4 else socket.AF_INET6, socket.SOCK_DGRAM)
        with udp:
            if ipv4:
                udp.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
                udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            else:
                udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            if target.device:
                udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, target.device.encode())
            udp.bind((target.source or ("0.0.0.0" if ipv4 else "::"), port))
            yield udp


def send(udp, target, question):
    """Sends a request and returns it."""
    request = question.request()
    udp.sendto(request, socket_address(target, question.port))
    return request


def socket_address(target, port):
    """As the socket module expects it. Call it inside the client's host, whose interface indexes apply."""
    scope = (0, socket.if_nametoindex(target.device)) if target.family == 6 and target.device else ()
    return (target.address, port, *scope)


def receive(udp, question, request, timeout):
    """Waits for the reply, whatever its source. @param timeout seconds"""
    end = time.monotonic() + timeout
    while (left := end - time.monotonic()) > 0:
        udp.settimeout(left)
        try:
            reply, ancillary, _, peer = udp.recvmsg(65535, 128)
        except TimeoutError:
            break
        if question.belongs(request, reply):
            own, index = _arrival(ancillary)
            return Verdict(peer[0].partition("%")[0], peer[1], socket.if_indextoname(index),
                           transport_address(own, udp.getsockname()[1]), tuple(question.read(reply)))
    return Verdict()


def ask(host, target, question, timeout=5.0):
    """One request over UDP, sent once. @param timeout seconds until the answer counts as silence"""
    with udp_socket(host, target) as udp:
        return receive(udp, question, send(udp, target, question), timeout)


def transport_address(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _arrival(ancillary):
    """The address and the interface on which a datagram arrived."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            index, _, header = struct.unpack("=i4s4s", data)
            return str(ipaddress.ip_address(header)), index
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            header, index = struct.unpack("=16si", data)
            return str(ipaddress.ip_address(header)), index
    raise AssertionError("a datagram without packet information")
