"""A world is a few zones served by everybody at once. Worlds are made, signed and served here."""

import contextlib
import dataclasses

from rig import asking, comparison, message, questions, servers, signing, zones
from rig.zones import Shape


@dataclasses.dataclass(frozen=True)
class Plan:
    """A zone to be."""

    apex: str
    children: tuple = ()
    signing: str = ""   # a key of signing.WAYS, or none


_LONG = ".".join(letter * 50 for letter in "pqr")


def plans(ways):
    """Five apexes: a plain one, a deep one, a long one, and a parent with a child that is served as well."""
    plain, deep, long, parent, child = (ways * 5)[:5]
    return (
        Plan("Alpha.test", signing=plain),
        Plan("very.deep.apex.of.beta.test", signing=deep),
        Plan(f"{_LONG}.test", signing=long),
        Plan("gamma.test", ("child.gamma.test",), signing=parent),
        Plan("child.gamma.test", signing=child),
    )


# The ways of signing in each kind of world; a kind makes as many worlds as there are rounds.
KINDS = {
    "plain-1": plans([""]),
    "plain-2": plans([""]),
    "plain-3": plans([""]),
    "plain-4": plans([""]),
    "knot-1": plans(["knot-nsec", "knot-nsec3", "knot-nsec3-salted", "knot-opt-out", "knot-nsec3"]),
    "knot-2": plans(["knot-opt-out", "knot-nsec", "knot-nsec3", "knot-nsec3-salted", "knot-nsec"]),
    "ldns-1": plans(["ldns-nsec", "ldns-nsec3", "ldns-nsec3-salted", "ldns-opt-out", "ldns-nsec3"]),
    "ldns-2": plans(["ldns-nsec3-salted", "ldns-opt-out", "ldns-nsec", "ldns-nsec3", "ldns-opt-out"]),
}


class World:
    """Of use in a `with` statement, which ends its servers."""

    def __init__(self, kind, seed, folder, dname=True):
        self.kind, self.seed, self.folder = kind, seed, folder
        self.zones, served = {}, []
        for number, plan in enumerate(KINDS[kind]):
            zone = zones.make(plan.apex, f"{seed}/{kind}/{plan.apex}", plan.children, dname, **signing.limits(plan.signing))
            file = folder / f"zone{number}"
            file.write_text(zone.text())
            if plan.signing:
                file = signing.sign(plan.signing, zone, file, f"{seed}/{kind}/{plan.apex}")
            self.zones[plan.apex] = (zone, plan, file)
            served.append((zone, file))
        self._served = served

    def __enter__(self):
        with contextlib.ExitStack() as running:
            self.servers = [running.enter_context(servers.Server(each, self.folder, self._served)) for each in servers.ALL]
            for server in self.servers:
                server.wait()
            self._clients = {server.kind: running.enter_context(asking.Client(server.port)) for server in self.servers}
            self._running = running.pop_all()
        return self

    def __exit__(self, *details):
        return self._running.__exit__(*details)

    def ask(self, asked):
        """@return for each question, server -> message.Reply or None"""
        by_server = {server: [_read(octets) for octets in client.ask(asked)] for server, client in self._clients.items()}
        return [{server: replies[at] for server, replies in by_server.items()} for at in range(len(asked))]

    def judge(self, apex, count):
        """Asks so many questions about a zone. @return pairs of a Case and a Finding"""
        zone, plan, _ = self.zones[apex]
        shape = Shape(zone)
        asked = questions.about(zone, f"{self.seed}/{self.kind}/{apex}", count, bool(plan.signing))
        cases = [comparison.Case(question, shape, replies) for question, replies in zip(asked, self.ask(asked))]
        # Servers leave out different things where there is no room for all. So where size may matter, the whole answers
        # are compared, which TCP has, and Thence's over UDP is judged by its own over TCP.
        small, large = [], []
        for case in cases:
            (large if not case.question.tcp and (_size_matters(case) or comparison.compare(case)) else small).append(case)
        whole = self.ask([case.question.over_tcp() for case in large])
        for case in small:
            yield from ((case, finding) for finding in comparison.compare(case))
        for case, replies in zip(large, whole):
            over_tcp = comparison.Case(case.question.over_tcp(), shape, replies)
            yield from ((over_tcp, finding) for finding in comparison.compare(over_tcp))
            if case.replies["thence"] and replies["thence"]:
                yield from ((case, finding) for finding in comparison.cut_off(case.question, case.replies["thence"], replies["thence"]))


def _read(octets):
    return octets and message.read(octets)


def _size_matters(case):
    """Whether somebody may have left something out."""
    return any(reply and (reply.truncated or len(reply.octets) > case.question.limit * 0.6) for reply in case.replies.values())
