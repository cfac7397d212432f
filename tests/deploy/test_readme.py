"""The top-level README: each command and configuration in it is used as it stands, and does what stands there.

A configuration (```yaml) is checked, and serves from then on what the commands below it ask. Commands are those of a
```console, with what they print, or of a ```sh, which have to succeed. Each runs on the host that its prompt names: `$`
is the one that serves, on two uplinks, and `client$` the one that asks. In what they print, `...` stands for anything,
and so do ports that the system chose, and times.

A block that is of another kind, or in a section that has no place here, fails: nothing in the README goes untested.
"""

import contextlib
import dataclasses
import itertools
import os
import re
import subprocess
import xml.etree.ElementTree

import pytest

from bed.judge import Target, ask, dns_question
from bed.multihomed import await_reachable
from bed.namespace import Namespace
from bed.nat import HOME_ROUTER, SERVER, Nat
from bed.process import Process, eventually
from bed.thence import BINARY
from ground import manual
from ground.places import DEPLOY, REPOSITORY

README = REPOSITORY / "README.md"
KEYS = REPOSITORY / "config/README.md"
PICTURE = REPOSITORY / "tests/network/two-uplinks.svg"
WORDS_ONLY = {"text"}  # blocks with nothing to run


@dataclasses.dataclass(frozen=True)
class Block:
    section: str
    kind: str
    line: int
    text: str


def blocks():
    section = kind = ""
    for number, line in enumerate(README.read_text().splitlines(), 1):
        if kind:
            if line == "```":
                yield Block(section, kind, first, "".join(text))
                kind = ""
            else:
                text.append(line + "\n")
        elif line.startswith("```"):
            kind, first, text = line[3:] or "nothing", number + 1, []
        elif line.startswith("#"):
            section = line.lstrip("# ")


SECTIONS = {name: list(own) for name, own in itertools.groupby(blocks(), lambda block: block.section)}


# The hosts.


@contextlib.contextmanager
def hosts(*roles):
    with contextlib.ExitStack() as stack:
        made = []
        for role in roles:
            made.append(Namespace(role))
            stack.callback(made[-1].remove)
        yield made


@contextlib.contextmanager
def two_uplinks():
    """The host of the picture, with a rule for the source of each uplink, and a client who is all the world."""
    with hosts("server", "client") as (server, client):
        for number, (interface, ipv4, ipv6) in enumerate((("eth0", "192.0.2", "2001:db8:1"),
                                                          ("eth1", "198.51.100", "2001:db8:2")), 1):
            server.link(interface, client)
            for host, end in ((server, 2), (client, 1)):
                host.ip(f"""
                    addr add {ipv4}.{end}/24 dev {interface}
                    addr add {ipv6}::{end}/64 dev {interface} nodad
                """)
            server.ip(f"""
                route add default via {ipv4}.1 dev {interface} table {number}
                rule add from {ipv4}.0/24 lookup {number}
            """)
        server.ip("route add default via 192.0.2.1 dev eth0")
        client.ip("""
            addr add 203.0.113.9/32 dev lo
            route add 192.0.2.2/32 dev eth0 src 203.0.113.9
            route add 198.51.100.2/32 dev eth1 src 203.0.113.9
        """)
        await_reachable(client, "192.0.2.2", "198.51.100.2", "2001:db8:1::2", "2001:db8:2::2")
        yield {"": server, "client": client}


@contextlib.contextmanager
def behind_nat_one_to_one():
    """The world knows 10.0.0.5 as 203.0.113.77."""
    with two_uplinks() as made:
        made[""].ip("addr add 10.0.0.5/24 dev eth0")
        made["client"].ip("addr add 10.0.0.1/24 dev eth0\nroute add 203.0.113.77/32 via 10.0.0.5 dev eth0")
        made["client"].nft("""
            table ip nat {
                chain output {
                    type nat hook output priority -100
                    ip daddr 203.0.113.77 dnat to 10.0.0.5
                }
            }
        """)
        await_reachable(made["client"], "10.0.0.5")
        yield made


@contextlib.contextmanager
def beside_a_stub_resolver(folder):
    """Something has the sockets that systemd-resolved has."""
    holder = "import socket, time\nheld = []\n" + "".join(
        f"held.append(socket.socket(socket.AF_INET, socket.{kind})); held[-1].bind(('{address}', 53)); {more}\n"
        for address in ("127.0.0.53", "127.0.0.54")
        for kind, more in (("SOCK_DGRAM", "pass"), ("SOCK_STREAM", "held[-1].listen()"))) + "time.sleep(3600)\n"
    (folder / "resolver").mkdir()
    with two_uplinks() as made, Process(made[""], folder / "resolver", "/usr/bin/python3", "-c", holder):
        assert eventually(lambda: made[""].run("ss", "-Hlntu", "sport = :53").stdout.count("127.0.0.5") == 4)
        yield made


@contextlib.contextmanager
def behind_a_home_router(folder):
    """stun.example.org is a host with two public addresses; the client is behind NAT."""
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{SERVER[4][0]} stun.example.org\n")
    with Nat(HOME_ROUTER) as made:
        yield {"": made.server, "client": made.client}


PLACES = {
    "Two commands": lambda _: two_uplinks(),
    "Answer on a virtual address (VIP)": lambda _: two_uplinks(),
    "A different answer on each interface": lambda _: two_uplinks(),
    "Behind 1:1 NAT": lambda _: behind_nat_one_to_one(),
    "Beside systemd-resolved": beside_a_stub_resolver,
    "In Kubernetes": lambda _: two_uplinks(),
    "What does my NAT do?": behind_a_home_router,
    "What is wrong with my configuration?": lambda _: two_uplinks(),
}

# Commands that end with another status than 0, as they should.
FINDS_MISTAKES = re.compile(r"thence check -c /dev/stdin$")


# What a reader has: a clone, where the program is built, and is on the path.

CLONE = """#!/bin/sh
[ "$*" = 'clone URL-OF-THIS-REPOSITORY thence' ] && mkdir thence
"""
# What deploy/run does before that, tests/quick-start looks at.
RUN = """#!/bin/sh
exec "{binary}" serve "$@"
"""
# Debian has no kubectl, and there is no cluster.
KUBECTL = """#!/usr/bin/python3
import pathlib, sys
sys.path[:0] = ["{repository}/tests/deploy"]
from ground.kustomization import by_hand
assert sys.argv[1:3] == ["apply", "-k"] and len(sys.argv) == 4, sys.argv
assert by_hand(pathlib.Path(sys.argv[3]))
"""


def script(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(binary=BINARY, repository=REPOSITORY))
    file.chmod(0o755)


class Reader:
    """Does what the README says."""

    def __init__(self, folder, places):
        self.folder, self.hosts = folder / "reader", places
        self.server = self.pending = None
        script(self.folder / "bin/git", CLONE)
        script(self.folder / "bin/kubectl", KUBECTL)
        script(self.folder / "deploy/run", RUN)
        (self.folder / "bin/thence").symlink_to(BINARY)
        (self.folder / "build/release").mkdir(parents=True)
        (self.folder / "build/release/thence").symlink_to(BINARY)
        (self.folder / "deploy/kubernetes").symlink_to(DEPLOY / "kubernetes")
        self.known_hosts = folder / "hosts"
        self.environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.server:
            assert self.server.stop() == 0, self.server.output()
        self.server = None

    def run(self, host, command):
        # A hosts file of its own, where there is one.
        if self.known_hosts.exists():
            command = f"mount --bind {self.known_hosts} /etc/hosts && {command}"
        return self.hosts[host].run("unshare", "--mount", "bash", "-c", f"exec 2>&1; {command}", cwd=self.folder,
                                    env=self.environment, timeout=120)  # fmt: skip

    def serve(self, *command):
        self.stop()
        self.server = Process(self.hosts[""], self.folder, *command, environment=self.environment)
        serving = eventually(lambda: " serving " in self.server.output() or not self.server.running)
        assert serving and self.server.running, self.server.output()
        return self.server.out.read_text()

    def yaml(self, text):
        self.stop()
        (self.folder / "thence.yaml").write_text(text)
        said = self.run("", "thence check -c thence.yaml")
        wrong = re.findall(r".*(?:warning|cannot|left out).*", said.stdout)
        assert said.returncode == 0 and said.stdout.startswith("thence.yaml: good") and not wrong, said.stdout
        self.serve("bin/thence", "serve", "-c", "thence.yaml")

    def sh(self, text):
        for command in text.splitlines():
            done = self.run("", command)
            assert done.returncode == 0, f"{command}\n{done.stdout}"

    def console(self, text):
        for host, command, expected in commands(text):
            if command == "deploy/run":
                said = self.serve(command)
            else:
                done = self.run(host, command)
                said = done.stdout
                assert done.returncode == (2 if FINDS_MISTAKES.search(command) else 0), f"{command}\n{said}"
            assert agrees(expected, said), f"{command}\nprints\n{said}\nand not\n{expected}"


def commands(text):
    """@return each command of a ```console: (host, command, what it prints)"""
    found = re.split(r"^(\w*)\$ (.*)\n", text, flags=re.MULTILINE)
    assert found[0] == "", f"does not begin with a prompt: {found[0]}"
    return list(zip(found[1::3], found[2::3], found[3::3]))


def usual(text):
    """Without what differs from run to run: a port that the system chose, a time, and the space at a line's end."""
    text = re.sub(r":(?:3[2-9]|4\d|5\d|6[0-5])\d{3}\b", ":PORT", text)
    text = re.sub(r"\b\d+\.\d\d ms\b *", "TIME ", text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def agrees(expected, said):
    pattern = re.escape(usual(expected)).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, usual(said), re.DOTALL) is not None


@pytest.mark.parametrize("section", SECTIONS)
def test_what_stands_there_is_so(section, tmp_path):
    runnable = [block for block in SECTIONS[section] if block.kind not in WORDS_ONLY]
    unknown = [block for block in runnable if block.kind not in ("yaml", "sh", "console")]
    assert not unknown, f"README.md:{unknown[0].line}: nobody here knows how to run ```{unknown[0].kind}"
    if not runnable:
        return
    assert section in PLACES, f"README.md:{runnable[0].line}: no place is known for “{section}”"
    with PLACES[section](tmp_path) as places, Reader(tmp_path, places) as reader:
        for block in runnable:
            try:
                getattr(reader, block.kind)(block.text)
            except AssertionError as problem:
                raise AssertionError(f"README.md:{block.line}: {problem}") from None


def test_each_place_is_in_use():
    assert set(PLACES) <= set(SECTIONS)


@pytest.mark.parametrize("expected, said, same", [
    ("a ... c\n", "a b c\n", True),
    ("a\n...\nz\n", "a\nb\nc\nz\n", True),
    ('"203.0.113.9:50123"\n', '"203.0.113.9:41000"\n', True),
    ("192.0.2.2:5300\n", "192.0.2.2:5301\n", False),
    ("192.0.2.2\n", "192.0.2.3\n", False),
    ("", "something\n", False),
])  # fmt: skip
def test_what_counts_as_the_same(expected, said, same):
    assert agrees(expected, said) == same


def test_links_lead_somewhere():
    text = README.read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    assert len(links) > 10
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_programs_that_it_names_are_there():
    named = set(re.findall(r"`((?:tests|deploy)/[\w/.-]+)", README.read_text()))
    assert {each for each in named if not (REPOSITORY / each).exists()} == set()


def test_the_table_of_keys_is_that_of_the_manual():
    """The same keys, but for those of the protocols, which have tables of their own."""
    table = KEYS.read_text().partition("| file |")[0]
    cells = re.findall(r"^\| (`[a-z].*?) \|", table, re.MULTILINE)
    listed = {key for cell in cells for key in re.findall(r"`([a-z.\[\]-]+)`", cell)}
    known = set(manual.keys())
    assert listed - known == set()
    leaves = {key for key in known if not any(other.startswith((key + ".", key + "[].")) for other in known)}
    assert {key for key in leaves if not key.startswith(("dns", "stun"))} <= listed


# The picture.


def test_the_picture(tmp_path):
    """Both halves of it, on its own host: a plain server on a wildcard socket, and Thence."""
    words = "".join(xml.etree.ElementTree.parse(PICTURE).getroot().itertext())
    client, first, second = "203.0.113.9", "192.0.2.2", "198.51.100.2"
    assert all(address in words for address in (client, first, second))
    plain = ("import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 5301))\n"
             "while True:\n    query, client = s.recvfrom(4096)\n    s.sendto(query[:2] + b'\\x80' + query[3:], client)\n")
    question = dns_question("self.thence.test", "A")
    with two_uplinks() as made, Reader(tmp_path, made) as reader:
        (tmp_path / "plain").mkdir()
        with Process(made[""], tmp_path / "plain", "/usr/bin/python3", "-c", plain):
            wrong = eventually(lambda: answered(made["client"], second, question.at(5301)))
        assert (wrong.address, wrong.interface) == (first, "eth0")
        reader.serve(BINARY, "serve")
        right = answered(made["client"], second, question.at(5300))
        assert (right.address, right.interface) == (second, "eth1")


def answered(client, address, question):
    verdict = ask(client, Target(address, "203.0.113.9"), question, 0.5)
    return None if verdict.silent else verdict


def test_the_pictures_need_nothing_else():
    """No font, script or image from elsewhere: a forge shows none of it."""
    for file in (PICTURE, REPOSITORY / "tests/bench/figures.svg"):
        text = file.read_text()
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "") and "<script" not in text
        assert "prefers-color-scheme: dark" in text


def test_the_two_commands_are_those_of_the_quick_start():
    first, second, *_ = [command for _, command, _ in commands(SECTIONS["Two commands"][0].text)]
    assert first == "git clone URL-OF-THIS-REPOSITORY thence && cd thence"
    assert f'"$root/{second}"' in (REPOSITORY / "tests/quick-start").read_text()
    help_text = subprocess.run([REPOSITORY / "tests/run", "--help"], capture_output=True, text=True, check=True).stdout
    assert "quick-start" in help_text


# The READMEs of the sources' folders.


@pytest.mark.parametrize("readme", [
    "config", "protocols/dns", "protocols/stun", "responder/run", "responder/socket",
])  # fmt: skip
def test_each_source_stands_in_the_table_of_its_folder(readme):
    folder = REPOSITORY / readme
    named = {path.split("/")[-1] for path in re.findall(r"`([\w/]+)`", (folder / "README.md").read_text())}
    stems = {file.stem for file in folder.rglob("*.hpp")}
    assert stems - named == set()


def test_links_of_all_readmes_lead_somewhere():
    listed = subprocess.run(["git", "ls-files", "-z", "*README.md"], cwd=REPOSITORY, capture_output=True, text=True,
                            check=False).stdout.split("\0")  # fmt: skip
    for file in filter(None, listed):
        links = re.findall(r"\]\((?!http)([^)#]+)\)", (REPOSITORY / file).read_text())
        assert [link for link in links if not (REPOSITORY / file).parent.joinpath(link).exists()] == [], file
