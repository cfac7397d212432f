"""What all tests of deploy/ share: the need for root and a binary, and a host with two uplinks."""

import collections
import os

import pytest

from bed import thence
from bed.multihomed import MultiHomed
from bed.namespace import remove_leftovers

_WITHOUT_ROOT = "needs root: network namespaces, containers"


def pytest_configure(config):
    config.addinivalue_line("markers", "root: needs root")
    if getattr(config.option, "numprocesses", None):
        config.option.dist = "loadgroup"
    # The processes that run the tests are not told of it, and it is they who name the groups.
    if hasattr(config, "workerinput"):
        config.option.loadgroup = True


def pytest_collection_modifyitems(items):
    """Those that use an engine, a package or an image come one after the other, so that it is made once."""
    for item in items:
        if os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason=_WITHOUT_ROOT))


def pytest_terminal_summary(terminalreporter):
    skipped = collections.Counter(report.nodeid.partition("::")[0] for report in terminalreporter.getreports("skipped"))
    if skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        for file, count in sorted(skipped.items()):
            terminalreporter.line(f"{file}: {count} cases skipped")


@pytest.fixture(scope="session", autouse=True)
def _preconditions():
    if os.geteuid() == 0:
        remove_leftovers()
        if not os.access(thence.BINARY, os.X_OK):
            pytest.exit(f"no program at {thence.BINARY}: build it, or name it in the environment variable THENCE", 3)


@pytest.fixture
def bed():
    with MultiHomed() as made:
        yield made
