"""Thence itself: its settings, its process and its log."""

import collections
import json
import os
import pathlib
import signal
import time

from bed.judge import STUN_QUESTION, dns_question
from bed.process import Process, eventually

_REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("THENCE", str(_REPOSITORY / "build/release/thence"))

SHARED_PORT = 5300  # DNS and STUN on one port

# The `listeners[]` settings of each kind of socket, and the families that it serves.
SOCKETS = {
    "IPv4-only": ({"families": ["ipv4"]}, (4,)),
    "IPv6-only": ({"families": ["ipv6"]}, (6,)),
    "separate": ({}, (4, 6)),
    "addresses": ({"bind": "addresses"}, (4, 6)),
    "dual-stack": ({"bind": "dual-stack"}, (4, 6)),
}

# More than the socket buffers at both ends, so that a client that does not read is noticed.
BIG_TEXT = " ".join('"' + "x" * 250 + '"' for _ in range(150))

ZONE = {
    "name": "thence.test",
    "records": [
        "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300",
        "@ 300 NS ns1",
        "www 60 A 192.0.2.10",
        f"big 60 TXT {BIG_TEXT}",
    ],
    "dynamic": {"self": "self", "client": "client", "ns1": "self"},
}


def settings(sockets="separate", workers=1, tcp=None, log_level="info", **listener):
    """DNS on 53, STUN on 3478, both on SHARED_PORT. @param listener more keys for every listener"""
    kind, _ = SOCKETS[sockets]
    ports = {53: ["dns"], 3478: ["stun"], SHARED_PORT: ["dns", "stun"]}
    return {
        "listeners": [{"port": port, "protocols": names, **kind, **listener} for port, names in ports.items()],
        "workers": workers,
        "dns": {"zones": [ZONE]},
        "log": {"format": "json", "level": log_level},
        **({"tcp": tcp} if tcp else {}),
    }


def questions(family):
    """What the matrix asks: each protocol on its own port and on the shared one."""
    own = dns_question("self.thence.test", "A" if family == 4 else "AAAA")
    return [own, STUN_QUESTION, own.at(SHARED_PORT), STUN_QUESTION.at(SHARED_PORT)]


def configuration(folder, values):
    """Writes a configuration. JSON is YAML too."""
    file = pathlib.Path(folder) / "thence.yaml"
    file.write_text(json.dumps(values, indent=1))
    return file


class Thence(Process):
    def __init__(self, host, folder, values, prefix=(), **options):
        """@param prefix of the command line, such as a program that drops capabilities
        @param options as for Process"""
        super().__init__(host, folder, *prefix, BINARY, "serve", "-c", configuration(folder, values), **options)

    def __exit__(self, failure, *_):
        status = self.stop()
        assert failure or status == 0, f"exit status {status}\n{self.output()}"

    def log(self, message=None):
        """The events so far, or those with that message."""
        lines = self.err.read_text().splitlines()
        # The last line may still be incomplete.
        events = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in events if message in (None, event["message"])]

    def reload(self, timeout=30.0):
        """Sends SIGHUP and waits for the result in the log. @return the events since; the last one is the result"""
        seen = len(self.log())
        self.signal(signal.SIGHUP)
        ends = ("reloaded", "reload refused, all stays as it was")
        assert eventually(lambda: any(event["message"] in ends for event in self.log()[seen:]), timeout), self.output()
        return self.log()[seen:]

    def counters(self):
        """All nonzero counters of the running server."""
        seen = len(self.log("counter"))
        self.signal(signal.SIGUSR1)
        lines = eventually(lambda: self._settled(seen), 1.0)
        return _counters(lines or [])

    def _settled(self, seen):
        """The counters logged since then, once no more arrive."""
        first = self.log("counter")[seen:]
        time.sleep(0.05)
        return first if first and first == self.log("counter")[seen:] else None

    def final_counters(self):
        """Stops the server, which must exit cleanly, and returns the counters that it logs at the end."""
        before = len(self.log("counter"))
        status = self.stop()
        assert status == 0, f"exit status {status}\n{self.output()}"
        return _counters(self.log("counter")[before:])


def _counters(events):
    return collections.Counter({event["name"]: int(event["value"]) for event in events})


def unsendable(counters):
    """How many replies were not sent, for any cause."""
    return counters["udp.dropped.no-source"] + sum(
        value for name, value in counters.items() if name.startswith("udp.send-error."))


def serve(host, folder, values, **options):
    """Starts Thence and waits until it serves."""
    server = Thence(host, folder, values, **options)
    if not eventually(lambda: server.log("serving") or not server.running) or not server.running:
        server.stop()
        raise RuntimeError(f"Thence did not start:\n{server.output()}")
    return server
