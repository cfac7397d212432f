"""Listeners that are bound to an interface (`device`): what arrives there, and nothing else.

This kernel has no VRF. A VRF's ports and its routing table are the kernel's affair, behind the same socket option.
"""

import pytest

from bed import dns_asking, stream
from bed.judge import Target, ask, dns_question
from bed.multihomed import FAR_CLIENT
from bed.process import eventually
from bed.thence import BINARY, configuration, serve, settings

WAYS = pytest.mark.parametrize("bind", ["wildcard", "addresses", "dual-stack"])


def values(*listeners):
    made = settings()
    made["listeners"] = [{"port": 53, "protocols": ["dns"], **each} for each in listeners]
    return made


def answers(bed, address, source="", host=None):
    """Whether an address answers rightly over UDP and over TCP."""
    target = Target(address, source)
    question = dns_question("self.thence.test", "A" if target.family == 4 else "AAAA")
    verdict = ask(host or bed.client, target, question, timeout=0.5)
    try:
        tcp = stream.ask(host or bed.client, target, question, timeout=0.5).answer == (address,)
    except (ConnectionError, TimeoutError):
        tcp = False
    return verdict.answer == (address,) and verdict.address == address, tcp


def expect(bed, served, silent):
    for address in served:
        assert answers(bed, address) == (True, True), f"{address} is silent"
    for address in silent:
        assert answers(bed, address) == (False, False), f"{address} answers"


@WAYS
def test_a_device_receives_what_arrives_there(bed, tmp_path, bind):
    with serve(bed.server, tmp_path, values({"device": "two", "bind": bind})) as server:
        expect(bed, ["10.77.2.1", "fd77:2::1"], ["10.77.1.1", "fd77:1::1", "10.88.0.53"])
        assert answers(bed, "10.77.2.1", host=bed.server) == (True, True)
        assert answers(bed, "127.0.0.1", host=bed.server) == (False, False)
        bed.client.ip("route replace 10.88.0.53/32 via 10.77.2.1\nroute replace fd88::53/128 via fd77:2::1")
        expect(bed, ["10.88.0.53", "fd88::53"], [])
        counters = server.counters()
        assert counters["udp.dropped.excluded"] == counters["tcp.refused.excluded"] == 0, "the system drops the rest"
        tested = bed.server.run(BINARY, "selftest", "-c", str(tmp_path / "thence.yaml"))
        listed = bed.server.run(BINARY, "addresses", "-c", str(tmp_path / "thence.yaml")).stdout
    assert {line.split()[0] for line in listed.splitlines()[1:]} == {"two", "lo"} and "127.0.0.1" not in listed
    assert "10.77.2.1" in tested.stdout and "127.0.0.1:53" not in tested.stdout


@WAYS
def test_what_a_device_sends_stays_there(bed, tmp_path, bind):
    """As in a VRF, which has a routing table of its own: the main one would send it by the other interface."""
    bed.server.ip("route add default via 10.77.2.9 dev two table 102\nroute add ::/0 via fd77:2::9 dev two table 102")
    for family in ("-4", "-6"):
        bed.server.ip("rule add oif two lookup 102", family)
    bed.client.nft(f"""
        table inet ways {{
            chain input {{
                type filter hook input priority 0;
                iifname one ip daddr {FAR_CLIENT[4]} meta l4proto {{ tcp, udp }} counter drop
                iifname one ip6 daddr {FAR_CLIENT[6]} meta l4proto {{ tcp, udp }} counter drop
            }}
        }}
    """)
    with serve(bed.server, tmp_path, values({"device": "two", "bind": bind})):
        assert answers(bed, "10.77.2.1", FAR_CLIENT[4]) == answers(bed, "fd77:2::1", FAR_CLIENT[6]) == (True, True)
        assert answers(bed, "10.77.1.1", FAR_CLIENT[4]) == (False, False)


def test_devices_share_a_port(bed, tmp_path):
    """Each listener has its own rules: here what it serves. Addresses that both have are told apart by the device."""
    configured = values({"device": "one", "addresses": ["10.77.1.1", "fe80::/64"]},
                        {"device": "two", "families": ["ipv4"]}, {"device": "three", "families": ["ipv4"]})
    with serve(bed.server, tmp_path, configured) as server:
        expect(bed, ["10.77.1.1", "10.77.2.1"], ["10.77.1.2", "fd77:2::1"])
        question = dns_asking.query("self.thence.test", "AAAA")
        assert dns_asking.ask(bed.client, Target("fe80::1", device="one"), question, timeout=0.5)
        assert not dns_asking.ask(bed.client, Target("fe80::1", device="two"), question, timeout=0.3)
        assert {event["socket"] for event in server.log("address not served")} == {"udp 0.0.0.0%three:53",
                                                                                  "tcp 0.0.0.0%three:53"}


@WAYS
def test_a_device_that_comes_is_bound_then(bed, tmp_path, bind):
    with serve(bed.server, tmp_path, values({"device": "four", "bind": bind})) as server:
        missing = {event["socket"] for event in server.log("address not served")}
        assert "udp [::]%four:53" in missing
        for _ in range(2):  # the second one has the same name and another index
            bed.connect("four", 4)
            assert eventually(lambda: answers(bed, "10.77.4.1") == answers(bed, "fd77:4::1") == (True, True))
            bed.server.ip("link delete four")


@WAYS
def test_a_reload_moves_a_listener_to_a_device(bed, tmp_path, bind):
    with serve(bed.server, tmp_path, values({"bind": bind})) as server:
        for device, silent in (("one", "10.77.2.1"), ("two", "10.77.1.1"), ("", "")):
            configuration(tmp_path, values({"bind": bind, **({"device": device} if device else {})}))
            assert server.reload()[-1]["message"] == "reloaded"
            served = {"10.77.1.1", "10.77.2.1"} - {silent}
            assert eventually(lambda: all(answers(bed, each) == (True, True) for each in served) and
                              (not silent or answers(bed, silent) == (False, False)), 3.0)


def test_check_names_the_device(bed, tmp_path):
    file = configuration(tmp_path, values({"device": "two", "families": ["ipv4"]}))
    said = bed.server.run(BINARY, "check", "-c", str(file)).stdout.splitlines()
    assert "  udp 0.0.0.0%two:53" in said and "  tcp 0.0.0.0%two:53" in said
    file = configuration(tmp_path, values({"device": "nine", "families": ["ipv4"]}))
    said = bed.server.run(BINARY, "check", "-c", str(file)).stdout.splitlines()
    assert "  udp 0.0.0.0%nine:53 is left out: No such device" in said
    file = configuration(tmp_path, values({"device": "two"}, {}))
    done = bed.server.run(BINARY, "check", "-c", str(file))
    assert done.returncode == 2 and "devices" in done.stderr
