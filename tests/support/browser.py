"""A real browser for cards: Chromium, driven over a pipe by its own DevTools protocol."""

from __future__ import annotations

import atexit
import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), ""
)
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")

# AnkiDroid's page as its reviewer makes it (2.17 and later): classes, frame and what its own style
# sheet says of what can be seen on cards. The card's style comes behind.
_ANKIDROID = """<!doctype html>
<html class="mobile android linux js">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
body { margin: 0 0 30px; padding: 0; }
body.night_mode { color: #fff; background-color: #000; }
body.ankidroid_dark_mode { background-color: #303030; }
#content { margin: .5em; }
.typeGood { background-color: #0f0; } .typeBad { background-color: #f00; }
.typeMissed { background-color: #ccc; }
.night_mode input#typeans { color: #fff; background-color: #000; }
.night_mode .typeGood { background-color: #508040; }
.night_mode .typeBad { background-color: #905050; }
.ankidroid_dark_mode input#typeans { background-color: #303030; }
#typeans { width: 100%; }
.chrome img { max-width: 100%; max-height: 90%; }
.vertically_centered { position: absolute; width: 100%; height: 100%; display: -webkit-box;
  -webkit-box-align: stretch; -webkit-box-pack: center; -webkit-box-orient: vertical; }
</style>"""

# What a reviewer that keeps one page does with each side: as Anki's desktop, scripts run last.
_REVIEWER = """<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<body class="card"><div id="qa"></div><script>
var anki = {imageOcclusion: {setup() {
  const picture = document.querySelector("#image-occlusion-container img");
  const canvas = document.getElementById("image-occlusion-canvas");
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(`--${name}-shape-color`);
  picture.decode().then(() => {
    const [width, height] = [canvas.width, canvas.height] =
      [picture.offsetWidth, picture.offsetHeight];
    canvas.style.cssText = `position: absolute; left: ${picture.offsetLeft}px; `
      + `top: ${picture.offsetTop}px`;
    const pen = canvas.getContext("2d");
    for (const {dataset, className} of document.querySelectorAll("[data-shape=rect]")) {
      if (className !== "cloze" && dataset.occludeinactive !== "1") continue;
      pen.fillStyle = colour(className === "cloze" ? "active" : "inactive");
      pen.fillRect(dataset.left * width, dataset.top * height, dataset.width * width,
        dataset.height * height);
    }
  });
}}};
function show(side) {
  const place = document.getElementById("qa");
  place.innerHTML = side;
  for (const old of place.querySelectorAll("script")) {
    const script = document.createElement("script");
    script.text = old.text;
    old.replaceWith(script);
  }
}
</script>"""

# What Anki's desktop itself says of cards, as far as it can be seen on them.
_ANKI = """body { margin: 20px; overflow-wrap: break-word; }
body.nightMode { background-color: #2c2c2c; color: #fcfcfc; }
img { max-width: 100%; max-height: 95vh; }
hr { background-color: #ccc; margin: 1em; }
.replay-button { text-decoration: none; display: inline-flex; vertical-align: middle; margin: 3px; }
.replay-button svg { width: 40px; height: 40px; }
.replay-button svg circle { fill: #fff; stroke: #414141; }
.typeGood { background: #afa; color: black; }
.typeBad { color: black; background: #faa; }
.typeMissed { color: black; background: #ccc; }
#typeans { width: 100%; box-sizing: border-box; line-height: 1.75; }
code#typeans { white-space: pre-wrap; font-variant-ligatures: none; }"""

# A process for each page and frame, which takes a fifth of a second, and pages of Chromium's own
# that help with typing addresses, which take one in each window.
_WITHOUT = ("IsolateSandboxedIframes", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup")

# Neither a window of its own nor a process for graphics: together a second and a half of a core.
_ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--remote-debugging-pipe", "--no-first-run", "--disable-background-networking"),
    *("--disable-extensions", "--renderer-process-limit=1", "--disable-component-update"),
    *("--no-startup-window", "--in-process-gpu", "--disable-software-rasterizer"),
    *("--disable-site-isolation-trials", f"--disable-features={','.join(_WITHOUT)}", "about:blank"),
)

_CLOCK = """{
  const moment = %d;
  const Real = Date;
  window.Date = class extends Real {
    constructor(...parts) { parts.length ? super(...parts) : super(moment); }
  };
}"""


class _Pipe:
    """A Chromium, and the two ends of its protocol."""

    def __init__(self, process: subprocess.Popen[bytes], commands: int, answers: int) -> None:
        self.process = process
        self._commands = commands
        self._answers = answers
        self._left = b""
        self._numbers = itertools.count(1)

    def send(self, message: dict[str, Any]) -> int:
        """Sends a command, and returns the number that its answer will have."""
        number = next(self._numbers)
        data = json.dumps({"id": number, **message}).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data[:30_000]) :]
        return number

    def read(self, end: float) -> dict[str, Any]:
        """The next message, which comes before that time."""
        while b"\0" not in self._left:
            left = max(0.0, end - time.monotonic())
            assert select.select([self._answers], [], [], left)[0], "Chromium does not answer"
            received = os.read(self._answers, 1 << 16)
            assert received, "Chromium has ended"
            self._left += received
        message, self._left = self._left.split(b"\0", 1)
        read: dict[str, Any] = json.loads(message)
        return read


class Browser:
    """One page, 320 pixels wide, with a touch screen; its clock stands where it is set.

    It is in a context of its own: nothing that is stored is another one's.
    """

    def __init__(self, folder: Path, pipe: _Pipe) -> None:
        self.folder = folder
        self._pipe = pipe
        self.events: list[dict[str, Any]] = []
        self._pages = itertools.count(1)
        self._session = ""
        self._clock = ""
        self.context = self.call("Target.createBrowserContext")["browserContextId"]
        created = self.call("Target.createTarget", url="about:blank", browserContextId=self.context)
        self.page = created["targetId"]
        attached = self.call("Target.attachToTarget", targetId=self.page, flatten=True)
        self._session = attached["sessionId"]
        self.call("Page.enable")
        self.resize(320)
        self.call("Emulation.setTouchEmulationEnabled", enabled=True)
        self.call("Emulation.setTimezoneOverride", timezoneId="Asia/Jakarta")

    def close(self) -> None:
        """Closes the page, and takes in what it still says."""
        self._session = ""
        self.call("Target.disposeBrowserContext", browserContextId=self.context)
        self.call("Browser.getVersion")

    def call(self, method: str, *, patience: float = 60, **parameters: Any) -> dict[str, Any]:
        """What Chromium answers to one command within `patience` seconds."""
        message = {"method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        number = self._pipe.send(message)
        end = time.monotonic() + patience
        while (answer := self._pipe.read(end)).get("id") != number:
            if "method" in answer:  # else a late answer, for which nobody waits any more
                self.events.append(answer)
        assert "error" not in answer, (method, answer)
        result: dict[str, Any] = answer["result"]
        return result

    def navigate(self, address: str) -> None:
        """Until the page is the new one: before, an expression would still be asked of the old."""
        before = len(self.events)
        loader = self.call("Page.navigate", url=address)["loaderId"]
        self.wait_for(
            lambda event: (
                event["method"] == "Page.frameNavigated"
                and event["params"]["frame"]["loaderId"] == loader
            ),
            before,
        )

    def wait_for(self, happened: Callable[[dict[str, Any]], bool], known: int) -> None:
        """Until an event is the one: any but those that were received first, `known` in number."""
        end = time.monotonic() + 60
        while not any(map(happened, self.events[known:])):
            known = len(self.events)
            received = self._pipe.read(end)
            self.events += [received] if "method" in received else []

    def resize(self, width: int, height: int = 640, *, scale: float = 1) -> None:
        """The window gets this size in CSS pixels; `scale` device pixels make one of them."""
        sizes: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": scale}
        self.call("Emulation.setDeviceMetricsOverride", mobile=width < 800, **sizes)

    def run(self, script: str, frame: str = "", patience: float = 60) -> Any:
        """The value of a JavaScript expression on the page, awaited if it is a promise.

        `frame` is the id of the context of a frame, in place of the page's own.
        """
        done = self.call(
            "Runtime.evaluate",
            patience=patience,
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            **({"uniqueContextId": frame} if frame else {}),
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def set_clock(self, moment: float) -> None:
        """From the next page on, and on this one, it is `moment` (seconds since 1970)."""
        script = _CLOCK % round(moment * 1000)
        if self._clock:
            self.call("Page.removeScriptToEvaluateOnNewDocument", identifier=self._clock)
        added = self.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        self._clock = added["identifier"]
        self.run(script)

    def open_reviewer(self, style: str = "", mode: str = "") -> None:
        """A page that shows one side after the other, as Anki's desktop does."""
        self._open(_REVIEWER.replace('class="card"', f'class="card {mode}"') + _style(style))

    def open_ankidroid(self, style: str = "", mode: str = "") -> None:
        """AnkiDroid's page, likewise."""
        body = (
            f'<body class="chrome card {mode}"><div id="content"><div id="qa"></div></div><script>'
        )
        script = _REVIEWER.partition("<script>")[2]
        self._open(f'{_ANKIDROID}{body}{script}<style id="own">{style}</style>')

    def restyle(self, style: str) -> None:
        """The open page of a reviewer shows cards with another style."""
        self.run(f'document.getElementById("own").textContent = {json.dumps(style)}')

    def show(self, side: str) -> None:
        """One side on the page of the reviewer."""
        self.run(f"show({json.dumps(side)})")

    def show_each(self, sides: Iterable[str], expression: str) -> list[Any]:
        """Sides one after the other on that page; what the expression is on each."""
        script = f"{json.dumps(list(sides))}.map((side) => {{ show(side); return {expression}; }})"
        return list(self.run(script))

    def open_alone(self, side: str) -> None:
        """One side on a page of its own."""
        self._open(f'<!doctype html><meta charset="utf-8"><body class="card">{side}')

    def open_page(self, html: str) -> None:
        """A whole page of its own."""
        self._open(html)

    def save_picture(self, path: Path, clip: dict[str, float], quality: int) -> None:
        """A part of the page, in the format that the file's ending says."""
        form = path.suffix.removeprefix(".")
        taken = self.call(
            "Page.captureScreenshot",
            format=form,
            quality=quality,
            clip=clip,
            captureBeyondViewport=True,
        )
        path.write_bytes(base64.b64decode(taken["data"]))

    def _open(self, html: str) -> None:
        page = self.folder / f"{next(self._pages)}.html"
        page.write_text(html, "utf-8")
        before = len(self.events)
        self.navigate(page.as_uri())
        self.wait_for(lambda event: event["method"] == "Page.loadEventFired", before)

    def press(self, key: str, *, held: str = "") -> None:
        """A key goes down and up, perhaps while Alt or Ctrl is held."""
        code = f"Digit{key}" if key.isdigit() else key
        bits = {"": 0, "Alt": 1, "Ctrl": 2}[held]
        for way in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=way, key=key, code=code, modifiers=bits)

    def tap(self, element: str) -> None:
        """A finger on the middle of the element that the JavaScript expression names."""
        self.run(f"{element}.scrollIntoView()")
        box = self.run(f"{element}.getBoundingClientRect().toJSON()")
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[place])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def listeners(self, event: str) -> int:
        """How many listeners the document has for `event`."""
        document = self.call("Runtime.evaluate", expression="document")["result"]["objectId"]
        found = self.call("DOMDebugger.getEventListeners", objectId=document)["listeners"]
        return sum(one["type"] == event for one in found)


def _style(style: str) -> str:
    """As a client puts it: after its own."""
    return f'<style>{_ANKI}</style><style id="own">{style}</style>'


@contextmanager
def browser() -> Iterator[Browser]:
    """A page with nothing stored, in the Chromium of this process."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        opened = Browser(Path(folder), _chromium())
        try:
            yield opened
        finally:
            opened.close()


_STARTED: list[_Pipe] = []


def _chromium() -> _Pipe:
    """One Chromium for all tests of a process, which takes a second to start."""
    if not _STARTED or _STARTED[-1].process.poll() is not None:
        _STARTED.append(_started())
    return _STARTED[-1]


def _started() -> _Pipe:
    folder = tempfile.mkdtemp()
    from_test, commands = os.pipe()
    answers, to_test = os.pipe()
    # Chromium reads descriptor 3 and writes 4; a shell can put them there.
    wired = f'exec "$0" "$@" 3<&{from_test} 4>&{to_test}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", wired, CHROMIUM, f"--user-data-dir={folder}/profile", *_ARGUMENTS],
        pass_fds=(from_test, to_test),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(from_test)
    os.close(to_test)

    def end() -> None:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return _Pipe(process, commands, answers)
