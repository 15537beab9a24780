"""Which of the three shapes a file has; what other programs' files are is refused by name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import N_, _, ngettext
from kartu.core.patterns import pattern
from kartu.core.source import Span
from kartu.load.markdown.document import Document
from kartu.load.markdown.entries import Chapters
from kartu.load.markdown.headings import has_text, note_level
from kartu.load.markdown.lines import dividing_lines, sign_lines
from kartu.load.markdown.questions import card_lines

_START = pattern(r"[ \t]*(?:%%[ \t]*)?(?:START|ANKI)[ \t]*")
_END = pattern(r"[ \t]*END[ \t]*(?:%%)?[ \t]*")
_INLINE = pattern(r"STARTI[ \t]*\[")
_CARD_TAG = pattern(r"(?<![^\s\[])#(?:flash)?cards?(?:/[^\s\]]*)?(?![^\s\]])")
_ORG = pattern(r"[ \t]*(?:#\+[A-Za-z_]+:|:PROPERTIES:[ \t]*$)")

_AS_QUESTIONS = N_('write each card as lines that begin with "Q:" and "A:"')
_AS_LINES = N_(
    "write `shape: lines` into the front matter if each such line is a card; or"
    " `shape: headings` or `shape: questions` if they are part of a text"
)
_HTML = pattern(r"[ \t]*<(?:div|h[1-6])\b[^<>]*\bmarkdown=")


def shape_of(document: Document, chapters: Chapters, wanted: str, diagnostics: Diagnostics) -> str:
    """`questions`, `headings` or `lines`; empty, with a diagnostic, where it cannot be read."""
    if _is_foreign(document, diagnostics):
        return ""
    if wanted:
        return wanted
    cards = card_lines(document)
    divided = dividing_lines(document)
    if cards:
        divided = [line for line in divided if " :: " in document.lines[line]]
    if len(divided) > 1:
        number = len(divided)
        message = ngettext("{number} line with ::", "{number} lines with ::", number)
        message = _("{lines}, and nothing says what they divide", lines=message)
        related = [Related(document.line_span(divided[1]), _("here too"))]
        help = _(_AS_LINES)
        if cards:
            message = _("the file has cards of two shapes: lines with :: and questions")
            related = [Related(document.line_span(cards[0]), _("a question is here"))]
            help = _("put them into two files, or write all cards in one way")
        place = document.line_span(divided[0])
        diagnostics.add("markdown-shape", place, message, help, tuple(related))
        return ""
    return _without_lines(document, chapters, cards, diagnostics)


def _without_lines(
    document: Document, chapters: Chapters, cards: list[int], diagnostics: Diagnostics
) -> str:
    if cards:
        return "" if _has_cards_as_headings(document, chapters, cards, diagnostics) else "questions"
    if signs := sign_lines(document):
        message = _("a line ? between two texts, and nothing says that it divides them")
        place = document.line_span(signs[0])
        diagnostics.add("markdown-shape", place, message, _(_AS_LINES))
        return ""
    if note_level(document, chapters, None) is not None:
        return "headings"
    place = Span(document.path, min(document.first + 1, len(document.lines)))
    help = _(
        "write the question of a card as a heading and its answer below, or begin lines with Q: "
        "and A:"
    )
    diagnostics.add("markdown-shape", place, _("the file has no cards"), help)
    return ""


def _has_cards_as_headings(
    document: Document, chapters: Chapters, cards: list[int], diagnostics: Diagnostics
) -> bool:
    """Reports headings with texts but no question below, next to questions."""
    headings, rules = document.headings, sorted(document.rules)
    for number, heading in enumerate(headings):
        rest = headings[number + 1 : number + 2]
        end = rest[0].line if rest else len(document.lines)
        leaf = not rest or rest[0].level <= heading.level
        after = bisect_left(cards, heading.line)
        in_answer = after > 0 and bisect_left(rules, cards[after - 1]) == bisect_left(
            rules, heading.line
        )
        own = after < len(cards) and cards[after] < end
        if own or not leaf or in_answer or heading == chapters.title:
            continue
        if not has_text(document, number):
            continue
        message = _("the file has cards of two shapes: headings with a text, and questions")
        help = _(
            "write all cards in one way; a text that is no card goes between <!-- and -->, or "
            "write `shape: questions` into the front matter"
        )
        related = (Related(document.line_span(cards[0]), _("a question is here")),)
        place = document.line_span(heading.line)
        diagnostics.add("markdown-shape", place, message, help, related)
        return True
    return False


def _is_foreign(document: Document, diagnostics: Diagnostics) -> bool:
    for place, what, help in _foreign(document):
        message = _("{what}: kartu does not read cards of that program", what=what)
        diagnostics.add("foreign-cards", place, message, help)
        return True
    return False


def _foreign(document: Document) -> Iterator[tuple[Span, str, str]]:
    """What makes cards in other programs: its place, what it is, and what to write instead."""
    for comment in document.comments:
        if comment.text.startswith("SR:"):
            what = _("<!--SR: is a date of Obsidian's Spaced Repetition")
            help = _("delete these comments, and say which lines are cards: `shape: lines`")
            yield document.span(comment.start), what, help
    start = None
    for line in range(document.first, len(document.lines)):
        text = document.lines[line]
        if document.is_opaque[line] or not text:
            continue
        if _START.fullmatch(text):
            start = line if start is None else start
        if (start is not None and _END.fullmatch(text)) or _INLINE.match(text.lstrip(" \t-*")):
            what = _("START and END are marks of Obsidian_to_Anki")
            yield document.line_span(line if start is None else start), what, _(_AS_QUESTIONS)
        if "#" in text and (found := _CARD_TAG.search(text)) and text.count("`") < 2:
            what = _("{tag} is a tag of another program", tag=found[0])
            help = _('write each card as lines that begin with "Q:" and "A:", without the tag')
            yield document.span(document.starts[line] + found.start()), what, help
        if _HTML.match(text):
            what = _("HTML around a question is a mark of markdown-anki-decks")
            help = _("write the question as a heading, with a line % above the answer")
            yield document.line_span(line), what, help
        if line < document.first + 50 and _ORG.match(text):
            what = _("the file is written for Org mode")
            yield document.line_span(line), what, _("export it as Markdown")
