"""STUN Binding requests, built by hand, and what their responses say (RFC 8489)."""

import ipaddress
import os
import struct

_COOKIE = 0x2112A442
_BINDING_SUCCESS = 0x0101
_XOR_MAPPED_ADDRESS = 0x0020


def binding_request():
    """A Binding request (section 5) with a random transaction id and no attributes."""
    return struct.pack("!HHI", 0x0001, 0, _COOKIE) + os.urandom(12)


def belongs(request, reply):
    """Whether that message is a response with the transaction id of that request."""
    return len(reply) >= 20 and reply[0] & 0xC0 == 0 and reply[4:20] == request[4:20]


def read(reply):
    """XOR-MAPPED-ADDRESS (section 14.2) as [`ADDRESS:PORT`] or [`[ADDRESS]:PORT`]; none in anything but a success."""
    kind, length = struct.unpack_from("!HH", reply)
    if kind != _BINDING_SUCCESS or 20 + length != len(reply):
        return []
    at = 20
    while at + 4 <= len(reply):
        attribute, size = struct.unpack_from("!HH", reply, at)
        if attribute == _XOR_MAPPED_ADDRESS:
            return [_unmask(reply[4:20], reply[at + 4:at + 4 + size])]
        at += 4 + (size + 3) // 4 * 4
    return []


def _unmask(mask, value):
    port = struct.unpack_from("!H", value, 2)[0] ^ (_COOKIE >> 16)
    address = ipaddress.ip_address(bytes(a ^ b for a, b in zip(value[4:], mask)))
    return f"{address}:{port}" if address.version == 4 else f"[{address}]:{port}"
