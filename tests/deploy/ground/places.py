"""Where things are."""

import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DEPLOY = REPOSITORY / "deploy"
# What takes long to make and stays for the next time.
KEPT = REPOSITORY / "build/deploy"
