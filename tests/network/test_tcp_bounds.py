"""The bounds on TCP: connections in all and per client, idleness, pipelining, clients that do not read."""

import contextlib
import pathlib
import select
import socket
import time

import pytest

from bed import stream
from bed.judge import STUN_QUESTION, Target, dns_question
from bed.modes import PROTOCOLS
from bed.namespace import Namespace
from bed.process import eventually
from bed.thence import SHARED_PORT, questions, serve, settings

SELF = dns_question("self.thence.test", "A")
BIG = dns_question("big.thence.test", "TXT")
QUESTIONS = pytest.mark.parametrize("question", questions(4), ids=PROTOCOLS)


@pytest.fixture
def host():
    made = Namespace("tcp")
    yield made
    made.remove()


@pytest.fixture
def start(host, tmp_path):
    """Starts a responder of one worker with those bounds."""
    with contextlib.ExitStack() as stack:
        yield lambda **bounds: stack.enter_context(serve(host, tmp_path, settings(tcp=bounds)))


@pytest.fixture
def connect(host):
    """Opens a connection from one of the addresses of 127.0.0.0/8, which is closed after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda port, client="127.0.0.1", **options: stack.enter_context(
            stream.connection(host, Target("127.0.0.1", client), port, **options))


def test_connections_in_all_where_the_one_longest_idle_gives_way(start, connect):
    server = start(connections=4)
    admitted = [connect(53, f"127.0.0.{client}") for client in range(1, 5)]
    for tcp in (*admitted, admitted[0]):
        stream.exchange(tcp, SELF)
    stream.exchange(connect(53, "127.0.0.5"), SELF)
    assert stream.closed(admitted.pop(1))
    assert server.counters()["tcp.closed.gave-way"] == 1
    for tcp in admitted:
        stream.exchange(tcp, SELF)


def test_the_client_that_has_most_gives_way(start, connect):
    server = start(connections=8)
    light = connect(53, "127.0.0.1")
    stream.exchange(light, SELF)
    heavy = [connect(53, "127.0.0.2") for _ in range(7)]
    for newcomer in range(3, 8):
        for tcp in heavy[newcomer - 3:]:
            stream.exchange(tcp, SELF)
        stream.exchange(connect(53, f"127.0.0.{newcomer}"), SELF)
        assert stream.closed(heavy[newcomer - 3])
    stream.exchange(light, SELF)
    assert server.counters()["tcp.closed.gave-way"] == 5


def test_whoever_has_more_than_others_displaces_nobody(start, connect):
    server = start(connections=4)
    admitted = [connect(53, client) for client in ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.3")]
    for tcp in admitted:
        stream.exchange(tcp, SELF)
    for _ in range(6):
        stream.exchange(connect(53, "127.0.0.3"), SELF)
    for tcp in admitted[:2]:
        stream.exchange(tcp, SELF)
    assert server.counters()["tcp.closed.gave-way"] == 6


def test_one_that_is_owed_replies_gives_way_only_to_whoever_has_less(host, start, connect):
    small_buffers(host)
    server = start(connections=3)
    greedy = [does_not_read(connect, client) for client in ("127.0.0.1", "127.0.0.2", "127.0.0.2")]
    assert eventually(lambda: server.counters()["tcp.received"] == 12)
    for _ in range(2):
        assert stream.closed(connect(53, "127.0.0.2"))
    assert server.counters()["tcp.refused.limit"] == 2
    stream.exchange(connect(53, "127.0.0.3"), SELF)
    assert server.counters()["tcp.closed.gave-way"] == 1
    assert len(greedy) == 3


def does_not_read(connect, client):
    tcp = connect(53, client, receive_buffer=4096)
    tcp.sendall(b"".join(stream.frame(BIG, BIG.request()) for _ in range(4)))
    return tcp


def test_connections_per_client_of_an_ipv6_site(host, start):
    for network in range(6):
        for address in range(2):
            host.ip(f"addr add fd77:5:5:{network}::{address + 1}/128 dev lo nodad")
    host.ip("addr add fd77:5:6::1/128 dev lo nodad")
    server = start(**{"connections-per-client": 1})

    def connect(client):
        return open_until_the_end.enter_context(stream.connection(host, Target("::1", client), 53))

    with contextlib.ExitStack() as open_until_the_end:
        for network in range(4):
            stream.exchange(connect(f"fd77:5:5:{network}::1"), SELF)
        assert stream.closed(connect("fd77:5:5:0::2"))
        for network in range(4, 6):
            assert stream.closed(connect(f"fd77:5:5:{network}::1"))
        assert server.counters()["tcp.refused.client-limit"] == 3
        stream.exchange(connect("fd77:5:6::1"), SELF)


def test_connections_per_client(start, connect):
    server = start(**{"connections-per-client": 2})
    for _ in range(2):
        stream.exchange(connect(53), SELF)
    assert stream.closed(connect(53))
    assert eventually(lambda: server.counters()["tcp.refused.client-limit"] == 1)
    stream.exchange(connect(53, "127.0.0.2"), SELF)


def test_connections_on_all_ports_count_together(start, connect):
    start(connections=2)
    first = connect(53)
    stream.exchange(first, SELF)
    stream.exchange(connect(3478), STUN_QUESTION)
    stream.exchange(connect(SHARED_PORT), SELF)
    assert stream.closed(first)


@pytest.mark.parametrize("sent", ["nothing", "half a request", "a request"])
def test_idle_connections_are_closed(start, connect, sent):
    server = start(idle="300ms")
    tcp = connect(53)
    if sent == "half a request":
        tcp.sendall(stream.frame(SELF, SELF.request())[:9])
    elif sent == "a request":
        stream.exchange(tcp, SELF)
    assert stream.closed(tcp)
    assert eventually(lambda: server.counters()["tcp.closed.idle"] == 1)


@QUESTIONS
def test_pipelined_requests_are_all_answered(start, connect, question):
    start()
    tcp = connect(question.port)
    requests = [question.request() for _ in range(100)]
    tcp.sendall(b"".join(stream.frame(question, request) for request in requests))
    expect_replies(tcp, question, requests)


@QUESTIONS
def test_requests_may_come_octet_by_octet(start, connect, question):
    start()
    tcp = connect(question.port)
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    requests = [question.request() for _ in range(2)]
    for octet in b"".join(stream.frame(question, request) for request in requests):
        tcp.sendall(bytes([octet]))
    expect_replies(tcp, question, requests)


@QUESTIONS
def test_requests_before_the_end_of_the_stream_are_answered(start, connect, question):
    start()
    tcp = connect(question.port)
    requests = [question.request() for _ in range(20)]
    tcp.sendall(b"".join(stream.frame(question, request) for request in requests))
    tcp.shutdown(socket.SHUT_WR)
    expect_replies(tcp, question, requests)
    assert stream.closed(tcp)


@pytest.mark.parametrize("noise", [b"\0\x01\0", b"\0\3abc" * 8, b"\xff" * 64],
                         ids=["too short", "short frames", "ones"])
@pytest.mark.parametrize("port", [53, 3478, SHARED_PORT])
def test_noise_harms_nobody(start, connect, port, noise):
    start()
    other = connect(53, "127.0.0.2")
    tcp = connect(port)
    with contextlib.suppress(ConnectionError):
        tcp.sendall(noise)
        tcp.shutdown(socket.SHUT_WR)
    assert stream.closed(tcp)
    stream.exchange(other, SELF)


def expect_replies(tcp, question, requests):
    """One reply to each request, in whatever order."""
    replies = [stream.receive(tcp, question) for _ in requests]
    for request in requests:
        assert any(question.belongs(request, reply) for reply in replies)
    assert all(question.read(reply) for reply in replies)


def resident(process):
    """Octets of memory."""
    return int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096


def small_buffers(host):
    """In the kernel, which would else take in all that a client sends, and all that it is sent."""
    for buffer in ("tcp_rmem", "tcp_wmem"):
        host.sysctl(f"net.ipv4.{buffer}", "4096 8192 8192")


@pytest.mark.parametrize("buffers", ["small", "large"])
def test_a_client_that_takes_its_replies_slowly_is_not_idle(host, start, connect, buffers):
    """They are with the server for long, or with its kernel."""
    small_buffers(host)
    if buffers == "large":
        host.sysctl("net.ipv4.tcp_wmem", "4096 4194304 4194304")
    server = start(idle="500ms")
    slow = connect(53, receive_buffer=4096)
    slow.sendall(b"".join(stream.frame(BIG, BIG.request()) for _ in range(6)))
    taken = b""
    while len(taken) < 2 or len(taken) < 6 * (2 + int.from_bytes(taken[:2], "big")):
        time.sleep(0.01)
        more = slow.recv(1024)
        assert more, f"closed after {len(taken)} octets"
        taken += more
    stream.exchange(slow, SELF)
    assert server.counters()["tcp.closed.idle"] == 0


def test_a_client_that_does_not_read_is_not_read_either(host, start, connect):
    small_buffers(host)
    server = start(unsent="16KiB")
    greedy = connect(53, receive_buffer=4096)
    before = resident(server)

    asked = 0
    while asked < 2_000 and select.select([], [greedy], [], 0.5)[1]:
        greedy.sendall(stream.frame(BIG, BIG.request()))
        asked += 1
    assert asked < 2_000, "the responder goes on reading"
    assert resident(server) - before < 16 * 2**20
    stream.exchange(connect(53, "127.0.0.2"), SELF)

    for _ in range(asked):
        assert BIG.read(stream.receive(greedy, BIG))
