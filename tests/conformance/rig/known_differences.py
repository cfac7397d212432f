"""Where one of Knot, NSD and BIND differs from the others, and why that is theirs to decide.

The list is short and every entry is needed: the standard run fails when one did not match at all. An entry names the peer that
stands apart; the others must still agree with each other, and Thence with them.
"""

import collections
import dataclasses
from collections.abc import Callable

from rig import message, names, record_types

used = collections.Counter()  # name -> matches, in this process

_NS, _CNAME, _DNAME, _A, _AAAA = (record_types.NUMBERS[word] for word in ("NS", "CNAME", "DNAME", "A", "AAAA"))


@dataclasses.dataclass(frozen=True)
class Difference:
    name: str
    peer: str         # who stands apart
    aspects: tuple
    reason: str
    holds: Callable   # (case, the peer's value of that aspect, the values of the other peers) -> bool
    followed: bool = False  # whether Thence may do as this peer does


def _apex_ns(case, key):
    """Whether that is the NS RRset of the apex, or its signature."""
    owner, kind, covered, _ = key
    return owner == names.wire(case.shape.apex) and _NS in (kind, covered)


def _ns_come_along(case, mine, others):
    reply = case.replies["nsd"]
    return bool(reply.answer) and reply.flags & message.AA and any(
        {key: value for key, value in mine.items() if not _apex_ns(case, key)} == other for other in others)


def _addresses_of_ns_come_along(case, mine, others):
    servers = {name for key, (_, data) in case.replies["nsd"].authority.items() if key[1] == _NS for name in data}
    if not case.replies["nsd"].answer:
        return False
    return any({key for key in mine.keys() ^ other.keys() if key[0] not in servers} == set() for other in others)


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
]


def explained(case, aspect, values):
    """The differences that hold here: peer -> Difference."""
    found = {}
    for difference in DIFFERENCES:
        peer = difference.peer
        if aspect in difference.aspects and peer not in found:
            others = [value for other, value in values.items() if other not in (peer, "thence")]
            if values[peer] not in others and difference.holds(case, values[peer], others):
                found[peer] = difference
                used[difference.name] += 1
    return found
