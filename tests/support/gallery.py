"""The page of all cards in a real browser, and the programs that make it as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

from kartu.show.editor.serve import Editing, EditOptions, editing
from support.axe import axe_script
from support.browser import Browser, browser

ROOT = Path(__file__).parent.parent.parent

# The cards in their frames are looked at elsewhere; text has 7:1, and a finger finds its target.
_RUN_AXE = """axe.run({exclude: ["iframe"]}, {iframes: false, preload: false,
  resultTypes: ["violations"], rules: {
  "color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}}}
).then(({violations}) => violations.flatMap((rule) => rule.nodes.map(
  (node) => `${rule.id}: ${node.html.slice(0, 120)} ${node.any.map((one) => one.message)}`)))"""


# A tile out of sight has a guessed height, over which what is in it may reach; in sight it has its
# own. All are looked at as they are in sight.
_AS_IF_SEEN = """document.querySelectorAll(".tile").forEach(
  (tile) => { tile.style.contentVisibility = "visible"; })"""

# The page itself looks again and again, so that nothing goes to and fro meanwhile; it gives up
# after a while, lest it waits on a page that is no longer there.
_UNTIL_TRUE = """(async () => {
  for (let left = 100; left; left -= 1) {
    if (%s) return true;
    await new Promise((again) => setTimeout(again, 20));
  }
  return false;
})()"""

# What Chromium answers of a page or frame that is no longer there.
_LEFT = ("Inspected target navigated or closed", "Promise was collected")
_NO_FRAME = (
    "uniqueContextId not found",
    "Execution context was destroyed",
    *_LEFT,
    "Chromium does not answer",
)


class Gallery:
    """The page as someone at a computer sees and works it."""

    def __init__(self, opened: Browser) -> None:
        self.browser = opened
        self.run = opened.run
        opened.resize(1280, 2000)  # a card is painted where it can be seen
        opened.call("Emulation.setTouchEmulationEnabled", enabled=False)
        for domain in ("Runtime", "Log", "Network"):
            opened.call(f"{domain}.enable")
        self._blank = False

    def open(self, address: str, *, painted: bool = True) -> None:
        """Goes to an address; with `painted` waits until a card is to be seen."""
        self.leave()
        self.browser.events.clear()
        self.browser.navigate(address)
        self._blank = False
        self.wait("document.readyState === 'complete'")
        if painted:
            self.wait("document.querySelector('.tile[data-painted]')")

    def leave(self) -> None:
        """The page is gone, and asks its server for nothing more."""
        if not self._blank:
            self.browser.navigate("about:blank")
        self._blank = True

    def wait(self, expression: str) -> None:
        """Until the JavaScript expression is true; a minute is for ever."""
        end = time.monotonic() + 60
        while not self._becomes_true(expression):
            assert time.monotonic() < end, expression

    def _becomes_true(self, expression: str) -> bool:
        """False too while a link leads to another page, on which it may become true."""
        try:
            return bool(self.run(_UNTIL_TRUE % expression))
        except AssertionError as error:
            if not any(one in str(error) for one in _LEFT):
                raise
            return False

    def text(self, selector: str) -> str:
        return str(self.run(f"document.querySelector({selector!r}).innerText"))

    def count(self) -> int:
        """How many tiles pass the filters."""
        return int(self.run("document.querySelectorAll('.tile:not([hidden])').length"))

    def choose(self, id: str, value: str) -> None:
        """Chooses from a list, or types into a box."""
        event = "input" if id == "search" else "change"
        self.run(f"""{{const element = document.getElementById({id!r});
            element.value = {value!r}; element.dispatchEvent(new Event({event!r}));}}""")

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({selector!r}).click()")

    def press(self, key: str) -> None:
        """A key, with the code that a keyboard has for it."""
        code = {" ": "Space"}.get(key, key)
        for way in ("rawKeyDown", "keyUp"):
            self.browser.call("Input.dispatchKeyEvent", type=way, key=key, code=code)

    def in_frames(self, script: str) -> list[Any]:
        """The values of an expression in each frame that shows a card."""
        end = time.monotonic() + 60
        while True:
            found, gone = self._in_those_there(script)
            if found or not gone or time.monotonic() > end:
                return found

    def _in_those_there(self, script: str) -> tuple[list[Any], int]:
        """What the frames that are there answer, and how many went away while they were asked."""
        self.run("1")  # takes in what happened until now
        there: dict[str, str] = {}  # contexts and their frames, of which the page itself is one
        for event in self.browser.events:
            params = event["params"]
            if event["method"] == "Runtime.executionContextsCleared":
                there.clear()
            elif event["method"] == "Runtime.executionContextDestroyed":
                there.pop(params["executionContextUniqueId"], None)
            elif event["method"] == "Runtime.executionContextCreated":
                context = params["context"]
                there[context["uniqueId"]] = context["auxData"]["frameId"]
        frames = [context for context, frame in there.items() if frame != self.browser.page]
        found = []
        for frame in frames:
            try:
                found.append(self.browser.run(script, frame, patience=20))
            except AssertionError as error:  # the frame goes away in this moment
                if not any(one in str(error) for one in _NO_FRAME):
                    raise
        return found, len(frames) - len(found)

    def cards(self) -> list[str]:
        """The texts of all cards that are to be seen."""
        return [str(text) for text in self.in_frames("document.body.innerText.trim()")]

    def errors(self) -> list[str]:
        """What the console told as an error, of the page and its frames."""
        self.in_frames("0")
        self.run("1")
        found = []
        for event in self.browser.events:
            params = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif event["method"] == "Runtime.consoleAPICalled" and params["type"] == "error":
                found.append(str(params["args"]))
            elif event["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(f"{params['entry']['text']} {params['entry'].get('url')}")
        return found

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it is now."""
        if not self.run("Boolean(window.axe)"):
            self.run(axe_script() + ";0")
        self.run(_AS_IF_SEEN)
        found: list[str] = self.run(_RUN_AXE)
        return found


@contextmanager
def gallery() -> Iterator[Gallery]:
    """A browser for the page."""
    with browser() as opened:
        yield Gallery(opened)


@contextmanager
def followed(options: EditOptions) -> Iterator[Editing]:
    """The page of a project, served by this process, which follows its files."""
    faults: list[Exception] = []
    stop = Event()
    with editing(options, faults.append) as running:
        follow = (running.follow, stop)  # in the page's language
        following = Thread(target=copy_context().run, args=follow, daemon=True)
        following.start()
        try:
            yield running
        finally:
            stop.set()
            following.join(10)
    assert faults == []


@contextmanager
def looking(root: Path, *decks: str) -> Iterator[str]:
    """The page of `kartu preview`, served by this process; gives its address."""
    with followed(EditOptions(root, decks, edits=False)) as running:
        yield running.address


@contextmanager
def previewing(root: Path, *arguments: str, cache: Path, command: str = "preview") -> Iterator[str]:
    """`kartu preview`, or `edit`, as a process; gives the address that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "build_deck.py"), command, "--no-open", *arguments],
        cwd=root,
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(cache),
            "XDG_STATE_HOME": str(cache),
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address + process.stdout.read()
        yield address
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=30)[0]
        assert process.returncode == 0, output
        assert "Traceback" not in output
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
