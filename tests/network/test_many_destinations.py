"""Whole prefixes: ten thousand destinations that no interface has, each of which answers for itself.

The routes and rules are those of deploy/transparent, with the prefix for benchmarks (RFC 2544) in place of a /24.
"""

import ipaddress
import random
import select

import pytest

from bed import stream
from bed.judge import STUN_QUESTION, Target, dns_question, udp_socket
from bed.thence import serve, settings, unsendable
from bed.whole_prefixes import ANYIP, TPROXY

DESTINATIONS = 10_000
OVER_TCP = 300
WINDOW = 64  # requests under way: these fit every buffer between here and the server, so nothing may be lost
PATIENCE = 5.0  # seconds
WIDE = "198.18.0.0/15"


def destinations(way, family):
    """Of a prefix the first, the last, and many between them."""
    size = ipaddress.ip_network(way.prefix(family)).num_addresses
    some = random.Random(6)
    picked = {0, size - 1}
    while len(picked) < DESTINATIONS:
        picked.add(some.randrange(size))
    return [way.destination(family, number) for number in sorted(picked)]


def of_its_own(question, taken):
    """A request that no other one under way could be taken for, and what tells its reply."""
    while True:
        request = question.request()
        key = request[:2] if question.protocol == "dns" else request[4:20]
        if key not in taken:
            return key, request


def ask_all(host, whom, question):
    """Asks each once, and takes replies from anywhere. @return what is wrong, a line each"""
    wrong = []
    with udp_socket(host, Target(whom[0])) as udp:
        own_port = udp.getsockname()[1]
        for begin in range(0, len(whom), WINDOW):
            waiting = {}
            for destination in whom[begin:begin + WINDOW]:
                key, request = of_its_own(question, waiting)
                waiting[key] = (destination, request)
                udp.sendto(request, (destination, question.port))
            while waiting and select.select([udp], [], [], PATIENCE)[0]:
                reply, peer = udp.recvfrom(2048)
                key = reply[:2] if question.protocol == "dns" else reply[4:20]
                destination, request = waiting.pop(key, ("nobody", b""))
                if peer[:2] != (destination, question.port) or not question.belongs(request, reply):
                    wrong.append(f"{destination} was asked, {peer[0]} port {peer[1]} answered")
                elif not says_what_is_true(question, reply, destination, own_port):
                    wrong.append(f"{destination}: {question.read(reply)}")
            wrong += [f"{destination} is silent" for destination, _ in waiting.values()]
    return wrong


def says_what_is_true(question, reply, destination, own_port):
    answer = question.read(reply)
    if question.protocol == "dns":
        return answer == [destination]
    return [client.rpartition(":")[2] for client in answer] == [str(own_port)]


def memory(server):
    """@return octets in use"""
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


@pytest.mark.parametrize("way", [ANYIP, TPROXY], ids=str)
@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_every_destination_answers_for_itself(bed, tmp_path, way, sockets):
    way = way.with_prefix(WIDE)
    way.open(bed)
    asked = {family: (dns_question("self.thence.test", rdtype), STUN_QUESTION)
             for family, rdtype in ((4, "A"), (6, "AAAA"))}
    with serve(bed.server, tmp_path, settings(sockets, workers=2, transparent=True)) as server:
        some = {family: destinations(way, family) for family in asked}
        for family, protocols in asked.items():
            for question in protocols:
                assert ask_all(bed.client, some[family][:WINDOW], question) == []
        before = memory(server)
        for family, protocols in asked.items():
            for question in protocols:
                wrong = ask_all(bed.client, some[family], question)
                assert wrong[:5] == [], f"{len(wrong)} of {DESTINATIONS} are wrong"
        # Nothing is kept of a destination.
        assert memory(server) - before < 2 << 20
        for family, protocols in asked.items():
            for question in protocols:
                for destination in some[family][::DESTINATIONS // OVER_TCP]:
                    verdict = stream.ask(bed.client, Target(destination), question)
                    truth = destination if question.protocol == "dns" else verdict.client
                    assert (verdict.address, verdict.answer) == (destination, (truth,))
        counters = server.final_counters()
    datagrams = 4 * (DESTINATIONS + WINDOW)
    assert counters["udp.received"] == counters["udp.answered"] == datagrams and unsendable(counters) == 0
