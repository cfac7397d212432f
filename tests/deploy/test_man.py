"""deploy/man: the pages are well made, and say what the program says of itself."""

import collections
import re
import subprocess

import pytest

from ground import manual, program

PAGES = pytest.mark.parametrize("page", [manual.COMMAND, manual.CONFIGURATION], ids=lambda page: page.name)
UNKNOWN = "no-such-key"


@PAGES
def test_mandoc_has_nothing_to_say(page):
    done = subprocess.run(["mandoc", "-Tlint", "-Wstyle", page], capture_output=True, text=True, check=False)
    # Whether other pages are installed is no matter of this one.
    lines = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
    assert lines == []


@PAGES
def test_man_has_nothing_to_say(page):
    done = subprocess.run(["man", "--warnings", "--local-file", page], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout and not done.stderr, done.stderr


def test_every_command_and_option():
    told = dict(program.subcommands())
    assert told.pop(()) == {"config", "version"} == manual.options()[()]
    written = {path: names for path, names in manual.options().items() if path}
    assert written == {path: names for path, names in told.items() if path != ("probe",)}


def _children():
    """Of each mapping of the page, by its path, the keys that are in it."""
    children = collections.defaultdict(set)
    for key in manual.keys():
        parent, _, name = key.rpartition(".")
        if name != "NAME":
            children[parent].add(name)
    return children


def _nested(path, value):
    """The configuration in which that value stands at that path."""
    for step in reversed(path.split(".")) if path else ():
        name = step.removesuffix("[]")
        value = {"any" if name == "NAME" else name: [value] if step.endswith("[]") else value}
    return value


@pytest.mark.parametrize("path", sorted(_children()), ids=lambda path: path or "top")
def test_every_key(tmp_path, path):
    """An unknown key is answered with all that are known, which are those of the page."""
    said = program.mistakes(tmp_path, _nested(path, {UNKNOWN: 1}))
    listed = [re.search(r"unknown key; allowed: (.*)", line) for line in said if f"{UNKNOWN}: unknown key" in line]
    assert len(listed) == 1 and listed[0], "\n".join(said)
    assert set(listed[0][1].split(", ")) == _children()[path]


def test_every_key_has_a_place_in_a_mapping():
    """No key of the page is below one that is not there."""
    written = {re.sub(r"\[\]$", "", key) for key in manual.keys()}
    for key in manual.keys():
        parent = re.sub(r"\[\]$", "", key.rpartition(".")[0])
        assert not parent or parent in written, key


def test_the_example_is_good(tmp_path):
    text = manual.CONFIGURATION.read_text()
    example = re.search(r"^\.Sh EXAMPLES\n\.Bd -literal\n(.*?)^\.Ed$", text, re.MULTILINE | re.DOTALL)[1]
    (tmp_path / "example.com.zone").write_text("@ 300 SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1.example.net.\n")
    assert program.mistakes(tmp_path, example) == []


def test_the_example_of_explain_is_good():
    request = re.search(r"^\.Ql (local=\S+)", manual.COMMAND.read_text(), re.MULTILINE)[1]
    done = program.run("check", "--explain", request)
    assert done.returncode == 0 and "REFUSED" in done.stdout, done.stdout + done.stderr
