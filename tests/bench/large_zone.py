"""A zone of a million records: how soon it is served, how much memory it takes, also during a reload, and how much
more a query costs than with a zone of a thousand names."""

import contextlib
import signal
import socket
import statistics
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import questions
import servers
from questions import Unfit

LARGE = 500_000  # names, each with two records
PATIENCE = 60  # seconds within which a zone must be served


@dataclass
class Row:
    server: str
    version: str
    ready: float  # seconds from the start to the first right answer
    memory: float  # MB, counting pages shared by processes once
    reload_ratio: float | None  # peak memory during a reload, as a multiple of that before
    cpu_ratio: float  # CPU per answer, as a multiple of that with the small zone


def memory_of(server):
    """Octets of all its processes; shared pages count once."""
    total = 0
    for pid in servers.family(server.process.pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def wait_for(port, asked, right):
    """Asks until the reply is right. @return seconds"""
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        while time.monotonic() - began < PATIENCE:
            reply = questions.ask(client, asked, PATIENCE)
            if right(asked, reply):
                return time.monotonic() - began
            time.sleep(0.01)
    raise Unfit("does not serve the zone")


def peak_of_reload(server, zone, serial):
    """The peak resident memory of a single-process server while it reloads the zone, as a multiple of that before."""
    questions.write_zone(zone, LARGE, serial)
    status = Path(f"/proc/{server.process.pid}")
    (status / "clear_refs").write_text("5")  # resets VmHWM
    before = resident(status, "VmRSS")
    server.process.send_signal(signal.SIGHUP)
    label = b"\7example\3com\0"
    asked = struct.pack("!6H", serial, 0, 1, 0, 0, 0) + label + struct.pack("!2H", 6, 1)
    wait_for(server.ports["dns"], asked, lambda _, reply: struct.pack("!I", serial) in reply[-20:-16])
    return resident(status, "VmHWM") / before


def resident(status, field):
    line = next(line for line in (status / "status").read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1])


def pairs(folder, thence):
    """Runs each server twice: with the small zone and with the large one."""
    zones = {}
    for size, names in (("small", questions.NAMES), ("large", LARGE)):
        own = folder / size
        own.mkdir()
        questions.write_zone(own / "zone", names)
        questions.write_queries(own / "queries", names)
        zones[size] = own
    ports = iter(servers.free_ports(8))
    made = []
    for make in (lambda own, port: servers.thence(thence, own, own / "zone", port, next(ports)),
                 lambda own, port: servers.knot(own, own / "zone", port),
                 lambda own, port: servers.nsd(own, own / "zone", port)):  # fmt: skip
        made.append({size: make(own, next(ports)) for size, own in zones.items()})
    return zones, made


def start(pair, zones, core):
    """@return seconds until the large zone is served"""
    last = questions.name(LARGE - 1, LARGE) + ".example.com"
    right = questions.right_address(last, "AAAA")
    pair["small"].start(zones["small"], core)
    pair["large"].start(zones["large"], core)
    return wait_for(pair["large"].ports["dns"], questions.dns_query(1, last, "AAAA"),
                    lambda asked, reply: questions.dns_mistake(asked, reply, right) is None)  # fmt: skip


def run(folder, thence, core, rounds, sample, skip, fail):
    """@param sample (server, queries) -> CPU per answer
    @param skip, fail called with a server and the reason"""
    zones, made = pairs(folder, thence)
    rows = []
    for pair in made:
        server = pair["large"]
        if server.program is None:
            skip(f"{server.name} with the large zone", "it is not installed or not built")
            continue
        try:
            ready = start(pair, zones, core)
            time.sleep(1)
            memory = memory_of(server)
            ratios = []
            for _ in range(rounds):
                cost = {size: sample(pair[size], zones[size] / "queries") for size in ("small", "large")}
                ratios.append(cost["large"] / cost["small"])
            peak = peak_of_reload(server, zones["large"] / "zone", 2) if server.name == "thence" else None
            rows.append(Row(server.name, server.version, ready, memory / 1e6, peak, statistics.median(ratios)))
        except Unfit as problem:
            fail(f"{server.name} with the large zone", problem)
        finally:
            for each in pair.values():
                each.stop()
    return rows


def print_table(rows):
    print(f"\nA zone of {2 * LARGE} records")
    form = "{:8} {:9} {:>9} {:>10} {:>12} {:>22}"
    print(form.format("", "version", "ready, s", "memory, MB", "x at reload", "CPU x of 1,000 names"))
    for row in rows:
        peak = f"{row.reload_ratio:.2f}" if row.reload_ratio else ""
        print(form.format(row.server, row.version, f"{row.ready:.2f}", f"{row.memory:.0f}", peak, f"{row.cpu_ratio:.2f}"))
