"""Who is asked: the echo, Thence and the other servers, each with settings for one worker on the loopback."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from questions import PASSWORD, REALM, USER, Unfit

TICKS = os.sysconf("SC_CLK_TCK")
# The least octets that a right answer has, for the echo: with an AAAA record; with XOR-MAPPED-ADDRESS; with that and
# FINGERPRINT; with that and MESSAGE-INTEGRITY.
REPLY_SIZE = {"dns": 74, "stun": 32, "stun-fingerprint": 40, "stun-credentials": 56}


def process_times(pid):
    """(parent, start time, CPU seconds of all threads) of a process; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), int(fields[19]), (int(fields[11]) + int(fields[12])) / TICKS


def family(root):
    """A process and all below it: pid -> (start time, CPU seconds)."""
    everything = {int(entry): process_times(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    members, more = set(), {root}
    while more:
        members |= more
        more = {pid for pid, times in everything.items() if times and times[0] in members} - members
    return {pid: everything[pid][1:] for pid in members if everything.get(pid)}


@dataclass
class Server:
    name: str
    program: str | None  # None: it is not there
    ports: dict  # what is asked, a key of REPLY_SIZE -> port
    arguments: list
    version: str = ""
    process: subprocess.Popen | None = None

    @property
    def echoes(self):
        return self.name == "echo"

    def start(self, folder, core):
        with open(folder / f"{self.name}-{'-'.join(self.ports)}.log", "wb") as log:
            self.process = subprocess.Popen(
                [self.program, *map(str, self.arguments)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the caller, which stops the servers in order
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )

    def cpu(self):
        """CPU seconds so far, of all its processes and threads."""
        if self.process.poll() is not None:
            raise Unfit(f"ended with status {self.process.returncode}")
        return sum(seconds for _, seconds in family(self.process.pid).values())

    def stop(self):
        if self.process is None:
            return
        members = family(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid, (started, _) in members.items():
            times = process_times(pid)
            if times and times[1] == started:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def installed(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def version(program, *arguments):
    if program is None:
        return ""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
    return found.group() if found else ""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            holder = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            holder.bind(("0.0.0.0", 0))
            ports.append(holder.getsockname()[1])
        return ports


def echo(program, kind, port):
    protocol = "dns" if kind == "dns" else "stun"
    arguments = ["--port", port, f"--{protocol}", "--reply-size", REPLY_SIZE[kind]]
    return Server("echo", program if os.access(program, os.X_OK) else None, {kind: port}, arguments)


def thence(program, folder, zone, dns, stun):
    program = program if os.access(program, os.X_OK) else None
    settings = folder / "thence.yaml"
    settings.write_text(f"""\
listeners:
  - {{ port: {dns}, protocols: [dns] }}
  - {{ port: {stun}, protocols: [stun] }}
workers: 1
dns:
  zones:
    - {{ name: example.com, file: {zone} }}
log: {{ level: warning }}
""")
    ports = {"dns": dns, "stun": stun, "stun-fingerprint": stun}
    return Server("thence", program, ports, ["serve", "-c", settings], version(program, "--version"))


def thence_with_credentials(program, folder, port):
    """Another process, as credentials are asked for on all STUN ports or on none."""
    program = program if os.access(program, os.X_OK) else None
    (folder / "users").write_text(f"{USER} {PASSWORD}\n")
    settings = folder / "thence-credentials.yaml"
    settings.write_text(f"""\
listeners:
  - {{ port: {port}, protocols: [stun] }}
workers: 1
stun:
  credentials: {{ realm: {REALM}, users-file: users }}
log: {{ level: warning }}
""")
    arguments = ["serve", "-c", settings]
    return Server("thence", program, {"stun-credentials": port}, arguments, version(program, "--version"))


def knot(folder, zone, port):
    program = installed("knotd")
    own = folder / "knot"
    own.mkdir()
    settings = own / "knot.conf"
    settings.write_text(f"""\
server:
    rundir: {own}
    listen: 0.0.0.0@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {own}
template:
  - id: default
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: example.com
    file: {zone}
""")
    return Server("knot", program, {"dns": port}, ["-c", settings], version(program, "--version"))


def nsd(folder, zone, port):
    program = installed("nsd")
    own = folder / "nsd"
    own.mkdir()
    settings = own / "nsd.conf"
    # On one address: on the wildcard it would answer from whichever address the kernel prefers.
    settings.write_text(f"""\
server:
    ip-address: 127.0.0.1@{port}
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "{own}"
    database: ""
    pidfile: "{own}/pid"
    xfrdfile: "{own}/xfrd"
    xfrdir: "{own}"
    zonelistfile: "{own}/zones"
    rrl-ratelimit: 0
    minimal-responses: yes
    verbosity: 0
remote-control:
    control-enable: no
zone:
    name: example.com
    zonefile: "{zone}"
""")
    return Server("nsd", program, {"dns": port}, ["-d", "-c", settings], version(program, "-v"))


def coturn(folder, kinds, port):
    program = installed("turnserver")
    own = folder / f"coturn-{kinds[0]}"
    own.mkdir()
    access = ["--no-auth"]
    if "stun-credentials" in kinds:
        access = ["--lt-cred-mech", "--secure-stun", "--user", f"{USER}:{PASSWORD}", "--realm", REALM]
    arguments = ["-n", "--stun-only", *access, "--no-tls", "--no-dtls", "--no-cli", "--relay-threads", "1"]
    arguments += ["--listening-ip", "127.0.0.1", "--listening-port", port]
    arguments += ["--userdb", own / "users", "--pidfile", own / "pid", "--log-file", own / "log", "--simple-log"]
    return Server("coturn", program, dict.fromkeys(kinds, port), arguments, version(program, "--version"))


def all_servers(folder, zone, echo_program, thence_program):
    ports = iter(free_ports(11))
    return [
        *(echo(echo_program, kind, next(ports)) for kind in REPLY_SIZE),
        thence(thence_program, folder, zone, next(ports), next(ports)),
        thence_with_credentials(thence_program, folder, next(ports)),
        knot(folder, zone, next(ports)),
        nsd(folder, zone, next(ports)),
        coturn(folder, ["stun", "stun-fingerprint"], next(ports)),
        coturn(folder, ["stun-credentials"], next(ports)),
    ]
