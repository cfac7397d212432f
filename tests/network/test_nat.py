"""`thence probe nat` names every kind of router in the bed, by what Thence answers and by what coturn answers.

What it cannot find out it must not name: then the value is null and `not_found_out` gives the reason.
"""

import json
import shutil

import pytest

from bed import peers, thence
from bed.judge import STUN_QUESTION, Target, ask, transport_address
from bed.nat import (ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT, ENDPOINT_INDEPENDENT, HOME_ROUTER, KINDS, PUBLIC,
                     SERVER, SHORT_LIVED, Kind, behind)
from bed.process import eventually

FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["IPv4", "IPv6"])
OPEN = Kind("", ENDPOINT_INDEPENDENT)

THENCE_PORT, COTURN_PORT = 3478, 3578


def settings(behavior_discovery):
    return {
        "listeners": [{"port": THENCE_PORT, "protocols": ["stun"]}],
        "stun": {"behavior-discovery": behavior_discovery} if behavior_discovery else {},
        "log": {"format": "json"},
    }


@pytest.fixture(scope="module")
def thence_port(nat, tmp_path_factory):
    """Where Thence serves, with all that a prober may ask for."""
    everything = settings({"response-port": True, "padding": True})
    with thence.serve(nat.server, tmp_path_factory.mktemp("thence"), everything):
        yield THENCE_PORT


@pytest.fixture(scope="module")
def coturn_port(nat, tmp_path_factory):
    """Where coturn serves. The first address of each family is its first listener."""
    if not shutil.which("turnserver"):
        pytest.skip("turnserver is not installed")
    addresses = [option for pair in SERVER.values() for address in pair for option in ("-L", address)]
    with peers.coturn(nat.server, tmp_path_factory.mktemp("coturn"), *addresses, f"--listening-port={COTURN_PORT}",
                      f"--alt-listening-port={COTURN_PORT + 1}"):
        question = STUN_QUESTION.at(COTURN_PORT)
        for address in (*SERVER[4], *SERVER[6]):
            assert eventually(lambda: not ask(nat.client, Target(address), question, 0.2).silent)
        yield COTURN_PORT


@pytest.fixture
def port(request):
    """The port of the server that the parameter names."""
    return request.getfixturevalue(f"{request.param}_port")


BY_EITHER_SERVER = pytest.mark.parametrize("port", ["thence", "coturn"], indirect=True)


def probe(nat, what, family, *options, port=THENCE_PORT, address=None):
    """What `thence probe` says as JSON, run on the client. Here a second of silence is silence."""
    asked = transport_address(address or SERVER[family][0], port)
    done = nat.client.run("timeout", "60", thence.BINARY, "probe", what, asked, "--from",
                          nat.client_addresses[family][0], "--timeout", "1", "--json", *options)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise AssertionError(f"exit status {done.returncode}\n{done.stdout}{done.stderr}") from error


def report(nat, family, port, lifetime=0):
    """The one report of `thence probe nat` about one address of the client. @param lifetime seconds to try it for"""
    reports = probe(nat, "nat", family, "--lifetime", str(lifetime), port=port)["reports"]
    assert len(reports) == 1, reports
    assert reports[0]["family"] == f"IPv{family}"
    return reports[0]


def without_port(address):
    return address.rpartition(":")[0].strip("[]")


def old_name(kind):
    """The word of RFC 3489 section 5 for a NAT; it has one for every mapping that is not the same for everybody."""
    if not kind.mapping:
        return "open Internet" if kind.filtering == ENDPOINT_INDEPENDENT else "symmetric UDP firewall"
    if kind.mapping != ENDPOINT_INDEPENDENT:
        return "symmetric"
    return {ENDPOINT_INDEPENDENT: "full cone", ADDRESS_DEPENDENT: "restricted cone",
            ADDRESS_AND_PORT_DEPENDENT: "port-restricted cone"}[kind.filtering]


def expect_reason(said, word):
    """That the report says why something was not found out."""
    reasons = [each["why"] for each in said["not_found_out"] if word in each["what"]]
    assert reasons and all(reasons), said


def expect_hairpinning(said, kind):
    if said["hairpinning"] is None and kind.mapping:
        # A filter that opens only to whom was asked may shut out what a hairpin brings under yet another mapping.
        assert kind.mapping != ENDPOINT_INDEPENDENT and not kind.hairpinning, said
        expect_reason(said, "hairpin")
    else:
        assert said["hairpinning"] == (kind.hairpinning if kind.mapping else None), said


@behind(KINDS)
@FAMILIES
@BY_EITHER_SERVER
def test_each_kind_is_named(nat, port, family):
    kind = nat.kind
    said = report(nat, family, port)
    seen_at = PUBLIC[family][0] if kind.mapping else nat.client_addresses[family][0]
    assert without_port(said["local"]) == nat.client_addresses[family][0]
    assert without_port(said["reflexive"]) == seen_at
    assert said["nat"] == bool(kind.mapping), said
    assert said["mapping"] == (kind.mapping or ENDPOINT_INDEPENDENT), said
    assert said["filtering"] == kind.filtering, said
    assert said["old_name"] == old_name(kind), said
    assert said["verdict"]
    expect_hairpinning(said, kind)


@behind([HOME_ROUTER, *(kind for kind in KINDS if not kind.fragments), OPEN])
@FAMILIES
def test_fragments(nat, thence_port, family):
    assert report(nat, family, thence_port)["fragments"] == nat.kind.fragments


@behind([SHORT_LIVED])
@FAMILIES
def test_the_lifetime_of_a_binding(nat, thence_port, family):
    said = report(nat, family, thence_port, lifetime=8)["lifetime_seconds"]
    assert said["at_least"] is None or said["at_least"] <= nat.kind.lifetime, said
    assert said["less_than"] is not None, said
    assert nat.kind.lifetime <= said["less_than"] <= 8, said


@behind([HOME_ROUTER])
@FAMILIES
def test_a_binding_that_outlives_the_test(nat, thence_port, family):
    said = report(nat, family, thence_port, lifetime=3)["lifetime_seconds"]
    assert said["at_least"] == 3, said
    assert said["less_than"] is None, said


@behind([HOME_ROUTER])
@FAMILIES
def test_what_a_server_does_not_offer_is_not_found_out(nat, tmp_path, family):
    with thence.serve(nat.server, tmp_path, settings(True)):
        said = report(nat, family, THENCE_PORT, lifetime=2)
    assert (said["mapping"], said["filtering"]) == (nat.kind.mapping, nat.kind.filtering)
    assert said["fragments"] is None
    expect_reason(said, "fragments")
    assert (said["lifetime_seconds"]["at_least"], said["lifetime_seconds"]["less_than"]) == (None, None)
    expect_reason(said, "lifetime")


@behind([HOME_ROUTER])
@FAMILIES
def test_a_server_without_behaviour_discovery(nat, tmp_path, family):
    with thence.serve(nat.server, tmp_path, settings(None)):
        said = report(nat, family, THENCE_PORT)
    assert said["nat"] is True
    assert without_port(said["reflexive"]) == PUBLIC[family][0]
    assert (said["mapping"], said["filtering"], said["old_name"]) == (None, None, None)
    expect_reason(said, "mapping")
    expect_reason(said, "filtering")


@behind([HOME_ROUTER])
@FAMILIES
def test_nobody_there(nat, family):
    said = report(nat, family, THENCE_PORT)
    assert [said[what] for what in ("reflexive", "nat", "mapping", "filtering", "old_name")] == [None] * 5
    assert said["not_found_out"]


@behind([HOME_ROUTER, OPEN])
@pytest.mark.parametrize("address", [*SERVER[4], *SERVER[6]])
def test_probe_stun(nat, thence_port, address):
    family = 6 if ":" in address else 4
    result, = probe(nat, "stun", family, port=thence_port, address=address)["results"]
    assert result["verdict"] == "right", result
    assert result["answered_from"] == transport_address(address, thence_port)
    assert without_port(result["local"]) == nat.client_addresses[family][0]
    assert without_port(result["reflexive"]) == (PUBLIC if nat.kind.mapping else nat.client_addresses)[family][0]
    assert result["round_trip_ms"] > 0


@behind([OPEN])
@FAMILIES
def test_probe_stun_about_a_server_that_answers_from_elsewhere(nat, tmp_path, family, need):
    need("turnserver")
    first, second = SERVER[family]
    with peers.coturn_wildcard(nat.server, tmp_path):
        assert eventually(lambda: not ask(nat.client, Target(first), STUN_QUESTION, 0.2).silent)
        result, = probe(nat, "stun", family, address=second)["results"]
    assert result["verdict"] == "wrong source", result
    assert without_port(result["answered_from"]) == first


@behind([HOME_ROUTER])
@FAMILIES
def test_probe_stun_where_nobody_is(nat, family):
    result, = probe(nat, "stun", family)["results"]
    assert result["verdict"] == "no answer", result
    assert result["why"]
