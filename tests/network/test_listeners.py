"""Which addresses a listener serves, and by which sockets: filters by interface and prefix, a socket an address, what
happens where another program has the port on some address; and how all of that follows the host.
"""

import contextlib
import json
import socket

import pytest

from bed import cases, stream
from bed.judge import STUN_QUESTION, Question, Target, ask, dns_question
from bed.modes import expect_right
from bed.process import eventually
from bed.stun_message import OTHER_ADDRESS, belongs, binding_request, parse
from bed.thence import BINARY, ZONE, Thence, configuration, serve, settings

SELF = {4: dns_question("self.thence.test", "A"), 6: dns_question("self.thence.test", "AAAA")}
WAYS = pytest.mark.parametrize("bind", ["wildcard", "addresses", "dual-stack"])
STUB = "127.0.0.53"


def one_listener(port=53, **listener):
    values = settings()
    values["listeners"] = [{"port": port, "protocols": ["dns", "stun"], **listener}]
    return values


def answers(bed, address, device=""):
    """Whether an address answers rightly over UDP and over TCP, with the right source. @return (udp, tcp)"""
    target = Target(address, device=device)
    verdict = ask(bed.client, target, SELF[target.family], timeout=0.3)
    if not verdict.silent:
        expect_right(cases.Case(address, target), verdict, SELF[target.family])
    try:
        tcp = stream.ask(bed.client, target, SELF[target.family]).answer == (address,)
    except (ConnectionError, TimeoutError):
        tcp = False
    return not verdict.silent, tcp


def expect(bed, served, silent, **options):
    for address in served:
        assert answers(bed, address, **options) == (True, True), f"{address} is silent"
    for address in silent:
        assert answers(bed, address, **options) == (False, False), f"{address} answers"


@WAYS
def test_interfaces(bed, tmp_path, bind):
    with serve(bed.server, tmp_path, one_listener(bind=bind, interfaces=["t*", "!tx"])) as server:
        expect(bed, ["10.77.2.1", "fd77:2::1"], ["10.77.1.1", "10.77.1.2", "fd77:1::1", "10.88.0.53", "fd88::53"])
        expect(bed, ["fe80::1"], [], device="two")
        expect(bed, [], ["fe80::1"], device="one")
        counters = server.counters()
    if bind != "addresses":
        assert counters["udp.dropped.excluded"] == 6
        assert counters["tcp.refused.excluded"] == 6
    assert counters["udp.received"] - counters["udp.dropped.excluded"] == 3


@pytest.mark.parametrize("bind", ["wildcard", "dual-stack"])
@pytest.mark.parametrize("address", ["10.77.1.1", "fd77:1::1"])
def test_an_excluded_connection_is_reset(bed, tmp_path, bind, address):
    with serve(bed.server, tmp_path, one_listener(bind=bind, interfaces=["two"])) as server:
        for _ in range(20):
            with pytest.raises(ConnectionResetError), stream.connection(bed.client, Target(address), 53) as tcp:
                tcp.recv(1)
                pytest.fail("closed without a reset")
        assert server.counters()["tcp.refused.excluded"] == 20


@WAYS
def test_addresses(bed, tmp_path, bind):
    listener = {"bind": bind, "addresses": ["10.77.0.0/16", "!10.77.1.2", "fd77:1::/64"]}
    with serve(bed.server, tmp_path, one_listener(**listener)):
        expect(bed, ["10.77.1.1", "10.77.2.1", "fd77:1::1", "fd77:1::2"],
               ["10.77.1.2", "10.88.0.53", "fd77:2::1", "fd88::53"])


@WAYS
def test_an_interface_that_is_renamed_or_comes_is_judged_by_its_name(bed, tmp_path, bind):
    with serve(bed.server, tmp_path, one_listener(bind=bind, interfaces=["lan*", "!lan9"])):
        expect(bed, [], ["10.77.2.1", "fd77:2::1"])
        bed.server.ip("link set two down\nlink set two name lan1\nlink set lan1 up")
        bed.server.ip("addr replace fd77:2::1/64 dev lan1 nodad\naddr replace fe80::1/64 dev lan1 nodad")
        bed.await_reachable("10.77.2.1", "fd77:2::1")
        assert eventually(lambda: answers(bed, "10.77.2.1") == (True, True))
        assert eventually(lambda: answers(bed, "fd77:2::1") == (True, True))
        bed.connect("lan4", 4)
        assert eventually(lambda: answers(bed, "10.77.4.1") == (True, True))
        bed.connect("lan9", 9)
        expect(bed, [], ["10.77.9.1", "fd77:9::1"])


@WAYS
@pytest.mark.parametrize("interfaces", [["*", "!lo"], ["one"]], ids=str)
def test_an_address_on_lo_is_served_where_its_requests_arrive(bed, tmp_path, bind, interfaces):
    """Also while another program has an address of the same port, so that no wildcard can be had."""
    bed.server.ip(f"addr add {STUB}/8 dev lo")
    values = one_listener(bind=bind, interfaces=interfaces)
    with contextlib.ExitStack() as programs:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM) if bind != "dual-stack" else ():
            programs.enter_context(stub(bed.server, kind))
        programs.enter_context(serve(bed.server, tmp_path, values))
        expect(bed, ["10.88.0.53", "fd88::53", "10.77.1.1", "fd77:1::1"], [])
        if bind != "dual-stack":
            assert not {"0.0.0.0", "127.0.0.1"} & {address for _, address in bound(bed.server)}
        listed = bed.server.run(BINARY, "addresses", "-c", str(tmp_path / "thence.yaml")).stdout
        assert {line.split()[1] for line in listed.splitlines() if line.startswith("lo ")} == {"10.88.0.53", "fd88::53"}
        # To the host itself they are addresses of lo, where nothing is served.
        tested = bed.server.run(BINARY, "selftest", "-c", str(tmp_path / "thence.yaml"))
        assert tested.returncode == 0 and ", 0 not" in tested.stdout, tested.stdout


def test_an_address_of_an_excluded_interface_is_left_to_others(bed, tmp_path):
    with serve(bed.server, tmp_path, one_listener(bind="addresses", interfaces=["*", "!two"])) as server:
        with stub(bed.server, socket.SOCK_STREAM, "10.77.2.1"), stub(bed.server, socket.SOCK_DGRAM, "10.77.2.1"):
            expect(bed, ["10.77.1.1", "10.88.0.53"], [])
        assert server.log("address not served") == []


def bound(host, port=53):
    """The local addresses of sockets on a port, by protocol, as the system lists them."""
    listed = host.run("ss", "-Hnltu", f"sport = :{port}").stdout.splitlines()
    return sorted((line.split()[0], line.split()[4].rpartition(":")[0]) for line in listed)


def test_a_socket_an_address_follows_the_addresses(bed, tmp_path):
    values = one_listener(bind="addresses", interfaces=["one", "lo"])
    with serve(bed.server, tmp_path, values):
        before = bound(bed.server)
        assert ("udp", "10.77.1.2") in before and ("tcp", "[fd77:1::2]") in before
        assert not {"0.0.0.0", "*", "[::]", "10.77.2.1"} & {address for _, address in before}
        bed.server.ip("addr add 10.77.1.66/24 dev one\naddr add fd77:1::66/64 dev one nodad")
        assert eventually(lambda: ("tcp", "[fd77:1::66]") in bound(bed.server), 1.0)
        expect(bed, ["10.77.1.66", "fd77:1::66"], [])
        bed.server.ip("addr del 10.77.1.66/24 dev one\naddr del fd77:1::66/64 dev one")
        assert eventually(lambda: bound(bed.server) == before, 1.0)


def test_an_interface_that_goes_takes_its_sockets_along(bed, tmp_path):
    with serve(bed.server, tmp_path, one_listener(bind="addresses")) as server:
        before = bound(bed.server)
        bed.connect("four", 4)
        assert eventually(lambda: answers(bed, "fd77:4::1") == (True, True))
        bed.server.ip("link delete four")
        assert eventually(lambda: bound(bed.server) == before)
        expect(bed, ["10.77.1.1", "fd77:2::1"], [])
        assert server.log("address not served") == []


@contextlib.contextmanager
def stub(host, kind, address=STUB, port=53, share=False):
    """Another program, which has one address."""
    with host.inside():
        other = socket.socket(socket.AF_INET, kind)
    with other:
        if share:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((address, port))
        if kind == socket.SOCK_STREAM:
            other.listen()
        yield other


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind, taken, free", [(socket.SOCK_DGRAM, "udp", "tcp"), (socket.SOCK_STREAM, "tcp", "udp")],
                         ids=["udp", "tcp"])
def test_where_a_wildcard_cannot_be_had_each_transport_decides_for_itself(bed, tmp_path, kind, taken, free, workers):
    bed.server.ip(f"addr add {STUB}/8 dev lo")
    values = {**one_listener(), "workers": workers}
    with stub(bed.server, kind), serve(bed.server, tmp_path, values) as server:
        mine = set(bound(bed.server))
        assert (free, "0.0.0.0") in mine and (taken, "0.0.0.0") not in mine
        assert (taken, "10.77.1.2") in mine and (taken, "[::]") in mine
        expect(bed, ["10.77.1.1", "10.77.1.2", "10.77.2.1", "10.88.0.53", "fd77:1::1"], [])
        words = [event["socket"] for event in server.log("address not served")]
        assert words == [f"{taken} {STUB}:53"]
        bed.server.ip("addr add 10.77.1.66/24 dev one")
        assert eventually(lambda: answers(bed, "10.77.1.66") == (True, True), 1.0)


def test_an_address_that_becomes_free_is_served_after_all(bed, tmp_path):
    with stub(bed.server, socket.SOCK_DGRAM, "10.77.1.2"):
        server = serve(bed.server, tmp_path, one_listener(bind="addresses"))
    with server:
        assert eventually(lambda: answers(bed, "10.77.1.2") == (True, True), 10.0)
        assert [event["socket"] for event in server.log("address served after all")] == ["udp 10.77.1.2:53"]


@pytest.mark.parametrize("bind", ["wildcard", "addresses"])
def test_a_port_that_another_server_has_whole_stops_the_start(bed, tmp_path, bind):
    (tmp_path / "first").mkdir()
    with serve(bed.server, tmp_path / "first", one_listener(transports=["udp"])):
        refused = Thence(bed.server, tmp_path, one_listener(bind=bind))
        try:
            assert eventually(lambda: not refused.running)
            assert refused.wait() == 1 and "in use" in refused.output()
        finally:
            refused.stop()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_a_neighbour_that_shares_its_port_loses_nothing_to_a_reload(bed, tmp_path, kind):
    """The system would let us join: the other one is of the same user, and has SO_REUSEPORT."""
    values = one_listener(bind="addresses", addresses=["10.77.1.1"], families=["ipv4"])
    with stub(bed.server, kind, "10.77.1.2", share=True), serve(bed.server, tmp_path, values) as server:
        for addresses, way in ((["10.77.0.0/16"], "wildcard"), (["10.77.0.0/16"], "addresses")):
            values["listeners"] = one_listener(bind=way, addresses=addresses, families=["ipv4"])["listeners"]
            configuration(tmp_path, values)
            assert server.reload()[-1]["message"] == "reloaded"
            taken = "udp" if kind == socket.SOCK_DGRAM else "tcp"
            assert [own for own in bound(bed.server) if own == (taken, "10.77.1.2")] == [(taken, "10.77.1.2")]
            assert (taken, "0.0.0.0") not in bound(bed.server)
            assert answers(bed, "10.77.2.1") == (True, True)


def test_a_wildcard_is_tried_again_by_a_reload(bed, tmp_path):
    bed.server.ip(f"addr add {STUB}/8 dev lo")
    with stub(bed.server, socket.SOCK_DGRAM):
        server = serve(bed.server, tmp_path, one_listener())
    with server:
        assert ("udp", "0.0.0.0") not in bound(bed.server)
        assert server.reload()[-1]["message"] == "reloaded"
        assert eventually(lambda: ("udp", "0.0.0.0") in bound(bed.server) and ("udp", "10.77.1.1") not in
                          bound(bed.server))
        expect(bed, ["10.77.1.1", "fd77:2::1"], [])


def test_check_says_what_will_happen_on_this_host(bed, tmp_path):
    bed.server.ip(f"addr add {STUB}/8 dev lo")
    file = configuration(tmp_path, one_listener())
    with stub(bed.server, socket.SOCK_STREAM):
        said = bed.server.run(BINARY, "check", "-c", str(file)).stdout.splitlines()
    assert "  udp 0.0.0.0:53" in said and "  tcp [::]:53" in said and "  tcp 10.77.1.2:53" in said
    assert f"  tcp {STUB}:53 is left out: Address already in use" in said
    assert any(line.startswith("  tcp 0.0.0.0:53 cannot be had") for line in said)
    assert "  tcp 0.0.0.0:53" not in said


@WAYS
def test_the_table_of_addresses(bed, tmp_path, bind):
    values = one_listener(bind=bind, interfaces=["two"], families=["ipv4", "ipv6"])
    values["dns"]["views"] = [{"name": "inside", "match": {"interfaces": ["two"]}, "zones": [ZONE["name"]]},
                              {"name": "elsewhere", "match": {"interfaces": ["one"]}},
                              {"name": "rest"}]
    done = bed.server.run(BINARY, "addresses", "-c", str(configuration(tmp_path, values)))
    rows = {line.split()[1]: line for line in done.stdout.splitlines()[1:] if not line.startswith("lo ")}
    assert set(rows) == {"10.77.2.1", "fd77:2::1", "fe80::1%two"}, done.stdout + done.stderr
    assert all(row.endswith("dns inside, dns rest") and "DNS+STUN 53 udp+tcp" in row for row in rows.values())


def test_an_address_that_is_asked_through_another_interface(bed, tmp_path):
    """There another view serves it: the interface decides, not where the address stands."""
    values = one_listener(interfaces=["one", "two"])
    records = ["@ 300 SOA n h 1 1 1 1 1", "@ 300 NS n", "n 60 A 192.0.2.1"]
    values["dns"] = {"views": [
        {"name": "inside", "match": {"interfaces": ["one"]},
         "zones": [{"name": "split.test", "records": [*records, "www 60 A 192.0.2.11"]}]},
        {"name": "outside", "zones": [{"name": "split.test", "records": [*records, "www 60 A 192.0.2.22"]}]}]}
    question = dns_question("www.split.test", "A")
    with serve(bed.server, tmp_path, values) as server:
        file = str(tmp_path / "thence.yaml")
        bed.client.ip("route add 10.77.1.2/32 via 10.77.2.1 dev two")
        assert ask(bed.client, Target("10.77.1.2"), question).answer == ("192.0.2.22",)
        listed = {each["address"]: each for each in
                  json.loads(bed.server.run(BINARY, "addresses", "--json", "-c", file).stdout)}
        served = {event["address"]: event for event in server.log("address served")}
        for each in (listed["10.77.1.2"], served["10.77.1.2"]):
            assert each["views"] == ["dns inside", "dns outside"]
            assert each["elsewhere"] == [{"interfaces": ["two"], "more": 0, "views": ["dns outside"]}]
        table = bed.server.run(BINARY, "addresses", "-c", file).stdout.splitlines()
        row = next(line for line in table if "10.77.1.2" in line.split())
        assert row.endswith("dns inside, dns outside; by two: dns outside")

        request = "local=10.77.1.2,client=10.99.0.9,name=www.split.test"
        explained = bed.server.run(BINARY, "check", "-c", file, "--explain", request).stdout
        by_one, by_two = explained.removeprefix("arriving on one:\n").split("arriving on two:\n")
        assert "view inside matches" in by_one and "IN A 192.0.2.11" in by_one
        assert "view outside matches" in by_two and "IN A 192.0.2.22" in by_two and "192.0.2.11" not in by_two


@pytest.mark.parametrize("transport, words", [("udp", "no reply"), ("tcp", "a reset")])
def test_what_is_explained_of_an_excluded_request(bed, tmp_path, transport, words):
    file = configuration(tmp_path, one_listener(interfaces=["two"]))
    done = bed.server.run(BINARY, "check", "-c", str(file), "--explain",
                          f"interface=one,local=10.77.1.2,client=10.99.0.9,transport={transport},name={ZONE['name']}")
    assert done.stdout == f"DNS on port 53: interface one is not served; {words}\n"


def test_what_cannot_be_is_a_mistake(bed, tmp_path):
    for key in ("transparent", "broadcast"):
        file = configuration(tmp_path, one_listener(bind="addresses", **{key: True}))
        done = bed.server.run(BINARY, "check", "-c", str(file))
        assert done.returncode == 2 and f"listeners[0].{key}: needs a wildcard socket" in done.stderr


def test_stun_names_no_address_that_no_listener_serves(bed, tmp_path):
    """Behaviour discovery with two addresses, one of which is excluded: there is no other address to answer from."""
    values = one_listener(port=3478, interfaces=["two"])
    values["listeners"][0]["protocols"] = ["stun"]
    values["stun"] = {"behavior-discovery": True}
    question = Question("stun", 3478, binding_request, belongs, lambda reply: [parse(reply)])
    with serve(bed.server, tmp_path, values) as server:
        assert OTHER_ADDRESS not in ask(bed.client, Target("10.77.2.1"), question).answer[0].attributes
        assert ask(bed.client, Target("10.77.1.1"), STUN_QUESTION, timeout=0.3).silent
        del values["listeners"][0]["interfaces"]
        configuration(tmp_path, values)
        assert server.reload()[-1]["message"] == "reloaded"
        assert OTHER_ADDRESS in ask(bed.client, Target("10.77.2.1"), question).answer[0].attributes
