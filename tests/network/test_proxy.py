"""Behind proxies that say in PROXY headers who asked where: by hand, and by dnsdist."""

import contextlib

import pytest

from bed import stream, stun_message
from bed.dns_asking import as_question, ask as ask_dns, query
from bed.judge import STUN_QUESTION, Question, Target, ask, dns_question
from bed.multihomed import MultiHomed
from bed.process import Process, eventually
from bed.proxy_header import behind, header, local
from bed.thence import SHARED_PORT, serve, settings

# The proxy is the host that asks; the one behind which it hides is nobody's.
SERVER = {4: "10.77.1.2", 6: "fd77:1::2"}
PROXIES = ["10.77.1.0/24", "fd77:1::/64"]
CLIENT = {4: ("198.51.100.9", 4242), 6: ("2001:db8:9::9", 4242)}
ASKED = {4: ("203.0.113.53", 53), 6: ("2001:db8:5::53", 53)}

FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["IPv4", "IPv6"])
RECORD = {4: "A", 6: "AAAA"}


@pytest.fixture(scope="module", name="bed")
def one_bed_for_all():
    with MultiHomed() as made:
        yield made


@pytest.fixture(scope="module")
def proxied(bed, tmp_path_factory):
    values = settings(interfaces=["one", "two"], proxy=PROXIES)
    values["stun"] = {"behavior-discovery": {"response-port": True}}
    values["dns"]["views"] = [
        {"name": "carried", "match": {"clients": [CLIENT[4][0], CLIENT[6][0]]},
         "zones": [{**values["dns"]["zones"][0],
                    "records": values["dns"]["zones"][0]["records"] + ["who 60 TXT carried"]}]},
        {"name": "all", "zones": ["thence.test"]},
    ]
    with serve(bed.server, tmp_path_factory.mktemp("thence"), values) as server:
        yield server


def carried(family, transport="udp", **more):
    return header(CLIENT[family], ASKED[family], transport, **more)


def drops(server, cause):
    return server.counters()[f"udp.dropped.{cause}"]


@FAMILIES
@pytest.mark.parametrize("tlvs", [b"", b"\x04\x00\x03abc\xe0\x00\x00"], ids=["", "with TLVs"])
def test_client_and_local_address_are_those_that_are_carried(bed, proxied, family, tlvs):
    target = Target(SERVER[family])
    front = carried(family, tlvs=tlvs)
    for name, said in (("self.thence.test", ASKED), ("client.thence.test", CLIENT)):
        verdict = ask(bed.client, target, behind(front, dns_question(name, RECORD[family])))
        assert verdict.answer == (said[family][0],), verdict
        assert (verdict.address, verdict.port) == (SERVER[family], 53), "it leaves from where the packet arrived"
    stun = ask(bed.client, target, behind(front, STUN_QUESTION))
    assert stun.answer[0].rpartition(":")[2] == "4242" and CLIENT[family][0] in stun.answer[0]


@FAMILIES
def test_views_go_by_the_client_that_is_carried(bed, proxied, family):
    asked = as_question(query("who.thence.test", "TXT"))
    target = Target(SERVER[family])
    by_carried = ask(bed.client, target, behind(carried(family), asked)).answer[0]
    assert by_carried.rcode() == 0 and "carried" in str(by_carried.answer[0])
    itself = ask(bed.client, target, behind(local(), asked)).answer[0]
    assert itself.rcode() == 3, "LOCAL is the proxy itself"


@FAMILIES
def test_nothing_changes_where_the_answer_leaves(bed, proxied, family):
    for attribute in (stun_message.change_request(port=True), (stun_message.RESPONSE_PORT, b"\x10\x92\0\0")):
        question = Question("stun", 3478, lambda attribute=attribute: stun_message.binding_request(attribute),
                            stun_message.belongs, lambda reply: [stun_message.parse(reply)])
        response = ask(bed.client, Target(SERVER[family]), behind(carried(family), question)).answer[0]
        assert response.error == 420 and response.unknown == {attribute[0]}


@FAMILIES
@pytest.mark.parametrize("front", [b"", carried(4)[:14] + b"\x01\0" + carried(4)[16:], header(CLIENT[4], ("0.0.0.0", 53)),
                                   carried(4)[:13] + b"\0\0\0", b"PROXY UDP4 a b 1 2\r\n"],
                         ids=["none", "longer than the datagram", "unspecified", "of unknown family", "version 1"])
def test_a_proxy_without_a_valid_header_gets_nothing(bed, proxied, family, front):
    before = drops(proxied, "proxy-header")
    question = dns_question("self.thence.test", RECORD[family])
    assert ask(bed.client, Target(SERVER[family]), behind(front, question), timeout=0.1).silent
    assert eventually(lambda: drops(proxied, "proxy-header") == before + 1)


@FAMILIES
def test_a_header_from_anybody_else_gets_nothing(bed, proxied, family):
    before = drops(proxied, "proxy-not-trusted")
    stranger = Target(SERVER[family], source={4: "10.99.0.9", 6: "fd99::9"}[family])
    question = dns_question("self.thence.test", RECORD[family])
    assert ask(bed.client, stranger, behind(carried(family), question), timeout=0.1).silent
    assert eventually(lambda: drops(proxied, "proxy-not-trusted") == before + 1)
    assert ask(bed.client, stranger, question).answer == (SERVER[family],), "others are served as usual"


@contextlib.contextmanager
def dnsdist(host, folder, server):
    configuration = folder / "dnsdist.conf"
    configuration.write_text(f"""
        setLocal("127.0.0.9:5300")
        newServer({{address="{server}:53", useProxyProtocol=true, healthCheckMode="up"}})
    """)
    with Process(host, folder, "dnsdist", "--supervised", "--disable-syslog", "-C", configuration) as process:
        eventually(lambda: "Marking downstream" in process.output() or "listening" in process.output().lower())
        yield process


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_dnsdist(bed, proxied, need, tmp_path, transport):
    need("dnsdist")
    with dnsdist(bed.client, tmp_path, SERVER[4]) as balancer:
        target = Target("127.0.0.9", source="127.0.0.7")
        answer = ask_dns(bed.client, target, query("self.thence.test"), transport, port=5300)
        assert answer, balancer.output()
        assert answer.data == ["127.0.0.9"], "where its client sent to"
        answer = ask_dns(bed.client, target, query("client.thence.test"), transport, port=5300)
        assert answer.data == ["127.0.0.7"], "its client"


@FAMILIES
def test_a_stream_has_its_header_once(bed, proxied, family):
    questions = [dns_question("client.thence.test", RECORD[family]), dns_question("self.thence.test", RECORD[family])]
    with stream.connection(bed.client, Target(SERVER[family]), 53) as tcp:
        for octet in carried(family, "tcp", tlvs=b"\x04\x00\x03abc"):
            tcp.sendall(bytes([octet]))
        assert [stream.exchange(tcp, each) for each in questions] == [(CLIENT[family][0],), (ASKED[family][0],)]


@FAMILIES
@pytest.mark.parametrize("port", [53, SHARED_PORT])
def test_a_stream_without_a_valid_header_is_reset(bed, proxied, family, port):
    for front in (b"", carried(4)[:13] + b"\0\0\0"):
        with stream.connection(bed.client, Target(SERVER[family]), port) as tcp:
            question = dns_question("self.thence.test", RECORD[family])
            tcp.sendall(front + stream.frame(question, question.request()))
            with pytest.raises(ConnectionResetError):
                tcp.recv(1)


@FAMILIES
def test_a_stream_with_a_header_from_anybody_else_is_reset(bed, proxied, family):
    stranger = Target(SERVER[family], source={4: "10.99.0.9", 6: "fd99::9"}[family])
    question = dns_question("self.thence.test", RECORD[family])
    with stream.connection(bed.client, stranger, 53) as tcp:
        assert stream.exchange(tcp, question) == (SERVER[family],)
    with stream.connection(bed.client, stranger, 53) as tcp:
        tcp.sendall(carried(family, "tcp") + stream.frame(question, question.request()))
        with pytest.raises(ConnectionResetError):
            tcp.recv(1)


def test_each_client_that_is_carried_has_its_own_limit_of_connections(tmp_path):
    values = settings(interfaces=["one", "two"], proxy=PROXIES, tcp={"connections-per-client": 2})
    question = dns_question("client.thence.test", "A")
    with (MultiHomed() as bed, serve(bed.server, tmp_path, values) as server,
          contextlib.ExitStack() as stack):
        for number in (1, 2):
            for _ in range(2):
                tcp = stack.enter_context(stream.connection(bed.client, Target(SERVER[4]), 53))
                tcp.sendall(header((f"198.51.100.{number}", 4242), ASKED[4], "tcp"))
                assert stream.exchange(tcp, question) == (f"198.51.100.{number}",)
        with stream.connection(bed.client, Target(SERVER[4]), 53) as tcp:
            tcp.sendall(header(("198.51.100.1", 4242), ASKED[4], "tcp"))
            assert stream.closed(tcp)
        assert eventually(lambda: server.counters()["tcp.refused.client-limit"] == 1)
