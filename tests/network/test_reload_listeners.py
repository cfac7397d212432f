"""Reloads under load that change everything: listeners, zones and views come, go and become others.

Nothing is lost on the listener that stays, be it as it was or with other kinds of sockets. After each reload each port is
asked on each address over each transport in each protocol, and what comes of it is held against the configuration.

    pytest tests/network/test_reload_listeners.py -s --reloads 50
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import fnmatch
import ipaddress
import random
import threading
import time

import pytest

from bed import stream
from bed.cases import Case
from bed.dnsperf import Load, end_all
from bed.judge import STUN_QUESTION, Target, ask, dns_question, receive, send, socket_address, udp_socket
from bed.modes import expect_right
from bed.process import eventually
from bed.thence import ZONE, configuration, serve
from bed.witness import Witness, true_of_the_request

PORTS = range(5301, 5307)
BINDS = ["wildcard", "addresses", "dual-stack"]
EVERYTHING = ["0.0.0.0/0", "::/0"]
# An address on lo is asked by way of `one`: these lists serve both or neither, or it would matter which of them counts.
INTERFACES = [["*"], ["one", "lo"], ["*", "!two"], ["two"]]
ADDRESSES = [EVERYTHING, ["10.77.0.0/16", "fd77::/16"], [*EVERYTHING, "!10.77.1.2", "!fd77:1::2"]]

ASKED = {Target(address): interface for address, interface in (
    ("10.77.1.1", "one"), ("10.77.1.2", "one"), ("10.77.2.1", "two"), ("10.88.0.53", "one"),
    ("fd77:1::1", "one"), ("fd77:1::2", "one"), ("fd77:2::1", "two"), ("fd88::53", "one"))}
# What the load asks: these stay whatever else changes.
LOADED = ("10.77.1.1", "fd77:2::1")


@dataclasses.dataclass(frozen=True)
class Listener:
    port: int
    protocols: tuple = ("dns",)
    transports: tuple = ("udp", "tcp")
    families: tuple = ("ipv4", "ipv6")
    bind: str = "wildcard"
    interfaces: tuple = ("*",)
    addresses: tuple = tuple(EVERYTHING)

    def settings(self):
        return dataclasses.asdict(self)

    def has_socket(self, target, transport):
        return (transport in self.transports and f"ipv{target.family}" in self.families
                and (self.bind != "addresses" or self.lets_in(target)))

    def lets_in(self, target):
        return (covers(self.interfaces, lambda glob: fnmatch.fnmatchcase(ASKED[target], glob))
                and covers(self.addresses, lambda prefix: within(target.address, prefix)))


def covers(words, matches):
    """Whether a list of words, some of which exclude, covers something."""
    return (any(matches(word) for word in words if word[0] != "!")
            and not any(matches(word[1:]) for word in words if word[0] == "!"))


def within(address, prefix):
    network = ipaddress.ip_network(prefix)
    return network.version == ipaddress.ip_address(address).version and ipaddress.ip_address(address) in network


def some_of(chance, choices):
    """A subset that is not empty."""
    return tuple(chance.sample(choices, chance.randint(1, len(choices))))


def listener(chance, port):
    families = some_of(chance, ["ipv4", "ipv6"])
    return Listener(port, some_of(chance, ["dns", "stun"]), some_of(chance, ["udp", "tcp"]), families,
                    chance.choice(BINDS if len(families) == 2 else BINDS[:2]), tuple(chance.choice(INTERFACES)),
                    tuple(chance.choice(ADDRESSES)))


@dataclasses.dataclass(frozen=True)
class View:
    name: str
    zones: tuple
    transports: tuple = ("udp", "tcp")
    interfaces: tuple = ("*",)

    def settings(self):
        return {"name": self.name, "zones": ["thence.test", *self.zones],
                "match": {"transports": self.transports, "interfaces": self.interfaces}}

    def matches(self, target, transport):
        return transport in self.transports and covers(self.interfaces,
                                                       lambda glob: fnmatch.fnmatchcase(ASKED[target], glob))


ZONES = [f"z{number}.test" for number in range(6)]


@dataclasses.dataclass(frozen=True)
class Configuration:
    """What is served between two reloads."""

    generation: int
    staying: Listener  # on port 53
    listeners: tuple
    zones: tuple
    views: tuple

    def values(self):
        zones = [{"name": name, "records": [f"@ 60 SOA n h {self.generation} 1 1 1 1", "@ 60 NS n", "n 60 A 192.0.2.1",
                                            f"@ 60 TXT generation-{self.generation}"]} for name in self.zones]
        return {
            "listeners": [each.settings() for each in (self.staying, *self.listeners)],
            "workers": 2,
            "dns": {"zones": [ZONE, *zones], **({"views": [view.settings() for view in self.views]} if self.views else {})},
            "tcp": {"idle": "1h"},  # the machine may be slow
            "log": {"format": "json"},
        }

    def answer(self, zone, target, transport):
        """What a TXT query for that name is told on port 53."""
        view = next((each for each in self.views if each.matches(target, transport)), None)
        served = self.zones if not self.views else view.zones if view else ()
        return f"generation-{self.generation}" if zone in served else "REFUSED"


def drawn(chance, generation, staying):
    """Another configuration. Without a view that takes the rest, the load would be refused."""
    zones = tuple(zone for zone in ZONES if chance.random() < 0.6)
    views = [View(f"view{number}", some_of(chance, zones) if zones else (), some_of(chance, ["udp", "tcp"]),
                  tuple(chance.choice(INTERFACES))) for number in range(chance.randint(0, 3))]
    if views:
        views.append(View("rest", some_of(chance, zones) if zones else ()))
    listeners = tuple(listener(chance, port) for port in PORTS if chance.random() < 0.8)
    return Configuration(generation, staying, listeners, zones, tuple(views))


QUESTIONS = {"dns": {4: dns_question("self.thence.test", "A"), 6: dns_question("self.thence.test", "AAAA")},
             "stun": {4: STUN_QUESTION, 6: STUN_QUESTION}}


def expect_ports_as_configured(bed, server, now):
    """Asks every port on every address over UDP."""
    by_port = {each.port: each for each in now.listeners}
    before = server.counters()
    kinds = collections.Counter()
    with contextlib.ExitStack() as stack:
        waiting, others = [], []
        for port in PORTS:
            for target in ASKED:
                each = by_port.get(port)
                for protocol in ("dns", "stun"):
                    question = QUESTIONS[protocol][target.family].at(port)
                    if not each or not each.has_socket(target, "udp"):
                        expect_unreachable(bed.client, target, question)
                        kinds["no socket"] += 1
                        continue
                    udp = stack.enter_context(udp_socket(bed.client, target))
                    request = send(udp, target, question)
                    if not each.lets_in(target):
                        kinds["excluded"] += 1
                        others.append((udp, question, request))
                    elif protocol not in each.protocols:
                        kinds["another protocol"] += 1
                        others.append((udp, question, request))
                    else:
                        kinds["answered"] += 1
                        waiting.append((each, udp, target, question, request))
        for each, udp, target, question, request in waiting:
            expect_right(Case(f"{each}", target), receive(udp, question, request, 5.0), question)
        excluded = lambda: server.counters()["udp.dropped.excluded"] - before["udp.dropped.excluded"]
        assert eventually(lambda: excluded() >= kinds["excluded"], 2.0) and excluded() == kinds["excluded"]
        for udp, question, request in others:
            assert receive(udp, question, request, 0.001).silent
    return kinds


def expect_unreachable(host, target, question):
    with udp_socket(host, target) as udp:
        udp.connect(socket_address(target, question.port))
        udp.send(question.request())
        udp.settimeout(5.0)
        with pytest.raises(ConnectionRefusedError):
            udp.recv(512)


def expect_ports_as_configured_over_tcp(bed, now):
    by_port = {each.port: each for each in now.listeners}
    for port in PORTS:
        each = by_port.get(port)
        for target in ASKED:
            for protocol in each.protocols if each else ("dns",):
                question = QUESTIONS[protocol][target.family].at(port)
                if each and each.has_socket(target, "tcp") and each.lets_in(target):
                    expect_right(Case(f"{each}", target), stream.ask(bed.client, target, question), question)
                else:
                    with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
                        stream.ask(bed.client, target, question)


def expect_zones_as_configured(bed, now):
    for target in ASKED:
        for zone in ZONES:
            question = dns_question(zone, "TXT")
            for transport, asking in (("udp", ask), ("tcp", stream.ask)):
                told = asking(bed.client, target, question).answer
                assert told == (now.answer(zone, target, transport),), f"{zone} on {target} over {transport}: {now}"


@pytest.fixture(name="host")
def a_host_that_tells_of_closed_ports(bed):
    bed.server.answer_every_closed_port()
    return bed


@contextlib.contextmanager
def under_load(host, folder, need, values, *limits):
    need("dnsperf")
    queries = folder / "queries"
    queries.write_text("www.thence.test A\nself.thence.test A\nself.thence.test AAAA\nwww.thence.test A\n")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve(host.server, folder, values))
        loads = []
        for address in LOADED:
            (folder / address).mkdir()
            loads.append(stack.enter_context(Load(host.client, folder / address, address, queries, "-c", 8, *limits)))
        staying = [Target(address) for address in LOADED]
        question_of = lambda family: [QUESTIONS["dns"][family]]
        with Witness(host.client, staying, question_of, right=true_of_the_request, over_tcp=True) as witness:
            yield server
            reports = end_all(loads)
        print(f"\n{witness.asked} answers looked at, {[each.completed for each in reports]} by dnsperf")
        witness.expect_all_right()
        for report in reports:
            report.expect_nothing_lost(at_least=1000)


def reload(server, folder, now):
    configuration(folder, now.values())
    events = server.reload()
    assert events[-1]["message"] == "reloaded" and [each for each in events if each["level"] == "error"] == [], events


def test_whatever_changes_nothing_is_lost_on_the_listener_that_stays(host, tmp_path, need, request):
    reloads = request.config.getoption("--reloads")
    chance = random.Random(6)
    staying = Listener(53)
    now = drawn(chance, 0, staying)
    seen = collections.Counter()
    with under_load(host, tmp_path, need, now.values(), "-Q", 5000) as server:
        with stream.connection(host.client, Target("10.77.1.1"), 53) as tcp:
            for generation in range(1, reloads + 1):
                now = drawn(chance, generation, staying)
                reload(server, tmp_path, now)
                seen += expect_ports_as_configured(host, server, now)
                expect_ports_as_configured_over_tcp(host, now)
                expect_zones_as_configured(host, now)
                # A connection that was there before stays, too.
                assert stream.exchange(tcp, QUESTIONS["dns"][4]) == ("10.77.1.1",)
    print(f"{reloads} reloads; {dict(seen)}")
    assert len(seen) == 4


@contextlib.contextmanager
def connecting_all_the_time(host, targets):
    """Each target is asked by one connection after the other. @raise what any of them met"""
    ended = threading.Event()

    def connect(target):
        asked = 0
        while not ended.is_set():
            question = QUESTIONS["dns"][target.family]
            expect_right(Case("connecting", target), stream.ask(host.client, target, question), question)
            asked += 1
        return asked

    with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
        asking = [pool.submit(connect, target) for target in targets]
        try:
            yield
        finally:
            ended.set()
    print(f"\n{sum(each.result() for each in asking)} connections")


def test_no_connection_is_refused_or_reset_while_the_sockets_of_a_listener_are_replaced(host, tmp_path, request):
    reloads = 2 * request.config.getoption("--reloads")
    now = Configuration(0, Listener(53), (), (), ())
    with (serve(host.server, tmp_path, now.values()) as server,
          connecting_all_the_time(host, [Target(address) for address in LOADED] * 3)):
        for generation in range(1, reloads + 1):
            now = dataclasses.replace(now, generation=generation, staying=Listener(53, bind=BINDS[generation % 3]))
            reload(server, tmp_path, now)
            time.sleep(0.2)


def test_nothing_is_lost_while_the_sockets_of_a_listener_are_replaced(host, tmp_path, need, request):
    """The same port by sockets of another kind, each time; with other filters and protocols, which let the load in."""
    reloads = request.config.getoption("--reloads")
    chance = random.Random(7)
    now = Configuration(0, Listener(53), (), (), ())
    with under_load(host, tmp_path, need, now.values()) as server:
        for generation in range(1, reloads + 1):
            bind = chance.choice([each for each in BINDS if each != now.staying.bind])
            staying = Listener(53, chance.choice([("dns",), ("dns", "stun")]), bind=bind,
                               interfaces=tuple(chance.choice([["*"], ["one", "two", "lo"], ["*", "!three"]])),
                               addresses=tuple(chance.choice([EVERYTHING, ["10.77.0.0/16", "fd77::/16"]])))
            now = dataclasses.replace(now, generation=generation, staying=staying)
            reload(server, tmp_path, now)
            for target in ASKED:
                for protocol in staying.protocols if staying.lets_in(target) else ():
                    question = QUESTIONS[protocol][target.family].at(53)
                    expect_right(Case(bind, target), ask(host.client, target, question), question)
                    expect_right(Case(bind, target), stream.ask(host.client, target, question), question)
