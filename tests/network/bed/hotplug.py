"""A MultiHomed host that changes while clients ask it.

Nothing depends on the link of the third uplink, `flap`: its IPv4 address stays local while the link is down, and the
client reaches it through `one`. All of 10.66.0.0/16 and fd66::/64 is routed to the server, so its addresses there need
no neighbour discovery.
"""

import ipaddress

from bed.judge import Target
from bed.multihomed import FAR_CLIENT
from bed.process import eventually

_FLAPPING = "10.77.9.1"

# Asked all the time; none of them changes.
STAYING = [
    Target("10.77.1.2"), Target("10.77.2.1", FAR_CLIENT[4]), Target("10.88.0.53"), Target(_FLAPPING),
    Target("fd77:1::2"), Target("fd77:2::1", FAR_CLIENT[6]), Target("fd88::53"), Target("fe80::1", device="one"),
    Target("fe80::1", device="two"),
]


def prepare(bed):
    bed.server.answer_every_closed_port()
    bed.server.link("flap", bed.client)
    bed.server.ip(f"addr add {_FLAPPING}/24 dev flap")
    bed.client.ip(f"""
        addr add 10.77.9.9/24 dev flap
        route add {_FLAPPING}/32 via 10.77.1.1
        route add 10.66.0.0/16 via 10.77.1.1
        route add fd66::/64 via fd77:1::1
    """)


def new_address(number):
    """@return IPv4 and IPv6 alternately"""
    if number % 2:
        return f"fd66::{number:x}"
    return f"10.66.{number >> 8}.{number & 255}"


def prefixed(address):
    return f"{address}/{ipaddress.ip_address(address).max_prefixlen}"


def add(host, address, interface):
    """Adds an address to a host. For IPv6, the kernel finishes in the background, after `ip` has returned."""
    host.ip(f"addr add {prefixed(address)} dev {interface}{' nodad' if ':' in address else ''}")
    if ":" in address:
        assert eventually(lambda: _has_local_route(host, address)), f"the kernel does not serve {address}"


def remove(host, address, interface):
    host.ip(f"addr del {prefixed(address)} dev {interface}")


def batch(words, interface, numbers):
    """The lines for Namespace.ip() for these new addresses. @param words add or del"""
    return "\n".join(f"addr {words} {prefixed(new_address(number))} dev {interface}"
                     f"{' nodad' if words == 'add' and number % 2 else ''}" for number in numbers)


def rename(host, interface, name):
    """Before Linux 6.2 the interface must be down for this, which removes its IPv6 addresses."""
    host.ip(f"""
        link set {interface} down
        link set {interface} name {name}
        link set {name} up
    """)


def _has_local_route(host, address):
    """Whether the kernel has a local route for an IPv6 address (RTF_LOCAL)."""
    start = ipaddress.ip_address(address).exploded.replace(":", "")
    with host.inside(), open("/proc/thread-self/net/ipv6_route") as routes:
        rows = (line.split() for line in routes if line.startswith(start))
        return any(int(row[8], 16) & 0x80000000 for row in rows)
