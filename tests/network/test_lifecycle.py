"""From start to end as a service manager sees it: rights, readiness, sockets that were bound before, reload, the end."""

import contextlib
import pathlib
import pwd
import signal
import socket

import dns.message
import dns.rrset
import pytest

from bed import stream
from bed.cases import Case
from bed.judge import STUN_QUESTION, Target, ask, dns_question, receive, send, udp_socket
from bed.modes import expect_right
from bed.process import eventually
from bed.thence import ZONE, Thence, configuration, serve, settings

SELF = {4: dns_question("self.thence.test", "A"), 6: dns_question("self.thence.test", "AAAA")}
CAPABILITIES = {10: "net_bind_service", 12: "net_admin", 13: "net_raw"}


def capabilities(server):
    """The effective capabilities of every thread; and whether no program that it starts can have more."""
    held, no_new = set(), set()
    for status in pathlib.Path(f"/proc/{server.pid}/task").glob("*/status"):
        lines = dict(line.split(":\t") for line in status.read_text().splitlines() if ":\t" in line)
        for number in range(64):
            if int(lines["CapPrm"], 16) & (1 << number):
                held.add(CAPABILITIES.get(number, number))
        no_new.add(lines["NoNewPrivs"])
    return held, no_new == {"1"}


def user_of(server):
    """The user and the groups of every thread."""
    found = set()
    for status in pathlib.Path(f"/proc/{server.pid}/task").glob("*/status"):
        lines = dict(line.split(":\t") for line in status.read_text().splitlines() if ":\t" in line)
        found.add((lines["Uid"], lines["Gid"], lines["Groups"].strip()))
    assert len(found) == 1, found
    return found.pop()


@pytest.fixture
def open_folder(tmp_path):
    """A folder that another user can read."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != pathlib.Path("/") and not folder.stat().st_mode & 0o005 == 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.mark.parametrize("listener, held", [({}, {"net_bind_service"}),
                                            ({"transparent": True}, {"net_bind_service", "net_raw"})],
                         ids=["a low port", "transparent"])
def test_a_user_with_the_capabilities_that_are_needed(bed, open_folder, listener, held):
    nobody = pwd.getpwnam("nobody")
    values = {**settings(**listener), "user": "nobody"}
    with serve(bed.server, open_folder, values) as server:
        user, group, _ = user_of(server)
        assert set(user.split()) == {str(nobody.pw_uid)} and set(group.split()) == {str(nobody.pw_gid)}
        assert capabilities(server) == (held, True)
        expect_right(Case("", Target("10.77.1.2")), ask(bed.client, Target("10.77.1.2"), SELF[4]), SELF[4])
        # A further low port can be opened later, as the configuration has had such ones from the start.
        values["listeners"].append({"port": 54, "protocols": ["dns"]})
        (open_folder / "thence.yaml").write_text(str(values).replace("True", "true"))
        assert server.reload()[-1]["message"] == "reloaded", server.output()
        assert not ask(bed.client, Target("10.77.1.2"), SELF[4].at(54)).silent


def test_no_capability_where_none_is_needed(bed, open_folder):
    values = {**settings(), "user": "nobody"}
    values["listeners"] = [{"port": 5300, "protocols": ["dns"]}]
    with serve(bed.server, open_folder, values) as server:
        assert capabilities(server) == (set(), True)
        values["listeners"].append({"port": 53, "protocols": ["dns"]})
        (open_folder / "thence.yaml").write_text(str(values))
        refused = server.reload()
        assert refused[-1]["message"] == "reload refused, all stays as it was"
        assert any("CAP_NET_BIND_SERVICE" in event["message"] for event in refused)
        assert not ask(bed.client, Target("10.77.1.2"), SELF[4].at(5300)).silent


def test_what_a_reload_could_not_read_is_said_at_the_start(bed, open_folder):
    zone = open_folder / "secret.zone"
    zone.write_text("@ 60 SOA a b 1 2 3 4 5\n@ 60 NS a\na 60 A 192.0.2.1\n")
    zone.chmod(0o600)
    values = {**settings(), "user": "nobody", "dns": {"zones": [ZONE, {"name": "s.test", "file": "secret.zone"}]}}
    with serve(bed.server, open_folder, values) as server:
        assert any("Permission denied" in event["message"] for event in server.log())


@pytest.mark.parametrize("user, words", [("nobody-of-that-name", "there is no user"), ("root", "only root can become")])
def test_a_user_that_one_cannot_become(bed, open_folder, user, words):
    plain = ("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups") if user == "root" else ()
    refused = Thence(bed.server, open_folder, {**settings(), "user": user}, prefix=plain)
    try:
        assert eventually(lambda: not refused.running)
        assert refused.wait() == 1 and words in refused.output()
    finally:
        refused.stop()


@contextlib.contextmanager
def manager(folder):
    """What a service manager hears. Gives a function: all messages so far, each a dictionary."""
    heard = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
        notifications.bind(str(folder / "notify"))
        notifications.setblocking(False)

        def listen():
            with contextlib.suppress(BlockingIOError):
                while True:
                    text = notifications.recv(4096).decode()
                    heard.append(dict(line.split("=", 1) for line in text.splitlines()))
            return heard

        yield listen


def said(listen, key, value="1"):
    return eventually(lambda: any(message.get(key) == value for message in listen()))


def test_the_manager_is_told(bed, tmp_path):
    with manager(tmp_path) as listen:
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000"}
        with serve(bed.server, tmp_path, settings(), environment=environment) as server:
            assert said(listen, "READY")
            assert any(message.get("STATUS") == "serving by 12 sockets" for message in listen())
            assert eventually(lambda: sum(message.get("WATCHDOG") == "1" for message in listen()) > 3, 2.0)
            heard = len(listen())
            server.reload()
            assert eventually(lambda: [key for message in listen()[heard:] for key in message
                                       if key in ("RELOADING", "READY")] == ["RELOADING", "READY"]), listen()[heard:]
            assert any("MONOTONIC_USEC" in message for message in listen())
            server.signal(signal.SIGTERM)
            assert said(listen, "STOPPING")


def test_being_told_to_end_again_and_again_is_no_crash(bed, tmp_path):
    for attempt in range(10):
        server = serve(bed.server, tmp_path, settings())
        try:
            while server.running:
                server.signal(signal.SIGTERM)
            assert server.wait() == 0, f"attempt {attempt}\n{server.output()}"
        finally:
            server.stop()


def test_a_worker_that_hangs_is_not_told_as_alive(bed, tmp_path):
    with manager(tmp_path) as listen:
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        with serve(bed.server, tmp_path, settings(), environment=environment) as server:
            assert said(listen, "WATCHDOG")
            with server.held():
                listen()
                heard = len(listen())
                assert not eventually(lambda: len(listen()) > heard, 0.5)


FAMILY = {4: (socket.AF_INET, "0.0.0.0"), 6: (socket.AF_INET6, "::")}


@contextlib.contextmanager
def bound(host, port, kinds=(socket.SOCK_DGRAM, socket.SOCK_STREAM), addresses=None, dual_stack=False):
    """Sockets as a service manager binds them: packet information is not on."""
    sockets = []
    with contextlib.ExitStack() as stack:
        for family, (domain, wildcard) in FAMILY.items():
            for kind in kinds:
                with host.inside():
                    each = stack.enter_context(socket.socket(domain, kind))
                if domain == socket.AF_INET6:
                    each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if dual_stack else 1)
                elif dual_stack:
                    continue
                each.bind(((addresses or {}).get(family, wildcard), port))
                if kind == socket.SOCK_STREAM:
                    each.listen()
                sockets.append(each)
        yield sockets


class Activated(Thence):
    """Thence as a manager starts it: descriptors from 3 on, and variables that name them."""

    def __init__(self, host, folder, values, sockets):
        # Each is moved to its place, and LISTEN_PID is that of the process which becomes Thence.
        count = len(sockets)
        high = " ".join(f"{200 + i}<&{each.fileno()}" for i, each in enumerate(sockets))
        low = " ".join(f"{3 + i}<&{200 + i} {200 + i}<&-" for i in range(count))
        script = f'exec {high}; exec {low}; export LISTEN_FDS={count} LISTEN_PID=$$; exec "$@"'
        super().__init__(host, folder, values, prefix=("bash", "-c", script, "bash"),
                         pass_fds=[each.fileno() for each in sockets])


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("sockets", ["separate", "dual-stack"])
def test_sockets_of_a_manager_are_used_with_packet_information(bed, tmp_path, workers, sockets):
    values = settings(sockets, workers=workers)
    values["listeners"] = [{**values["listeners"][0], "port": 53}]
    with bound(bed.server, 53, dual_stack=sockets == "dual-stack") as inherited:
        with Activated(bed.server, tmp_path, values, inherited) as server:
            assert eventually(lambda: server.log("serving") or not server.running) and server.running, server.output()
            for address in ("10.77.1.2", "10.77.2.1", "10.88.0.53", "fd77:1::2", "fd77:2::1", "fd88::53"):
                target = Target(address)
                for _ in range(4):
                    expect_right(Case(address, target), ask(bed.client, target, SELF[target.family]),
                                 SELF[target.family])
                    assert stream.ask(bed.client, target, SELF[target.family]).answer == (address,)
            assert server.log("inherited socket that no listener is for") == []
            # They are the very sockets: one of each kind, whatever the number of workers.
            listed = bed.server.run("ss", "-Hnltu", "sport = :53").stdout.splitlines()
            assert len(listed) == len(inherited), listed


def test_sockets_of_a_manager_outlive_a_listener_and_a_start(bed, tmp_path):
    """They are still the manager's: what a listener does not want now, it may have later."""
    values = {**settings(), "listeners": [{"port": 53, "protocols": ["dns"]}]}
    elsewhere = {**values, "listeners": [{"port": 54, "protocols": ["dns"]}]}
    with bound(bed.server, 53) as inherited:
        for _ in range(2):
            with Activated(bed.server, tmp_path, values, inherited) as server:
                assert eventually(lambda: server.log("serving") or not server.running) and server.running, server.output()
                for now, asked, silent in ((elsewhere, 54, 53), (values, 53, 54)):
                    configuration(tmp_path, now)
                    assert server.reload()[-1]["message"] == "reloaded"
                    assert not ask(bed.client, Target("10.77.1.2"), SELF[4].at(asked)).silent
                    assert eventually(lambda port=silent: ask(bed.client, Target("fd77:2::1"), SELF[6].at(port), 0.1).silent)
        assert [each.getsockname()[0] for each in inherited] == ["0.0.0.0", "0.0.0.0", "::", "::"]


def test_a_socket_that_no_listener_is_for_is_said(bed, tmp_path):
    with bound(bed.server, 54) as inherited, Activated(bed.server, tmp_path, settings(), inherited) as server:
        assert eventually(lambda: server.log("serving"))
        unused = {event["socket"] for event in server.log("inherited socket that no listener is for")}
        assert unused == {"udp 0.0.0.0:54", "tcp 0.0.0.0:54", "udp [::]:54", "tcp [::]:54"}


def test_a_descriptor_that_is_no_socket_of_ours_stops_the_start(bed, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        refused = Activated(bed.server, tmp_path, settings(), [other])
        try:
            assert eventually(lambda: not refused.running)
            assert refused.wait() == 1 and "inherited socket 0" in refused.output()
        finally:
            refused.stop()


def forwarding(upstream_port):
    """All names are asked of a server on the host itself, which answers when the test wants."""
    values = settings()
    values["dns"] = {"forward": [{"zone": ".", "open": True, "to": [f"127.0.0.1:{upstream_port}"], "timeout": "2s"}]}
    return values


def answer_to(query):
    """One address, 192.0.2.7."""
    reply = dns.message.make_response(dns.message.from_wire(query), recursion_available=True)
    reply.answer.append(dns.rrset.from_text(reply.question[0].name, 60, "IN", "A", "192.0.2.7"))
    return reply.to_wire()


def test_the_end_waits_for_answers_that_are_on_their_way(bed, tmp_path):
    question = dns_question("late.example", "A")
    with bed.server.inside():
        upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with upstream:
        upstream.bind(("127.0.0.1", 0))
        upstream.settimeout(5.0)
        server = serve(bed.server, tmp_path, forwarding(upstream.getsockname()[1]))
        with server, udp_socket(bed.client, Target("10.77.1.2")) as udp:
            request = send(udp, Target("10.77.1.2"), question)
            asked, worker = upstream.recvfrom(4096)
            server.signal(signal.SIGTERM)
            assert eventually(lambda: server.log("ending"))
            # What comes while it ends finds nobody.
            assert eventually(lambda: ask(bed.client, Target("10.77.2.1"), STUN_QUESTION, 0.1).silent)
            upstream.sendto(answer_to(asked), worker)
            verdict = receive(udp, question, request, 5.0)
            assert (verdict.address, verdict.answer) == ("10.77.1.2", ("192.0.2.7",))
            assert server.wait(5.0) == 0


def test_a_reload_that_removes_a_listener_keeps_what_it_owes(bed, tmp_path):
    question = dns_question("late.example", "A")
    with bed.server.inside():
        upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with upstream:
        upstream.bind(("127.0.0.1", 0))
        upstream.settimeout(5.0)
        values = forwarding(upstream.getsockname()[1])
        with serve(bed.server, tmp_path, values) as server, udp_socket(bed.client, Target("10.77.1.2")) as udp:
            request = send(udp, Target("10.77.1.2"), question)
            asked, worker = upstream.recvfrom(4096)
            values["listeners"] = [{"port": 5300, "protocols": ["dns"]}]
            configuration(tmp_path, values)
            assert server.reload()[-1]["message"] == "reloaded"
            assert ask(bed.client, Target("10.77.1.2"), STUN_QUESTION.at(53), timeout=0.3).silent
            upstream.sendto(answer_to(asked), worker)
            verdict = receive(udp, question, request, 5.0)
            assert (verdict.address, verdict.answer) == ("10.77.1.2", ("192.0.2.7",))


def test_the_end_is_bounded_and_a_second_signal_is_at_once(bed, tmp_path):
    with bed.server.inside():
        upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with upstream:
        upstream.bind(("127.0.0.1", 0))
        upstream.settimeout(5.0)
        for values, signals in (({"drain": "300ms"}, 1), ({"drain": "1h"}, 2)):
            with serve(bed.server, tmp_path, {**forwarding(upstream.getsockname()[1]), **values}) as server:
                with udp_socket(bed.client, Target("10.77.1.2")) as udp:
                    send(udp, Target("10.77.1.2"), dns_question("never.example", "A"))
                    upstream.recvfrom(4096)
                    for _ in range(signals):
                        server.signal(signal.SIGTERM)
                        assert eventually(lambda: server.log("ending"))
                    assert server.wait(2.0) == 0


def test_a_reload_that_ends_while_the_server_drains_changes_nothing(bed, tmp_path):
    with bed.server.inside():
        upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with upstream, manager(tmp_path) as listen:
        upstream.bind(("127.0.0.1", 0))
        upstream.settimeout(5.0)
        values = {**forwarding(upstream.getsockname()[1]), "drain": "1h"}
        values["dns"]["forward"][0]["timeout"] = "5s"
        values["admin"] = {"listen": "10.77.1.1:9553"}
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with (serve(bed.server, tmp_path, values, environment=environment) as server,
              udp_socket(bed.client, Target("10.77.1.2")) as udp):
            send(udp, Target("10.77.1.2"), dns_question("never.example", "A"))
            upstream.recvfrom(4096)
            # The zone is of 800 GB, in 16,000 times the same file.
            (tmp_path / "long").write_text((";" + "x" * 1023 + "\n") * 50_000)
            (tmp_path / "endless.zone").write_text("$INCLUDE long\n" * 16_000)
            values["dns"]["zones"] = [{"name": "z.test", "file": "endless.zone"}]
            values["listeners"] = [{"port": port, "protocols": ["stun"]} for port in (53, 54)]
            values["admin"] = {"listen": "10.77.1.1:9554"}
            configuration(tmp_path, values)
            server.signal(signal.SIGHUP)
            assert eventually(lambda: server.log("reloading"))
            server.signal(signal.SIGTERM)
            assert eventually(lambda: server.log("ending")) and said(listen, "STOPPING")
            heard = len(listen())
            assert eventually(lambda: server.log("reload given up, as the server ends"), 5.0), server.output()
            assert server.log("reloaded") == []
            for port in (53, 54):
                assert ask(bed.client, Target("10.77.1.2"), STUN_QUESTION.at(port), 0.2).silent
            with bed.client.inside(), pytest.raises(ConnectionRefusedError):
                socket.create_connection(("10.77.1.1", 9554), timeout=5)
            assert [message for message in listen()[heard:] if "READY" in message] == []
            server.signal(signal.SIGTERM)
            assert server.wait(5.0) == 0


def test_the_end_answers_what_has_arrived(bed, tmp_path):
    with serve(bed.server, tmp_path, settings()) as server:
        with udp_socket(bed.client, Target("10.77.1.2")) as udp:
            with server.held():
                requests = [send(udp, Target("10.77.1.2"), SELF[4]) for _ in range(100)]
                server.signal(signal.SIGTERM)
            for request in requests:
                assert receive(udp, SELF[4], request, 2.0).address == "10.77.1.2"
            assert server.wait(5.0) == 0


def test_the_end_lets_a_connection_have_its_answers(bed, tmp_path):
    with serve(bed.server, tmp_path, settings()) as server:
        with stream.connection(bed.client, Target("10.77.1.2"), 53) as idle, \
                stream.connection(bed.client, Target("10.77.1.2"), 53) as busy:
            assert stream.exchange(busy, SELF[4]) == ("10.77.1.2",)
            with server.held():
                request = SELF[4].request()
                busy.sendall(stream.frame(SELF[4], request))
                server.signal(signal.SIGTERM)
            assert SELF[4].belongs(request, stream.receive(busy, SELF[4]))
            assert idle.recv(1) == b""
            assert server.wait(5.0) == 0
