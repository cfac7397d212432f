"""Containers, by podman, without leaving anything on the machine.

The engine works in namespaces of its own, held by one process that ends with the test run, however that ends: what it
mounts, and the containers, go with it. Its network is a host of the bed. Images stay in build/deploy, as they take long.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from bed.namespace import Namespace
from bed.process import eventually
from ground.places import KEPT

_NEEDED = ("podman", "runc", "conmon", "unshare", "nsenter", "setpriv")
_CGROUPS = pathlib.Path("/sys/fs/cgroup")

_SETTINGS = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class Engine:
    """Of use in a `with` statement. Those of one name share images and are never there at once."""

    def __init__(self, name, host=None):
        """@param host whose network is the containers' one; without it, an own one"""
        self.host, self._own_host = host, host is None
        for program in _NEEDED:
            if not shutil.which(program):
                pytest.skip(f"{program} is not installed")
        self._storage = KEPT / f"containers-{name}"
        self.cgroup = f"thence-deploy-{name}"
        self._ends = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as ends:
            self._storage.mkdir(parents=True, exist_ok=True)
            lock = ends.enter_context(open(self._storage.with_suffix(".lock"), "w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._settings = self._storage.with_suffix(".conf")
            self._settings.write_text(_SETTINGS)
            ends.callback(self._remove_cgroups)
            self._remove_cgroups()
            if self._own_host:
                self.host = Namespace("engine")
                ends.callback(self.host.remove)
            ends.enter_context(self._held())
            self._remove_containers()
            ends.callback(self._remove_containers)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_):
        self._ends.close()

    @contextlib.contextmanager
    def _held(self):
        """The process that holds the namespaces: the first one of its process namespace, so that all end with it."""
        # The engine's locks are in /dev/shm, by a name that other engines have, too.
        script = "mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /run && mkdir /run/lock && "
        script += "touch /run/made && exec sleep infinity"
        with self.host.inside():
            holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork",
                                       "--kill-child", "--mount-proc", "sh", "-c", script])
        try:
            children = pathlib.Path(f"/proc/{holder.pid}/task/{holder.pid}/children")
            self._first = eventually(lambda: children.read_text().split())[0]
            assert eventually(lambda: pathlib.Path(f"/proc/{self._first}/root/run/made").exists())
            yield
        finally:
            holder.kill()
            holder.wait()
            eventually(lambda: not pathlib.Path(f"/proc/{self._first}").exists())

    def podman(self, *arguments, check=True, **options):
        """One command of podman's. @return the subprocess.CompletedProcess, with text output"""
        done = self.inside("podman", "--log-level=error", f"--root={self._storage}", "--runroot=/run/thence/containers",
                           "--tmpdir=/run/thence/libpod", "--network-config-dir=/run/thence/networks", *arguments, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"podman {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done

    def inside(self, *command, **options):
        """Runs a command where the engine works, which sees the containers' processes."""
        return subprocess.run(
            ["nsenter", f"--target={self._first}", "--mount", "--pid", "--net", *map(str, command)], capture_output=True,
            text=True, check=False, stdin=subprocess.DEVNULL,
            env={**os.environ, "CONTAINERS_CONF": str(self._settings)}, **options)

    def image(self, name, tarball):
        """An image whose only layer is that root. @return its name with a tag"""
        tag = f"{name}:{tarball.stem}-{int(tarball.stat().st_mtime)}"
        if self.podman("image", "exists", tag, check=False).returncode != 0:
            self.podman("import", tarball, tag)
        return tag

    @contextlib.contextmanager
    def container(self, *arguments):
        """A container that runs in the background. @param arguments of podman run"""
        name = self.podman("run", "--detach", f"--cgroup-parent=/{self.cgroup}", *arguments).stdout.strip()
        try:
            yield Container(self, name)
        finally:
            # On a busy machine a process may take longer to die than it waits.
            removed = ("rm", "--force", "--time=0", name)
            assert eventually(lambda: self.podman(*removed, check=False).returncode == 0, 30), f"{name} stays"

    def _remove_containers(self):
        self.podman("rm", "--force", "--all", "--time=0")

    def _remove_cgroups(self):
        for folder, _, _ in os.walk(_CGROUPS, topdown=False):
            if f"/{self.cgroup}" in folder:
                with contextlib.suppress(OSError):
                    os.rmdir(folder)


class Container:
    def __init__(self, engine, name):
        self._engine, self.name = engine, name

    def run(self, *command, check=True, options=()):
        """Runs a command in it, to its end."""
        done = self._engine.podman("exec", *options, self.name, *command, check=False)
        assert not check or done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}"
        return done

    def sh(self, script, check=True):
        return self.run("sh", "-c", script, check=check)

    def inspect(self):
        return json.loads(self._engine.podman("inspect", self.name).stdout)[0]

    def logs(self):
        done = self._engine.podman("logs", self.name)
        return done.stdout + done.stderr
