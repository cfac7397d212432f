"""STUN Binding requests, built by hand, and what their responses say (RFC 8489, RFC 5780, RFC 3489)."""

import dataclasses
import ipaddress
import os
import struct

_COOKIE = 0x2112A442
_BINDING_REQUEST = 0x0001
_BINDING_SUCCESS = 0x0101
_BINDING_ERROR = 0x0111

MAPPED_ADDRESS = 0x0001
CHANGE_REQUEST = 0x0003
SOURCE_ADDRESS = 0x0004
CHANGED_ADDRESS = 0x0005
ERROR_CODE = 0x0009
UNKNOWN_ATTRIBUTES = 0x000A
XOR_MAPPED_ADDRESS = 0x0020
PADDING = 0x0026
RESPONSE_PORT = 0x0027
RESPONSE_ORIGIN = 0x802B
OTHER_ADDRESS = 0x802C


def binding_request(*attributes, classic=False):
    """A Binding request with a random transaction id.

    @param attributes pairs of a type and its value
    @param classic as in RFC 3489, without the magic cookie
    """
    body = b"".join(struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4) for kind, value in attributes)
    cookie = os.urandom(4) if classic else struct.pack("!I", _COOKIE)
    return struct.pack("!HH", _BINDING_REQUEST, len(body)) + cookie + os.urandom(12) + body


def change_request(address=False, port=False):
    """CHANGE-REQUEST (RFC 5780 section 7.2)."""
    return CHANGE_REQUEST, struct.pack("!I", 4 * address + 2 * port)


def belongs(request, reply):
    """Whether that message is a response with the transaction id of that request."""
    return len(reply) >= 20 and reply[0] & 0xC0 == 0 and reply[4:20] == request[4:20]


def read(reply):
    """XOR-MAPPED-ADDRESS (section 14.2) as [`ADDRESS:PORT`] or [`[ADDRESS]:PORT`]; empty unless a success response."""
    response = parse(reply)
    found = response.address(XOR_MAPPED_ADDRESS) if response.success else None
    return [found] if found else []


@dataclasses.dataclass(frozen=True)
class Response:
    transaction: bytes  # including the four octets of the magic cookie
    success: bool
    attributes: dict  # type -> value; the first of each type counts

    def address(self, kind):
        """`ADDRESS:PORT` or `[ADDRESS]:PORT`; None if there is no such attribute."""
        value = self.attributes.get(kind)
        if value is None:
            return None
        if kind == XOR_MAPPED_ADDRESS:
            mask = self.transaction
            value = value[:2] + _xor(value[2:4], mask) + _xor(value[4:], mask)
        port = struct.unpack_from("!H", value, 2)[0]
        address = ipaddress.ip_address(value[4:])
        assert value[1] == {4: 1, 6: 2}[address.version], f"not an address: {value.hex()}"
        return f"{address}:{port}" if address.version == 4 else f"[{address}]:{port}"

    @property
    def error(self):
        """The number of ERROR-CODE (section 14.8); 0 in a success."""
        value = self.attributes.get(ERROR_CODE)
        return value[2] * 100 + value[3] if value and not self.success else 0

    @property
    def unknown(self):
        """UNKNOWN-ATTRIBUTES (section 14.13)."""
        value = self.attributes.get(UNKNOWN_ATTRIBUTES, b"")
        return {kind for kind, in struct.iter_unpack("!H", value)}


def parse(reply):
    """@raise ValueError when it is not a well-formed Binding response"""
    kind, length = struct.unpack_from("!HH", reply)
    if kind not in (_BINDING_SUCCESS, _BINDING_ERROR) or 20 + length != len(reply):
        raise ValueError(f"not a Binding response: {reply.hex()}")
    attributes = {}
    at = 20
    while at < len(reply):
        attribute, size = struct.unpack_from("!HH", reply, at)
        if at + 4 + size > len(reply):
            raise ValueError(f"an attribute overruns the message: {reply.hex()}")
        attributes.setdefault(attribute, reply[at + 4:at + 4 + size])
        at += 4 + (size + 3) // 4 * 4
    return Response(reply[4:20], kind == _BINDING_SUCCESS, attributes)


def _xor(value, mask):
    return bytes(a ^ b for a, b in zip(value, mask))
