"""Views on a host with three interfaces and a bridge: who asks, where and how decides which of several zones answers.

Each view has a zone of the same name whose text says which view it is: split horizon. The table CASES says who gets
which; what is really answered and what `thence check --explain` says are both held against it.
"""

import dataclasses
import itertools

import pytest

from bed import thence
from bed.crossroads import BRIDGE, LINK_LOCAL, LOOPBACK, NETS, OWN, SIDES, TWIN, Crossroads
from bed.dns_asking import TRANSPORTS, as_question, ask, client_subnet, query
from bed.judge import Target
from bed.process import eventually
from bed.stream import connection, frame, receive

pytestmark = pytest.mark.xdist_group("views")

PROHIBITED = 18  # RFC 8914 section 4.19
REFUSED = "refused"
DROPPED = "dropped"
SILENCE = 0.2  # seconds; a reply takes less than a millisecond here


def zone_of(view, name="split.test", **more):
    """A zone whose every name says which view it is of."""
    return {"name": name, "records": ["@ 300 SOA ns h 1 3600 600 86400 60", "@ 300 NS ns", "ns 60 A 192.0.2.53",
                                      f'@ 60 TXT "{view}"', f'*.all 60 TXT "{view}"'], **more}


def view(name, zones=None, **match):
    return {"name": name, "match": match, "zones": zones or [zone_of(name)]}


# The first that matches serves: each is followed by a wider one, which its cases would else fall into.
VIEWS = [
    {"name": "dropped", "match": {"clients": ["10.66.6.0/24", "fd66:6::/48"]}, "access": "drop"},
    {"name": "refused", "match": {"clients": ["10.66.5.0/24", "fd66:5::/48"]}, "access": "refuse"},
    view("subnet", subnets=["203.0.113.0/24", "!203.0.113.128/25", "2001:db8:77::/48"]),
    view("tcp-on-loopback", local=[f"{LOOPBACK[4]}/32", f"{LOOPBACK[6]}/128"], transports=["tcp"]),
    view("loopback", local=[f"{LOOPBACK[4]}/32", f"{LOOPBACK[6]}/128"], interfaces=["w*", "d*", "!docker*"]),
    view("mixed", interfaces=["lan"], local=["10.70.1.2/32", "fd70:1::2/128"],
         clients=["10.70.1.0/24", "!10.70.1.66/32", "fd70:1::/64", "!fd70:1::66/128"], transports=["udp"]),
    view("twin-lan", interfaces=["lan"], clients=["10.50.0.0/16", "fd50::/16"]),
    view("twin-dmz", interfaces=["dmz"], clients=["10.50.0.0/16", "fd50::/16"]),
    view("no-lan9", interfaces=["lan*", "!lan9"], local=["10.70.0.0/16", "fd70::/16"], clients=["10.70.0.0/16", "fd70::/16"]),
    view("link-local", local=["fe80::/10"]),
    view("others", [zone_of("others"), "shared.test", {"name": "common.test", "dynamic": {"extra": "self"}},
                    {"name": "own.test", "file": "own.test.zone"}], interfaces=["*", "!docker*"]),
]

# What views may name; never served by itself.
SHARED = [zone_of("shared", "shared.test", dynamic={"here": "self"}), zone_of("common", "common.test"),
          zone_of("nobody", "unnamed.test")]


@dataclasses.dataclass(frozen=True)
class Case:
    """Who asks: a client, from one of its addresses, one of the server's, over a transport; and what comes of it."""

    right: str  # the name of the view
    side: str
    local: str
    client: str
    transport: str = "udp"
    subnet: str = ""

    def __str__(self):
        subnet = f" for {self.subnet}" if self.subnet else ""
        return f"{self.client} of {self.side} asks {self.local} over {self.transport}{subnet}"

    @property
    def interface(self):
        return SIDES[self.side].interface if self.side in SIDES else "lo"


def both(right, side, local, client, transports=("udp", "tcp"), subnet=""):
    """The same for both families. @param local, client by family"""
    return [Case(right, side, local[family], client[family], transport, subnet)
            for family in (4, 6) for transport in transports]


def second(name):
    return {family: own[1] for family, own in OWN[name].items()}


def first(name):
    return {family: own[0] for family, own in OWN[name].items()}


# Further addresses of the hosts lan and wan.
ODD = {4: "10.70.1.66", 6: "fd70:1::66"}
REFUSED_CLIENT = {4: "10.66.5.5", 6: "fd66:5::5"}
DROPPED_CLIENT = {4: "10.66.6.6", 6: "fd66:6::6"}
LAN, DMZ, WAN, BOX = (SIDES[side].client for side in ("lan", "dmz", "wan", "box"))

CASES = [
    *both(DROPPED, "wan", first("wan"), DROPPED_CLIENT, ["udp"]),
    *both(DROPPED, "wan", LOOPBACK, DROPPED_CLIENT, ["udp"]),
    *both(REFUSED, "wan", first("wan"), REFUSED_CLIENT),
    *both("subnet", "wan", first("wan"), WAN, subnet="203.0.113.7/32"),
    *both("subnet", "wan", first("wan"), WAN, subnet="203.0.113.0/25"),
    *both("subnet", "wan", first("wan"), WAN, subnet="2001:db8:77:1::/64"),
    *both("others", "wan", first("wan"), WAN, subnet="203.0.113.192/26"),
    # Some of these clients are of the view, and some are not.
    *both("others", "wan", first("wan"), WAN, subnet="203.0.113.0/24"),
    *both("others", "wan", first("wan"), WAN, subnet="203.0.112.0/23"),
    *both("others", "wan", first("wan"), WAN, subnet="2001:db8:78::/48"),
    *both("others", "dmz", first("dmz"), DMZ, subnet="203.0.113.7/32"),  # who is not trusted
    *both("tcp-on-loopback", "lan", LOOPBACK, LAN, ["tcp"]),
    *both("tcp-on-loopback", "box", LOOPBACK, BOX, ["tcp"]),
    *both("loopback", "dmz", LOOPBACK, DMZ, ["udp"]),
    *both("loopback", "wan", LOOPBACK, WAN, ["udp"]),
    *both("others", "lan", LOOPBACK, LAN, ["udp"]),
    *both("mixed", "lan", second("lan"), LAN, ["udp"]),
    *both("no-lan9", "lan", second("lan"), LAN, ["tcp"]),
    *both("no-lan9", "lan", second("lan"), ODD),
    *both("no-lan9", "lan", first("lan"), LAN),
    *both("no-lan9", "lan", second("dmz"), LAN),
    *both("others", "lan", first(BRIDGE), LAN),
    *both("others", "dmz", second("lan"), DMZ),
    *both("twin-lan", "lan", first("lan"), TWIN),
    *both("twin-dmz", "dmz", first("lan"), TWIN),
    *both("twin-lan", "lan", second("wan"), TWIN),
    *both("twin-dmz", "dmz", second("wan"), TWIN),
    *both("others", "wan", second("wan"), WAN),
    *both("others", "server", {4: "127.0.0.1", 6: "::1"}, {4: "127.0.0.1", 6: "::1"}),
    *both(REFUSED, "box", first(BRIDGE), BOX),
    *both(REFUSED, "box", first("lan"), BOX),
    *[Case("link-local", name, LINK_LOCAL, "fe80::9", transport) for name in ("dmz", "wan") for transport in TRANSPORTS],
]

CONFIGURATION = {
    **thence.settings(egress="arrival"),
    "dns": {
        "zones": SHARED,
        "client-subnet": {"trusted": ["10.70.3.0/24", "fd70:3::/64"]},
        "views": VIEWS,
    },
}


class Bed(Crossroads):
    """The crossroads with a server that has views."""

    def __init__(self, folder):
        super().__init__()
        for host, addresses in (("lan", ODD.values()), ("wan", (*REFUSED_CLIENT.values(), *DROPPED_CLIENT.values()))):
            for address in addresses:
                self.clients[host].ip(f"addr add {address}/{128 if ':' in address else 32} dev lo")
        self.folder = folder
        (folder / "own.test.zone").write_text('@ 60 SOA n h 1 1 1 1 1\n@ 60 NS n\nn 60 A 192.0.2.1\n@ 60 TXT "from a file"\n')
        self.thence = thence.serve(self.server, folder, CONFIGURATION)

    def ask(self, case, name="split.test", rdtype="TXT", **more):
        device = case.side if case.local == LINK_LOCAL else ""
        options = [client_subnet(case.subnet)] if case.subnet else []
        if case.transport == "udp":
            more.setdefault("timeout", SILENCE if case.right == DROPPED else 5)
        return ask(self.clients.get(case.side, self.server), Target(case.local, case.client, device),
                   query(name, rdtype, *options), case.transport, **more)

    def explain(self, case, name, *more):
        """What the command says of such a question. @return the whole of it"""
        said = [f"interface={case.interface}", f"local={case.local}", f"client={case.client}", f"transport={case.transport}",
                f"name={name}", *([f"subnet={case.subnet}"] if case.subnet else []), *more]
        done = self.server.run(thence.BINARY, "check", "-c", str(self.folder / "thence.yaml"), "--explain", ",".join(said))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module", name="bed")
def serving(tmp_path_factory):
    with Bed(tmp_path_factory.mktemp("views")) as bed, bed.thence:
        yield bed


def expect_refused(answer):
    assert (answer.rcode, answer.errors, answer.message.answer) == ("REFUSED", [PROHIBITED], [])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_first_view_that_matches_answers(bed, case):
    answer = bed.ask(case)
    if case.right == DROPPED:
        assert answer is None
    elif case.right == REFUSED:
        expect_refused(answer)
    else:
        assert answer.data == [case.right]
        assert answer.way.address == case.local
        assert bed.ask(case, "any.all.split.test").data == [case.right]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_explained_is_what_is_answered(bed, case):
    said = bed.explain(case, "split.test", "type=TXT")
    matching = [each["name"] for each in VIEWS if f"view {each['name']} matches: " in said]
    if case.right == DROPPED:
        assert matching == [DROPPED] and "split.test. TXT: no reply" in said
    elif case.right == REFUSED:
        assert matching in ([], [REFUSED]) and f"REFUSED, extended error {PROHIBITED} (Prohibited)" in said
    else:
        assert matching == [case.right]
        assert f'answer: split.test. 60 IN TXT "{case.right}"' in said


# twins


def test_twins_are_told_apart_by_the_interface_alone(bed):
    """Two hosts with the same address ask the same address of the server from the same port, one after the other."""
    for family, transport in itertools.product((4, 6), TRANSPORTS):
        told = [bed.ask(Case(f"twin-{side}", side, OWN["wan"][family][0], TWIN[family], transport)).data
                for side in ("lan", "dmz", "lan", "dmz")]
        assert told == [["twin-lan"], ["twin-dmz"], ["twin-lan"], ["twin-dmz"]]


# what a view has


WAN_UDP = Case("others", "wan", "10.70.3.1", WAN[4])
LAN_UDP = Case("no-lan9", "lan", "10.70.1.1", LAN[4])


def test_a_view_has_its_own_zones_shared_ones_and_shared_ones_with_more_names(bed):
    assert bed.ask(WAN_UDP, "shared.test").data == ["shared"]
    assert bed.ask(WAN_UDP, "here.shared.test", "A").data == ["10.70.3.1"]
    assert bed.ask(WAN_UDP, "common.test").data == ["common"]
    assert bed.ask(WAN_UDP, "extra.common.test", "A").data == ["10.70.3.1"]
    assert bed.ask(WAN_UDP, "own.test").data == ["from a file"]


def test_what_a_view_does_not_have_is_refused(bed):
    for case in (LAN_UDP, dataclasses.replace(LAN_UDP, transport="tcp")):
        for name in ("shared.test", "extra.common.test", "own.test", "unnamed.test", "elsewhere.example", "test"):
            expect_refused(bed.ask(case, name))
    expect_refused(bed.ask(WAN_UDP, "unnamed.test"))
    assert bed.ask(WAN_UDP, "absent.split.test").rcode == "NXDOMAIN"


def test_refusals_without_edns_have_no_extended_error(bed):
    answer = ask(bed.clients["lan"], Target("10.70.1.1"), query("elsewhere.example", edns=False))
    assert (answer.rcode, answer.message.edns) == ("REFUSED", -1)


def test_what_is_dropped_is_counted_and_nothing_else_is(bed):
    before = bed.thence.counters()
    for case in CASES:
        if case.right == DROPPED:
            assert bed.ask(case, timeout=0.05) is None
    after = bed.thence.counters()
    grown = {name: after[name] - before[name] for name in after if name.startswith("dns.") and after[name] != before[name]}
    assert list(grown.values()) == [sum(case.right == DROPPED for case in CASES)], grown
    assert after["udp.answered"] == before["udp.answered"]


def test_dropped_questions_do_not_end_a_connection(bed):
    """Over TCP, too, silence is the answer, and another client is served meanwhile."""
    dropped, served = (as_question(query(name)) for name in ("split.test", "any.all.split.test"))
    with connection(bed.clients["wan"], Target("10.70.3.1", DROPPED_CLIENT[4]), 53) as tcp:
        tcp.sendall(frame(dropped, dropped.request()))
        assert bed.ask(Case("others", "wan", "10.70.3.1", WAN[4], "tcp")).data == ["others"]
        tcp.sendall(frame(served, served.request()))
        tcp.settimeout(SILENCE)
        with pytest.raises(TimeoutError):
            receive(tcp, dropped)


# the scope of Client Subnet


def test_the_scope_is_that_of_what_decided(bed):
    """A resolver must not give the answer to clients of other subnets (RFC 7871 section 7.2.1)."""

    def scope(side, subnet):
        answer = bed.ask(Case("", side, first(side)[4], SIDES[side].client[4], "udp", subnet))
        return [option.scopelen for option in answer.message.options if option.otype == 8]

    assert scope("wan", "203.0.113.7/32")[0] > 0, "it depends on the subnet, and a resolver is told that it does not"
    assert scope("wan", "198.51.100.7/32")[0] > 0
    assert scope("dmz", "203.0.113.7/32") == [0], "nobody asked who this is for"


# reload


def test_a_reload_changes_views_and_a_broken_one_does_not(bed):
    def told():
        answer = bed.ask(LAN_UDP)
        return answer.data or [answer.rcode]

    def written(views):
        values = {**CONFIGURATION, "dns": {**CONFIGURATION["dns"], "views": views}}
        thence.configuration(bed.folder, values)
        return [event["message"] for event in bed.thence.reload() if event["level"] == "error"], told()

    try:
        assert written([view("newest"), *VIEWS]) == ([], ["newest"])
        assert written([view("elsewhere", interfaces=["docker*"])]) == ([], ["REFUSED"])
        refused, still = written([view("newest", interfaces=["lan"], clients=["10.70.1.300/24"])])
        assert refused and still == ["REFUSED"]
        assert written(list(reversed(VIEWS))) == ([], ["others"])
    finally:
        assert written(VIEWS) == ([], ["no-lan9"])


def test_an_interface_that_comes_is_of_the_view_that_its_name_says(bed):
    """The views are compiled when they are read; interfaces need not be there yet."""
    for name, right in (("lan7", "no-lan9"), ("lan9", "others")):
        bed.add_interface(name, 7)
        bed.clients["wan"].ip(f"addr add 10.70.7.9/24 dev {name}\naddr add fd70:7::9/64 dev {name} nodad")
        try:
            for case in both(right, "wan", {4: "10.70.7.1", 6: "fd70:7::1"}, {4: "10.70.7.9", 6: "fd70:7::9"}):
                assert eventually(lambda: bed.ask(case, timeout=1) if case.transport == "udp" else bed.ask(case), 5)
                assert eventually(lambda: bed.ask(case).data == [right], 1), f"{case}: {bed.ask(case).data}"
        finally:
            bed.server.ip(f"link delete {name}")


def test_check_tells_mistakes_of_views(bed):
    broken = [
        ({"name": "a", "match": {"interface": ["lan"]}, "zones": []}, "interface"),
        ({"name": "a", "match": {"clients": ["10.0.0.1/33"]}, "zones": []}, "clients"),
        ({"name": "a", "match": {"transports": ["sctp"]}, "zones": []}, "transports"),
        ({"name": "a", "match": {}, "access": "maybe", "zones": []}, "access"),
        ({"name": "a", "match": {}, "zones": ["absent.test"]}, "zones"),
    ]
    for each, key in broken:
        (bed.folder / "broken").mkdir(exist_ok=True)
        file = thence.configuration(bed.folder / "broken", {**CONFIGURATION, "dns": {"zones": SHARED, "views": [each]}})
        done = bed.server.run(thence.BINARY, "check", "-c", str(file))
        assert done.returncode == 2 and f"dns.views[0]." in done.stderr and key in done.stderr, done.stderr
