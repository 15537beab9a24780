"""The texts of the editor's page."""

from __future__ import annotations

import json
import re
from pathlib import Path

_PAGE = Path(__file__).parent.parent / "kartu/show/editor/page"


def test_the_page_has_all_its_texts_in_both_languages() -> None:
    """Each text that a script or the page asks for is there in both, with the same places."""
    texts = json.loads((_PAGE / "texts.json").read_text("utf-8"))
    assert texts["en"].keys() == texts["id"].keys()
    for key, text in texts["en"].items():
        places = [set(re.findall(r"\{\w+\}", one)) for one in (text, texts["id"][key])]
        assert places[0] == places[1], key
    sources = [
        one.read_text("utf-8") for one in sorted(_PAGE.glob("*.[hj]*")) if one.suffix != ".json"
    ]
    whole = "".join(sources)
    asked = set(re.findall(r'(?:say|many)\("([\w-]+)"', whole))
    asked |= set(re.findall(r'data-(?:text|label)="([\w-]+)"', whole))
    assert asked <= texts["en"].keys()
    composed = tuple(re.findall(r"`([\w]+-)\$\{", whole))
    quoted = set(re.findall(r'"([\w-]+)"', whole))
    ends = tuple(re.findall(r"`\$\{\w+\}([A-Z]\w+)`", whole))
    otherwise = {one for one in texts["en"] if one.startswith("look-")}  # where nothing is edited
    assert {one.removeprefix("look-") for one in otherwise} <= texts["en"].keys()
    unused = {
        one
        for one in texts["en"].keys() - asked - quoted - otherwise
        if not one.startswith(composed) and not one.endswith(ends)
    }
    assert unused == set()
