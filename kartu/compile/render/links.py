"""Links on cards: those that lead nowhere, and the one to where mistakes are reported."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.patterns import pattern
from kartu.load.names import LINK, MAIL

_LINK = pattern(r"<a\b((?:[^<>\"]|\"[^\"]*\")*)>")
_ADDRESS = pattern(r"\shref=\"([^\"]*)\"")


def link_faults(html: str) -> Iterator[tuple[str, str]]:
    """The address and fault of each link of sanitised `html` that leads nowhere from a card."""
    for link in _LINK.finditer(html):
        found = _ADDRESS.search(link[1])
        address = unescape(found[1]) if found else ""
        if not address:
            yield "", _("a link without an address, or with one that is not allowed on cards")
        elif not LINK.fullmatch(address) and not MAIL.fullmatch(address):
            yield address, _('the link "{address}" leads nowhere from a card', address=address)


def report_address(deck: Deck) -> str:
    """Where mistakes are reported, in a template of Anki; a letter has the deck as its subject."""
    address = deck.report.replace("{", "%7B").replace("}", "%7D")
    if address.startswith("mailto:") and "?" not in address:
        return f"{address}?subject={quote(str(deck.name))}"
    return address
