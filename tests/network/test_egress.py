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
