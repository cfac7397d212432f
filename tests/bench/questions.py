"""The queries for the servers, and the right answers."""

import contextlib
import functools
import hashlib
import hmac
import os
import random
import socket
import statistics
import struct
import time
import zlib

NAMES = 1000
PRESENT_TO_ABSENT = 10  # this many queries for existing names per query for a name that does not exist
SELF, CLIENT = "self.example.com", "me.example.com"  # their A records are the address asked and the client's
USER, PASSWORD, REALM = "user", "password", "example.com"


class Unfit(Exception):
    """Why a server is excluded from the comparison."""


def name(number, names, letter="n"):
    """The first label of one of that many names, all of the same length."""
    return f"{letter}{number:0{len(str(names - 1)) + 1}}"


def address(number, kind):
    """The address of that name."""
    return f"192.0.2.{number % 250 + 1}" if kind == "A" else f"2001:db8::{number // 65536:x}:{number % 65536:x}"


def write_zone(path, names=NAMES, serial=1):
    """Writes a zone of that many names, each with an A and an AAAA record. Its TTLs outlive any comparison."""
    lines = ["$ORIGIN example.com.", "$TTL 86400"]
    lines += [f"@ SOA ns1 hostmaster {serial} 3600 600 86400 86400", "@ NS ns1", "ns1 A 192.0.2.1"]
    lines += [f"{name(i, names)} {kind} {address(i, kind)}" for i in range(names) for kind in ("A", "AAAA")]
    path.write_text("\n".join(lines) + "\n")


def write_queries(path, names=NAMES):
    """Writes queries as dnsperf reads them. Their names have the same length, so that they can be sent as segments."""
    present = [f"{name(i, names)}.example.com {kind}" for i in range(names) for kind in ("A", "AAAA")]
    random.Random(1).shuffle(present)
    lines = []
    for i, line in enumerate(present, start=1):
        lines.append(line)
        if i % PRESENT_TO_ABSENT == 0:
            lines.append(f"{name(i % names, names, 'x')}.example.com A")
    path.write_text("\n".join(lines) + "\n")


def write_all_queries(folder):
    """@return kind of load -> a file of queries, for all DNS kinds"""
    files = {"dns": folder / "queries", "dns-self": folder / "self", "dns-client": folder / "client"}
    write_queries(files["dns"])
    files["dns-self"].write_text(f"{SELF} A\n")
    files["dns-client"].write_text(f"{CLIENT} A\n")
    return files | dict.fromkeys(("dns-view", "dns-forward", "dns-upstream"), files["dns"])


def absent_share(queries):
    lines = queries.read_text().splitlines()
    return sum(line.startswith("x") for line in lines) / len(lines)


def right_address(name, kind):
    """The data of the right record; None if the name does not exist."""
    label = name.split(".")[0]
    if name in (SELF, CLIENT):
        text = "127.0.0.1"
    elif label.startswith("x"):
        return None
    else:
        text = address(int(label[1:]), kind)
    return socket.inet_pton(socket.AF_INET if kind == "A" else socket.AF_INET6, text)


def dns_query(number, name, kind, recursion=False):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + struct.pack("!BHH", 0, {"A": 1, "AAAA": 28}[kind], 1)
    edns = struct.pack("!BHHIH", 0, 41, 1232, 0, 0)
    return struct.pack("!6H", number, 0x0100 if recursion else 0x0000, 1, 0, 0, 1) + question + edns


def dns_mistake(query, reply, right, recursion=False):
    """What is wrong with a reply; None when nothing is.

    right is the data of the right record, or None if the name does not exist. With recursion, the reply must be from
    the cache, so not authoritative.
    """
    if len(reply) < 12 or reply[:2] != query[:2]:
        return "not an answer to this query"
    flags, _, answers, authority, additional = struct.unpack("!5H", reply[2:12])
    if flags & 0x840F != (0x8000 if recursion else 0x8400) | (0 if right else 3):
        return f"flags {flags:04x}"
    end = len(query) - 11
    if reply[12:end] != query[12:-11]:
        return "another question"
    if answers != (1 if right else 0) or (not right and authority == 0) or additional == 0:
        return f"{answers} answers, {authority} authority and {additional} additional records"
    if right and struct.pack("!H", len(right)) + right not in reply[end:]:
        return "another address"
    return None


def stun_request(attributes=b""):
    return struct.pack("!HHI", 0x0001, len(attributes), 0x2112A442) + os.urandom(12) + attributes


def stun_attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun_attributes(message):
    """The value of each attribute, by type; the first if there are several."""
    found, at = {}, 20
    while at + 4 <= len(message):
        kind, length = struct.unpack("!HH", message[at : at + 4])
        found.setdefault(kind, message[at + 4 : at + 4 + length])
        at += 4 + (length + 3) // 4 * 4
    return found


def announcing(message, more):
    """The message, with its length field increased as if that many more octets followed."""
    return message[:2] + struct.pack("!H", len(message) - 20 + more) + message[4:]


def with_fingerprint(message):
    covered = announcing(message, 8)
    return covered + stun_attribute(0x8028, struct.pack("!I", zlib.crc32(covered) ^ 0x5354554E))


def with_integrity(message, key):
    covered = announcing(message, 24)
    return covered + stun_attribute(0x0008, hmac.digest(key, covered, "sha1"))


def stun_mistake(request, reply, own):
    """What is wrong with a reply to a request from that address; None when nothing is."""
    if len(reply) < 20 or reply[:2] != b"\x01\x01" or reply[4:20] != request[4:20]:
        return "not a success response to this request"
    mapped = stun_attributes(reply).get(0x0020, b"")
    if len(mapped) != 8:
        return "no XOR-MAPPED-ADDRESS"
    port = struct.unpack("!H", mapped[2:4])[0] ^ 0x2112
    address = bytes(a ^ b for a, b in zip(mapped[4:], request[4:8]))
    return None if (socket.inet_ntoa(address), port) == own else "another XOR-MAPPED-ADDRESS"


def credentials(challenge, echoes):
    """The attributes that answer a challenge, except MESSAGE-INTEGRITY, and the key for MESSAGE-INTEGRITY."""
    asked = stun_attributes(challenge)
    if echoes:  # no challenge, but requests as long as those to Thence
        asked = {0x0014: REALM.encode(), 0x0015: b"n" * 29}
    elif asked.get(0x0009, b"")[2:4] != b"\x04\x01" or not {0x0014, 0x0015} <= set(asked):
        raise Unfit("does not ask for credentials by error 401 with REALM and NONCE")
    realm, nonce = asked[0x0014], asked[0x0015]
    attributes = [stun_attribute(0x0006, USER.encode()), stun_attribute(0x0014, realm), stun_attribute(0x0015, nonce)]
    key = hashlib.md5(b":".join((USER.encode(), realm, PASSWORD.encode())), usedforsecurity=False).digest()
    return b"".join(attributes), key


def ask_stun(client, kind, echoes):
    """A request of that kind, its reply, and what is wrong with the reply."""
    first = greet(client, stun_request())
    request, sealed, seal = stun_request(), None, 0
    if kind == "stun-fingerprint":
        sealed, seal = with_fingerprint, 8
        request = sealed(request)
    elif kind == "stun-credentials":
        attributes, key = credentials(first, echoes)
        sealed, seal = functools.partial(with_integrity, key=key), 24
        request = sealed(stun_request(attributes))
    reply = ask(client, request, 2)
    mistake = stun_mistake(request, reply, client.getsockname())
    if not mistake and sealed and sealed(reply[:-seal]) != reply:
        mistake = "a wrong FINGERPRINT or MESSAGE-INTEGRITY, or none at the end"
    return request, reply, mistake


def ask_dns(client, kind, queries):
    """Each query, its reply, and what is wrong with the reply."""
    lines = [line.split() for line in queries.read_text().splitlines()]
    recursion = kind == "dns-forward"
    greet(client, dns_query(0xFFFF, *lines[0], recursion))
    for number, line in enumerate(lines):
        request = dns_query(number, *line, recursion)
        reply = ask(client, request, 2)
        yield request, reply, dns_mistake(request, reply, right_address(*line), recursion)


def ask(client, request, patience):
    """The reply to a request, which is repeated for up to `patience` seconds."""
    end = time.monotonic() + patience
    client.settimeout(0.2)
    while time.monotonic() < end:
        try:
            client.send(request)
            return client.recv(4096)
        except TimeoutError:
            continue
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise Unfit("does not answer")


def greet(client, request):
    """The first reply of a server that may not be running yet."""
    reply = ask(client, request, 10)
    time.sleep(0.3)
    with contextlib.suppress(BlockingIOError):  # the request may have been sent, and answered, several times
        client.setblocking(False)
        while True:
            client.recv(4096)
    return reply


def check(kind, port, queries, echoes):
    """Waits for a server, asks it everything once and checks each answer, because loads only count answers.

    queries is None where the kind is not DNS. Returns the mean size of an answer in octets. Raises Unfit.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        asked = list(ask_dns(client, kind, queries)) if queries else [ask_stun(client, kind, echoes)]
    wrong = [(request, mistake) for request, _, mistake in asked if mistake]
    if wrong and not echoes:
        raise Unfit(f"{len(wrong)} of {len(asked)} answers are wrong; the one to {wrong[0][0].hex()}: {wrong[0][1]}")
    return statistics.mean(len(reply) for _, reply, _ in asked)
