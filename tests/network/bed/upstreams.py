"""Scripted upstreams: DNS servers on a host that behave as scripted, and remember their queries.

All upstreams of a host run in one thread. An upstream's behaviour is a function of the query, and may be changed at any
time. It returns replies, each with its delay; an empty list means silence.
"""

import dataclasses
import functools
import heapq
import itertools
import os
import re
import selectors
import socket
import struct
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

_SO_RCVBUFFORCE = 33
_BURST = 200  # datagrams read from one socket before others get their turn


@dataclasses.dataclass(frozen=True)
class Asked:
    """A query as an upstream saw it."""

    wire: bytes
    address: str  # its source
    port: int
    transport: str
    at: float  # of time.monotonic()
    upstream: "Upstream"

    @functools.cached_property
    def message(self):
        return dns.message.from_wire(self.wire)

    @property
    def name(self):
        return self.message.question[0].name.to_text().rstrip(".")

    @property
    def id(self):
        return struct.unpack_from("!H", self.wire)[0]


@dataclasses.dataclass(frozen=True)
class Reply:
    wire: bytes
    delay: float = 0.0  # seconds
    half: bool = False  # over TCP: half of it, then the connection is closed
    by: str = ""  # over UDP: the name of the upstream to send from; empty: the one that was asked


class Upstream:
    """Used through Upstreams."""

    def __init__(self, host, address, port, behave):
        self.address, self.port = address, port
        self.behave = behave
        self.asked = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with host.inside():
            self.udp, self.tcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_STREAM)
            self.udp.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 2**23)
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            for each in (self.udp, self.tcp):
                each.bind((address, port))
                each.setblocking(False)

    @property
    def endpoint(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def listen(self):
        """Until this is called, TCP connections are reset."""
        self.tcp.listen(64)

    def about(self, name):
        """The queries for that name, in any letter case."""
        return [asked for asked in list(self.asked) if asked.name.lower() == name.lower()]


class Upstreams:
    """For use in a `with` statement, which stops them."""

    def __init__(self, host):
        self._host = host
        self._selector = selectors.DefaultSelector()
        self._due = []
        self._serial = itertools.count()
        self._lock = threading.Lock()
        self._wake, self._woken = os.pipe()
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.by_name = {}

    def __enter__(self):
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        os.write(self._woken, b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            if key.data:
                key.fileobj.close()
        for descriptor in (self._wake, self._woken):
            os.close(descriptor)

    def __getitem__(self, name):
        return self.by_name[name]

    def add(self, name, address, behave, port=53, tcp=True):
        """@param address one that the host already has
        @param behave one of the functions below, or a similar one
        @param tcp False: do not listen for connections"""
        made = self.by_name[name] = Upstream(self._host, address, port, behave)
        self._selector.register(made.udp, selectors.EVENT_READ, functools.partial(self._receive, made))
        if tcp:
            made.listen()
            self._selector.register(made.tcp, selectors.EVENT_READ, functools.partial(self._accept, made))
        return made

    def later(self, delay, action):
        """Runs an action on the upstreams' thread. @param delay seconds"""
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._serial), action))
        os.write(self._woken, b"x")

    def _run(self):
        while not self._over:
            with self._lock:
                wait = self._due[0][0] - time.monotonic() if self._due else 1.0
            for key, _ in self._selector.select(max(0.0, wait)):
                if key.data:
                    key.data(key.fileobj)
                else:
                    os.read(self._wake, 4096)
            self._act()

    def _act(self):
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > time.monotonic():
                    return
                action = heapq.heappop(self._due)[2]
            action()

    def _receive(self, upstream, udp):
        for _ in range(_BURST):
            try:
                wire, peer = udp.recvfrom(65535)
            except BlockingIOError:
                return
            except ConnectionError:
                continue
            asked = Asked(wire, peer[0], peer[1], "udp", time.monotonic(), upstream)
            self._answer(asked, functools.partial(self._send, upstream, peer))

    def _send(self, upstream, peer, reply):
        via = self.by_name[reply.by] if reply.by else upstream
        try:
            via.udp.sendto(reply.wire, peer)
        except OSError:
            pass  # lost on the way

    def _accept(self, upstream, tcp):
        connection, peer = tcp.accept()
        connection.settimeout(5)
        self._selector.register(connection, selectors.EVENT_READ, functools.partial(self._read, upstream, peer, bytearray()))

    def _read(self, upstream, peer, buffer, connection):
        try:
            more = connection.recv(65535)
        except OSError:
            more = b""
        if not more:
            self._selector.unregister(connection)
            connection.close()
            return
        buffer += more
        while len(buffer) >= 2 and len(buffer) >= 2 + (size := struct.unpack_from("!H", buffer)[0]):
            asked = Asked(bytes(buffer[2:2 + size]), peer[0], peer[1], "tcp", time.monotonic(), upstream)
            del buffer[:2 + size]
            self._answer(asked, functools.partial(self._send_framed, connection))

    def _send_framed(self, connection, reply):
        framed = struct.pack("!H", len(reply.wire)) + reply.wire
        try:
            connection.sendall(framed[:len(framed) // 2] if reply.half else framed)
            if reply.half:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other end is gone

    def _answer(self, asked, send):
        upstream = asked.upstream
        upstream.asked.append(asked)
        for reply in upstream.behave(asked):
            if reply.delay:
                self.later(reply.delay, functools.partial(send, reply))
            else:
                send(reply)


# Behaviours of upstreams.

TTL = re.compile(r"ttl-(\d+)")
BIG = " ".join('"' + "x" * 250 + '"' for _ in range(230))  # records of 57 KB
LARGE = " ".join('"' + "y" * 250 + '"' for _ in range(4))  # of 1 KB


def response(asked, tells=""):
    """The answer of an honest server, by the first label of the name: `absent` does not exist, `empty` has no records,
    `big` is too big for UDP, `large` needs EDNS; anything else has an A, an AAAA and a TXT record. A label such as
    ttl-5 sets the TTL.

    @param tells the text of its TXT records; empty: the address and port that asked"""
    message = dns.message.make_response(asked.message)
    message.flags |= dns.flags.AA
    if asked.message.edns >= 0:
        message.use_edns(0, payload=1232, ednsflags=asked.message.ednsflags & dns.flags.DO)
    name, rdtype = asked.message.question[0].name, dns.rdatatype.to_text(asked.message.question[0].rdtype)
    ttl = int(found[1]) if (found := TTL.search(name.to_text())) else 60
    first = name.to_text().partition(".")[0].partition("-")[0].lower()
    data = {"A": "192.0.2.77", "AAAA": "2001:db8::77", "TXT": f'"{tells or f"{asked.address} {asked.port}"}"'}
    if first in ("big", "large"):
        data["TXT"] = {"big": BIG, "large": LARGE}[first]
    if first == "absent":
        message.set_rcode(dns.rcode.NXDOMAIN)
    if first in ("absent", "empty") or rdtype not in data:
        apex = ".".join(name.to_text().rstrip(".").split(".")[-2:]) + "."
        message.authority.append(dns.rrset.from_text(apex, ttl, "IN", "SOA", f"n.{apex} h.{apex} 1 1 1 1 {ttl}"))
    else:
        message.answer.append(dns.rrset.from_text(name, ttl, "IN", rdtype, data[rdtype]))
    return message


def to_wire(asked, message):
    """Truncated, if necessary, as by a server."""
    room = 65535 if asked.transport == "tcp" else max(512, asked.message.payload if message.edns >= 0 else 0)
    whole = message.to_wire(max_size=65535)
    if len(whole) <= room:
        return whole
    message.answer, message.authority, message.additional = [], [], []
    message.flags |= dns.flags.TC
    return message.to_wire()


def right(asked):
    return [Reply(to_wire(asked, response(asked)))]


def telling(text):
    """Right, with that text in TXT records."""
    return lambda asked: [Reply(to_wire(asked, response(asked, text)))]


def slow(seconds):
    return lambda asked: [dataclasses.replace(reply, delay=seconds) for reply in right(asked)]


def silent(_):
    return []


def with_code(rcode):
    """An answer with that error."""

    def behave(asked):
        message = dns.message.make_response(asked.message)
        message.set_rcode(dns.rcode.from_text(rcode))
        return [Reply(message.to_wire())]

    return behave


def truncating(asked):
    """Only TC over UDP; the whole answer over TCP."""
    if asked.transport == "tcp":
        return right(asked)
    message = dns.message.make_response(asked.message)
    message.flags |= dns.flags.TC
    return [Reply(message.to_wire())]


def silent_over_tcp(asked):
    """Only TC over UDP; over TCP it accepts a query and never answers."""
    return truncating(asked) if asked.transport == "udp" else []


def closing_over_tcp(asked):
    """Only TC over UDP; over TCP half of an answer, then it closes the connection."""
    if asked.transport == "udp":
        return truncating(asked)
    return [dataclasses.replace(reply, half=True) for reply in right(asked)]


def _lie(asked):
    """A forged answer with another address, right except for what a forger cannot know."""
    message = response(asked)
    message.answer = [dns.rrset.from_text(asked.message.question[0].name, 60, "IN", "A", "203.0.113.66")]
    return message


def wrong_id(asked):
    wire = _lie(asked).to_wire()
    return [Reply(struct.pack("!H", asked.id ^ 1 << bit) + wire[2:]) for bit in (0, 7, 15)]


def wrong_question(asked):
    """About another name; about another type; about no name."""
    replies = []
    for name, rdtype in (("other." + asked.name, "A"), (asked.name, "AAAA")):
        other = dns.message.make_query(name, rdtype)
        other.id = asked.id
        message = dns.message.make_response(other)
        message.answer = [dns.rrset.from_text(asked.name + ".", 60, "IN", "A", "203.0.113.66")]
        replies.append(Reply(message.to_wire()))
    message = _lie(asked)
    message.question = []
    return [*replies, Reply(message.to_wire())]


def spoofed_by(*names):
    """From the addresses of other upstreams."""
    return lambda asked: [Reply(_lie(asked).to_wire(), by=name) for name in names]


def and_then(*behaviours, delay):
    """One after the other, `delay` seconds apart."""
    return lambda asked: [dataclasses.replace(reply, delay=number * delay + reply.delay)
                          for number, behave in enumerate(behaviours) for reply in behave(asked)]


def without_edns(with_question):
    """Like servers from before EDNS: FORMERR without OPT to any query with OPT."""

    def behave(asked):
        if asked.message.edns < 0:
            return right(asked)
        bare = dns.message.make_query(asked.message.question[0].name, asked.message.question[0].rdtype)
        bare.id, bare.flags = asked.id, asked.message.flags
        message = dns.message.make_response(bare)
        message.set_rcode(dns.rcode.FORMERR)
        wire = message.to_wire()
        return [Reply(wire if with_question else wire[:4] + bytes(8))]

    return behave


def ignoring_edns(asked):
    """Right, but as if the query had no OPT."""
    message = response(asked)
    message.use_edns(False)
    return [Reply(to_wire(asked, message))]


def garbage(asked):
    """Data that cannot be mistaken for an answer."""
    wire = right(asked)[0].wire
    return [Reply(octets) for octets in (b"", wire[:5], wire[:11], os.urandom(64))]


def broken(asked):
    """Header and question of a right answer, followed in turn by: a truncated record; fewer records than announced; a
    name whose compression pointer points to itself."""
    wire = right(asked)[0].wire
    start = 12 + _question_size(asked)
    kinds = [
        wire[:start + 7],
        wire[:6] + struct.pack("!3H", 9, 9, 9) + wire[12:],
        wire[:start] + struct.pack("!HHHIH", 0xC000 | start, 1, 1, 1, 4) + bytes(4),
    ]
    return [Reply(kinds[len(asked.upstream.asked) % len(kinds)])]


def _question_size(asked):
    return len(asked.name) + 2 + 4


class Held:
    """Holds all queries until released, then answers them."""

    def __init__(self, upstreams):
        self._upstreams = upstreams
        self._waiting = []

    def __call__(self, asked):
        self._waiting.append(asked)
        return []

    @property
    def count(self):
        return len(self._waiting)

    def release(self):
        """Answers the waiting queries, over UDP."""
        waiting, self._waiting = self._waiting, []
        self._upstreams.later(0, lambda: [asked.upstream.udp.sendto(reply.wire, (asked.address, asked.port))
                                          for asked in waiting for reply in _quickly_right(asked)])


def _quickly_right(asked):
    """The same answer as right(), but faster, without parsing the query; for an A query without EDNS."""
    if asked.wire[11] or asked.wire[-4:] != b"\0\1\0\1":
        return right(asked)
    head = asked.wire[:2] + struct.pack("!5H", 0x8400, 1, 1, 0, 0)
    return [Reply(head + asked.wire[12:] + struct.pack("!HHHIH4B", 0xC00C, 1, 1, 60, 4, 192, 0, 2, 77))]
