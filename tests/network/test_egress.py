"""By which interface a reply leaves: as the routing tables and rules say, or by the one on which the request came."""

import pytest

from bed import cases, stream
from bed.cases import Case
from bed.judge import Target, ask
from bed.modes import expect_right
from bed.process import eventually
from bed.multihomed import FAR_CLIENT
from bed.thence import configuration, questions, serve, settings

SOCKETS = pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
ASKED_ON_TWO = [Case("asked on the second uplink", Target(address, FAR_CLIENT[family]))
                for family, address in ((4, "10.77.2.1"), (6, "fd77:2::1"))]


def expect_back_on(interface, bed):
    for case in ASKED_ON_TWO:
        for question in questions(case.family):
            verdict = ask(bed.client, case.target, question)
            expect_right(case, verdict, question)
            assert verdict.interface == interface


@SOCKETS
def test_route_follows_the_routing_table(bed, tmp_path, sockets):
    with serve(bed.server, tmp_path, settings(sockets, egress="route")):
        expect_back_on("one", bed)


@SOCKETS
def test_route_follows_rules_for_the_source(bed, tmp_path, sockets):
    bed.server.ip("""
        route add default via 10.77.2.9 dev two table 102
        rule add from 10.77.2.1 lookup 102
        route add ::/0 via fd77:2::9 dev two table 102
    """)
    bed.server.ip("rule add from fd77:2::1 lookup 102", "-6")
    with serve(bed.server, tmp_path, settings(sockets, egress="route")):
        expect_back_on("two", bed)


@pytest.fixture
def bed_with_two_ways(bed):
    """The host has a second default route, which only a reply that is pinned to its interface takes."""
    bed.server.ip("""
        route add default via 10.77.2.9 dev two metric 5000
        route add ::/0 via fd77:2::9 dev two table 102
    """)
    # For IPv6 the kernel weighs the metric before the interface: without a rule the better route wins.
    bed.server.ip("rule add oif two lookup 102", "-6")
    return bed


@SOCKETS
def test_arrival_pins_the_interface(bed_with_two_ways, tmp_path, sockets):
    with serve(bed_with_two_ways.server, tmp_path, settings(sockets, egress="arrival")):
        expect_back_on("two", bed_with_two_ways)


@SOCKETS
def test_arrival_answers_everybody_else_as_before(bed_with_two_ways, tmp_path, sockets):
    bed = bed_with_two_ways
    with serve(bed.server, tmp_path, settings(sockets, egress="arrival", broadcast=True)):
        for case in cases.UNICAST + cases.BROADCAST:
            for question in questions(case.family):
                expect_right(case, ask(case.asker(bed), case.target, question), question)


# How a listener's sockets are bound, and with how many workers.
LISTENING = pytest.mark.parametrize("sockets, workers", [("separate", 1), ("separate", 2), ("dual-stack", 1),
                                                         ("addresses", 2)])


@pytest.fixture
def bed_that_tells_ways_apart(bed_with_two_ways):
    """The client takes nothing that a TCP server sends by the first uplink to the address behind both."""
    bed_with_two_ways.client.nft(f"""
        table inet ways {{
            chain input {{
                type filter hook input priority 0;
                iifname one ip daddr {FAR_CLIENT[4]} meta l4proto tcp counter drop
                iifname one ip6 daddr {FAR_CLIENT[6]} meta l4proto tcp counter drop
            }}
        }}
    """)
    return bed_with_two_ways


def connects(bed, case, question, timeout=1.0):
    """Whether a TCP connection is made and the question answered."""
    try:
        expect_right(case, stream.ask(case.asker(bed), case.target, question, timeout), question)
    except TimeoutError:
        return False
    return True


def pinned(bed, sources=ASKED_ON_TWO, timeout=1.0):
    """For each case and question, whether every packet of a TCP exchange comes back by the second uplink."""
    return {connects(bed, case, question, timeout) for case in sources for question in questions(case.family)[:2]}


@LISTENING
def test_arrival_pins_every_packet_of_a_connection(bed_that_tells_ways_apart, tmp_path, sockets, workers):
    bed = bed_that_tells_ways_apart
    values = settings(sockets, workers, egress="arrival")
    with serve(bed.server, tmp_path, values) as server:
        for _ in range(2 * workers):
            assert pinned(bed) == {True}
        bed.server.ip("addr add 10.77.2.88/24 dev two")
        assert eventually(lambda: pinned(bed, [Case("new", Target("10.77.2.88", FAR_CLIENT[4]))], 0.3) == {True})
        assert server.counters()["tcp.accept-error"] == 0
    with serve(bed.server, tmp_path, settings(sockets, workers, egress="route")):
        assert pinned(bed, timeout=0.3) == {False}


@LISTENING
def test_arrival_answers_everybody_else_over_tcp_as_before(bed_with_two_ways, tmp_path, sockets, workers):
    bed = bed_with_two_ways
    with serve(bed.server, tmp_path, settings(sockets, workers, egress="arrival")):
        for case in cases.UNICAST:
            if sockets == "addresses" and case.name == "127.x.y.z":
                continue
            for question in questions(case.family):
                expect_right(case, stream.ask(case.asker(bed), case.target, question), question)


@pytest.mark.parametrize("workers", [1, 2])
def test_arrival_follows_interfaces_that_come_and_go(bed_that_tells_ways_apart, tmp_path, workers):
    """A new one takes the place of one that has gone, and the others keep theirs."""
    bed = bed_that_tells_ways_apart
    beyond = [Case("behind a new interface", Target("10.77.4.1", FAR_CLIENT[4]))]
    with serve(bed.server, tmp_path, settings(workers=workers, egress="arrival")) as server:
        for _ in range(3):
            bed.connect("three", 3)
            bed.connect("four", 4)
            bed.server.ip("route add default via 10.77.4.9 dev four metric 6000")
            bed.server.ip("link delete three")
            assert eventually(lambda: pinned(bed, beyond, 0.3) == {True}) and pinned(bed) == {True}
            bed.server.ip("link delete four")
        assert server.log("connection not accepted") == []


def test_arrival_comes_and_goes_with_reloads(bed_that_tells_ways_apart, tmp_path):
    bed = bed_that_tells_ways_apart
    with serve(bed.server, tmp_path, settings(workers=2, egress="route")) as server:
        for egress, expected in (("arrival", True), ("route", False), ("arrival", True)):
            configuration(tmp_path, settings(workers=2, egress=egress))
            assert server.reload()[-1]["message"] == "reloaded"
            assert eventually(lambda right=expected: pinned(bed, timeout=0.3) == {right})
        elsewhere = settings(workers=2, egress="arrival")
        elsewhere["listeners"] = elsewhere["listeners"][1:]
        for values in (elsewhere, settings(workers=2, egress="arrival")):  # port 53 is closed, and opened again at once
            configuration(tmp_path, values)
            assert server.reload()[-1]["message"] == "reloaded"
        assert eventually(lambda: pinned(bed, timeout=0.3) == {True}, 15.0)
        assert server.log("connection not accepted") == []
