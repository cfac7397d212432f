"""That answers are not fragmented: neither because of what ICMP says of a path, nor at an interface with a small MTU."""

import contextlib
import ctypes
import os
import socket
import struct

import pytest

from bed import dns_asking
from bed.capture import outgoing
from bed.judge import Question, Target, ask, udp_socket
from bed.multihomed import FAR_CLIENT, await_reachable
from bed.namespace import Namespace
from bed.process import eventually
from bed.stun_message import PADDING, belongs, binding_request, parse
from bed.thence import serve, settings

_PIDFD_GETFD = 438
_OMIT = 5  # IP_PMTUDISC_OMIT, IPV6_PMTUDISC_OMIT
_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER = 10, 23

LARGE = {"name": "large.test", "records": ["@ 300 SOA ns1 h 1 1 1 1 1", "@ 300 NS ns1",
                                           "@ 60 TXT " + " ".join('"' + "x" * 250 + '"' for _ in range(4))]}
PADDED = Question("stun", 3478, lambda: binding_request((PADDING, bytes(1300))), belongs, lambda reply: [parse(reply)])


def values(**more):
    made = settings(**more)
    made["dns"]["zones"] = [LARGE]
    made["stun"] = {"behavior-discovery": {"padding": True}}
    return made


def ask_large(host, address, transport="udp", **target):
    return dns_asking.ask(host, Target(address, **target), dns_asking.query("large.test", "TXT"), transport)


def udp_sockets(server):
    """Duplicates of the UDP sockets of a process, which share its options."""
    process = os.pidfd_open(server.pid)
    for number in os.listdir(f"/proc/{server.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            if not os.readlink(f"/proc/{server.pid}/fd/{number}").startswith("socket:"):
                continue
        copy = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, process, int(number), 0)
        if copy < 0:
            continue
        with socket.socket(fileno=copy) as each:
            if each.type == socket.SOCK_DGRAM and each.family in (socket.AF_INET, socket.AF_INET6):
                yield each
    os.close(process)


def ignores_path_mtu(udp):
    if udp.family == socket.AF_INET:
        return udp.getsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER) == _OMIT
    both = udp.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0
    return (udp.getsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER) == _OMIT and
            (not both or udp.getsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER) == _OMIT))


@pytest.mark.parametrize("sockets", ["separate", "dual-stack", "addresses"])
def test_no_socket_takes_notice_of_icmp(bed, tmp_path, sockets):
    """Nor do those to upstreams, two of which keep silent here."""
    upstreams = ["10.77.1.9", "fd77:1::9"]
    forwarding = values(sockets=sockets)
    forwarding["dns"]["forward"] = [{"zone": f"{number}.example", "to": [upstream]}
                                    for number, upstream in enumerate(upstreams)]
    with contextlib.ExitStack() as stack:
        heard = [stack.enter_context(udp_socket(bed.client, Target(each, each), 53)) for each in upstreams]
        server = stack.enter_context(serve(bed.server, tmp_path, forwarding))
        listening = len(list(udp_sockets(server)))
        for number, upstream in enumerate(heard):
            question = dns_asking.query(f"{number}.example", "A")
            asking = stack.enter_context(udp_socket(bed.client, Target("10.77.1.1")))
            asking.sendto(question.to_wire(), ("10.77.1.1", 53))
            upstream.settimeout(5.0)
            upstream.recv(4096)
        all_of_them = [(str(each.getsockname()), ignores_path_mtu(each)) for each in udp_sockets(server)]
    assert listening > 0 and len(all_of_them) == listening + len(upstreams)
    assert [name for name, ignores in all_of_them if not ignores] == []


@pytest.fixture
def narrow():
    """A server and a client with a router between them, whose link to the client is narrower. The client takes any MTU,
    so that only packets towards it are too large."""
    with contextlib.ExitStack() as stack:
        server, router, client = (Namespace(role) for role in ("server", "router", "client"))
        for host in (server, router, client):
            stack.callback(host.remove)
        router.link("near", server)
        router.link("far", client)
        server.ip("""
            addr add 192.0.2.1/24 dev near
            addr add 2001:db8:1::1/64 dev near nodad
            route add default via 192.0.2.9
            route add ::/0 via 2001:db8:1::9
        """)
        client.ip("""
            addr add 198.51.100.1/24 dev far
            addr add 2001:db8:2::1/64 dev far nodad
            route add default via 198.51.100.9
            route add ::/0 via 2001:db8:2::9
        """)
        router.ip("""
            addr add fe80::9/64 dev near nodad
            addr add fe80::9/64 dev far nodad
            addr add 192.0.2.9/24 dev near
            addr add 2001:db8:1::9/64 dev near nodad
            addr add 198.51.100.9/24 dev far
            addr add 2001:db8:2::9/64 dev far nodad
            route add 198.51.100.1/32 dev far mtu lock 700
            route add 2001:db8:2::1/128 dev far mtu lock 1280
        """)
        router.sysctl("net.ipv4.ip_forward", 1)
        router.sysctl("net.ipv6.conf.all.forwarding", 1)
        await_reachable(client, "192.0.2.1", "2001:db8:1::1")
        yield server, client


@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_a_narrower_path_changes_nothing(narrow, tmp_path, sockets):
    """A router on the way fragments IPv4, which the server allows, and says that IPv6 is too large for it."""
    server, client = narrow
    with serve(server, tmp_path, values(sockets=sockets)), outgoing(server, "near") as packets:
        for _ in range(3):
            assert len(ask_large(client, "192.0.2.1").data) == 1
            ask(client, Target("2001:db8:1::1"), PADDED, timeout=0.2)
        sent = [packet for packet in packets() if packet.size > 700]
    assert [(each.version, each.fragment, each.whole_only) for each in sent] == [(4, False, False), (6, False, False)] * 3


@pytest.mark.parametrize("egress, asked, narrow_one", [("route", "10.77.2.1", "one"), ("route", "10.77.1.1", "one"),
                                                       ("arrival", "10.77.2.1", "two")])
def test_answers_are_cut_to_what_their_interface_takes(bed, tmp_path, egress, asked, narrow_one):
    """Only STUN's padding is there to be fragmented."""
    bed.server.ip("route add default via 10.77.2.9 dev two metric 5000")
    for host in (bed.server, bed.client):
        host.ip(f"link set {narrow_one} mtu 1000")
    with serve(bed.server, tmp_path, values(egress=egress)), outgoing(bed.server, narrow_one) as packets:
        said = ask_large(bed.client, asked, source=FAR_CLIENT[4])
        assert said.truncated and not said.data
        assert len(ask_large(bed.client, asked, "tcp", source=FAR_CLIENT[4]).data) == 1
        assert [packet for packet in packets() if packet.fragment] == []
        assert ask(bed.client, Target(asked, FAR_CLIENT[4]), PADDED).answer[0].success
        assert any(packet.fragment for packet in packets())


def test_an_interface_learns_its_new_mtu(bed, tmp_path):
    with serve(bed.server, tmp_path, values(egress="arrival")):
        assert not ask_large(bed.client, "10.77.1.1").truncated
        bed.server.ip("link set one mtu 1000")
        assert eventually(lambda: ask_large(bed.client, "10.77.1.1").truncated)
        assert not ask_large(bed.client, "10.77.2.1").truncated
