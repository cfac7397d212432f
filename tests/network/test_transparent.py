"""Addresses that are served without being configured on the host: AnyIP prefixes and TPROXY."""

import pytest

from bed import stream
from bed.capture import Capture
from bed.cases import Case
from bed.judge import Target, ask
from bed.modes import expect_right
from bed.process import eventually
from bed.thence import SHARED_PORT, Thence, questions, serve, settings

SOCKETS = pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
ANYIP = [Case("AnyIP", Target("198.51.100.7")), Case("AnyIP", Target("2001:db8:a::7"))]
TPROXY = [Case("TPROXY", Target("203.0.113.7")), Case("TPROXY", Target("2001:db8:b::7"))]


@pytest.fixture
def anyip(bed):
    bed.server.ip("""
        route add local 198.51.100.0/24 dev lo
        route add local 2001:db8:a::/64 dev lo
    """)
    bed.client.ip("""
        route add 198.51.100.0/24 via 10.77.1.1
        route add 2001:db8:a::/64 via fd77:1::1
    """)
    return bed


@pytest.fixture
def tproxy(bed):
    rules = "\n".join(
        f"{family} daddr {prefix} udp dport {port} tproxy {family} to :{port} meta mark set 1 accept"
        for family, prefix in (("ip", "203.0.113.0/24"), ("ip6", "2001:db8:b::/64"))
        for port in (53, 3478, SHARED_PORT))
    bed.server.nft(f"""
        table inet divert {{
          chain prerouting {{
            type filter hook prerouting priority mangle;
            {rules}
          }}
        }}
    """)
    bed.server.ip("""
        rule add fwmark 1 lookup 100
        route add local default dev lo table 100
        route add local ::/0 dev lo table 100
    """)
    bed.server.ip("rule add fwmark 1 lookup 100", "-6")
    bed.client.ip("""
        route add 203.0.113.0/24 via 10.77.1.1
        route add 2001:db8:b::/64 via fd77:1::1
    """)
    return bed


@SOCKETS
def test_anyip(anyip, tmp_path, sockets):
    with serve(anyip.server, tmp_path, settings(sockets, workers=2, transparent=True)):
        for case in ANYIP:
            for question in questions(case.family):
                expect_right(case, ask(anyip.client, case.target, question), question)
                expect_right(case, stream.ask(anyip.client, case.target, question), question)


@SOCKETS
def test_anyip_without_the_setting_is_never_answered_from_elsewhere(anyip, tmp_path, sockets):
    with serve(anyip.server, tmp_path, settings(sockets)) as server, Capture(anyip.server) as capture:
        for case in ANYIP:
            for question in questions(case.family):
                ask(anyip.client, case.target, question, timeout=0.1)
        asked = sum(len(questions(case.family)) for case in ANYIP)
        assert eventually(lambda: server.counters()["udp.received"] == asked)
        sources = {sent.source for sent in capture.sent({53, 3478, SHARED_PORT})}
        assert sources <= {case.target.address for case in ANYIP}


@SOCKETS
def test_tproxy(tproxy, tmp_path, sockets):
    with serve(tproxy.server, tmp_path, settings(sockets, workers=2, transparent=True)):
        for case in TPROXY:
            for question in questions(case.family):
                expect_right(case, ask(tproxy.client, case.target, question), question)


@SOCKETS
def test_missing_capability_is_said(bed, tmp_path, sockets):
    bed.server.sysctl("net.ipv4.ip_unprivileged_port_start", 0)
    plain = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
    refused = Thence(bed.server, tmp_path, settings(sockets, transparent=True), prefix=plain)
    try:
        assert eventually(lambda: not refused.running), "it runs without the capability"
        assert refused.wait() != 0
        assert refused.log("serving") == []
        assert "CAP_NET_ADMIN" in refused.output()
    finally:
        refused.stop()


def test_no_capability_is_needed_for_the_rest(bed, tmp_path):
    bed.server.sysctl("net.ipv4.ip_unprivileged_port_start", 0)
    plain = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
    case = Case("without capabilities", Target("10.77.1.2"))
    with serve(bed.server, tmp_path, settings(), prefix=plain):
        for question in questions(4):
            expect_right(case, ask(bed.client, case.target, question), question)
