"""Other servers. NSD, Knot and coturn with default address handling: the settings only name a zone and file locations.
dnsmasq and BIND with their features for answers that depend on the address asked.
"""

import pathlib
import shutil

from bed.process import Process

_BIG = " ".join('"' + "x" * 250 + '"' for _ in range(40))  # does not fit in a UDP reply

ZONE = f"""@ 300 SOA ns1 hostmaster 1 3600 600 86400 300
@ 300 NS ns1
ns1 60 A 192.0.2.53
www 60 A 192.0.2.10
big 60 TXT {_BIG}
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
    name: {zone}
    zonefile: {zone}.zone
"""

# Knot has no default listen address; its documentation suggests the wildcard.
_KNOT = """server:
    rundir: "{folder}"
    listen: [ 0.0.0.0@53, ::@53 ]
database:
    storage: "{folder}/db"
log:
  - target: stderr
    any: info
zone:
  - domain: {zone}
    storage: "{folder}"
    file: {zone}.zone
    zonefile-sync: -1
    journal-content: none
    {more}
"""

_UNBOUND = """server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    verbosity: 1
    interface: 0.0.0.0
    interface: ::0
    interface-automatic: yes
    access-control: 0.0.0.0/0 allow
    access-control: ::0/0 allow
    module-config: "iterator"
    do-not-query-localhost: no
    local-zone: "{zone}" static
    local-data: "{zone}. 300 SOA ns1 hostmaster 1 3600 600 86400 300"
    local-data: "www.{zone}. 60 A 192.0.2.10"
    local-data: "ns1.{zone}. 60 A 192.0.2.53"
    local-data: 'big.{zone}. 60 TXT {big}'
remote-control:
    control-enable: no
"""

_BIND = """options {{
    directory "{folder}";
    pid-file none;
    session-keyfile none;
    listen-on port {port} {{ any; }};
    listen-on-v6 port {port} {{ any; }};
    recursion no;
    dnssec-validation no;
    empty-zones-enable no;
}};
controls {{ }};"""


def _folder(parent, name, settings, zone="thence.test", **more):
    folder = pathlib.Path(parent) / name
    folder.mkdir()
    (folder / f"{zone}.zone").write_text(ZONE)
    (folder / f"{name}.conf").write_text(settings.format(folder=folder, zone=zone, big=_BIG, **more))
    return folder


def nsd(host, parent, zone="thence.test"):
    folder = _folder(parent, "nsd", _NSD, zone)
    return Process(host, folder, shutil.which("nsd"), "-d", "-c", folder / "nsd.conf")


def unbound(host, parent, zone):
    folder = _folder(parent, "unbound", _UNBOUND, zone)
    return Process(host, folder, shutil.which("unbound"), "-d", "-p", "-c", folder / "unbound.conf")


def knot(host, parent, zone="thence.test", signed=False):
    folder = _folder(parent, "knot", _KNOT, zone, more="dnssec-signing: on" if signed else "")
    (folder / "db").mkdir()
    return Process(host, folder, shutil.which("knotd"), "-c", folder / "knot.conf")


def coturn(host, parent, *options):
    folder = _folder(parent, "coturn" + str(len(options)), "")
    return Process(host, folder, shutil.which("turnserver"), "-n", "--stun-only", "--no-auth", "--no-tls", "--no-dtls",
                   "--no-cli", "--simple-log", "--log-file=stdout", f"--userdb={folder}/db",
                   f"--pidfile={folder}/coturn.pid", *options)


def coturn_wildcard(host, parent, *options):
    return coturn(host, parent, "--listening-ip=0.0.0.0", "--listening-ip=::", *options)


def dnsmasq(host, parent, port, addresses, interfaces):
    """With `localise-queries` and `interface-name`.

    @param addresses for each name, its addresses
    @param interfaces for each name, the interface whose addresses it has"""
    folder = pathlib.Path(parent) / "dnsmasq"
    folder.mkdir()
    (folder / "hosts").write_text("".join(f"{each} {name}\n" for name, them in addresses.items() for each in them))
    return Process(host, folder, shutil.which("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", f"--port={port}",
                   "--no-resolv", "--no-hosts", f"--addn-hosts={folder}/hosts", "--localise-queries", "--local=/thence.test/",
                   "--log-facility=-", "--pid-file=", "--user=root",
                   *[f"--interface-name={name},{interface}" for name, interface in interfaces.items()])


def bind(host, parent, zone="thence.test"):
    folder = _folder(parent, "named", _BIND + '\nzone "{zone}" {{ type primary; file "{folder}/{zone}.zone"; }};', zone,
                     port=53)
    return Process(host, folder, shutil.which("named"), "-g", "-n", "1", "-c", folder / "named.conf")


def bind_with_views(host, parent, port, views):
    """@param views pairs of what a view matches, in BIND's syntax, and its zones: pairs of name and file content"""
    folder = pathlib.Path(parent) / "bind"
    folder.mkdir()
    parts = [_BIND.format(folder=folder, port=port)]
    for number, (match, zones) in enumerate(views):
        parts.append(f"view v{number} {{ {match}")
        for serial, (name, content) in enumerate(zones):
            file = folder / f"{number}-{serial}.zone"
            file.write_text(content)
            parts.append(f'    zone "{name}" {{ type primary; file "{file}"; }};')
        parts.append("};")
    (folder / "named.conf").write_text("\n".join(parts))
    return Process(host, folder, shutil.which("named"), "-g", "-n", "1", "-c", folder / "named.conf")
