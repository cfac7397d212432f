"""The package on a host that has booted systemd: the service as those who run the host see it."""

import json
import re
import shutil

import pytest

from bed.cases import UNICAST
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.modes import expect_right
from bed.multihomed import MultiHomed
from bed.process import eventually
from ground import debian, package
from ground.engine import Engine

pytestmark = pytest.mark.xdist_group("hosts")

CONFIGURATION = "/etc/thence/thence.yaml"
BIND_SERVICE = 1 << 10
ZONE = {"name": "thence.test", "records": ["@ 300 SOA ns1 hostmaster 1 3600 600 86400 300", "@ 300 NS ns1"],
        "dynamic": {"self": "self", "ns1": "self"}}


@pytest.fixture(scope="module")
def built():
    return package.build()


@pytest.fixture(scope="module")
def bed():
    with MultiHomed() as made:
        yield made


@pytest.fixture(scope="module")
def engine(bed):
    with Engine("hosts", bed.server) as made:
        yield made


@pytest.fixture(scope="module")
def booted(engine, built, tmp_path_factory):
    """The machine, with the package in /packages."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copy(built, folder / "thence.deb")
    shutil.copy(package.later(built, folder, "99.0"), folder / "later.deb")
    packages = ["systemd", "systemd-sysv", "man-db", *package.dependencies(built)]
    image = engine.image("localhost/thence-host", debian.tarball("host", packages))
    with engine.container("--network=host", "--systemd=always", "--privileged", f"--volume={folder}:/packages", image,
                          "/lib/systemd/systemd") as made:
        state = eventually(lambda: made.run("systemctl", "is-system-running", check=False).stdout.strip() in
                           ("running", "degraded"), 30)
        assert state, made.logs()
        yield made


@pytest.fixture
def host(booted):
    """The same with the package as it comes, and without it afterwards."""
    install(booted)
    yield booted
    booted.sh("systemctl stop thence.socket thence.service; DEBIAN_FRONTEND=noninteractive apt-get --yes purge thence;"
              "rm -rf /etc/thence /etc/systemd/system/thence.*; systemctl daemon-reload; systemctl reset-failed", check=False)


def install(booted, file="thence.deb"):
    return booted.sh(f"DEBIAN_FRONTEND=noninteractive apt-get --yes install /packages/{file} 2>&1").stdout


def show(host, *properties, unit="thence.service"):
    said = host.run("systemctl", "show", f"--property={','.join(properties)}", unit).stdout
    return dict(line.split("=", 1) for line in said.splitlines())


def journal(host):
    return host.run("journalctl", "--unit=thence", "--no-pager", "--output=cat").stdout


def expect_active(host):
    state = show(host, "ActiveState", "SubState", "Result", "NRestarts")
    assert (state["ActiveState"], state["SubState"], state["NRestarts"]) == ("active", "running", "0"), journal(host)


def configure(host, **settings):
    host.sh(f"cat > {CONFIGURATION} <<'END'\n{json.dumps(settings, indent=1)}\nEND")


def drop_in(host, text, unit="thence.service"):
    host.sh(f"mkdir -p /etc/systemd/system/{unit}.d && printf '{text}' > /etc/systemd/system/{unit}.d/test.conf "
            "&& systemctl daemon-reload")


def expect_answers(bed, dns_port):
    """From each address that was asked, whoever asked."""
    for case in UNICAST:
        for question in (dns_question("self.thence.test", "A" if case.family == 4 else "AAAA").at(dns_port), STUN_QUESTION):
            expect_right(case, ask(case.asker(bed), case.target, question), question)


def process(host):
    """The status of the main process, a word for each line of it."""
    pid = show(host, "MainPID")["MainPID"]
    lines = host.run("cat", f"/proc/{pid}/status").stdout.splitlines()
    return {line.split(":")[0]: line.split(":")[1].split() for line in lines}


def test_systemd_has_nothing_to_say_of_the_units(host):
    done = host.run("systemd-analyze", "verify", "thence.service", "thence.socket", check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_manual(host):
    for section, page in (("1", "thence"), ("5", "thence.yaml")):
        done = host.run("man", section, page)
        assert page.upper() in done.stdout.split("\n")[0].upper() and not done.stderr


def test_installed_it_serves(bed, host):
    expect_active(host)
    assert host.run("systemctl", "is-enabled", "thence").stdout == "enabled\n"
    assert show(host, "StatusText")["StatusText"]
    expect_answers(bed, 5300)


def test_it_has_no_more_privileges_than_it_needs(host):
    status = process(host)
    user = host.run("id", "--user", "thence").stdout.strip()
    assert set(status["Uid"]) == {user} and user != "0"
    assert status["NoNewPrivs"] == ["1"] and status["Seccomp"] == ["2"]
    for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
        # None of its ports is below 1024.
        assert int(status[name][0], 16) & ~BIND_SERVICE == 0, name
    assert int(status["CapEff"][0], 16) == 0


def test_ports_below_1024(bed, host):
    configure(host, listeners=[{"port": 53, "protocols": ["dns"]}, {"port": 3478, "protocols": ["stun"]}],
              dns={"zones": [ZONE]})
    host.run("systemctl", "restart", "thence")
    expect_active(host)
    expect_answers(bed, 53)
    assert int(process(host)["CapEff"][0], 16) in (0, BIND_SERVICE)


def test_reload_waits_until_the_new_is_served(bed, host):
    zone = {**ZONE, "records": [*ZONE["records"], "new A 192.0.2.77"]}
    configure(host, dns={"zones": [zone]})
    host.run("systemctl", "reload", "thence")
    assert ask(bed.client, Target("10.77.1.2"), dns_question("new.thence.test", "A").at(5300)).answer == ("192.0.2.77",)
    expect_active(host)


def test_a_refused_reload_fails_and_all_stays(bed, host):
    before = show(host, "MainPID", "InvocationID")
    configure(host, listeners=[{"port": "none"}])
    done = host.run("systemctl", "reload", "thence", check=False)
    assert done.returncode != 0
    # The mistake is in the journal, with its place.
    assert eventually(lambda: "listeners[0].port" in journal(host))
    assert show(host, "MainPID", "InvocationID") == before
    expect_answers(bed, 5300)


def test_a_bad_configuration_does_not_start_again_and_again(host):
    configure(host, listeners=[{"port": "none"}])
    assert host.run("systemctl", "restart", "thence", check=False).returncode != 0
    state = show(host, "ActiveState", "NRestarts", "ExecMainStatus")
    assert state == {"ActiveState": "failed", "NRestarts": "0", "ExecMainStatus": "2"}, journal(host)


def test_stop_is_graceful(host):
    host.run("systemctl", "stop", "thence")
    state = show(host, "ActiveState", "Result", "ExecMainStatus", "ExecMainCode")
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")
    assert "SIGKILL" not in journal(host)


def test_watchdog(bed, host):
    """It is kept quiet as long as all is well, and ends a process that does not answer."""
    drop_in(host, "[Service]\\nWatchdogSec=1\\n")
    host.run("systemctl", "restart", "thence")
    seen = {show(host, "WatchdogTimestampMonotonic")["WatchdogTimestampMonotonic"]}
    eventually(lambda: seen.add(show(host, "WatchdogTimestampMonotonic")["WatchdogTimestampMonotonic"]) or len(seen) > 3)
    assert len(seen) > 3
    expect_active(host)
    host.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "thence")
    assert eventually(lambda: show(host, "NRestarts")["NRestarts"] == "1", 15), journal(host)
    assert eventually(lambda: show(host, "ActiveState")["ActiveState"] == "active", 15), journal(host)
    expect_answers(bed, 5300)


def test_socket_activation(bed, host):
    """Sockets from systemd, and no capability at all: from the first request on, the source is right."""
    configure(host, listeners=[{"port": 53, "protocols": ["dns"]}, {"port": 3478, "protocols": ["stun"]}],
              dns={"zones": [ZONE]})
    drop_in(host, "[Service]\\nAmbientCapabilities=\\nCapabilityBoundingSet=\\n")
    host.run("systemctl", "stop", "thence.service")
    host.run("systemctl", "start", "thence.socket")
    assert show(host, "ActiveState")["ActiveState"] == "inactive"
    # The first request starts it, and is answered by it.
    question = dns_question("self.thence.test", "A")
    verdict = ask(bed.client, Target("10.77.2.1", "10.99.0.9"), question, timeout=10)
    assert (verdict.address, verdict.answer) == ("10.77.2.1", ("10.77.2.1",)), journal(host)
    assert eventually(lambda: show(host, "ActiveState")["ActiveState"] == "active")
    expect_answers(bed, 53)
    assert int(process(host)["CapEff"][0], 16) == 0


def test_a_restart_loses_nothing_with_sockets(bed, host):
    configure(host, listeners=[{"port": 53, "protocols": ["dns"]}], dns={"zones": [ZONE]})
    host.run("systemctl", "stop", "thence.service")
    host.run("systemctl", "start", "thence.socket", "thence.service")
    host.run("systemctl", "restart", "--no-block", "thence.service")
    for _ in range(20):
        assert not ask(bed.client, Target("10.77.1.2"), dns_question("self.thence.test", "A"), timeout=5).silent


def test_upgrade_starts_the_new_program(bed, host):
    before = show(host, "InvocationID")
    said = install(host, "later.deb")
    assert show(host, "InvocationID") != before, said
    expect_active(host)
    expect_answers(bed, 5300)


@pytest.mark.parametrize("done", ["systemctl disable --now thence", "systemctl mask --now thence"])
def test_upgrade_leaves_what_was_turned_off(host, done):
    host.sh(done)
    state = host.run("systemctl", "is-enabled", "thence", check=False).stdout
    install(host, "later.deb")
    assert host.run("systemctl", "is-enabled", "thence", check=False).stdout == state
    assert show(host, "ActiveState")["ActiveState"] == "inactive"
    host.sh("systemctl unmask thence")


def test_removal_stops_it(bed, host):
    host.sh("apt-get --yes remove thence")
    assert show(host, "LoadState")["LoadState"] in ("not-found", "masked")
    assert ask(bed.client, Target("10.77.1.2"), dns_question("self.thence.test", "A").at(5300), timeout=0.3).silent
    host.sh("apt-get --yes purge thence")
    left = host.sh("find /etc /var/lib/systemd -name '*thence*'").stdout
    assert left == ""
    assert not re.search("thence", host.run("systemctl", "list-unit-files", "--no-pager").stdout)
