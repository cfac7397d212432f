"""The routers of the NAT bed are what they are called: judged by plain datagrams, before anything is judged by them."""

import pytest

from bed.nat import ENDPOINT_INDEPENDENT, KINDS, SHORT_LIVED, behind
from bed.nat_judge import Judge

FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["IPv4", "IPv6"])


@behind(KINDS)
@FAMILIES
def test_the_router_is_of_its_kind(nat, family):
    with Judge(nat, family) as judge:
        kind = nat.kind
        assert judge.mapping() == (bool(kind.mapping), kind.mapping or ENDPOINT_INDEPENDENT)
        assert judge.filtering() == kind.filtering
        assert judge.hairpinning() == (kind.hairpinning or not kind.mapping)
        assert judge.fragments() == kind.fragments


@behind([SHORT_LIVED])
@FAMILIES
def test_a_binding_lives_as_long_as_it_should(nat, family):
    with Judge(nat, family) as judge:
        assert judge.lives(nat.kind.lifetime - 1)
        assert not judge.lives(nat.kind.lifetime + 1)
