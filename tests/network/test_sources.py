"""The source matrix: every answer comes from the address asked, in every mode of the sockets."""

import pytest

from bed import stream
from bed.cases import UNICAST
from bed.judge import ask, dns_question
from bed.modes import MODES, PROTOCOLS, expect_right, in_every
from bed.thence import questions

MATRIX = in_every(MODES, UNICAST)


@MATRIX
@pytest.mark.parametrize("which", range(len(PROTOCOLS)), ids=PROTOCOLS)
def test_answers_from_the_address_asked(responder, case, which):
    question = questions(case.family)[which]
    for _ in range(responder.tries):
        expect_right(case, ask(case.asker(responder.bed), case.target, question), question)


@MATRIX
def test_answers_over_tcp(responder, case):
    for question in questions(case.family):
        for _ in range(responder.tries):
            expect_right(case, stream.ask(case.asker(responder.bed), case.target, question), question)


@MATRIX
def test_knows_who_asked(responder, case):
    question = dns_question("client.thence.test", "TXT")
    verdict = ask(case.asker(responder.bed), case.target, question)
    assert verdict.answer == (verdict.client,)


@pytest.mark.parametrize("responder, family",
                         [(mode, family) for mode in MODES for family in (4, 6) if family not in mode.families],
                         indirect=["responder"], scope="module", ids=str)
def test_a_family_that_is_not_served_is_silent(responder, family):
    case = next(case for case in UNICAST if case.family == family)
    for question in questions(family):
        assert ask(case.asker(responder.bed), case.target, question, timeout=0.1).silent
        with pytest.raises(ConnectionRefusedError):
            stream.ask(case.asker(responder.bed), case.target, question)
