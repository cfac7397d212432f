"""What is compared, and who has to agree with whom.

Where the three peers agree, Thence must agree. Where one does not, a known difference must say why, and Thence must agree with
the others.
"""

import dataclasses

from rig import known_differences, message, names, record_types
from rig.servers import PEERS

_FLAGS = {"QR": message.QR, "RD": message.RD, "RA": message.RA, "Z": message.Z, "AD": message.AD, "CD": message.CD}
_ADDRESSES = (record_types.NUMBERS["A"], record_types.NUMBERS["AAAA"])
ANY = record_types.NUMBERS["ANY"]


@dataclasses.dataclass
class Case:
    """A question and everybody's reply to it, all over the same transport and not cut off."""

    question: object
    shape: object    # of the zone that was asked about
    replies: dict    # server -> message.Reply, or None for silence

    def values(self, aspect):
        return {server: value_of(reply, aspect) for server, reply in self.replies.items()}


@dataclasses.dataclass(frozen=True)
class Finding:
    kind: str         # what findings are grouped by
    detail: str = ""


def value_of(reply, aspect):
    """Something that is equal where replies are alike in that aspect."""
    if reply is None:
        return "silence"
    if aspect == "rcode":
        return message.rcode_text(reply.rcode)
    if aspect == "AA":
        return bool(reply.flags & message.AA)
    if aspect in _FLAGS:
        return bool(reply.flags & _FLAGS[aspect])
    return getattr(reply, aspect)


ASPECTS = ("rcode", "AA", "answer", "authority", "additional", "edns", *_FLAGS)


def compare(case):
    """@return findings, none when all is well"""
    mine = case.replies["thence"]
    if any(reply is None for reply in case.replies.values()):
        silent = [server for server, reply in case.replies.items() if reply is None]
        return [Finding(f"silence of {', '.join(silent)}")]
    findings = list(_well_formed(case.question, mine))
    for aspect in ASPECTS:
        values = case.values(aspect)
        if case.question.kind in (ANY, message.RRSIG) and aspect in ("answer", "additional"):
            findings += _minimal_any(case) if aspect == "answer" else []
            continue
        if all(value == values["thence"] for value in values.values()):
            continue
        findings += _judge(case, aspect, values)
    return findings


def _judge(case, aspect, values):
    """One aspect, where not all four are alike."""
    theirs = {peer: values[peer] for peer in PEERS}
    known = {} if all(value == theirs["knot"] for value in theirs.values()) else known_differences.holding(case, aspect, values)
    # Those who agree with each other may be right where a reason is known for each of the others.
    right = [value for value in theirs.values() if all(peer in known for peer in PEERS if theirs[peer] != value)]
    if not right:
        yield Finding(f"unknown difference between peers: {_describe(aspect, values, case)}")
    elif values["thence"] not in right:
        apart = [peer for peer in PEERS if theirs[peer] not in right]
        yield Finding(f"unlike the peers{' but for ' if apart else ''}{', '.join(apart)}: {_describe(aspect, values, case)}")
    else:
        known_differences.used.update(known[peer].name for peer in PEERS if theirs[peer] != values["thence"])


def _well_formed(question, reply):
    if reply.question != question.octets(0)[12:12 + len(reply.question)] or len(reply.question) != names.wire_length(question.name) + 4:
        yield Finding("the question is not echoed octet by octet")
    if reply.duplicates:
        yield Finding("a record stands twice in a section")


def _minimal_any(case):
    """RFC 8482 §4.1 and §7: of ANY and RRSIG, one RRset of those that the name has. The peers are set to give them all."""
    mine = case.replies["thence"].answer
    full = {key: value for peer in PEERS for key, value in case.replies[peer].answer.items()}
    sets = {key for key in mine if key[1] not in (message.RRSIG, 5, 39)}
    if any(full.get(key) != value for key, value in mine.items()):
        yield Finding("ANY: an RRset that no peer has")
    if bool(mine) != bool(full):
        yield Finding(f"ANY: {'no' if full else 'an'} answer where peers have {'one' if full else 'none'}")
    if len(sets) > 1 and case.question.kind == ANY:
        yield Finding("ANY: more than one RRset")


def cut_off(question, reply, full):
    """Whether a reply over UDP is what is left of the same server's full one, which came over TCP."""
    room = len(full.octets) <= question.limit
    if len(reply.octets) > question.limit:
        yield Finding("truncation: larger than the client takes", f"{len(reply.octets)} of {question.limit}")
    if reply.truncated and room:
        yield Finding("truncation: TC, but the answer over TCP is small enough", f"{len(full.octets)} of {question.limit}")
    if reply.truncated:
        alike, needed = (), ()
    elif room:
        alike, needed = ("rcode", "AA"), ("answer", "authority", "additional")
    else:
        alike, needed = ("rcode", "AA"), ("answer", "authority")
    for aspect in alike:
        if value_of(reply, aspect) != value_of(full, aspect):
            yield Finding(f"truncation: {aspect} over UDP unlike that over TCP")
    for section in ("answer", "authority", "additional"):
        left, whole = getattr(reply, section), getattr(full, section)
        if any(whole.get(key) != value for key, value in left.items()):
            yield Finding(f"truncation: {section} has other than whole RRsets of the answer over TCP")
        elif section in needed and left != whole:
            yield Finding(f"truncation: {section} lacks RRsets of the answer over TCP, and TC is not set")
    if not reply.truncated and _glue(full) - reply.additional.keys():
        yield Finding("truncation: a referral lacks glue of its own domain, and TC is not set (RFC 9471 §3.1)")


def _glue(reply):
    """The addresses in a referral that are of name servers below the cut."""
    if reply.flags & message.AA:
        return set()
    cuts = [names.from_wire(key[0]) for key in reply.authority if key[1] == record_types.NUMBERS["NS"]]
    return {key for key in reply.additional if key[1] in _ADDRESSES and any(names.is_below(names.from_wire(key[0]), cut) for cut in cuts)}


def _describe(aspect, values, case):
    """Short, and without names, so that like findings are one group."""
    mine, kind = values["thence"], record_types.text(case.question.kind)
    peers = {}
    for peer in PEERS:
        peers.setdefault(str(_summary(values[peer], values)), []).append(peer)
    told = "; ".join(f"{'+'.join(servers)} {summary}" for summary, servers in peers.items())
    do = " DO" if case.question.dnssec else ""
    kind = kind if aspect in ("additional",) or kind in ("ANY", "DS", "NS", "SOA", "RRSIG", "NSEC", "DNSKEY", "CNAME", "DNAME") else "data"
    return f"{aspect} [{case.question.reason}, {kind}{do}]: thence {_summary(mine, values)}; {told}"


def _summary(value, values):
    if not isinstance(value, dict):
        return value
    if not value:
        return "none"
    types = sorted({record_types.text(key[1]) for key in value})
    same = [server for server, other in values.items() if other == value]
    if len(types) > 6:
        types = [*types[:6], "..."]
    return "+".join(types) + f" #{min('tknb'['thence knot nsd bind'.split().index(server)] for server in same)}"
