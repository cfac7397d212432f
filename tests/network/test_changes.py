"""The host changes while the responder runs: addresses and interfaces come and go."""

import contextlib

import pytest

from bed import cases, stream
from bed.capture import Capture
from bed.judge import Target, ask, receive, send, udp_socket
from bed.modes import MODES, expect_right
from bed.process import eventually
from bed.thence import SHARED_PORT, questions, unsendable

IN_EVERY_MODE = pytest.mark.parametrize("responder", MODES, indirect=True, ids=str)
PORTS = {53, 3478, SHARED_PORT}


@IN_EVERY_MODE
@pytest.mark.parametrize("change", [cases.added_address, cases.added_interface], ids=["address", "interface"])
def test_what_is_added_is_served(responder, change):
    for case in change(responder.bed):
        if case.family in responder.mode.families:
            await_socket(responder, case.asker(responder.bed), case.target)
            for question in questions(case.family):
                expect_right(case, ask(case.asker(responder.bed), case.target, question), question)
                expect_right(case, stream.ask(case.asker(responder.bed), case.target, question), question)


def await_socket(responder, asker, target):
    """Of a wildcard socket the first question is answered; a socket of its own takes a moment to be there."""
    if responder.mode.sockets == "addresses":
        for question in questions(target.family):
            assert eventually(lambda: not ask(asker, target, question, 0.1).silent, 1.0)


def waiting(host, ports):
    """Whether a datagram waits to be read on each of those ports of a host."""
    found = set()
    for table in ("udp", "udp6"):
        with host.inside(), open(f"/proc/thread-self/net/{table}") as lines:
            for line in list(lines)[1:]:
                columns = line.split()
                if not columns[4].endswith(":00000000"):
                    found.add(int(columns[1].rpartition(":")[2], 16))
    return found >= ports


def expect_counted_and_nothing_sent(responder, targets, remove):
    """Requests wait in the socket of a responder that is held; what they were sent to is removed; it goes on."""
    asked = 0
    for target in targets:
        await_socket(responder, responder.bed.client, target)
    with contextlib.ExitStack() as stack:
        capture = stack.enter_context(Capture(responder.bed.server))
        for target in targets:
            expect_right_now(responder, target)
        assert [sent.source for sent in capture.sent(PORTS)] == [target.address for target in targets]
        before = responder.server.counters()
        sent = []
        with responder.server.held():
            for target in targets:
                udp = stack.enter_context(udp_socket(responder.bed.client, target))
                for question in questions(target.family):
                    sent.append((udp, question, send(udp, target, question)))
                    asked += 1
            assert eventually(lambda: waiting(responder.bed.server, PORTS)), "the requests did not arrive"
            remove()
        eventually(lambda: unsendable(responder.server.counters()) - unsendable(before) >= asked)
        after = responder.server.counters()
        assert after["udp.received"] - before["udp.received"] == asked
        assert unsendable(after) - unsendable(before) == asked, f"not counted: {after - before}"
        assert after["udp.answered"] == before["udp.answered"]
        assert capture.sent(PORTS) == []
        for udp, question, request in sent:
            assert receive(udp, question, request, timeout=0.05).silent


@IN_EVERY_MODE
def test_address_removed_between_request_and_reply(responder):
    bed = responder.bed
    added = {4: "10.77.1.66", 6: "fd77:1::66"}
    targets = [Target(added[family]) for family in responder.mode.families]
    for target in targets:
        bed.server.ip(f"addr add {target.address}/{24 if target.family == 4 else 64} dev one")

    def remove():
        for target in targets:
            bed.server.ip(f"addr del {target.address}/{24 if target.family == 4 else 64} dev one")

    expect_counted_and_nothing_sent(responder, targets, remove)


@IN_EVERY_MODE
def test_interface_removed_between_request_and_reply(responder):
    bed = responder.bed
    bed.connect("four", 4)
    targets = [target for target in (Target("10.77.4.1"), Target("fd77:4::1"), Target("fe80::1", device="four"))
               if target.family in responder.mode.families]
    expect_counted_and_nothing_sent(responder, targets, lambda: bed.server.ip("link delete four"))


def expect_right_now(responder, target):
    question = questions(target.family)[0]
    expect_right(cases.Case("before the removal", target), ask(responder.bed.client, target, question), question)
