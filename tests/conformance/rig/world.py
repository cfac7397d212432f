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
        replies = self.ask(asked)
        # Where size matters, TCP gives everybody's full answer, and that over UDP is judged by Thence's own.
        large = [at for at, each in enumerate(replies) if not asked[at].tcp and _size_matters(asked[at], each)]
        full = dict(zip(large, self.ask([asked[at].over_tcp() for at in large])))
        for at, question in enumerate(asked):
            case = comparison.Case(question, shape, full.get(at, replies[at]))
            for finding in comparison.compare(case):
                yield case, finding
            if at in full and replies[at]["thence"] and full[at]["thence"]:
                case = comparison.Case(question, shape, replies[at])
                for finding in comparison.cut_off(question, replies[at]["thence"], full[at]["thence"]):
                    yield case, finding


def _read(octets):
    return octets and message.read(octets)


def _size_matters(question, replies):
    """Whether somebody may have left something out."""
    return any(reply and (reply.truncated or len(reply.octets) > question.limit * 0.6) for reply in replies.values())
