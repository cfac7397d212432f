"""Beside those who have something of it: dnsmasq's `localise-queries` and `interface-name`, BIND's views.

Same host, same question, on the same address, from the same side: the same answer. Where a peer is known to do less, the
test says what, and that it still does, so that a difference which is gone is noticed. (CoreDNS's whoami is compared with
its documentation in test_dynamic_names, as it is not in Debian.)
"""

import ipaddress
import shutil

import pytest

from bed import peers, thence
from bed.crossroads import BRIDGE, NETS, OWN, SIDES, Crossroads, interface_of
from bed.dns_asking import TRANSPORTS, ask, query
from bed.judge import Target
from bed.process import eventually

DNSMASQ, BIND = 5301, 5302  # ports
WITH_DNSMASQ, WITH_BIND = (pytest.mark.xdist_group(peer) for peer in ("beside dnsmasq", "beside BIND"))
TYPES = {4: "A", 6: "AAAA"}
EVERYWHERE = [(side, family, address) for side in SIDES for family in (4, 6) for own in OWN.values() for address in own[family]]

MIRRORS = ["10.99.0.5", "10.70.1.5", "10.70.2.5", "10.70.2.6", "fd99::5", "fd70:1::5", "fd70:2::5"]
RECORDS = ["@ 300 SOA ns h 1 3600 600 86400 60", "@ 300 NS ns", "ns 60 A 192.0.2.53"]


def zone_text(name):
    """The zone of a view, which tells its name."""
    return [*RECORDS, f"@ 60 TXT {name}", "www 60 A 192.0.2.10"]


# Each view as Thence says it, and as BIND does.
VIEWS = {
    "inside": ({"local": ["10.70.1.1/32", "fd70:1::1/128"]},
               "match-destinations { 10.70.1.1; fd70:1::1; };"),
    "lan-but-one": ({"clients": ["10.70.1.0/24", "!10.70.1.66/32", "fd70:1::/64", "!fd70:1::66/128"]},
                    "match-clients { !10.70.1.66; 10.70.1.0/24; !fd70:1::66; fd70:1::/64; };"),
    "mixed": ({"local": ["10.70.3.0/24", "fd70:3::/64"], "clients": ["10.70.2.0/24", "fd70:2::/64"]},
              "match-destinations { 10.70.3.0/24; fd70:3::/64; }; match-clients { 10.70.2.0/24; fd70:2::/64; };"),
    "world": ({"clients": ["10.0.0.0/8", "fd70::/16"]},
              "match-clients { 10.0.0.0/8; fd70::/16; };"),
}


def same(host, address, port, name, rdtype, transport="udp", source=""):
    """What both say, Thence and the peer on that port: the kind of an answer, and its data in no order."""
    told = []
    for each in (53, port):
        answer = ask(host, Target(address, source), query(name, rdtype), transport, port=each)
        assert answer and answer.way.address == address, f"port {each}: {answer}"
        told.append((answer.kind, sorted(answer.data)))
    return told


def _need(program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")


# dnsmasq


@pytest.fixture(scope="module", name="beside_dnsmasq")
def with_dnsmasq(tmp_path_factory):
    _need("dnsmasq")
    folder = tmp_path_factory.mktemp("dnsmasq")
    interfaces = {f"at-{name}.thence.test": name for name in (*NETS, BRIDGE, "none0")}
    names = {"near": {"nearest": MIRRORS, "only": True},
             **{name.partition(".")[0]: {"interface": interface} for name, interface in interfaces.items()}}
    zone = {"name": "thence.test", "records": RECORDS, "dynamic": names}
    with (Crossroads() as bed, thence.serve(bed.server, folder, {**thence.settings(), "dns": {"zones": [zone]}}),
          peers.dnsmasq(bed.server, folder, DNSMASQ, {"near.thence.test": MIRRORS}, interfaces) as dnsmasq):
        assert eventually(lambda: "read " in dnsmasq.output()), dnsmasq.output()
        yield bed


@WITH_DNSMASQ
@pytest.mark.parametrize("side, family, address", EVERYWHERE)
def test_interface_is_dnsmasqs_interface_name(beside_dnsmasq, side, family, address):
    for name in (*NETS, BRIDGE, "none0"):
        for rdtype in ("A", "AAAA", "TXT"):
            ours, theirs = same(beside_dnsmasq.clients[side], address, DNSMASQ, f"at-{name}.thence.test", rdtype)
            assert ours == theirs


@WITH_DNSMASQ
@pytest.mark.parametrize("side, family, address", EVERYWHERE)
def test_nearest_is_dnsmasqs_localise_queries(beside_dnsmasq, side, family, address):
    for transport in TRANSPORTS:
        for each, rdtype in TYPES.items():
            ours, theirs = same(beside_dnsmasq.clients[side], address, DNSMASQ, "near.thence.test", rdtype, transport)
            if (family, each) == (4, 4) and interface_of(address) == SIDES[side].interface:
                assert ours == theirs
            elif (family, each) == (4, 4):
                # It goes by the interface that has the address asked, not by the one where the question came in.
                assert theirs[1] == sorted(on_net_of(address) or of_family(4))
            else:
                # It does this for IPv4 only.
                assert theirs[1] == sorted(of_family(each)) and set(ours[1]) <= set(theirs[1])


def of_family(family):
    return [mirror for mirror in MIRRORS if ipaddress.ip_address(mirror).version == family]


def on_net_of(address):
    net = ipaddress.ip_network(f"{address}/24", strict=False)
    return [mirror for mirror in of_family(4) if ipaddress.ip_address(mirror) in net]


# BIND


@pytest.fixture(scope="module", name="beside_bind")
def with_bind(tmp_path_factory):
    _need("named")
    folder = tmp_path_factory.mktemp("bind")
    views = [{"name": name, "match": match, "zones": [{"name": "split.test", "records": zone_text(name)}]}
             for name, (match, _) in VIEWS.items()]
    theirs = [(match, [("split.test", "\n".join(zone_text(name)) + "\n")]) for name, (_, match) in VIEWS.items()]
    values = {**thence.settings(), "dns": {"views": views}}
    with (Crossroads() as bed, thence.serve(bed.server, folder, values),
          peers.bind_with_views(bed.server, folder, BIND, theirs) as bind):
        bed.clients["lan"].ip("addr add 10.70.1.66/24 dev lan\naddr add fd70:1::66/64 dev lan nodad")
        question = query("split.test", "TXT")
        assert eventually(lambda: ask(bed.clients["lan"], Target("10.70.1.1"), question, port=BIND, timeout=0.2)), bind.output()
        yield bed


@WITH_BIND
@pytest.mark.parametrize("side, family, address", EVERYWHERE)
def test_views_are_binds_views(beside_bind, side, family, address):
    sources = [SIDES[side].client[family]] + ([{4: "10.70.1.66", 6: "fd70:1::66"}[family]] if side == "lan" else [])
    for transport in TRANSPORTS:
        for source in sources:
            for name, rdtype in (("split.test", "TXT"), ("www.split.test", "A"), ("absent.split.test", "A"),
                                 ("www.split.test", "TXT"), ("elsewhere.example", "A")):
                ours, theirs = same(beside_bind.clients[side], address, BIND, name, rdtype, transport, source)
                assert ours == theirs, f"{name} {rdtype} from {source} over {transport}"


@WITH_BIND
def test_every_view_had_its_turn(beside_bind):
    told = {answer.data[0] if answer.data else answer.rcode
            for side, family, address in EVERYWHERE
            for answer in [ask(beside_bind.clients[side], Target(address), query("split.test", "TXT"), port=BIND)]}
    assert told == {*VIEWS, "REFUSED"}
