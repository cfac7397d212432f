"""What the command says: what is served, each request, mistakes, a port in use; and that it ends in peace."""


import pytest

from bed import stream
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.process import eventually
from bed.thence import BINARY, Thence, configuration, serve, settings

SELF = dns_question("self.thence.test", "A")


def test_the_table_of_what_is_served(bed, tmp_path):
    values = {**settings(), "log": {"format": "text"}}
    with Thence(bed.server, tmp_path, values) as server:
        assert eventually(lambda: " info: serving " in server.err.read_text()), server.output()
        table = server.out.read_text()
    for interface, address in (("lo", "10.88.0.53"), ("one", "10.77.1.1"), ("one", "10.77.1.2"), ("two", "10.77.2.1"),
                               ("one", "fd77:1::1"), ("two", "fd77:2::1"), ("lo", "127.0.0.1"), ("lo", "::1")):
        rows = [line for line in table.splitlines() if interface in line.split() and address in line.split()]
        assert len(rows) == 1, f"not one row for {address} on {interface}:\n{table}"


@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_a_debug_line_for_each_request(bed, tmp_path, sockets):
    with serve(bed.server, tmp_path, settings(sockets, log_level="debug")) as server:
        asked = ask(bed.client, Target("10.77.2.1"), SELF)
        stream.ask(bed.client, Target("fe80::1", device="two"), STUN_QUESTION)
        assert eventually(lambda: len(server.log("request")) == 2)
        dns, stun = server.log("request")
    assert (dns["protocol"], dns["peer"], dns["local"], dns["interface"], dns["transport"]) == (
        "dns", asked.client, "10.77.2.1:53", "two", "udp")
    assert (stun["protocol"], stun["interface"], stun["transport"]) == ("stun", "two", "tcp")
    assert stun["local"].startswith("[fe80::1")


def test_counters_are_logged_at_the_end(bed, tmp_path):
    with serve(bed.server, tmp_path, settings(workers=2)) as server:
        for _ in range(10):
            ask(bed.client, Target("10.77.1.2"), SELF)
        counters = server.final_counters()
    assert counters["udp.received"] == 10
    assert counters["udp.answered"] == 10


@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_port_in_use_is_said_and_nothing_is_half_started(bed, tmp_path, sockets, transport):
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    with serve(bed.server, tmp_path / "first", only_port(53, transport)):
        values = settings(sockets)
        second = Thence(bed.server, tmp_path / "second", values)
        try:
            assert eventually(lambda: not second.running), "it runs on a port that another server has"
            assert second.wait() != 0
            assert second.log("serving") == []
            said = [event["message"] for event in second.log() if event["level"] == "error"]
            # A line for each socket that the first one is in the way of: both families of one transport.
            assert len(said) == (2 if sockets == "separate" else 1)
            assert all(f"{transport} " in line and ":53: " in line and "in use" in line for line in said)
        finally:
            second.stop()


def only_port(port, transport):
    values = settings()
    values["listeners"] = [{"port": port, "protocols": ["dns"], "transports": [transport]}]
    return values


def test_check_agrees_with_a_good_file(bed, tmp_path):
    done = bed.server.run(BINARY, "check", "-c", str(configuration(tmp_path, settings())))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check", "serve", "selftest"])
def test_a_bad_file_is_refused_with_all_its_mistakes(bed, tmp_path, command):
    values = settings(egres="arrival")
    values["dns"] = {"zones": [{"name": "thence.test", "file": "missing.zone"}]}
    file = configuration(tmp_path, values)
    done = bed.server.run(BINARY, command, "-c", str(file), timeout=20)
    assert done.returncode == 2
    said = done.stdout + done.stderr
    assert f"{file}:" in said
    assert "listeners[0].egres" in said and "egress" in said and "listeners[2].egres" in said
    assert "dns.zones[0].file" in said and "No such file" in said


@pytest.mark.parametrize("command", ["check", "serve", "addresses"])
@pytest.mark.parametrize("content, said", [
    ("", "is empty; allowed: settings, or {} for the default ones"),
    ("\0" * 4096, "is empty; allowed: settings, or {} for the default ones"),
    ("{}\ndns: { views: [{ name: none, access: refuse }] }\n", "2:1: text stands outside of the settings"),
    (", \n", "1:1: text stands outside of the settings"),
], ids=["empty", "NUL", "text behind", "comma"])
def test_a_file_of_which_a_part_would_be_lost_is_refused(bed, tmp_path, command, content, said):
    file = tmp_path / "thence.yaml"
    file.write_text(content)
    done = bed.server.run(BINARY, command, "-c", str(file), timeout=20)
    assert done.returncode == 2 and done.stderr.startswith(f"{file}:") and said in done.stderr


@pytest.mark.parametrize("content", ["{}", "# all as usual\n"], ids=["braces", "comment"])
def test_a_file_that_says_so_is_the_default(bed, tmp_path, content):
    (tmp_path / "thence.yaml").write_text(content)
    done = bed.server.run(BINARY, "check", "-c", str(tmp_path / "thence.yaml"))
    assert done.returncode == 0 and "udp 0.0.0.0:5300" in done.stdout, done.stderr


@pytest.mark.parametrize("command", ["check", "serve", "reload", "health"])
def test_what_has_no_end_is_not_read_to_its_end(bed, command):
    done = bed.server.run("prlimit", "--as=500000000", BINARY, command, "-c", "/dev/zero", timeout=20)
    assert done.returncode == 2
    assert done.stderr == "/dev/zero: is longer than a configuration may be; allowed: at most 16 MiB\n"


def test_mistakes_are_few_and_short(bed, tmp_path):
    """A million keys that nobody knows, and one of a megabyte."""
    file = tmp_path / "thence.yaml"
    file.write_text("? " + "k" * 1_000_000 + "\n: 1\n" + "".join(f"k{i}: 1\n" for i in range(400_000)))
    done = bed.server.run(BINARY, "check", "-c", str(file), timeout=60)
    lines = done.stderr.splitlines()
    assert done.returncode == 2 and len(lines) == 1001 and len(done.stderr) < 1_000_000
    assert lines[-1] == f"{file}: 399001 more like these are left out"
