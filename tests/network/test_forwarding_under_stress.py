"""Forwarding when upstreams fail and come back, when there is too much to do, and when settings change meanwhile.

    pytest tests/network/test_forwarding_under_stress.py -s --outstanding 10000     # prints figures, too
"""

import collections
import contextlib
import re
import time

import pytest

from bed import thence, upstreams
from bed.capture import Capture
from bed.dns_asking import as_question, query
from bed.forwarding import NOWHERE, Crowd, Forwarding, configuration
from bed.judge import Target
from bed.multihomed import await_reachable
from bed.process import eventually
from bed.stream import connection, frame, receive
from bed.upstreams import Held, right

pytestmark = pytest.mark.xdist_group("forwarding under stress")

TRUTH = ["192.0.2.77"]
TIMEOUT = 0.3  # seconds; of the forwards
QUICK = 0.2  # seconds; an answer that nothing was waited for
LIMITED, LOADED = 5454, 5555  # ports of further servers
IN_ALL, PER_CLIENT = 15, 5
KNOWN = 64 * 1024  # octets of memory for answers


SCRIPTS = {
    "ok.test": [right],
    "failing.test": [right, right],
    "flapping.test": [upstreams.silent, right],
    "late.test": [upstreams.slow(0.6), right],
    "nowhere.test": [NOWHERE, right],
    "slow.test": [upstreams.slow(0.2)],
    "held.test": [upstreams.silent],
    "other-held.test": [upstreams.silent],
}


class Bed(Forwarding):
    def __init__(self, folder):
        super().__init__(SCRIPTS)
        self.held = {}
        for zone in ("held.test", "other-held.test"):
            self.held[zone] = self.upstream(zone).behave = Held(self.upstreams)
        self._folder = folder
        self.folders = {}
        forwards = self.forwards()
        self.thence = self._serve("main", configuration(forwards))
        self.limited = self._serve("limited", configuration(
            forwards, LIMITED, forwarding={"outstanding": IN_ALL, "outstanding-per-client": PER_CLIENT, "cache": KNOWN}))
        self.clients["lan"].ip("addr add fd70:1::66/64 dev lan nodad")

    def forwards(self):
        return [self.forward(zone, timeout="5s" if "held" in zone else f"{int(TIMEOUT * 1000)}ms") for zone in SCRIPTS]

    def _serve(self, name, values):
        self.folders[name] = self._folder / name
        self.folders[name].mkdir()
        return thence.serve(self.server, self.folders[name], values)

    def __exit__(self, *details):
        try:
            for each in (self.thence, self.limited):
                each.__exit__(*details)
        finally:
            super().__exit__(*details)


@pytest.fixture(scope="module", name="bed")
def forwarding(tmp_path_factory):
    with Bed(tmp_path_factory.mktemp("forwarding")) as bed:
        yield bed


def timed(bed, zone, **more):
    """Asks a new question of that zone. @return how many seconds the right answer took"""
    began = time.monotonic()
    assert bed.ask("lan", bed.fresh(zone), **more).data == TRUTH
    return time.monotonic() - began


# fail-over


def test_fail_over_takes_one_timeout_and_then_nothing(bed):
    first, second = (bed.upstream("failing.test", number) for number in (0, 1))
    assert timed(bed, "failing.test") < QUICK and len(first.asked) == 1 and second.asked == []
    first.behave = upstreams.silent
    took = timed(bed, "failing.test")
    assert TIMEOUT - 0.05 < took < TIMEOUT + QUICK, f"{took:.3f} s"
    # It is known to be down, and found out about by one question at a time.
    times = [timed(bed, "failing.test") for _ in range(30)]
    assert max(times) < QUICK, f"others wait for it, too: {sorted(times)[-5:]}"
    assert len(first.asked) == 2

    first.behave = right
    assert eventually(lambda: timed(bed, "failing.test") and len(first.asked) > 2, timeout=3), "it is never asked again"
    asked = len(first.asked), len(second.asked)
    assert max(timed(bed, "failing.test") for _ in range(10)) < QUICK
    assert (len(first.asked), len(second.asked)) == (asked[0] + 10, asked[1]), "it is back, and it is the preferred one"


def test_who_is_down_is_found_out_about_by_one_question_at_a_time(bed):
    first = bed.upstream("flapping.test")
    timed(bed, "flapping.test")
    before = len(first.asked)
    time.sleep(1.3)  # it is due by now
    with Crowd(bed.clients["lan"], Target("10.70.1.1"), 10) as crowd:
        began = time.monotonic()
        names = [bed.fresh("flapping.test") for _ in range(20)]
        for name in names:
            crowd.send(name)
        assert len(crowd.replies(19, timeout=QUICK)) >= 19, "several wait for an upstream that is down"
        assert crowd.replies() == dict.fromkeys(names, "NOERROR") and crowd.strange == []
        assert time.monotonic() - began < TIMEOUT + QUICK
    assert len(first.asked) - before <= 1


def test_an_answer_that_comes_too_late_is_not_passed_on(bed):
    with Crowd(bed.clients["lan"], Target("10.70.1.2")) as crowd:
        names = [bed.fresh("late.test") for _ in range(5)]
        for name in names:
            crowd.send(name)
        assert crowd.replies() == dict.fromkeys(names, "NOERROR")
        time.sleep(0.7)
        crowd.replies()
        assert crowd.strange == []
    assert all(len(bed.upstream("late.test", 1).about(name)) == 1 for name in names)


def test_an_address_that_nobody_has(bed):
    assert timed(bed, "nowhere.test") < TIMEOUT + QUICK
    assert timed(bed, "nowhere.test") < QUICK


# many at once


def test_the_same_question_of_many_is_asked_once(bed):
    name = bed.fresh("slow.test")
    with Crowd(bed.clients["lan"], Target("10.70.1.2"), 50) as crowd:
        for _ in range(100):
            crowd.send(name)
        assert crowd.replies() == {name: "NOERROR"} and crowd.strange == [] and crowd.silent == []
    assert len(bed.upstream("slow.test").about(name)) == 1
    assert bed.thence.counters()["dns.forward-coalesced"] >= 99


def test_many_on_one_connection_are_all_answered(bed):
    asked = [query(bed.fresh("slow.test")) for _ in range(100)]
    questions = [as_question(each) for each in asked]
    with connection(bed.clients["wan"], Target("10.70.2.1"), 53) as tcp:
        tcp.sendall(b"".join(frame(each, each.request()) for each in questions))
        replies = [each.read(receive(tcp, each))[0] for each in questions]
    assert all(reply.answer for reply in replies)
    assert sorted(reply.question[0].name for reply in replies) == sorted(each.question[0].name for each in asked)


# limits


def expect_too_many(answer):
    assert answer.rcode == "SERVFAIL" and len(answer.errors) == 1
    assert "too many" in answer.message.options[0].text


@pytest.fixture(name="held")
def holding(bed):
    held = bed.held["held.test"]
    yield held
    held.release()
    # So that the next test begins with nothing outstanding.
    time.sleep(0.1)


def test_outstanding_questions_are_bounded_per_client_and_in_all(bed, held):
    address = "10.70.1.1"
    crowds = {side: Crowd(bed.clients[side], Target(address), port=LIMITED) for side in ("lan", "dmz", "wan")}
    for side, crowd in crowds.items():
        for number in range(PER_CLIENT + 3):
            crowd.send(bed.fresh("held.test"))
        # Those over the bound are told so at once.
        assert list(crowd.replies(3, timeout=2).values()) == ["SERVFAIL"] * 3, side
        expect_too_many(bed.ask(side, bed.fresh("held.test"), port=LIMITED))
    assert eventually(lambda: held.count == IN_ALL), held.count
    # A client that waits for nothing yet is over the bound of all.
    expect_too_many(bed.ask("box", bed.fresh("held.test"), port=LIMITED))
    expect_too_many(bed.ask("box", bed.fresh("ok.test"), port=LIMITED, transport="tcp"))
    # What needs no upstream goes on.
    assert bed.ask("lan", "www.thence.test", port=LIMITED).data == ["192.0.2.10"]
    assert bed.limited.counters()["dns.forward-limited"] == 3 * 4 + 2
    held.release()
    for crowd in crowds.values():
        with crowd:
            assert sorted(crowd.replies().values()) == ["NOERROR"] * PER_CLIENT + ["SERVFAIL"] * 3
            assert crowd.strange == []
    assert bed.ask("box", bed.fresh("ok.test"), port=LIMITED).data == TRUTH


def test_a_prefix_of_64_bits_is_one_client(bed, held):
    with Crowd(bed.clients["lan"], Target("fd70:1::1"), port=LIMITED) as crowd:
        for _ in range(PER_CLIENT):
            crowd.send(bed.fresh("held.test"))
        assert eventually(lambda: held.count == PER_CLIENT), held.count
        expect_too_many(bed.ask("lan", bed.fresh("held.test"), address="fd70:1::1", source="fd70:1::66", port=LIMITED))
        assert bed.ask("lan", bed.fresh("ok.test"), port=LIMITED).data == TRUTH  # over IPv4
        held.release()
        assert set(crowd.replies().values()) == {"NOERROR"}


def test_a_network_that_floods_leaves_others_their_share(bed, held):
    sources = [f"10.70.1.{last}" for last in range(21, 21 + IN_ALL // PER_CLIENT)]
    bed.clients["lan"].ip("\n".join(f"addr add {source}/24 dev lan" for source in sources))
    with contextlib.ExitStack() as stack:
        names = []
        for source in sources:
            crowd = stack.enter_context(Crowd(bed.clients["lan"], Target("10.70.1.1", source), port=LIMITED))
            for _ in range(PER_CLIENT):
                names.append((crowd, bed.fresh("held.test")))
                crowd.send(names[-1][1])
                assert eventually(lambda: held.count == len(names)), held.count
        # There is room for no more, not for another client of that network either.
        expect_too_many(bed.ask("lan", bed.fresh("held.test"), port=LIMITED))
        displaced = bed.limited.counters()["dns.forward-displaced"]
        for side in ("dmz", "wan", "box"):
            assert bed.ask(side, bed.fresh("ok.test"), port=LIMITED).data == TRUTH, side
        # One gave way to the first of them, and its place was free for the others.
        assert bed.limited.counters()["dns.forward-displaced"] == displaced + 1
        oldest, name = names[0]
        assert oldest.replies(1, timeout=2) == {name: "SERVFAIL"}
        held.release()
        for crowd in {crowd for crowd, _ in names}:
            codes = sorted(crowd.replies().values())
            assert codes == ["NOERROR"] * (PER_CLIENT - (crowd is oldest)) + ["SERVFAIL"] * (crowd is oldest)
            assert crowd.strange == []
    bed.clients["lan"].ip("\n".join(f"addr del {source}/24 dev lan" for source in sources))


def test_what_is_known_takes_no_more_memory_than_it_may(bed):
    names = [bed.fresh("ok.test", "large") for _ in range(200)]  # of 1 KB each
    for name in names:
        assert bed.ask("lan", name, "TXT", port=LIMITED).data
    last = len(bed.upstream("ok.test").about(names[-1]))
    for name in (names[-1], names[0]):
        bed.ask("lan", name, "TXT", port=LIMITED)
    assert len(bed.upstream("ok.test").about(names[-1])) == last, "what was asked for last is forgotten"
    assert len(bed.upstream("ok.test").about(names[0])) == 2, "more is remembered than there is room for"


# reload


def test_a_reload_loses_no_question_and_forgets_no_answer(bed):
    held = bed.held["other-held.test"]
    known = bed.fresh("ok.test")
    assert bed.ask("lan", known).data == TRUTH
    with Crowd(bed.clients["lan"], Target("10.70.1.2"), 5) as crowd:
        names = [bed.fresh("other-held.test") for _ in range(50)]
        for name in names:
            crowd.send(name)
        question = as_question(query(bed.fresh("other-held.test")))
        with connection(bed.clients["dmz"], Target("10.70.2.2"), 53) as tcp:
            tcp.sendall(frame(question, question.request()))
            assert eventually(lambda: held.count == 51), held.count
            assert bed.thence.reload()[-1]["message"] == "reloaded"
            assert (bed.ask("lan", known).data, len(bed.upstream("ok.test").about(known))) == (TRUTH, 1)

            # And one that takes the forward away.
            values = configuration([each for each in bed.forwards() if each["zone"] != "other-held.test"])
            thence.configuration(bed.folders["main"], values)
            assert bed.thence.reload()[-1]["message"] == "reloaded"
            assert bed.ask("lan", bed.fresh("other-held.test")).rcode == "REFUSED"

            held.release()
            assert crowd.replies() == dict.fromkeys(names, "NOERROR") and crowd.strange == []
            assert question.belongs(None, receive(tcp, question))
    thence.configuration(bed.folders["main"], configuration(bed.forwards()))
    assert bed.thence.reload()[-1]["message"] == "reloaded"


def test_it_ends_in_peace_whoever_still_waits(bed, tmp_path):
    held = bed.held["other-held.test"]
    values = {**configuration(bed.forwards(), LOADED), "drain": "500ms"}
    with (thence.serve(bed.server, tmp_path, values) as server,
          Crowd(bed.clients["lan"], Target("10.70.1.2"), 5, LOADED) as crowd):
        for _ in range(20):
            crowd.send(bed.fresh("other-held.test"))
        assert eventually(lambda: held.count == 20)
        began = time.monotonic()
        assert server.stop() == 0
        # It waits for what is on its way, and no longer than it is told.
        assert 0.5 <= time.monotonic() - began < 2
    held.release()


def test_an_answer_to_an_address_that_is_gone_leaves_from_nowhere_else(bed, tmp_path):
    """The host loses the addresses that were asked, and an interface, while the questions wait for their upstream."""
    held = bed.held["other-held.test"]
    bed.add_interface("late", 7)
    bed.clients["wan"].ip("addr add 10.70.7.9/24 dev late\naddr add fd70:7::9/64 dev late nodad")
    bed.server.ip("addr add 10.70.3.66/24 dev wan\naddr add fd70:3::66/64 dev wan nodad")
    await_reachable(bed.clients["wan"], "10.70.3.66", "fd70:3::66", "10.70.7.1", "fd70:7::1")
    values = configuration(bed.forwards(), LOADED)
    values["listeners"][0]["egress"] = "route"
    with (thence.serve(bed.server, tmp_path, values) as server, contextlib.ExitStack() as stack):
        crowds = [stack.enter_context(Crowd(bed.clients["wan"], Target(address), 1, LOADED))
                  for address in ("10.70.3.66", "fd70:3::66", "10.70.7.1", "fd70:7::1", "10.70.3.2", "fd70:3::2")]
        for crowd in crowds:
            crowd.send(bed.fresh("other-held.test"))
        assert eventually(lambda: held.count == len(crowds)), held.count
        bed.server.ip("addr del 10.70.3.66/24 dev wan\naddr del fd70:3::66/64 dev wan\nlink delete late")
        capture = stack.enter_context(Capture(bed.server))
        held.release()
        for crowd in crowds[-2:]:  # whose addresses are still there
            assert list(crowd.replies().values()) == ["NOERROR"] and crowd.strange == []
        lost = len(crowds) - 2
        assert eventually(lambda: thence.unsendable(server.counters()) == lost), server.counters()
        assert [sent.source for sent in capture.sent({LOADED})] in (["10.70.3.2", "fd70:3::2"], ["fd70:3::2", "10.70.3.2"])


# the limit of replies


def test_forwarded_answers_count_for_the_limit_of_replies(bed, tmp_path):
    """Else a flood of questions with a forged source would be answered at length to whom it is meant for."""
    values = configuration(bed.forwards(), LOADED, **{"rate-limit": {"per-second": 5, "slip": 1}})
    with thence.serve(bed.server, tmp_path, values) as server, Crowd(bed.clients["lan"], Target("10.70.1.2"), 5, LOADED) as crowd:
        for _ in range(50):
            crowd.send(bed.fresh("ok.test"))
        crowd.replies(50, timeout=2)
        assert 5 <= crowd.whole <= 15, "the limit is 5 a second"
        assert server.counters()["dns.slipped"] == 50 - crowd.whole
        assert bed.ask("lan", bed.fresh("ok.test"), address="10.70.1.2", port=LOADED, transport="tcp").data == TRUTH


# load


def memory(server):
    """@return octets"""
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def authoritative_load(bed, folder, seconds):
    """dnsperf's, on questions that need no upstream. @return queries a second, all of which are answered right"""
    queries = folder / "queries"
    queries.write_text("www.thence.test A\nabsent.thence.test A\nself.thence.test A\n")
    done = bed.clients["dmz"].run("dnsperf", "-s", "10.70.2.1", "-p", str(LOADED), "-d", str(queries), "-l", str(seconds),
                                  "-c", "4", "-q", "20")
    found = {key: float(value) for key, value in re.findall(r"Queries (sent|completed|lost|per second): +([\d.]+)", done.stdout)}
    assert found["sent"] == found["completed"] and found["lost"] == 0, done.stdout
    return found["per second"]


def test_outstanding_questions_slow_nothing_down_and_take_little_memory(bed, held, need, request, tmp_path):
    need("dnsperf")
    count = request.config.getoption("--outstanding")
    values = configuration(bed.forwards(), LOADED, forwarding={"outstanding": count, "outstanding-per-client": count})
    values["workers"] = 2
    (tmp_path / "load").mkdir()
    with (thence.serve(bed.server, tmp_path / "load", values) as server,
          Crowd(bed.clients["lan"], Target("10.70.1.1"), 100, LOADED) as crowd):
        before, speed_before = memory(server), authoritative_load(bed, tmp_path, 1)
        names = [bed.fresh("held.test") for _ in range(count)]
        began = time.monotonic()
        for number, name in enumerate(names):
            crowd.send(name)
            if number % 100 == 99:
                # No more than the buffers of sockets hold.
                eventually(lambda: held.count > number - 100)
        assert eventually(lambda: held.count == count, timeout=3), f"{held.count} of {count} reached the upstream"
        took = time.monotonic() - began
        during, speed_during = memory(server), authoritative_load(bed, tmp_path, 1)
        assert crowd.replies(1, timeout=0) == {}, "some were not held: too slow a machine for so many"
        held.release()
        codes = collections.Counter(crowd.replies(timeout=20).values())
        after = memory(server)
    print(f"\n{count} outstanding, sent in {took:.1f} s; memory {before >> 20} MB before, {during >> 20} MB during, "
          f"{after >> 20} MB after; authoritative answers a second: {speed_before:.0f} before, {speed_during:.0f} during")
    assert codes == {"NOERROR": count} and crowd.strange == []
    assert during - before < 16 * 2**20 + 4096 * count
    assert speed_during > speed_before / 2
