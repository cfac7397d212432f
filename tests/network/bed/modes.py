"""The modes in which the responder is run for the source matrix: kinds of socket and numbers of workers."""

import dataclasses

import pytest

from bed import thence
from bed.multihomed import MultiHomed


@dataclasses.dataclass(frozen=True)
class Mode:
    sockets: str  # see thence.SOCKETS
    workers: int
    broadcast: bool = False

    @property
    def families(self):
        return thence.SOCKETS[self.sockets][1]

    def __str__(self):
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        return f"{self.sockets}, {workers}" + (", broadcast answered" if self.broadcast else "")


MODES = [Mode(sockets, workers) for sockets in thence.SOCKETS for workers in (1, 2)]
MODES_ON_WILDCARDS = [mode for mode in MODES if mode.sockets != "addresses"]
MODES_WITH_BROADCAST = [dataclasses.replace(mode, broadcast=True) for mode in MODES_ON_WILDCARDS]

PROTOCOLS = ["DNS", "STUN", "DNS on the shared port", "STUN on the shared port"]  # as in thence.questions()


@dataclasses.dataclass(frozen=True)
class Responder:
    """A running Thence in one of the modes."""

    mode: Mode
    bed: MultiHomed
    server: thence.Thence

    @property
    def tries(self):
        """How often to ask, each time from another port, so that each worker very likely gets a turn."""
        return 1 if self.mode.workers == 1 else 6


def in_every(modes, cases):
    """Makes a test run for every case in every mode that serves its family."""
    cells = [(mode, case) for mode in modes for case in cases if case.family in mode.families and
             # Local to the host, though no interface lists it.
             not (mode.sockets == "addresses" and case.name == "127.x.y.z")]
    return pytest.mark.parametrize("responder, case", cells, indirect=["responder"], scope="module", ids=str)


def expect_right(case, verdict, question):
    """The reply came from the right source, and its content is right for this request."""
    assert not verdict.silent, f"{case}: silence"
    assert case.right(verdict, question.port), f"{case}: answered from {verdict.address} port {verdict.port}"
    truth = verdict.address if question.protocol == "dns" else verdict.client
    assert verdict.answer == (truth,), f"{case}: {verdict.answer} instead of {truth}"
