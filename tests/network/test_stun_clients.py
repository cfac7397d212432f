"""What STUN clients of other hands find out from Thence behind NAT: `turnutils_natdiscovery` and `stun` name its kind,
the rest their public address. Their exit codes mean little, so their text is read.
"""

import ipaddress
import re
import sys

import pytest

from bed import browser, thence
from bed.nat import (ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT, DEPENDENCES, ENDPOINT_INDEPENDENT, HOME_ROUTER,
                     KINDS, PUBLIC, SERVER, SHORT_LIVED, Kind, behind)

FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["IPv4", "IPv6"])
EACH_ADDRESS = pytest.mark.parametrize("address", [*SERVER[4], *SERVER[6]])
EACH_IPV4_ADDRESS = pytest.mark.parametrize("address", SERVER[4])

NATDISCOVERY = "turnutils_natdiscovery"
SAID = {
    ENDPOINT_INDEPENDENT: "Endpoint Independent",
    ADDRESS_DEPENDENT: "Address Dependent",
    ADDRESS_AND_PORT_DEPENDENT: "Address and Port Dependent",
}
NO_ANSWER = "STUN receive timeout"


@pytest.fixture(scope="module")
def discovered(nat, tmp_path_factory):
    """The bed, with Thence on its server, which does all that a client may ask for."""
    settings = {
        "listeners": [{"port": 3478, "protocols": ["stun"]},
                      {"port": thence.SHARED_PORT, "protocols": ["dns", "stun"]}],
        "stun": {"behavior-discovery": {"response-port": True, "padding": True}},
        "log": {"format": "json"},
    }
    with thence.serve(nat.server, tmp_path_factory.mktemp("thence"), settings):
        yield nat


@pytest.fixture
def run(discovered, need):
    """Runs a command on the client and gives what it says. @param seconds after which it is ended"""

    def run(*command, seconds=20):
        need(command[0])
        done = discovered.client.run("timeout", str(seconds), *command)
        return done.stdout + done.stderr

    return run


def kinds_with(**values):
    return [kind for kind in KINDS if all(getattr(kind, name) == value for name, value in values.items())]


def reflexive(text):
    """What turnutils programs say the public addresses are, one for each response."""
    return re.findall(r"UDP reflexive addr: (\S+):(\d+)$", text, re.MULTILINE)


@behind([kind for kind in KINDS if kind.mapping != ADDRESS_DEPENDENT])
@FAMILIES
def test_natdiscovery_names_the_mapping(discovered, run, family):
    text = run(NATDISCOVERY, "-m", SERVER[family][0])
    expected = SAID[discovered.kind.mapping or ENDPOINT_INDEPENDENT]  # addresses that stay as they are do not depend
    assert re.findall("NAT with (.*) Mapping!", text) == [expected], text


@behind(kinds_with(mapping=ADDRESS_DEPENDENT))
@FAMILIES
def test_natdiscovery_misjudges_mappings_that_depend_on_the_address(discovered, run, family):
    """For its third request it takes OTHER-ADDRESS from the answer to the second one, where coturn, wrongly, names the
    address just asked. By RFC 5780 section 7.4 it names the other one: the first, whose mapping is then compared with
    that of the second. So what it is told is right, and what it makes of that is not."""
    text = run(NATDISCOVERY, "-m", SERVER[family][0])
    first, second = SERVER[family]
    asked = re.findall(r"Response origin: : (\S+):(\d+)$", text, re.MULTILINE)
    assert list(dict.fromkeys(asked)) == [(first, "3478"), (second, "3478"), (first, "3479")], text
    mapped = reflexive(text)
    assert mapped[0] == mapped[2] != mapped[1], text
    assert "NAT with Address and Port Dependent Mapping!" in text


@behind([Kind(ENDPOINT_INDEPENDENT, filtering) for filtering in DEPENDENCES])
@FAMILIES
def test_natdiscovery_names_the_filtering(discovered, run, family):
    text = run(NATDISCOVERY, "-f", SERVER[family][0])
    assert re.findall("NAT with (.*) Filtering!", text) == [SAID[discovered.kind.filtering]], text


@behind([*kinds_with(hairpinning=True, mapping=ENDPOINT_INDEPENDENT), HOME_ROUTER])
@FAMILIES
def test_natdiscovery_tells_whether_hairpinning_works(discovered, run, family):
    text = run(NATDISCOVERY, "-H", SERVER[family][0])
    assert ("successful hairpinning" in text) == discovered.kind.hairpinning, text
    assert (NO_ANSWER in text) != discovered.kind.hairpinning, text


@behind([HOME_ROUTER, *kinds_with(fragments=False)])
@FAMILIES
def test_natdiscovery_with_padding_sees_whether_fragments_pass(discovered, run, family):
    text = run(NATDISCOVERY, "-m", "-P", SERVER[family][0])
    assert ("NAT with Endpoint Independent Mapping!" in text) == discovered.kind.fragments, text
    assert (NO_ANSWER in text) != discovered.kind.fragments, text


@behind([SHORT_LIVED])
@FAMILIES
@pytest.mark.parametrize("seconds", [1, 4])
def test_natdiscovery_sees_whether_a_binding_is_still_there(discovered, run, family, seconds):
    text = run(NATDISCOVERY, "-t", "-T", str(seconds), SERVER[family][0])
    alive = seconds < discovered.kind.lifetime
    # The second request asks by RESPONSE-PORT for an answer to the port of the first one.
    assert len(reflexive(text)) == (2 if alive else 1), text
    assert (NO_ANSWER in text) != alive, text


@behind([HOME_ROUTER])
@FAMILIES
def test_natdiscovery_of_two_clients_with_the_same_port(discovered, run, family):
    first, second = discovered.client_addresses[family]
    text = run(NATDISCOVERY, "-c", "-L", first, "-l", "4444", "-A", second, SERVER[family][0])
    (address, port), (another_address, another_port) = reflexive(text)
    assert address == another_address == PUBLIC[family][0]
    assert port == "4444" != another_port, text


@behind([HOME_ROUTER])
@EACH_ADDRESS
def test_turnutils_stunclient(run, address):
    family = ipaddress.ip_address(address).version
    # With two addresses served it asks for more, and for ever where that is filtered.
    text = run("turnutils_stunclient", address, seconds=1)
    assert [public for public, _ in reflexive(text)] == [PUBLIC[family][0]], text
    assert f"Response origin: : {address}:3478" in text
    other = next(each for each in SERVER[family] if each != address)
    assert f"Other addr: : {other}:3479" in text


def primary(kind):
    """How `stun`, a client of RFC 3489, should call a kind of router."""
    if not kind.mapping:
        return "Open" if kind.filtering == ENDPOINT_INDEPENDENT else "Firewall"
    if kind.mapping == ENDPOINT_INDEPENDENT:
        behaviour = "Independent Mapping, " + {
            ENDPOINT_INDEPENDENT: "Independent Filter",
            ADDRESS_DEPENDENT: "Address Dependent Filter",
            ADDRESS_AND_PORT_DEPENDENT: "Port Dependent Filter",
        }[kind.filtering]
    else:
        behaviour = "Dependent Mapping"
    port = "preserves ports" if kind.by in ("masquerade", "addresses") else "random port"
    # It asks for its way back from the socket of its first request, which a mapping that depends on the peer shuts out.
    return f"{behaviour}, {port}, {'will' if kind.hairpinning else 'no'} hairpin"


@behind(KINDS)
def test_stun(discovered, run):
    text = run("stun", SERVER[4][0])
    assert re.findall(r"^Primary: (.*?)\s*$", text, re.MULTILINE) == [primary(discovered.kind)], text


# On IPv6 its script takes the first four octets for an IPv4 address.
@behind([HOME_ROUTER])
@EACH_IPV4_ADDRESS
def test_nmap(run, address):
    text = run("nmap", "-sU", "-Pn", "-n", "-p", "3478", "--script", "stun-info", address)
    assert re.search(r"External IP: (\S+)", text)[1] == PUBLIC[4][0], text


_AIOICE = """
import asyncio, sys, aioice

async def main():
    connection = aioice.Connection(ice_controlling=True, stun_server=(sys.argv[1], 3478), use_ipv6=False)
    await connection.gather_candidates()
    for candidate in connection.local_candidates:
        if candidate.type == "srflx":
            print(candidate.host, candidate.related_address)
    await connection.close()

asyncio.run(main())
"""


# It asks over IPv4 only.
@behind([HOME_ROUTER])
@EACH_IPV4_ADDRESS
def test_aioice(discovered, run, address):
    pytest.importorskip("aioice")
    text = run(sys.executable, "-c", _AIOICE, address)
    assert sorted(text.split("\n")[:-1]) == [f"{PUBLIC[4][0]} {own}" for own in discovered.client_addresses[4]], text


_LIBNICE = """
import ctypes, sys
import gi
gi.require_version("Nice", "0.1")
from gi.repository import GLib, Nice

server, port, own = sys.argv[1:]
loop = GLib.MainLoop()
agent = Nice.Agent.new(loop.get_context(), Nice.Compatibility.RFC5245)
for name, value in {"stun-server": server, "stun-server-port": int(port), "upnp": False, "ice-tcp": False}.items():
    agent.set_property(name, value)
address = Nice.Address.new()
address.set_from_string(own)
agent.add_local_address(address)
agent.connect("candidate-gathering-done", lambda *_: loop.quit())
stream = agent.add_stream(1)
# What reads its sockets cannot be introspected.
received = ctypes.CFUNCTYPE(None)(lambda: None)
attach_recv = ctypes.CDLL("libnice.so.10").nice_agent_attach_recv
attach_recv.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint] + [ctypes.c_void_p] * 3
attach_recv(hash(agent), stream, 1, None, ctypes.cast(received, ctypes.c_void_p), None)
agent.gather_candidates(stream)
GLib.timeout_add_seconds(10, loop.quit)
loop.run()
for candidate in agent.get_local_candidates(stream, 1):
    if candidate.type == Nice.CandidateType.SERVER_REFLEXIVE:
        print(candidate.addr.dup_string())
"""


@behind([HOME_ROUTER])
@FAMILIES
@pytest.mark.parametrize("port", [3478, thence.SHARED_PORT], ids=["own port", "shared with DNS"])
def test_libnice_whose_requests_are_those_of_rfc_3489(discovered, run, family, port):
    pytest.importorskip("gi")
    own = discovered.client_addresses[family][0]
    text = run("/usr/bin/python3", "-c", _LIBNICE, SERVER[family][0], str(port), own)
    assert text.split() == [PUBLIC[family][0]], text


@behind([HOME_ROUTER])
def test_webrtc_in_chromium(discovered, need, tmp_path):
    need(browser.PROGRAM)
    with browser.Browser(discovered.client, tmp_path) as chromium:
        for family, addresses in SERVER.items():
            for address in addresses:
                found = chromium.gather(f"stun:[{address}]:3478" if family == 6 else f"stun:{address}:3478")
                own = discovered.client_addresses[family][0]
                public = [words.split()[4] for words in found if f" typ srflx raddr {own} " in words]
                assert public == [PUBLIC[family][0]], found
