"""deploy/package: the Debian package in a bare root, where no systemd runs: installed, upgraded, removed, purged."""

import contextlib
import shutil
import subprocess

import pytest

from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.process import eventually
from ground import debian, package
from ground.engine import Engine

pytestmark = pytest.mark.xdist_group("hosts")

CONFIGURATION = "/etc/thence/thence.yaml"
DNS = dns_question("self.thence.test", "A").at(5300)
# What changes with any package that comes and goes.
PASSING = ("/var/lib/dpkg", "/var/log", "/var/cache", "/proc", "/sys", "/dev", "/run", "/tmp", "/var/lib/apt")
ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")


@pytest.fixture(scope="module")
def built():
    return package.build()


@pytest.fixture(scope="module")
def engine():
    with Engine("hosts") as made:
        yield made


@pytest.fixture
def root(engine, built, tmp_path):
    """A root with what the package needs, and nothing else; the packages are in /packages."""
    shutil.copy(built, tmp_path / "thence.deb")
    image = engine.image("localhost/thence-bare", debian.tarball("bare", package.dependencies(built)))
    with engine.container("--network=host", f"--volume={tmp_path}:/packages", image, "sleep", "infinity") as made:
        yield made


def install(root, file="thence.deb"):
    """As upgrades do it that nobody watches: they keep a configuration that was edited."""
    options = "--yes --option Dpkg::Options::=--force-confdef --option Dpkg::Options::=--force-confold"
    return root.sh(f"DEBIAN_FRONTEND=noninteractive apt-get {options} install /packages/{file} 2>&1").stdout


def entries(root):
    """All that is in the root, by name."""
    pruned = " -o ".join(f"-path {path}" for path in PASSING)
    return set(root.sh(f"find / \\( {pruned} \\) -prune -o -print").stdout.splitlines()) - {f"{each}-" for each in ACCOUNTS}


def accounts(root):
    return root.run("sort", *ACCOUNTS).stdout


@contextlib.contextmanager
def serving(engine, root):
    root.run("/usr/bin/thence", "serve", options=("--detach",))
    try:
        assert eventually(lambda: not ask(engine.host, Target("127.0.0.1"), DNS, timeout=0.2).silent)
        yield
    finally:
        root.sh("kill $(sed -n 's/^Pid:\\t//p' $(grep -l '^Name:\\tthence$' /proc/[0-9]*/status))", check=False)


def test_lintian(built):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning", built], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_in_it(built):
    assert set(package.files(built)) == {
        "/usr/bin/thence", CONFIGURATION,
        "/usr/lib/systemd/system/thence.service", "/usr/lib/systemd/system/thence.socket", "/usr/lib/sysusers.d/thence.conf",
        "/usr/share/man/man1/thence.1.gz", "/usr/share/man/man5/thence.yaml.5.gz",
        *(f"/usr/share/doc/thence/{name}" for name in ("README.md", "changelog.gz", "copyright", "thence.yaml"))}


def test_it_needs_no_more_than_it_says(engine, root):
    """It serves in a root that has nothing but these, under its own user."""
    install(root)
    assert root.run("getent", "passwd", "thence").stdout.rstrip().endswith("nologin")
    assert root.run("setpriv", "--reuid=thence", "--regid=thence", "--clear-groups", "thence", "check").stdout.startswith(
        f"{CONFIGURATION}: good\n")
    with serving(engine, root):
        verdict = ask(engine.host, Target("127.0.0.1"), DNS)
        assert (verdict.address, verdict.answer) == ("127.0.0.1", ("127.0.0.1",))
        assert not ask(engine.host, Target("127.0.0.1"), STUN_QUESTION).silent


def test_the_configuration_is_the_built_in_one(root):
    """The file is where the program looks, and says what holds without it."""
    install(root)
    default = root.run("cat", CONFIGURATION).stdout
    assert default == root.run("cat", "/usr/share/doc/thence/thence.yaml").stdout
    assert CONFIGURATION in root.run("thence", "--help").stdout


@pytest.mark.parametrize("edited", [True, False], ids=["edited", "as it came"])
def test_upgrade(root, built, tmp_path, edited):
    install(root)
    user = root.run("id", "thence").stdout
    if edited:
        root.sh(f"echo '# mine' >> {CONFIGURATION}")
    before = root.run("cat", CONFIGURATION).stdout
    new = before + "# the default of the new one\n"
    shutil.copy(package.later(built, tmp_path, "99.0", new), tmp_path / "later.deb")
    said = install(root, "later.deb")
    assert root.run("dpkg-query", "--show", "--showformat=${Version}", "thence").stdout == "99.0", said
    assert root.run("cat", CONFIGURATION).stdout == (before if edited else new)
    assert root.run("id", "thence").stdout == user


def test_removal_keeps_the_configuration(root):
    install(root)
    root.sh(f"echo '# mine' >> {CONFIGURATION}")
    root.sh("apt-get --yes remove thence")
    assert root.run("tail", "-n", "1", CONFIGURATION).stdout == "# mine\n"
    left = {each for each in entries(root) if "thence" in each}
    assert all(each.startswith(("/etc/", "/packages/", "/var/lib/systemd/deb-systemd-helper-enabled/")) for each in left), left
    # And the user, whose files may be there: it is the same when the package comes back.
    user = root.run("id", "thence").stdout
    install(root)
    assert root.run("id", "thence").stdout == user
    assert root.run("tail", "-n", "1", CONFIGURATION).stdout == "# mine\n"


@pytest.mark.parametrize("before", ["", "apt-get --yes remove thence"], ids=["at once", "after removal"])
def test_purge_leaves_nothing(root, before):
    as_it_was, who_was_there = entries(root), accounts(root)
    install(root)
    assert entries(root) > as_it_was and accounts(root) != who_was_there
    root.sh(before)
    root.sh("apt-get --yes purge thence")
    assert entries(root) == as_it_was
    assert accounts(root) == who_was_there
    assert root.run("dpkg-query", "--show", "thence", check=False).returncode != 0


def test_purge_spares_what_is_the_administrators(root):
    install(root)
    root.sh("echo mine > /etc/thence/example.com.zone; apt-get --yes purge thence")
    assert root.run("ls", "/etc/thence").stdout == "example.com.zone\n"


def test_installing_twice_is_nothing_new(root):
    install(root)
    before = entries(root), accounts(root)
    root.sh("dpkg --install /packages/thence.deb")
    assert (entries(root), accounts(root)) == before
