"""Headers of version 2 of the PROXY protocol, built by hand (HAProxy, "The PROXY protocol", section 2.2)."""

import dataclasses
import ipaddress
import struct

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_FAMILY = {4: 0x10, 6: 0x20}
_TRANSPORT = {"tcp": 1, "udp": 2}
_LOCAL, _PROXY = 0x20, 0x21


def header(client, local, transport="udp", tlvs=b"", command=_PROXY):
    """@param client, local pairs of an address and a port"""
    address = ipaddress.ip_address(client[0])
    block = address.packed + ipaddress.ip_address(local[0]).packed + struct.pack("!HH", client[1], local[1]) + tlvs
    return _SIGNATURE + struct.pack("!BBH", command, _FAMILY[address.version] | _TRANSPORT[transport], len(block)) + block


def local():
    """What a proxy sends for itself."""
    return _SIGNATURE + struct.pack("!BBH", _LOCAL, 0, 0)


def behind(front, question):
    """That question, with a header in front of it."""
    return dataclasses.replace(question, request=lambda: front + question.request(),
                               belongs=lambda request, reply: question.belongs(request[len(front):], reply))
