"""NAT behaviour discovery (RFC 5780) from the server's side: where an answer leaves from, and what it says about that.

All of it happens on one host, whose own client asks: on `lo`, or on interfaces whose other ends it has too.
"""

import contextlib
import dataclasses
import itertools
import struct

import pytest

from bed import stream, thence
from bed.judge import Question, Target, ask, receive, transport_address, udp_socket
from bed.modes import Mode
from bed.multihomed import await_reachable
from bed.namespace import Namespace
from bed.process import eventually
from bed.stun_message import (CHANGE_REQUEST, CHANGED_ADDRESS, MAPPED_ADDRESS, OTHER_ADDRESS, PADDING, RESPONSE_ORIGIN,
                              RESPONSE_PORT, SOURCE_ADDRESS, XOR_MAPPED_ADDRESS, belongs, binding_request,
                              change_request, parse)

PORTS = (3478, 3479)
PAIR = {4: ("127.0.0.1", "127.0.0.2"), 6: ("fd00::1", "fd00::2")}
ON_LO = ["127.0.0.2/8 dev lo", "fd00::1/128 dev lo nodad", "fd00::2/128 dev lo nodad"]


@dataclasses.dataclass(frozen=True)
class Change:
    address: bool = False
    port: bool = False

    @property
    def attribute(self):
        return change_request(self.address, self.port)

    def __str__(self):
        return " and ".join(["address"] * self.address + ["port"] * self.port) or "none"


@dataclasses.dataclass(frozen=True)
class Asked:
    """One of the four sockets, and its relation to the others."""

    address: str
    port: int

    @property
    def family(self):
        return 6 if ":" in self.address else 4

    @property
    def other(self):
        first, second = PAIR[self.family]
        return Asked(second if self.address == first else first, PORTS[self.port == PORTS[0]])

    def changed(self, change):
        return Asked(self.other.address if change.address else self.address,
                     self.other.port if change.port else self.port)

    def __str__(self):
        return transport_address(self.address, self.port)


NO_CHANGE = Change()
CHANGES = [NO_CHANGE, Change(address=True), Change(port=True), Change(address=True, port=True)]
SOCKETS = [Asked(*socket) for family in PAIR for socket in itertools.product(PAIR[family], PORTS)]

each_socket = pytest.mark.parametrize("asked", SOCKETS, ids=str)
each_change = pytest.mark.parametrize("change", CHANGES, ids=str)
each_real_change = pytest.mark.parametrize("change", CHANGES[1:], ids=str)


def question(*attributes, port=PORTS[0], classic=False):
    return Question("stun", port, lambda: binding_request(*attributes, classic=classic), belongs,
                    lambda reply: [parse(reply)])


def answer(host, address, *attributes, **more):
    """The response from whatever source."""
    verdict = ask(host, Target(address), question(*attributes, **more))
    assert not verdict.silent
    return verdict.answer[0]


@contextlib.contextmanager
def host_with(*addresses):
    """A host with two interfaces besides `lo`, and these addresses on any of them."""
    host = Namespace("server")
    try:
        for interface in ("one", "two"):
            host.ip(f"""
                link add {interface} type veth peer name {interface}-end
                link set {interface} addrgenmode none up
                link set {interface}-end addrgenmode none up
            """)
        for address in addresses:
            host.ip(f"addr add {address}")
        await_reachable(host, *(address.partition("/")[0] for address in addresses))
        yield host
    finally:
        host.remove()


def settings(behavior_discovery=True, sockets="separate", workers=1, advertise=None):
    kind, _ = thence.SOCKETS[sockets]
    return {
        "listeners": [{"port": PORTS[0], "protocols": ["stun"], **kind}],
        "workers": workers,
        "stun": {"behavior-discovery": behavior_discovery},
        "log": {"format": "json"},
        **({"advertise": advertise} if advertise else {}),
    }


@contextlib.contextmanager
def serving(folder, *addresses, **values):
    """@return the host"""
    with host_with(*addresses) as host, thence.serve(host, folder, settings(**values)):
        yield host


MODES = [Mode(sockets, workers) for sockets in ("separate", "dual-stack", "addresses") for workers in (1, 2)]


@pytest.fixture(scope="module")
def four_sockets(request, tmp_path_factory):
    """A server on both addresses and both ports of each family, in the mode of the parameter."""
    mode = request.param
    with serving(tmp_path_factory.mktemp("thence"), *ON_LO, sockets=mode.sockets, workers=mode.workers) as host:
        yield host


in_each_mode = pytest.mark.parametrize(
    "four_sockets", [pytest.param(mode, marks=pytest.mark.xdist_group(f"change request, {mode}")) for mode in MODES],
    indirect=True, ids=str)
TRIES = 4  # each from another port, so that each of two workers most likely has its turn


@in_each_mode
@each_socket
@each_change
def test_the_four_answers_of_the_four_sockets(four_sockets, asked, change):
    for _ in range(TRIES):
        verdict = ask(four_sockets, Target(asked.address), question(change.attribute, port=asked.port))
        source = asked.changed(change)
        assert (verdict.address, verdict.port) == (source.address, source.port)
        response = verdict.answer[0]
        assert response.success
        assert response.address(RESPONSE_ORIGIN) == str(source)
        assert response.address(OTHER_ADDRESS) == str(asked.other)
        assert response.address(XOR_MAPPED_ADDRESS) == response.address(MAPPED_ADDRESS) == verdict.client


@in_each_mode
@each_socket
def test_a_request_that_says_nothing_of_a_change(four_sockets, asked):
    verdict = ask(four_sockets, Target(asked.address), question(port=asked.port))
    assert (verdict.address, verdict.port) == (asked.address, asked.port)
    assert verdict.answer[0].address(RESPONSE_ORIGIN) == str(asked)
    assert verdict.answer[0].address(OTHER_ADDRESS) == str(asked.other)


@in_each_mode
@pytest.mark.parametrize("asked", [asked for asked in SOCKETS if asked.family == 4], ids=str)
@each_change
def test_clients_of_rfc_3489(four_sockets, asked, change):
    verdict = ask(four_sockets, Target(asked.address), question(change.attribute, port=asked.port, classic=True))
    source = asked.changed(change)
    assert (verdict.address, verdict.port) == (source.address, source.port)
    response = verdict.answer[0]
    assert response.address(SOURCE_ADDRESS) == str(source)
    assert response.address(CHANGED_ADDRESS) == str(asked.other)
    assert response.address(MAPPED_ADDRESS) == verdict.client
    assert set(response.attributes) == {MAPPED_ADDRESS, SOURCE_ADDRESS, CHANGED_ADDRESS}, "what they do not know"


@in_each_mode
@each_real_change
def test_a_connection_cannot_change(four_sockets, change):
    for family in PAIR:
        said = stream.ask(four_sockets, Target(PAIR[family][0]), question(change.attribute)).answer[0]
        assert said.error == 400


@in_each_mode
@pytest.mark.parametrize("attribute", [(RESPONSE_PORT, struct.pack("!HH", 5000, 0)), (PADDING, bytes(1000))],
                         ids=["RESPONSE-PORT", "PADDING"])
def test_what_makes_traffic_for_others_is_off(four_sockets, attribute):
    for family in PAIR:
        said = answer(four_sockets, PAIR[family][0], attribute)
        assert (said.error, said.unknown) == (420, {attribute[0]})


def test_response_port(tmp_path):
    with serving(tmp_path, *ON_LO, behavior_discovery={"response-port": True}) as host:
        for asked, change, size in itertools.product(SOCKETS, CHANGES, (2, 4)):
            target = Target(asked.address)
            with udp_socket(host, target) as asking, udp_socket(host, target) as waiting:
                port = struct.pack("!H", waiting.getsockname()[1]) + bytes(size - 2)
                sent = binding_request(change.attribute, (RESPONSE_PORT, port))
                asking.sendto(sent, (asked.address, asked.port))
                verdict = receive(waiting, question(), sent, timeout=5.0)
                source = asked.changed(change)
                assert (verdict.address, verdict.port) == (source.address, source.port)
                mapped = verdict.answer[0].address(XOR_MAPPED_ADDRESS)
                assert int(mapped.rpartition(":")[2]) == asking.getsockname()[1], "not where the request came from"


def test_padding(tmp_path):
    both = {"response-port": True, "padding": True}
    with serving(tmp_path, *ON_LO, behavior_discovery=both) as host:
        for address in (*PAIR[4], *PAIR[6]):
            said = answer(host, address, (PADDING, bytes(1480)))
            assert said.success
            assert 0 < len(said.attributes[PADDING]) <= 1480
            for attributes in itertools.permutations([(PADDING, bytes(1480)), (RESPONSE_PORT, b"\x12\x34\0\0")]):
                assert answer(host, address, *attributes).error == 400


def expect_no_second_address(host, address):
    """That nothing is promised there and a change is refused, while a request for none is served."""
    for attributes in ((), (NO_CHANGE.attribute,)):
        said = answer(host, address, *attributes)
        assert said.success
        assert OTHER_ADDRESS not in said.attributes
    for change, classic in itertools.product(CHANGES[1:], (False, True)):
        said = answer(host, address, change.attribute, classic=classic)
        assert (said.error, said.unknown) == (420, {CHANGE_REQUEST})
        assert OTHER_ADDRESS not in said.attributes and CHANGED_ADDRESS not in said.attributes


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_one_address_only(tmp_path, sockets, workers):
    alone = ["198.51.100.1/24 dev one", "2001:db8:1::1/64 dev one nodad"]
    with serving(tmp_path, *alone, sockets=sockets, workers=workers) as host:
        for address in ("198.51.100.1", "2001:db8:1::1", "::1"):
            expect_no_second_address(host, address)
        # Every address of 127.0.0.0/8 is the host's own, so one of them always has another beside it.
        expect_pair(host, "127.0.0.1", "127.0.0.2")


def test_off_by_default(tmp_path):
    values = settings()
    del values["stun"]
    with host_with(*ON_LO) as host, thence.serve(host, tmp_path, values):
        for address in (PAIR[4][0], PAIR[6][0]):
            assert set(answer(host, address).attributes) == {XOR_MAPPED_ADDRESS}
            expect_no_second_address(host, address)
            assert ask(host, Target(address), question(port=PORTS[1]), timeout=0.2).silent


def partner(host, address):
    """The address that OTHER-ADDRESS names; empty when there is none. The port must be the other one."""
    named = answer(host, address).address(OTHER_ADDRESS)
    if not named:
        return ""
    other, _, port = named.rpartition(":")
    assert int(port) == PORTS[1]
    return other.strip("[]")


def expect_pair(host, first, second):
    """That those two become each other's partner, and that answers do come from the other one."""
    assert eventually(lambda: (partner(host, first), partner(host, second)) == (second, first), timeout=5.0), (
        f"{first} has {partner(host, first)}, {second} has {partner(host, second)}")
    for asked, other in ((first, second), (second, first)):
        verdict = ask(host, Target(asked), question(CHANGES[-1].attribute))
        assert (verdict.address, verdict.port) == (other, PORTS[1])


def expect_kept(host, first, second):
    assert not eventually(lambda: partner(host, first) != second, timeout=0.5), "a pair was torn apart"


@dataclasses.dataclass(frozen=True)
class Three:
    """Two addresses on one interface and one on another."""

    here: str
    beside: str
    elsewhere: str
    length: int

    def on(self, interface, address):
        return f"{address}/{self.length} dev {interface}" + (" nodad" if ":" in address else "")

    @property
    def all(self):
        return [self.on("one", self.here), self.on("one", self.beside), self.on("two", self.elsewhere)]


THREE = [Three("198.51.100.1", "198.51.100.2", "203.0.113.1", 24),
         Three("2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::1", 64)]
on_three = pytest.mark.parametrize("three", THREE, ids=["IPv4", "IPv6"])


@on_three
@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_pairs_follow_the_addresses_of_the_host(tmp_path, three, sockets):
    with serving(tmp_path, three.on("one", three.here), sockets=sockets, workers=2) as host:
        expect_no_second_address(host, three.here)
        host.ip("addr add " + three.on("one", three.beside))
        await_reachable(host, three.beside)
        expect_pair(host, three.here, three.beside)
        host.ip("addr add " + three.on("two", three.elsewhere))
        await_reachable(host, three.elsewhere)
        expect_kept(host, three.here, three.beside)
        expect_pair(host, three.here, three.beside)
        host.ip("addr del " + three.on("one", three.beside).removesuffix(" nodad"))
        expect_pair(host, three.here, three.elsewhere)
        host.ip("addr add " + three.on("one", three.beside))
        await_reachable(host, three.beside)
        expect_kept(host, three.here, three.elsewhere)
        host.ip("link delete two")
        expect_pair(host, three.here, three.beside)
        host.ip("addr del " + three.on("one", three.beside).removesuffix(" nodad"))
        assert eventually(lambda: not partner(host, three.here), timeout=5.0)
        expect_no_second_address(host, three.here)


@on_three
def test_a_partner_on_another_interface_is_preferred(tmp_path, three):
    with serving(tmp_path, *three.all) as host:
        chosen = partner(host, three.elsewhere)
        assert chosen in (three.here, three.beside)
        expect_pair(host, chosen, three.elsewhere)


@on_three
def test_pairs_that_are_set(tmp_path, three):
    with serving(tmp_path, *three.all, behavior_discovery={"pairs": [[three.here, three.beside]]}) as host:
        expect_pair(host, three.here, three.beside)
        expect_no_second_address(host, three.elsewhere)


PRIVATE = {4: ("10.77.1.1", "10.77.2.1"), 6: ("fd77:1::1", "fd77:2::1")}
ADVERTISED = {"10.77.1.1": "198.51.100.1", "10.77.2.1": "203.0.113.1",
              "fd77:1::1": "2001:db8:1::1", "fd77:2::1": "2001:db8:2::1"}


@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
@pytest.mark.parametrize("pairs", ["auto", [list(pair) for pair in PRIVATE.values()]], ids=["auto", "set"])
def test_behind_one_to_one_nat_the_public_addresses_are_named(tmp_path, sockets, pairs):
    addresses = ["10.77.1.1/24 dev one", "fd77:1::1/64 dev one nodad",
                 "10.77.2.1/24 dev two", "fd77:2::1/64 dev two nodad"]
    values = {"sockets": sockets, "advertise": ADVERTISED, "behavior_discovery": {"pairs": pairs}}
    with serving(tmp_path, *addresses, **values) as host:
        for pair, asked_first, port, change in itertools.product(PRIVATE.values(), (True, False), PORTS, CHANGES):
            asked, other = pair if asked_first else reversed(pair)
            other_port = PORTS[port == PORTS[0]]
            verdict = ask(host, Target(asked), question(change.attribute, port=port))
            source = (other if change.address else asked, other_port if change.port else port)
            assert (verdict.address, verdict.port) == source, "packets have private addresses"
            response = verdict.answer[0]
            assert response.address(RESPONSE_ORIGIN) == transport_address(ADVERTISED[source[0]], source[1])
            assert response.address(OTHER_ADDRESS) == transport_address(ADVERTISED[other], other_port)


def test_the_alternate_port_can_be_another(tmp_path):
    with serving(tmp_path, *ON_LO, behavior_discovery={"alternate-port": 5349}) as host:
        for address, other in (PAIR[4], PAIR[6]):
            verdict = ask(host, Target(address), question(CHANGES[-1].attribute))
            assert (verdict.address, verdict.port) == (other, 5349)
            assert verdict.answer[0].address(OTHER_ADDRESS) == transport_address(other, 5349)


def test_a_new_alternate_port_takes_effect_on_a_reload(tmp_path):
    with host_with(*ON_LO) as host, thence.serve(host, tmp_path, settings()) as server:
        for port, before in ((5349, PORTS[1]), (PORTS[1], 5349)):
            thence.configuration(tmp_path, settings(behavior_discovery={"alternate-port": port}))
            assert server.reload()[-1]["message"] == "reloaded"
            for address, other in (PAIR[4], PAIR[6]):
                verdict = ask(host, Target(address), question(CHANGES[-1].attribute))
                assert (verdict.address, verdict.port) == (other, port)
                assert verdict.answer[0].address(OTHER_ADDRESS) == transport_address(other, port)
                assert eventually(lambda at=address, port=before: ask(host, Target(at), question(port=port), 0.1).silent)
