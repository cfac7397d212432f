"""deploy/container: the image is built from the sources and run, on the host's network and on two networks at once."""

import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from bed.cases import UNICAST
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.modes import expect_right
from bed.multihomed import MultiHomed
from bed.process import eventually
from bed.thence import settings
from ground import debian, program
from ground.engine import Engine
from ground.places import DEPLOY, REPOSITORY

pytestmark = pytest.mark.xdist_group("image")

FOLDER = DEPLOY / "container"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICE = COMPOSE["services"]["thence"]
IMAGE = "localhost/thence"
LARGEST = 40_000_000  # octets
BIND_SERVICE = 1 << 10
# As restricted as the compose file has it.
RESTRICTED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges")
WITH_PORT_53 = (*RESTRICTED, "--cap-add=net_bind_service")


def compiler_cache():
    """What has been compiled for the release is found again in the image, whose sources are the same."""
    folder = pathlib.Path(os.environ.get("CCACHE_DIR") or pathlib.Path.home() / ".cache/ccache")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def packages(*sections):
    lines = (DEPLOY / "packages.txt").read_text().splitlines()
    return [line.split()[1] for line in lines if line.split()[:1] and line.split()[0] in sections]


@pytest.fixture(scope="module")
def bed():
    with MultiHomed() as made:
        yield made


@pytest.fixture(scope="module")
def engine(bed):
    with Engine("image", bed.server) as made:
        yield made


@pytest.fixture(scope="module")
def image(engine):
    # With what is to be installed there already: the machine of the test may have no network.
    builder = engine.image("localhost/thence-builder", debian.tarball("builder", packages("build", "image")))
    engine.podman("image", "prune", "--force", "--filter=until=168h")
    engine.podman("build", "--format=docker", "--network=host", "--pull=never", f"--build-arg=DEBIAN={builder}",
                  f"--volume={compiler_cache()}:/root/.cache/ccache", f"--file={FOLDER / 'Dockerfile'}", f"--tag={IMAGE}",
                  REPOSITORY)
    yield IMAGE
    engine.podman("rmi", "--force", "--no-prune", IMAGE, check=False)


def configuration(folder, values):
    """@return the arguments that put it where the program looks"""
    file = folder / "thence.yaml"
    file.write_text(json.dumps(values))
    file.chmod(0o644)
    return (f"--volume={file}:/etc/thence/thence.yaml:ro",)


def expect_serving(container):
    assert eventually(lambda: "serving" in container.logs() or not container.inspect()["State"]["Running"], 20)
    assert container.inspect()["State"]["Running"], container.logs()


def status(engine, container):
    """The status of the main process, a word for each line of it."""
    lines = engine.inside("cat", f"/proc/{container.inspect()['State']['Pid']}/status").stdout.splitlines()
    return {line.split(":")[0]: line.split(":")[1].split() for line in lines}


def health(engine, container):
    """What the HEALTHCHECK of the image says."""
    return engine.podman("healthcheck", "run", container.name, check=False).returncode == 0


def test_image(engine, image):
    made = json.loads(engine.podman("image", "inspect", image).stdout)[0]
    assert made["Size"] <= LARGEST
    assert int(made["Config"]["User"].partition(":")[0]) > 0
    assert made["Healthcheck"]["Test"] == ["CMD", "/usr/bin/thence", "health"]
    assert made["Config"]["Entrypoint"] == ["/usr/bin/thence"] and made["Config"]["Cmd"] == ["serve"]


def test_what_is_in_the_image(engine, image, tmp_path):
    """The program and its libraries, each with its licence; no shell, nothing that gives rights away but one program."""
    engine.podman("save", "--format=docker-dir", f"--output={tmp_path / 'image'}", image)
    listed, special = [], []
    for layer in json.loads((tmp_path / "image/manifest.json").read_text())["layers"]:
        name = layer["digest"].removeprefix("sha256:")
        tar = subprocess.run(["tar", "--list", "--verbose", "--file", tmp_path / "image" / name], capture_output=True,
                             text=True, check=True).stdout
        rows = [line.split(maxsplit=5) for line in tar.splitlines()]
        listed += [row[5].split(" -> ")[0] for row in rows]
        special += [row[5] for row in rows if "s" in row[0].lower()]
    assert not special
    assert not [name for name in listed if re.search(r"/(ba|da)?sh$", name)]
    libraries = [name for name in listed if ".so" in name]
    assert libraries and "usr/bin/thence" in listed
    scanned = {name.rpartition("/")[2] for name in listed if "status.d/" in name and not name.endswith("/")}
    licensed = {name.split("/")[3] for name in listed if re.fullmatch("usr/share/doc/[^/]+/copyright", name)}
    assert licensed == scanned | {"thence"}


def test_without_any_capability(engine, image, bed):
    """As it comes, with the configuration that is built in, on ports from 1024 on."""
    with engine.container("--network=host", *RESTRICTED, image) as container:
        expect_serving(container)
        assert int(status(engine, container)["CapEff"][0], 16) == 0
        verdict = ask(bed.client, Target("10.77.2.1", "10.99.0.9"), dns_question("self.thence.test", "A").at(5300))
        assert (verdict.address, verdict.answer) == ("10.77.2.1", ("10.77.2.1",))


def test_on_the_hosts_network(engine, image, bed, tmp_path):
    """Each address of the host, on port 53 too, by a user who is not root."""
    with engine.container("--network=host", *WITH_PORT_53, *configuration(tmp_path, settings()), image) as container:
        expect_serving(container)
        held = status(engine, container)
        assert set(held["Uid"]) == {"65532"}
        for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "CapInh"):
            assert int(held[name][0], 16) & ~BIND_SERVICE == 0, name
        for case in UNICAST:
            for question in (dns_question("self.thence.test", "A" if case.family == 4 else "AAAA"), STUN_QUESTION):
                expect_right(case, ask(case.asker(bed), case.target, question), question)


@pytest.fixture
def networks(engine):
    """The two of the compose file."""
    for name, network in COMPOSE["networks"].items():
        subnets = [f"--subnet={each['subnet']}" for each in network["ipam"]["config"]]
        engine.podman("network", "create", "--disable-dns", "--ipv6", *subnets, name)
    yield [f"--network={name}:ip={own['ipv4_address']},ip6={own['ipv6_address']}" for name, own in SERVICE["networks"].items()]
    engine.podman("network", "rm", "--force", *COMPOSE["networks"])


def test_on_two_networks(engine, image, networks):
    """What the compose file starts: from each address that was asked, and by its network's view."""
    mounted = f"--volume={FOLDER / 'thence.yaml'}:/etc/thence/thence.yaml:ro"
    with engine.container(*networks, *WITH_PORT_53, mounted, image) as container:
        expect_serving(container)
        for name, own in SERVICE["networks"].items():
            for address, kind in ((own["ipv4_address"], "A"), (own["ipv6_address"], "AAAA")):
                # A new address on a bridge is tentative for a while.
                asked = dns_question("self.thence.test", kind)
                verdict = eventually(lambda: _unless_silent(ask(engine.host, Target(address), asked, timeout=0.5)), 15)
                assert verdict and (verdict.address, verdict.answer) == (address, (address,)), f"{address}: {verdict}"
                assert ask(engine.host, Target(address), STUN_QUESTION).address == address
                inside = ask(engine.host, Target(address), dns_question("ns1.lan.test", kind))
                assert inside.address == address and inside.answer == ((address,) if name == "lan" else ("REFUSED",))
        assert health(engine, container)


def _unless_silent(verdict):
    return None if verdict.silent else verdict


def test_health(engine, image):
    with engine.container("--network=host", *RESTRICTED, image) as container:
        expect_serving(container)
        assert eventually(lambda: health(engine, container))
        assert container.inspect()["State"]["Health"]["Status"] == "healthy"
        engine.podman("kill", "--signal=STOP", container.name)
        # Failures right after the start do not count, and one alone neither.
        assert eventually(lambda: not health(engine, container)
                          and container.inspect()["State"]["Health"]["Status"] == "unhealthy", 120)
        engine.podman("kill", "--signal=CONT", container.name)
        assert eventually(lambda: health(engine, container))
        assert container.inspect()["State"]["Health"]["Status"] == "healthy"
        engine.podman("kill", "--signal=KILL", container.name)
        assert eventually(lambda: not container.inspect()["State"]["Running"])
        assert not health(engine, container)


def test_stop_is_graceful(engine, image):
    with engine.container("--network=host", *RESTRICTED, image) as container:
        expect_serving(container)
        engine.podman("stop", "--time=10", container.name)
        assert container.inspect()["State"]["ExitCode"] == 0, container.logs()


def test_other_commands(engine, image):
    """The image is the program: its other commands, and what they say of mistakes."""
    done = engine.podman("run", "--rm", "--network=host", f"--cgroup-parent=/{engine.cgroup}", *RESTRICTED, image, "check")
    assert ": good\n" in done.stdout


def test_compose_file():
    if not shutil.which("docker-compose"):
        pytest.skip("docker-compose is not installed")
    done = subprocess.run(["docker-compose", "--file", FOLDER / "compose.yaml", "config", "--quiet"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_compose_file_fits_together(tmp_path):
    assert (FOLDER / SERVICE["build"]["context"] / SERVICE["build"]["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    assert SERVICE["read_only"] and SERVICE["cap_drop"] == ["ALL"] and SERVICE["cap_add"] == ["NET_BIND_SERVICE"]
    source, _, rest = SERVICE["volumes"][0].partition(":")
    assert rest == "/etc/thence/thence.yaml:ro"
    assert program.mistakes(tmp_path, (FOLDER / source).read_text()) == []
    assert len(SERVICE["networks"]) == 2
    for name, own in SERVICE["networks"].items():
        subnets = [ipaddress.ip_network(each["subnet"]) for each in COMPOSE["networks"][name]["ipam"]["config"]]
        for address in map(ipaddress.ip_address, own.values()):
            assert any(address in subnet for subnet in subnets), address


def test_yaml_is_clean():
    done = subprocess.run(["yamllint", "--strict", "-c", DEPLOY / ".yamllint.yaml", FOLDER], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_else_is_in_the_build_context():
    """Folders that the Dockerfile copies are what .dockerignore lets in."""
    copied = {word.split("/")[0] for line in (FOLDER / "Dockerfile").read_text().splitlines()
              if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]}
    let_in = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in
