"""A headless Chromium, driven over its DevTools protocol: enough to use pages as people do, and to see what they see."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket


class BrowserError(Exception):
    """What the browser could not do."""


class Browser:
    """One Chromium process with a profile of its own; `with` ends it."""

    PATIENCE = 30

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="console-browser.")
        # Root may not use Chromium's own sandbox; the pages are ours.
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
             "--disable-sync", "--metrics-recording-only", "--mute-audio", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.port = self._port()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _port(self):
        """Chromium names its port on standard error once it listens."""
        for line in self.process.stderr:
            if line.startswith("DevTools listening on "):
                return int(line.split(":")[2].split("/")[0])
        raise BrowserError("chromium ended before it listened; run it by hand to see why")

    def tab(self, **how):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=self.PATIENCE) as answer:
            return Tab(json.load(answer)["webSocketDebuggerUrl"], **how)


class Tab:
    """A tab of a width, light or dark, with scripts or without."""

    def __init__(self, address, width=1440, height=900, scheme="light", scripts=True):
        self.socket = websocket.create_connection(address, timeout=Browser.PATIENCE)
        self.number = 0
        self.events = []
        # Errors of scripts and of the console, and what the content security policy has refused.
        self.problems = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setTimezoneOverride", timezoneId="Europe/Berlin")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def close(self):
        self.call("Page.close")
        self.socket.close()

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, details = message.get("method"), message.get("params", {})
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            self.problems.append(details["exceptionDetails"].get("text", "an exception"))
        if method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.problems.append(str([value.get("value") for value in details["args"]]))
        if method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            entry = details["entry"]
            self.problems.append(f"{entry['text']} ({entry.get('url', '')})")

    def wait(self, event):
        """Until the browser has told that event, since the last `forget`."""
        end = time.monotonic() + Browser.PATIENCE
        while event not in self.events:
            if time.monotonic() > end:
                raise BrowserError(f"no {event} within {Browser.PATIENCE} s")
            self._note(json.loads(self.socket.recv()))

    def open(self, address):
        self.events = []
        problem = self.call("Page.navigate", url=address).get("errorText")
        if problem and problem != "net::ERR_HTTP_RESPONSE_CODE_FAILURE":
            raise BrowserError(f"{address}: {problem}")
        self.wait("Page.loadEventFired")

    def evaluate(self, expression):
        """The value of an expression in the page; DevTools may ask even where the page's own scripts are off."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"{expression}: {result['exceptionDetails'].get('exception', result).get('description')}")
        return result["result"].get("value")

    def until(self, expression, what):
        """Until an expression in the page is true: the page changes by itself."""
        end = time.monotonic() + Browser.PATIENCE
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise BrowserError(f"{what}: not within {Browser.PATIENCE} s; the page says: {self.text()[:2000]}")
            time.sleep(0.1)  # what a page shows can only be asked for again

    def text(self):
        return self.evaluate("document.body.innerText")

    def path(self):
        return self.evaluate("location.pathname + location.search")

    def click(self, selector, holding=None):
        """Clicks the element that a selector finds and whose text holds something, by a real mouse event."""
        element = find(selector, holding)
        place = self.evaluate(
            f"(() => {{ const e = {element}; if (!e) return null; e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        if place is None:
            raise BrowserError(f"there is no {selector} with {holding!r} on {self.path()}: {self.text()[:1500]}")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def follow(self, selector, holding=None):
        """Clicks, and waits for the page that comes."""
        self.events = []
        self.click(selector, holding)
        self.wait("Page.loadEventFired")

    def fill(self, selector, text):
        if not self.evaluate(f"(() => {{ const e = {find(selector)}; e?.focus(); e?.select?.(); return !!e; }})()"):
            raise BrowserError(f"there is no {selector} on {self.path()}")
        self.call("Input.insertText", text=text)

    def press(self, key, code=0):
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def picture(self, path, whole=True):
        """Keeps what the page looks like as a PNG."""
        image = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))


def find(selector, holding=None):
    """An expression for the first element of a selector whose text holds something."""
    return (f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => (e.textContent + ' ' + (e.getAttribute('aria-label') || '')).includes({json.dumps(holding or '')}))")
