"""Renders selected notes as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.contents import content_of
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _, ngettext
from kartu.core.model import Edition
from kartu.core.progress import Progress
from kartu.core.text import counted
from kartu.load.files import Files
from kartu.show.paper.about import About, texts_for
from kartu.show.paper.cards import face_of, sheets, title_face
from kartu.show.paper.engine import Engine
from kartu.show.paper.exam import draw_questions, exam
from kartu.show.paper.handout import handout
from kartu.show.paper.options import PrintOptions
from kartu.show.paper.sheet import Layout
from kartu.show.paper.sides import PaperCard, paper_cards


class PrintedPdf(NamedTuple):
    """A PDF, and what is in it; `messages` and `diagnostics` as a PrintResult has them."""

    pdf: bytes
    pages: int
    cards: int
    messages: tuple[str, ...]
    diagnostics: list[Diagnostic]


class _Content(NamedTuple):
    documents: list[Any]
    cards: int
    messages: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Printer:
    """Prints notes of one deck."""

    def __init__(
        self, options: PrintOptions, built: BuiltDeck, layout: Layout, progress: Progress
    ) -> None:
        files = Files(options.root)
        media = {file.name: file for note in built.notes for file in note.media}
        media |= {file.name: file for file in built.media}
        contents: dict[str, Callable[[], bytes]] = {
            name: partial(content_of, file, files) for name, file in media.items()
        }
        language = str(built.source.language)
        self._options = options
        self._built = built
        self._layout = layout
        self._progress = progress
        self._words = texts_for(language)
        self._engine = Engine(contents, language)

    def print_notes(self, notes: Sequence[BuiltNote], edition: Edition) -> PrintedPdf:
        """Returns the PDF of these notes, which are of that edition."""
        options = self._options
        cards = list(paper_cards(self._built, notes))
        part = " · ".join(filter(None, (edition.title, *options.subdecks, *options.tags)))
        about = About(self._built.source, part, len(cards), options.url, self._words)
        render = {"cards": self._cards, "handout": self._handout, "test": self._test}[options.kind]
        content = render(cards, about)
        self._progress(_("writing"))
        pdf, pages = self._engine.pdf(content.documents, about.name)
        diagnostics = Diagnostics(content.diagnostics)
        self._check_pictures(notes, diagnostics)
        return PrintedPdf(pdf, pages, content.cards, content.messages, list(diagnostics))

    def _cards(self, cards: Sequence[PaperCard], about: About) -> _Content:
        faces = [title_face(about), *(face_of(card, about) for card in cards)]
        content = sheets(self._engine, faces, self._layout, self._words, self._progress)
        messages: tuple[str, ...] = ()
        if content.larger:
            message = ngettext(
                "on larger cells at the end, since it is too long: {number} card",
                "on larger cells at the end, since they are too long: {number} cards",
                len(content.larger),
            )
            messages = (message,)
        diagnostics = tuple(_too_long(cards[n - 1]) for n in content.left_out if n)
        return _Content(content.documents, len(cards) - len(diagnostics), messages, diagnostics)

    def _handout(self, cards: Sequence[PaperCard], about: About) -> _Content:
        self._progress(
            ngettext("handout of {number} card", "handout of {number} cards", len(cards))
        )
        return _Content([handout(self._engine, cards, about, self._options.paper)], len(cards))

    def _test(self, cards: Sequence[PaperCard], about: About) -> _Content:
        options = self._options
        questions = draw_questions(cards, options.seed, options.questions)
        messages: tuple[str, ...] = ()
        if len(questions) < options.questions:
            messages = (_("only {notes} to draw from", notes=counted(len(questions), "note")),)
        document = exam(self._engine, questions, about, options.seed, options.paper)
        return _Content([document], len(questions), messages)

    def _check_pictures(self, notes: Sequence[BuiltNote], diagnostics: Diagnostics) -> None:
        names = set(self._engine.unreadable)
        for note in notes:
            for file in note.media:
                if file.name in names:
                    names.discard(file.name)
                    message = _(
                        "{file} cannot be printed: it is damaged, of an unknown kind or draws too "
                        "much",
                        file=file.path,
                    )
                    help = _("save it as PNG, JPEG or SVG")
                    diagnostics.add("picture-not-printed", note.source.id.span, message, help)


def _too_long(card: PaperCard) -> Diagnostic:
    message = _("a side of a card of this note does not fit a whole page: the card is left out")
    help = _("shorten it, or divide it into several notes")
    return Diagnostic("too-long-for-paper", card.note.source.id.span, message, help)
