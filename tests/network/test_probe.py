"""`thence probe` on a host with several addresses: whom it asks, from where, and what it says of the answers."""

import json

import pytest

from bed import peers
from bed.process import eventually
from bed.judge import Target, ask, dns_question
from bed.thence import BINARY, serve, settings

SERVER, SECOND = "10.77.1.1", "10.77.1.2"
CLIENT = {"10.77.1.9", "10.77.2.9", "10.99.0.9"}
STUN_PORT, LATE_PORT, CLOSED_PORT = 3478, 3678, 3779


@pytest.fixture(name="server")
def served(bed, tmp_path):
    values = settings()
    values["listeners"].append({"port": LATE_PORT, "protocols": ["stun"]})
    values["dns"]["zones"].append({
        "name": "example.test",
        "records": [
            "@ 60 SOA n h 1 1 1 1 1",
            "@ 60 NS n",
            f"n 60 A {SERVER}",
            f"@ 60 A {SECOND}",
            "@ 60 AAAA fd77:1::1",
            # The one to be asked first is not there.
            f"_stun._udp 60 SRV 10 0 {CLOSED_PORT} gone",
            f"_stun._udp 60 SRV 20 0 {LATE_PORT} n",
        ],
    })
    with serve(bed.server, tmp_path, values) as server:
        yield server


def probe(host, *words):
    return host.run("timeout", "60", BINARY, "probe", *words)


def results(host, *words, status=0):
    done = probe(host, *words, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)["results"]


def addresses(rows, key="local"):
    return {row[key].rpartition(":")[0] for row in rows}


def test_stun_asks_from_every_local_address(bed, server):
    rows = results(bed.client, "stun", SERVER, "--timeout", "2")
    assert addresses(rows) == CLIENT
    assert all(row["reflexive"] == row["local"] for row in rows)
    assert all(row["answered_from"] == f"{SERVER}:{STUN_PORT}" and row["verdict"] == "right" for row in rows)
    assert {row["interface"] for row in rows} == {"one", "two", "lo"}
    assert all(0 < row["round_trip_ms"] < 2000 for row in rows)


@pytest.mark.parametrize("source, asked", [("10.77.2.9", {"10.77.2.9"}), ("two", {"10.77.2.9"}), ("lo", {"10.99.0.9"})])
def test_from_one_address_or_interface(bed, server, source, asked):
    assert addresses(results(bed.client, "stun", SERVER, "--from", source, "--timeout", "2")) == asked


def test_a_link_local_address_is_asked_on_its_link(bed, server):
    row, = results(bed.client, "stun", "fe80::1%two", "--timeout", "2")
    assert (row["interface"], row["verdict"]) == ("two", "right")
    assert row["answered_from"] == "[fe80::1%two]:3478"


def test_dns_says_from_where_the_answer_came(bed, server):
    rows = results(bed.client, "dns", "self.thence.test", f"@{SECOND}")
    assert addresses(rows) == CLIENT
    assert all(row["verdict"] == "right" and row["rcode"] == "NOERROR" for row in rows)
    assert all(SECOND in record for row in rows for record in row["answer"])


def test_dns_about_a_server_that_answers_from_elsewhere(bed, tmp_path, need):
    need("nsd")
    with peers.nsd(bed.server, tmp_path):
        question = dns_question("www.thence.test", "A")
        assert eventually(lambda: not ask(bed.client, Target(SERVER), question, 0.2).silent)
        done = probe(bed.client, "dns", "www.thence.test", f"@{SECOND}", "--from", "10.77.1.9")
    assert done.returncode == 1
    assert "WRONG SOURCE" in done.stdout and f"{SERVER}:53" in done.stdout


def test_compare_shows_both_views_side_by_side(bed, server):
    rows = results(bed.client, "compare", SECOND)
    assert addresses(rows) == CLIENT
    for row in rows:
        # Each of the two is asked from a socket that both use, so that even the port is the same.
        assert row["verdict"] == "same" and row["stun"] == row["dns"] == row["local"]


def test_a_domain_is_looked_up_by_srv_and_then_by_address(bed, server, tmp_path):
    """In a mount namespace of its own, where the system's resolver is the server's zone."""
    resolver = tmp_path / "resolv.conf"
    resolver.write_text(f"nameserver {SERVER}\n")
    command = f'mount --bind {resolver} /etc/resolv.conf && exec "$@"'

    def by_name(*words):
        done = bed.client.run("unshare", "--mount", "sh", "-c", command, "sh", "timeout", "60", BINARY, "probe", *words,
                              "--from", "10.77.1.9", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return [row["answered_from"] for row in json.loads(done.stdout)["results"]]

    # Neither "gone", which has no address, nor the domain's own address.
    assert by_name("stun", "example.test") == [f"{SERVER}:{LATE_PORT}"]
    assert by_name("stun", f"example.test:{STUN_PORT}") == [f"{SECOND}:{STUN_PORT}"]


def test_exit_status(bed, server):
    assert probe(bed.client, "stun", SERVER, "--timeout", "2").returncode == 0
    unanswered = probe(bed.client, "stun", f"{SERVER}:{CLOSED_PORT}", "--timeout", "1")
    assert unanswered.returncode == 3 and "NO ANSWER" in unanswered.stdout
    for words in [(), ("stun",), ("stun", f"{SERVER}:0"), ("stun", SERVER, "--from", "nowhere"), ("dns", "x"),
                  ("nat", SERVER, "--lifetime", "-1"), ("stun", "[fd77:1::1")]:
        done = probe(bed.client, *words)
        assert done.returncode == 2 and done.stderr.strip(), words
