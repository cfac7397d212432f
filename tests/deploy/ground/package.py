"""The Debian package: made once for all tests, and a later version of it."""

import fcntl
import io
import os
import pathlib
import re
import subprocess
import tarfile

from ground.places import DEPLOY, KEPT


def build():
    """Makes it from the sources as they are, unless the environment variable THENCE_DEB names one. @return the file"""
    if os.environ.get("THENCE_DEB"):
        return pathlib.Path(os.environ["THENCE_DEB"])
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / "package.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # It must not outlive a test run that is killed.
        done = subprocess.run(["setpriv", "--pdeathsig", "TERM", DEPLOY / "package/build"], capture_output=True, text=True,
                              check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return pathlib.Path(done.stdout.strip())


def field(package, name):
    return subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True).stdout.strip()


def dependencies(package):
    """The names of the packages that it needs."""
    return [re.match(r"\s*([^ (|]+)", each)[1] for each in field(package, "Depends").split(",")]


def later(package, folder, version, configuration=None):
    """The same with another version. @param configuration what it brings as the default one"""
    tree = pathlib.Path(folder) / "later"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(), flags=re.MULTILINE))
    if configuration is not None:
        (tree / "etc/thence/thence.yaml").write_text(configuration)
    made = pathlib.Path(folder) / f"thence_{version}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True, capture_output=True)
    return made


def files(package):
    """What it installs, but for folders."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [member.name.removeprefix(".") for member in tar if not member.isdir()]
