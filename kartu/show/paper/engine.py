"""WeasyPrint, which makes PDF of HTML: measuring, laying out, writing.

It loads the deck's own pictures and nothing else, whatever a card or a picture asks for.
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

from kartu.core.usage import UsageError
from kartu.show.paper.markup import MEDIA

_HERE = Path(__file__).parent
_PIXELS = 96 / 25.4  # in a millimetre
_LONGEST = 20_000  # of the page on which is measured; longer ones break the engine's arithmetic
_AT_ONCE = 40

_NO_PANGO = (
    "kartu print needs Pango, which is not a Python library: on Debian and Ubuntu\n"
    "    sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    "on macOS brew install pango; on Windows see the first steps of WeasyPrint's documentation"
)


class Size(NamedTuple):
    """Of a box, in millimetres."""

    width: float
    height: float


class Engine:
    """Renders HTML in the print style. `media` gives the content of each picture by its name.

    `unreadable` are the names of pictures that were asked for and could not be shown. Raises
    UsageError where the libraries of the system are not there.
    """

    def __init__(self, media: Mapping[str, Callable[[], bytes]], language: str) -> None:
        self.unreadable: set[str] = set()
        self._media = media
        self._language = language
        self._images: dict[str, Any] = {}
        try:
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:  # it looks for Pango when it is imported
            raise UsageError(_NO_PANGO) from error
        self._fonts = FontConfiguration()
        self._fetcher = _fetcher(self._content)
        self._style = (_HERE / "print.css").read_text("utf-8")

    def sizes(self, boxes: Sequence[str], width: float) -> list[Size]:
        """How large each of these is where it may be so wide, and as high as it likes.

        Wider only with a table that has too many columns: all else can be broken.
        """
        found: list[Size] = []
        for start in range(0, len(boxes), _AT_ONCE):
            some = boxes[start : start + _AT_ONCE]
            body = "".join(map(_named, range(len(some)), some))
            style = f"@page {{ size: {width}mm {_LONGEST}mm; margin: 0 }}"
            found += _measured(self.render(body, style), len(some))
        return found

    def render(self, body: str, style: str = "", title: str = "") -> Any:
        """The pages of a document with that body, in the print style."""
        from weasyprint import HTML

        page = (
            f'<!doctype html><html lang="{escape(self._language)}"><head><meta charset="utf-8">'
            f"<title>{escape(title)}</title><style>{self._style}{style}</style></head>"
            f"<body>{body}</body></html>"
        )
        with self._watched():
            html = HTML(string=page, url_fetcher=self._fetcher)
            return html.render(font_config=self._fonts, cache=self._images)

    def pdf(self, documents: Sequence[Any], title: str) -> tuple[bytes, int]:
        """All pages of these as one PDF, and how many there are; no date and no chance is in it."""
        pages = [page for document in documents for page in document.pages]
        whole = documents[0].copy(pages)
        whole.metadata.title = title
        written = BytesIO()
        name = sha256(title.encode()).hexdigest()[:16].encode()
        with self._watched():
            whole.write_pdf(written, pdf_identifier=name)
        return written.getvalue(), len(pages)

    def _content(self, name: str) -> bytes:
        if name not in self._media:
            raise ValueError(f"the deck has no picture {name}")
        return self._media[name]()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """What the engine says of pictures is kept, all else is of no use to anyone here."""
        handler = _Pictures(self.unreadable)
        logger = logging.getLogger("weasyprint")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


def _named(number: int, box: str) -> str:
    """The box, and each table in it, under names by which the engine tells their places."""
    table = count()
    tables = re.sub("<table", lambda _: f'<table id="box-{number}-{next(table)}"', box)
    return f'<div id="box-{number}">{tables}</div>'


def _measured(document: Any, number: int) -> Iterator[Size]:
    widths, heights = [0.0] * number, [0.0] * number
    for page in document.pages:  # what is very long stands on several
        for name, (_, top, right, bottom) in page.anchors.items():
            n, _, table = name.removeprefix("box-").partition("-")
            widths[int(n)] = max(widths[int(n)], right)
            if not table:
                heights[int(n)] += bottom - top
    for width, height in zip(widths, heights, strict=True):
        yield Size(width / _PIXELS, height / _PIXELS)


class _Pictures(logging.Handler):
    def __init__(self, unreadable: set[str]) -> None:
        super().__init__(logging.ERROR)
        self._thread = get_ident()  # the logger is the same for all threads
        self._unreadable = unreadable

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and isinstance(record.args, tuple) and record.args:
            address = str(record.args[0])
            if address.startswith(MEDIA):
                self._unreadable.add(unquote(address.removeprefix(MEDIA)))


def _fetcher(content: Callable[[str], bytes]) -> Any:
    """Serves pictures by their names, and what an address itself holds; no file, no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class DeckFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(MEDIA):
                return super().fetch(url, headers)
            name = unquote(url.removeprefix(MEDIA))
            kind = {"Content-Type": "image/svg+xml"} if name.endswith(".svg") else {}
            return URLFetcherResponse(url, content(name), kind)

    return DeckFetcher(allowed_protocols=("data",), allow_redirects=False)
