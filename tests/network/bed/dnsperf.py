"""dnsperf as the load: it connects its sockets, so an answer from another source than the address asked counts as lost."""

import dataclasses
import re
import signal
import time

from bed.process import Process

_PATIENCE = 5  # seconds until a query is lost


@dataclasses.dataclass(frozen=True)
class Report:
    sent: int
    completed: int
    late: int  # answered after its patience, by a machine that was busy with something else
    lost: int
    interrupted: int  # on their way when it was told to end
    codes: tuple  # the lines of response codes, as it words them
    text: str

    def expect_nothing_lost(self, at_least=1):
        """Every query was answered, and with NOERROR."""
        assert self.lost == 0 and self.sent >= at_least, self.text
        assert self.completed + self.late + self.interrupted == self.sent, self.text
        assert self.codes == (f"NOERROR {self.completed} (100.00%)",), self.text


class Load(Process):
    """Of use in a `with` statement, in which end_all() tells what was seen."""

    def __init__(self, host, folder, address, queries, *options, patience=_PATIENCE, port=53):
        """@param queries a file, a `NAME TYPE` a line
        @param patience seconds until a query is lost"""
        self._patience = patience
        super().__init__(host, folder, "dnsperf", "-s", address, "-p", port, "-d", queries, "-l", 3600, "-t", patience,
                         *options)

    @property
    def patience(self):
        return self._patience

    def report(self):
        """Ends it. What was lost less than its patience ago is interrupted, not lost: see end_all()."""
        self.signal(signal.SIGINT)
        self.wait()
        text = self.output()
        figures = {key: int(value) for key, value in re.findall(r"Queries (\w+): +(\d+)", text)}
        # To dnsperf these are lost, too. Of those that its end has cut off there may be more.
        late = min(text.count("unexpected (maybe timed out) id"), figures["lost"])
        return Report(figures["sent"], figures["completed"], late, figures["lost"] - late,
                      figures.get("interrupted", 0), tuple(re.findall(r"Response codes: +(.*)", text)), text)


def end_all(loads):
    """Lets them run until whatever is lost so far is known to be, and ends them. @return their reports"""
    time.sleep(max(load.patience for load in loads) + 0.2)
    return [load.report() for load in loads]
