"""Validators made by others judge Thence's answers from signed zones: delv, dnsviz, zonemaster-cli."""

import contextlib
import json
import os
import re
import subprocess

import dns.dnssec
import dns.name
import dns.zone
import pytest

from bed.namespace import Namespace
from rig import names, servers, signing, zones

_APEX = "signed.test."
_ADDRESSES = ("198.51.100.53", "198.51.100.54")  # of the server that is judged
_ABOVE = "198.51.100.1"                          # of what is above its zone

_RECORDS = f"""
    {_APEX} SOA ns1.{_APEX} hostmaster.{_APEX} 1 14400 3600 1209600 3600
    {_APEX} NS ns1.{_APEX}
    {_APEX} NS ns2.{_APEX}
    {_APEX} MX 10 www.{_APEX}
    ns1.{_APEX} A {_ADDRESSES[0]}
    ns2.{_APEX} A {_ADDRESSES[1]}
    www.{_APEX} A 192.0.2.1
    www.{_APEX} TXT "text"
    alias.{_APEX} CNAME www.{_APEX}
    *.wild.{_APEX} A 192.0.2.2
    leaf.empty.{_APEX} A 192.0.2.3
    secure.{_APEX} NS ns.secure.{_APEX}
    secure.{_APEX} DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123
    ns.secure.{_APEX} A 192.0.2.4
    insecure.{_APEX} NS ns.insecure.{_APEX}
    ns.insecure.{_APEX} A 192.0.2.5
    old.{_APEX} DNAME new.{_APEX}
    x.new.{_APEX} A 192.0.2.6
"""

_POSITIVE, _NEGATIVE, _UNSIGNED = "fully validated", "negative response, fully validated", "unsigned answer"
_ANSWERS = [
    ("", "SOA", _POSITIVE),
    ("", "DNSKEY", _POSITIVE),
    ("", "NS", _POSITIVE),
    ("www.", "A", _POSITIVE),
    ("alias.", "A", _POSITIVE),
    ("alias.", "MX", _POSITIVE),  # the alias is; what it leads to has none
    ("a.wild.", "A", _POSITIVE),
    ("a.b.wild.", "A", _POSITIVE),
    ("x.old.", "A", _POSITIVE),
    ("a.old.", "A", _POSITIVE),   # the DNAME is; what it leads to is absent
    ("secure.", "DS", _POSITIVE),
    ("insecure.", "DS", _NEGATIVE),
    ("www.", "MX", _NEGATIVE),
    ("a.wild.", "TXT", _NEGATIVE),
    ("*.wild.", "TXT", _NEGATIVE),
    ("empty.", "A", _NEGATIVE),
    ("absent.", "A", _NEGATIVE),
    ("a.b.c.absent.", "AAAA", _NEGATIVE),
    ("a.www.", "A", _NEGATIVE),
    ("a.leaf.empty.", "A", _NEGATIVE),
]


def _zone(apex, text):
    rows = [line.split(maxsplit=2) for line in text.strip().splitlines()]
    return zones.Zone(names.of(apex), [zones.Record(names.of(owner), 3600, kind, data) for owner, kind, data in rows])


class Signed:
    """The zone, signed in one way."""

    def __init__(self, way, folder):
        self.way, self.folder = way, folder
        self.zone = _zone(_APEX, _RECORDS)
        (folder / "zone").write_text(self.zone.text())
        self.file = signing.sign(way, self.zone, folder / "zone", way)
        read = dns.zone.from_file(str(self.file), _APEX, relativize=False)
        self.keys = [key for _, _, key in read.iterate_rdatas("DNSKEY") if key.flags & 1]  # those that DS are for

    def anchor(self, name="anchor", change=lambda key: key):
        """A file with the keys, as delv reads it."""
        texts = [change(key.to_text().split(maxsplit=3)[3].replace(" ", "")) for key in self.keys]
        keys = "".join(f'{_APEX} static-key {key.flags} {key.protocol} {key.algorithm} "{text}"; '
                       for key, text in zip(self.keys, texts))
        (self.folder / name).write_text(f"trust-anchors {{ {keys}}};\n")
        return self.folder / name

    def ds(self):
        return [dns.dnssec.make_ds(dns.name.from_text(_APEX), key, "SHA256").to_text() for key in self.keys]


@pytest.fixture(scope="module", params=signing.WAYS)
def signed(request, tmp_path_factory):
    return Signed(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def asked(signed, tmp_path_factory):
    with servers.Server("thence", tmp_path_factory.mktemp("thence"), [(signed.zone, signed.file)]) as server:
        server.wait()
        yield server


def _delv(server, anchor, name, kind):
    """What delv thinks of an answer."""
    command = ["delv", "@127.0.0.1", "-p", str(server.port), "-a", str(anchor), f"+root={_APEX}", name + _APEX, kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = re.findall(r"^;+ (.*(?:validated|unsigned answer|resolution failed).*)$", done.stdout + done.stderr, re.M)
    return said[0] if said else done.stdout + done.stderr


def _expected(way, name, kind, expected):
    # Where NSEC3 opt out, an unsigned delegation may stand instead of what a wildcard makes (RFC 5155 §6).
    return _UNSIGNED if "opt-out" in way and name.endswith(".wild.") and name[0] != "*" and kind == "A" else expected


@pytest.mark.parametrize(("name", "kind", "expected"), _ANSWERS, ids=[f"{name}{kind}" for name, kind, _ in _ANSWERS])
def test_delv_validates(signed, asked, name, kind, expected):
    assert _delv(asked, signed.anchor(), name, kind) == _expected(signed.way, name, kind, expected)


def test_delv_notices_a_wrong_key(signed, asked):
    wrong = signed.anchor("wrong-anchor", lambda key: ("B" if key[0] == "A" else "A") + key[1:])
    assert "validated" not in _delv(asked, wrong, "www.", "A")


class Internet:
    """A root and a top-level domain that Knot serves on one host, and another host for the server that is judged."""

    def __init__(self, folder, signed):
        self._folder, self._signed = folder, signed
        self._running = contextlib.ExitStack()
        self.client, self._judged = self._host("client"), self._host("judged")
        self.client.link("wire", self._judged)
        self.client.ip(f"address add {_ABOVE}/24 dev wire")
        for address in _ADDRESSES:
            self._judged.ip(f"address add {address}/24 dev wire")
        self.hints = folder / "hints"
        self.hints.write_text(f". 3600000 NS a.root.\na.root. 3600000 A {_ABOVE}\n")

    def _host(self, role):
        host = Namespace(role)
        self._running.callback(host.remove)
        return host

    def _above(self):
        root = _zone(".", f"""
            . SOA a.root. hostmaster.root. 1 14400 3600 1209600 3600
            . NS a.root.
            a.root. A {_ABOVE}
            test. NS a.test.
            a.test. A {_ABOVE}""")
        parent = _zone("test.", f"""
            test. SOA a.test. hostmaster.test. 1 14400 3600 1209600 3600
            test. NS a.test.
            a.test. A {_ABOVE}
            {_APEX} NS ns1.{_APEX}
            {_APEX} NS ns2.{_APEX}
            ns1.{_APEX} A {_ADDRESSES[0]}
            ns2.{_APEX} A {_ADDRESSES[1]}
            """ + "\n".join(f"{_APEX} DS {ds}" for ds in self._signed.ds()))
        for zone in (root, parent):
            file = self._folder / f"above-{zone.name}"
            file.write_text(zone.text())
            yield zone, file

    def _serve(self, role, kind, served, *endpoint):
        (self._folder / role).mkdir()
        return servers.Server(kind, self._folder / role, served, endpoint=servers.Endpoint(53, *endpoint))

    def __enter__(self):
        with self._running:
            above = self._running.enter_context(self._serve("above", "knot", list(self._above()), (_ABOVE,), self.client))
            above.wait()
            self._running = self._running.pop_all()
        return self

    def __exit__(self, *details):
        return self._running.__exit__(*details)

    def serve(self, kind, file=None):
        """A server of the zone, at both addresses. @param file other than the signed one"""
        return self._serve(kind, kind, [(self._signed.zone, file or self._signed.file)], _ADDRESSES, self._judged)

    def run(self, *command):
        """A validator's output; it is to succeed."""
        done = self.client.run(*map(str, command), timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _dnsviz(internet, folder):
    """Errors and warnings, each as (kind, code, what about)."""
    servers_of_zone = ",".join(f"ns{number}.{_APEX}={address}" for number, address in enumerate(_ADDRESSES, 1))
    asked = [name + _APEX for name in ("", "www.", "alias.", "a.wild.", "x.old.", "absent.")]
    # Queries of its own find names and types that are not there.
    internet.run("dnsviz", "probe", "-4", "-A", "-E", "-x", f"{_APEX}+:{servers_of_zone}", "-o", folder / "probe", *asked)
    judged = json.loads(internet.run("dnsviz", "grok", "-P", "-l", "info", "-r", folder / "probe"))
    assert '"VALID"' in json.dumps(judged) and set(asked) <= judged.keys()
    return set(_problems(judged))


def _problems(judged, about=""):
    if isinstance(judged, dict):
        for key, value in judged.items():
            if key in ("errors", "warnings"):
                yield from ((key, problem["code"], about) for problem in value)
            else:
                yield from _problems(value, key if key.endswith(".") or "/IN/" in key else about)
    elif isinstance(judged, list):
        for value in judged:
            yield from _problems(value, about)


def _zonemaster(internet, _):
    """Messages from WARNING on, each as (level, tag)."""
    said = internet.run("zonemaster-cli", "--hints", internet.hints, "--no-ipv6", "--level", "INFO", "--json", "--no-progress",
                        _APEX.rstrip("."))
    messages = [(each["level"], each["tag"]) for each in json.loads(said)]
    assert any("DNSSEC" in each["module"] for each in json.loads(said))
    return {each for each in messages if each[0] in ("WARNING", "ERROR", "CRITICAL")}


_needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: network namespaces")
_validators = pytest.mark.parametrize("validator", [_dnsviz, _zonemaster], ids=["dnsviz", "zonemaster"])


@_needs_root
@_validators
def test_nothing_that_knot_does_not_have(signed, validator, tmp_path):
    found = {}
    with Internet(tmp_path, signed) as internet:
        for kind in ("knot", "thence"):
            with internet.serve(kind) as server:
                server.wait()
                found[kind] = validator(internet, tmp_path)
    assert found["thence"] <= found["knot"]


@_needs_root
@_validators
@pytest.mark.parametrize("signed", ["knot-nsec3"], indirect=True)
def test_a_forged_record_is_noticed(signed, validator, tmp_path):
    text = signed.file.read_text()
    forged = tmp_path / "forged"
    forged.write_text(re.sub(r"(\s)14400(\s)", r"\g<1>14401\2", text))  # in the SOA
    assert forged.read_text() != text
    with Internet(tmp_path, signed) as internet, internet.serve("thence", forged) as server:
        server.wait()
        assert any(problem[0] in ("errors", "ERROR") and "PRIVATE" not in problem[1] for problem in validator(internet, tmp_path))
