"""The man pages, as far as tests compare them: which commands, options and keys stand in them."""

import collections
import re

from ground.places import DEPLOY

COMMAND = DEPLOY / "man/thence.1"
CONFIGURATION = DEPLOY / "man/thence.yaml.5"


def options():
    """Each command of thence(1) as a tuple of words, with the names of its long options."""
    found = collections.defaultdict(set)
    current = ()
    for line in COMMAND.read_text().splitlines():
        if match := re.match(r"\.It Cm ((?:[a-z]+ ?)+)", line):
            current = tuple(match[1].split())
            found[current] |= set()
        elif line.startswith(".Sh "):
            current = ()
        elif line == "All of these take:":
            current = ("probe", "*")
        elif line.startswith(".It Fl "):
            found[current] |= set(re.findall(r"Fl -([a-z-]+)", line)) - {"help"}
    everywhere = found.pop(("probe", "*"))
    for path in found:
        if path[:1] == ("probe",):
            found[path] |= everywhere
    return dict(found)


def keys():
    """The keys of thence.yaml(5): `dns.zones[].name`; NAME stands for a key that may be any."""
    return re.findall(r"^\.It Cm (\S+)", CONFIGURATION.read_text(), re.MULTILINE)
