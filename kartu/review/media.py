"""Checks on pictures and sounds: all used, not too large, with a text and a licence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.drawings import DATA
from kartu.compile.render.media import IMAGES, MediaFile
from kartu.core.diagnostics import Diagnostics, did_you_mean
from kartu.core.language import _
from kartu.core.model import Deck, media_folders
from kartu.core.source import Span, texts_in
from kartu.load.files import Files
from kartu.review.cards import by_design, is_picture_alone, pictures_without_text
from kartu.review.view import View

# A megabyte is a large photo at the width of a phone, and five minutes of speech; a class that
# imports the deck over a mobile network pays for each of them.
_MAX_IMAGE_SIZE = 1024 * 1024
_MAX_SOUND_SIZE = 5 * 1024 * 1024


def check_unused_media(decks: Sequence[BuiltDeck], files: Files, diagnostics: Diagnostics) -> None:
    """Reports files in a deck's media/ that none of its notes uses, in any language.

    Names that begin with . or _ or ~ are skipped, as everywhere. Where the deck is one file, what
    lies beside it may be anything.
    """
    if files.one is not None:
        return
    used = {one.path for deck in decks for note in deck.notes for one in note.media}
    used |= {one.path for deck in decks for one in deck.media}
    unfinished = (note for deck in decks for note in deck.source.unfinished)
    values = (value for note in unfinished for value in note.values.values())
    waiting = [text for value in values for text in texts_in(value)]
    for folder in dict.fromkeys(deck.source.folder for deck in decks):
        for path in _files_in(files, f"{folder}/media"):
            if path not in used and not any(path.rpartition("/")[2] in one for one in waiting):
                help = _("delete the file, or let its name begin with _ to keep it unused")
                message = _("no note uses this file, so it is not in any package")
                diagnostics.add("media-unused", Span(path), message, help)


def _files_in(files: Files, folder: str) -> Iterator[str]:
    for name in files.names(folder):
        path = f"{folder}/{name}"
        if name.startswith((".", "_", "~")) or not files.inside(path):
            continue
        if files.is_folder(path):
            yield from _files_in(files, path)
        else:
            yield path


def check_media_size(view: View, diagnostics: Diagnostics) -> None:
    """Reports files larger than a card needs, at the first note that uses them."""
    for note, one in _used(view.deck):
        is_image = one.name.rpartition(".")[2].lower() in IMAGES
        limit = _MAX_IMAGE_SIZE if is_image else _MAX_SOUND_SIZE
        if one.size > limit:
            name = one.path.rpartition("/")[2]
            message = _(
                '"{name}" has {size:.1f} MiB, more than {limit} MiB',
                name=name,
                size=one.size / 1024 / 1024,
                limit=limit // 1024 // 1024,
            )
            help = _("make the picture smaller: no phone shows more than 1000 pixels in width")
            if not is_image:
                help = _("cut it, or save it as speech: MP3 or Opus at 64 kbit/s")
            diagnostics.add("media-too-large", _place(note, one), message, help)


def check_media_licences(view: View, diagnostics: Diagnostics) -> None:
    """Reports files without a licence and licences without a file, if deck.yaml lists licences."""
    deck = view.deck.source
    if deck.media_licences is None:
        return
    used = {_name(one, deck): (note, one) for note, one in _used(view.deck)}
    for name, (note, one) in used.items():
        if name not in deck.media_licences:
            message = _('media_licences in deck.yaml has no entry for "{name}"', name=name)
            help = _('add a line "{name}: <licence, author, where it comes from>"', name=name)
            diagnostics.add("media-without-licence", _place(note, one), message, help)
    if deck.variant:
        return  # reported for the deck itself
    for name in deck.media_licences:
        place = getattr(name, "span", deck.span)
        if name not in used and place.path == deck.span.path:
            message = _('no note uses a file "{name}"', name=name)
            help = did_you_mean(name, used.keys() - deck.media_licences.keys())
            diagnostics.add("licence-without-media", place, message, help)


def check_alternative_texts(view: View, diagnostics: Diagnostics) -> None:
    """Reports pictures without an alternative text."""
    reported_as_question = {
        part.place for card in view.cards if is_picture_alone(card) for part in card.asked
    }
    found: dict[tuple[str, str], list[Span]] = {}
    pictures: Counter[tuple[str, str]] = Counter()
    for note in view.deck.notes:
        for field, html in zip(note.note_type.fields, note.fields, strict=True):
            if "<img" not in html or field.declared is None:
                continue
            value = note.source.values.get(field.declared.key)
            if value is None or value.span in reported_as_question:
                continue
            kind = (str(note.note_type.source.id), str(field.declared.key))
            pictures[kind] += 1
            if pictures_without_text(html):
                found.setdefault(kind, []).append(value.span)
    help = _(
        "write what it shows: {yaml}, in Markdown {markdown}",
        yaml="{file: …, alt: …}",
        markdown="![…](…)",
    )
    message = _("a picture without a text for those who do not see it")
    for (note_type, key), places in found.items():
        count, total = len(places), pictures[note_type, key]
        if by_design(count, total):
            all_of_them = _(
                "a picture without a text for those who do not see it (the same in {more} more of "
                'the {total} fields "{key}" with pictures of the note type "{note_type}")',
                more=count - 1,
                total=total,
                key=key,
                note_type=note_type,
            )
            diagnostics.add("image-without-text", places[0], all_of_them, help)
        else:
            for place in places:
                diagnostics.add("image-without-text", place, message, help)


def _name(file: MediaFile, deck: Deck) -> str:
    """Returns the name by which notes and licences refer to the file."""
    path = file.path.removesuffix(DATA) if file.content is not None else file.path
    for folder in (*media_folders(deck), deck.folder):
        path = path.removeprefix(f"{folder}/")
    return path


def _used(deck: BuiltDeck) -> Iterator[tuple[BuiltNote, MediaFile]]:
    """Yields each file once, with the first note that uses it."""
    seen: set[str] = set()
    for note in deck.notes:
        for one in note.media:
            if one.path not in seen:
                seen.add(one.path)
                yield note, one


def _place(note: BuiltNote, file: MediaFile) -> Span:
    """Returns the position of the note's value that names the file."""
    for field, html in zip(note.note_type.fields, note.fields, strict=True):
        if file.name in html and field.declared is not None:
            value = note.source.values.get(field.declared.key)
            if value is not None:
                return value.span
    return note.source.id.span
