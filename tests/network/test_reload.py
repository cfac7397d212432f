"""SIGHUP: what has changed is served, what is broken stays as it was, and nobody is left without an answer."""

import os
import re
import signal
import socket
import threading
import time

import pytest

from bed import stream
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.process import eventually
from bed.thence import BINARY, Thence, configuration, serve, settings

SERVER = Target("10.77.1.1")


def write(folder, name, serial, more=""):
    """A zone file as if it had been written long ago, each serial at a time of its own."""
    file = folder / name
    # Replaced as editors and transfers do, at once.
    part = folder / f"{name}.part"
    part.write_text(f"@ 60 SOA n h {serial} 1 1 1 1\n@ 60 NS n\nn 60 A 192.0.2.{serial}\n{more}")
    os.utime(part, (1_700_000_000 + serial, 1_700_000_000 + serial))
    part.rename(file)


def with_zones(*names, **options):
    values = settings(**options)
    values["dns"]["zones"] = [{"name": name, "file": f"{name}.zone"} for name in names]
    return values


def address_of(bed, zone):
    return ask(bed.client, SERVER, dns_question(f"n.{zone}", "A")).answer


def said(events, level):
    return [event["message"] for event in events if event["level"] == level]


@pytest.fixture(name="served")
def two_zones(bed, tmp_path):
    """A server of the zones a.test with serial 1 and b.test with serial 2, each from its file."""
    write(tmp_path, "a.test.zone", 1)
    write(tmp_path, "b.test.zone", 2)
    with serve(bed.server, tmp_path, with_zones("a.test", "b.test", workers=2)) as server:
        yield server


def test_a_changed_zone_is_read_and_an_unchanged_one_is_not(bed, tmp_path, served):
    write(tmp_path, "a.test.zone", 3)
    events = served.reload()
    assert said(events, "error") == said(events, "warning") == []
    assert any("a.test. is read anew: serial 3" in line for line in said(events, "info"))
    assert any("zones: 1 read anew, 1 unchanged, 0 refused, 0 gone" in line for line in said(events, "info"))
    assert events[0]["message"] == "reloading" and events[0]["configuration"] == str(tmp_path / "thence.yaml")
    assert events[-1]["message"] == "reloaded" and int(events[-1]["milliseconds"]) < 10_000
    assert address_of(bed, "a.test") == ("192.0.2.3",)
    assert address_of(bed, "b.test") == ("192.0.2.2",)
    assert any("zones: 0 read anew, 2 unchanged" in line for line in said(served.reload(), "info"))


def test_a_broken_zone_stays_as_it_was_and_the_others_do_not(bed, tmp_path, served):
    write(tmp_path, "a.test.zone", 3, "w 60 A 192.0.2.300\n")
    write(tmp_path, "b.test.zone", 4)
    events = served.reload()
    errors = said(events, "error")
    assert errors[0].startswith(f"{tmp_path}/a.test.zone:4: '192.0.2.300' is not the data of A")
    assert "a.test. stays as it was: serial 1" in errors[1] and len(errors) == 2
    assert events[-1]["message"] == "reloaded" and events[-1]["mistakes"] == 2
    assert address_of(bed, "a.test") == ("192.0.2.1",)
    assert address_of(bed, "b.test") == ("192.0.2.4",)
    (tmp_path / "a.test.zone").unlink()
    assert "No such file" in "".join(said(served.reload(), "error"))
    assert address_of(bed, "a.test") == ("192.0.2.1",)
    write(tmp_path, "a.test.zone", 5)
    assert said(served.reload(), "error") == []
    assert address_of(bed, "a.test") == ("192.0.2.5",)


def test_a_broken_configuration_is_refused_and_all_stays(bed, tmp_path, served):
    write(tmp_path, "a.test.zone", 3)
    for broken in ("dns: [", "dns: {zone: []}", "dns: {zones: [{name: a..b, file: b.test.zone}]}"):
        (tmp_path / "thence.yaml").write_text(broken)
        events = served.reload()
        assert events[-1]["message"] == "reload refused, all stays as it was"
        assert any(line.startswith(f"{tmp_path}/thence.yaml:1:") for line in said(events, "error"))
        assert address_of(bed, "a.test") == ("192.0.2.1",)
    (tmp_path / "thence.yaml").unlink()
    assert any("cannot be read: No such file" in line for line in said(served.reload(), "error"))
    configuration(tmp_path, with_zones("a.test", "b.test", workers=2))
    assert said(served.reload(), "error") == []
    assert address_of(bed, "a.test") == ("192.0.2.3",)


@pytest.mark.parametrize("content", ["", " \n\n", "\0" * 4096], ids=["empty", "blank", "NUL"])
def test_a_configuration_that_was_emptied_is_refused_and_all_stays(bed, tmp_path, served, content):
    (tmp_path / "thence.yaml").write_text(content)
    assert said(served.reload(), "error") == [
        f"{tmp_path}/thence.yaml: is empty; allowed: settings, or {{}} for the default ones",
        "reload refused, all stays as it was"]
    assert address_of(bed, "a.test") == ("192.0.2.1",)


def test_the_installed_configuration_must_not_vanish(bed, tmp_path):
    """The one that is read without -c: where there is none at the start, the embedded one is served."""
    folder = re.search(r"by default\s+(/\S+)/thence/thence.yaml", bed.server.run(BINARY, "--help").stdout)[1]
    installed = f'mount -t tmpfs none {folder} && ln -s "$(dirname "$3")" {folder}/thence && exec "$0" "$1"'
    write(tmp_path, "a.test.zone", 1)
    with serve(bed.server, tmp_path, with_zones("a.test"), prefix=("unshare", "--mount", "sh", "-c", installed)) as server:
        assert address_of(bed, "a.test") == ("192.0.2.1",)
        (tmp_path / "thence.yaml").unlink()
        events = server.reload()
        assert events[-1]["message"] == "reload refused, all stays as it was"
        assert "thence/thence.yaml: cannot be read: No such file or directory" in said(events, "error")[0]
        assert address_of(bed, "a.test") == ("192.0.2.1",)


@pytest.mark.parametrize("way", ['/dev/stdin < <(cat "$3")', '<(cat "$3")'], ids=["stdin", "substitution"])
def test_a_configuration_from_a_pipe_is_read_once(bed, tmp_path, way):
    write(tmp_path, "a.test.zone", 1)
    values = with_zones("a.test")
    values["dns"]["zones"][0]["file"] = str(tmp_path / "a.test.zone")
    with serve(bed.server, tmp_path, values, prefix=("bash", "-c", f'exec "$0" "$1" "$2" {way}')) as server:
        assert address_of(bed, "a.test") == ("192.0.2.1",)
        events = server.reload()
        assert events[-1]["message"] == "reload refused, all stays as it was"
        assert "cannot be read a second time" in said(events, "error")[0]
        assert address_of(bed, "a.test") == ("192.0.2.1",)


def test_a_reload_that_still_reads_gives_way_to_a_newer_one(bed, tmp_path, served):
    """The zone is of 800 GB, in 16,000 times the same file."""
    (tmp_path / "long").write_text((";" + "x" * 1023 + "\n") * 50_000)
    (tmp_path / "endless.zone").write_text("$INCLUDE long\n" * 16_000)
    configuration(tmp_path, {**with_zones("a.test"), "dns": {"zones": [{"name": "z.test", "file": "endless.zone"}]}})
    served.signal(signal.SIGHUP)
    assert eventually(lambda: served.log("reloading"))
    time.sleep(0.2)
    assert address_of(bed, "a.test") == ("192.0.2.1",)
    write(tmp_path, "a.test.zone", 3)
    configuration(tmp_path, with_zones("a.test"))
    events = served.reload()
    assert [event["message"] for event in events if event["level"] == "info"][0] == "reload given up for a newer one"
    assert events[-1]["message"] == "reloaded" and said(events, "error") == []
    assert address_of(bed, "a.test") == ("192.0.2.3",)


def test_reloads_come_to_an_end_however_often_they_are_asked_for(bed, tmp_path, served):
    write(tmp_path, "a.test.zone", 3, "\n".join(f"h{i} 60 A 192.0.2.1" for i in range(200_000)) + "\n")
    end = time.monotonic() + 30
    while not served.log("reloaded") and time.monotonic() < end:
        served.signal(signal.SIGHUP)
        time.sleep(0.05)
    assert served.log("reload given up for a newer one") and served.log("reloaded")
    assert address_of(bed, "a.test") == ("192.0.2.3",)


def test_zones_come_and_go(bed, tmp_path, served):
    write(tmp_path, "c.test.zone", 7)
    (tmp_path / "d.test.zone").write_text("nonsense\n")
    configuration(tmp_path, with_zones("b.test", "c.test", "d.test", workers=2))
    served.reload()
    assert address_of(bed, "a.test") == ("REFUSED",)
    assert address_of(bed, "b.test") == ("192.0.2.2",)
    assert address_of(bed, "c.test") == ("192.0.2.7",)
    assert address_of(bed, "d.test") == ("SERVFAIL",)


def test_a_broken_zone_does_not_take_down_the_others_at_the_start(bed, tmp_path):
    write(tmp_path, "a.test.zone", 1, "w 60 A 192.0.2.300\n")
    write(tmp_path, "b.test.zone", 2)
    values = with_zones("a.test", "b.test")
    done = bed.server.run(BINARY, "check", "-c", str(configuration(tmp_path, values)))
    assert done.returncode == 2 and f"{tmp_path}/a.test.zone:4: " in done.stderr and "good" not in done.stdout
    with serve(bed.server, tmp_path, values) as server:
        errors = said(server.log(), "error")
        assert f"{tmp_path}/a.test.zone:4: " in errors[0]
        assert errors[1] == "what these mistakes are about is not served, all else is"
        assert address_of(bed, "a.test") == ("SERVFAIL",)
        assert address_of(bed, "b.test") == ("192.0.2.2",)
        assert ask(bed.client, SERVER, STUN_QUESTION).answer
        write(tmp_path, "a.test.zone", 3)
        assert said(server.reload(), "error") == []
        assert address_of(bed, "a.test") == ("192.0.2.3",)
        assert server.final_counters()["dns.servfail"] == 1


def test_what_takes_effect_at_the_next_start_is_said(bed, tmp_path, served):
    configuration(tmp_path, {**with_zones("a.test", workers=1), "user": "nobody"})
    for _ in range(2):
        waits = [event["key"] for event in served.reload() if event["message"] == "takes effect at the next start"]
        assert waits == ["workers", "user"]


def test_all_else_takes_effect(bed, tmp_path, served):
    values = with_zones("a.test", tcp={"idle": "300ms"}, log_level="debug")
    values["listeners"].append({"port": 5353, "protocols": ["dns"]})
    configuration(tmp_path, values)
    served.reload()
    assert not ask(bed.client, SERVER, dns_question("n.a.test", "A").at(5353)).silent
    assert eventually(lambda: served.log("request"))
    with bed.client.inside(), socket.create_connection((SERVER.address, 5353), timeout=5) as idle:
        assert idle.recv(1) == b""


def test_counters_and_connections_outlive_a_reload(bed, tmp_path, served):
    assert address_of(bed, "a.test") == ("192.0.2.1",)
    question = dns_question("n.a.test", "A")
    with bed.client.inside(), socket.create_connection((SERVER.address, 53), timeout=5) as connection:
        for serial in (1, 3):
            if serial != 1:
                write(tmp_path, "a.test.zone", serial)
                served.reload()
            request = question.request()
            connection.sendall(len(request).to_bytes(2, "big") + request)
            size = int.from_bytes(_exactly(connection, 2), "big")
            assert question.read(_exactly(connection, size)) == [f"192.0.2.{serial}"]
    counters = served.final_counters()
    assert counters["dns.noerror"] == 3 and counters["udp.received"] == 1 and counters["tcp.received"] == 2


def _exactly(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        assert piece, "the connection was closed"
        data += piece
    return data


def test_a_storm_of_signals_ends_with_the_newest_data(bed, tmp_path, served):
    for serial in range(3, 103):
        write(tmp_path, "a.test.zone", serial)
        served.signal(signal.SIGHUP)
        served.signal(signal.SIGUSR1)
    assert eventually(lambda: address_of(bed, "a.test") == ("192.0.2.102",))
    assert address_of(bed, "b.test") == ("192.0.2.2",)
    assert said(served.log(), "error") == []


def test_sighup_while_starting_is_not_the_end_and_not_forgotten(bed, tmp_path):
    big = "\n".join(f"h{i} 60 A 192.0.2.1" for i in range(200_000)) + "\n"
    write(tmp_path, "a.test.zone", 1, big)
    with Thence(bed.server, tmp_path, with_zones("a.test")) as server:
        assert eventually(lambda: catches(server, signal.SIGHUP))
        assert server.log() == [], "it has read everything before a signal could reach it"
        while not server.log("serving"):
            assert server.running
            server.signal(signal.SIGHUP)
            time.sleep(0.01)
        assert eventually(lambda: server.log("reloaded"))


def catches(server, number):
    with open(f"/proc/{server.pid}/status") as status:
        caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
    return int(caught, 16) >> (number - 1) & 1


def test_sigterm_while_loading_ends_in_peace_and_soon(bed, tmp_path, served):
    write(tmp_path, "a.test.zone", 3, "\n".join(f"h{i} 60 A 192.0.2.1" for i in range(300_000)) + "\n")
    served.signal(signal.SIGHUP)
    assert eventually(lambda: served.log("reloading"))
    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 1
    assert served.log("reloaded") == [], "it had loaded all before it was told to end"
    assert served.log("ending")


def test_nobody_goes_without_an_answer_while_zones_are_swapped(bed, tmp_path, served):
    silent = []
    over = threading.Event()

    def ask_on():
        while not over.is_set():
            answer = address_of(bed, "a.test")
            if not answer or not answer[0].startswith("192.0.2."):
                silent.append(answer)
            if not stream.ask(bed.client, SERVER, dns_question("n.b.test", "A")).answer == ("192.0.2.2",):
                silent.append("tcp")

    asking = threading.Thread(target=ask_on)
    asking.start()
    try:
        for serial in range(3, 33):
            write(tmp_path, "a.test.zone", serial)
            served.reload()
    finally:
        over.set()
        asking.join()
    assert silent == []
    assert address_of(bed, "a.test") == ("192.0.2.32",)
