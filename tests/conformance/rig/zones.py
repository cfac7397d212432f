"""Zones from a seed: every construct that an answer can depend on, at random places.

Nothing here is read from outside: the same seed makes the same zone.
"""

import dataclasses
import random

from rig import names, record_types


@dataclasses.dataclass(frozen=True)
class Record:
    owner: tuple
    ttl: int
    kind: str
    data: str

    def __str__(self):
        return f"{names.text(self.owner)} {self.ttl} IN {record_types.GENERIC.get(self.kind, self.kind)} {self.data}"


@dataclasses.dataclass
class Zone:
    apex: tuple
    records: list

    @property
    def name(self):
        return names.text(self.apex)

    def text(self):
        return "".join(f"{record}\n" for record in self.records)


class Shape:
    """What a zone's records make of its names. All names are folded."""

    def __init__(self, zone):
        self.apex = names.folded(zone.apex)
        self.types = {}  # name -> types of its records
        for record in zone.records:
            self.types.setdefault(names.folded(record.owner), set()).add(record.kind)
        self.owners = sorted(self.types)
        self.cuts = self._with("NS", besides=self.apex)
        self.dnames = self._with("DNAME")
        self.aliases = self._with("CNAME")
        self.wildcards = [name for name in self.owners if name[0] == b"*"]
        above = {above for name in self.owners for above in names.ancestors(name, self.apex)}
        self.empty = sorted(above - set(self.owners))

    def _with(self, kind, besides=None):
        return [name for name in self.owners if kind in self.types[name] and name != besides]


ODD_LABELS = (b"a b", b"dot.dot", b"\x00", b"\xff\xfe", b'"quoted"', b"semi;colon", b"back\\slash", b"@", b"(", b"$x")


class _Maker:
    def __init__(self, apex, seed, children, dname, longest, common):
        self.random = random.Random(seed)
        self.apex = names.of(apex)
        self.children = [names.of(child) for child in children]
        self.dname = dname
        self.longest = longest
        self.kinds = [kind for kind in record_types.DATA if not (common and kind in record_types.GENERIC)]
        self.odd = [] if common else ODD_LABELS
        self.records = []
        self.ttls = {}
        self.nodes = [self.apex]  # under which more may be put
        self.hosts = []           # with addresses
        self.taken = set()
        self.long_chains = set()
        self.count = 0

    # Names

    def label(self):
        self.count += 1
        word = self.random.choice(["a", "b", "www", "mail", "ns", "x-y", "_tcp", "Host", "xn--bcher-kva", "0", "z" * 20])
        return f"{word}{self.count}".encode()

    def new_name(self, depth=None, under=None):
        """A name that is not there yet, at or below a node that may have more below it."""
        depth = depth or self.random.choice([1, 1, 1, 2, 3])
        while True:
            name = tuple(self.label() for _ in range(depth)) + (under or self.random.choice(self.nodes))
            if names.wire_length(name) <= self.longest and names.folded(name) not in self.taken:
                self.taken.add(names.folded(name))
                return name
            under = self.apex

    def shown(self, name):
        """In presentation format, now and then in mixed letter case."""
        assert names.fits(name), name
        return names.text(names.with_mixed_case(name, self.random) if self.random.random() < 0.2 else name)

    def outside(self):
        return f"{self.random.choice(['ns', 'host', 'Alias'])}{self.random.randint(1, 9)}.{self.random.choice(['example.net.', 'invalid.', 'test.'])}"

    def target(self):
        """A name for the data of records: mostly of a host."""
        chance = self.random.random()
        if self.hosts and chance < 0.6:
            return self.shown(self.random.choice(self.hosts))
        if chance < 0.75:
            return self.outside()
        if chance < 0.9:
            # NSD takes escaped octets for plain ones in the gateway of IPSECKEY.
            return self.shown(self.random.choice([each.owner for each in self.records if "\\" not in names.text(each.owner)
                                                  and names.folded(each.owner) not in self.long_chains]))
        return self.shown((b"absent",) + self.random.choice([node for node in self.nodes if names.fits((b"absent",) + node)]))

    # Records

    def add(self, owner, kind, data):
        ttl = self.ttls.setdefault((names.folded(owner), kind), self.random.choice([0, 30, 300, 3600, 86400]))
        if self.random.random() < 0.1:
            owner = names.with_mixed_case(owner, self.random)
        self.records.append(Record(owner, ttl, kind, data))
        self.taken.add(names.folded(owner))

    def add_typed(self, owner, kind):
        self.add(owner, kind, (record_types.DATA.get(kind) or record_types.APEX_DATA[kind])(self.random, self.target))

    def addresses(self, owner):
        for kind in self.random.choice([["A"], ["AAAA"], ["A", "AAAA"]]):
            for _ in range(self.random.choice([1, 1, 1, 2, 4])):
                self.add_typed(owner, kind)

    # Constructs

    def top(self):
        random = self.random
        servers = [(b"ns1",) + self.apex, (b"NS2",) + self.apex]
        self.add(self.apex, "SOA", f"{self.shown(servers[0])} hostmaster.{names.text(self.apex)} {random.randint(1, 2**32 - 1)} 3600 600 "
                                   f"86400 {random.choice([0, 60, 300, 7200])}")
        for server in servers:
            self.add(self.apex, "NS", self.shown(server))
            self.addresses(server)
            self.hosts.append(server)
        self.add(self.apex, "NS", "ns3.example.net.")
        for kind in random.sample(["A", "AAAA", "MX", "TXT", "CAA", "HTTPS", *record_types.APEX_DATA], 6):
            self.add_typed(self.apex, kind)

    def host(self):
        name = self.new_name()
        self.addresses(name)
        self.hosts.append(name)
        self.nodes.append(name)

    def typed(self, kind):
        name = self.new_name(depth=1)
        for _ in range(self.random.choice([1, 1, 2])):
            self.add_typed(name, kind)

    def mixture(self):
        name = self.new_name()
        for kind in self.random.sample(self.kinds, self.random.randint(2, 6)):
            self.add_typed(name, kind)
        self.nodes.append(name)

    def empty_non_terminal(self):
        leaf = self.new_name(depth=self.random.choice([2, 3, 5]))
        self.add_typed(leaf, self.random.choice(["TXT", "A", "SRV"]))
        self.nodes.append(leaf[1:])

    def wildcard(self):
        random = self.random
        name = self.new_name(depth=random.choice([1, 2]))
        wild = (b"*",) + name
        if random.random() < 0.6:  # else it makes the name an empty non-terminal
            self.add_typed(name, "TXT")
        kinds = random.choice([["A"], ["TXT"], ["MX", "A"], ["SRV", "TXT", "AAAA"], ["TYPE65280"], ["CNAME"], ["HTTPS"]])
        for kind in kinds:
            if kind == "CNAME":
                self.add(wild, kind, self.target())
            else:
                self.add_typed(wild, kind)
        for _ in range(random.randint(0, 2)):  # names that it does not cover
            self.add_typed(self.new_name(depth=random.choice([1, 2]), under=name), random.choice(["A", "TXT"]))
        if names.wire_length(wild) + 7 > self.longest:
            return
        if random.random() < 0.3:  # an asterisk that is no wildcard, and one below a wildcard
            self.add_typed((b"sub", b"*") + name, "TXT")
        if random.random() < 0.3:
            self.add_typed((b"*", b"deep") + name, "TXT")
        if random.random() < 0.2:
            self.add_typed((b"*",) + wild, "TXT")

    def wildcard_at_apex(self):
        self.add_typed((b"*",) + self.apex, self.random.choice(["A", "TXT", "MX"]))

    def alias(self):
        chain = [self.new_name() for _ in range(self.random.choice([1, 1, 2, 3, 5, 12]))]
        for owner, target in zip(chain, chain[1:]):
            self.add(owner, "CNAME", self.shown(target))
        # Nobody follows without an end, so long chains neither start others nor continue them.
        is_long = len(chain) > 3
        self.add(chain[-1], "CNAME", self.shown(self.random.choice(self.hosts)) if is_long else self.target())
        self.long_chains.update(map(names.folded, chain if is_long else ()))

    def alias_loop(self):
        ring = [self.new_name() for _ in range(self.random.choice([1, 2, 3]))]
        for owner, target in zip(ring, ring[1:] + ring[:1]):
            self.add(owner, "CNAME", self.shown(target))
        self.add(self.new_name(), "CNAME", self.shown(ring[0]))

    def alias_to_constructs(self):
        """Chains that end where an answer is not plain: an empty non-terminal, a wildcard, a cut, a DNAME."""
        shape = Shape(Zone(self.apex, self.records))
        goals = [shape.empty, [(b"any", b"thing") + wild[1:] for wild in shape.wildcards], shape.cuts,
                 [(b"below",) + cut for cut in shape.cuts], [(b"below",) + dname for dname in shape.dnames], shape.dnames,
                 shape.wildcards, [(b"absent",) + name for name in shape.owners if shape.types[name] == {"TXT"}]]
        for goal in goals:
            goal = [name for name in goal if names.wire_length(name) <= self.longest]
            if goal:
                self.add(self.new_name(), "CNAME", self.shown(self.random.choice(goal)))

    def delegation(self, name=None, servers=None):
        random = self.random
        cut = name or self.new_name(depth=random.choice([1, 1, 2]))
        glue = random.choice([["below"], ["below", "below"], ["outside"], ["below", "outside"], ["zone"], ["sibling"], ["itself"]])
        for place in servers or glue:
            if place == "below":
                server = self.new_name(depth=random.choice([1, 2]), under=cut)
                self.addresses(server)
            elif place == "itself":
                server = cut
                self.addresses(cut)
            elif place == "zone":
                server = random.choice(self.hosts)
            elif place == "sibling":
                sibling = self.new_name(depth=1)
                server = self.new_name(depth=1, under=sibling)
                self.add(sibling, "NS", self.shown(server))
                self.addresses(server)
            else:
                self.add(cut, "NS", self.outside())
                continue
            self.add(cut, "NS", self.shown(server))
        if random.random() < 0.5:
            for _ in range(random.choice([1, 2])):
                self.add(cut, "DS", f"{random.randint(0, 65535)} 13 2 {random.randbytes(32).hex().upper()}")
        return cut

    def alias_of_dname(self):
        """A DNAME, with and without other data at its owner, and what it leads to."""
        random = self.random
        owner = self.new_name(depth=random.choice([1, 1, 2]))
        place = random.choice(["node", "node", "host", "outside", "absent", "wildcard", "cut", "dname"])
        shape = Shape(Zone(self.apex, self.records))
        goal = {"node": self.nodes, "host": self.hosts, "absent": [(b"absent",) + self.apex],
                "wildcard": [name[1:] for name in shape.wildcards], "cut": shape.cuts, "dname": shape.dnames}.get(place)
        self.add(owner, "DNAME", self.shown(random.choice(goal)) if goal else self.outside())
        for kind in random.choice([[], [], ["A"], ["TXT", "MX"]]):
            self.add_typed(owner, kind)

    def dname_loop(self):
        ring = [self.new_name(depth=1) for _ in range(self.random.choice([1, 2]))]
        for owner, target in zip(ring, ring[1:] + ring[:1]):
            self.add(owner, "DNAME", self.shown(target))

    def dname_that_grows(self):
        """To a name below itself: so fast that a name is too long before any server's bound on a chain's length is reached."""
        owner = self.new_name(depth=1, under=self.apex)
        self.add(owner, "DNAME", self.shown((b"grow" * 7, b"Grow" * 8) + owner))

    def dname_to_long_name(self):
        """Its answers to all but the shortest names are longer than a name may be."""
        self.add(self.new_name(depth=1), "DNAME", self.shown(self.filled(self.apex, names.LONGEST_NAME - self.random.randint(8, 40))))

    def filled(self, under, length):
        """A name of so many octets below that one."""
        name = under
        while names.wire_length(name) < length - 1:
            room = length - names.wire_length(name) - 1
            size = min(room, names.LONGEST_LABEL)
            if room - size == 1:  # no label fits there
                size -= 1
            name = (bytes(self.random.choice(b"abcdefghijklmnop") for _ in range(size)),) + name
        self.taken.add(names.folded(name))
        return name

    def longest_names(self):
        for length in (self.longest, self.longest, self.longest - 1):
            self.add_typed(self.filled(self.apex, length), self.random.choice(["A", "TXT", "MX"]))
        below = self.filled(self.apex, self.longest - 2)
        self.add_typed((b"*",) + below[1:], "TXT")
        many = self.apex
        while names.wire_length(many) + 2 <= self.longest:
            many = (b"%d" % self.random.randint(0, 9),) + many
        self.add_typed(many, "TXT")
        self.add(self.new_name(), "CNAME", self.shown(self.filled(self.apex, self.longest)))

    def odd_labels(self):
        for label in self.odd:
            if self.random.random() < 0.5:
                self.add_typed((label,) + self.new_name(depth=1), self.random.choice(["A", "TXT"]))

    def large_sets(self):
        """More than a reply without EDNS, with EDNS, and over TCP only, can carry."""
        random = self.random
        for count in (random.randint(20, 35), random.randint(80, 100)):  # BIND takes 100
            name = self.new_name(depth=1)
            for number in range(count):
                self.add(name, "A", f"198.51.100.{number}")
            self.hosts.append(name)
        name = self.new_name(depth=1)
        for number in range(random.randint(3, 20)):
            self.add(name, "TXT", f'"{number} {"t" * random.randint(100, 240)}"')
        name = self.new_name(depth=1)
        for number in range(random.randint(10, 40)):
            self.add(name, "MX", f"{number} {self.shown(random.choice(self.hosts))}")
        cut = self.delegation(servers=["below"] * random.randint(8, 13))
        self.add(cut, "NS", "ns9.example.net.")

    def occluded(self):
        """Records that are not glue, below a cut."""
        cut = self.delegation(servers=["below"])
        self.add_typed(self.new_name(depth=1, under=cut), "A")
        self.add_typed(self.new_name(depth=2, under=cut), "AAAA")

    def make(self):
        random = self.random
        self.top()
        for _ in range(random.randint(4, 8)):
            self.host()
        for child in self.children:
            self.delegation(child)
        steps = [lambda kind=kind: self.typed(kind) for kind in self.kinds]
        steps += [self.mixture] * 3 + [self.empty_non_terminal] * 3 + [self.wildcard] * 5 + [self.alias] * 4
        steps += [self.alias_loop] * 2 + [self.delegation] * 5 + [self.occluded, self.longest_names, self.odd_labels, self.large_sets]
        if self.dname:
            steps += [self.alias_of_dname] * 5 + [self.dname_loop, self.dname_that_grows, self.dname_to_long_name]
        if random.random() < 0.3:
            steps += [self.wildcard_at_apex]
        random.shuffle(steps)
        for step in steps:
            step()
        self.alias_to_constructs()
        self.alias_to_constructs()
        return Zone(self.apex, list(dict.fromkeys(self.records)))


def make(apex, seed, children=(), dname=True, longest=names.LONGEST_NAME, common=False):
    """
    @param children apexes of zones below this one that are served too
    @param longest name, in octets
    @param common only types and labels that every program writes as the others read them
    """
    return _Maker(apex, seed, children, dname, longest, common).make()
