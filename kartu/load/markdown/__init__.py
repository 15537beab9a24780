"""Card sets in Markdown: questions, headings or lines, with a front matter.

docs/reference.md says what the cards of a file are. The three shapes give entries, of which
notes are made with the checks of every card set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Note, NoteType
from kartu.core.source import Span, Text, text
from kartu.load.card_set import named_note_type
from kartu.load.files import Files
from kartu.load.lookalikes import merge_conflict
from kartu.load.markdown.document import Document
from kartu.load.markdown.entries import Chapters, Entry, add_comment_keys, outside
from kartu.load.markdown.front import Front, front_block, names_note_type, read_front
from kartu.load.markdown.headings import note_level, read_headings
from kartu.load.markdown.lines import read_lines
from kartu.load.markdown.notes import Kind, Maker, kind_of
from kartu.load.markdown.questions import read_questions
from kartu.load.markdown.shape import shape_of
from kartu.load.names import card_name_fault, deck_name_fault, tag_fault, tag_part
from kartu.load.sheets.shared import read_shared
from kartu.load.words import keys_by_word, own_fields

NoteTypes = dict[str, NoteType | None]

_LONGEST_SHOWN = 60


class CardFile(NamedTuple):
    """A Markdown file of cards: its notes, shape and title, and what its front matter says.

    `entries` are what the notes were made of, one for each.
    """

    notes: list[Note]
    shape: str
    title: Text | None
    front: Front
    document: Document
    entries: list[Entry]


def load_markdown(
    files: Files, path: str, note_types: NoteTypes, diagnostics: Diagnostics
) -> list[Note]:
    """The notes of a card set in Markdown; faults in some of them do not hide the others."""
    found = read_markdown(files, path, note_types, diagnostics, default=files.one is not None)
    return found.notes if found is not None else []


def read_markdown(
    files: Files,
    path: str,
    note_types: NoteTypes,
    diagnostics: Diagnostics,
    *,
    default: bool = False,
) -> CardFile | None:
    """The cards of a file; None, with the reason in the diagnostics, if it has none.

    Args:
        default: Whether the front matter need not name a note type: the shape then decides.
    """
    content = files.read_text(path, diagnostics)
    if content is None:
        return None
    if (conflict := merge_conflict(content, path, "markdown-shape")) is not None:
        diagnostics.append(conflict)
        return None
    read = read_front(path, content, diagnostics, required=not default)
    if read is None:
        return None
    front, body = read
    if files.one is not None and not front.note_types:
        front = front._replace(note_types=_of_description(files, path))
    before = diagnostics.mark()
    named = [named_note_type(one, files, note_types, diagnostics) for one in front.note_types]
    if not all(named) or diagnostics.since(before):
        return None
    ids = [text(id or "", one.span) for id, one in zip(named, front.note_types, strict=True)]
    front = front._replace(note_types=tuple(ids))
    document = Document(path, content, body)
    return _read(document, front, note_types, diagnostics)


def _of_description(files: Files, path: str) -> tuple[Text, ...]:
    """The note type that the deck.yaml of a file names."""
    shared = read_shared(files, path, {}, Diagnostics())
    return (shared.note_type,) if shared is not None and shared.note_type is not None else ()


def deck_in(file: Path) -> dict[str, str]:
    """The name and language that a Markdown file gives its deck, as far as it can be read."""
    path, files = file.name, Files(file.parent)
    content = files.read_text(path, Diagnostics())
    read = read_front(path, content or "", Diagnostics(), required=False)
    if content is None or read is None:
        return {}
    front, body = read
    given = {key: str(value) for key, value in front.of_deck.items()}
    title = Chapters(Document(path, content, body), front).title_text()
    name = given.get("name") or given.get("title") or str(title or "")
    if deck_name_fault(name) or card_name_fault(name) or tag_fault(tag_part(name)):
        name = ""
    found = {"name": name, "language": given.get("language", "")}
    return {key: value for key, value in found.items() if value}


def with_note_type(content: bytes, note_type: str) -> bytes:
    """The content of a Markdown file with this note type in its front matter, if it names none."""
    text_of_file = content.decode("utf-8-sig", errors="surrogateescape")
    block = front_block(text_of_file)
    if not note_type or names_note_type(text_of_file):
        return content
    end = "\r\n" if "\r\n" in text_of_file else "\n"
    if block is None:
        changed = f"---{end}note_type: {note_type}{end}---{end}{end}{text_of_file}"
    else:
        line = "note_type: {}" if block.delimiter == "---" else 'note_type = "{}"'
        start = block.start
        changed = text_of_file[:start] + line.format(note_type) + end + text_of_file[start:]
    return changed.encode("utf-8", errors="surrogateescape")


def _read(
    document: Document, front: Front, note_types: NoteTypes, diagnostics: Diagnostics
) -> CardFile | None:
    chapters = Chapters(document, front)
    wanted = front.shape or ("headings" if front.level is not None else "")
    shape = shape_of(document, chapters, wanted, diagnostics)
    if not shape:
        return None
    kinds = _kinds(front, shape, note_types)
    entries = _entries(document, chapters, shape, front, kinds, diagnostics)
    if not entries:
        message = _("the file has no cards of the shape {shape}", shape=shape)
        help = _("choose another shape, or let it be found: delete the line `shape:`")
        diagnostics.add("markdown-shape", Span(document.path, document.first + 1), message, help)
        return None
    add_comment_keys(document, entries)
    pairs = list(_notes(document, front, entries, kinds, note_types, diagnostics))
    for text_outside in outside(document, entries, chapters.title):
        line = " ".join(text_outside.split())
        shown = line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
        message = _('a text that is on no card: "{line}"', line=shown)
        help = _("make it part of a card, or put it between <!-- and -->")
        diagnostics.add("text-outside-notes", text_outside.span, message, help)
    notes, made = [note for note, _entry in pairs], [entry for _note, entry in pairs]
    return CardFile(notes, shape, chapters.title_text(), front, document, made)


def _entries(
    document: Document,
    chapters: Chapters,
    shape: str,
    front: Front,
    kinds: list[Kind],
    diagnostics: Diagnostics,
) -> list[Entry]:
    if shape == "questions":
        words = {word.casefold(): key for kind in kinds for word, key in _words(kind)}
        return read_questions(document, chapters, words, diagnostics)
    if shape == "lines":
        return read_lines(document, chapters)
    level = note_level(document, chapters, front.level)
    cloze = bool(kinds) and all(kind.has_gaps for kind in kinds)
    return read_headings(document, chapters, level, cloze, diagnostics) if level else []


def _words(kind: Kind) -> Iterable[tuple[str, str]]:
    """The words by which authors may call the fields of a note type, with the fields' keys."""
    yield from keys_by_word(kind.note_type).items()
    for key, field in own_fields(kind.note_type).items():
        yield field.name, key


def _kinds(front: Front, shape: str, note_types: NoteTypes) -> list[Kind]:
    """The note types of the file; without a name those that fit its shape."""
    names = [str(one) for one in front.note_types] or default_note_types(shape, note_types)
    return [kind_of(name, note_types) for name in names]


def default_note_types(shape: str, note_types: NoteTypes) -> list[str]:
    """The note type of a file that names none: a question, or a term, and its answer."""
    wanted = ("istilah", "tanya") if shape == "lines" else ("tanya", "istilah")
    sound = [name for name, one in note_types.items() if one is not None]
    plain = [one for one in wanted if one in sound] or sorted(sound)
    return [*plain[:1], *(one for one in ("isian",) if one in sound)]


def _notes(
    document: Document,
    front: Front,
    entries: list[Entry],
    kinds: list[Kind],
    note_types: NoteTypes,
    diagnostics: Diagnostics,
) -> Iterator[tuple[Note, Entry]]:
    """The notes with the entries that they are made of."""
    maker = Maker(document, front, diagnostics)
    plain = next((kind for kind in kinds if not kind.has_gaps), None)
    named = next((kind for kind in kinds if kind.has_gaps), None)
    gaps = named or _only_cloze(note_types)
    for entry in entries:
        is_gap = entry.is_cloze or (named is not None and entry.has_anki_gap)
        kind = gaps if is_gap else (plain or gaps)
        if kind is None:
            message = _("C: makes a card with a gap, and the note type has none")
            help = _(
                "name one that has, too: note_type: [{names}]",
                names=_with_gaps(kinds[0], note_types),
            )
            diagnostics.add("markdown-card", entry.place, message, help)
            continue
        note = maker.note(entry, kind)
        if note is not None:
            yield note, entry


def _with_gaps(kind: Kind, note_types: NoteTypes) -> str:
    """The words for a note type and for those with gaps, to choose from."""
    sound = [name for name, one in note_types.items() if one is not None and one.kind == "cloze"]
    return ", ".join([kind.word, *(kind_of(name, note_types).word for name in sound)])


def _only_cloze(note_types: NoteTypes) -> Kind | None:
    """The note type with gaps, if the project has just one."""
    found = [name for name, one in note_types.items() if one is not None and one.kind == "cloze"]
    return kind_of(found[0], note_types) if len(found) == 1 else None
