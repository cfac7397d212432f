"""A client that repeatedly asks addresses that stay, while something changes, and checks every reply."""

import contextlib
import threading

from bed import stream
from bed.judge import receive, send, udp_socket

_PAUSE = 0.02  # seconds between rounds: it observes, and is not a load


class Witness(threading.Thread):
    """For use in a `with` statement, which stops it. Each round asks every target every question, all at once, from
    fresh sockets, so that each worker gets its turn."""

    def __init__(self, host, targets, questions, patience=5.0, right=None, over_tcp=False):
        """@param questions a function from a family to the questions
        @param patience seconds until an answer counts as lost
        @param right a function of target, question and verdict: whether the reply's content is right; None: always
        @param over_tcp whether each round also asks over TCP, with one connection per question"""
        super().__init__(daemon=True)
        self._host = host
        self._pairs = [(target, question) for target in targets for question in questions(target.family)]
        self._patience = patience
        self._right = right or (lambda *_: True)
        self._over_tcp = over_tcp
        self._over = threading.Event()
        self._failure = None
        self.asked = 0
        self.lost = []  # requests without an answer
        self.wrong = []  # answers from a wrong source, or with wrong content

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()
        if self._failure:
            raise self._failure

    def run(self):
        try:
            while not self._over.wait(_PAUSE):
                self._round()
        except Exception as failure:  # pylint: disable=broad-except
            self._failure = failure

    def _round(self):
        with contextlib.ExitStack() as stack:
            asked = []
            for target, question in self._pairs:
                udp = stack.enter_context(udp_socket(self._host, target))
                asked.append((target, question, udp, send(udp, target, question)))
            for target, question, udp, request in asked:
                self._judge(target, question, receive(udp, question, request, self._patience))

        for target, question in self._pairs if self._over_tcp else ():
            try:
                self._judge(target, question, stream.ask(self._host, target, question))
            except (ConnectionError, TimeoutError) as failure:
                self.lost.append((question.protocol, target.address, f"TCP: {failure}"))

    def _judge(self, target, question, verdict):
        self.asked += 1
        if verdict.silent:
            self.lost.append((question.protocol, target.address))
        elif (verdict.address, verdict.port) != (target.address, question.port):
            self.wrong.append((question.protocol, target.address, f"from {verdict.address} port {verdict.port}"))
        elif not self._right(target, question, verdict):
            self.wrong.append((question.protocol, target.address, verdict.answer))

    def expect_all_right(self):
        assert self.asked > 0
        assert self.wrong == [], f"of {self.asked} answers {len(self.wrong)} are wrong"
        assert self.lost == [], f"of {self.asked} answers {len(self.lost)} are lost"


def true_of_the_request(target, question, verdict):
    """The answer to `self` must be the address asked, and STUN's the client's address."""
    return verdict.answer == (target.address if question.protocol == "dns" else verdict.client,)
