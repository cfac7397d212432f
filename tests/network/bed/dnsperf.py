"""dnsperf as the load: its sockets are connected, so an answer from a source other than the address asked is lost."""

import dataclasses
import re
import signal
import time

from bed.process import Process

_PATIENCE = 5  # seconds until a query counts as lost


@dataclasses.dataclass(frozen=True)
class Report:
    sent: int
    completed: int
    late: int  # answered after the patience, because the machine was busy
    lost: int
    interrupted: int  # outstanding when it was stopped
    codes: tuple  # the lines about response codes, in its words
    text: str

    def expect_nothing_lost(self, at_least=1):
        """Every query was answered, and with NOERROR."""
        assert self.lost == 0 and self.sent >= at_least, self.text
        assert self.completed + self.late + self.interrupted == self.sent, self.text
        assert self.codes == (f"NOERROR {self.completed} (100.00%)",), self.text


class Load(Process):
    """For use in a `with` statement, in which end_all() returns the reports."""

    def __init__(self, host, folder, address, queries, *options, patience=_PATIENCE, port=53):
        """@param queries a file with one `NAME TYPE` per line
        @param patience seconds until a query counts as lost"""
        self._patience = patience
        super().__init__(host, folder, "dnsperf", "-s", address, "-p", port, "-d", queries, "-l", 3600, "-t", patience,
                         *options)

    @property
    def patience(self):
        return self._patience

    def report(self):
        """Stops it. Queries lost less than its patience ago count as interrupted, not lost: see end_all()."""
        self.signal(signal.SIGINT)
        self.wait()
        text = self.output()
        figures = {key: int(value) for key, value in re.findall(r"Queries (\w+): +(\d+)", text)}
        # dnsperf counts these as lost too. Stopping it may have interrupted more.
        late = min(text.count("unexpected (maybe timed out) id"), figures["lost"])
        return Report(figures["sent"], figures["completed"], late, figures["lost"] - late,
                      figures.get("interrupted", 0), tuple(re.findall(r"Response codes: +(.*)", text)), text)


def end_all(loads):
    """Lets them run until everything lost so far is reported as lost, then stops them. @return their reports"""
    time.sleep(max(load.patience for load in loads) + 0.2)
    return [load.report() for load in loads]
