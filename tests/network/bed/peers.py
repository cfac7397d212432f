"""Other servers, as they come: the settings name a zone and where files go, and nothing that concerns addresses."""

import pathlib
import shutil

from bed.process import Process

ZONE = """$ORIGIN thence.test.
@ 300 SOA ns1 hostmaster 1 3600 600 86400 300
@ 300 NS ns1
ns1 60 A 192.0.2.53
www 60 A 192.0.2.10
"""

_NSD = """server:
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    cookie-secret-file: "{folder}/cookies"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: thence.test
    zonefile: thence.test.zone
"""

# Knot listens nowhere unless it is told where; the wildcard is what its documentation proposes.
_KNOT = """server:
    rundir: "{folder}"
    listen: [ 0.0.0.0@53, ::@53 ]
database:
    storage: "{folder}/db"
log:
  - target: stderr
    any: info
zone:
  - domain: thence.test
    storage: "{folder}"
    file: thence.test.zone
    zonefile-sync: -1
"""


def _folder(parent, name, settings):
    folder = pathlib.Path(parent) / name
    folder.mkdir()
    (folder / "thence.test.zone").write_text(ZONE)
    (folder / f"{name}.conf").write_text(settings.format(folder=folder))
    return folder


def nsd(host, parent):
    folder = _folder(parent, "nsd", _NSD)
    return Process(host, folder, shutil.which("nsd"), "-d", "-c", folder / "nsd.conf")


def knot(host, parent):
    folder = _folder(parent, "knot", _KNOT)
    return Process(host, folder, shutil.which("knotd"), "-c", folder / "knot.conf")


def coturn(host, parent, *options):
    folder = _folder(parent, "coturn" + str(len(options)), "")
    return Process(host, folder, shutil.which("turnserver"), "-n", "--stun-only", "--no-auth", "--no-tls", "--no-dtls",
                   "--no-cli", "--simple-log", "--log-file=stdout", f"--userdb={folder}/db",
                   f"--pidfile={folder}/coturn.pid", *options)


def coturn_wildcard(host, parent, *options):
    return coturn(host, parent, "--listening-ip=0.0.0.0", "--listening-ip=::", *options)
