"""A server process on a host: started, monitored through its log, stopped by its process id."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time


def eventually(condition, timeout=10.0):
    """Waits until the condition is true. @return its value, or the last one after the timeout @param timeout seconds"""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.01)


class Process:
    """For use in a `with` statement, which stops it."""

    def __init__(self, host, folder, *command, environment=None, pass_fds=()):
        """@param folder where its output is kept
        @param pass_fds descriptors that it inherits"""
        self.out = pathlib.Path(folder) / "stdout"
        self.err = pathlib.Path(folder) / "stderr"
        with host.inside(), open(self.out, "wb") as out, open(self.err, "wb") as err:
            # The server must not outlive a test run that is killed.
            self._process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *map(str, command)], cwd=folder,
                                             stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                             env={**os.environ, **(environment or {})}, pass_fds=pass_fds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process.poll() is None

    def output(self):
        return self.out.read_text(errors="replace") + self.err.read_text(errors="replace")

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, timeout=20.0):
        """Waits for it to exit. @return the exit status"""
        return self._process.wait(timeout)

    def stop(self):
        """Stops it, if it is still running. @return the exit status"""
        if self.running:
            self.signal(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGKILL)
                self.wait()
                raise
        return self._process.returncode

    @contextlib.contextmanager
    def held(self):
        """Suspends it while the block runs."""
        self.signal(signal.SIGSTOP)
        eventually(lambda: set(self._thread_states()) == {"T"})
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def _thread_states(self):
        for stat in pathlib.Path(f"/proc/{self.pid}/task").glob("*/stat"):
            yield stat.read_text().rpartition(")")[2].split()[0]
