"""DNS queries, built by hand, and their answers, parsed by dnspython."""

import os
import struct

import dns.message
import dns.rcode
import dns.rdatatype

TYPES = {"A": 1, "SOA": 6, "TXT": 16, "AAAA": 28}


def query(name, rdtype):
    """A query (RFC 1035 section 4) with a random id, without EDNS."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return os.urandom(2) + struct.pack("!5H", 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", TYPES[rdtype], 1)


def belongs(request, reply):
    """Whether that message is a response to that query: same id, and the question identical octet for octet."""
    same_question = len(reply) >= len(request) and reply[12:len(request)] == request[12:]
    return same_question and reply[:2] == request[:2] and reply[2] & 0x80 != 0


def read(reply):
    """The data of the answer section as text, strings without quotes; the rcode instead if it is not NOERROR."""
    message = dns.message.from_wire(reply)
    if message.rcode() != dns.rcode.NOERROR:
        return [dns.rcode.to_text(message.rcode())]
    return [data.to_text().strip('"') for rrset in message.answer for data in rrset]
