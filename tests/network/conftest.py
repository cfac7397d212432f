"""What all network tests share: the need for root and a binary, and a responder for each kind of sockets."""

import collections
import os
import shutil

import pytest

from bed import thence
from bed.modes import Responder
from bed.multihomed import MultiHomed
from bed.nat import Nat
from bed.namespace import remove_leftovers

_WITHOUT_ROOT = "needs root: network namespaces"


def pytest_addoption(parser):
    parser.addoption("--reload-records", type=int, default=50_000,
                     help="how many records the zone has that is reloaded under load")
    parser.addoption("--reloads", type=int, default=15,
                     help="how many reloads change listeners, zones and views under load")
    parser.addoption("--outstanding", type=int, default=2_000,
                     help="how many forwarded questions wait at once while others are answered")
    parser.addoption("--changes", type=int, default=200,
                     help="how many addresses come and go under load; of interfaces and links it is a part of that")


def pytest_configure(config):
    if getattr(config.option, "numprocesses", None):
        config.option.dist = "loadgroup"
    # The processes that run the tests are not told of it, and it is they who name the groups.
    if hasattr(config, "workerinput"):
        config.option.loadgroup = True


@pytest.hookimpl(hookwrapper=True)
def pytest_collection_modifyitems(items):
    """Keeps the tests of one responder together, in one process and one after the other, so that it starts once."""
    for item in items:
        if os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason=_WITHOUT_ROOT))
        if _mode(item):
            item.add_marker(pytest.mark.xdist_group(f"{item.module.__name__}, {_mode(item)}"))
    yield
    items.sort(key=lambda item: (item.module.__name__, _mode(item)))


def _mode(item):
    """The mode of the responder that a test asks, if it is one of these."""
    return str(item.callspec.params.get("responder", "")) if hasattr(item, "callspec") else ""


def pytest_terminal_summary(terminalreporter):
    skipped = collections.Counter(report.nodeid.partition("::")[0] for report in terminalreporter.getreports("skipped"))
    if skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        if os.geteuid() != 0:
            terminalreporter.line(f"Run as root: without it no network test can run ({_WITHOUT_ROOT}).")
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


@pytest.fixture
def need():
    """Skips the test, loudly, when a program is not installed."""

    def check(program):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")

    return check


@pytest.fixture(scope="module")
def responder(request, tmp_path_factory):
    """Thence on a host with two uplinks, in the mode of the parameter; with broadcast answered when it says so."""
    mode = request.param
    folder = tmp_path_factory.mktemp("thence")
    settings = thence.settings(mode.sockets, mode.workers, broadcast=mode.broadcast)
    with MultiHomed() as made, thence.serve(made.server, folder, settings) as server:
        yield Responder(mode, made, server)


@pytest.fixture(scope="module")
def nat(request):
    """A client behind a router of the kind of the parameter, and a server with two addresses."""
    with Nat(request.param) as made:
        yield made
