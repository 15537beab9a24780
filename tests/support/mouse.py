"""A mouse and the dialog for files, as they come to a page of a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.edit_page import EditPage

Point = tuple[float, float]


def drag(page: EditPage, begin: Point, end: Point, *, let_go: bool = True) -> None:
    """Presses the mouse at one place of the window, moves it in steps, and lets go at another."""
    mouse(page, "mousePressed", begin)
    for step in (0.3, 0.7, 1):
        between = [one + step * (other - one) for one, other in zip(begin, end, strict=True)]
        mouse(page, "mouseMoved", (between[0], between[1]))
    if let_go:
        mouse(page, "mouseReleased", end)


def mouse(page: EditPage, kind: str, place: Point) -> None:
    """One event of the mouse; its left button is down but for the last."""
    held: dict[str, Any] = {
        "button": "left",
        "clickCount": 1,
        "buttons": int(kind != "mouseReleased"),
    }
    x, y = place
    page.gallery.browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **held)


def on(page: EditPage, selector: str, x: float = 0.5, y: float = 0.5) -> Point:
    """A place of an element, in shares of its size, where it is in the window."""
    script = f"""{{const at = document.querySelector({selector!r}).getBoundingClientRect();
      [at.left + {x} * at.width, at.top + {y} * at.height]}}"""
    found = page.run(script)
    return float(found[0]), float(found[1])


def choose_file(page: EditPage, selector: str, path: Path) -> None:
    """Chooses a file of the computer, as in the browser's own dialog."""
    call = page.gallery.browser.call
    found = call("Runtime.evaluate", expression=f"document.querySelector({selector!r})")
    call("DOM.setFileInputFiles", files=[str(path)], objectId=found["result"]["objectId"])
