"""The log as those see it who parse it: all of the output is JSON where it is asked for, whatever happens."""

import json
import signal
import socket

import pytest

from bed.judge import Target, ask, dns_question
from bed.process import eventually
from bed.thence import BINARY, Thence, configuration, serve, settings

SERVER = Target("10.77.1.1")
SELF = dns_question("self.thence.test", "A")

# The fields that are numbers, wherever they occur.
NUMBERS = {"value", "workers", "milliseconds", "mistakes", "held-back", "sockets"}


def events_of(server):
    """All that has been written, to either output."""
    lines = (server.out.read_bytes() + server.err.read_bytes()).decode().splitlines()
    events = [json.loads(line) for line in lines]
    for event in events:
        assert {"time", "level", "message"} <= event.keys(), event
        for name, value in event.items():
            assert isinstance(value, int) == (name in NUMBERS), event
    return events


def test_all_of_the_output_is_json(bed, tmp_path):
    values = settings(workers=2)
    no_view_has_it = {"name": "c.test", "records": ["@ 60 SOA a b 1 2 3 4 5", "@ 60 NS a", "a 60 A 192.0.2.1"]}
    values["dns"]["zones"] += [{"name": "b.test", "file": "missing.zone"}, no_view_has_it]
    values["dns"]["views"] = [{"name": "all", "zones": ["thence.test", "b.test"]}]
    with serve(bed.server, tmp_path, values) as server:
        for _ in range(3):
            assert ask(bed.client, SERVER, SELF).answer
        with bed.client.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            for _ in range(5):
                udp.sendto(b"neither", (SERVER.address, 5300))
        assert server.reload()[-1]["message"] == "reloaded"
        configuration(tmp_path, {**values, "workers": "many"})
        assert server.reload()[-1]["level"] == "error"
        configuration(tmp_path, {**values, "workers": 3, "log": {"format": "json", "level": "debug"}})
        assert server.reload()[-1]["message"] == "reloaded"
        assert ask(bed.client, SERVER, SELF).answer
        assert eventually(lambda: server.log("request"))
        assert server.counters()["dns.noerror"] == 4
        server.stop()
        events = events_of(server)
    messages = [event["message"] for event in events]
    for message in ("starting", "serving", "address served", "request", "request refused", "reloading", "reloaded",
                    "reload refused, all stays as it was", "takes effect at the next start", "counter", "ending"):
        assert message in messages, message
    assert any("missing.zone" in message for message in messages)
    assert any("no view has" in event["message"] for event in events if event["level"] == "warning")
    assert {event["value"] for event in events if event.get("name") == "udp.received"} == {9}
    assert any("mistakes" in event for event in events)


def test_what_is_served_where_is_an_event_for_each_address(bed, tmp_path):
    with serve(bed.server, tmp_path, settings()) as server:
        served = {event["address"]: event for event in server.log("address served")}
        assert server.out.read_text() == ""
    listed = json.loads(bed.server.run(BINARY, "addresses", "--json", "-c", str(tmp_path / "thence.yaml")).stdout)
    assert {"10.77.1.1", "fd77:2::1", "127.0.0.1", "10.88.0.53"} <= served.keys()
    for each in listed:
        assert each.items() <= served[each["address"]].items()
    assert served["10.77.2.1"]["interface"] == "two"
    assert served["10.77.2.1"]["listeners"][0] == {"port": 53, "protocols": ["dns"], "transports": ["udp", "tcp"]}
    assert "10.77.2.1" in served["10.77.2.1"]["try"]


@pytest.mark.parametrize("change, status, words", [
    ({"workers": "many"}, 2, "workers: 'many'"),
    ({"user": "nobody-of-that-name"}, 1, "there is no user"),
    ({"listeners": [{"port": 53, "protocols": ["dns"], "families": ["ipv4"]}]}, 1, "in use"),
], ids=["a mistake", "no such user", "a port in use"])
def test_a_start_that_fails_says_so_in_json(bed, tmp_path, change, status, words):
    with bed.server.inside():
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with other:
        other.bind(("0.0.0.0", 53))
        refused = Thence(bed.server, tmp_path, {**settings(), **change})
        try:
            assert eventually(lambda: not refused.running)
            assert refused.wait() == status
            assert any(words in event["message"] for event in events_of(refused) if event["level"] == "error")
        finally:
            refused.stop()


def test_a_reload_that_changes_the_format_changes_no_line_before(bed, tmp_path):
    """Each line is whole in one format, with requests logged all the time."""
    formats = ["json", "text"] * 10
    with serve(bed.server, tmp_path, settings(workers=2, log_level="debug")) as server:
        for reloads, name in enumerate(formats, 1):
            values = settings(workers=2, log_level="debug")
            values["log"]["format"] = name
            configuration(tmp_path, values)
            for _ in range(20):
                assert ask(bed.client, SERVER, SELF).answer
            server.signal(signal.SIGHUP)
            for _ in range(20):
                assert ask(bed.client, SERVER, SELF).answer
            assert eventually(lambda: sum("reloaded" in line for line in lines_of(server)) == reloads)
    lines = lines_of(server)
    for line in lines:
        if line.startswith("{"):
            assert {"time", "level", "message"} <= json.loads(line).keys()
        else:
            assert line[:2] == "20" and '"message"' not in line, line
    assert sum('"message":"request"' in line for line in lines) > 100
    assert sum(" debug: request " in line for line in lines) > 100


def lines_of(server):
    return server.err.read_text().splitlines()


def test_a_line_of_a_request_has_what_was_asked(bed, tmp_path):
    values = {**settings(), "log": {"format": "json", "level": "debug"}}
    binding = bytes.fromhex("000100002112a442") + bytes(12)
    with serve(bed.server, tmp_path, values) as server:
        assert ask(bed.client, SERVER, SELF).answer
        with bed.client.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(binding, (SERVER.address, 3478))
        assert eventually(lambda: len(server.log("request")) == 2)
        asked = {event["protocol"]: event["asked"] for event in server.log("request")}
    assert asked == {"dns": "self.thence.test. A", "stun": "Binding"}
