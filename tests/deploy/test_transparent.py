"""deploy/transparent: its files, loaded as they are, have whole prefixes answered from the address that was asked."""

import socket

import pytest

from bed import stream
from bed.cases import Case
from bed.judge import Target, ask
from bed.modes import expect_right
from bed.thence import questions, serve, settings
from ground.places import DEPLOY

FOLDER = DEPLOY / "transparent"
ANYIP = [Case("AnyIP", Target(address)) for address in ("198.51.100.1", "198.51.100.254", "2001:db8:a::1", "2001:db8:a::ff")]
TPROXY = [Case("TPROXY", Target(address)) for address in ("203.0.113.1", "203.0.113.254", "2001:db8:b::1", "2001:db8:b::ff")]
# The ports that the files are about.
PORTS = (53, 3478)


def load(host, *commands):
    for command in commands:
        done = host.run(*command, cwd=FOLDER)
        assert done.returncode == 0 and not done.stderr, f"{' '.join(command)}: {done.stderr}"


def asked(case):
    return [question for question in questions(case.family) if question.port in PORTS]


def expect_all_right(bed, cases):
    for case in cases:
        for question in asked(case):
            expect_right(case, ask(bed.client, case.target, question), question)
            expect_right(case, stream.ask(bed.client, case.target, question), question)


@pytest.fixture
def routed(bed):
    """The prefixes are routed to the server, which may pass them on as well."""
    for prefix, via in (("198.51.100.0/24", "10.77.1.1"), ("203.0.113.0/24", "10.77.1.1"),
                        ("2001:db8:a::/64", "fd77:1::1"), ("2001:db8:b::/64", "fd77:1::1")):
        bed.client.ip(f"route add {prefix} via {via}")
    bed.server.sysctl("net.ipv4.ip_forward", 1)
    bed.server.sysctl("net.ipv6.conf.all.forwarding", 1)
    return bed


def test_anyip(routed, tmp_path):
    load(routed.server, ("ip", "-batch", "anyip.batch"))
    with serve(routed.server, tmp_path, settings(transparent=True)):
        expect_all_right(routed, ANYIP)


def test_tproxy(routed, tmp_path):
    load(routed.server, ("nft", "-f", "thence.nft"), ("ip", "-batch", "tproxy.batch"), ("ip", "-6", "-batch", "tproxy.batch"))
    load(routed.server, ("nft", "-f", "thence.nft"))  # a second time replaces it
    with serve(routed.server, tmp_path, settings(transparent=True)):
        expect_all_right(routed, TPROXY)
        # Addresses of its own are served as before.
        expect_all_right(routed, [Case("its own", Target("10.77.2.1")), Case("its own", Target("fd77:2::1"))])


def test_tproxy_takes_nothing_but_the_prefixes(routed, tmp_path):
    """What passes this host on its way to somebody else is not for Thence, whatever its port."""
    load(routed.server, ("nft", "-f", "thence.nft"), ("ip", "-batch", "tproxy.batch"), ("ip", "-6", "-batch", "tproxy.batch"))
    with serve(routed.server, tmp_path, settings(transparent=True)):
        for case in (Case("elsewhere", Target("198.51.100.1")), Case("elsewhere", Target("2001:db8:a::1"))):
            for question in asked(case):
                assert ask(routed.client, case.target, question, timeout=0.2).silent
                with routed.client.inside(), pytest.raises(OSError):
                    socket.create_connection((case.target.address, question.port), timeout=0.5)


def test_taken_away_as_the_readme_says(routed):
    batches = (("ip", "tproxy.batch"), ("ip -6", "tproxy.batch"), ("ip", "anyip.batch"))
    before = state(routed.server)
    load(routed.server, ("nft", "-f", "thence.nft"))
    for command, file in batches:
        load(routed.server, (*command.split(), "-batch", file))
    assert state(routed.server) != before
    load(routed.server, ("nft", "delete", "table", "inet", "thence"))
    for command, file in batches:
        lines = [line for line in (FOLDER / file).read_text().splitlines() if not line.startswith("#")]
        routed.server.ip("\n".join(line.replace(" add ", " delete ") for line in lines), *command.split()[1:])
    assert state(routed.server) == before


def state(host):
    shown = (("nft", "list", "ruleset"), ("ip", "rule"), ("ip", "-6", "rule"), ("ip", "route", "show", "table", "all"),
             ("ip", "-6", "route", "show", "table", "all"))
    return [host.run(*command).stdout for command in shown]
