"""Checks on pictures and sounds: all used, not too large, with a text and a licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.drawings import DATA
from kartu.compile.render.media import IMAGES, MediaFile
from kartu.core.diagnostics import Diagnostics, did_you_mean
from kartu.core.model import Deck, media_folders
from kartu.core.source import Span
from kartu.load.files import Files
from kartu.review.cards import is_picture_alone, pictures_without_text
from kartu.review.view import View

# A megabyte is a large photo at the width of a phone, and five minutes of speech; a class that
# imports the deck over a mobile network pays for each of them.
_LARGEST_IMAGE = 1024 * 1024
_LARGEST_SOUND = 5 * 1024 * 1024


def check_unused_media(decks: Sequence[BuiltDeck], files: Files, diagnostics: Diagnostics) -> None:
    """Each file in a deck's media/ is used by a note of it, in whatever language.

    Names that begin with . or _ or ~ are left out, as everywhere.
    """
    used = {one.path for deck in decks for note in deck.notes for one in note.media}
    used |= {one.path for deck in decks for one in deck.media}
    for folder in dict.fromkeys(deck.source.folder for deck in decks):
        for path in _files_in(files, f"{folder}/media"):
            if path not in used:
                help = "take the file away, or let its name begin with _ to keep it unused"
                message = "no note uses this file, and the packages do not hold it"
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
    """No file is larger than a card needs; told at the first note that uses it."""
    for note, one in _used(view.deck):
        is_image = one.name.rpartition(".")[2].lower() in IMAGES
        largest = _LARGEST_IMAGE if is_image else _LARGEST_SOUND
        if one.size > largest:
            name = one.path.rpartition("/")[2]
            message = (
                f'"{name}" has {one.size / 1024 / 1024:.1f} MiB,'
                f" more than {largest // 1024 // 1024} MiB"
            )
            help = "make the picture smaller: 1000 pixels are as wide as any phone shows"
            if not is_image:
                help = "cut it, or save it as speech: MP3 or Opus with 64 kbit/s"
            diagnostics.add("media-too-large", _place(note, one), message, help)


def check_media_licences(view: View, diagnostics: Diagnostics) -> None:
    """Where deck.yaml lists the licences of media: each file used has one, each has a file."""
    deck = view.deck.source
    if deck.media_licences is None:
        return
    used = {_name(one, deck): (note, one) for note, one in _used(view.deck)}
    for name, (note, one) in used.items():
        if name not in deck.media_licences:
            message = f'media_licences in deck.yaml has no entry for "{name}"'
            help = f'add a line "{name}: <licence, author, where it comes from>"'
            diagnostics.add("media-without-licence", _place(note, one), message, help)
    if deck.variant:
        return  # told of the deck itself
    for name in deck.media_licences:
        place = getattr(name, "span", deck.span)
        if name not in used and place.path == deck.span.path:
            message = f'no note uses a file "{name}"'
            help = did_you_mean(name, used.keys() - deck.media_licences.keys())
            diagnostics.add("licence-without-media", place, message, help)


def check_alternative_texts(view: View, diagnostics: Diagnostics) -> None:
    """Each picture has a text for those who do not see it."""
    told_as_question = {
        part.place for card in view.cards if is_picture_alone(card) for part in card.asked
    }
    for note in view.deck.notes:
        for field, html in zip(note.note_type.fields, note.fields, strict=True):
            if "<img" not in html or field.declared is None:
                continue
            value = note.source.values.get(field.declared.key)
            if (
                value is not None
                and value.span not in told_as_question
                and pictures_without_text(html)
            ):
                message = "a picture without a text for those who do not see it"
                help = (
                    "write {file: …, alt: what is to be seen}, in Markdown ![what is to be seen](…)"
                )
                diagnostics.add("image-without-text", value.span, message, help)


def _name(file: MediaFile, deck: Deck) -> str:
    """The name that notes and licences give it: without what its data's name has more."""
    path = file.path.removesuffix(DATA) if file.content is not None else file.path
    for folder in media_folders(deck):
        path = path.removeprefix(f"{folder}/")
    return path


def _used(deck: BuiltDeck) -> Iterator[tuple[BuiltNote, MediaFile]]:
    """Each file once, with the first note that uses it."""
    seen: set[str] = set()
    for note in deck.notes:
        for one in note.media:
            if one.path not in seen:
                seen.add(one.path)
                yield note, one


def _place(note: BuiltNote, file: MediaFile) -> Span:
    """The value of the note that names the file."""
    for field, html in zip(note.note_type.fields, note.fields, strict=True):
        if file.name in html and field.declared is not None:
            value = note.source.values.get(field.declared.key)
            if value is not None:
                return value.span
    return note.source.id.span
