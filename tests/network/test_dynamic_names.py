"""Dynamic names on a host with three interfaces and a bridge: asked on each address, from each side, over UDP and TCP.

What they tell is compared with what the bed knows: the address asked, who asked, the interface where the question came in.
"""

import ipaddress
import itertools
import json
import threading
import time

import dns.rdatatype
import dns.reversename
import pytest

from bed import thence
from bed.crossroads import BRIDGE, LINK_LOCAL, LOOPBACK, NETS, OWN, SIDES, Crossroads, interface_of
from bed.dns_asking import TRANSPORTS, ask, client_subnet, cookie, query
from bed.judge import Target, transport_address
from bed.process import eventually

pytestmark = pytest.mark.xdist_group("dynamic names")

TYPE = {4: "A", 6: "AAAA"}
OTHER = {4: 6, 6: 4}
SECOND = 1.0

# 1:1 NAT: how the world knows the second address of the interface wan.
ADVERTISED = {"10.70.3.2": "203.0.113.32", "fd70:3::2": "2001:db8:70::32"}

# On two of the three nets, and on none of them.
MIRRORS = ["10.99.0.5", "10.70.1.5", "10.70.2.5", "fd99::5", "fd70:1::5", "fd70:2::5"]

RECORDS = ["@ 300 SOA ns1 hostmaster 1 3600 600 86400 60", "@ 300 NS ns1"]

# On a port of its own: a listener that does not serve these addresses.
EXCLUDING, EXCLUDED = 5354, ["fd70:3::2", "10.70.3.2"]

SETTINGS = {
    **thence.settings(),
    "listeners": [*thence.settings()["listeners"],
                  {"port": EXCLUDING, "protocols": ["dns"], "addresses": [f"!{address}" for address in EXCLUDED]}],
    "advertise": ADVERTISED,
    "dns": {
        "zones": [
            {
                "name": "thence.test",
                "records": [*RECORDS, "both 60 MX 10 both", "alias 60 CNAME here", "www 60 A 192.0.2.10"],
                "dynamic": {
                    "ns1": "self",
                    "here": "self",
                    "slow": {"tell": "self", "ttl": 30},
                    "both": "self",
                    "*.wild": "self",
                    "me": "client",
                    "seen": {"tell": "client", "subnet": True},
                    "who": "whoami",
                    **{f"at-{name}": {"interface": name} for name in (*NETS, BRIDGE, "late", "later")},
                    "nobody": {"interface": "none0"},
                    "all-wan": {"interface": "wan", "all": True},
                    "here-all": {"tell": "self", "all": True},
                    "mirror": {"nearest": MIRRORS},
                    "near": {"nearest": MIRRORS, "only": True, "ttl": 7},
                },
            },
            {"name": "70.10.in-addr.arpa", "records": [*RECORDS, "2.1 300 PTR www.example."],
             "reverse": {"name": "*.host.example", "ttl": 9}},
            {"name": "0.7.d.f.ip6.arpa", "records": RECORDS, "reverse": "gate.example"},
        ]
    },
}

# Who asks which address: every client every address; those of the host itself; and link-local ones.
WAYS = [(side, family, address) for side in SIDES for family in (4, 6) for own in OWN.values() for address in own[family]]
ON_LINK = [(name, 6, LINK_LOCAL) for name in NETS]
EVERYWHERE = pytest.mark.parametrize("side, family, address", WAYS + ON_LINK)
OVER = pytest.mark.parametrize("transport", TRANSPORTS)


class Bed(Crossroads):
    """The crossroads with a server that has dynamic names."""

    def __init__(self, folder):
        super().__init__()
        self.running = thence.serve(self.server, folder, SETTINGS)

    def ask(self, side, address, name, rdtype, transport="udp", *options, source="", port=53, **more):
        """Asks that must be answered, from the address asked."""
        device = side if address == LINK_LOCAL else ""
        host = self.clients.get(side, self.server)
        answer = ask(host, Target(address, source, device), query(f"{name}.thence.test", rdtype, *options, **more), transport,
                     port)
        assert answer, f"silence on {name} {rdtype}, asked on {address} from {side} over {transport}"
        assert answer.way.address == address
        return answer

    def reverse(self, name, rdtype="PTR"):
        """Asks for a name of a reverse zone, or for the reverse name of an address."""
        if not name.endswith(".arpa."):
            name = dns.reversename.from_address(name)
        return ask(self.clients["lan"], Target("10.70.1.1"), query(name, rdtype))


@pytest.fixture(scope="module", name="bed")
def serving(tmp_path_factory):
    with Bed(tmp_path_factory.mktemp("dynamic")) as bed, bed.running:
        yield bed


def shown(addresses):
    """The same addresses as the world knows them, in an order that does not matter."""
    return {ADVERTISED.get(address, address) for address in addresses}


def expect_nodata(answer, ttl):
    assert (answer.kind, answer.authoritative, answer.negative_ttl) == ("NODATA", True, ttl)


# self


@EVERYWHERE
def test_self_is_the_address_asked(bed, side, family, address):
    for transport in TRANSPORTS:
        for name in ("here", "both", "any.thing.wild", "ns1"):
            answer = bed.ask(side, address, name, TYPE[family], transport)
            assert set(answer.data) == shown([address])
            assert (answer.authoritative, answer.ttls) == (True, {0})


@EVERYWHERE
def test_self_for_the_other_family_is_what_the_same_interface_has(bed, side, family, address):
    interface = SIDES[side].interface if address == LINK_LOCAL else interface_of(address)
    for transport in TRANSPORTS:
        answer = bed.ask(side, address, "here", TYPE[OTHER[family]], transport)
        assert set(answer.data) == shown(OWN[interface][OTHER[family]])
        assert answer.ttls == {0}


@EVERYWHERE
def test_self_as_text_names_the_port_and_the_interface_where_the_question_came_in(bed, side, family, address):
    for transport in TRANSPORTS:
        answer = bed.ask(side, address, "here", "TXT", transport)
        assert answer.data == [f"{transport_address(ADVERTISED.get(address, address), 53)} {SIDES[side].interface}"]


def test_self_on_loopback(bed):
    for address, rdtype in (("127.0.0.1", "A"), ("127.9.8.7", "A"), ("::1", "AAAA")):
        answer = bed.ask("server", address, "here", rdtype)
        assert answer.data == [address]
    assert "::1" in bed.ask("server", "127.0.0.1", "here", "AAAA").data
    assert "127.0.0.1" in bed.ask("server", "::1", "here", "A").data


def test_self_of_a_question_from_the_host_itself_names_the_interface_that_has_the_address(bed):
    answer = bed.ask("server", "10.70.2.1", "here", "AAAA")
    assert set(answer.data) == set(OWN["dmz"][6])


def test_the_other_port_is_told_too(bed):
    asked = query("here.thence.test", "TXT")
    answer = ask(bed.clients["lan"], Target("10.70.1.1"), asked, port=thence.SHARED_PORT)
    assert answer.data == [f"10.70.1.1:{thence.SHARED_PORT} lan"]


def test_a_dynamic_name_stands_beside_records_and_behind_an_alias(bed):
    assert bed.ask("lan", "10.70.1.1", "both", "MX").data == ["10 both.thence.test."]
    through = bed.ask("lan", "10.70.1.1", "alias", "A")
    assert through.data == ["here.thence.test.", "10.70.1.1"]
    assert bed.ask("lan", "10.70.1.1", "slow", "A").ttls == {30}


def test_what_a_dynamic_name_has_not_is_no_data(bed):
    # The first has no AAAA today and may have one for the next who asks; what the zone alone decides is kept longer.
    expect_nodata(bed.ask("lan", "10.70.1.1", "me", "AAAA"), 0)
    for name in ("here", "me", "any.wild", "slow", "mirror"):
        expect_nodata(bed.ask("lan", "10.70.1.1", name, "MX"), 60)
    expect_nodata(bed.ask("lan", "10.70.1.1", "www", "AAAA"), 60)
    assert bed.ask("lan", "10.70.1.1", "absent", "A").kind == "NXDOMAIN"
    expect_nodata(bed.ask("lan", "10.70.1.1", "wild", "A"), 60)


def test_any_is_one_rrset(bed):
    for name in ("here", "me", "at-lan", "mirror"):
        for address, rdtype in (("10.70.1.1", "A"), ("fd70:1::1", "AAAA")):
            answer = bed.ask("lan", address, name, "ANY")
            assert len(answer.message.answer) == 1, f"{name}: {answer.message}"
            assert answer.data == bed.ask("lan", address, name, rdtype).data or name in ("at-lan", "mirror")


# client


@EVERYWHERE
def test_client_is_who_asked(bed, side, family, address):
    own = "fe80::9" if address == LINK_LOCAL else SIDES[side].client[family]
    for transport in TRANSPORTS:
        answer = bed.ask(side, address, "me", TYPE[family], transport)
        assert (answer.data, answer.ttls) == ([own], {0})
        expect_nodata(bed.ask(side, address, "me", TYPE[OTHER[family]], transport), 0)
        answer = bed.ask(side, address, "me", "TXT", transport)
        assert answer.data == [answer.way.client]


@OVER
@pytest.mark.parametrize("prefix", ["203.0.113.0/24", "198.51.100.7/32", "2001:db8:7::/48", "10.0.0.0/9"])
def test_client_shows_the_client_subnet_where_it_is_asked_to(bed, transport, prefix):
    answer = bed.ask("lan", "10.70.1.1", "seen", "TXT", transport, client_subnet(prefix))
    assert answer.data == [answer.way.client, prefix]
    # It tells what the option says, so the answer holds for that prefix alone (RFC 7871 section 7.2.1).
    assert [option.scopelen for option in answer.message.options if option.otype == 8] == [int(prefix.partition("/")[2])]
    for name, options in (("seen", ()), ("me", (client_subnet(prefix),)), ("seen", (client_subnet("0.0.0.0/0"),))):
        answer = bed.ask("lan", "10.70.1.1", name, "TXT", transport, *options)
        assert answer.data == [answer.way.client]


# whoami


def joined(message):
    """The text records of an answer, each of them as one text."""
    return [b"".join(data.strings).decode() for rrset in message.answer for data in rrset]


@EVERYWHERE
def test_whoami_tells_all_there_is_to_know_in_words_and_in_json(bed, side, family, address):
    interface = SIDES[side].interface
    for transport in TRANSPORTS:
        answer = bed.ask(side, address, "who", "TXT", transport, edns=False)
        client, port = answer.client
        words, values = joined(answer.message)
        assert words == (f"client={answer.way.client} local={transport_address(address, 53)} interface={interface} "
                         f"transport={transport} edns=none subnet=none cookie=none")
        assert json.loads(values) == {"client": client, "client-port": port, "local": address, "local-port": 53,
                                      "interface": interface, "transport": transport, "edns": None, "subnet": None,
                                      "cookie": None}
        assert answer.ttls == {0}


def test_whoami_tells_of_edns(bed):
    options = [client_subnet("203.0.113.0/24"), cookie(b"a client")]
    first = bed.ask("lan", "10.70.1.1", "who", "TXT", "udp", *options, payload=1400)
    words, values = joined(first.message)
    assert words.endswith(" edns=1400 subnet=203.0.113.0/24 cookie=client")
    assert (json.loads(values)["edns"], json.loads(values)["subnet"]) == (1400, "203.0.113.0/24")
    given = next(option.data for option in first.message.options if option.otype == 10)
    spoilt = given[:-1] + bytes([given[-1] ^ 1])
    for octets, word in ((given, "good"), (spoilt, "bad"), (b"a client", "client")):
        text, values = joined(bed.ask("lan", "10.70.1.1", "who", "TXT", "udp", cookie(octets)).message)
        assert text.endswith(f" subnet=none cookie={word}")
        assert json.loads(values)["cookie"] == word


def test_whoami_answers_any_with_its_texts(bed):
    answer = bed.ask("lan", "10.70.1.1", "who", "ANY")
    assert [rrset.rdtype for rrset in answer.message.answer] == [dns.rdatatype.TXT]
    assert len(joined(answer.message)) == 2


@EVERYWHERE
def test_whoami_in_the_form_of_coredns(bed, side, family, address):
    """As CoreDNS documents its plugin whoami: no answer; in the additional section who asked, and from which port.

    example.org.       0 IN A   10.240.0.1
    _udp.example.org.  0 IN SRV 0 0 40212 .
    """
    for transport, rdtype in itertools.product(TRANSPORTS, ("A", "AAAA", "MX")):
        answer = bed.ask(side, address, "who", rdtype, transport, edns=False)
        client, port = answer.client
        assert (answer.kind, answer.authoritative, answer.message.authority) == ("NODATA", True, [])
        assert [rrset.to_text() for rrset in answer.message.additional] == [
            f"who.thence.test. 0 IN {TYPE[family]} {client}",
            f"_{transport}.who.thence.test. 0 IN SRV 0 0 {port} .",
        ]


# interface


@pytest.mark.parametrize("side, family", itertools.product(SIDES, (4, 6)))
def test_interface_has_its_addresses_whoever_asks(bed, side, family):
    for name in (*NETS, BRIDGE):
        asked_on = OWN[SIDES[side].interface][family][0]
        for each in (4, 6):
            answer = bed.ask(side, asked_on, f"at-{name}", TYPE[each])
            assert set(answer.data) == set(OWN[name][each])
            assert (answer.ttls, answer.authoritative) == ({5}, True)
        expect_nodata(bed.ask(side, asked_on, f"at-{name}", "TXT"), 60)


def test_an_interface_that_is_not_there_has_no_addresses(bed):
    for rdtype in TYPE.values():
        expect_nodata(bed.ask("lan", "10.70.1.1", "nobody", rdtype), 5)


def becomes(bed, name, rdtype, wanted):
    """Asks until an answer has these addresses. @return how many seconds that took"""
    began = time.monotonic()
    seen = eventually(lambda: set(bed.ask("lan", "10.70.1.1", name, rdtype).data) == set(wanted), timeout=5)
    assert seen, f"{name} {rdtype}: {bed.ask('lan', '10.70.1.1', name, rdtype).data} instead of {wanted}"
    return time.monotonic() - began


def test_addresses_that_come_and_go_are_seen_within_a_second(bed):
    for address, own in (("10.70.3.66/24", OWN["wan"][4]), ("fd70:3::66/64", OWN["wan"][6])):
        rdtype = "AAAA" if ":" in address else "A"
        alone = address.partition("/")[0]
        bed.server.ip(f"addr add {address} dev wan")
        assert becomes(bed, "at-wan", rdtype, [*own, alone]) < SECOND
        bed.server.ip(f"addr del {address} dev wan")
        assert becomes(bed, "at-wan", rdtype, own) < SECOND


def test_a_tentative_address_is_not_told_before_it_can_be_used(bed):
    bed.server.sysctl("net.ipv6.conf.wan.accept_dad", 1)
    try:
        bed.server.ip("addr add fd70:3::67/64 dev wan")
        assert set(bed.ask("lan", "10.70.1.1", "at-wan", "AAAA").data) == set(OWN["wan"][6])
        becomes(bed, "at-wan", "AAAA", [*OWN["wan"][6], "fd70:3::67"])
    finally:
        bed.server.sysctl("net.ipv6.conf.wan.accept_dad", 0)
        bed.server.ip("addr del fd70:3::67/64 dev wan")


@pytest.fixture(name="passing")
def passing_addresses(bed):
    """Gives the interface wan addresses that will not last, and one of another host. @return the temporary one"""
    bed.server.sysctl("net.ipv6.conf.wan.use_tempaddr", 2)
    stable = ["fd70:3::5/64", "10.70.3.99/24", "fd70:3::dead/64", "fd70:3::9/64"]
    bed.server.ip(f"addr add {stable[0]} dev wan nodad mngtmpaddr valid_lft 86400 preferred_lft 3600")
    bed.server.ip("\n".join(f"addr add {each} dev wan {'nodad' if ':' in each else ''} preferred_lft 0" for each in stable[1:3]))
    bed.server.sysctl("net.ipv6.conf.wan.accept_dad", 1)
    bed.server.ip(f"addr add {stable[3]} dev wan")

    def flagged(flag):
        listed = json.loads(bed.server.run("ip", "-6", "-json", "addr", "show", "dev", "wan").stdout)
        return [each["local"] for link in listed for each in link.get("addr_info", []) if each.get(flag)]

    try:
        assert eventually(lambda: flagged("dadfailed") == ["fd70:3::9"] and flagged("temporary"), timeout=10)
        yield flagged("temporary")[0]
    finally:
        bed.server.sysctl("net.ipv6.conf.wan.accept_dad", 0)
        bed.server.ip("\n".join(f"addr del {each} dev wan" for each in stable))
        bed.server.sysctl("net.ipv6.conf.wan.use_tempaddr", 0)


def test_addresses_that_will_not_last_are_told_only_where_all_are_wanted(bed, passing):
    stable = [*OWN["wan"][6], "fd70:3::5"]
    becomes(bed, "at-wan", "AAAA", stable)
    becomes(bed, "at-wan", "A", OWN["wan"][4])
    assert set(bed.ask("wan", "10.70.3.1", "here", "AAAA").data) == shown(stable)
    for name in ("all-wan", "here-all"):
        told = bed.ask("wan", "10.70.3.1", name, "AAAA").data
        assert set(told[:3]) == (set(stable) if name == "all-wan" else shown(stable)), "stable ones stand first"
        assert set(told[3:]) == {"fd70:3::dead", passing}
    assert bed.ask("wan", "10.70.3.1", "all-wan", "A").data == [*OWN["wan"][4], "10.70.3.99"]
    # Who asks there knows it already.
    assert bed.ask("wan", "fd70:3::dead", "here", "AAAA").data == ["fd70:3::dead"]
    assert bed.reverse("fd70:3::5").data == ["gate.example."]
    for address in (passing, "fd70:3::dead", "fd70:3::9", "10.70.3.99"):
        assert bed.reverse(address).kind == "NXDOMAIN", address


def test_no_name_tells_what_the_listener_asked_excludes(bed):
    for name in ("at-wan", "all-wan", "here", "here-all"):
        for asked_on, rdtype, family in (("fd70:3::1", "A", 4), ("10.70.3.1", "AAAA", 6)):
            assert set(bed.ask("wan", asked_on, name, rdtype).data) == (set if "wan" in name else shown)(OWN["wan"][family])
            served = [address for address in OWN["wan"][family] if address not in EXCLUDED]
            assert bed.ask("wan", asked_on, name, rdtype, port=EXCLUDING).data == served, name
    for address in EXCLUDED:
        asked = query(dns.reversename.from_address(address), "PTR")
        assert ask(bed.clients["lan"], Target("10.70.1.1"), asked, port=EXCLUDING).kind == "NXDOMAIN"
        assert bed.reverse(address).data


def test_interfaces_that_come_go_and_change_their_name_are_seen_within_a_second(bed):
    for net in (4, 5):
        bed.add_interface("late", net)
        assert becomes(bed, "at-late", "A", [f"10.70.{net}.1"]) < SECOND
        assert becomes(bed, "at-late", "AAAA", [f"fd70:{net}::1"]) < SECOND
        bed.server.ip("link set late down\nlink set late name later\nlink set later up")
        assert becomes(bed, "at-late", "A", []) < SECOND
        assert becomes(bed, "at-later", "A", [f"10.70.{net}.1"]) < SECOND
        bed.server.ip("link delete later")
        assert becomes(bed, "at-later", "A", []) < SECOND
        expect_nodata(bed.ask("lan", "10.70.1.1", "at-later", "AAAA"), 5)


# nearest


@pytest.mark.parametrize("side, family, address", WAYS + ON_LINK)
def test_nearest_has_the_addresses_on_the_net_of_the_arrival_interface_first(bed, side, family, address):
    for each in (4, 6):
        listed = [mirror for mirror in MIRRORS if ipaddress.ip_address(mirror).version == each]
        near = [mirror for mirror in listed if mirror.startswith((f"10.70.{NETS.get(side)}.", f"fd70:{NETS.get(side)}:"))]
        first = bed.ask(side, address, "mirror", TYPE[each])
        assert first.data[:len(near)] == near
        assert sorted(first.data) == sorted(listed)
        assert first.ttls == {60}
        only = bed.ask(side, address, "near", TYPE[each])
        assert sorted(only.data) == sorted(near or listed)
        assert only.ttls == {7}


def test_nearest_follows_the_addresses_of_the_interface(bed):
    assert bed.ask("wan", "10.70.3.1", "near", "A").data == ["10.99.0.5", "10.70.1.5", "10.70.2.5"]
    bed.server.ip("addr add 10.99.0.1/24 dev wan")
    try:
        assert eventually(lambda: bed.ask("wan", "10.70.3.1", "near", "A").data == ["10.99.0.5"], timeout=SECOND)
        assert len(bed.ask("lan", "10.70.1.1", "near", "A").data) == 1
    finally:
        bed.server.ip("addr del 10.99.0.1/24 dev wan")


# reverse names


def test_the_hosts_own_addresses_have_names(bed):
    for name in NETS:
        for address in OWN[name][4]:
            answer = bed.reverse(address)
            right = "www.example." if address == "10.70.1.2" else f"{name}.host.example."
            assert (answer.data, answer.ttls, answer.authoritative) == ([right], {300 if right == "www.example." else 9}, True)
        for address in OWN[name][6]:
            answer = bed.reverse(address)
            assert (answer.data, answer.ttls) == (["gate.example."], {60})


def test_what_lies_between_exists_and_all_else_does_not(bed):
    for name in ("1.70.10.in-addr.arpa.", "70.10.in-addr.arpa.", "3.0.0.0.0.7.d.f.ip6.arpa.",
                 "0.0.0.0.0.3.0.0.0.0.7.d.f.ip6.arpa.", "0.7.d.f.ip6.arpa."):
        assert bed.reverse(name).kind == "NODATA", name
    for name in ("10.70.1.9", "10.70.77.1", "fd70:1::9", "fd70:77::1", "77.70.10.in-addr.arpa.", "1.1.1.70.10.in-addr.arpa.",
                 "7.7.0.0.0.7.d.f.ip6.arpa."):
        assert bed.reverse(name).kind == "NXDOMAIN", name
    for rdtype in ("A", "TXT"):
        assert bed.reverse("10.70.1.1", rdtype).kind == "NODATA"


def test_reverse_names_come_and_go_with_the_addresses(bed):
    for address in ("10.70.3.68/24", "fd70:3::68/64"):
        alone, name = address.partition("/")[0], "wan.host.example." if "." in address else "gate.example."
        assert bed.reverse(alone).kind == "NXDOMAIN"
        bed.server.ip(f"addr add {address} dev wan")
        assert eventually(lambda: bed.reverse(alone).data == [name], timeout=SECOND)
        bed.server.ip(f"addr del {address} dev wan")
        assert eventually(lambda: bed.reverse(alone).kind == "NXDOMAIN", timeout=SECOND)


# under load


class Asking(threading.Thread):
    """Asks `here` on one address without a pause, and keeps what is wrong with the answers."""

    def __init__(self, bed, side, address, transport, may_vanish=False):
        super().__init__()
        self._bed, self._side, self._target, self._transport = bed, side, Target(address), transport
        self._may_vanish = may_vanish
        self._over = threading.Event()
        self.answers = 0
        self.wrong = []

    def run(self):
        host = self._bed.clients[self._side]
        asked = query("here.thence.test", TYPE[self._target.family])
        while not self._over.is_set():
            try:
                answer = ask(host, self._target, asked, self._transport, timeout=0.1 if self._may_vanish else 5)
            except OSError:
                answer = None
            if answer:
                self.answers += 1
                told = (answer.way.address, answer.data)
                if told != (self._target.address, list(shown([self._target.address]))):
                    self.wrong.append(told)
            elif not self._may_vanish:
                self.wrong.append("silence")

    def end(self):
        self._over.set()
        self.join()


def test_every_answer_names_the_address_asked_while_addresses_change(bed):
    # Some stay, some come and go beside them, and these are asked as well: on lo, where no neighbour has to be found first.
    fleeting = [(f"{net}{host}", device) for host in range(100, 102)
                for net, device in (("10.70.3.", "wan"), ("fd70:3::", "wan"), ("10.88.1.", "lo"), ("fd88:1::", "lo"))]
    staying = [("lan", "10.70.1.1", "udp"), ("wan", "10.70.3.2", "udp"), ("wan", "fd70:3::1", "tcp"),
               ("dmz", LOOPBACK[6], "udp")]
    asking = [Asking(bed, *each) for each in staying]
    asking += [Asking(bed, "wan", address, "udp", may_vanish=True) for address in ("10.88.1.100", "fd88:1::100")]
    for each in asking:
        each.start()
    rounds = 0
    end = time.monotonic() + 2
    try:
        while time.monotonic() < end:
            for change, stays in (("add", 0.15), ("del", 0.02)):
                bed.server.ip("\n".join(f"addr {change} {address}/{128 if ':' in address else 32} dev {device}"
                                        for address, device in fleeting))
                time.sleep(stays)
            rounds += 1
    finally:
        for each in asking:
            each.end()
    assert [each.wrong for each in asking] == [[]] * len(asking)
    counted = [each.answers for each in asking]
    assert rounds > 5 and min(counted) > 0, f"{rounds} changes of the addresses; answers: {counted}"
