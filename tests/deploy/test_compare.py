"""tests/bench/compare, as far as that needs no servers: which programs it takes, and what it draws of a saved run."""

import json
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from ground.places import REPOSITORY

BENCH = REPOSITORY / "tests/bench"
sys.path.insert(0, str(BENCH))

import servers  # noqa: E402 # pylint: disable=wrong-import-position

SVG = "{http://www.w3.org/2000/svg}"


def program(file, says):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho '{says}'\n")
    file.chmod(0o755)
    return str(file)


def compare(*arguments):
    return subprocess.run([BENCH / "compare", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("place", ["", "bin", "sbin", "usr/sbin", "usr/bin"])
def test_peers_come_before_those_of_the_system(tmp_path, monkeypatch, place):
    system = program(tmp_path / "system/nsd", "NSD version 4.6.1")
    monkeypatch.setenv("PATH", str(tmp_path / "system"))
    assert servers.installed("nsd") == system
    new = program(tmp_path / "new" / place / "nsd", "NSD version 4.12.0")
    monkeypatch.setenv("PATH", servers.search_path(tmp_path / "new"))
    assert servers.installed("nsd") == new
    assert servers.version(new, "-v") == "4.12.0"


def test_what_the_peers_lack_is_the_systems(tmp_path, monkeypatch):
    system = program(tmp_path / "system/knotd", "knotd (Knot DNS), version 3.2.6")
    program(tmp_path / "new/sbin/nsd", "")
    monkeypatch.setenv("PATH", f"{tmp_path}/system")
    monkeypatch.setenv("PATH", servers.search_path(tmp_path / "new"))
    assert servers.installed("knotd") == system


def test_each_server_is_a_peer(tmp_path, monkeypatch):
    for name, says in (("knotd", "knotd (Knot DNS), version 3.4.8"), ("nsd", "NSD version 4.12.0"),
                       ("unbound", "Version 1.24.1"), ("turnserver", "4.7.0")):
        program(tmp_path / "new/sbin" / name, says)
    monkeypatch.setenv("PATH", servers.search_path(tmp_path / "new"))
    found = {each.name: each for each in servers.all_servers(tmp_path, tmp_path / "zone", "/no/echo", "/no/thence")}
    versions = {name: found[name].version for name in ("knot", "nsd", "unbound", "coturn")}
    assert versions == {"knot": "3.4.8", "nsd": "4.12.0", "unbound": "1.24.1", "coturn": "4.7.0"}
    assert all(found[name].program.startswith(str(tmp_path / "new")) for name in versions)


def test_another_thence_is_a_server_of_its_own(tmp_path):
    old = program(tmp_path / "old", "0.0.9")
    new = program(tmp_path / "new", "0.1.0")
    made = servers.all_servers(tmp_path, tmp_path / "zone", "/no/echo", new, old)
    before = [each for each in made if each.name == "before"]
    assert {each.program for each in before} == {old} and {each.version for each in before} == {"0.0.9"}
    asked = {kind for each in made if each.name == "thence" for kind in each.ports} - {"dns-upstream"}
    assert {kind for each in before for kind in each.ports} == asked


@pytest.mark.parametrize("says, version", [
    ("NSD version 4.6.1\nWritten by NLnet Labs.", "4.6.1"),
    ("knotd (Knot DNS), version 3.5.0", "3.5.0"),
    ("Version 1.24\n\nConfigure line: --with-libevent", "1.24"),
    ("4.7.0rc1", "4.7.0rc1"),
    ("-s the server (default: 127.0.0.1)\nDNS Performance Testing Tool\nVersion 2.10.0", "2.10.0"),
    ("unknown option", ""),
])  # fmt: skip
def test_versions(says, version):
    assert servers.version_in(says) == version


def test_a_folder_that_is_not_there(tmp_path):
    done = compare("--peers", tmp_path / "nowhere")
    assert done.returncode == 2 and "there is no such folder" in done.stderr


def row(server, version, ratio, least, most, **more):
    return {"server": server, "version": version, "octets": 74.0, "cpu": 2 * ratio, "cpu_least": 2 * least,
            "cpu_most": 2 * most, "cpu_ratio": ratio, "cpu_ratio_least": least, "cpu_ratio_most": most, "rate": 400_000,
            "rate_ratio": 1 / ratio, "busy": 1.0, "wrong": 0.0, "others": 0.0, "valid": True, "samples": [], **more}


def saved(folder, *rows):
    """A run as `compare --json` prints it."""
    load = {"name": "dns", "title": "DNS, the server saturated", "beside": "",
            "rows": [row("echo", "", 1.0, 1.0, 1.0), *rows]}
    versions = [{"name": "Linux", "version": "6.18.0", "program": None},
                {"name": "nsd", "version": "4.12.0", "program": "/opt/new/sbin/nsd"}]
    file = folder / "run.json"
    file.write_text(json.dumps({"rounds": 5, "seconds": 2, "cores": [0, 1], "versions": versions, "skipped": [],
                                "failed": [], "loads": [load], "large": []}))
    return file


def drawn(folder, *rows):
    file = folder / "figures.svg"
    done = compare("--from", saved(folder, *rows), "--plot", file)
    assert done.returncode == 0, done.stderr
    return xml.etree.ElementTree.parse(file).getroot()


def words(svg):
    return [each.text for each in svg.iter(SVG + "text")]


def test_the_plot_of_a_saved_run(tmp_path):
    svg = drawn(tmp_path, row("nsd", "4.12.0", 1.3, 1.25, 1.34), row("thence", "0.1.0", 1.17, 1.15, 1.18))
    assert [each for each in words(svg) if each in ("DNS", "Thence 0.1.0", "1.17", "NSD 4.12.0", "1.30")] == [
        "DNS", "Thence 0.1.0", "1.17", "NSD 4.12.0", "1.30"]  # fmt: skip
    thence, nsd = (each for each in svg.iter(SVG + "rect") if "bar" in each.get("class"))
    assert float(nsd.get("width")) / float(thence.get("width")) == pytest.approx(1.3 / 1.17, abs=0.01)


def test_the_plot_shows_the_spread(tmp_path):
    svg = drawn(tmp_path, row("thence", "0.1.0", 1.0, 0.5, 1.5))
    bar, = (each for each in svg.iter(SVG + "rect") if "bar" in each.get("class"))
    spread, *_ = (each for each in svg.iter(SVG + "line") if each.get("class") == "spread")
    assert float(spread.get("x2")) - float(spread.get("x1")) == pytest.approx(float(bar.get("width")), abs=0.5)


def test_a_bar_beyond_the_end_breaks_off(tmp_path):
    svg = drawn(tmp_path, row("thence", "0.1.0", 1.82, 1.8, 1.9), row("coturn", "4.7.0", 5.91, 5.8, 6.1))
    assert "5.91" in words(svg)
    assert len(list(svg.iter(SVG + "path"))) == 1
    width = float(svg.get("width"))
    assert all(float(each.get("x")) < width for each in svg.iter(SVG + "text"))


def test_what_is_invalid_is_not_drawn(tmp_path):
    file = saved(tmp_path, row("thence", "0.1.0", 1.17, 1.15, 1.18), row("nsd", "4.12.0", 0.4, 0.4, 0.4, valid=False))
    done = compare("--from", file, "--plot", tmp_path / "figures.svg")
    assert done.returncode == 1 and "INVALID" in done.stdout
    assert not any("NSD" in each for each in words(xml.etree.ElementTree.parse(tmp_path / "figures.svg").getroot()))


def test_a_saved_run_is_printed_with_its_versions(tmp_path):
    done = compare("--from", saved(tmp_path, row("nsd", "4.12.0", 1.3, 1.25, 1.34)))
    assert "Linux 6.18.0; nsd 4.12.0" in done.stdout and "nsd: /opt/new/sbin/nsd" in done.stdout
