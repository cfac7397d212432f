"""Thence and its three peers as processes on loopback, each serving the same zone files on a port of its own.

The peers' settings make their answers as comparable as they can be: no rate limits, no recursion, nothing changed in
zone files, replies of 1232 octets at most over UDP, additional data, and ANY answered in full so that the one RRset of
Thence can be found in it.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from rig import asking, message, record_types
from rig.questions import Question

_REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
THENCE = os.environ.get("THENCE", str(_REPOSITORY / "build/release/thence"))
UDP_SIZE = 1232


def _free_port():
    """A port that is free for both transports, or was a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
                return udp.getsockname()[1]
            except OSError:
                continue


# What servers are given that are to have cookies of one secret, and something to tell about themselves.
SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"
IDENTITY = "node-7"
VERSION = "a version"


def _thence(folder, endpoint, zones, equipped):
    (folder / "secret").write_text(SECRET + "\n")
    equipment = {
        "cookies": {"secret-file": str(folder / "secret")},
        "nsid": IDENTITY,
        "chaos": {"id": IDENTITY, "version": VERSION},
    }
    zones = {"zones": [{"name": zone.name, "file": str(file)} for zone, file in zones]}
    settings = {
        "listeners": [{"port": endpoint.port, "protocols": ["dns"], "families": ["ipv4"]}],
        "workers": 1,
        "dns": {**zones, **(equipment if equipped else {})},
    }
    (folder / "thence.yaml").write_text(json.dumps(settings, indent=1))
    return [THENCE, "serve", "-c", folder / "thence.yaml"]


def _knot(folder, endpoint, zones, equipped):
    told = f'    identity: "{IDENTITY}"\n    version: "{VERSION}"\n    nsid: "{IDENTITY}"\n' if equipped else ""
    # A cookie has to be right, or the answer is BADCOOKIE.
    module = f"mod-cookies:\n  - id: shared\n    badcookie-slip: 1\n    secret: 0x{SECRET}\n" if equipped else ""
    use = "    global-module: mod-cookies/shared\n" if equipped else ""
    entries = "".join(f'  - domain: "{_quoted(zone.name)}"\n    file: "{file}"\n' for zone, file in zones)
    (folder / "knot.conf").write_text(f"""
server:
    rundir: "{folder}"
    listen: [{', '.join(f'{address}@{endpoint.port}' for address in endpoint.addresses)}]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    udp-max-payload: {UDP_SIZE}
{told}database:
    storage: "{folder}"
log:
  - target: stderr
    any: warning
{module}template:
  - id: default
{use}    # The file is read only and nothing but it is served.
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
zone:
{entries}""")
    return ["knotd", "-c", folder / "knot.conf"]


def _nsd(folder, endpoint, zones, equipped):
    more = (f'    answer-cookie: yes\n    cookie-secret: "{SECRET}"\n    identity: "{IDENTITY}"\n'
            f'    version: "{VERSION}"\n    nsid: "ascii_{IDENTITY}"\n') if equipped else ""
    entries = "".join(f'zone:\n    name: "{_quoted(zone.name)}"\n    zonefile: "{file}"\n' for zone, file in zones)
    (folder / "nsd.conf").write_text(f"""
server:
    ip-address: {endpoint.addresses[0]}@{endpoint.port}
    server-count: 1
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: ""
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    xfrdir: "{folder}"
    ipv4-edns-size: {UDP_SIZE}
    tcp-count: 50
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    # Addresses for the names in MX, SRV and the like; that NS come with them is among the known differences.
    minimal-responses: no
    refuse-any: no
    round-robin: no
{more}remote-control:
    control-enable: no
{entries}""")
    return ["nsd", "-d", "-c", folder / "nsd.conf"]


def _bind(folder, endpoint, zones, equipped):
    more = (f'    cookie-secret "{SECRET}";\n    require-server-cookie yes;\n    server-id "{IDENTITY}";\n'
            f'    hostname "{IDENTITY}";\n    version "{VERSION}";\n') if equipped else ""
    entries = "".join(f'zone "{_quoted(zone.name)}" {{ type primary; file "{file}"; }};\n' for zone, file in zones)
    (folder / "named.conf").write_text(f"""
controls {{ }};
options {{
    directory "{folder}";
    listen-on port {endpoint.port} {{ {endpoint.addresses[0]}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion no;
    dnssec-validation no;
    notify no;
    empty-zones-enable no;
    max-udp-size {UDP_SIZE};
    edns-udp-size {UDP_SIZE};
    nocookie-udp-size {UDP_SIZE};
    # Not `no`, which has NS in every answer; not `yes`, which has no addresses for the names in MX, SRV and the like.
    minimal-responses no-auth;
    minimal-any no;
    # Else the SOA in a negative answer about SOA has TTL 0.
    zero-no-soa-ttl no;
    # What the zones contain on purpose.
    check-names primary ignore;
    check-integrity no;
    check-mx ignore;
    check-srv-cname ignore;
    check-mx-cname ignore;
    check-wildcard no;
    check-spf ignore;
    check-dup-records ignore;
{more}}};
{entries}""")
    return ["named", "-g", "-n", "1", "-c", folder / "named.conf"]


def _quoted(text):
    return text.replace("\\", "\\\\")


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """Where a server is to be. NSD and BIND take the first address only, Thence any."""

    port: int
    addresses: tuple = ("127.0.0.1",)
    host: object = None  # a network namespace with a method inside(), or none for this one

    def inside(self):
        return self.host.inside() if self.host else contextlib.nullcontext()


_COMMANDS = {"thence": _thence, "knot": _knot, "nsd": _nsd, "bind": _bind}
PEERS = ("knot", "nsd", "bind")
ALL = tuple(_COMMANDS)


class Server:
    """A running server; of use in a `with` statement, which ends it."""

    def __init__(self, kind, folder, zones, equipped=False, endpoint=None):
        """@param zones pairs of a zone and its file
        @param equipped with cookies of the shared secret, an identity and a version
        @param endpoint a free port on loopback if not stated"""
        self.kind = kind
        self.endpoint = endpoint or Endpoint(_free_port())
        self._zones = [zone for zone, _ in zones]
        self._folder = pathlib.Path(folder) / kind
        self._folder.mkdir()
        command = _COMMANDS[kind](self._folder, self.endpoint, zones, equipped)
        with self.endpoint.inside(), open(self._folder / "log", "wb") as log:
            # The server must not outlive a test run that is killed.
            self._process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *map(str, command)], cwd=self._folder,
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                             env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                if self.kind == "thence":  # Knot 3.2 now and then does not end
                    raise

    @property
    def port(self):
        return self.endpoint.port

    def log(self):
        return (self._folder / "log").read_text(errors="replace")

    def wait(self, seconds=30):
        """Waits until it serves every zone. @throws RuntimeError when it does not"""
        end = time.monotonic() + seconds
        missing = self._zones
        while missing:
            if self._process.poll() is not None or time.monotonic() > end:
                last = "\n".join(self.log().splitlines()[-30:])
                raise RuntimeError(f"{self.kind} does not serve {', '.join(zone.name for zone in missing)}:\n{last}")
            time.sleep(0.05)
            missing = [zone for zone in missing if not self._serves(zone)]

    def _serves(self, zone):
        question = Question("ready?", zone.apex, record_types.NUMBERS["SOA"], tcp=True)
        with self.endpoint.inside(), asking.Client(self.port, self.endpoint.addresses[0], patience=0.2, tries=1) as client:
            octets = client.ask([question])[0]
        return octets is not None and message.read(octets).flags & message.AA and bool(message.read(octets).answer)


def dig_lines(servers, question):
    return [f"    {server.kind:7}{question.dig(server.port)}" for server in servers]


