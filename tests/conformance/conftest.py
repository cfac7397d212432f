"""Settings of a run, and what is known only at its end: how much was compared, and which known differences were needed."""

import collections
import os

import pytest

from rig import known_differences, servers

_STANDARD_SEED = 1
_STANDARD_QUERIES = 24_000
_AT_LEAST = 20_000  # of the standard run


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=_STANDARD_SEED, help="of zones and questions")
    parser.addoption("--queries", type=int, default=_STANDARD_QUERIES, help="to each server, in all")
    parser.addoption("--without-dname", action="store_true", help="zones without DNAME")


def pytest_configure(config):
    config.compared, config.differences = collections.Counter(), collections.Counter()
    if getattr(config.option, "numprocesses", None):
        config.option.dist = "loadgroup"
    # The processes that run the tests are not told of it, and it is they who name the groups.
    if hasattr(config, "workerinput"):
        config.option.loadgroup = True


@pytest.fixture(scope="session", autouse=True)
def _program():
    if not os.access(servers.THENCE, os.X_OK):
        pytest.exit(f"no program at {servers.THENCE}: build it, or name it in the environment variable THENCE", 3)


def pytest_runtest_logreport(report):
    """Where tests run in several processes, these come together in the first."""
    told = dict(report.user_properties) if report.when == "call" else {}
    _totals["queries"] += told.get("queries", 0)
    for name, count in told.get("differences", {}).items():
        _differences[name] += count


_totals, _differences = collections.Counter(), collections.Counter()


def _shortfalls(config):
    """What a whole standard run must have done besides passing."""
    option = config.option
    if (option.seed, option.queries, option.keyword, option.without_dname) != (_STANDARD_SEED, _STANDARD_QUERIES, "", False):
        return []
    if any("::" in argument or argument.endswith(".py") for argument in config.args):
        return []
    missing = [f"the known difference '{each.name}' was not met: take it off the list"
               for each in known_differences.DIFFERENCES if not _differences[each.name]]
    if _totals["queries"] < _AT_LEAST:
        missing.append(f"{_totals['queries']} queries are fewer than {_AT_LEAST}")
    return missing


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    if exitstatus == pytest.ExitCode.OK and _shortfalls(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    skipped = terminalreporter.getreports("skipped")
    if skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} cases: dnsviz and zonemaster-cli need root, for network namespaces")
    terminalreporter.section("compared")
    terminalreporter.line(f"{_totals['queries']} queries, each to Thence, Knot, NSD and BIND")
    for each in known_differences.DIFFERENCES:
        terminalreporter.line(f"{_differences[each.name]:7} times: {each.name}")
    for shortfall in _shortfalls(config):
        terminalreporter.line(f"FAILED: {shortfall}", red=True)
