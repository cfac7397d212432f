"""Chromium without a window, driven over the DevTools protocol: JSON messages, ended by zeros, on two pipes."""

import itertools
import json
import os
import pathlib
import select
import time

from bed.process import Process

PROGRAM = "chromium"

_OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions",
            "--disable-features=WebRtcHideLocalIpsWithMdns", "--remote-debugging-pipe", "about:blank"]

_GATHER = """new Promise(done => {
  const connection = new RTCPeerConnection({iceServers: [{urls: %s}]});
  const found = [];
  connection.onicecandidate = event => event.candidate ? found.push(event.candidate.candidate) : done(found);
  connection.createDataChannel("any");
  connection.createOffer().then(offer => connection.setLocalDescription(offer));
  setTimeout(() => done(found), %d);
})"""


class Browser:
    """Of use in a `with` statement, which ends it."""

    def __init__(self, host, folder):
        folder = pathlib.Path(folder)
        self._serial = itertools.count(1)
        self._buffer = b""
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        os.set_inheritable(theirs_in, True)
        os.set_inheritable(theirs_out, True)
        # It reads from descriptor 3 and writes to descriptor 4.
        shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = Process(host, folder, "bash", "-c", shell, PROGRAM, f"--user-data-dir={folder / 'profile'}",
                                *_OPTIONS, pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stop()
        os.close(self._to)
        os.close(self._from)

    def gather(self, url, timeout=10.0):
        """The ICE candidates (RFC 8839 section 5.1) that a page finds with that server. @param timeout seconds"""
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        expression = _GATHER % (json.dumps(url), int(timeout * 1000))
        result = self._call("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True},
                            sessionId=session)
        return result["result"]["value"]

    def _call(self, method, parameters, **more):
        number = next(self._serial)
        os.write(self._to, json.dumps({"id": number, "method": method, "params": parameters, **more}).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "result" in message, message
                return message["result"]

    def _receive(self, timeout=30.0):
        end = time.monotonic() + timeout
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self._from, 65536) if ready else b""
            assert more, f"the browser is gone or silent\n{self._process.output()}"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
