"""`thence selftest`: from every local address to every other one, and the truth about a server that gets it wrong."""

import shutil

import pytest

from bed import peers
from bed.cases import UNICAST
from bed.judge import ask, dns_question
from bed.process import eventually
from bed.thence import BINARY, configuration, serve, settings

ADDRESSES = ["10.77.1.1", "10.77.1.2", "10.77.2.1", "10.88.0.53", "fd77:1::1", "fd77:1::2", "fd77:2::1", "fd88::53",
             "127.0.0.1", "::1"]


def selftest(bed, folder, values):
    folder.mkdir(exist_ok=True)
    return bed.server.run(BINARY, "selftest", "-c", str(configuration(folder, values)), timeout=60)


@pytest.mark.parametrize("sockets", ["separate", "dual-stack", "IPv4-only", "IPv6-only"])
def test_right_everywhere(bed, tmp_path, sockets):
    values = settings(sockets, workers=2)
    with serve(bed.server, tmp_path, values):
        done = selftest(bed, tmp_path / "selftest", values)
    assert done.returncode == 0, done.stdout + done.stderr
    for address in ADDRESSES:
        assert (address in done.stdout) == (sockets != "IPv4-only" if ":" in address else sockets != "IPv6-only")


def test_nobody_there(bed, tmp_path):
    done = selftest(bed, tmp_path, settings())
    assert done.returncode == 1, done.stdout + done.stderr


def test_another_server_that_answers_from_elsewhere(bed, tmp_path):
    if not shutil.which("nsd"):
        pytest.skip("nsd is not installed")
    question = dns_question("www.thence.test", "A")
    with peers.nsd(bed.server, tmp_path):
        assert eventually(lambda: not ask(bed.client, UNICAST[0].target, question, 0.2).silent)
        values = settings()
        values["listeners"] = [{"port": 53, "protocols": ["dns"]}]
        done = selftest(bed, tmp_path / "selftest", values)
    assert done.returncode == 1, done.stdout + done.stderr
    # Asked on lo's address by a client on another one, NSD answers from the client's own.
    wrong = [line for line in done.stdout.splitlines() if "10.88.0.53" in line and "10.77.2.1" in line]
    assert wrong, done.stdout
