"""The clients that people use: dig, kdig, turnutils_stunclient and stun. Their exit codes mean little, so their text
is read. dig, kdig and turnutils_stunclient do not take a reply from another source than the address they asked."""

import re

import pytest

from bed.cases import UNICAST
from bed.modes import MODES, in_every

BOTH_FAMILIES = [mode for mode in MODES if len(mode.families) == 2 and mode.workers == 2]
IPV4 = [case for case in UNICAST if case.family == 4]
WITHOUT_SCOPE = [case for case in UNICAST if not case.target.device]


def run(responder, case, *command):
    return case.asker(responder.bed).run("timeout", "5", *command).stdout


def dns_command(program, case, *options):
    scope = f"%{case.target.device}" if case.target.device else ""
    source = ("-b", case.target.source) if case.target.source else ()
    kind = "A" if case.family == 4 else "AAAA"
    question = ("-t", kind, "self.thence.test")
    return (program, *source, f"@{case.target.address}{scope}", *question, "+short", "+time=2", *options)


@in_every(BOTH_FAMILIES, UNICAST)
@pytest.mark.parametrize("transport", [(), ("+tcp",)], ids=["UDP", "TCP"])
@pytest.mark.parametrize("program, once", [("dig", "+tries=1"), ("kdig", "+retry=0")])
def test_dns(responder, case, program, once, transport, need):
    need(program)
    assert run(responder, case, *dns_command(program, case, once, *transport)).strip() == case.target.address


def client_address(responder, case):
    """The address that a responder sees: the client's source, chosen or given."""
    if case.target.source:
        return case.target.source
    route = case.asker(responder.bed).run("ip", "-o", "route", "get", case.target.address).stdout
    return re.search(r" src (\S+)", route)[1]


# It does not know the scope of a link-local address.
@in_every(BOTH_FAMILIES, WITHOUT_SCOPE)
def test_turnutils_stunclient(responder, case, need):
    need("turnutils_stunclient")
    source = ("-L", case.target.source) if case.target.source else ()
    text = run(responder, case, "turnutils_stunclient", *source, case.target.address)
    assert f"UDP reflexive addr: {client_address(responder, case)}:" in text


@in_every(BOTH_FAMILIES, IPV4)
def test_stun(responder, case, need):
    need("stun")
    source = ("-i", case.target.source) if case.target.source else ()
    asked = case.asker(responder.bed).run("timeout", "5", "stun", case.target.address, "1", "-v", *source)
    assert f"mappedAddr={client_address(responder, case)}:" in asked.stderr
