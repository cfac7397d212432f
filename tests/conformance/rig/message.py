"""Messages: queries to octets, and replies from octets to values that can be compared."""

import dataclasses
import struct

from rig import names, record_types

HEADER = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")  # type, class, TTL, length of the data

QR, AA, TC, RD, RA, Z, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0040, 0x0020, 0x0010
OPT, RRSIG, HIP, IPSECKEY = 41, 46, 55, 45
DO = 0x8000
RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN")

_LAYOUTS = {record_types.NUMBERS[word]: layout for word, layout in record_types.LAYOUTS.items()}


def query(identity, name, kind, flags=0, edns=None, dnssec=False, rdclass=1):
    """@param edns offered size in octets, or None for no OPT"""
    octets = HEADER.pack(identity, flags, 1, 0, 0, int(edns is not None)) + names.wire(name) + struct.pack("!HH", kind, rdclass)
    if edns is not None:
        octets += b"\0" + _FIXED.pack(OPT, edns, DO if dnssec else 0, 0)
    return octets


class Malformed(Exception):
    """A reply that cannot be read."""


@dataclasses.dataclass
class Reply:
    octets: bytes
    flags: int
    rcode: int
    question: bytes
    answer: dict      # (owner, type, type covered) -> (TTL, set of data); names without letter case
    authority: dict
    additional: dict
    edns: tuple       # (version, flags), or None
    duplicates: bool  # whether a record stands twice in a section

    @property
    def truncated(self):
        return bool(self.flags & TC)


def _name(octets, at, known):
    """A name with its letter case and compression taken away. @return it in wire form, and where it ends"""
    start, pieces, end, jumps = at, [], 0, 0
    while True:
        length = octets[at]
        if length == 0:
            pieces.append(b"\0")
            end = end or at + 1
            break
        if length >= 0xC0:
            target = (length & 0x3F) << 8 | octets[at + 1]
            end = end or at + 2
            jumps += 1
            if target >= at or jumps > 127:
                raise Malformed("a compression pointer that does not point back")
            if target in known:
                pieces.append(known[target])
                break
            at = target
        elif length > 63:
            raise Malformed("a label of an unknown kind")
        else:
            pieces.append(octets[at:at + 1 + length].lower())
            at += 1 + length
    name = b"".join(pieces)
    if len(name) > names.LONGEST_NAME:
        raise Malformed("a name of more than 255 octets")
    known[start] = name
    return name, end


def _plain_data(octets, at, end, layout, known):
    pieces = []
    for step in layout:
        if step == "n":
            name, at = _name(octets, at, known)
            pieces.append(name)
        else:
            size = 1 + octets[at] if step == "s" else int(step)
            pieces.append(octets[at:at + size])
            at += size
    if at > end:
        raise Malformed("data longer than it says")
    pieces.append(octets[at:end])
    return b"".join(pieces)


def _data(octets, at, end, kind, known):
    layout = _LAYOUTS.get(kind)
    if layout:
        return _plain_data(octets, at, end, layout, known)
    if kind == IPSECKEY and octets[at + 1] == 3:
        return _plain_data(octets, at, end, "3n", known)
    if kind == HIP:  # servers at its end
        servers = at + 4 + octets[at] + int.from_bytes(octets[at + 2:at + 4], "big")
        return octets[at:servers] + octets[servers:end].lower()
    return octets[at:end]


def read(octets):
    """@throws Malformed"""
    try:
        return _read(octets)
    except (IndexError, struct.error) as error:
        raise Malformed("cut off") from error


def _read(octets):
    known = {}
    _, flags, questions, *counts = HEADER.unpack_from(octets)
    at, rcode, edns, duplicates, sections = HEADER.size, flags & 0xF, None, False, []
    for _ in range(questions):
        _, at = _name(octets, at, known)
        at += 4
    question = octets[HEADER.size:at]
    for count in counts:
        section = {}
        for _ in range(count):
            owner, at = _name(octets, at, known)
            kind, rdclass, ttl, length = _FIXED.unpack_from(octets, at)
            at += _FIXED.size
            end = at + length
            if end > len(octets):
                raise Malformed("data beyond the end")
            if kind == OPT:
                rcode |= (ttl >> 24) << 4
                edns = ((ttl >> 16) & 0xFF, ttl & 0xFFFF)
            else:
                data = _data(octets, at, end, kind, known)
                covered = int.from_bytes(data[:2], "big") if kind == RRSIG else 0
                _, seen = section.setdefault((owner, kind, covered, rdclass), (ttl, set()))
                duplicates |= data in seen
                seen.add(data)
            at = end
        sections.append(section)
    if at != len(octets):
        raise Malformed("octets after the end")
    return Reply(octets, flags, rcode, question, *sections, edns, duplicates)


def rcode_text(rcode):
    return RCODES[rcode] if rcode < len(RCODES) else f"RCODE{rcode}"


def section_text(section):
    """Its RRsets, each on a line."""
    lines = []
    for (owner, kind, covered, _), (ttl, data) in section.items():
        what = record_types.text(kind) + (f"({record_types.text(covered)})" if covered else "")
        lines.append(f"{names.text(names.from_wire(owner))} {ttl} {what} {_data_text(kind, data)}")
    return lines


def _data_text(kind, data):
    if record_types.LAYOUTS.get(record_types.text(kind)) == "n" and kind != 47:
        return " ".join(sorted(names.text(names.from_wire(each)) for each in data))
    if kind == 47:
        return "-> " + " ".join(names.text(names.from_wire(each)) for each in data)
    octets = sorted(data)[0].hex()
    return f"[{len(data)}] {octets[:24]}{'...' if len(octets) > 24 else ''}"
