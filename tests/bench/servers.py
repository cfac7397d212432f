"""The servers: the echo, Thence and others, each with settings for one worker on loopback."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from questions import CLIENT, PASSWORD, REALM, USER, Unfit

TICKS = os.sysconf("SC_CLK_TCK")
# The minimum size of a right answer in octets, for the echo: with an AAAA record; with an A record of the name; with
# XOR-MAPPED-ADDRESS; with that and FINGERPRINT; with that and MESSAGE-INTEGRITY.
REPLY_SIZE = {
    "dns": 74, "dns-self": 61, "dns-client": 59, "dns-view": 74, "dns-forward": 74,
    "stun": 32, "stun-fingerprint": 40, "stun-credentials": 56,
}  # fmt: skip
VIEWS = 64


def process_times(pid):
    """(parent, start time, CPU seconds of all threads) of a process; None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), int(fields[19]), (int(fields[11]) + int(fields[12])) / TICKS


def family(root):
    """A process and all its descendants: pid -> (start time, CPU seconds)."""
    everything = {int(entry): process_times(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    members, more = set(), {root}
    while more:
        members |= more
        more = {pid for pid, times in everything.items() if times and times[0] in members} - members
    return {pid: everything[pid][1:] for pid in members if everything.get(pid)}


@dataclass
class Server:
    name: str
    program: str | None  # None: not installed
    ports: dict  # kind -> port; a kind is a key of REPLY_SIZE, or dns-upstream, which no load asks
    arguments: list
    version: str = ""
    wildcard: bool = True  # whether it serves every address of the host
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
                start_new_session=True,  # Ctrl-C must reach only the caller, which stops the servers in order
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


def search_path(peers=None):
    """Where to look for programs, in the format of PATH. @param peers a folder that precedes the system's"""
    own = [peers, *(peers / place for place in ("bin", "sbin", "usr/sbin", "usr/bin"))] if peers else []
    return ":".join([*map(str, own), os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def installed(name):
    return shutil.which(name, path=search_path())


def version_in(text):
    """The version in a program's output, such as `4.12.0` or `4.7.0rc1`; empty if there is none."""
    number = r"(\d+(?:\.\d+)+\w*)"
    found = re.search(rf"(?i)version:? {number}", text) or re.search(number, text)
    return found.group(1) if found else ""


def version(program, *arguments):
    if program is None:
        return ""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return version_in(done.stdout + done.stderr)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            holder = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            holder.bind(("0.0.0.0", 0))
            ports.append(holder.getsockname()[1])
        return ports


def echo(program, kind, port):
    arguments = ["--port", port, f"--{protocol_of(kind)}", "--reply-size", REPLY_SIZE[kind]]
    return Server("echo", program if os.access(program, os.X_OK) else None, {kind: port}, arguments)


def protocol_of(kind):
    return kind.partition("-")[0]


def make_thence(program, folder, ports, settings):
    """Thence with one worker and these settings, serving the kinds of `ports`."""
    program = program if os.access(program, os.X_OK) else None
    protocols = {port: protocol_of(kind) for kind, port in ports.items()}
    listeners = "".join(f"  - {{ port: {port}, protocols: [{name}] }}\n" for port, name in protocols.items())
    path = folder / f"thence-{next(iter(ports))}.yaml"
    path.write_text(f"listeners:\n{listeners}workers: 1\nlog: {{ level: warning }}\n{settings}")
    return Server("thence", program, ports, ["serve", "-c", path], version(program, "--version"))


def thence(program, folder, zone, dns, stun):
    ports = {**dict.fromkeys(("dns", "dns-self", "dns-client"), dns), "stun": stun, "stun-fingerprint": stun}
    return make_thence(program, folder, ports, f"""\
dns:
  zones:
    - {{ name: example.com, file: {zone}, dynamic: {{ self: self, me: client }} }}
""")


def thence_with_credentials(program, folder, port):
    """A separate process, because credentials are required on all STUN ports or on none."""
    (folder / "users").write_text(f"{USER} {PASSWORD}\n")
    return make_thence(program, folder, {"stun-credentials": port}, f"""\
stun:
  credentials: {{ realm: {REALM}, users-file: users }}
""")


def view(number):
    """One of the views, with interfaces and 16 prefixes. Only the last one matches loopback, and has the zone."""
    interfaces = [f"lan{number}*", f"!lan{number}9"]
    local = [f"172.{16 + i}.{number}.0/24" for i in range(2)] + [f"2001:db8:{i}:{number:x}::/64" for i in range(2)]
    clients = [f"10.{number}.{2 * i}.0/24" for i in range(6)] + [f"2001:db8:{number:x}:{i}00::/56" for i in range(6)]
    zones = []
    if number == VIEWS - 1:
        interfaces.append("lo*")
        local += ["127.0.0.0/8", "::1"]
        clients += ["127.0.0.0/8", "::1"]
        zones.append("example.com")
    match = {"interfaces": interfaces, "local": local, "clients": clients}
    return f"    - {json.dumps({'name': f'v{number}', 'match': match, 'zones': zones})}\n"


def thence_with_views(program, folder, zone, port):
    return make_thence(program, folder, {"dns-view": port}, f"""\
dns:
  zones:
    - {{ name: example.com, file: {zone} }}
  views:
{"".join(map(view, range(VIEWS)))}""")


def thence_that_forwards(program, folder, port, upstream):
    return make_thence(program, folder, {"dns-forward": port}, f"""\
dns:
  forward:
    - {{ zone: example.com, to: ["127.0.0.1:{upstream}"] }}
""")


def thence_upstream(program, folder, zone, port):
    """The upstream of the servers that forward."""
    return make_thence(program, folder, {"dns-upstream": port}, f"""\
dns:
  zones:
    - {{ name: example.com, file: {zone} }}
""")


def knot(folder, zone, port):
    program = installed("knotd")
    own = folder / "knot"
    own.mkdir()
    settings = own / "knot.conf"
    (own / "me.zone").write_text("@ 0 SOA ns1 hostmaster 1 3600 600 86400 0\n@ 0 NS ns1.example.com.\n")
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
  - domain: {CLIENT}
    file: {own}/me.zone
    module: mod-whoami
""")
    ports = {"dns": port, "dns-client": port}
    return Server("knot", program, ports, ["-c", settings], version(program, "--version"))


def nsd(folder, zone, port):
    program = installed("nsd")
    own = folder / "nsd"
    own.mkdir()
    settings = own / "nsd.conf"
    # On one address: on the wildcard it would answer from whichever address the kernel chooses.
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
    return Server("nsd", program, {"dns": port}, ["-d", "-c", settings], version(program, "-v"), wildcard=False)


def unbound(folder, port, upstream):
    program = installed("unbound")
    own = folder / "unbound"
    own.mkdir()
    settings = own / "unbound.conf"
    # On one address, as with NSD.
    settings.write_text(f"""\
server:
    interface: 127.0.0.1@{port}
    num-threads: 1
    username: ""
    chroot: ""
    directory: "{own}"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
    do-not-query-localhost: no
    minimal-responses: yes
    verbosity: 0
remote-control:
    control-enable: no
stub-zone:
    name: example.com
    stub-addr: 127.0.0.1@{upstream}
""")
    arguments = ["-d", "-c", settings]
    return Server("unbound", program, {"dns-forward": port}, arguments, version(program, "-V"), wildcard=False)


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
    ports = dict.fromkeys(kinds, port)
    return Server("coturn", program, ports, arguments, version(program, "--version"), wildcard=False)


def each_thence(program, folder, zone, ports, upstream):
    return [
        thence(program, folder, zone, next(ports), next(ports)),
        thence_with_credentials(program, folder, next(ports)),
        thence_with_views(program, folder, zone, next(ports)),
        thence_that_forwards(program, folder, next(ports), upstream),
    ]


def earlier_thence(program, folder, zone, ports, upstream):
    """Another build of Thence, under another name."""
    own = folder / "before"
    own.mkdir()
    return [replace(server, name="before") for server in each_thence(program, own, zone, ports, upstream)]


def all_servers(folder, zone, echo_program, thence_program, before=None):
    """@param before another Thence, measured for comparison; None: there is none"""
    ports = iter(free_ports(24))
    upstream = next(ports)
    return [
        thence_upstream(thence_program, folder, zone, upstream),
        *(echo(echo_program, kind, next(ports)) for kind in REPLY_SIZE),
        *each_thence(thence_program, folder, zone, ports, upstream),
        *(earlier_thence(before, folder, zone, ports, upstream) if before else []),
        knot(folder, zone, next(ports)),
        nsd(folder, zone, next(ports)),
        unbound(folder, next(ports), upstream),
        coturn(folder, ["stun", "stun-fingerprint"], next(ports)),
        coturn(folder, ["stun-credentials"], next(ports)),
    ]
