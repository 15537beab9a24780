"""The editor's page in a real browser, on a project of its own; the program runs in a thread."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from kartu.core.language import use
from kartu.importing.new import NewOptions, new
from kartu.show.editor.serve import EditOptions
from support.gallery import Gallery, followed

# Bits of the keys that are held.
HELD = {"Alt": 1, "Ctrl": 2, "Shift": 8}
_CODES = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowUp": 38, "ArrowDown": 40, "F8": 119}
_SIDEWAYS = """Math.max(...Array.from(
  document.querySelectorAll("html, .desk > section, .page > div"),
  (one) => one.scrollWidth - one.clientWidth))"""
# What is longer than the part that scrolls, or is scrolled out of it in part, is seen.
_COVERED = """(() => {
  const began = document.activeElement, root = document.documentElement;
  const places = [[0.5, 0.5], [0.15, 0.15], [0.85, 0.15], [0.15, 0.85], [0.85, 0.85]];
  const isCovered = (one) => {
    one.blur(); // what has the focus already would not be scrolled to
    one.focus();
    const [own, part] = [one, one.closest(".desk > section, .page > div, dialog, .menu") ?? root]
      .map((each) => each.getBoundingClientRect());
    if (own.width < 3) return false;
    const left = Math.max(own.left, part.left), top = Math.max(own.top, part.top);
    const width = Math.min(own.right, part.right) - left;
    const height = Math.min(own.bottom, part.bottom) - top;
    return width < 3 || height < 3 || places.some(([x, y]) => {
      const over = document.elementFromPoint(left + x * width, top + y * height);
      return !(over && (one.contains(over) || over.contains(one)));
    });
  };
  const part = document.querySelector("dialog[open], .menu") ?? document;
  const stops = Array.from(part.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0'], [contenteditable=true]"))
    .filter((one) => one.tabIndex >= 0 && !one.disabled && !one.matches(".skip")
      && one.checkVisibility({ visibilityProperty: true }));
  const found = [...stops, ...stops.reverse()].filter(isCovered);
  began?.focus();
  return found.map((one) => one.outerHTML.slice(0, 120));
})()"""
_SAVED = "document.querySelector('#saved').dataset.state === 'saved'"


class EditPage:
    """The page as a teacher works it. `folder` is the deck's."""

    def __init__(self, gallery: Gallery, folder: Path) -> None:
        self.gallery = gallery
        self.folder = folder
        self.run = gallery.run
        self.wait = gallery.wait
        self.click = gallery.click
        self.text = gallery.text

    def open(self, address: str) -> None:
        """Opens the page; again, it is as after a crash: what the other one held is gone."""
        self.address = address
        self.gallery.open(address, painted=False)
        self.wait("document.documentElement.dataset.ready")

    def type(self, text: str) -> None:
        """Text as a keyboard gives it, to what has the focus."""
        self.gallery.browser.call("Input.insertText", text=text)

    def press(self, key: str, *held: str) -> None:
        """A key, with the code that a keyboard has for it."""
        bits = sum(HELD[one] for one in held)
        code = f"Key{key.upper()}" if len(key) == 1 and key.isalpha() else key
        number = _CODES.get(key, ord(key[0].upper()))
        parameters: dict[str, Any] = {
            "key": key,
            "code": code,
            "modifiers": bits,
            "windowsVirtualKeyCode": number,
        }
        send = "Input.dispatchKeyEvent"
        if key == "Enter" and not held:  # a button is pressed by the character
            self.gallery.browser.call(send, type="keyDown", text="\r", **parameters)
        else:
            self.gallery.browser.call(send, type="rawKeyDown", **parameters)
        self.gallery.browser.call(send, type="keyUp", **parameters)

    def field(self, name: str) -> str:
        """The expression for the element in which a field is written."""
        return (
            f"document.querySelector('[data-key={name}] :is(textarea, .write, input[type=text])')"
        )

    def focus(self, name: str) -> None:
        self.run(f"{self.field(name)}.focus()")

    def value(self, name: str) -> str:
        return str(self.run(f"{self.field(name)}.value"))

    def click_when_there(self, selector: str) -> None:
        """Clicks what is not in the page yet."""
        self.wait(f"document.querySelector({selector!r})")
        self.click(selector)

    def saved(self, *, by_itself: bool = False) -> None:
        """Until everything is saved: on leaving the field, or by itself a second later."""
        if not by_itself:
            self.run("document.activeElement.blur()")
        self.wait(_SAVED)

    def card(self) -> str:
        """The text of the card that is displayed."""
        return "\n".join(self.gallery.cards())

    def has_card(self, text: str) -> None:
        """Until the card has this text."""
        end = time.monotonic() + 60
        while text not in self.card():
            assert time.monotonic() < end, self.card()
            time.sleep(0.02)

    def source(self) -> str:
        """All card sets of the deck."""
        files = sorted(self.folder.glob("[0-9]*.yaml"))
        return "".join(one.read_text("utf-8") for one in files)

    def violations(self) -> list[str]:
        return self.gallery.violations()

    def tab_to(self, selector: str, *held: str) -> None:
        """To an element by the Tab key alone; backwards while Shift is held."""
        for _tab in range(60):
            if self.run(f"document.activeElement.matches({selector!r})"):
                return
            self.press("Tab", *held)
        raise AssertionError(selector)

    def sideways(self) -> int:
        """By how many pixels the window, or a part of it that scrolls, is too narrow."""
        return int(self.run(_SIDEWAYS))

    def covered(self) -> list[str]:
        """What something covers while it has the focus, from first to last and back."""
        found: list[str] = self.run(_COVERED)
        return found


def looks(page: EditPage) -> list[str]:
    """What axe finds by day on a wide screen, at night on narrower ones; what goes sideways."""
    found = []
    for width, height, scheme in ((1280, 900, "light"), (768, 700, "dark"), (320, 700, "dark")):
        page.gallery.browser.resize(width, height)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.gallery.browser.call("Emulation.setEmulatedMedia", features=features)
        found += page.violations()
        found += ["sideways"] if page.sideways() > 0 else []
    page.gallery.browser.resize(1280, 900)
    page.gallery.browser.call("Emulation.setEmulatedMedia", features=[])
    return found


@cache
def _project(language: str) -> Path:
    """A new project."""
    root = Path(tempfile.mkdtemp(), "p")
    new(NewOptions(root, name="Biologi 8", subject="Biologi", language=language))
    return root


@contextmanager
def edited(
    gallery: Gallery,
    folder: Path,
    language: str = "id",
    *,
    empty: bool = False,
    ready: bool = False,
) -> Iterator[EditPage]:
    """The page of a new project in `folder`, of an empty folder there, or of one that is ready."""
    if empty:
        (folder / "p").mkdir()
    elif not ready:
        shutil.copytree(_project(language), folder / "p")
    use(language)
    given = EditOptions(folder / "p", history=folder / "history", cache=folder / "cache")
    try:
        with followed(given) as opened:
            decks = [] if empty else [*(folder / "p" / "cards").iterdir()]
            page = EditPage(gallery, decks[0] if decks else folder / "p")
            page.open(opened.address)
            yield page
            gallery.leave()
    finally:
        use("en")
