"""Ten reloads of a large zone under full load: no query is lost, and none is answered from a half-loaded zone.

    pytest tests/network/test_reload_load.py -s --reload-records 1000000
"""

import random
import re
import threading

from bed.dnsperf import Load, end_all
from bed.judge import Target, dns_question, receive, send, udp_socket
from bed.process import eventually
from bed.thence import serve, settings

RELOADS = 10
SERVER = Target("10.77.1.1")
WHOLE = 1_000_000  # records; the size for which bounds of memory are set


def write(folder, serial, names):
    """A zone of that many names with A and AAAA, all of which tell its serial."""
    part = folder / "large.test.zone.part"
    with open(part, "w") as out:
        out.write(f"$TTL 60\n@ SOA n h {serial} 1 1 1 1\n@ NS n\nn A 192.0.2.1\n")
        out.writelines(f"h{i} A 10.{serial}.{i >> 8 & 255}.{i & 255}\nh{i} AAAA fd00::{serial:x}:{i >> 16:x}:{i & 65535:x}\n"
                       for i in range(names))
    part.rename(folder / "large.test.zone")


class Reader(threading.Thread):
    """Asks for the serial, for addresses of late names, and for the serial again: all have to be of one zone, or of
    two where it was replaced meanwhile."""

    def __init__(self, bed, names):
        super().__init__()
        self._bed = bed
        self._names = names
        self._over = threading.Event()
        self.rounds = 0
        self.serial = 0
        self.wrong = []

    def run(self):
        some = random.Random(7)
        with udp_socket(self._bed.client, SERVER) as udp:
            self.serial = self._serial(udp)
            while not self._over.is_set() and not self.wrong:
                last = self._names - 1
                seen = [self._of_a(udp, last), self._of_aaaa(udp, some.randrange(last // 2, last))]
                after = self._serial(udp)
                if not self.serial <= min(seen) <= max(seen) <= after:
                    self.wrong.append(f"serial {self.serial}, addresses of {seen}, serial {after}")
                self.serial = after
                self.rounds += 1

    def end(self):
        """@return the last serial"""
        self._over.set()
        self.join()
        return self.serial

    def _serial(self, udp):
        return int(self._ask(udp, "", "SOA").split()[2])

    def _of_a(self, udp, i):
        return int(self._ask(udp, f"h{i}.", "A").split(".")[1])

    def _of_aaaa(self, udp, i):
        return int(re.fullmatch(r"fd00::([0-9a-f]+):.*", self._ask(udp, f"h{i}.", "AAAA"))[1], 16)

    def _ask(self, udp, prefix, rdtype):
        question = dns_question(f"{prefix}large.test", rdtype)
        verdict = receive(udp, question, send(udp, SERVER, question), timeout=10)
        if len(verdict.answer) != 1 or " " not in verdict.answer[0] and verdict.answer[0].isupper():
            self.wrong.append(f"{prefix} {rdtype}: {verdict}")
            return "fd00::0:0:0" if rdtype == "AAAA" else "0.0.0 0 0"
        return verdict.answer[0]


def queries(folder, names):
    some = random.Random(8)
    file = folder / "queries"
    file.write_text("".join(f"h{some.randrange(names)}.large.test {some.choice(('A', 'AAAA'))}\n"
                            for _ in range(50_000)))
    return file


def memory(server, key):
    """@return octets"""
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key))


def forget_peak(server):
    with open(f"/proc/{server.pid}/clear_refs", "w") as references:
        references.write("5")


def test_nothing_is_lost_or_half_loaded_under_full_load(bed, tmp_path, need, request):
    need("dnsperf")
    records = request.config.getoption("--reload-records")
    names = records // 2
    values = settings(workers=2)
    values["dns"]["zones"] = [{"name": "large.test", "file": "large.test.zone"}]
    write(tmp_path, 1, names)
    (tmp_path / "load").mkdir()
    with serve(bed.server, tmp_path, values) as server:
        steady = memory(server, "VmRSS")
        forget_peak(server)
        load = Load(bed.client, tmp_path / "load", SERVER.address, queries(tmp_path, names), "-c", 8)
        reader = Reader(bed, names)
        reader.start()
        took = []
        try:
            for serial in range(2, RELOADS + 2):
                write(tmp_path, serial, names)
                took.append(int(server.reload(timeout=120)[-1]["milliseconds"]))
            # The reader asks once more with the last zone in place.
            rounds = reader.rounds
            assert eventually(lambda: reader.rounds > rounds + 1 or reader.wrong)
        finally:
            last_serial = reader.end()
            report = end_all([load])[0]
        peak = memory(server, "VmHWM")
    print(f"\n{records} records: reloads took {took} ms; memory {steady >> 20} MB, at most {peak >> 20} MB\n{report.text}")
    assert reader.wrong == [] and last_serial == RELOADS + 1
    report.expect_nothing_lost(at_least=1000 * RELOADS)
    assert server.log("counter"), "the server was not there to the end"
    if records >= WHOLE:
        assert peak <= 2 * steady
