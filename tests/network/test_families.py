"""Hosts that lack one of the address families, and how the responder runs on the other."""

import pathlib
import shutil
import subprocess

import pytest

from bed import stream
from bed.cases import UNICAST
from bed.judge import ask
from bed.modes import expect_right
from bed.process import eventually
from bed.thence import Thence, questions, serve, settings

BOTH_FAMILIES = pytest.mark.parametrize("sockets", ["separate", "dual-stack"])


def expect_all_right(bed, family):
    for case in UNICAST:
        if case.family == family:
            for question in questions(family):
                expect_right(case, ask(case.asker(bed), case.target, question), question)
                expect_right(case, stream.ask(case.asker(bed), case.target, question), question)


@BOTH_FAMILIES
def test_host_with_ipv6_disabled(bed, tmp_path, sockets):
    bed.server.sysctl("net.ipv6.conf.all.disable_ipv6", 1)
    with serve(bed.server, tmp_path, settings(sockets)):
        expect_all_right(bed, 4)


@BOTH_FAMILIES
def test_host_without_an_ipv4_address(bed, tmp_path, sockets):
    for interface in ("lo", "one", "two"):
        bed.server.ip(f"address flush dev {interface}", "-4")
    with serve(bed.server, tmp_path, settings(sockets)):
        expect_all_right(bed, 6)


@pytest.fixture(scope="session")
def without_family(tmp_path_factory):
    """Gives the environment that makes a program run on a system that lacks something."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("no C compiler is installed")
    source = pathlib.Path(__file__).with_name("without_family.c")
    library = tmp_path_factory.mktemp("preload") / "without_family.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    # A binary with AddressSanitizer wants to be the first library, which does not matter here.
    return lambda what: {"LD_PRELOAD": str(library), "WITHOUT": what, "ASAN_OPTIONS": "verify_asan_link_order=0"}


@BOTH_FAMILIES
@pytest.mark.parametrize("lacking, served", [("ipv6", 4), ("ipv4", 6)])
def test_system_without_a_family(bed, tmp_path, without_family, sockets, lacking, served):
    with serve(bed.server, tmp_path, settings(sockets), environment=without_family(lacking)) as server:
        expect_all_right(bed, served)
        name = {"ipv6": "IPv6", "ipv4": "IPv4"}[lacking]
        said = [event for event in server.log() if name in event["message"] and event["message"] != "serving"]
        assert len(said) == 1, f"not one line about {name}: {server.log()}"


@pytest.mark.parametrize("sockets", ["IPv4-only", "separate", "dual-stack"])
def test_packet_information_refused_for_no_good_reason_stops_the_start(bed, tmp_path, without_family, sockets):
    with_a_fault = Thence(bed.server, tmp_path, settings(sockets), environment=without_family("pktinfo"))
    try:
        assert eventually(lambda: not with_a_fault.running), "it runs without packet information"
        assert with_a_fault.wait() != 0
        assert with_a_fault.log("serving") == []
        assert "Invalid argument" in with_a_fault.output()
    finally:
        with_a_fault.stop()
