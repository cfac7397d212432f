"""Where one of Knot, NSD and BIND differs from the others, and why that is theirs to decide.

The list is short and every entry is needed: the standard run fails when one did not match at all. An entry names the peer that
stands apart; the others, if there are any, must agree with each other, and Thence with them.
"""

import collections
import dataclasses
from collections.abc import Callable

from rig import message, names, record_types

used = collections.Counter()  # name -> matches, in this process

_NS, _CNAME, _DNAME, _SVCB, _HTTPS, _ANY = (record_types.NUMBERS[word] for word in ("NS", "CNAME", "DNAME", "SVCB", "HTTPS", "ANY"))
_SOA, _NSEC, _NSEC3, _RRSIG = (record_types.NUMBERS[word] for word in ("SOA", "NSEC", "NSEC3", "RRSIG"))
_DENIALS = (_NSEC, _NSEC3)
_KEY = record_types.NUMBERS["KEY"]
_ADDRESSED_BY_BIND = tuple(record_types.NUMBERS[word] for word in ("AFSDB", "RT", "KX", "NAPTR", "LP", "PX", "MINFO", "RP"))
_EVERYTHING = ("rcode", "answer", "authority", "additional")
_YXDOMAIN = message.RCODES.index("YXDOMAIN")


@dataclasses.dataclass(frozen=True)
class Difference:
    name: str
    peer: str         # who stands apart
    aspects: tuple
    reason: str
    holds: Callable   # (case, the peer's value of that aspect, the values of the other peers) -> bool


def _ns_come_along(case, mine, others):
    reply = case.replies["nsd"]
    return bool(reply.answer) and reply.flags & message.AA and any(
        {key: value for key, value in mine.items() if _NS not in key[1:3]} == other for other in others)


def _addresses_of_ns_come_along(case, mine, others):
    servers = {name for key, (_, data) in case.replies["nsd"].authority.items() if key[1] == _NS for name in data}
    if not case.replies["nsd"].answer:
        return False
    return any({key for key in mine.keys() ^ other.keys() if key[0] not in servers} == set() for other in others)


def _aliases(reply):
    """How many CNAME an answer has."""
    return sum(key[1] == _CNAME for key in reply.answer)


def _is_loop(reply):
    """Whether the last CNAME of an answer leads to one before it."""
    aliases = {key[0]: min(data) for key, (_, data) in reply.answer.items() if key[1] == _CNAME}
    return any(_leads_to_itself(start, aliases) for start in aliases)


def _leads_to_itself(start, aliases):
    name = aliases[start]
    for _ in aliases:
        if name == start:
            return True
        name = aliases.get(name)
    return False


def _only_glue(case, mine, others):
    """NS whose additional data lacks only addresses that are not glue."""
    reply = case.replies["bind"]
    if not any(key[1] == _NS for key in (*reply.answer, *reply.authority)):
        return False
    own = bool(reply.flags & message.AA)
    return any(mine.items() <= other.items() and (own or not any(_is_glue(case, key) for key in other.keys() - mine.keys()))
               for other in others)


def _is_glue(case, key):
    name = names.from_wire(key[0])
    return any(names.is_below(name, cut) for cut in case.shape.cuts)


def _leads_below_cut(case, reply):
    """Whether an alias of the answer leads to or below a cut of the zone."""
    targets = [names.from_wire(min(data)) for key, (_, data) in reply.answer.items() if key[1] == _CNAME]
    return any(names.is_below(target, cut) for target in targets for cut in case.shape.cuts)


def _denials_apart(mine, other):
    """Which NSEC and NSEC3 only one of two has, or None where they differ in other things too."""
    extra, missing = mine.keys() - other.keys(), other.keys() - mine.keys()
    same = all(mine[key] == other[key] for key in mine.keys() & other.keys())
    if not same or any(key[2] not in _DENIALS and key[1] not in _DENIALS for key in extra | missing):
        return None
    return extra, missing


def _denies_more(case, mine, others):
    return any(key[1] == _SOA for key in mine) and any(apart and not apart[1] for apart in (_denials_apart(mine, other) for other in others))


def _denies_otherwise_after_dname(case, mine, others):
    without_ns = {key: value for key, value in mine.items() if _NS not in key[1:3]}
    return _has(case.replies["nsd"], _DNAME) and any(_denials_apart(without_ns, other) for other in others)


def _denies_less(case, mine, others):
    return any(apart and not apart[0] for apart in (_denials_apart(mine, other) for other in others))


def _asks_for_asterisk(case, mine, others):
    """Whether the name, or one that it is an alias of, begins with an asterisk and is not there."""
    reached = [names.folded(case.question.name)]
    reached += [names.from_wire(min(data)) for key, (_, data) in case.replies["bind"].answer.items() if key[1] == _CNAME]
    return any(name and name[0] == b"*" and name not in case.shape.types for name in reached) and any(
        _denials_apart(mine, other) for other in others)


def _has(reply, *kinds):
    return any(key[1] in kinds for key in reply.answer)


def _stops_at_dname(reply):
    """Whether the answer ends in an alias to a name below a DNAME that it has."""
    owners = [names.from_wire(key[0]) for key in reply.answer if key[1] == _DNAME]
    aliases = {key[0]: min(data) for key, (_, data) in reply.answer.items() if key[1] == _CNAME}
    ends = [names.from_wire(target) for target in aliases.values() if target not in aliases]
    return any(names.is_below(end, owner) and end != owner for end in ends for owner in owners)


DIFFERENCES = [
    Difference("NS with every answer", "nsd", ("authority",),
               "RFC 1034 does not ask for them. NSD leaves them out only together with all additional data (minimal-responses).",
               _ns_come_along),
    Difference("addresses of NS with every answer", "nsd", ("additional",),
               "As above: the addresses of those NS.",
               _addresses_of_ns_come_along),
    Difference("CD is echoed", "bind", ("CD",),
               "RFC 4035 §3.1.6: a server should clear it in authoritative answers.",
               lambda case, mine, others: bool(case.question.flags & message.CD)),
    Difference("a loop of aliases is a failure", "bind", ("rcode",),
               "RFC 1034 §3.6.2 has loops signalled as an error, but a resolver notices a loop by itself, and can do nothing about "
               "SERVFAIL. Knot and NSD give the aliases with NOERROR.",
               lambda case, mine, others: mine == "SERVFAIL" and _is_loop(case.replies["bind"])),
    Difference("ANY is not led on by aliases", "bind", ("rcode", "authority"),
               "RFC 1034 §4.3.2 step 3a: a CNAME matches ANY and ends the search; at the alias that a DNAME makes, Knot and NSD go on.",
               lambda case, mine, others: case.question.kind == _ANY and _aliases(case.replies["bind"]) > 0),
    Difference("a DNAME to a name that is too long", "knot", _EVERYTHING,
               "RFC 6672 §2.2: YXDOMAIN, which ends the search. Knot goes on with the unchanged name's target.",
               lambda case, mine, others: all(case.replies[peer].rcode == _YXDOMAIN for peer in ("nsd", "bind"))),
    Difference("NS have glue only", "bind", ("additional",),
               "The addresses of name servers that a zone is authoritative for can be asked for.",
               _only_glue),
    Difference("no addresses for SVCB and HTTPS", "knot", ("additional",),
               "RFC 9460 §4.1 recommends them.",
               lambda case, mine, others: _has(case.replies["knot"], _SVCB, _HTTPS)),
    Difference("no addresses of the owner for SVCB and HTTPS", "nsd", ("additional",),
               "RFC 9460 §2.5.2: the target . is the owner.",
               lambda case, mine, others: _has(case.replies["nsd"], _SVCB, _HTTPS)),
    Difference("a chain of five aliases is the longest", "knot", _EVERYTHING,
               "RFC 1034 §3.6.2 has chains followed. Knot leaves what is longer to the client, NSD and BIND follow it.",
               lambda case, mine, others: _aliases(case.replies["knot"]) == 5 and not _is_loop(case.replies["knot"])),
    Difference("a DNAME is used once", "nsd", _EVERYTHING,
               "RFC 6672 §3.2: the search starts again with the new name, which may be below the same DNAME.",
               lambda case, mine, others: _stops_at_dname(case.replies["nsd"]) and not _is_loop(case.replies["nsd"])),
    Difference("addresses for AFSDB and others", "bind", ("additional",),
               "RFC 1183 asks for them, but no client is known to use them.",
               lambda case, mine, others: _has(case.replies["bind"], *_ADDRESSED_BY_BIND)),
    Difference("aliases are followed into other zones", "nsd", _EVERYTHING,
               "RFC 1034 §4.3.2 step 1 has it so, but a client does not take such data from a zone that it did not ask.",
               lambda case, mine, others: _leads_below_cut(case, case.replies["knot"])),
    Difference("aliases end where another zone begins", "bind", ("authority", "additional"),
               "The referral is of use to the client, as Knot gives it.",
               lambda case, mine, others: _leads_below_cut(case, case.replies["knot"])),
    Difference("KEY at an alias", "bind", _EVERYTHING,
               "RFC 2535 §2.3.5 let KEY stand beside CNAME. RFC 4035 §2.5 does not.",
               lambda case, mine, others: case.question.kind == _KEY and _aliases(case.replies["knot"]) > 0),
    Difference("a chain of eleven aliases is the longest", "bind", _EVERYTHING,
               "RFC 1034 §3.6.2 has chains followed. BIND says SERVFAIL where one is longer.",
               lambda case, mine, others: _aliases(case.replies["bind"]) >= 11),
    Difference("more denials than needed", "nsd", ("authority",),
               "At a wildcard that lacks the type, RFC 4035 §3.1.3.1 and RFC 5155 §7.2.3 ask for its own NSEC or NSEC3 alone.",
               _denies_more),
    Difference("other denials after a DNAME", "nsd", ("authority",),
               "RFC 4035 §3.1.3: what is denied is the name that the DNAME leads to.",
               _denies_otherwise_after_dname),
    Difference("fewer denials than needed", "nsd", ("authority",),
               "RFC 4035 §3.1.3.4 and RFC 5155 §7.2.5: without the type at a wildcard, both that and the name's absence have to be "
               "proven; NSD does not always.",
               _denies_less),
    Difference("an asterisk that a wildcard covers", "knot", ("authority",),
               "RFC 4592 §4.5: it is a name like others; Knot takes it for the wildcard.",
               _asks_for_asterisk),
    Difference("NSEC and RRSIG at an alias", "nsd", _EVERYTHING,
               "RFC 4035 §2.5 has these beside CNAME, so there is nothing to follow; NSD follows.",
               lambda case, mine, others: case.question.kind in (_NSEC, _RRSIG) and _aliases(case.replies["nsd"]) > 0),
    Difference("NSEC at a cut", "bind", ("AA", *_EVERYTHING),
               "RFC 4035 §3.1.4.1 names DS alone as a type that the parent answers; BIND answers NSEC, too.",
               lambda case, mine, others: case.question.kind == _NSEC and names.folded(case.question.name) in case.shape.cuts),
    Difference("NSEC of a wildcard needs a proof, too", "knot", ("authority",),
               "RFC 4035 §3.1.3.3: that the name itself does not exist. Knot takes the NSEC that was asked for to be enough.",
               lambda case, mine, others: case.question.kind == _NSEC and any(_denials_apart(mine, other) for other in others)),
    Difference("thirteen names get addresses", "bind", ("additional",),
               "BIND gives none with a larger RRset, which bounds its work.",
               lambda case, mine, others: not mine and any(len(data) > 13 for _, data in case.replies["bind"].answer.values())),
    Difference("no addresses for clients that take 512 octets", "bind", ("additional",),
               "BIND leaves out what may be left out where EDNS offers no more than without it.",
               lambda case, mine, others: not mine and not case.question.tcp and (case.question.edns or 513) <= 512),
]


def holding(case, aspect, values):
    """The differences that hold here: peer -> Difference."""
    found = {}
    for difference in DIFFERENCES:
        peer = difference.peer
        others = [value for other, value in values.items() if other not in (peer, "thence") and value != values[peer]]
        if aspect in difference.aspects and peer not in found and difference.holds(case, values[peer], others):
            found[peer] = difference
    return found
