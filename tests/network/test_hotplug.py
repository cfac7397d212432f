"""The host changes all the time, under load: addresses and interfaces come and go, are renamed, flap.

No answer comes from a wrong source, none is lost on the addresses that stay, and what is new is answered: on a wildcard
by the first query that is sent after `ip addr add` has returned, by a socket an address within a second.

    pytest tests/network/test_hotplug.py -s --changes 1000
"""

import collections
import contextlib
import dataclasses
import ipaddress
import json
import os
import struct
import threading
import time

import pytest

from bed import hotplug, stream
from bed.cases import Case
from bed.dnsperf import Load, end_all
from bed.hotplug import STAYING, add, batch, new_address, remove, rename
from bed.judge import Target, ask, dns_question, socket_address, udp_socket
from bed.modes import expect_right
from bed.multihomed import FAR_CLIENT
from bed.process import eventually
from bed.thence import ZONE, questions, serve, settings
from bed.witness import Witness, true_of_the_request

SOON = 1.0  # seconds that a new address may wait for its socket
LONGEST = 5.0  # where other tests have the processors just then: one in ten may


@dataclasses.dataclass(frozen=True)
class Mode:
    bind: str
    workers: int

    @property
    def patience(self):
        """Seconds that a new address has: none on a wildcard."""
        return 0.0 if self.bind == "wildcard" else LONGEST

    def settings(self, **listener):
        values = settings(workers=self.workers, bind=self.bind, **listener)
        followed = {name: {"interface": name} for name in ("one", "hot", "warm")}
        values["dns"]["zones"] = [{**ZONE, "dynamic": {**ZONE["dynamic"], **followed}}]
        return values

    def __str__(self):
        return f"{self.bind}, {self.workers} worker{'s' if self.workers > 1 else ''}"


IN_EVERY_MODE = pytest.mark.parametrize("mode", [Mode(bind, workers) for bind in ("wildcard", "addresses")
                                                 for workers in (1, 2)], ids=str)


@pytest.fixture(name="host")
def a_host_that_changes(bed):
    hotplug.prepare(bed)
    return bed


@contextlib.contextmanager
def under_load(host, folder, mode, need, **listener):
    """A server that is asked all the time on the addresses that stay, by dnsperf and by a client that looks at sources;
    of both it is expected at the end that nothing was lost or wrong."""
    need("dnsperf")
    queries = folder / "queries"
    queries.write_text("www.thence.test A\nself.thence.test A\nself.thence.test AAAA\nwww.thence.test AAAA\n")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve(host.server, folder, mode.settings(**listener)))
        loads = []
        for address in ("10.77.1.1", "fd77:2::1"):
            (folder / address).mkdir()
            loads.append(stack.enter_context(
                Load(host.client, folder / address, address, queries, "-c", 8, "-Q", 1000)))
        with Witness(host.client, STAYING, questions, right=true_of_the_request) as witness:
            yield server
            reports = end_all(loads)
        print(f"\n{mode}: {witness.asked} answers looked at, {[each.completed for each in reports]} by dnsperf")
        witness.expect_all_right()
        for report in reports:
            report.expect_nothing_lost(at_least=1000)
        assert server.running


def seconds_until_answered(host, target, question, patience, over_tcp=False):
    """Asks until an answer comes, which has to be right. With no patience the first request has to be answered."""
    began = time.monotonic()
    while True:
        asked = time.monotonic() - began
        verdict = None
        with contextlib.suppress(ConnectionRefusedError):
            # While there is no socket yet a request is gone at once; without need for patience it is only slow.
            verdict = stream.ask(host, target, question) if over_tcp else ask(host, target, question,
                                                                              timeout=0.02 if patience else 5.0)
        if verdict and not verdict.silent:
            expect_right(Case("new", target), verdict, question)
            return asked
        assert asked < patience, f"{target}, {question.protocol}: no answer, asked {asked:.2f} s after it was added"
        time.sleep(0.002)


def expect_soon(waited):
    assert sorted(waited)[len(waited) * 9 // 10] <= SOON, sorted(waited)[-5:]


@IN_EVERY_MODE
def test_addresses_come_and_go(host, tmp_path, need, request, mode):
    changes = request.config.getoption("--changes")
    waited, present = [], []
    with under_load(host, tmp_path, mode, need):
        for number in range(changes):
            address, interface = new_address(number), ("one", "two", "lo", "flap")[number % 4]
            add(host.server, address, interface)
            present.append((address, interface))
            target = Target(address)
            question = questions(target.family)[number // 2 % 4]
            waited.append(seconds_until_answered(host.client, target, question, mode.patience))
            if number % 5 == 0:
                seconds_until_answered(host.client, target, question, mode.patience, over_tcp=True)
            if len(present) > 20:
                address, interface = present.pop(0)
                remove(host.server, address, interface)
    expect_soon(waited)
    print(f"{changes} addresses added; answered after at most {max(waited) * 1000:.0f} ms, mean "
          f"{sum(waited) / changes * 1000:.1f} ms")


def interface_answers(host, name, family):
    """What the dynamic name of an interface tells."""
    return set(ask(host.client, Target("10.77.1.1"), dns_question(f"{name}.thence.test", "A" if family == 4 else "AAAA"))
               .answer)


@IN_EVERY_MODE
def test_interfaces_come_and_go_and_are_renamed(host, tmp_path, need, request, mode):
    rounds = max(3, request.config.getoption("--changes") // 40)
    waited = []
    with under_load(host, tmp_path, mode, need):
        for number in range(rounds):
            net = 100 + number % 100
            host.connect("hot", net)
            ipv4, ipv6, link_local = f"10.77.{net}.1", f"fd77:{net}::1", Target("fe80::1", device="hot")
            new = [Target(ipv4), Target(ipv4, FAR_CLIENT[4]), Target(ipv6), Target(ipv6, FAR_CLIENT[6]), link_local]
            for target in new:
                waited.append(seconds_until_answered(host.client, target, questions(target.family)[number % 4],
                                                     mode.patience))
            # Which names there are, the server learns beside the requests.
            assert eventually(lambda: interface_answers(host, "hot", 4) == {ipv4}, SOON)
            assert eventually(lambda: interface_answers(host, "hot", 6) == {ipv6}, SOON)

            rename(host.server, "hot", "warm")
            # Its IPv4 address has stayed, the others are new.
            for question in questions(4):
                expect_right(Case("renamed", new[0]), ask(host.client, new[0], question), question)
            host.server.ip(f"""
                addr add {ipv6}/64 dev warm nodad
                addr add fe80::1/64 dev warm nodad
            """)
            host.await_reachable(ipv6, "fe80::1%hot")
            for target in new[2:]:
                waited.append(seconds_until_answered(host.client, target, questions(6)[number % 4], mode.patience))
            assert eventually(lambda: interface_answers(host, "warm", 4) == {ipv4}, SOON)
            assert eventually(lambda: interface_answers(host, "warm", 6) == {ipv6}, SOON)
            assert eventually(lambda: interface_answers(host, "hot", 4) == set(), SOON)
            host.server.ip("link delete warm")
            assert eventually(lambda: interface_answers(host, "warm", 4) == set(), SOON)
    expect_soon(waited)
    print(f"{rounds} interfaces; answered after at most {max(waited) * 1000:.0f} ms")


@IN_EVERY_MODE
def test_a_link_flaps(host, tmp_path, need, request, mode):
    """The host keeps the IPv4 address of a link that is down; that its route goes away is no matter of this address."""
    flaps = max(5, request.config.getoption("--changes") // 10)
    with under_load(host, tmp_path, mode, need):
        for number in range(flaps):
            host.server.ip("link set flap down")
            target = Target(f"fd66::f:{number:x}")
            host.server.ip("link set flap up")
            add(host.server, target.address, "flap")
            seconds_until_answered(host.client, target, questions(6)[number % 4], mode.patience)


@IN_EVERY_MODE
def test_addresses_that_come_back_at_once(host, tmp_path, mode):
    """Sockets that were just given up are not in the way of their successors."""
    targets = [Target("10.66.0.1"), Target("fd66::1"), Target("fe80::7", device="one")]
    for target in targets:
        add(host.server, target.address, "one")
    with serve(host.server, tmp_path, mode.settings()) as server:
        for number in range(20):
            for target in targets:
                remove(host.server, target.address, "one")
                # At times it has seen that the address is gone, at times not.
                time.sleep(number % 4 * 0.02)
                add(host.server, target.address, "one")
                seconds_until_answered(host.client, target, questions(target.family)[number % 4], mode.patience)
        # That an address is gone again, before its socket is bound, may happen.
        assert [each for each in server.log("address not served") if "in use" in each["error"]] == []


@IN_EVERY_MODE
def test_a_storm_of_changes(host, tmp_path, need, request, mode):
    """So many, and among so many addresses, that hardly a reading of the table is of one moment (NLM_F_DUMP_INTR)."""
    rounds = max(2, request.config.getoption("--changes") // 100)
    host.server.ip("link add crowd type veth peer name crowd-end")
    host.server.ip(batch("add", "crowd", range(10_000, 14_000)))

    def storm(interface, first):
        numbers = range(first, first + 500)
        for _ in range(rounds):
            host.server.ip("\n".join(batch(words, interface, [number]) for number in numbers
                                     for words in ("add", "del", "add", "del")))

    with under_load(host, tmp_path, mode, need, interfaces=["*", "!crowd"]):
        storms = [threading.Thread(target=storm, args=each) for each in (("one", 0), ("two", 1000), ("lo", 2000))]
        for each in storms:
            each.start()
        for each in storms:
            each.join()
        add(host.server, "10.66.100.1", "two")
        for question in questions(4):
            seconds_until_answered(host.client, Target("10.66.100.1"), question, mode.patience)


def expect_refused(host, server, target, mode):
    """No socket, or one that lets nothing by; which of them, the server's counters and the client's kernel say."""
    asked = questions(target.family)
    before = server.counters()
    for question in asked:
        if mode.bind == "wildcard":
            assert ask(host, target, question, timeout=0.05).silent
        else:
            with udp_socket(host, target) as udp:
                udp.connect(socket_address(target, question.port))
                udp.send(question.request())
                udp.settimeout(5)
                with pytest.raises(ConnectionRefusedError):
                    udp.recv(512)
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            stream.ask(host, target, question)
    if mode.bind == "wildcard":
        assert eventually(lambda: server.counters()["udp.dropped.excluded"] - before["udp.dropped.excluded"]) == len(asked)
        assert server.counters()["tcp.refused.excluded"] - before["tcp.refused.excluded"] == len(asked)


@IN_EVERY_MODE
def test_what_is_served_follows_names_and_addresses(host, tmp_path, mode):
    """An interface that is renamed is served or not as its new name says; so is an address that comes."""
    filters = {"interfaces": ["*", "!cold*"], "addresses": ["0.0.0.0/0", "::/0", "!10.66.0.66", "!fd66::66"]}
    with serve(host.server, tmp_path, mode.settings(**filters)) as server:
        host.connect("cold", 40)
        target = Target("10.77.40.1")
        expect_refused(host.client, server, target, mode)
        for _ in range(3):
            rename(host.server, "cold", "hot")
            # For the first such request it may be too soon, on a wildcard as well: names are not in a datagram.
            for question in questions(4):
                seconds_until_answered(host.client, target, question, LONGEST)
                seconds_until_answered(host.client, target, question, LONGEST, over_tcp=True)
            rename(host.server, "hot", "cold")
            assert eventually(lambda: ask(host.client, target, questions(4)[0], timeout=0.05).silent, SOON)
            expect_refused(host.client, server, target, mode)
        for address, other in (("10.66.0.66", "10.66.0.65"), ("fd66::66", "fd66::65")):
            add(host.server, address, "one")
            add(host.server, other, "one")
            for question in questions(Target(other).family):
                seconds_until_answered(host.client, Target(other), question, mode.patience)
            expect_refused(host.client, server, Target(address), mode)


def notifications_lost(server):
    """How often the kernel found no room for a notification to the server that links or addresses have changed."""
    own = {os.stat(entry.path).st_ino for entry in os.scandir(f"/proc/{server.pid}/fd")}
    with open(f"/proc/{server.pid}/net/netlink") as table:
        columns, *rows = (line.split() for line in table)
    rows = [dict(zip(columns, row)) for row in rows]
    of_changes = [row for row in rows if int(row["Inode"]) in own and int(row["Groups"], 16) & 0x111 == 0x111]
    assert len(of_changes) == 1, "which socket is it?"
    return int(of_changes[0]["Drops"])


def bound(server, port=53):
    """The addresses that sockets of that port are bound to, over UDP and TCP, once for each socket."""
    found = {}
    for transport, listening in (("udp", "07"), ("tcp", "0A")):
        found[transport] = collections.Counter()
        for table in (transport, transport + "6"):
            with open(f"/proc/{server.pid}/net/{table}") as lines:
                rows = [line.split() for line in lines][1:]
            for row in rows:
                address, _, own_port = row[1].partition(":")
                if int(own_port, 16) == port and row[3] == listening:
                    words = struct.pack(f"={len(address) // 8}I", *(int(address[i:i + 8], 16)
                                                                     for i in range(0, len(address), 8)))
                    found[transport][str(ipaddress.ip_address(words))] += 1
    return found


def addresses_of(host):
    """Every address of a host, as often as interfaces have it."""
    links = json.loads(host.run("ip", "-json", "addr").stdout)
    return collections.Counter(each["local"] for link in links for each in link["addr_info"])


def follows(server, host, workers):
    own = collections.Counter({address: count * workers for address, count in addresses_of(host).items()})
    return bound(server) == {"udp": own, "tcp": own}


@IN_EVERY_MODE
def test_the_table_is_right_after_notifications_were_lost(host, tmp_path, mode):
    """The server is held while more changes than the kernel keeps for it; what it does not hear of is true all the same."""
    with serve(host.server, tmp_path, mode.settings()) as server:
        assert notifications_lost(server) == 0
        host.connect("warm", 50)
        assert eventually(lambda: interface_answers(host, "warm", 4) == {"10.77.50.1"}, SOON)
        with server.held():
            host.server.ip(batch("add", "one", range(3000)))
            host.server.ip(batch("del", "one", range(3000)))
            lost = notifications_lost(server)
            assert lost > 0, "its socket has taken them all"
            rename(host.server, "warm", "hot")
            host.server.ip("""
                addr add 10.66.0.1/32 dev hot
                addr add fd66::1/128 dev hot nodad
                addr add 10.66.0.2/32 dev two
                addr del 10.77.1.2/24 dev one
            """)
        print(f"{lost} notifications were lost")
        for target in (Target("10.66.0.1"), Target("fd66::1"), Target("10.66.0.2")):
            for question in questions(target.family):
                seconds_until_answered(host.client, target, question, LONGEST)
        assert eventually(lambda: interface_answers(host, "hot", 4) == {"10.77.50.1", "10.66.0.1"}, SOON)
        assert eventually(lambda: interface_answers(host, "hot", 6) == {"fd66::1"}, SOON)
        assert interface_answers(host, "warm", 4) == set()
        assert interface_answers(host, "one", 4) == {"10.77.1.1"}
        if mode.bind == "addresses":
            assert eventually(lambda: follows(server, host.server, mode.workers), SOON), bound(server)


WITH_BIND_ADDRESSES = pytest.mark.parametrize("mode", [Mode("addresses", 1), Mode("addresses", 2)], ids=str)


@WITH_BIND_ADDRESSES
def test_a_thousand_addresses_at_once(host, tmp_path, mode):
    """A socket each, although programs are started with 1,024 descriptors by default."""
    values = mode.settings()
    values["listeners"] = values["listeners"][:1]
    with serve(host.server, tmp_path, values, prefix=("prlimit", "--nofile=1024:16384")) as server:
        assert follows(server, host.server, mode.workers)
        host.server.ip(batch("add", "one", range(1000)))
        assert eventually(lambda: follows(server, host.server, mode.workers)), server.log()[-5:]
        for number in range(1000):
            target = Target(new_address(number))
            question = questions(target.family)[0]
            expect_right(Case("one of a thousand", target), ask(host.client, target, question), question)
        host.server.ip(batch("del", "one", range(1000)))
        assert eventually(lambda: follows(server, host.server, mode.workers))
        assert [event for event in server.log() if event["level"] == "error"] == []


@WITH_BIND_ADDRESSES
def test_more_addresses_than_descriptors(host, tmp_path, mode):
    """What cannot be had is said and left out, what is served stays so, and when there is room again it is taken."""
    values = mode.settings()
    values["listeners"] = values["listeners"][:1]
    staying = Target("10.77.1.2")
    question = questions(4)[0]
    with (serve(host.server, tmp_path, values, prefix=("prlimit", "--nofile=256:256")) as server,
          Witness(host.client, [staying], lambda _: [question], right=true_of_the_request) as witness):
        host.server.ip(batch("add", "one", range(300)))
        assert eventually(lambda: any(event["message"] == "address not served" for event in server.log()))
        host.server.ip(batch("del", "one", range(300)))
        add(host.server, "10.66.9.9", "two")
        seconds_until_answered(host.client, Target("10.66.9.9"), question, 10)
        assert eventually(lambda: follows(server, host.server, mode.workers))
    witness.expect_all_right()
