"""deploy/observability: alerts, dashboard and scraping fit the metrics that a running server has."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
import yaml

from bed import stream
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.multihomed import MultiHomed
from bed.process import Process, eventually
from bed.thence import serve, settings
from ground.places import DEPLOY

FOLDER = DEPLOY / "observability"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
ADMIN = "127.0.0.1:9553"
PROMETHEUS = "127.0.0.1:9090"

# What a dashboard's variables stand for, where no one chooses.
VARIABLES = {"$job": ".*", "$instance": ".*", "$__rate_interval": "10s"}


def panels():
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions():
    """Each of the dashboard, with its panel's title."""
    found = [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    found += [(each["name"], each["expr"]) for each in DASHBOARD["annotations"]["list"]]
    for title, expression in found:
        for variable, value in VARIABLES.items():
            expression = expression.replace(variable, value)
        yield title, expression


def alerts():
    return [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments, **options):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout + done.stderr


def test_yaml_is_clean():
    done = subprocess.run(["yamllint", "--strict", "-c", DEPLOY / ".yamllint.yaml", FOLDER], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yml"),
                                       ("test", "rules", "alerts_test.yml")], ids=" ".join)
def test_promtool(arguments):
    status, said = promtool(*arguments, cwd=FOLDER)
    assert status == 0 and "SUCCESS" in said, said


def test_every_alert_is_tested_to_fire_and_not_to():
    tests = [each for test in yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
             for each in test["alert_rule_test"]]
    names = {rule["alert"] for rule in alerts()}
    assert {each["alertname"] for each in tests if each.get("exp_alerts")} == names
    assert {each["alertname"] for each in tests if not each.get("exp_alerts")} == names


def test_every_expression_of_the_dashboard_parses(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(expressions())]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    status, said = promtool("check", "rules", file)
    assert status == 0 and f"{len(rules)} rules found" in said, said
    assert not any("$" in expression for _, expression in expressions()), "a variable that nobody knows"


def test_panels_have_places_of_their_own():
    taken = {}
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    known = {each["name"] for each in DASHBOARD["templating"]["list"]}
    for panel in panels():
        assert panel["title"] and panel["datasource"]["uid"] == "${datasource}" and "datasource" in known


def get(host, url):
    """Over HTTP, by a client on that host."""
    with host.inside(), urllib.request.urlopen(f"http://{url}", timeout=5) as answer:
        return answer.read().decode()


def everything():
    """A configuration that gives each metric something to tell."""
    values = settings(workers=2, tcp={"connections": 1, "idle": "1s"})
    values["admin"] = {"listen": ADMIN}
    values["dns"]["zones"].append({"name": "broken.test", "file": "no.zone"})
    values["dns"]["forward"] = [{"zone": "forward.test", "to": ["10.77.1.9:9"], "timeout": "100ms"}]
    return values


def traffic(bed):
    """Of every kind: answered, refused by the system, dropped; connections beyond the bound, and idle ones."""
    good = Target("10.77.1.2")
    for question in (dns_question("self.thence.test", "A"), STUN_QUESTION, dns_question("www.broken.test", "A")):
        ask(bed.client, good, question)
    ask(bed.client, good, dns_question("www.forward.test", "A"), timeout=0.1)
    ask(bed.client, Target("10.77.1.255", device="one"), dns_question("self.thence.test", "A"), timeout=0.1)
    bed.server.nft("""
        table inet refuse {
          chain output { type filter hook output priority filter; udp sport 53 ip daddr 10.77.1.9 drop; }
        }
    """)
    ask(bed.client, good, dns_question("self.thence.test", "A"), timeout=0.1)
    bed.server.nft("delete table inet refuse")
    with stream.connection(bed.client, good, 53), stream.connection(bed.client, good, 53), \
            stream.connection(bed.client, good, 53), stream.connection(bed.client, good, 53):
        pass


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A server with traffic, and a Prometheus on its host that has seen it."""
    if not shutil.which("prometheus"):
        pytest.skip("prometheus is not installed")
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "alerts.yml").write_text((FOLDER / "alerts.yml").read_text())
    # As it is, only faster.
    text = (FOLDER / "prometheus.yml").read_text().replace("_interval: 15s", "_interval: 1s")
    (folder / "prometheus.yml").write_text(text)
    (folder / "thence").mkdir()
    with MultiHomed() as bed, serve(bed.server, folder / "thence", everything()), \
            Process(bed.server, folder, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                    f"--web.listen-address={PROMETHEUS}") as prometheus:
        assert eventually(lambda: query(bed.server, 'up{job="thence"} == 1'), 20), prometheus.output()
        for _ in range(3):
            traffic(bed)
            time.sleep(1)
        yield bed.server


def query(host, expression):
    """The series that it comes to, or nothing as long as nobody can tell."""
    try:
        said = json.loads(get(host, f"{PROMETHEUS}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"))
    except (OSError, socket.timeout):
        return None
    assert said["status"] == "success", said
    return said["data"]["result"]


def families(host):
    """The names of all metrics, as /metrics has them now, and what they are made of where they are histograms."""
    text = get(host, f"{ADMIN}/metrics")
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    parts = {name + part for name, kind in kinds.items() if kind == "histogram" for part in ("_bucket", "_sum", "_count")}
    return {name for name, kind in kinds.items() if kind != "histogram"} | parts


def test_every_metric_exists(watched):
    named = {name: title for title, expression in expressions() for name in re.findall(r"\bthence_\w+", expression)}
    named |= {name: rule["alert"] for rule in alerts() for name in re.findall(r"\bthence_\w+", rule["expr"])}
    queries = [each["definition"] for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    named |= {name: "variable" for each in queries for name in re.findall(r"\bthence_\w+", each)}
    missing = {name: where for name, where in named.items() if name not in families(watched)}
    assert not missing


def test_prometheus_takes_the_rules(watched):
    said = json.loads(get(watched, f"{PROMETHEUS}/api/v1/rules"))["data"]["groups"]
    assert {rule["name"] for group in said for rule in group["rules"]} == {rule["alert"] for rule in alerts()}
    assert all(rule["health"] in ("ok", "unknown") for group in said for rule in group["rules"])


@pytest.mark.parametrize("title, expression", list(expressions()), ids=lambda each: each[:50])
def test_every_panel_shows_something(watched, title, expression):
    if title == "Starts":  # an event that is over
        assert query(watched, expression) is not None
    else:
        assert eventually(lambda: query(watched, expression), 5), "no labels of that name, or nothing to tell"
