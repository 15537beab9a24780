"""Markdown as plain text, for fields and names that show no marks."""

from __future__ import annotations

from kartu.core.markdown import events
from kartu.core.patterns import pattern
from kartu.load.markdown.document import Draft, is_in, opaque_ranges

Edit = tuple[int, int, str]

# Marks around words, of which the first group is what they mark; in arithmetic they are signs.
_EMPHASIS = (
    pattern(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*\n]+?)(?<=[^\s*\\])\1(?![\w*])"),
    pattern(r"(?<![\w_\\])(_{1,3})(?=[^\s_])([^_\n]+?)(?<=[^\s_\\])\1(?![\w_])"),
    pattern(r"(?<![~\\])(~~)(?=\S)([^~\n]+?)(?<=\S)~~(?!~)"),
    pattern(r"(?<![=\\])(==)(?=[^\s=])([^=\n]+?)(?<=[^\s=])==(?!=)"),
)
_ESCAPE = pattern(r"\\(?=[!-/:-@\[-`{-~])")
_LINK = pattern(r"(?<!!)\[([^\[\]\n]+)\]\((https?://[^()\s]+)\)")
_WIKI_LINK = pattern(r"(?<!!)\[\[(?!type:)(?:[^\[\]\n|]{1,200}\|)?([^\[\]\n|]{1,200})\]\]")
_HEADING = pattern(r"^#{1,6}[ \t]+")

# What no plain text can show, by what the parser calls it.
_SHOWN_OTHERWISE = {
    "Image": "picture",
    "InlineMath": "formula",
    "DisplayMath": "formula",
    "CodeBlock": "code",
    "Table": "table",
}


def without_wiki_links(draft: Draft) -> Draft:
    """The text with `[[page|text]]` as the text: no card can follow such a link."""
    if "[[" not in draft.text:
        return draft
    opaque = [] if not set("`$<") & set(draft.text) else opaque_ranges(draft.text)
    return draft.edited(
        (*found.span(), found[1].strip())
        for found in _WIKI_LINK.finditer(draft.text)
        if not is_in(opaque, found.start())
    )


def plain_text(draft: Draft) -> Draft:
    """The text without marks of emphasis, code and links."""
    if not set("*_`~=[\\#") & set(draft.text):
        return draft
    draft = without_wiki_links(draft)
    found = _HEADING.match(draft.text)
    draft = draft[found.end() :] if found else draft
    draft = _without_code(draft)
    draft = draft.edited(
        (*one.span(), f"{one[1]} ({one[2]})") for one in _LINK.finditer(draft.text)
    )
    for mark in _EMPHASIS:
        edits: list[Edit] = []
        for one in mark.finditer(draft.text):
            width = len(one[1])
            edits += [(one.start(), one.start() + width, ""), (one.end() - width, one.end(), "")]
        draft = draft.edited(edits)
    return draft.edited([(*one.span(), "") for one in _ESCAPE.finditer(draft.text)])


def _without_code(draft: Draft) -> Draft:
    """The text with code in a line as its letters; marks in it are escaped until the end."""
    if "`" not in draft.text:
        return draft
    edits = []
    for one in events(draft.text):
        if one.name == "Code":
            escaped = "".join(
                f"\\{sign}" if _ESCAPE.match(f"\\{sign}") else sign for sign in one.details
            )
            edits.append((one.start, one.end, escaped))
    return draft.edited(edits)


def not_plain(draft: Draft) -> tuple[str, int] | None:
    """What of the text no plain text can show, and where: a picture, formula, code or table."""
    if not set("!$`~|\n \t") & set(draft.text):
        return None
    for one in events(draft.text):
        if one.name in _SHOWN_OTHERWISE and one.kind != "End":
            return _SHOWN_OTHERWISE[one.name], one.start
    return None
