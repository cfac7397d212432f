"""Hosts: network namespaces, the links between them, and what runs inside."""

import contextlib
import ctypes
import itertools
import os
import re
import subprocess

_CLONE_NEWNET = 0x40000000
_FOLDER = "/run/netns"
_libc = ctypes.CDLL(None, use_errno=True)
_serial = itertools.count(1)


def _setns(descriptor):
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"setns: {os.strerror(error)}")


class Namespace:
    """A separate host. Addresses are usable at once, and replies may take another path than the request."""

    def __init__(self, role):
        # The process id keeps parallel runs apart, and lets a later run find what a killed one left behind.
        self.name = f"thence-{os.getpid()}-{next(_serial)}-{role}"
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.sysctl("net.ipv4.conf.all.rp_filter", 0)
        self.sysctl("net.ipv4.conf.default.rp_filter", 0)
        self.sysctl("net.ipv6.conf.default.accept_dad", 0)
        self.ip("link set lo up")

    @contextlib.contextmanager
    def inside(self):
        """Sockets opened and processes started in this block are in this host's namespace."""
        with open("/proc/thread-self/ns/net") as home, open(f"{_FOLDER}/{self.name}") as there:
            _setns(there.fileno())
            try:
                yield
            finally:
                _setns(home.fileno())

    def run(self, *command, **options):
        """Runs a command and returns the subprocess.CompletedProcess, with text output."""
        with self.inside():
            return subprocess.run(command, capture_output=True, text=True, check=False, **options)

    def ip(self, commands, *options):
        """Runs one `ip` command per line, without the word `ip`. @param options such as -6, which rules need"""
        self._feed(["ip", *options, "-batch", "-"], commands)

    def nft(self, rules):
        self._feed(["nft", "-f", "-"], rules)

    def _feed(self, command, text):
        text = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
        done = self.run(*command, input=text)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {' '.join(command)}: {done.stderr.strip()}\n{text}")

    def sysctl(self, key, value):
        with self.inside(), open("/proc/sys/" + key.replace(".", "/"), "w") as file:
            file.write(str(value))

    def answer_every_closed_port(self):
        """Sends an ICMP error for each datagram, without the kernel's rate limit, so that a client can rely on it."""
        self.sysctl("net.ipv4.icmp_ratemask", 0)
        self.sysctl("net.ipv6.icmp.ratemask", "\n")

    def link(self, interface, other):
        """Adds a link to another host: an interface of that name at both ends, up, without addresses."""
        self.ip(f"link add {interface} type veth peer name {interface} netns {other.name}")
        for host in (self, other):
            host.ip(f"link set {interface} addrgenmode none up")

    def remove(self):
        subprocess.run(["ip", "netns", "delete", self.name], check=True)


def remove_leftovers():
    """Removes the hosts of test processes that were killed before they could clean up."""
    names = os.listdir(_FOLDER) if os.path.isdir(_FOLDER) else []
    for name in names:
        owner = re.match(r"thence-(\d+)-", name)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            subprocess.run(["ip", "netns", "delete", name], check=False)
