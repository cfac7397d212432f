"""What the servers are asked, and what a right answer is."""

import contextlib
import os
import random
import socket
import statistics
import struct
import time

NAMES = 1000
PRESENT_TO_ABSENT = 10  # after so many queries for names that exist comes one for a name that does not


class Unfit(Exception):
    """What keeps a server out of the comparison."""


def name(number, names, letter="n"):
    """The first label of one of so many names, which all have one length."""
    return f"{letter}{number:0{len(str(names - 1)) + 1}}"


def write_zone(path, names=NAMES, serial=1):
    """A zone of so many names, each with an A and an AAAA record."""
    lines = ["$ORIGIN example.com.", "$TTL 300"]
    lines += [f"@ SOA ns1 hostmaster {serial} 3600 600 86400 300", "@ NS ns1", "ns1 A 192.0.2.1"]
    for i in range(names):
        lines.append(f"{name(i, names)} A 192.0.2.{i % 250 + 1}")
        lines.append(f"{name(i, names)} AAAA 2001:db8::{i // 65536:x}:{i % 65536:x}")
    path.write_text("\n".join(lines) + "\n")


def write_queries(path, names=NAMES):
    """Queries as dnsperf reads them. Their names have one length, so that a load may send them as segments."""
    present = [f"{name(i, names)}.example.com {kind}" for i in range(names) for kind in ("A", "AAAA")]
    random.Random(1).shuffle(present)
    lines = []
    for i, line in enumerate(present, start=1):
        lines.append(line)
        if i % PRESENT_TO_ABSENT == 0:
            lines.append(f"{name(i % names, names, 'x')}.example.com A")
    path.write_text("\n".join(lines) + "\n")


def absent_share(queries):
    lines = queries.read_text().splitlines()
    return sum(line.startswith("x") for line in lines) / len(lines)


def dns_query(number, name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + struct.pack("!BHH", 0, {"A": 1, "AAAA": 28}[kind], 1)
    edns = struct.pack("!BHHIH", 0, 41, 1232, 0, 0)
    return struct.pack("!6H", number, 0x0000, 1, 0, 0, 1) + question + edns


def dns_mistake(query, reply, absent):
    """What is wrong with a reply; None when nothing is."""
    if len(reply) < 12 or reply[:2] != query[:2]:
        return "not an answer to this query"
    flags, _, answers, authority, additional = struct.unpack("!5H", reply[2:12])
    if flags & 0x840F != (0x8403 if absent else 0x8400):
        return f"flags {flags:04x}"
    if reply[12 : len(query) - 11] != query[12:-11]:
        return "another question"
    if answers != (0 if absent else 1) or (absent and authority == 0) or additional == 0:
        return f"{answers} answers, {authority} authority and {additional} additional records"
    return None


def stun_mistake(request, reply, own):
    """What is wrong with a reply to a request from the own address; None when nothing is."""
    if len(reply) < 20 or reply[:2] != b"\x01\x01" or reply[4:20] != request[4:20]:
        return "not a success response to this request"
    at = 20
    while at + 4 <= len(reply):
        kind, length = struct.unpack("!HH", reply[at : at + 4])
        if kind == 0x0020 and length == 8 and at + 12 <= len(reply):
            port = struct.unpack("!H", reply[at + 6 : at + 8])[0] ^ 0x2112
            address = bytes(a ^ b for a, b in zip(reply[at + 8 : at + 12], request[4:8]))
            return None if (socket.inet_ntoa(address), port) == own else "another XOR-MAPPED-ADDRESS"
        at += 4 + (length + 3) // 4 * 4
    return "no XOR-MAPPED-ADDRESS"


def ask(client, request, patience):
    """The reply to a request, which is sent again until the patience, in seconds, is over."""
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


def check(protocol, port, queries, echoes):
    """Waits for a server, asks it everything once and looks at each answer: a load only counts answers.

    Returns the mean size of an answer in octets. Raises Unfit.
    """
    asked = []  # (request, reply, mistake)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        if protocol == "stun":
            request = struct.pack("!HHI", 0x0001, 0, 0x2112A442) + os.urandom(12)
            reply = ask(client, request, 10)
            asked.append((request, reply, stun_mistake(request, reply, client.getsockname())))
        else:
            ask(client, dns_query(0xFFFF, f"{name(0, NAMES)}.example.com", "A"), 10)
            time.sleep(0.3)
            with contextlib.suppress(BlockingIOError):  # the first was perhaps sent, and answered, several times
                client.setblocking(False)
                while True:
                    client.recv(4096)
            for number, line in enumerate(queries.read_text().splitlines()):
                request = dns_query(number, *line.split())
                reply = ask(client, request, 2)
                asked.append((request, reply, dns_mistake(request, reply, line.startswith("x"))))
    wrong = [(request, mistake) for request, _, mistake in asked if mistake]
    if wrong and not echoes:
        raise Unfit(f"{len(wrong)} of {len(asked)} answers are wrong; the one to {wrong[0][0].hex()}: {wrong[0][1]}")
    return statistics.mean(len(reply) for _, reply, _ in asked)
