"""Thence's answers beside those of Knot, NSD and BIND: the same zones, the same questions."""

import collections

import pytest

from rig import known_differences, message, names, record_types, servers, world

_SHOWN = 12  # kinds of findings


def pytest_generate_tests(metafunc):
    option = metafunc.config.option
    zones_in_all = sum(map(len, world.KINDS.values()))
    rounds = max(1, option.queries // 48_000)  # more queries go to more zones, too
    per_zone = max(1, option.queries // (rounds * zones_in_all))
    cases = [pytest.param((kind, option.seed + number), plan.apex, per_zone, id=f"{kind}-{option.seed + number}-{plan.apex[-24:]}",
                          marks=pytest.mark.xdist_group(f"{kind}-{number}"))
             for number in range(rounds) for kind, plans in world.KINDS.items() for plan in plans]
    metafunc.parametrize(("served", "apex", "count"), cases, indirect=["served"], scope="module")


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    kind, seed = request.param
    without_dname = request.config.option.without_dname
    with world.World(kind, seed, tmp_path_factory.mktemp(kind), dname=not without_dname) as running:
        yield running


def test_answers(served, apex, count, record_property):
    known_differences.used.clear()
    groups = collections.defaultdict(list)
    for case, finding in served.judge(apex, count):
        groups[finding.kind].append((case, finding))
    record_property("queries", count)
    record_property("differences", dict(known_differences.used))
    if groups:
        pytest.fail(_report(served, apex, groups), pytrace=False)


def _report(served, apex, groups):
    _, plan, file = served.zones[apex]
    lines = [f"seed {served.seed}, world {served.kind}, zone {apex} {plan.signing}: {file}"]
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    for kind, found in ranked[:_SHOWN]:
        case, finding = found[0]
        question = case.question
        lines += ["", f"{len(found)} times: {kind}" + (f" ({finding.detail})" if finding.detail else ""),
                  f"  such as {names.text(question.name)} {record_types.text(question.kind)}", *servers.dig_lines(served.servers[:2], question)]
        seen = {}
        for server, reply in case.replies.items():
            seen.setdefault(_shown(reply), []).append(server)
        for text, those in seen.items():
            lines += [f"  {', '.join(those)}:", text]
    if len(ranked) > _SHOWN:
        lines.append(f"\nand {len(ranked) - _SHOWN} more kinds")
    return "\n".join(lines)


def _shown(reply):
    if reply is None:
        return "    nothing"
    flags = [word for word, bit in (("AA", message.AA), ("TC", message.TC), ("RD", message.RD), ("RA", message.RA), ("AD", message.AD),
                                    ("CD", message.CD)) if reply.flags & bit]
    lines = [f"    {message.rcode_text(reply.rcode)} {' '.join(flags)}" + (f" EDNS {reply.edns}" if reply.edns else "")]
    for section in ("answer", "authority", "additional"):
        text = sorted(message.section_text(getattr(reply, section)))
        if text:
            lines += [f"    {section}:", *(f"      {line[:160]}" for line in text[:8])]
        if len(text) > 8:
            lines.append(f"      and {len(text) - 8} more")
    return "\n".join(lines)
