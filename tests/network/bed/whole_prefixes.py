"""Traffic for addresses that no interface has, with the routes and rules of deploy/transparent."""

import dataclasses
import ipaddress
import pathlib

_FILES = pathlib.Path(__file__).resolve().parents[3] / "deploy/transparent"


@dataclasses.dataclass(frozen=True)
class Way:
    """How the traffic reaches the server."""

    name: str
    prefixes: dict  # by family, as in the files
    routes: str
    routes_of_both: bool = False  # whether the same lines apply to IPv6 too
    rules: str = ""
    put_in: dict = dataclasses.field(default_factory=dict)  # by family, replacing those in the files

    def with_prefix(self, prefix):
        """The same for another prefix, which users are told to put in."""
        return dataclasses.replace(self, put_in={**self.put_in, ipaddress.ip_network(prefix).version: prefix})

    def prefix(self, family):
        return self.put_in.get(family, self.prefixes[family])

    def open(self, bed):
        """Sets it up on a MultiHomed bed, and routes the prefixes from the client to the server."""
        if self.rules:
            bed.server.nft(self._text(self.rules))
        bed.server.ip(self._text(self.routes))
        if self.routes_of_both:
            bed.server.ip(self._text(self.routes), "-6")
        bed.client.ip(f"""
            route add {self.prefix(4)} via 10.77.1.1
            route add {self.prefix(6)} via fd77:1::1
        """)

    def _text(self, name):
        text = (_FILES / name).read_text()
        for family, prefix in self.put_in.items():
            text = text.replace(self.prefixes[family], prefix)
        return text

    def destination(self, family, number=7):
        """An address of its prefix; a negative number counts from the end."""
        return str(ipaddress.ip_network(self.prefix(family))[number])

    def __str__(self):
        return self.name


ANYIP = Way("AnyIP", {4: "198.51.100.0/24", 6: "2001:db8:a::/64"}, "anyip.batch")
TPROXY = Way("TPROXY", {4: "203.0.113.0/24", 6: "2001:db8:b::/64"}, "tproxy.batch", routes_of_both=True,
             rules="thence.nft")
