"""Zones signed by others: kzonesign and ldns-signzone."""

import os
import pathlib
import random
import subprocess
import time

from rig import names

_ENVIRONMENT = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}

# Settings of Knot's policy, or switches of ldns-signzone.
WAYS = {
    "knot-nsec": {"nsec3": "off"},
    "knot-nsec3": {"nsec3": "on", "nsec3-iterations": 0, "nsec3-salt-length": 0},
    "knot-nsec3-salted": {"nsec3": "on", "nsec3-iterations": 5, "nsec3-salt-length": 8},
    "knot-opt-out": {"nsec3": "on", "nsec3-iterations": 0, "nsec3-salt-length": 0, "nsec3-opt-out": "on"},
    "ldns-nsec": [],
    "ldns-nsec3": ["-n", "-t", "0"],
    "ldns-nsec3-salted": ["-n", "-t", "5", "-s"],  # and a salt
    "ldns-opt-out": ["-n", "-t", "0", "-p"],
}


def limits(way):
    """What zones of that way may have: arguments of zones.make."""
    # NSD 4.6 crashes over NSEC3 where there is no room for an asterisk above a name.
    crashes = "nsec3" in way or "opt-out" in way
    # ldns writes rare types in formats of their own, which Knot does not know, and @ and $ without a backslash.
    return {"longest": names.LONGEST_NAME - 2 if crashes else names.LONGEST_NAME, "common": way.startswith("ldns")}


def sign(way, zone, file, seed):
    """@return the file of the signed zone"""
    return (_by_knot if way.startswith("knot") else _by_ldns)(way, zone, pathlib.Path(file), seed)


def _run(*command, **options):
    done = subprocess.run(list(map(str, command)), env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}:\n{done.stdout[-3000:]}")
    return done.stdout


def _by_knot(way, zone, file, _):
    folder = file.parent / f"{file.name}.keys"
    folder.mkdir()
    policy = "".join(f"    {key}: {value}\n" for key, value in WAYS[way].items())
    name = zone.name.replace("\\", "\\\\")
    (folder / "knot.conf").write_text(f"""
database:
    storage: "{folder}"
policy:
  - id: of-test
    algorithm: ecdsap256sha256
    single-type-signing: off
    cds-cdnskey-publish: none
{policy}
zone:
  - domain: "{name}"
    file: "{file}"
    dnssec-signing: on
    dnssec-policy: of-test
""")
    said = _run("kzonesign", "-c", folder / "knot.conf", "-o", folder, zone.name)
    signed = folder / file.name
    if not signed.exists():
        raise RuntimeError(f"kzonesign: {said}")
    return signed


def _by_ldns(way, zone, file, seed):
    folder = file.parent / f"{file.name}.keys"
    folder.mkdir()
    keys = [_run("ldns-keygen", "-a", "ECDSAP256SHA256", *switches, zone.name, cwd=folder).strip() for switches in ([], ["-k"])]
    switches = list(WAYS[way])
    if switches[-1:] == ["-s"]:
        switches.append(random.Random(seed).randbytes(8).hex())
    signed = folder / "signed.zone"
    # Some validators warn of signatures that begin now, which clocks may differ about.
    _run("ldns-signzone", *switches, "-i", int(time.time()) - 86400, "-o", zone.name, "-f", signed, file, *keys, cwd=folder)
    return signed
