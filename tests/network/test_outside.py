"""Plugins outside of this tree (tests/outside): built against what `cmake --install` puts somewhere, and served."""

import dataclasses
import json
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest

from bed.judge import STUN_QUESTION, Target, ask
from bed.namespace import Namespace
from bed.process import Process, eventually
from bed.thence import BINARY, configuration

pytestmark = pytest.mark.xdist_group("outside")

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "tests/outside"
FROM_1900_TO_1970 = 2_208_988_800  # seconds (RFC 868)

TIME, SHARED = 37, 3700
SETTINGS = {
    "listeners": [{"port": TIME, "protocols": ["time", "mirror"]}, {"port": SHARED, "protocols": ["stun", "time"]}],
    "workers": 2,
    "admin": {"listen": "127.0.0.1:9553"},
    "log": {"format": "json", "level": "debug"},
}
ADDRESSES = [("127.0.0.1", "192.0.2.53"), ("127.0.0.1", "127.0.0.1"), ("::1", "2001:db8::53")]  # of who asks, and asked


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


@dataclasses.dataclass
class Built:
    prefix: pathlib.Path
    folder: pathlib.Path

    @property
    def program(self):
        return self.folder / "build/outside"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    build = pathlib.Path(BINARY).parent
    if not (build / "CMakeCache.txt").exists():
        pytest.skip(f"{BINARY} is not in the folder of its build")
    made = Built(folder / "prefix", folder)
    run("cmake", "--install", build, "--prefix", made.prefix)
    shutil.copytree(SOURCES, folder / "sources")
    # Where there is no source of Thence.
    steps = (f"mount -t tmpfs none {REPOSITORY} && cmake -G Ninja -S sources -B build -DCMAKE_PREFIX_PATH={made.prefix} "
             "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF "
             "-DCMAKE_EXE_LINKER_FLAGS=-fno-use-linker-plugin && cmake --build build --target outside")
    run("unshare", "--mount", "sh", "-c", steps, cwd=folder)
    return made


@pytest.fixture(scope="module")
def host():
    made = Namespace("outside")
    made.ip("address add 192.0.2.53/32 dev lo\naddress add 2001:db8::53/128 dev lo")
    yield made
    made.remove()


class Server(Process):
    def __init__(self, host, built, folder):
        super().__init__(host, folder, built.program, "serve", "-c", configuration(folder, SETTINGS))

    def log(self, message):
        events = [json.loads(line) for line in self.err.read_text().splitlines() if line.endswith("}")]
        return [event for event in events if event["message"] == message]

    def request(self):
        """The first that it logs."""
        return eventually(lambda: self.log("request"))[0]


@pytest.fixture
def server(host, built, tmp_path):
    with Server(host, built, tmp_path) as started:
        assert eventually(lambda: started.log("serving") or not started.running) and started.running, started.output()
        yield started


def asked(host, source, address, port, payload, timeout=2.0):
    """@return the reply and where it came from, or nothing"""
    with host.inside():
        udp = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    with udp:
        udp.settimeout(timeout)
        udp.bind((source, 0))
        udp.sendto(payload, (address, port))
        try:
            reply, whence = udp.recvfrom(512)
        except TimeoutError:
            return None
        return reply, whence[:2]


@pytest.mark.parametrize("port", [TIME, SHARED])
@pytest.mark.parametrize(("source", "address"), ADDRESSES)
def test_an_empty_datagram_gets_the_time_from_the_address_asked(host, server, source, address, port):
    reply, whence = asked(host, source, address, port, b"")
    assert whence == (address, port)
    assert len(reply) == 4 and abs(int.from_bytes(reply, "big") - FROM_1900_TO_1970 - time.time()) < 5
    said = server.request()
    assert (said["protocol"], said["transport"], said["outcome"]) == ("time", "udp", "told")


def test_what_is_no_request_gets_nothing(host, server):
    assert asked(host, "127.0.0.1", "192.0.2.53", TIME, b"time?", timeout=0.3) is None
    assert server.request()["outcome"] == "not-empty"


def test_a_port_that_it_shares_with_a_plugin_of_thence(host, server):
    verdict = ask(host, Target("192.0.2.53", source="127.0.0.1"), STUN_QUESTION.at(SHARED))
    assert verdict.address == "192.0.2.53" and verdict.answer
    assert server.request()["protocol"] == "stun"


@pytest.mark.parametrize("address", ["192.0.2.53", "2001:db8::53"])
def test_messages_of_four_octets_in_a_stream(host, server, address):
    """However they arrive: octet by octet, one behind another, and with an end that is none."""
    with host.inside():
        tcp = socket.create_connection((address, TIME), timeout=5)
    with tcp, tcp.makefile("rb") as replies:
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in b"abcdefgh":
            tcp.send(bytes([octet]))
            time.sleep(0.01)
        assert replies.read(8) == b"dcbahgfe"
        tcp.send(b"1234" * 1000 + b"56")
        tcp.shutdown(socket.SHUT_WR)
        assert replies.read(4000) == b"4321" * 1000
        assert replies.read() == b""
    assert server.request()["protocol"] == "mirror"


def test_it_listens_where_its_plugins_speak(host, server):
    """Beside Time over UDP, TCP is Mirror's alone; over TCP, the shared port is STUN's alone."""
    served = next(event for event in server.log("address served") if event["address"] == "192.0.2.53")
    assert [(each["port"], each["protocols"], each["transports"]) for each in served["listeners"]] == [
        (37, ["time"], ["udp"]), (37, ["mirror"], ["tcp"]), (3700, ["stun"], ["udp", "tcp"]), (3700, ["time"], ["udp"])]
    # Nobody has a usual client for Time, so what to try is Mirror.
    assert served["try"] == "printf abcd | nc -N 192.0.2.53 37"


def test_metrics_count_each_over_its_transports(host, server):
    asked(host, "127.0.0.1", "192.0.2.53", TIME, b"")
    with host.inside(), urllib.request.urlopen("http://127.0.0.1:9553/metrics", timeout=5) as page:
        metrics = page.read().decode()
    kinds = set(re.findall(r'^thence_requests_total\{protocol="(\w+)",transport="(\w+)"', metrics, re.MULTILINE))
    assert kinds == {("time", "udp"), ("mirror", "tcp"), ("stun", "udp"), ("stun", "tcp")}
    assert re.search(r'^thence_requests_total\{protocol="time",.*,address="192.0.2.53"\} 1$', metrics, re.MULTILINE)


def test_selftest_asks_each_over_its_transports(host, built, server, tmp_path):
    folder = tmp_path / "selftest"
    folder.mkdir()
    done = host.run(built.program, "selftest", "-c", configuration(folder, SETTINGS), timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = set(re.findall(r"  (\S+ (?:udp|tcp))  +(?:\[[^]]*\]|[^:\s]+):(\d+)", done.stdout))
    assert kinds == {("Time udp", "37"), ("Mirror tcp", "37"), ("STUN udp", "3700"), ("STUN tcp", "3700"),
                     ("Time udp", "3700")}
    assert server.running


def test_addresses_shows_each_over_its_transports(host, built, tmp_path):
    file = configuration(tmp_path, SETTINGS)
    assert "Time 37 udp, Mirror 37 tcp" in host.run(built.program, "addresses", "-c", file).stdout
    first = json.loads(host.run(built.program, "addresses", "--json", "-c", file).stdout)[0]["listeners"]
    assert [(each["protocols"], each["transports"]) for each in first] == [
        (["time"], ["udp"]), (["mirror"], ["tcp"]), (["stun"], ["udp", "tcp"]), (["time"], ["udp"])]


@pytest.mark.parametrize(("protocols", "transport", "wrong", "allowed"), [
    (["time"], "tcp", "time", "udp"),
    (["time", "mirror"], "tcp", "time", "udp"),
    (["stun", "mirror"], "udp", "mirror", "tcp"),
])
def test_check_names_the_transport_that_a_plugin_does_not_speak(host, built, tmp_path, protocols, transport, wrong, allowed):
    listener = {"port": TIME, "protocols": protocols, "transports": [transport]}
    file = configuration(tmp_path, {**SETTINGS, "listeners": [listener]})
    done = host.run(built.program, "check", "-c", file)
    assert done.returncode == 2
    assert re.search(rf"^{file}:\d+:\d+: listeners\[0\]\.transports: {wrong} does not speak over {transport}; "
                     rf"allowed: {allowed}$", done.stdout + done.stderr, re.MULTILINE), done.stdout + done.stderr


def test_a_key_of_the_plugins_own(host, built, tmp_path):
    assert host.run(built.program, "check", "-c", configuration(tmp_path, SETTINGS)).returncode == 0
    done = host.run(built.program, "check", "-c", configuration(tmp_path, {**SETTINGS, "time": {"zone": "UTC"}}))
    assert done.returncode == 2 and "time.zone" in done.stdout + done.stderr


def test_help_says_what_the_program_answers(host, built):
    assert "It answers Time, Mirror and STUN" in host.run(built.program, "--help").stdout
    assert host.run(built.program, "--version").stdout.startswith("thence ")


def test_the_package_names_no_folder_of_the_build(built):
    described = list(built.prefix.rglob("*.cmake"))
    assert described and not [file for file in described if str(REPOSITORY) in file.read_text()]


def test_the_program_can_be_installed_without_it(built, tmp_path):
    run("cmake", "--install", pathlib.Path(BINARY).parent, "--prefix", tmp_path, "--component", "Program")
    assert (tmp_path / "bin/thence").exists()
    assert not [file for file in tmp_path.rglob("*") if file.suffix in {".a", ".cmake", ".hpp"}]


def test_the_readme_shows_what_is_tested():
    """Each file of its example, as it stands there."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", (REPOSITORY / "protocols/README.md").read_text(), re.MULTILINE | re.DOTALL)
    for file in sorted((SOURCES / "time").iterdir()):
        assert file.read_text() in blocks, file.name
