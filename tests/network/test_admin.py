"""Metrics, health and the status page, as Prometheus, a browser and the commands see them."""

import contextlib
import http.client
import json
import re
import shutil
import socket
import urllib.parse

import pytest

from bed import stream, thence
from bed.browser import PROGRAM as CHROMIUM
from bed.browser import Browser, Page
from bed.judge import STUN_QUESTION, Target, ask, dns_question
from bed.multihomed import MultiHomed
from bed.nat import HOME_ROUTER, PUBLIC, SERVER, behind
from bed.process import Process, eventually

PORT = 9553
ADDRESS = "10.77.1.1"  # a private one, so that it may be listened on
URL = f"http://{ADDRESS}:{PORT}/"
SELF = dns_question("self.thence.test", "A")

PROMETHEUS = "prometheus"
PROMETHEUS_PORT = 9090


def with_admin(listen=f"{ADDRESS}:{PORT}", public=False, **options):
    return {**thence.settings(**options), "admin": {"listen": listen, "public": public}}


def subfolder(folder, name):
    made = folder / name
    made.mkdir()
    return made


def fetch(host, path="/", address=ADDRESS, port=PORT, method="GET"):
    """Asks from a host. @return status and text"""
    with host.inside():
        connection = http.client.HTTPConnection(address, port, timeout=10)
        connection.connect()
    connection.request(method, path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def status_of(host):
    code, text = fetch(host, "/status.json")
    assert code == 200
    return json.loads(text)


def samples(text):
    """The samples of an exposition: by name and labels, in the order of the labels' names."""
    found = {}
    for name, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)
        key = (name, *sorted(pairs))
        assert key not in found, f"two samples of {key}"
        found[key] = float(value)
    return found


def count(host, name, **labels):
    """The value of a metric with exactly these labels; 0 where there is none."""
    return samples(fetch(host, "/metrics")[1]).get((name, *sorted(labels.items())), 0)


@pytest.fixture
def served(bed, tmp_path):
    """A server with two workers whose counts start at 0."""
    with thence.serve(bed.server, tmp_path, with_admin(workers=2)) as server:
        yield server


# Metrics


@pytest.mark.parametrize("address, interface", [("10.77.1.1", "one"), ("10.77.1.2", "one"), ("10.77.2.1", "two"),
                                                ("10.88.0.53", "lo")])
def test_requests_and_replies_are_counted_where_they_arrive(bed, served, address, interface):
    # 10.88.0.53 stands on lo, and that is where it is counted, whatever the link on which the request came.
    target = Target(address)
    for _ in range(7):
        assert ask(bed.client, target, SELF).answer
    for _ in range(3):
        assert stream.ask(bed.client, target, STUN_QUESTION).answer
    where = {"interface": interface, "address": address}
    for name in ("thence_requests_total", "thence_replies_total"):
        assert count(bed.client, name, protocol="dns", transport="udp", **where) == 7
        assert count(bed.client, name, protocol="stun", transport="tcp", **where) == 3
    assert count(bed.client, "thence_drops_total", protocol="dns", transport="udp", **where) == 0


def test_drops_are_counted_by_address_and_cause(bed, served):
    with bed.client.inside():
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(5):
        udp.sendto(b"neither", (ADDRESS, thence.SHARED_PORT))
    udp.close()
    by_cause = {"transport": "udp", "cause": "unclaimed"}
    assert eventually(lambda: count(bed.client, "thence_drops_by_cause_total", **by_cause) == 5)
    assert count(bed.client, "thence_unclaimed_drops_total", interface="one", address=ADDRESS) == 5


def test_outcomes_and_latency(bed, served):
    for _ in range(4):
        assert ask(bed.client, Target(ADDRESS), SELF).answer
    assert count(bed.client, "thence_outcomes_total", protocol="dns", outcome="noerror") == 4
    assert count(bed.client, "thence_latency_seconds_count", protocol="dns") == 4
    assert count(bed.client, "thence_latency_seconds_bucket", protocol="dns", le="+Inf") == 4
    assert 0 < count(bed.client, "thence_latency_seconds_sum", protocol="dns") < 1


def test_promtool_finds_nothing(bed, served, need):
    need("promtool")
    ask(bed.client, Target(ADDRESS), SELF)
    _, text = fetch(bed.client, "/metrics")
    done = bed.client.run("promtool", "check", "metrics", input=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_prometheus_scrapes(bed, served, need, tmp_path):
    need(PROMETHEUS)
    for _ in range(25):
        assert ask(bed.client, Target("10.77.1.2"), SELF).answer
    folder = tmp_path / PROMETHEUS
    folder.mkdir()
    configuration = folder / "prometheus.yml"
    configuration.write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "thence", "static_configs": [{"targets": [f"{ADDRESS}:{PORT}"]}]}],
    }))

    def value(query):
        path = "/api/v1/query?" + urllib.parse.urlencode({"query": query})
        try:
            code, text = fetch(bed.server, path, "127.0.0.1", PROMETHEUS_PORT)
        except OSError:  # it does not listen yet
            return None
        if code == 503:  # it is not ready yet
            return None
        assert code == 200, text
        found = json.loads(text).get("data", {}).get("result", [])
        return float(found[0]["value"][1]) if found else None

    command = [PROMETHEUS, f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}",
               f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}"]
    with Process(bed.server, folder, *command) as prometheus:
        query = 'sum by (protocol) (thence_requests_total{address="10.77.1.2", protocol="dns"})'
        assert eventually(lambda: value(query) == 25, 60), prometheus.output()
        assert value('up{job="thence"}') == 1
        assert value("thence_ready") == 1
        assert value('count(thence_build_info{version!=""})') == 1
        assert value('histogram_quantile(0.5, sum by (le) (thence_latency_seconds_bucket{protocol="dns"}))') > 0


# Status and health


def test_the_status_tells_what_is_served_where(bed, served):
    status = status_of(bed.client)
    assert status["pid"] == served.pid
    assert status["workers"] == 2
    assert status["peer"]["address"] == "10.77.1.9"
    assert (status["live"], status["ready"], status["not_ready"]) == (True, True, [])
    rows = {(each["interface"], each["address"]): each for each in status["addresses"]}
    for place in [("one", "10.77.1.1"), ("one", "fd77:1::1"), ("two", "10.77.2.1"), ("two", "fe80::1%two"),
                  ("lo", "127.0.0.1"), ("lo", "10.88.0.53"), ("lo", "fd88::53")]:
        ports = {each["port"]: each for each in rows[place]["served"]}
        assert ports[53] == {"port": 53, "protocols": ["dns"], "udp": True, "tcp": True}
        assert sorted(ports[thence.SHARED_PORT]["protocols"]) == ["dns", "stun"]


def test_a_new_address_shows_and_one_that_goes_does_not(bed, served):
    def addresses():
        return {each["address"] for each in status_of(bed.client)["addresses"]}

    bed.server.ip("addr add 10.77.1.77/24 dev one")
    assert eventually(lambda: "10.77.1.77" in addresses())
    bed.server.ip("addr del 10.77.1.77/24 dev one")
    assert eventually(lambda: "10.77.1.77" not in addresses())


def test_zones_are_measured(bed, served):
    measures = status_of(bed.client)["measures"]["dns"]
    serials = {each["labels"]["zone"].rstrip("."): each["value"] for each in measures if each["name"] == "zone_serial"}
    assert serials == {"thence.test": 1}


def test_health(bed, served):
    assert fetch(bed.client, "/health/live") == (200, "live\n")
    assert fetch(bed.client, "/health/ready") == (200, "ready\n")
    assert fetch(bed.client, "/health/ready", method="HEAD") == (200, "")
    assert fetch(bed.client, "/health/ready", method="POST")[0] == 405
    assert fetch(bed.client, "/health")[0] == 404


def test_connections_that_are_held_keep_nobody_out(bed, served, tmp_path):
    with contextlib.ExitStack() as held:
        for _ in range(3):
            for _ in range(40):
                held.enter_context(stream.connection(bed.client, Target(ADDRESS), PORT)).sendall(b"G")
            asked = bed.server.run(thence.BINARY, "health", "-c", str(tmp_path / "thence.yaml"))
            assert (asked.stdout, asked.stderr) == ("ready\n", "")
            assert fetch(bed.client, "/health/live") == (200, "live\n")


def test_where_it_cannot_listen_all_else_is_served(bed, tmp_path):
    with thence.serve(bed.server, tmp_path, with_admin("10.1.2.3:9553")) as server:
        assert ask(bed.client, Target(ADDRESS), SELF).answer
        errors = [event for event in server.log() if event["level"] == "error"]
        assert any("10.1.2.3:9553" in json.dumps(event) for event in errors), server.output()


def test_off_is_off(bed, tmp_path):
    with thence.serve(bed.server, tmp_path, with_admin("off")):
        for address in (ADDRESS, "127.0.0.1"):
            with pytest.raises(ConnectionRefusedError):
                fetch(bed.server, address=address)


def test_by_default_only_the_host_itself_may_ask(bed, tmp_path):
    with thence.serve(bed.server, tmp_path, thence.settings()):
        assert fetch(bed.server, "/health/live", "127.0.0.1")[0] == 200
        with pytest.raises(ConnectionRefusedError):
            fetch(bed.client)


# Reloads


def refused(events):
    return events[-1]["message"] == "reload refused, all stays as it was"


def listens(host, **where):
    try:
        return fetch(host, "/health/live", **where) == (200, "live\n")
    except ConnectionRefusedError:
        return False


@pytest.mark.parametrize("elsewhere", [f"{ADDRESS}:{PORT + 1}", "0.0.0.0:9553", "off"])
def test_a_reload_whose_listeners_are_refused_leaves_it_where_it_is(bed, tmp_path, elsewhere):
    taken = 5999
    before, after = with_admin(), with_admin(elsewhere, public=True)
    after["listeners"].append({"port": taken, "protocols": ["dns"], "families": ["ipv4"]})
    moved = lambda: listens(bed.client, port=PORT + 1) or listens(bed.client, address="10.77.2.1")
    with thence.serve(bed.server, tmp_path, before) as server:
        with bed.server.inside():
            other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with other:
            other.bind(("0.0.0.0", taken))
            thence.configuration(tmp_path, after)
            assert refused(server.reload())
            assert listens(bed.client) and not moved()
            assert server.log("metrics, health and status page")[1:] == []
            # The file before is what is served, and it says so.
            thence.configuration(tmp_path, before)
            assert server.reload()[-1]["message"] == "reloaded"
            assert listens(bed.client) and not moved()
        thence.configuration(tmp_path, after)
        assert server.reload()[-1]["message"] == "reloaded"
        assert listens(bed.client) == (elsewhere == "0.0.0.0:9553") and moved() == (elsewhere != "off")


def test_a_reload_whose_admin_address_is_refused_changes_nothing(bed, tmp_path):
    with thence.serve(bed.server, tmp_path, with_admin()) as server:
        values = with_admin("10.1.2.3:9553", workers=7)
        values["listeners"].append({"port": 5999, "protocols": ["dns"]})
        values["log"]["format"] = "text"
        thence.configuration(tmp_path, values)
        events = server.reload()
        assert refused(events) and any("10.1.2.3:9553" in event["message"] for event in events)
        assert "takes effect at the next start" not in {event["message"] for event in events}
        assert listens(bed.client)
        assert ask(bed.client, Target(ADDRESS), SELF.at(5999), 0.2).silent
        assert ask(bed.client, Target(ADDRESS), SELF).answer
        thence.configuration(tmp_path, {**values, "admin": with_admin()["admin"], "log": with_admin()["log"]})
        assert server.reload()[-1]["message"] == "reloaded"
        assert listens(bed.client)
        assert ask(bed.client, Target(ADDRESS), SELF.at(5999)).answer


def test_it_may_widen_and_narrow_on_its_own_port(bed, tmp_path):
    with thence.serve(bed.server, tmp_path, with_admin()) as server:
        for listen, everywhere in ((f"0.0.0.0:{PORT}", True), (f"{ADDRESS}:{PORT}", False), (f"[::]:{PORT}", True)):
            thence.configuration(tmp_path, with_admin(listen, public=True))
            assert server.reload()[-1]["message"] == "reloaded", server.output()
            assert listens(bed.client) and listens(bed.client, address="10.77.2.1") == everywhere
        # For another program the port is taken, as ever.
        with bed.server.inside():
            other = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        with other:
            with pytest.raises(OSError, match="in use"):
                other.bind(("0.0.0.0", PORT))


# Commands


def run(host, command, file, *more, prefix=()):
    return host.run(*prefix, "timeout", "30", thence.BINARY, command, "-c", str(file), *more)


def test_thence_health(bed, tmp_path):
    file = tmp_path / "thence.yaml"
    with thence.serve(bed.server, tmp_path, with_admin()):
        done = run(bed.server, "health", file)
        assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")
    done = run(bed.server, "health", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{ADDRESS}:{PORT}" in done.stderr and "Connection refused" in done.stderr


def test_commands_and_configurations_that_do_not_help_them(bed, tmp_path):
    for command in ("health", "reload"):
        done = run(bed.server, command, thence.configuration(tmp_path, {"admin": {"listen": "192.0.2.1:9553"}}))
        assert done.returncode == 2 and "admin.listen" in done.stderr and "public: true" in done.stderr
        done = run(bed.server, command, tmp_path / "none.yaml")
        assert done.returncode == 2 and "none.yaml" in done.stderr
        done = run(bed.server, command, thence.configuration(tmp_path, {"admin": {"listen": "off"}}))
        assert done.returncode == 1 and "admin.listen is off" in done.stderr
        # Nothing else of the configuration is read.
        done = run(bed.server, command, thence.configuration(tmp_path, {"listeners": "none", "dns": 5}))
        assert done.returncode == 1 and "127.0.0.1:9553" in done.stderr


def test_thence_reload(bed, tmp_path):
    values = with_admin()
    with thence.serve(bed.server, tmp_path, values) as server:
        values["dns"]["zones"][0]["records"].append("new 60 A 192.0.2.99")
        file = thence.configuration(tmp_path, values)
        done = run(bed.server, "reload", file)
        assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "reloaded", "")
        assert "thence.test. is read anew" in done.stdout
        # When the command has ended, so has the reload.
        assert ask(bed.client, Target(ADDRESS), dns_question("new.thence.test", "A")).answer == ("192.0.2.99",)

        thence.configuration(tmp_path, {**values, "workers": "many"})
        done = run(bed.server, "reload", file)
        assert done.returncode == 1
        assert "refused" in done.stderr and "workers: 'many'" in done.stderr
        assert status_of(bed.client)["reloads"]["last_refused"]
        assert ask(bed.client, Target(ADDRESS), dns_question("new.thence.test", "A")).answer == ("192.0.2.99",)

        thence.configuration(tmp_path, values)
        assert run(bed.server, "reload", file).returncode == 0
        assert not status_of(bed.client)["reloads"]["last_refused"]
        assert server.running


def test_reloads_one_after_the_other_are_each_seen_to_their_end(bed, tmp_path):
    values = with_admin()
    with thence.serve(bed.server, tmp_path, values):
        for serial in range(10, 20):
            values["dns"]["zones"][0]["records"][0] = f"@ 300 SOA ns1 hostmaster {serial} 3600 600 86400 300"
            file = thence.configuration(tmp_path, values)
            assert run(bed.server, "reload", file).returncode == 0
            serials = [each["value"] for each in status_of(bed.client)["measures"]["dns"]
                       if each["name"] == "zone_serial"]
            assert serials == [serial]


def test_who_may_not_reload_is_told(bed, tmp_path, need):
    need("setpriv")
    with thence.serve(bed.server, tmp_path, with_admin()) as server:
        file = tmp_path / "thence.yaml"
        file.chmod(0o644)
        # The folders of a test are not for others to read, and so the file comes by a descriptor.
        nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        with open(file, "rb") as configuration:
            done = bed.server.run(*nobody, "timeout", "30", thence.BINARY, "reload", "-c", "/dev/stdin",
                                  stdin=configuration)
        assert done.returncode == 1
        assert "cannot signal process" in done.stderr and "not permitted" in done.stderr
        assert not server.log("reloading")


# The page


FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
HAS_RATES = "document.querySelectorAll('#addresses .rate').length > 0"
ROW = """[...document.querySelectorAll("#addresses tr")].map(row => [...row.cells].map(cell => cell.innerText))
         .find(cells => cells[1] === %s)"""


@pytest.fixture(scope="module")
def with_browser(tmp_path_factory):
    """A host with a server, traffic on it, and a browser on its client."""
    if not shutil.which(CHROMIUM):
        pytest.skip(f"{CHROMIUM} is not installed")
    with MultiHomed() as made:
        # The kernel allows all but '/', ':' and blanks in the name of an interface.
        made.server.run("ip", "link", "add", "<b>&\"'x", "type", "veth", "peer", "name", "odd-peer")
        made.server.run("ip", "link", "set", "odd-peer", "up")
        made.server.run("ip", "link", "set", "<b>&\"'x", "up")
        made.server.run("ip", "addr", "add", "10.66.6.6/32", "dev", "<b>&\"'x")
        folder = tmp_path_factory.mktemp("page")
        with thence.serve(made.server, folder, with_admin()):
            for _ in range(30):
                ask(made.client, Target("10.77.1.2"), SELF)
            with Browser(made.client, tmp_path_factory.mktemp("browser")) as browser:
                yield made, browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_is_complete_and_fits(with_browser, tmp_path, width, dark, script):
    _, browser = with_browser
    page = Page(browser, width=width, dark=dark, script=script)
    page.open(URL)
    if script:
        assert page.eventually(HAS_RATES)
    page.screenshot(tmp_path / "page.png")
    assert page.evaluate(FITS)
    row = page.evaluate(ROW % '"10.77.1.2"')
    assert row[0] == "one" and "DNS 53 udp+tcp" in row[2] and "STUN 3478 udp+tcp" in row[2], row
    assert "30" in row[4].split("\n") and "30" in row[5].split("\n"), row
    assert ("/s" in row[4]) == script, row
    assert "thence_dns_zone_serial" in page.evaluate("document.getElementById('measures').innerText")
    assert page.evaluate("document.getElementById('ask').hidden") != script
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 200) == dark, background
    assert page.complaints() == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_name_of_an_interface_is_no_markup(with_browser, script):
    _, browser = with_browser
    page = Page(browser, script=script)
    page.open(URL)
    if script:
        assert page.eventually(HAS_RATES)
    assert page.evaluate(ROW % '"10.66.6.6"')[0] == "<b>&\"'x"
    assert page.evaluate("document.querySelectorAll('b').length") == 0


def test_rates_follow_the_load(with_browser):
    bed, browser = with_browser
    page = Page(browser)
    page.open(URL)
    rate = f"parseFloat((({ROW % json.dumps('10.77.2.1')})[4].match(/(.*)[/]s/) ?? [0, 0])[1])"
    seen = []

    def asked_and_seen():
        for _ in range(20):
            ask(bed.client, Target("10.77.2.1"), SELF)
        seen.append(page.evaluate(rate))
        return seen[-1] > 0

    assert eventually(asked_and_seen), seen
    assert page.eventually(f"({rate}) === 0")


def test_a_hidden_page_does_not_ask(with_browser):
    _, browser = with_browser
    page = Page(browser)
    page.open(URL)
    asked = "performance.getEntriesByType('resource').length"
    assert page.eventually(f"{asked} >= 2")

    def hide(hidden):
        page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: {hidden}, configurable: true}})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    hide("true")
    page.evaluate("new Promise(done => setTimeout(done, 500))")  # what was on its way
    before = page.evaluate(asked)
    page.evaluate("new Promise(done => setTimeout(done, 4500))")
    assert page.evaluate(asked) == before
    hide("false")
    assert page.eventually(f"{asked} > {before}")


def test_the_page_tells_when_the_server_is_gone(bed, tmp_path, need):
    need(CHROMIUM)
    values = with_admin()
    with Browser(bed.client, tmp_path) as browser:
        page = Page(browser, width=360)
        with thence.serve(bed.server, subfolder(tmp_path, "first"), values):
            page.open(URL)
            assert page.eventually(HAS_RATES)
            assert page.evaluate("document.getElementById('gone').hidden")
        assert page.eventually("!document.getElementById('gone').hidden")
        assert page.evaluate("document.getElementById('state').textContent") == "No answer"
        page.screenshot(tmp_path / "gone.png")
        assert page.evaluate(FITS)
        with thence.serve(bed.server, subfolder(tmp_path, "second"), values):
            assert page.eventually("document.getElementById('gone').hidden")
            assert page.evaluate("document.getElementById('state').textContent") == "Ready"


def press(page, server=None):
    """Asks for the reflexive address. @return what STUN saw, what HTTP saw, and the verdict"""
    if server:
        page.evaluate(f"document.getElementById('asked').value = {json.dumps(server)}")
        assert page.evaluate("document.getElementById('asked').value") == server
    page.evaluate("document.querySelector('#ask button').click()")
    assert page.eventually("document.getElementById('verdict').textContent !== ''", 20)
    return page.evaluate("['stun-saw', 'http-saw', 'verdict'].map(id => document.getElementById(id).textContent)")


@pytest.mark.parametrize("tells_addresses", [False, True], ids=["as users have it", "telling addresses"])
@pytest.mark.parametrize("address", ["10.77.1.1", "fd77:1::1"])
def test_the_button_where_there_is_no_nat(bed, tmp_path, need, address, tells_addresses):
    """A browser that tells its own addresses keeps silent about a reflexive one that is one of them."""
    need(CHROMIUM)
    host = f"[{address}]" if ":" in address else address
    with thence.serve(bed.server, subfolder(tmp_path, "server"), with_admin(f"{host}:{PORT}")), \
            Browser(bed.client, tmp_path, tells_addresses=tells_addresses) as browser:
        page = Page(browser, width=360)
        page.open(f"http://{host}:{PORT}/")
        assert page.eventually("!document.getElementById('ask').hidden")
        # The address that the page came from is the one to ask, and no link-local one is offered.
        assert page.evaluate("document.getElementById('asked').value") == f"{host}:3478"
        offered = page.evaluate("[...document.getElementById('asked').options].map(each => each.value)")
        assert "10.88.0.53:3478" in offered and not [each for each in offered if "fe80" in each]
        stun, seen_by_http, verdict = press(page)
        page.screenshot(tmp_path / "asked.png")
        expected = "fd77:1::9" if ":" in address else "10.77.1.9"
        assert re.fullmatch(re.escape(expected) + r" port \d+", stun), stun
        assert seen_by_http == expected
        assert verdict == "Both saw the same address."
        assert page.evaluate(FITS)


@behind([HOME_ROUTER])
@pytest.mark.parametrize("family", [4, 6], ids=["IPv4", "IPv6"])
def test_the_button_behind_nat(nat, tmp_path, need, family):
    need(CHROMIUM)
    first, second = (f"[{each}]" if family == 6 else each for each in SERVER[family])
    settings = {
        "listeners": [{"port": 3478, "protocols": ["stun"]}],
        "admin": {"listen": f"{first}:{PORT}", "public": True},
        "log": {"format": "json"},
    }
    with thence.serve(nat.server, subfolder(tmp_path, "server"), settings), \
            Browser(nat.client, tmp_path) as browser:
        page = Page(browser)
        page.open(f"http://{first}:{PORT}/")
        assert page.eventually("!document.getElementById('ask').hidden")
        for server in (f"{first}:3478", f"{second}:3478"):
            stun, seen_by_http, verdict = press(page, server)
            assert stun.split()[0] == seen_by_http == PUBLIC[family][0]
            assert verdict == "Both saw the same address."
        page.screenshot(tmp_path / "asked.png")


def test_the_button_says_when_nobody_answers(bed, tmp_path, need):
    need(CHROMIUM)
    with thence.serve(bed.server, subfolder(tmp_path, "server"), with_admin()), \
            Browser(bed.client, tmp_path) as browser:
        bed.server.nft("add table inet shut\n"
                       "add chain inet shut input { type filter hook input priority 0; }\n"
                       "add rule inet shut input udp dport 3478 drop")
        page = Page(browser, width=360)
        page.open(URL)
        assert page.eventually("!document.getElementById('ask').hidden")
        stun, _, verdict = press(page)
        page.screenshot(tmp_path / "unanswered.png")
        assert stun == "nothing" and "no answer" in verdict
        assert page.evaluate(FITS)
