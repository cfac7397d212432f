"""Datagrams with sources that a socket cannot be bound to, written below the sockets of a host."""

import ipaddress
import json
import socket
import struct

_ETHERTYPE = {4: 0x0800, 6: 0x86DD}
_UDP = 17
_TO_ALL = b"\xff" * 6
_HOP_LIMIT = 64


def send(client, server, device, source, destination, payload):
    """From one host to the other over the link of that name, whatever the routes.
    @param source, destination (address, port)"""
    with client.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as raw:
        version = ipaddress.ip_address(source[0]).version
        to_all = destination[0] == "255.255.255.255"
        link = _TO_ALL if to_all else _link_address(server, device)
        raw.sendto(_packet(source, destination, payload), (device, _ETHERTYPE[version], 0, 0, link))


def _link_address(host, device):
    shown = json.loads(host.run("ip", "-j", "link", "show", device).stdout)
    return bytes.fromhex(shown[0]["address"].replace(":", ""))


def _packet(source, destination, payload):
    addresses = [ipaddress.ip_address(end[0]).packed for end in (source, destination)]
    size = 8 + len(payload)
    udp = struct.pack("!HHHH", source[1], destination[1], size, 0) + payload
    pseudo_header = b"".join(addresses) + struct.pack("!II", size, _UDP)
    udp = udp[:6] + struct.pack("!H", _checksum(pseudo_header + udp) or 0xFFFF) + udp[8:]
    if len(addresses[0]) == 16:
        return struct.pack("!IHBB", 6 << 28, size, _UDP, _HOP_LIMIT) + b"".join(addresses) + udp
    header = struct.pack("!BBHIBBH", 0x45, 0, 20 + size, 0, _HOP_LIMIT, _UDP, 0) + b"".join(addresses)
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + udp


def _checksum(octets):
    """RFC 1071."""
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
