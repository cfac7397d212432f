"""Requests from nowhere: the unspecified address, which Linux takes for the host itself, and port 0."""

import pytest

from bed import forged
from bed.capture import Capture
from bed.process import eventually
from bed.thence import SHARED_PORT, questions, serve, settings

FROM_NOWHERE = {
    "::": (("::", 40000), "fd77:1::1"),
    "::, to a link-local address": (("::", 40000), "fe80::1"),
    "0.0.0.0": (("0.0.0.0", 40000), "255.255.255.255"),
    "port 0, IPv4": (("10.77.1.9", 0), "10.77.1.1"),
    "port 0, IPv6": (("fd77:1::9", 0), "fd77:1::1"),
}


@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_no_protocol_sees_them(bed, tmp_path, sockets):
    with serve(bed.server, tmp_path, settings(sockets, broadcast=True)) as server, Capture(bed.server) as capture:
        asked = 0
        for source, address in FROM_NOWHERE.values():
            for question in questions(6 if ":" in address else 4):
                forged.send(bed.client, bed.server, "one", source, (address, question.port), question.request())
                asked += 1
        assert eventually(lambda: server.counters()["udp.received"] == asked)
        counters = server.final_counters()
        assert counters["udp.dropped.unspecified-source"] == asked
        assert counters["udp.answered"] == counters["dns.noerror"] == 0
        assert not [name for name in counters if name.startswith("udp.send-error.")]
        assert capture.sent({53, 3478, SHARED_PORT}) == []


@pytest.mark.parametrize("source, address", FROM_NOWHERE.values(), ids=FROM_NOWHERE)
def test_a_datagram_that_is_made_so_is_answered_where_its_source_is_somebody(bed, tmp_path, source, address):
    """Otherwise the other test would show nothing but that its packets are wrong."""
    somebody = ("fd77:1::9" if ":" in address else "10.77.1.9", 40000)
    question = questions(6 if ":" in address else 4)[0]
    with serve(bed.server, tmp_path, settings(broadcast=True)) as server:
        forged.send(bed.client, bed.server, "one", somebody, (address, question.port), question.request())
        assert eventually(lambda: server.counters()["udp.answered"] == 1)
