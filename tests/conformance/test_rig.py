"""That the comparison notices what it should: a test that cannot fail shows nothing."""

import dataclasses

import dns.message
import dns.rrset
import pytest

from rig import comparison, message, names, questions, record_types, zones
from rig.servers import ALL
from rig.zones import Shape

_ZONE = zones.make("test", "rig")
_QUESTION = questions.Question("existing", names.of("www.test"), record_types.NUMBERS["MX"], edns=1232)


def _octets(answer=("www.test. 300 IN MX 1 a.test.",), authority=(), additional=("a.test. 300 IN A 192.0.2.1",), question=None, **changes):
    reply = dns.message.make_response(dns.message.from_wire((question or _QUESTION).octets(7)))
    reply.flags = message.QR + message.AA + changes.get("flags", 0)
    reply.set_rcode(changes.get("rcode", 0))
    for section, records in ((reply.answer, answer), (reply.authority, authority), (reply.additional, additional)):
        section += [dns.rrset.from_text(*record.split(maxsplit=4)) for record in records]
    return reply.to_wire(max_size=65535)


def _findings(**changes):
    replies = {server: message.read(_octets()) for server in ALL}
    replies["thence"] = message.read(_octets(**changes))
    return [finding.kind for finding in comparison.compare(comparison.Case(_QUESTION, Shape(_ZONE), replies))]


def test_alike():
    assert not _findings()


@pytest.mark.parametrize(("aspect", "changes"), [
    ("rcode", {"rcode": 3}),
    ("AA", {"flags": -message.AA}),
    ("RA", {"flags": message.RA}),
    ("AD", {"flags": message.AD}),
    ("answer", {"answer": ()}),
    ("answer", {"answer": ("www.test. 301 IN MX 1 a.test.",)}),
    ("answer", {"answer": ("www.test. 300 IN MX 1 b.test.",)}),
    ("answer", {"answer": ("www.test. 300 IN MX 1 a.test.", "www.test. 300 IN MX 2 a.test.")}),
    ("authority", {"authority": ("test. 300 IN NS a.test.",)}),
    ("additional", {"additional": ()}),
])
def test_a_difference_is_found(aspect, changes):
    [finding] = _findings(**changes)
    assert finding.startswith(f"unlike the peers: {aspect} ")


def test_the_question_is_echoed_octet_by_octet():
    asked = dataclasses.replace(_QUESTION, name=names.of("WWW.test"))
    assert _findings(question=asked) == ["the question is not echoed octet by octet"]


def test_a_record_stands_once():
    octets = bytearray(_octets(additional=()))
    answer = octets[octets.index(b"\xc0\x0c"):-11]
    octets[7] += 1
    replies = {server: message.read(_octets(additional=())) for server in ALL}
    replies["thence"] = message.read(bytes(octets[:-11] + answer + octets[-11:]))
    findings = comparison.compare(comparison.Case(_QUESTION, Shape(_ZONE), replies))
    assert [finding.kind for finding in findings] == ["a record stands twice in a section"]


_MANY = [f"a.sub.test. 300 IN A 192.0.2.{last}" for last in range(90)]
_REFERRAL = {"answer": (), "flags": -message.AA, "authority": ("sub.test. 300 IN NS a.sub.test.",)}
_TWO = ("www.test. 300 IN MX 1 a.test.", "www.test. 300 IN MX 2 a.test.")


@pytest.mark.parametrize(("kind", "reply", "full"), [
    ("larger than", {"additional": _MANY}, {"additional": _MANY}),
    ("TC, but", {"flags": message.TC}, {}),
    ("rcode over UDP", {"rcode": 3}, {}),
    ("answer has other", {"answer": _TWO[:1]}, {"answer": _TWO}),
    ("answer lacks", {"answer": ()}, {}),
    ("additional lacks", {"additional": ()}, {}),
    ("a referral lacks glue", {**_REFERRAL, "additional": ()}, {**_REFERRAL, "additional": _MANY}),
])
def test_what_is_cut_off_wrongly(kind, reply, full):
    findings = comparison.cut_off(_QUESTION, message.read(_octets(**reply)), message.read(_octets(**full)))
    assert any(finding.kind.startswith(f"truncation: {kind}") for finding in findings)


@pytest.mark.parametrize("octets", [
    b"", _octets()[:-1], _octets() + b"\0", _octets().replace(b"\xc0\x0c", b"\xc0\xff"), _octets().replace(b"\xc0\x0c", b"\x80\x0c"),
])
def test_what_cannot_be_read(octets):
    with pytest.raises(message.Malformed):
        message.read(octets)


def test_a_seed_makes_one_zone():
    assert zones.make("test", "rig").text() == _ZONE.text() != zones.make("test", "other").text()


def test_a_zone_has_every_construct():
    shape = Shape(_ZONE)
    kinds = set.union(*shape.types.values())
    assert set(record_types.DATA) <= kinds
    assert all((shape.cuts, shape.dnames, shape.aliases, shape.wildcards, shape.empty))
    assert max(map(names.wire_length, shape.owners)) == names.LONGEST_NAME
    assert any(len(label) == names.LONGEST_LABEL for owner in shape.owners for label in owner)


def test_questions_have_every_reason():
    asked = questions.about(_ZONE, "rig", 2000)
    assert len({question.reason for question in asked}) == 19
    assert {question.tcp for question in asked} == {False, True} and {question.edns for question in asked} >= {None, 512, 1232, 4096}
