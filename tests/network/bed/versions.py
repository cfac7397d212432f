"""The versions of programs and system that a table must name."""

import platform
import re
import shutil
import subprocess


def version(program):
    """The Debian package's version, or the program's own output if it is not from a package."""
    path = shutil.which(program)
    owner = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False).stdout.partition(":")[0]
    if owner:
        return subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}", owner], capture_output=True, text=True,
                              check=True).stdout
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]


def linux():
    return "Linux " + re.match(r"\d+\.\d+", platform.release())[0]
