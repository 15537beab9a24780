"""WeasyPrint, which converts HTML to PDF: measuring, layout, writing.

It loads the deck's own pictures and nothing else, whatever a card or a picture refers to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from html import escape
from io import BytesIO
from itertools import count
from pathlib import Path
from threading import get_ident
from typing import Any, NamedTuple
from urllib.parse import unquote

from kartu.core.language import N_, _
from kartu.core.usage import UsageError
from kartu.load.svg_cost import draws_too_much
from kartu.show.paper.markup import MEDIA

_HERE = Path(__file__).parent
_PIXELS = 96 / 25.4  # per millimetre
_MAX_PAGE_HEIGHT = 20_000  # mm, of the page for measuring; WeasyPrint miscalculates longer ones
_BATCH = 40

_NO_PANGO = N_(
    "kartu print needs Pango, which is not a Python library: on Debian and Ubuntu\n"
    "    sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    "on macOS brew install pango; on Windows see the first steps of WeasyPrint's documentation"
)


class Size(NamedTuple):
    """The size of a box, in millimetres."""

    width: float
    height: float


class Engine:
    """Renders HTML in the print style.

    `unreadable` are the names of pictures that were used and could not be rendered.

    Args:
        media: Reads the content of each picture, by its name.

    Raises:
        UsageError: A library of the system is missing.
    """

    def __init__(self, media: Mapping[str, Callable[[], bytes]], language: str) -> None:
        self.unreadable: set[str] = set()
        self._media = media
        self._language = language
        self._images: dict[str, Any] = {}
        try:
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:  # importing it loads Pango
            raise UsageError(_(_NO_PANGO)) from error
        self._fonts = FontConfiguration()
        self._fetcher = _fetcher(self._content)
        self._style = (_HERE / "print.css").read_text("utf-8")

    def sizes(self, boxes: Sequence[str], width: float) -> list[Size]:
        """Returns the size of each box in the available width, with unlimited height.

        Only tables with too many columns are wider than that: all else wraps.
        """
        found: list[Size] = []
        for start in range(0, len(boxes), _BATCH):
            batch = boxes[start : start + _BATCH]
            body = "".join(map(_with_ids, range(len(batch)), batch))
            style = f"@page {{ size: {width}mm {_MAX_PAGE_HEIGHT}mm; margin: 0 }}"
            found += _measure(self.render(body, style), len(batch))
        return found

    def render(self, body: str, style: str = "", title: str = "") -> Any:
        """Returns a laid-out document with that body, in the print style."""
        from weasyprint import HTML

        page = (
            f'<!doctype html><html lang="{escape(self._language)}"><head><meta charset="utf-8">'
            f"<title>{escape(title)}</title><style>{self._style}{style}</style></head>"
            f"<body>{body}</body></html>"
        )
        with self._collecting_unreadable():
            html = HTML(string=page, url_fetcher=self._fetcher)
            return html.render(font_config=self._fonts, cache=self._images)

    def pdf(self, documents: Sequence[Any], title: str) -> tuple[bytes, int]:
        """Returns all pages as one PDF, without a date or anything random, and their number."""
        pages = [page for document in documents for page in document.pages]
        joined = documents[0].copy(pages)
        joined.metadata.title = title
        output = BytesIO()
        name = sha256(title.encode()).hexdigest()[:16].encode()
        with self._collecting_unreadable():
            joined.write_pdf(output, pdf_identifier=name)
        return output.getvalue(), len(pages)

    def _content(self, name: str) -> bytes:
        if name not in self._media:
            raise ValueError(f"the deck has no picture {name}")
        return self._media[name]()

    @contextmanager
    def _collecting_unreadable(self) -> Iterator[None]:
        """Collects the pictures that WeasyPrint reports; its other messages are of no use here."""
        handler = _Pictures(self.unreadable)
        logger = logging.getLogger("weasyprint")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


def _with_ids(number: int, box: str) -> str:
    """Returns the box with ids, also of its tables, by which WeasyPrint reports positions."""
    table = count()
    tables = re.sub("<table", lambda _: f'<table id="box-{number}-{next(table)}"', box)
    return f'<div id="box-{number}">{tables}</div>'


def _measure(document: Any, number: int) -> Iterator[Size]:
    widths, heights = [0.0] * number, [0.0] * number
    for page in document.pages:  # very long boxes span several
        for name, (_left, top, right, bottom) in page.anchors.items():
            n, _rest, table = name.removeprefix("box-").partition("-")
            widths[int(n)] = max(widths[int(n)], right)
            if not table:
                heights[int(n)] += bottom - top
    for width, height in zip(widths, heights, strict=True):
        yield Size(width / _PIXELS, height / _PIXELS)


class _Pictures(logging.Handler):
    def __init__(self, unreadable: set[str]) -> None:
        super().__init__(logging.ERROR)
        self._thread = get_ident()  # all threads share the logger
        self._unreadable = unreadable

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and isinstance(record.args, tuple) and record.args:
            address = str(record.args[0])
            if address.startswith(MEDIA):
                self._unreadable.add(unquote(address.removeprefix(MEDIA)))


def _drawable(picture: bytes) -> bytes:
    """The picture. Raises ValueError for an SVG that draws without end."""
    if draws_too_much(picture):
        raise ValueError("it draws too much")
    return picture


def _fetcher(content: Callable[[str], bytes]) -> Any:
    """Returns a fetcher of pictures by name and of data: addresses; no files, no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class DeckFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(MEDIA):
                found = super().fetch(url, headers)
                return URLFetcherResponse(url, _drawable(found.read()), found.headers)
            name = unquote(url.removeprefix(MEDIA))
            kind = {"Content-Type": "image/svg+xml"} if name.endswith(".svg") else {}
            return URLFetcherResponse(url, _drawable(content(name)), kind)

    return DeckFetcher(allowed_protocols=("data",), allow_redirects=False)
