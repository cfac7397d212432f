"""Addresses that are served without being configured on the host: AnyIP prefixes and TPROXY."""

import pytest

from bed import stream
from bed.capture import Capture
from bed.cases import Case
from bed.judge import Target, ask
from bed.modes import expect_right
from bed.process import eventually
from bed.thence import SHARED_PORT, Thence, questions, serve, settings
from bed.whole_prefixes import ANYIP, TPROXY

SOCKETS = pytest.mark.parametrize("sockets", ["separate", "dual-stack"])


def cases(way):
    return [Case(way.name, Target(way.destination(family))) for family in (4, 6)]


@pytest.fixture
def anyip(bed):
    ANYIP.open(bed)
    return bed


@SOCKETS
def test_anyip(anyip, tmp_path, sockets):
    with serve(anyip.server, tmp_path, settings(sockets, workers=2, transparent=True)):
        for case in cases(ANYIP):
            for question in questions(case.family):
                expect_right(case, ask(anyip.client, case.target, question), question)
                expect_right(case, stream.ask(anyip.client, case.target, question), question)


@SOCKETS
def test_anyip_without_the_setting_is_never_answered_from_elsewhere(anyip, tmp_path, sockets):
    with serve(anyip.server, tmp_path, settings(sockets)) as server, Capture(anyip.server) as capture:
        for case in cases(ANYIP):
            for question in questions(case.family):
                ask(anyip.client, case.target, question, timeout=0.1)
        asked = sum(len(questions(case.family)) for case in cases(ANYIP))
        assert eventually(lambda: server.counters()["udp.received"] == asked)
        sources = {sent.source for sent in capture.sent({53, 3478, SHARED_PORT})}
        assert sources <= {case.target.address for case in cases(ANYIP)}


@SOCKETS
def test_tproxy(bed, tmp_path, sockets):
    TPROXY.open(bed)
    with serve(bed.server, tmp_path, settings(sockets, workers=2, transparent=True)):
        for case in cases(TPROXY):
            for question in questions(case.family):
                if question.port == SHARED_PORT:
                    # The rules take the usual ports alone.
                    assert ask(bed.client, case.target, question, timeout=0.1).silent
                    continue
                expect_right(case, ask(bed.client, case.target, question), question)
                expect_right(case, stream.ask(bed.client, case.target, question), question)


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
