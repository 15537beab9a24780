"""What a student sees of a field, found without kartu: its text, descriptions and list numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html.entities import html5
from html.parser import HTMLParser

from kartu.compile.render.tags import TAGS

RUN = re.compile(r"[^\W_]+")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_ENTITY = re.compile(r"&(#?\w+);")


class Seen(HTMLParser):
    """The `text` of some HTML as it is displayed, and the words of its markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: Counter[str] = Counter()
        self.values: Counter[str] = Counter()  # the words of attributes
        self.pictures = 0
        self.numbers: list[int | None] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        for name, value in values.items():
            self.values.update((name, *RUN.findall(value)))
        if tag in ("ol", "ul"):
            self.numbers.append(int(values.get("start", 1)) if tag == "ol" else None)
        elif tag == "li" and self.numbers and (number := self.numbers[-1]) is not None:
            self.text += f"\n{number}. "
            self.numbers[-1] = number + 1
            self.values["1"] += 1  # Markdown counts where all numbers are 1
        elif tag in ("img", "hr"):
            self.text += f" {values.get('alt', '')} "
            self.pictures += 1
        elif tag in ("p", "br", "li", "td", "th", "div", "pre"):
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        self.tags[tag] += 1
        if tag in ("ol", "ul") and self.numbers:
            self.numbers.pop()

    @property
    def anything(self) -> bool:
        """Whether there is something to be seen or heard."""
        return self.pictures > 0 or any(
            unicodedata.category(one)[0] not in "ZC" for one in self.text
        )


def lost(source: str, html: str) -> list[str]:
    """The words and numbers of `source` that are neither seen in `html` nor markup that works."""
    seen = Seen(html)
    letters = "".join(RUN.findall(unicodedata.normalize("NFC", seen.text)))
    source = unicodedata.normalize("NFC", source)
    tags = Counter(name.lower() for name in _TAG.findall(source) if name.lower() in TAGS)
    entities = Counter(
        one.lstrip("#") for one in _ENTITY.findall(source) if one[0] == "#" or f"{one};" in html5
    )
    missing = []
    for word, count in Counter(RUN.findall(source)).items():
        working = min(tags[word.lower()], seen.tags[word.lower()]) + seen.values[word]
        if letters.count(word) + working + entities[word] < count:
            missing.append(word)
    return missing
