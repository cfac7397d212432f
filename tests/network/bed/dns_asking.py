"""DNS queries with everything that a client may put into them, over either transport, and the whole reply."""

import dataclasses
import ipaddress

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from bed import judge, stream
from bed.judge import Question, Verdict

TRANSPORTS = {"udp": judge.ask, "tcp": stream.ask}
COOKIE = 10  # RFC 7873 section 4


@dataclasses.dataclass(frozen=True)
class Answer:
    """A reply, and the path it took."""

    message: dns.message.Message
    way: Verdict

    @property
    def rcode(self):
        return dns.rcode.to_text(self.message.rcode())

    @property
    def authoritative(self):
        return bool(self.message.flags & dns.flags.AA)

    @property
    def truncated(self):
        return bool(self.message.flags & dns.flags.TC)

    @property
    def data(self):
        """The data of the answer section's records, in order, as text; strings without quotes."""
        return texts(self.message.answer)

    @property
    def ttls(self):
        return {rrset.ttl for rrset in self.message.answer}

    @property
    def negative_ttl(self):
        """From the SOA in the authority section; None if there is none."""
        return next((rrset.ttl for rrset in self.message.authority if rrset.rdtype == dns.rdatatype.SOA), None)

    @property
    def errors(self):
        """The codes of the extended errors (RFC 8914)."""
        return [int(option.code) for option in self.message.options if option.otype == dns.edns.OptionType.EDE]

    @property
    def client(self):
        """The client's own address and port, as the server should have seen them."""
        address, _, port = self.way.client.rpartition(":")
        return address.strip("[]"), int(port)

    @property
    def kind(self):
        """One word: NOERROR with an answer, NODATA, or the name of the code."""
        return "NODATA" if self.rcode == "NOERROR" and not self.message.answer else self.rcode


def texts(section):
    return [data.to_text().strip('"') for rrset in section for data in rrset]


def query(name, rdtype="A", *options, edns=True, **more):
    """@param options EDNS options
    @param edns False: without EDNS
    @param more such as want_dnssec, payload, flags"""
    if not edns:
        return dns.message.make_query(name, rdtype, use_edns=False, **more)
    return dns.message.make_query(name, rdtype, options=options, use_edns=0, **more)


def client_subnet(prefix):
    """A Client Subnet option (RFC 7871)."""
    network = ipaddress.ip_network(prefix)
    return dns.edns.ECSOption(str(network.network_address), network.prefixlen)


def cookie(octets):
    return dns.edns.GenericOption(COOKIE, octets)


def ask(host, target, asked, transport="udp", port=53, timeout=5.0):
    """Asks once. @param asked a dns.message.Message @return None if no answer comes"""
    question = as_question(asked, port)
    more = {"timeout": timeout} if transport == "udp" else {}
    way = TRANSPORTS[transport](host, target, question, **more)
    return None if way.silent else Answer(way.answer[0], way)


def as_question(asked, port=53):
    """The same query for the judges; its answer is a single item, the message."""
    wire = asked.to_wire()
    return Question("dns", port, request=lambda: wire, belongs=lambda _, reply: belongs(asked, reply),
                    read=lambda reply: [dns.message.from_wire(reply)])


def belongs(asked, reply):
    """Whether a message is a response to that query: the id and the question."""
    try:
        message = dns.message.from_wire(reply)
    except (dns.exception.DNSException, ValueError):
        return False
    return asked.id == message.id and bool(message.flags & dns.flags.QR) and asked.question == message.question
