"""The limit of replies for each prefix: what a forged flood gets, and who is served through it all the same."""

import collections
import contextlib
import time

import dns.edns
import dns.flags
import dns.message
import pytest

from bed.judge import Target, ask, dns_question, socket_address, udp_socket
from bed.thence import serve, settings

SERVER = "10.77.1.1"
FLOODED = Target(SERVER, source="10.77.1.9")
PER_SECOND = 10
QUERIES = 200  # fewer replies than the buffer of a socket holds
QUESTION = dns_question("www.thence.test", "A")
COOKIE = 10  # RFC 7873 §4


def query(*options):
    return dns.message.make_query("www.thence.test", "A", options=options, use_edns=bool(options))


def cookie(octets):
    return dns.edns.GenericOption(COOKIE, octets)


def flood(host, target, make=query):
    """Sends queries faster than the limit. @return how many replies there were of each kind"""
    kinds = collections.Counter()
    with udp_socket(host, target) as udp:
        udp.settimeout(0.5)
        for i in range(QUERIES):
            udp.sendto(make().to_wire(), socket_address(target, QUESTION.port))
            if i % 20 == 0:
                time.sleep(0.001)  # so that no buffer on the way overflows
        with contextlib.suppress(TimeoutError):
            while True:
                reply = dns.message.from_wire(udp.recv(4096))
                assert bool(reply.answer) != bool(reply.flags & dns.flags.TC)
                kinds["truncated" if reply.flags & dns.flags.TC else "whole"] += 1
    return kinds


def server_cookie(host, target):
    """A cookie that the server has given this client."""
    with udp_socket(host, target) as udp:
        udp.settimeout(2)
        udp.sendto(query(cookie(b"a client")).to_wire(), socket_address(target, QUESTION.port))
        reply = dns.message.from_wire(udp.recv(4096))
    return next(option.data for option in reply.options if option.otype == COOKIE)


@pytest.fixture(name="server")
def limiting_server(bed, tmp_path):
    values = settings()
    values["dns"]["rate-limit"] = {"per-second": PER_SECOND, "slip": 2}
    with serve(bed.server, tmp_path, values) as server:
        yield server


def test_a_flood_gets_the_limit_and_every_second_reply_over_it_without_records(bed, server):
    kinds = flood(bed.client, FLOODED)
    # A second's worth that was in store, and what the time that the flood takes brings.
    assert PER_SECOND <= kinds["whole"] <= 5 * PER_SECOND
    over = QUERIES - kinds["whole"]
    assert abs(kinds["truncated"] - over / 2) <= 1
    counted = server.counters()
    assert counted["dns.slipped"] == kinds["truncated"]
    assert counted["dns.limited"] == over - kinds["truncated"]


def test_meanwhile_another_prefix_tcp_and_a_client_with_a_cookie_are_served(bed, server):
    shown = server_cookie(bed.client, FLOODED)
    assert flood(bed.client, FLOODED)["truncated"] > 0
    assert flood(bed.client, FLOODED, lambda: query(cookie(shown))) == {"whole": QUERIES}
    assert ask(bed.client, Target(SERVER, source="10.99.0.9"), QUESTION).answer == ("192.0.2.10",)
    tcp = bed.client.run("timeout", "5", "dig", "-b", FLOODED.source, "+tcp", "+short", f"@{SERVER}", "www.thence.test")
    assert tcp.stdout.strip() == "192.0.2.10"


def test_loopback_has_no_limit(bed, server):
    assert flood(bed.server, Target("127.0.0.1")) == {"whole": QUERIES}
    assert server.counters()["dns.limited"] == 0
