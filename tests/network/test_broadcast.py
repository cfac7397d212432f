"""Requests to broadcast and multicast addresses: silence by default, the arrival interface's own address by setting."""

import pytest

from bed.capture import Capture
from bed.cases import BROADCAST
from bed.judge import ask, receive, send, udp_socket
from bed.modes import MODES_ON_WILDCARDS, MODES_WITH_BROADCAST, PROTOCOLS, expect_right, in_every
from bed.process import eventually
from bed.thence import SHARED_PORT, questions


@in_every(MODES_ON_WILDCARDS, BROADCAST)
def test_silent_and_counted_by_default(responder, case):
    bed, server = responder.bed, responder.server
    before = server.counters()
    with Capture(bed.server) as capture:
        for question in questions(case.family):
            assert ask(bed.client, case.target, question, timeout=0.05).silent
        asked = len(questions(case.family))
        eventually(lambda: server.counters()["udp.dropped.broadcast"] - before["udp.dropped.broadcast"] >= asked)
        after = server.counters()
        assert after["udp.dropped.broadcast"] - before["udp.dropped.broadcast"] == asked
        assert after["udp.answered"] == before["udp.answered"]
        assert capture.sent({53, 3478, SHARED_PORT}) == []


@in_every(MODES_WITH_BROADCAST, BROADCAST)
@pytest.mark.parametrize("which", range(len(PROTOCOLS)), ids=PROTOCOLS)
def test_answered_once_from_the_arrival_interface_where_allowed(responder, case, which):
    question = questions(case.family)[which]
    for _ in range(responder.tries):
        with udp_socket(responder.bed.client, case.target) as udp:
            request = send(udp, case.target, question)
            expect_right(case, receive(udp, question, request, timeout=5.0), question)
            # The system hands a copy of such a datagram to the sockets of every worker.
            assert receive(udp, question, request, timeout=0.05).silent, "answered twice"
