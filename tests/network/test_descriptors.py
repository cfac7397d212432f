"""A process that may open few files: TCP connections give way, so that all else goes on."""

import contextlib

import pytest

from bed import stream
from bed.judge import Target, dns_question
from bed.namespace import Namespace
from bed.thence import BINARY, ZONE, configuration, serve, settings

ADMIN_PORT = 9553
SELF = dns_question("self.thence.test", "A")


@pytest.fixture
def host():
    made = Namespace("few")
    yield made
    made.remove()


@pytest.mark.parametrize("workers", [1, 2])
def test_health_and_reload_work_with_64_descriptors_and_300_connections(host, tmp_path, workers):
    values = settings(workers=workers) | {"admin": {"listen": f"127.0.0.1:{ADMIN_PORT}"}}
    values["listeners"] = [{"port": 53, "protocols": ["dns"]}, {"port": 3478, "protocols": ["stun"]}]
    with serve(host, tmp_path, values, prefix=("prlimit", "--nofile=64:64")) as server, \
            contextlib.ExitStack() as held:

        def connect(client, port=53):
            return held.enter_context(stream.connection(host, Target("127.0.0.1", client), port))

        for number in range(300):
            connect(f"127.0.1.{number % 100 + 1}")
        # Those to the admin server have a bound of their own.
        for _ in range(20):
            connect("127.0.0.1", ADMIN_PORT).sendall(b"G")
        command = ("-c", str(tmp_path / "thence.yaml"))
        assert host.run(BINARY, "health", *command).stdout == "ready\n"
        configuration(tmp_path, values | {"dns": {"zones": [ZONE, ZONE | {"name": "more.test"}]}})
        reloaded = host.run(BINARY, "reload", *command)
        assert reloaded.returncode == 0, reloaded.stderr
        assert stream.exchange(connect("127.0.0.9"), SELF) == ("127.0.0.1",)
        counters = server.counters()
        assert counters["tcp.accept-error"] == 0
        assert counters["tcp.closed.gave-way"] + counters["tcp.refused.descriptors"] >= 250
