"""A check on marks of other programs that cards would show as they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.core.source import Node, texts_in
from kartu.load.words import word_of
from kartu.review.markup import WITH_MARKDOWN, own_fields
from kartu.review.view import View

_CODE_OR_MATHS = re.compile(r"<code\b.*?</code>|<pre\b.*?</pre>|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|li|ul|ol|blockquote|h[1-6]|br|hr|t[dhr]|div|table)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")

_LONGEST = 60


class _Mark(NamedTuple):
    """A mark: how it is found in what a card shows, what it is, and what to write instead.

    In `advice` {text} is what the groups of the pattern hold.
    """

    pattern: re.Pattern[str]
    what: str
    advice: str


def _mark(pattern: str, what: str, advice: str) -> _Mark:
    return _Mark(re.compile(pattern, re.MULTILINE), what, advice)


# The first character of a word, which is no digit.
_LETTER = r"[^\W\d_]"
_TAKE_OUT = N_("delete it: students would read it")

_MARKS = (
    _mark(
        r"!\[\[[^\[\]\n]{1,200}\]\]",
        N_("is a note or file embedded by Obsidian"),
        N_("write here what is in it; a picture or sound has its ending: ![[name.png]]"),
    ),
    _mark(
        rf"(?<![A-Za-z0-9_\])!])\[\[(?!type:)(?=[^\[\]\n]*{_LETTER}|[0-9]{{4}}-[0-9]{{2}})"
        r"(?:[^\[\]\n\"'|]{1,200}\|)?(?P<text>[^\[\]\n\"'|]{1,200})\]\](?!\])",
        N_("is a link of another program (Obsidian, a wiki)"),
        N_("write {text}, or a link to a page on the web: [{text}](https://example.org/page)"),
    ),
    _mark(r"(?<!\S)%%(?=[^\s%])[^%]{1,500}%%(?!\S)", N_("is a remark in Obsidian"), _TAKE_OUT),
    _mark(
        rf"(?<=\s)\^(?=[\w-]*{_LETTER})[\w-]{{4,}}[ \t]*$",
        N_("is a block name of Obsidian"),
        _TAKE_OUT,
    ),
    _mark(
        rf"(?<!\S)#(?:(?:flash)?cards?|anki|{_LETTER}[\w-]*/[\w/-]+)(?!\S)"
        rf"|(?<=[.?!…)。？！])[ \t]+#{_LETTER}[\w-]+(?:[ \t]+#{_LETTER}[\w-]+)*\s*\Z"
        rf"|(?<=\n)[ \t]*#{_LETTER}[\w-]+(?:[ \t]+#{_LETTER}[\w-]+)*[ \t]*(?=\n|\Z)",
        N_("is a tag of another program"),
        N_("write tags of the note under `tags:`, where cards do not show them"),
    ),
    _mark(
        r"^\s*\[![A-Za-z]+\][-+]?",
        N_("begins a callout of another program (Obsidian, GitHub)"),
        N_("write its heading as text, such as **Note**"),
    ),
    _mark(r"\[\^[^\[\]\s]{1,40}\]", N_("is a footnote"), N_("write its text in parentheses")),
    _mark(r"^\s*\[[ xX]\](?=\s+\S)", N_("is a task's checkbox"), N_("delete it, or write ☐ or ☑")),
    _mark(
        r"^\s*:::+[ \t]*\{?\.?[A-Za-z][\w-]*", N_("is a fence of another program"), N_("delete it")
    ),
    _mark(
        r"(?<![\w'])'''(?=[^\s'])(?P<text>[^'\n]{1,200})'''(?![\w'])",
        N_("is bold in a wiki"),
        N_("write **{text}**"),
    ),
    _mark(
        r"^\s*={2,6} (?P<text>[^=\n]+) ={2,6}\s*$",
        N_("is a heading of a wiki"),
        N_("write ## {text}"),
    ),
    _mark(
        r"(?<=[A-Za-z)])~(?P<text>[0-9A-Za-z+-]{1,6})~(?!~)",
        N_("is a subscript of another program"),
        N_("write <sub>{text}</sub>"),
    ),
    _mark(
        r"(?<=[\w)])\^(?P<text>[0-9A-Za-z+-]{1,8})\^(?![\w^])",
        N_("is a superscript of another program"),
        N_("write <sup>{text}</sup>"),
    ),
    _mark(
        r"\{\s*(?:(?:width|height)\s*=|[.#][A-Za-z])[^{}\n]{0,200}\}",
        N_("is a setting of another program (Pandoc)"),
        N_("delete it; the width of a picture is written ![[name.png|300]]"),
    ),
    _mark(
        r"(?<![\w:/]):[a-z][a-z_]{2,}[a-z0-9]:(?![\w:/])",
        N_("is an emoji code of another program"),
        N_("write the emoji itself, or delete it"),
    ),
    _mark(
        r"\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)|\{\{(?:embed|video|query|cloze)\b[^{}\n]*\}\}",
        N_("is a reference or macro of another program (Logseq, Roam)"),
        N_("write here what is in it"),
    ),
    _mark(
        rf"(?<![\w*)\]])\*\*[ \t]?(?P<text>{_LETTER}{{2}}[^*\n]{{0,100}}?)[ \t]*\*\*"
        r"(?![A-Za-z0-9*])",
        N_("is not bold"),
        N_("write **{text}**, without spaces inside the **"),
    ),
)
_MAY_BE = re.compile(r"\[\[|%%|\^|#|\[!|\[[ xX]\]|::|''|==|~|\{|\*\*|:[a-z_]+:|\(\(")

_OLD_FORMULA = re.compile(r"\[(\$\$?)\](.+?)\[/\1\]|\[latex\](.+?)\[/latex\]", re.DOTALL)
_PICTURE = re.compile(
    r"!\[\[[^\[\]\n]+\.\w{2,4}[^\[\]\n]*\]\]|!\[[^\[\]\n]*\]\([^()\n]+\.\w{2,4}\)"
)
_GAP = re.compile(r"\{\{c[0-9]+::(?P<text>(?:(?!\}\}|::).)+)(?:::(?:(?!\}\}).)*)?\}\}", re.DOTALL)


def check_marks(view: View, diagnostics: Diagnostics) -> None:
    """Reports marks that other programs understand and cards show as they are typed."""
    for note in view.deck.notes:
        has_gaps = note.note_type.source.kind != "standard"
        for field, value, shown in own_fields(note):
            found: list[tuple[str, str, str]] = []
            if field.format in WITH_MARKDOWN:
                found += _in_markdown(shown)
                found += _formulas(value)
            elif field.format == "text" and "![" in shown:
                found += _pictures(value)
            if "{{c" in shown and field.format in (*WITH_MARKDOWN, "text") and not has_gaps:
                source = note.note_type.source
                found += _gaps(value, word_of(source, source.language))
            for written, what, help in found:
                shortened = " ".join(written.split())
                if len(shortened) > _LONGEST:
                    shortened = f"{shortened[:_LONGEST].rstrip()}…"
                place = next((one for one in texts_in(value) if written in one), value).span
                message = _(
                    '"{mark}" {is_what}: cards show it as it is typed', mark=shortened, is_what=what
                )
                diagnostics.add("foreign-markup", place, message, help)


def _in_markdown(shown: str) -> Iterator[tuple[str, str, str]]:
    """Yields the first of each mark in the HTML of a text, outside code and formulas."""
    if _MAY_BE.search(shown) is None:
        return
    text = unescape(_TAG.sub("", _BLOCK.sub("\n", _CODE_OR_MATHS.sub(" ", shown))))
    for mark in _MARKS:
        if found := mark.pattern.search(text):
            inside = found.groupdict().get("text") or ""
            yield found[0].strip(), _(mark.what), _(mark.advice).replace("{text}", inside.strip())


def _formulas(value: Node) -> Iterator[tuple[str, str, str]]:
    for text in texts_in(value):
        if "[" in text and (found := _OLD_FORMULA.search(text)):
            formula = (found[2] or found[3]).strip().strip("$")
            yield (
                found[0],
                _("is a formula as older versions of Anki wrote it"),
                _("write ${formula}$", formula=formula),
            )


def _pictures(value: Node) -> Iterator[tuple[str, str, str]]:
    for text in texts_in(value):
        if found := _PICTURE.search(text):
            what = _("is a Markdown picture in a field of plain text")
            yield found[0], what, _("use a field of the format markdown or image")


def _gaps(value: Node, note_type: str) -> Iterator[tuple[str, str, str]]:
    for text in texts_in(value):
        if found := _GAP.search(text):
            what = _('is a gap, and the note type "{note_type}" has none', note_type=note_type)
            yield (
                found[0],
                what,
                _("use a note type with gaps, or write {word}", word=found["text"].strip()),
            )
