"""What the program says of configurations and of itself."""

import json
import re
import subprocess

from bed.thence import BINARY


def run(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, check=False)


def mistakes(folder, text):
    """What `thence check` says of a configuration, a line each; empty when it is good."""
    file = folder / "thence.yaml"
    file.write_text(text if isinstance(text, str) else json.dumps(text))
    done = run("check", "-c", file)
    return [] if done.returncode == 0 else done.stderr.splitlines()


def subcommands(*path):
    """Each command below this one as a tuple of words, with the names of its long options."""
    said = run(*path, "--help").stdout
    yield path, set(re.findall(r"^  (?:-\w,)?--([a-z-]+)", said, re.MULTILINE)) - {"help"}
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", said, re.MULTILINE)
    for name in re.findall(r"^  (\S+)", listed[1] if listed else "", re.MULTILINE):
        yield from subcommands(*path, name)
