"""What is around an answer, beside Knot, NSD and BIND: cookies of a shared secret, options, the names of class CH, flags."""

import contextlib
import itertools
import socket
import struct

import pytest

from rig import names, servers
from rig.zones import Zone

_ZONE = """\
$ORIGIN t.test.
@ 300 SOA ns h 1 3600 600 86400 60
@ 300 NS ns
ns 60 A 192.0.2.1
www 60 A 192.0.2.2
"""
_A, _SOA, _TXT, _OPT, _ANY = 1, 6, 16, 41, 255
_IN, _CH = 1, 3
_RD, _QR = 0x0100, 0x8000
_NSID, _SUBNET, _COOKIE, _KEEPALIVE, _PADDING, _ERROR, _UNKNOWN = 3, 8, 10, 11, 12, 15, 65001
_FORMERR, _BADCOOKIE = 1, 23
_CLIENT_COOKIE = bytes.fromhex("2464c4abcf10c957")
_SUBNET_24 = bytes.fromhex("00011800c00002")

pytestmark = pytest.mark.xdist_group("edns")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The four by name, with cookies of one secret."""
    folder = tmp_path_factory.mktemp("edns")
    (folder / "zone").write_text(_ZONE)
    served = [(Zone(names.of("t.test"), []), folder / "zone")]
    with contextlib.ExitStack() as stack:
        four = {kind: stack.enter_context(servers.Server(kind, folder, served, equipped=True)) for kind in servers.ALL}
        for server in four.values():
            server.wait()
        yield four


def option(code, data=b""):
    return struct.pack("!HH", code, len(data)) + data


def query(name, kind=_A, group=_IN, flags=_RD, options=None, version=0):
    """@param name None: there is no question
    @param options the RDATA of an OPT record; None: there is none"""
    octets = struct.pack("!6H", 0x1234, flags, name is not None, 0, 0, options is not None)
    if name is not None:
        octets += names.wire(names.of(name)) + struct.pack("!HH", kind, group)
    if options is not None:
        octets += struct.pack("!xHHIH", _OPT, servers.UDP_SIZE, version << 16, len(options)) + options
    return octets


def ask(server, octets):
    """@return the octets of the reply, or None where the server answers what comes after but not this"""
    follow_up = b"\x43\x21" + query("www.t.test")[2:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", server.port))
        client.settimeout(5)
        client.send(octets)
        if struct.unpack("!H", octets[2:4])[0] & _QR:
            client.send(follow_up)
        reply = client.recv(4096)
        return reply if reply[:2] == octets[:2] else None


class Reply:
    """Code, flags, question, answers and options of a reply."""

    def __init__(self, octets):
        _, word, questions, *counts = struct.unpack("!6H", octets[:12])
        self.flags, self.code = word & 0xFFF0, word & 0x000F
        self.edns, self.options, self.answers = False, {}, []
        at = 12
        for _ in range(questions):
            at = _behind_name(octets, at) + 4
        self.question = octets[12:at]
        for place in range(sum(counts)):
            at = _behind_name(octets, at)
            kind, group, ttl, size = struct.unpack("!HHIH", octets[at:at + 10])
            data = octets[at + 10:at + 10 + size]
            at += 10 + size
            if place < counts[0]:
                self.answers.append((kind, group, ttl, data))
            if kind == _OPT:
                self._take_opt(ttl, data)
        assert at == len(octets)

    def _take_opt(self, ttl, data):
        self.edns = True
        self.code |= ttl >> 24 << 4
        while data:
            code, size = struct.unpack("!HH", data[:4])
            self.options[code] = data[4:4 + size]
            data = data[4 + size:]

    def view(self):
        """What is compared. Extended errors are not: each server has its own idea of when there is one."""
        options = {code: data for code, data in self.options.items() if code != _ERROR}
        return self.code, f"{self.flags:04x}", self.edns, options, self.question, self.answers


def _behind_name(octets, at):
    while 0 < octets[at] < 0xC0:
        at += octets[at] + 1
    return at + (1 if octets[at] == 0 else 2)


def _view(server, octets):
    reply = ask(server, octets)
    return reply and Reply(reply).view()


@pytest.mark.parametrize(("maker", "taker"), itertools.permutations(servers.ALL, 2))
def test_rfc9018_a_servers_cookie_is_good_for_the_others(running, maker, taker):
    made = Reply(ask(running[maker], query("www.t.test", options=option(_COOKIE, _CLIENT_COOKIE)))).options[_COOKIE]
    bad = made[:-1] + bytes([made[-1] ^ 1])
    # Knot and BIND answer those with a good cookie only; Thence tells who asks for nothing else (RFC 7873 §5.4).
    name = None if taker == "thence" else "www.t.test"
    with_good, with_bad = (Reply(ask(running[taker], query(name, options=option(_COOKIE, each)))) for each in (made, bad))
    assert with_good.code == 0
    assert with_good.options[_COOKIE] == made
    assert with_bad.options[_COOKIE] != bad
    if taker != "nsd":  # which answers in any case
        assert with_bad.code == _BADCOOKIE


_AS_WITH_A_PEER = {
    "id.server": query("id.server", _TXT, _CH),
    "hostname.bind": query("hostname.bind", _TXT, _CH, options=b""),
    "version.server": query("version.server", _TXT, _CH),
    "version.bind": query("version.bind", _TXT, _CH),
    "letter case in class CH": query("ID.Server", _TXT, _CH),
    "ANY of id.server": query("id.server", _ANY, _CH),
    "A of id.server": query("id.server", _A, _CH),
    "another name of class CH": query("authors.bind", _TXT, _CH),
    "the apex of class CH": query("server", _SOA, _CH),
    "another class": query("www.t.test", group=5),
    "out of all zones": query("elsewhere.test", options=b""),
    "STATUS": query("www.t.test", flags=_RD | 2 << 11, options=b""),
    "IQUERY": query("www.t.test", flags=_RD | 1 << 11, options=b""),
    "an unknown opcode": query("www.t.test", flags=_RD | 15 << 11, options=b""),
    "an opcode without a question": query(None, flags=2 << 11),
    "AD": query("www.t.test", flags=_RD | 0x0020),
    "CD": query("www.t.test", flags=_RD | 0x0010),
    "CD out of all zones": query("elsewhere.test", flags=_RD | 0x0010, options=b""),
    "RA": query("www.t.test", flags=_RD | 0x0080),
    "Z": query("www.t.test", flags=_RD | 0x0040),
    "AA and TC": query("www.t.test", flags=0x0600),
    "a code": query("www.t.test", flags=0x0005),
    "letter case": query("wWw.T.teST"),
    "a response": query("www.t.test", flags=_RD | _QR),
    "no question": query(None),
    "no question, with EDNS": query(None, options=b""),
    "no question but a cookie": query(None, options=option(_COOKIE, _CLIENT_COOKIE)),
    "a cookie of 7 octets": query("www.t.test", options=option(_COOKIE, b"1" * 7)),
    "a cookie of 15 octets": query("www.t.test", options=option(_COOKIE, b"1" * 15)),
    "a cookie of 41 octets": query("www.t.test", options=option(_COOKIE, b"1" * 41)),
    "a cookie out of all zones": query("elsewhere.test", options=option(_COOKIE, _CLIENT_COOKIE)),
    "NSID": query("www.t.test", options=option(_NSID)),
    "NSID that is not empty": query("www.t.test", options=option(_NSID, b"x")),
    "NSID out of all zones": query("elsewhere.test", options=option(_NSID)),
    "a subnet": query("www.t.test", options=option(_SUBNET, _SUBNET_24)),
    "a subnet without address or family": query("www.t.test", options=option(_SUBNET, bytes(4))),
    "a subnet without address": query("www.t.test", options=option(_SUBNET, bytes.fromhex("00010000"))),
    "a subnet of an unknown family": query("www.t.test", options=option(_SUBNET, bytes.fromhex("00030000"))),
    "a subnet with an octet too many": query("www.t.test", options=option(_SUBNET, _SUBNET_24 + b"\1")),
    "a subnet with an octet too few": query("www.t.test", options=option(_SUBNET, _SUBNET_24[:-1])),
    "a subnet with a bit too many": query("www.t.test", options=option(_SUBNET, bytes.fromhex("00011700c00003"))),
    "a subnet longer than an address": query("www.t.test", options=option(_SUBNET, bytes.fromhex("00012100c000020100"))),
    "padding": query("www.t.test", options=option(_PADDING, bytes(20))),
    "keepalive": query("www.t.test", options=option(_KEEPALIVE)),
    "an unknown option": query("www.t.test", options=option(_UNKNOWN, b"x")),
    "EDNS 1": query("www.t.test", options=b"", version=1),
    "EDNS 1 with a cookie": query("www.t.test", options=option(_COOKIE, _CLIENT_COOKIE), version=1),
}


@pytest.mark.parametrize("case", _AS_WITH_A_PEER)
def test_thence_does_as_a_peer(running, case):
    for _ in range(3):  # one may make its cookie in the next second
        seen = {kind: _view(server, _AS_WITH_A_PEER[case]) for kind, server in running.items()}
        if seen["thence"] in [seen[peer] for peer in servers.PEERS]:
            return
    pytest.fail("\n".join(f"{kind:7}{view}" for kind, view in seen.items()), pytrace=False)


# Where Thence stands alone, with what it says, and why.
_ALONE = {
    # RFC 7873 §5.4. NSD and BIND say NOERROR, Knot knows nothing of this.
    "no question but a bad cookie": (query(None, options=option(_COOKIE, _CLIENT_COOKIE + bytes(16))), _BADCOOKIE),
    # RFC 7873 §5.2: the first one counts and all others are ignored.
    "a cookie and a broken one": (query("www.t.test", options=option(_COOKIE, _CLIENT_COOKIE) + option(_COOKIE, b"1")), 0),
    # RFC 7871 §6 has scope 0 in queries. BIND says FORMERR as well, without the OPT that RFC 6891 §7 asks for.
    "a subnet with a scope": (query("www.t.test", options=option(_SUBNET, bytes.fromhex("00011818c00002"))), _FORMERR),
}


@pytest.mark.parametrize("case", _ALONE)
def test_where_thence_stands_alone(running, case):
    octets, code = _ALONE[case]
    seen = {kind: _view(server, octets) for kind, server in running.items()}
    assert seen["thence"][0] == code
    assert seen["thence"][2], "EDNS"
    assert seen["thence"] not in [seen[peer] for peer in servers.PEERS], "a peer does the same by now: no need to say more"
