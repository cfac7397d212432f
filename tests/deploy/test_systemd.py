"""deploy/systemd: what systemd itself says of the unit files. test_booted has them run."""

import configparser
import pathlib
import re
import shutil
import subprocess

import pytest

from bed.thence import BINARY
from ground import program
from ground.places import DEPLOY

FOLDER = DEPLOY / "systemd"
UNITS = ["thence.service", "thence.socket"]
MOST_EXPOSURE = 20  # tenths


@pytest.fixture
def units(tmp_path):
    """The units, with the program where it has been built."""
    for name in UNITS:
        text = (FOLDER / name).read_text().replace("/usr/bin/thence", str(BINARY))
        (tmp_path / name).write_text(text)
    return tmp_path


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def read(name):
    """The last value of each key, by section."""
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read(FOLDER / name)
    return parsed


@pytest.mark.parametrize("name", UNITS)
def test_verify_has_nothing_to_say(units, name):
    # The pages are not installed here.
    assert analyze("verify", "--man=no", units / name) == (0, "")


def test_exposure():
    status, said = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", FOLDER / "thence.service")
    assert status == 0, said
    exposure = float(re.search(r"Overall exposure level for thence.service: ([0-9.]+)", said)[1])
    assert exposure * 10 <= MOST_EXPOSURE


def test_exposure_is_little_more_with_the_transparent_capability(tmp_path):
    """The lines that are there for `transparent: true`, in use."""
    text = (FOLDER / "thence.service").read_text()
    lines = re.findall(r"^#(\w+=.*CAP_NET_RAW)$", text, re.MULTILINE)
    assert [line.split("=")[0] for line in lines] == ["AmbientCapabilities", "CapabilityBoundingSet"]
    for line in lines:
        key = line.split("=")[0]
        text = re.sub(rf"^{key}=.*$", line, text, flags=re.MULTILINE)
    (tmp_path / "thence.service").write_text(text)
    status, said = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", tmp_path / "thence.service")
    assert status == 0, said


def test_sockets_are_for_both_families_and_transports():
    socket = read("thence.socket")["Socket"]
    assert (socket["PassPacketInfo"], socket["BindIPv6Only"]) == ("yes", "ipv6-only")
    listens = re.findall(r"^(Listen\w+)=(\S+)$", (FOLDER / "thence.socket").read_text(), re.MULTILINE)
    assert sorted(listens) == sorted((f"Listen{kind}", f"{address}:53") for kind in ("Datagram", "Stream")
                                     for address in ("0.0.0.0", "[::]"))


def test_the_unit_asks_for_what_the_program_has():
    service = read("thence.service")["Service"]
    for key in ("ExecStart", "ExecReload"):
        _, subcommand, *_ = service[key].split()
        assert (subcommand,) in dict(program.subcommands()), key


def test_the_user(tmp_path):
    if not shutil.which("systemd-sysusers"):
        pytest.skip("systemd-sysusers is not installed")
    (tmp_path / "etc").mkdir()
    done = subprocess.run(["systemd-sysusers", f"--root={tmp_path}", FOLDER / "sysusers.conf"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    entry = pathlib.Path(tmp_path / "etc/passwd").read_text().strip().split(":")
    assert entry[0] == "thence" and entry[6].endswith("nologin")
    service = read("thence.service")["Service"]
    assert (service["User"], service["Group"]) == ("thence", "thence")
