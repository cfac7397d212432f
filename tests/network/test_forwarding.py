"""Forwarding: what clients are answered and from where, and what upstreams see of it.

Scripted upstreams do whatever servers are known to do, and worse; Knot, NSD and Unbound are there as well. What fails,
comes back or is too much is in test_forwarding_under_stress.
"""

import collections
import itertools
import time

import dns.edns
import dns.flags
import dns.opcode
import pytest

from bed import judge, peers, thence, upstreams
from bed.crossroads import BRIDGE, LINK_LOCAL, LOOPBACK, NETS, OWN, SIDES, TWIN
from bed.dns_asking import TRANSPORTS, as_question, ask, client_subnet, cookie, query
from bed.forwarding import NO_SOCKET, Forwarding, configuration
from bed.judge import Target, send, udp_socket
from bed.process import eventually
from bed.stream import connection, frame, receive
from bed.upstreams import right

pytestmark = pytest.mark.xdist_group("forwarding")

# Extended errors (RFC 8914).
STALE, PROHIBITED, STALE_NXDOMAIN, NOT_AUTHORITATIVE, NO_REACHABLE, NETWORK = 3, 18, 19, 20, 22, 23

NSID, SUBNET, COOKIE, KEEPALIVE, PADDING, UNKNOWN = 3, 8, 10, 11, 12, 65001  # options of EDNS
VIEWED = 5353  # the port of the server with views

TRUTH, LIE = ["192.0.2.77"], ["203.0.113.66"]


def without_tcp(behave):
    """The same, with nobody listening for connections."""

    def same(asked):
        return behave(asked)

    same.no_tcp = True
    return same


SCRIPTS = {
    "ok.test": [right],
    "six.test": [right],
    "slow.test": [upstreams.slow(0.5)],
    # Who cannot be had is followed by one who is right.
    "dead.test": [NO_SOCKET, right],
    "silent.test": [upstreams.silent, right],
    "servfail.test": [upstreams.with_code("SERVFAIL"), right],
    "refused.test": [upstreams.with_code("REFUSED"), right],
    "notimp.test": [upstreams.with_code("NOTIMP"), right],
    "garbage.test": [upstreams.garbage, right],
    "broken.test": [upstreams.broken, right],
    "wrong-id.test": [upstreams.wrong_id, right],
    "wrong-question.test": [upstreams.wrong_question, right],
    "spoofed.test": [upstreams.spoofed_by("ok.test 0", "silent.test 0"), right],
    # First a lie, then the truth.
    "late-id.test": [upstreams.and_then(upstreams.wrong_id, right, delay=0.05)],
    "late-question.test": [upstreams.and_then(upstreams.wrong_question, right, delay=0.05)],
    "late-spoofed.test": [upstreams.and_then(upstreams.spoofed_by("ok.test 0", "silent.test 0"), right, delay=0.05)],
    "late-garbage.test": [upstreams.and_then(upstreams.garbage, right, delay=0.05)],
    # With nobody behind them.
    "all-servfail.test": [upstreams.with_code("SERVFAIL"), upstreams.with_code("SERVFAIL")],
    "all-refused.test": [upstreams.with_code("REFUSED")],
    "all-dead.test": [NO_SOCKET],
    "all-silent.test": [upstreams.silent],
    "all-broken.test": [upstreams.broken],
    "all-closing.test": [upstreams.closing_over_tcp],
    # EDNS and size.
    "no-edns.test": [upstreams.without_edns(with_question=True)],
    "no-edns-short.test": [upstreams.without_edns(with_question=False)],
    "ignoring.test": [upstreams.ignoring_edns],
    "cut.test": [upstreams.truncating],
    "cut-only.test": [without_tcp(upstreams.truncating)],
    "cut-mute.test": [upstreams.silent_over_tcp],
    # Sources.
    "asked.test": [right],
    "six-asked.test": [right],
    "address.test": [right],
    "six-address.test": [right],
    "by-wan.test": [right],
    "by-lan.test": [right],
    # Who may ask.
    "acl.test": [right],
    "six-acl.test": [right],
    # Views: the same zone, elsewhere; and the same upstream for both.
    "inside.test": [upstreams.telling("inside")],
    "outside.test": [upstreams.telling("outside")],
    "common.test": [right],
    # What changes its mind.
    "stale.test": [right],
}

MORE = {
    "slow.test": {"timeout": "2s"},
    "asked.test": {"from": "asked"},
    "six-asked.test": {"from": "asked"},
    "address.test": {"from": "10.70.2.2"},
    "six-address.test": {"from": "fd70:2::2"},
    "by-wan.test": {"from": "wan"},
    "by-lan.test": {"from": "lan"},
    "acl.test": {"clients": ["10.70.1.0/24", "!10.70.1.66/32"]},
    "six-acl.test": {"clients": ["fd70:1::/64"]},
}

REAL = {"knot.test": "lan", "nsd.test": "dmz", "unbound.test": "box"}


class Bed(Forwarding):
    def __init__(self, folder):
        super().__init__(SCRIPTS)
        self.folder = folder
        for address in ("10.70.1.66/24", "fd70:1::66/64"):
            self.clients["lan"].ip(f"addr add {address} dev lan")
        hosts = self.clients
        self.peers = [peers.knot(hosts["lan"], folder, "knot.test", signed=True), peers.nsd(hosts["dmz"], folder, "nsd.test"),
                      peers.unbound(hosts["box"], folder, "unbound.test")]
        real = [{"zone": zone, "to": [SIDES[side].client[4]]} for zone, side in REAL.items()]
        real += [{"zone": f"six.{zone}", "to": [f"[{SIDES[side].client[6]}]:53"]} for zone, side in REAL.items()]
        forwards = [self.forward(zone, **MORE.get(zone, {})) for zone in SCRIPTS]
        self.thence = thence.serve(self.server, self._folder("main"), configuration(forwards + real))
        zone = "split.test"
        views = [
            {"name": "inside", "match": {"interfaces": ["lan"]},
             "zones": ["thence.test"],
             "forward": [{"zone": ".", "to": self.endpoints["inside.test"], "clients": ["10.0.0.0/8"]}, "common.test"]},
            {"name": "outside", "match": {"interfaces": ["*", "!docker*"]},
             "forward": [{"zone": zone, "to": self.endpoints["outside.test"]}, "common.test"]},
        ]
        self.viewed = thence.serve(self.server, self._folder("viewed"),
                                   configuration([self.forward("common.test")], VIEWED, views=views))

    def _folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    def __exit__(self, *details):
        try:
            for each in (self.thence, self.viewed):
                each.__exit__(*details)
        finally:
            for each in self.peers:
                each.stop()
            super().__exit__(*details)


@pytest.fixture(scope="module", name="bed")
def forwarding(tmp_path_factory):
    with Bed(tmp_path_factory.mktemp("forwarding")) as bed:
        yield bed


def ask_lan(bed, asked):
    """From the host lan, a message."""
    return ask(bed.clients["lan"], Target("10.70.1.1"), asked)


# the client's side


@pytest.mark.parametrize("side, family", itertools.product(SIDES, (4, 6)))
def test_answers_come_from_the_address_asked(bed, side, family):
    for address in [each for own in OWN.values() for each in own[family]]:
        for transport, zone in itertools.product(TRANSPORTS, ("ok.test", "six.test")):
            answer = bed.ask(side, bed.fresh(zone), address=address, transport=transport)
            assert answer, f"silence from {address} over {transport}"
            assert (answer.data, answer.way.address) == (TRUTH, address)


def test_answers_come_from_a_link_local_address(bed):
    """All interfaces have the same one, and so have their clients: the reply needs to know its interface, too."""
    for side, transport in itertools.product(NETS, TRANSPORTS):
        asked = query(bed.fresh("ok.test"))
        answer = ask(bed.clients[side], Target(LINK_LOCAL, device=side), asked, transport)
        assert (answer.data, answer.way.address) == (TRUTH, LINK_LOCAL)


def test_twins_both_get_the_answer_to_the_question_of_both(bed):
    """The same question, from the same address and port, to the same address, by two interfaces, at once."""
    for family in (4, 6):
        asked = query(bed.fresh("slow.test"))
        question = as_question(asked)
        target = Target(OWN["wan"][family][0], TWIN[family])
        with udp_socket(bed.clients["lan"], target) as one, udp_socket(bed.clients["dmz"], target, one.getsockname()[1]) as other:
            for each in (one, other):
                send(each, target, question)
            for each in (one, other):
                verdict = judge.receive(each, question, question.request(), 2)
                assert verdict.address == target.address and verdict.answer[0].answer
        assert len(bed.upstream("slow.test").about(asked.question[0].name.to_text().rstrip("."))) == 1


def test_a_forwarded_answer_is_no_authoritative_one(bed):
    answer = bed.ask("lan", bed.fresh("ok.test"))
    assert not answer.authoritative
    assert answer.message.flags & dns.flags.RA and answer.message.flags & dns.flags.RD
    own = bed.ask("lan", "www.thence.test")
    assert own.authoritative and not own.message.flags & dns.flags.RA


def test_denials_are_passed_on_with_their_soa(bed):
    for first, kind in (("absent", "NXDOMAIN"), ("empty", "NODATA")):
        answer = bed.ask("lan", bed.fresh("ok.test", first))
        assert (answer.kind, answer.negative_ttl) == (kind, 60)


def test_the_question_comes_back_letter_by_letter(bed):
    name = bed.fresh("oK.tEsT", "MiXeD")
    for _ in range(2):  # from the upstream, and from the cache
        assert bed.ask("lan", name).message.question[0].name.to_text() == name + "."
    assert bed.ask("lan", name.lower()).message.question[0].name.to_text() == name.lower() + "."
    assert [asked.name for asked in bed.upstream("ok.test").about(name)] == [name]


def test_nothing_else_is_forwarded(bed):
    answer = bed.ask("lan", bed.fresh("elsewhere.example"))
    assert (answer.rcode, answer.errors) == ("REFUSED", [NOT_AUTHORITATIVE])
    for rdtype in ("AXFR", "IXFR"):
        assert bed.ask("lan", "ok.test", rdtype, transport="tcp").rcode == "REFUSED"
    notify = query(bed.fresh("ok.test"), "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    before = len(bed.upstream("ok.test").asked)
    assert ask_lan(bed, notify).rcode == "NOTIMP"
    assert len(bed.upstream("ok.test").asked) == before


@pytest.mark.parametrize("zone", REAL)
def test_real_upstreams(bed, zone):
    """What a client gets is what the server itself says, but for the flags. Names below six.* go to its IPv6 address, for
    whom they do not exist."""
    upstream = Target(SIDES[REAL[zone]].client[4])
    assert eventually(lambda: bed.ask("dmz", f"www.{zone}").data == ["192.0.2.10"])
    assert bed.ask("dmz", f"www.six.{zone}").kind == "NXDOMAIN"
    for transport, label, rdtype, want_dnssec in itertools.product(
            TRANSPORTS, ("www", "big", "absent"), ("A", "TXT", "MX"), (False, True)):
        ours = bed.ask("dmz", f"{label}.{zone}", rdtype, transport=transport, want_dnssec=want_dnssec)
        theirs = ask(bed.server, upstream, query(f"{label}.{zone}", rdtype, want_dnssec=want_dnssec), transport)
        told = [(each.kind, sorted(each.data), len(each.message.authority), each.truncated) for each in (ours, theirs)]
        assert told[0] == told[1], f"{label} {rdtype} over {transport}" + " with DO" * want_dnssec


# what upstreams see


@pytest.mark.parametrize("flags", ["", "RD", "CD", "AD", "RD CD AD"])
@pytest.mark.parametrize("want_dnssec", [False, True], ids=["without DO", "DO"])
def test_flags_are_passed_on(bed, flags, want_dnssec):
    name = bed.fresh("ok.test")
    asked = query(name, want_dnssec=want_dnssec)
    asked.flags = dns.flags.from_text(flags)
    answer = ask_lan(bed, asked)
    seen = bed.upstream("ok.test").about(name)[0].message
    assert (seen.flags, bool(seen.ednsflags & dns.flags.DO)) == (asked.flags, want_dnssec)
    assert answer.message.flags & asked.flags & (dns.flags.RD | dns.flags.CD) == asked.flags & (dns.flags.RD | dns.flags.CD)
    assert bool(answer.message.ednsflags & dns.flags.DO) == want_dnssec


def test_options_are_passed_on_but_for_those_that_are_about_one_hop(bed):
    name = bed.fresh("ok.test")
    options = [client_subnet("203.0.113.0/24"), dns.edns.GenericOption(UNKNOWN, b"whatever"), cookie(b"a client"),
               dns.edns.GenericOption(NSID, b""), dns.edns.GenericOption(PADDING, bytes(16)),
               dns.edns.GenericOption(KEEPALIVE, b"")]
    assert bed.ask("lan", name, "A", *options).data == TRUTH
    seen = bed.upstream("ok.test").about(name)[0].message
    assert [option.otype for option in seen.options] == [SUBNET, UNKNOWN]
    assert (seen.options[0].address, seen.options[0].srclen) == ("203.0.113.0", 24)
    assert seen.options[1].data == b"whatever"


def test_who_has_no_edns_is_not_answered_with_it(bed):
    name = bed.fresh("ok.test")
    answer = bed.ask("lan", name, edns=False)
    assert (answer.data, answer.message.edns) == (TRUTH, -1)
    large = bed.ask("lan", bed.fresh("ok.test", "large"), "TXT", edns=False)
    assert large.truncated and large.data == []


def test_ids_are_random_and_ports_change(bed):
    names = [bed.fresh("ok.test") for _ in range(300)]
    for name in names:
        bed.ask("lan", name)
    seen = [bed.upstream("ok.test").about(name)[0] for name in names]
    ids = [asked.id for asked in seen]
    assert len(set(ids)) > 280
    steps = collections.Counter((after - before) % 65536 for before, after in zip(ids, ids[1:]))
    assert steps.most_common(1)[0][1] < 5, "they are counted, not random"
    assert len({asked.port for asked in seen}) > 250, "who sees one query knows the port of the next"


def sources(bed, zone, addresses, side="lan"):
    """For each address asked, what the upstream saw as the source: as it says itself, and as it remembers."""
    told = {}
    for address in addresses:
        name = bed.fresh(zone)
        source = bed.ask(side, name, "TXT", address=address).data[0].split()[0]
        assert [asked.address for asked in bed.upstream(zone).about(name)] == [source]
        told[address] = source
    return told


def test_the_source_is_the_address_asked(bed):
    for family, zone in ((4, "asked.test"), (6, "six-asked.test")):
        everywhere = [address for own in OWN.values() for address in own[family]]
        assert sources(bed, zone, everywhere) == {address: address for address in everywhere}
        # Where that cannot be, because of the family or as nothing gets out from there, the system chooses.
        other = OWN["lan"][10 - family][0]
        assert sources(bed, zone, [other])[other] in OWN["wan"][family]
    assert sources(bed, "asked.test", ["127.0.0.1"], side="server") == {"127.0.0.1": "10.70.3.1"}


def test_the_source_is_a_fixed_address(bed):
    for zone, source in (("address.test", "10.70.2.2"), ("six-address.test", "fd70:2::2")):
        for address, seen in sources(bed, zone, ["10.70.1.1", "fd70:1::1", LOOPBACK[4], OWN[BRIDGE][6][0]]).items():
            assert seen == source, address


def test_the_source_is_an_interface(bed):
    assert sources(bed, "by-wan.test", ["10.70.1.1", "fd70:1::1"]) == {"10.70.1.1": "10.70.3.1", "fd70:1::1": "10.70.3.1"}
    # The same host, by an interface from which there is no way to it.
    answer = bed.ask("lan", bed.fresh("by-lan.test"))
    assert answer.rcode == "SERVFAIL" and bed.upstream("by-lan.test").asked == []


def test_otherwise_the_system_chooses(bed):
    assert sources(bed, "ok.test", ["10.70.1.1", LOOPBACK[4]]) == {"10.70.1.1": "10.70.3.1", LOOPBACK[4]: "10.70.3.1"}


# upstreams of all kinds


FOLLOWED = [zone for zone, (first, *others) in SCRIPTS.items() if others == [right] and first is not right]


@pytest.mark.parametrize("zone", FOLLOWED)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_next_upstream_is_asked(bed, zone, transport):
    for _ in range(3):
        name = bed.fresh(zone)
        answer = bed.ask("lan", name, transport=transport)
        assert answer.data == TRUTH
        assert len(bed.upstream(zone, 1).about(name)) == 1


@pytest.mark.parametrize("zone", [zone for zone in SCRIPTS if zone.startswith("late-")])
def test_a_lie_that_comes_first_is_not_believed(bed, zone):
    for _ in range(3):
        name = bed.fresh(zone)
        answer = bed.ask("lan", name)
        assert answer.data == TRUTH
        assert len(bed.upstream(zone).about(name)) == 1, "the lie ended the try"
        assert bed.ask("lan", name).data == TRUTH, "the lie is remembered"


@pytest.mark.parametrize("zone, rcode, errors", [
    ("all-servfail.test", "SERVFAIL", []),
    ("all-refused.test", "REFUSED", []),
    ("all-dead.test", "SERVFAIL", [NETWORK]),
    ("all-silent.test", "SERVFAIL", [NO_REACHABLE]),
    ("all-broken.test", "SERVFAIL", [NETWORK]),
    ("all-closing.test", "NOERROR", []),  # but cut off
])
def test_when_nobody_answers_the_client_is_told(bed, zone, rcode, errors):
    for transport in TRANSPORTS:
        began = time.monotonic()
        answer = bed.ask("lan", bed.fresh(zone), transport=transport)
        assert (answer.rcode, answer.errors, answer.message.answer) == (rcode, errors, [])
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("zone", ["no-edns.test", "no-edns-short.test", "ignoring.test"])
def test_upstreams_that_do_not_know_edns(bed, zone):
    for _ in range(2):
        name = bed.fresh(zone)
        answer = bed.ask("lan", name, "A", cookie(b"a client"), want_dnssec=True)
        assert answer.data == TRUTH
        assert answer.message.edns == 0, "the client knows EDNS, whoever else does not"
    if zone != "ignoring.test":
        assert len(bed.upstream(zone).about(name)) == 1, "it is told of EDNS again and again"
    assert bed.ask("lan", bed.fresh(zone), edns=False).data == TRUTH
    assert bed.ask("lan", bed.fresh(zone, "big"), "TXT", transport="tcp").data == [upstreams.BIG.strip('"')]


def test_what_is_cut_off_is_asked_again_over_tcp(bed):
    name = bed.fresh("cut.test")
    assert bed.ask("lan", name).data == TRUTH
    assert [asked.transport for asked in bed.upstream("cut.test").about(name)] == ["udp", "tcp"]
    assert len({asked.id for asked in bed.upstream("cut.test").about(name)}) == 2
    # Where that fails, the client is told that there is more.
    for zone in ("cut-only.test", "cut-mute.test"):
        answer = bed.ask("lan", bed.fresh(zone))
        assert (answer.rcode, answer.truncated, answer.message.answer) == ("NOERROR", True, [])


def test_huge_answers(bed):
    for zone in ("ok.test", "cut.test", "six.test"):
        name = bed.fresh(zone, "big")
        over_udp = bed.ask("lan", name, "TXT", payload=4096)
        assert over_udp.truncated and over_udp.message.answer == []
        whole = bed.ask("lan", name, "TXT", transport="tcp")
        assert not whole.truncated and whole.data == [upstreams.BIG.strip('"')]
    name = bed.fresh("ok.test", "large")
    assert bed.ask("lan", name, "TXT", payload=1232).data == [upstreams.LARGE.strip('"')]
    assert bed.ask("lan", name, "TXT", payload=800).truncated


def test_over_tcp_the_quick_do_not_wait_for_the_slow(bed):
    names = bed.fresh("slow.test"), bed.fresh("ok.test"), "www.thence.test"
    slow, quick, own = (as_question(query(name)) for name in names)
    with connection(bed.clients["lan"], Target("10.70.1.2"), 53) as tcp:
        tcp.sendall(b"".join(frame(each, each.request()) for each in (slow, quick, own)))
        order = [next(each for each in (slow, quick, own) if each.belongs(None, reply))
                 for reply in [receive(tcp, slow) for _ in range(3)]]
        assert order[2] is slow and set(map(id, order[:2])) == {id(quick), id(own)}


def test_a_client_that_is_gone_harms_nobody(bed):
    slow = as_question(query(bed.fresh("slow.test")))
    with connection(bed.clients["lan"], Target("10.70.1.2"), 53) as tcp:
        tcp.sendall(frame(slow, slow.request()))
    time.sleep(0.7)
    assert bed.ask("lan", bed.fresh("ok.test")).data == TRUTH


# who may ask


def test_only_those_in_the_list_of_clients_may_have_it(bed):
    for zone, address, source in (("acl.test", "10.70.1.1", ""), ("six-acl.test", "fd70:1::1", "fd70:1::66")):
        assert bed.ask("lan", bed.fresh(zone), address=address, source=source).data == TRUTH
    known = bed.fresh("acl.test")
    assert bed.ask("lan", known).data == TRUTH
    before = [len(bed.upstream(zone).asked) for zone in ("acl.test", "six-acl.test")]
    for side, name, address, source in (("dmz", bed.fresh("acl.test"), "10.70.1.1", ""),
                                        ("dmz", known, "10.70.1.1", ""),  # not from what is known either
                                        ("lan", known, "10.70.1.1", "10.70.1.66"),
                                        ("lan", bed.fresh("acl.test"), "fd70:1::1", ""),
                                        ("lan", bed.fresh("six-acl.test"), "10.70.1.1", "")):
        for transport in TRANSPORTS:
            answer = bed.ask(side, name, address=address, source=source, transport=transport)
            assert (answer.rcode, answer.errors, answer.message.answer) == ("REFUSED", [PROHIBITED], [])
    assert [len(bed.upstream(zone).asked) for zone in ("acl.test", "six-acl.test")] == before


@pytest.mark.parametrize("entry, is_open", [
    ({"zone": "."}, True),
    ({"zone": ".", "clients": ["0.0.0.0/0"]}, True),
    ({"zone": ".", "clients": ["10.0.0.0/8", "::/0"]}, True),
    ({"zone": ".", "open": True}, False),
    ({"zone": ".", "clients": ["10.0.0.0/8"]}, False),
    ({"zone": "corp.test"}, False),
])
def test_check_refuses_an_open_resolver(bed, tmp_path, entry, is_open):
    file = thence.configuration(tmp_path, configuration([{**entry, "to": ["10.70.3.9"]}]))
    done = bed.server.run(thence.BINARY, "check", "-c", str(file))
    assert done.returncode == (2 if is_open else 0), done.stderr
    assert ("open resolver" in done.stderr) == is_open
    assert not is_open or f"{file}:" in done.stderr


def test_check_explains_who_would_be_asked_and_who_may(bed):
    def explained(interface, client, name):
        done = bed.server.run(thence.BINARY, "check", "-c", str(bed.folder / "main" / "thence.yaml"), "--explain",
                              f"interface={interface},local=10.70.1.1,client={client},name={name}")
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = explained("lan", "10.70.1.9", "www.acl.test")
    assert bed.endpoints["acl.test"][0] in said
    assert f"extended error {PROHIBITED}" in explained("dmz", "10.70.2.9", "www.acl.test")
    assert f"extended error {NOT_AUTHORITATIVE}" in explained("lan", "10.70.1.9", "elsewhere.example")
    assert not bed.upstream("acl.test").about("www.acl.test"), "it has asked"


# what is known


def times_asked(bed, zone, name):
    return len(bed.upstream(zone).about(name))


def test_ttls_are_counted_down_and_end(bed):
    name = bed.fresh("ttl-2.ok.test")
    assert bed.ask("lan", name).ttls == {2}
    time.sleep(1.1)
    assert (bed.ask("lan", name).ttls, times_asked(bed, "ok.test", name)) == ({1}, 1)
    time.sleep(1)
    assert (bed.ask("lan", name).ttls, times_asked(bed, "ok.test", name)) == ({2}, 2)


def test_denials_are_known_as_long_as_their_soa_says(bed):
    for first, kind in (("absent", "NXDOMAIN"), ("empty", "NODATA")):
        name = bed.fresh("ttl-60.ok.test", first)
        assert [bed.ask("lan", name).kind for _ in range(3)] == [kind] * 3
        assert times_asked(bed, "ok.test", name) == 1
        brief = bed.fresh("ttl-0.ok.test", first)
        assert [bed.ask("lan", brief).kind for _ in range(2)] == [kind] * 2
        assert times_asked(bed, "ok.test", brief) == 2


def test_what_has_ttl_0_is_not_kept(bed):
    name = bed.fresh("ttl-0.ok.test")
    for times in (1, 2):
        assert (bed.ask("lan", name).ttls, times_asked(bed, "ok.test", name)) == ({0}, times)


def test_what_the_answer_may_depend_on_is_asked_apart(bed):
    name = bed.fresh("ok.test")
    ways = [{}, {"want_dnssec": True}, {"edns": False}]
    for times, way in enumerate(ways, 1):
        for _ in range(2):
            assert bed.ask("lan", name, **way).data == TRUTH
        assert times_asked(bed, "ok.test", name) == times
    for prefix in ("203.0.113.0/24", "198.51.100.0/24"):
        for _ in range(2):
            assert bed.ask("lan", name, "A", client_subnet(prefix)).data == TRUTH
    assert times_asked(bed, "ok.test", name) == len(ways) + 2
    for _ in range(2):
        assert bed.ask("lan", name, "AAAA").data == ["2001:db8::77"]
    assert times_asked(bed, "ok.test", name) == len(ways) + 3
    # Not on who asks, nor over what.
    assert bed.ask("wan", name, address="fd70:3::1", transport="tcp").data == TRUTH
    assert times_asked(bed, "ok.test", name) == len(ways) + 3


def test_each_source_has_answers_of_its_own(bed):
    name = bed.fresh("asked.test")
    for address in ("10.70.1.1", "10.70.1.2", "10.70.1.1", "10.70.1.2"):
        assert bed.ask("lan", name, "TXT", address=address).data[0].split()[0] == address
    assert times_asked(bed, "asked.test", name) == 2


# views


def test_each_view_has_its_upstreams_and_its_answers(bed):
    name = bed.fresh("split.test")
    for _ in range(2):
        for side, address, told in (("lan", "10.70.1.1", "inside"), ("dmz", "10.70.2.1", "outside"),
                                    ("wan", "10.70.1.1", "outside")):
            answer = bed.ask(side, name, "TXT", address=address, port=VIEWED)
            assert (answer.data, answer.way.address) == ([told], address)
    for upstream in ("inside.test", "outside.test"):
        assert times_asked(bed, upstream, name) == 1


def test_views_do_not_share_what_they_know_of_a_common_upstream(bed):
    name = bed.fresh("common.test")
    for _ in range(2):
        for side in ("lan", "dmz"):
            assert bed.ask(side, name, port=VIEWED).data == TRUTH
    assert times_asked(bed, "common.test", name) == 2


def test_a_view_without_a_forward_refuses(bed):
    for side, name in (("dmz", "elsewhere.example"), ("dmz", "www.thence.test"), ("box", "split.test")):
        answer = bed.ask(side, name, port=VIEWED)
        assert (answer.rcode, answer.errors) == ("REFUSED", [PROHIBITED])


def test_zones_of_a_view_come_before_what_it_forwards(bed):
    answer = bed.ask("lan", "www.thence.test", port=VIEWED)
    assert (answer.data, answer.authoritative) == (["192.0.2.10"], True)
    assert bed.ask("lan", "absent.thence.test", port=VIEWED).kind == "NXDOMAIN"
    assert not [asked for asked in bed.upstream("inside.test").asked if asked.name.endswith("thence.test")]
    # The list of clients of the forward holds in a view, too.
    answer = bed.ask("lan", "elsewhere.example", address="fd70:1::1", port=VIEWED)
    assert (answer.rcode, answer.errors) == ("REFUSED", [PROHIBITED])


# stale answers


def test_when_all_upstreams_fail_an_old_answer_is_better_than_none(bed):
    upstream = bed.upstream("stale.test")
    old, denied, new = bed.fresh("ttl-1.stale.test"), bed.fresh("ttl-1.stale.test", "absent"), bed.fresh("ttl-1.stale.test")
    assert bed.ask("lan", old).data == TRUTH and bed.ask("lan", denied).kind == "NXDOMAIN"
    time.sleep(1.1)
    try:
        for upstream.behave in (upstreams.silent, upstreams.with_code("SERVFAIL")):
            answer = bed.ask("lan", old)
            assert (answer.data, answer.errors) == (TRUTH, [STALE])
            assert answer.ttls == {30}  # RFC 8767 section 4
            answer = bed.ask("lan", denied)
            assert (answer.kind, answer.errors) == ("NXDOMAIN", [STALE_NXDOMAIN])
        assert bed.ask("lan", new).rcode == "SERVFAIL"
        # Known to fail, they are not waited for again.
        began = time.monotonic()
        assert bed.ask("dmz", old).errors == [STALE]
        assert time.monotonic() - began < 0.1
    finally:
        upstream.behave = right
    assert bed.thence.counters()["dns.forward-stale"] >= 4
