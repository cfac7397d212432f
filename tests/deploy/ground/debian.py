"""Roots of Debian, made by mmdebstrap from this machine's own package sources and kept for a week."""

import contextlib
import fcntl
import hashlib
import re
import shutil
import subprocess
import time

import pytest

from ground.places import KEPT

RELEASE = "bookworm"
_WEEK = 7 * 24 * 3600


def tarball(name, packages=()):
    """A root with these packages and what is essential, as a tar file."""
    if not shutil.which("mmdebstrap"):
        pytest.skip("mmdebstrap is not installed")
    key = hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:12]
    file = KEPT / f"{name}-{key}.tar"
    with _alone(name):
        if not file.exists() or file.stat().st_mtime < time.time() - _WEEK:
            _make(file, packages)
    for other in KEPT.glob(f"{name}-*.tar*"):
        if other != file:
            other.unlink()
    return file


def _make(file, packages):
    new = file.with_suffix(".tar.new")
    (KEPT / "apt.conf").write_text(_apt_settings())
    options = ["--quiet", "--format=tar", "--variant=minbase", f"--aptopt={KEPT / 'apt.conf'}"]
    options += [f"--include={package}" for package in packages]
    subprocess.run(["mmdebstrap", *options, RELEASE, new, "-"], input=_sources(), text=True, check=True)
    new.rename(file)


def _sources():
    """What apt itself makes of this machine's sources: those of Debian's own release."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(RELEASE)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)",
         "Identifier: Packages"], capture_output=True, text=True, check=True)
    lines = re.findall(rf"^Debian\|{RELEASE}(?:-updates|-security)?\|(.*)$", done.stdout, re.MULTILINE)
    if not lines:
        pytest.skip(f"this machine has no sources of Debian {RELEASE}")
    return "\n".join(sorted(set(lines))) + "\n"


def _apt_settings():
    """How this machine reaches them: proxies, time-outs, how dates are checked."""
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    kept = re.compile(r'Acquire::(https?|ftp|Retries|Check-|Max-)\S* "[^"]+";$', re.IGNORECASE)
    return "".join(line + "\n" for line in said.splitlines() if kept.match(line))


@contextlib.contextmanager
def _alone(name):
    """No other test process makes the same."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
