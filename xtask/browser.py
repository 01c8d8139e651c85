"""Look at report pages with headless Chromium, by its debugging pipe: standard library only.

    python3 browser.py CHROMIUM PAGE...        prints one line per fault, `N views, M faults` last
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
         "--remote-debugging-pipe"]
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
PATIENCE = 60.0

# A chart is an svg with at least one mark and some size. A figure may hold one drawing per width; one of them shows.
LOOK = """(async () => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const svgs = [...document.querySelectorAll('svg')];
  const mark = 'path,rect,circle,line,polyline,polygon,text,use';
  const shows = s => { const box = s.getBoundingClientRect(); return box.width >= 4 && box.height >= 4; };
  const twin = s => [...(s.closest('figure') || document).querySelectorAll('svg')].some(
    other => other !== s && shows(other) && other.getAttribute('aria-label') === s.getAttribute('aria-label'));
  const empty = svgs.filter(s => !s.querySelector(mark) || !(shows(s) || (s.getAttribute('aria-label') && twin(s))));
  const root = document.documentElement;
  const colour = getComputedStyle(document.body).backgroundColor;
  const ink = getComputedStyle(document.body).color;
  return {charts: svgs.length, empty: empty.map(s => (s.getAttribute('aria-label') || s.outerHTML).slice(0, 80)),
          scroll: root.scrollWidth, client: root.clientWidth, colour, ink, text: document.body.innerText.length};
})()"""


class Browser:
    """Chromium and the two ends of its pipe."""

    def __init__(self, program, profile):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        def place():
            # Both ends are moved out of the way first: one of them may be 3 or 4 already.
            ours, theirs = os.dup(to_read), os.dup(to_write)
            high_read, high_write = os.dup2(ours, 200), os.dup2(theirs, 201)
            os.dup2(high_read, 3)
            os.dup2(high_write, 4)

        self.process = subprocess.Popen([program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=place, close_fds=False)
        os.close(to_read)
        os.close(to_write)
        self.number, self.rest, self.events = 0, b"", []
        self.clock = threading.Timer(PATIENCE, self.process.kill)
        self.clock.start()

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.back, 1 << 16)
            if not more:
                raise RuntimeError("Chromium went away")
            self.rest += more
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method, session):
        while not any(e.get("method") == method and e.get("sessionId") == session for e in self.events):
            self.events.append(self.message())

    def close(self):
        self.clock.cancel()
        try:
            self.call("Browser.close")
        except (RuntimeError, OSError):
            pass
        self.process.wait(timeout=20)


def complaints(events):
    """What the page wrote to the console as an error, threw, or could not load."""
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield parameters["exceptionDetails"].get("text", "exception")
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            yield " ".join(str(a.get("value", a.get("description"))) for a in parameters["args"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            yield parameters["entry"]["text"]
        elif method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(("file:", "data:")):
            yield f"the page asks the network for {parameters['request']['url'][:80]}"


def view(browser, page, width, scheme):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.events.clear()
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable", session)
    browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900, deviceScaleFactor=1,
                 mobile=width < 600)
    browser.call("Emulation.setEmulatedMedia", session, features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", session, url=Path(page).resolve().as_uri())
    browser.wait("Page.loadEventFired", session)
    answer = browser.call("Runtime.evaluate", session, expression=LOOK, awaitPromise=True, returnByValue=True)
    if "exceptionDetails" in answer:
        raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "cannot look at the page"))
    seen = answer["result"]["value"]
    faults = [f"console: {text}" for text in complaints(browser.events)]
    faults += [f"empty chart: {name}" for name in seen["empty"]]
    if not seen["charts"]:
        faults.append("there is no chart")
    if seen["scroll"] != seen["client"]:
        faults.append(f"scrolls sideways: {seen['scroll']} > {seen['client']}")
    if seen["colour"] == seen["ink"]:
        faults.append(f"text and page have one colour, {seen['ink']}")
    browser.call("Target.closeTarget", targetId=target)
    return seen, faults


def main(program, *pages):
    views = total = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            for page in pages:
                colours = set()
                for scheme in SCHEMES:
                    for width in WIDTHS:
                        views += 1
                        seen, faults = view(browser, page, width, scheme)
                        colours.add((scheme, seen["colour"]))
                        total += len(faults)
                        for fault in faults:
                            print(f"{Path(page).name} at {width} px, {scheme}: {fault}")
                if len({colour for _, colour in colours}) < len(SCHEMES):
                    total += 1
                    print(f"{Path(page).name}: light and dark look the same")
                print(f"{Path(page).name}: {seen['charts']} charts")
        finally:
            browser.close()
    print(f"{views} views, {total} faults")
    return 1 if total or not views else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
