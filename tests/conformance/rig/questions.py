"""Questions about zones, from a seed: each a name with a reason to ask it, a type, and a way of asking."""

import dataclasses
import random

from rig import message, names, record_types
from rig.zones import Shape

_COMMON = ["A", "A", "A", "AAAA", "TXT", "MX", "NS", "SOA", "CNAME", "DS", "SRV", "HTTPS", "PTR", "DNAME", "AFSDB"]
_RARE = [*record_types.DATA, "DNSKEY", "NSEC3PARAM", "CDS", "CDNSKEY", "TYPE65280", "TYPE12345", "TYPE0000"]


@dataclasses.dataclass(frozen=True)
class Question:
    reason: str          # which kind of name it is
    name: tuple
    kind: int
    edns: int = None     # octets offered, None for no OPT
    dnssec: bool = False
    tcp: bool = False
    flags: int = 0       # RD, CD, AD

    @property
    def limit(self):
        """Octets that a reply may have."""
        return 65535 if self.tcp else min(max(self.edns or 512, 512), 1232)

    def octets(self, identity):
        return message.query(identity, self.name, self.kind, self.flags, self.edns, self.dnssec)

    def over_tcp(self):
        return dataclasses.replace(self, tcp=True)

    def dig(self, port):
        switches = ["+tcp" if self.tcp else "+ignore", f"+bufsize={self.edns}" if self.edns is not None else "+noedns"]
        switches += ["+dnssec"] if self.dnssec else []
        switches += ["+" + ("" if self.flags & bit else "no") + word
                     for word, bit in (("rec", message.RD), ("cd", message.CD), ("ad", message.AD))]
        return (f"dig @127.0.0.1 -p {port} +nocookie {' '.join(switches)} "
                f"-t {record_types.text(self.kind)} -q '{names.text(self.name)}'")


class _Asker:
    def __init__(self, zone, seed, signed):
        self.random = random.Random(seed)
        self.shape = Shape(zone)
        self.signed = signed
        shape = self.shape
        aliased = [name for name in shape.owners if not any(names.is_below(name, cut) for cut in shape.cuts)]
        self.reasons = {
            "existing": (20, lambda: self.pick(aliased)),
            "any owner": (4, lambda: self.pick(shape.owners)),
            "apex": (5, lambda: shape.apex),
            "empty non-terminal": (6, lambda: self.pick(shape.empty)),
            "alias": (10, lambda: self.pick(shape.aliases)),
            "wildcard itself": (2, lambda: self.pick(shape.wildcards)),
            "below a wildcard's parent": (12, lambda: self.below(self.pick(shape.wildcards)[1:])),
            "below a wildcard": (2, lambda: self.below(self.pick(shape.wildcards))),
            "cut": (6, lambda: self.pick(shape.cuts)),
            "below a cut": (6, lambda: self.below(self.pick(shape.cuts))),
            "DNAME": (3, lambda: self.pick(shape.dnames)),
            "below a DNAME": (12, lambda: self.below(self.pick(shape.dnames))),
            "at a DNAME's target": (4, lambda: self.redirected()),
            "long below a DNAME": (3, lambda: self.long_below(self.pick(shape.dnames))),
            "near miss": (8, self.near_miss),
            "below a name": (6, lambda: self.below(self.pick(aliased))),
            "absent": (4, lambda: self.below(shape.apex)),
            "long": (2, lambda: self.long_below(shape.apex)),
            "out of zone": (1, self.out_of_zone),
        }

    def pick(self, some):
        return self.random.choice(some) if some else None

    def label(self):
        return self.random.choice([b"a", b"nope", b"ABSENT", b"zzz", b"*", b"\x00", b"\xff", b"-", b"www", b"x" * 63,
                                   b"%d" % self.random.randint(0, 99)])

    def below(self, name):
        return name and tuple(self.label() for _ in range(self.random.choice([1, 1, 2, 4]))) + name

    def long_below(self, name):
        """As long as a name can be, nearly."""
        if not name:
            return None
        goal = self.random.choice([names.LONGEST_NAME, names.LONGEST_NAME - 1, 200, 120])
        while goal - names.wire_length(name) >= 2:
            name = (b"l" * min(63, goal - names.wire_length(name) - 1),) + name
        return name

    def redirected(self):
        """Below a DNAME, a name whose like exists elsewhere, so that it may exist at the target."""
        dname = self.pick(self.shape.dnames)
        other = self.pick(self.shape.owners)
        return dname and other[:self.random.randint(1, max(1, len(other) - len(self.shape.apex)))] + dname

    def near_miss(self):
        name = list(self.pick(self.shape.owners + self.shape.empty))
        at = self.random.randrange(max(1, len(name) - len(self.shape.apex)))
        label = name[at]
        name[at] = self.random.choice([label + b"x", label[:-1] or b"y", b"\x00" + label, label[:-1] + bytes([(label[-1] + 1) % 256])])[:63]
        return tuple(name)

    def out_of_zone(self):
        return self.random.choice([(), (b"test",), (b"example", b"net"), self.shape.apex[1:], (b"x" + self.shape.apex[0],) + self.shape.apex[1:]])

    def kind(self, name):
        types = sorted(self.shape.types.get(names.folded(name), ()))
        chance = self.random.random()
        if "CNAME" in types and chance < 0.03:
            word = "KEY"
        elif types and chance < 0.4:
            word = self.random.choice(types)
        elif chance < 0.85:
            word = self.random.choice(_COMMON)
        elif chance < 0.96:
            word = self.random.choice(_RARE)
        else:
            word = self.random.choice(["ANY", "RRSIG", "NSEC", "NSEC"] if self.signed else ["ANY"])
        return record_types.NUMBERS.get(word) or int(word[4:]) or 65281

    def way(self):
        draw = self.random.random
        edns = self.random.choice([None, 512, 1232, 1232, 1232, 4096, 100])
        return {"edns": edns, "dnssec": edns is not None and draw() < (0.75 if self.signed else 0.2), "tcp": draw() < 0.25,
                "flags": (message.RD if draw() < 0.3 else 0) | (message.CD if draw() < 0.1 else 0)
                | (message.AD if draw() < 0.1 else 0)}

    def ask(self):
        reasons, weights = zip(*((reason, weight) for reason, (weight, _) in self.reasons.items()))
        while True:
            reason = self.random.choices(reasons, weights)[0]
            name = self.reasons[reason][1]()
            if name is None or not names.fits(name):
                continue
            kind = self.kind(name)
            if self.random.random() < 0.3:
                name = names.with_mixed_case(name, self.random)
            return Question(reason, name, kind, **self.way())


def about(zone, seed, count, signed=False):
    asker = _Asker(zone, seed, signed)
    return [asker.ask() for _ in range(count)]
