"""Headless Chromium, driven over the DevTools protocol: null-terminated JSON messages on two pipes."""

import base64
import itertools
import json
import os
import pathlib
import select
import time

from bed.process import Process, eventually

PROGRAM = "chromium"

_OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions",
            "--remote-debugging-pipe"]
_TELLS_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns"

_GATHER = """new Promise(done => {
  const connection = new RTCPeerConnection({iceServers: [{urls: %s}]});
  const found = [];
  connection.onicecandidate = event => event.candidate ? found.push(event.candidate.candidate) : done(found);
  connection.createDataChannel("any");
  connection.createOffer().then(offer => connection.setLocalDescription(offer));
  setTimeout(() => done(found), %d);
})"""


class Browser:
    """For use in a `with` statement, which stops it."""

    def __init__(self, host, folder, *, tells_addresses=True):
        """@param tells_addresses whether pages may see the host's addresses, which browsers hide by default"""
        folder = pathlib.Path(folder)
        self._serial = itertools.count(1)
        self._buffer = b""
        self._events = []
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        os.set_inheritable(theirs_in, True)
        os.set_inheritable(theirs_out, True)
        # It reads from descriptor 3 and writes to descriptor 4.
        shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = Process(host, folder, "bash", "-c", shell, PROGRAM, f"--user-data-dir={folder / 'profile'}",
                                *_OPTIONS, *([_TELLS_ADDRESSES] if tells_addresses else []), "about:blank",
                                pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stop()
        os.close(self._to)
        os.close(self._from)

    def gather(self, url, timeout=10.0):
        """The ICE candidates (RFC 8839 section 5.1) that a page gathers with that server. @param timeout seconds"""
        return Page(self).evaluate(_GATHER % (json.dumps(url), int(timeout * 1000)))

    def events(self, session):
        """The new events of that page: DevTools messages that are not answers."""
        mine = [event for event in self._events if event.get("sessionId") == session]
        self._events = [event for event in self._events if event not in mine]
        return mine

    def call(self, method, parameters, **more):
        number = next(self._serial)
        os.write(self._to, json.dumps({"id": number, "method": method, "params": parameters, **more}).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "result" in message, message
                return message["result"]
            self._events.append(message)

    def _receive(self, timeout=30.0):
        end = time.monotonic() + timeout
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self._from, 65536) if ready else b""
            assert more, f"the browser is gone or silent\n{self._process.output()}"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


class Page:
    """A tab."""

    def __init__(self, browser, *, width=1280, height=900, dark=False, script=True):
        """@param width of the window, in CSS pixels; below 600 a phone is emulated
        @param script whether the page's scripts may run"""
        self._browser = browser
        target = browser.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = browser.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                   mobile=width < 600)
        self._call("Emulation.setEmulatedMedia",
                   features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self._call("Emulation.setScriptExecutionDisabled", value=not script)

    def open(self, url):
        """Loads a page completely."""
        answer = self._call("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        loaded = "document.readyState === 'complete' && location.href !== 'about:blank'"
        assert self.eventually(loaded, 60), f"{url} is not loaded"

    def evaluate(self, expression):
        """The value of an expression in the page; promises are awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def eventually(self, expression, timeout=10.0):
        """Waits until an expression is true in the page, and returns its value, or the last one after the timeout."""
        return eventually(lambda: self.evaluate(expression), timeout)

    def complaints(self):
        """The browser's new complaints about the page: exceptions, policy violations, failures."""
        kinds = ("Runtime.exceptionThrown", "Log.entryAdded")
        return [event["params"] for event in self._browser.events(self._session) if event["method"] in kinds]

    def screenshot(self, file):
        """Of the whole page. @return the file"""
        data = self._call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        pathlib.Path(file).write_bytes(base64.b64decode(data))
        return file

    def _call(self, method, **parameters):
        return self._browser.call(method, parameters, sessionId=self._session)
