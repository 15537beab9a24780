"""What a project holds once its files have been read: decks, notes and note types.

Everything here is a frozen value; texts of the author (`Text`) know where they stand.
"""

# Annotations are evaluated here: as strings they would cost a millisecond at every start.

from collections.abc import Callable
from collections.abc import Mapping as Values
from typing import Literal, NamedTuple

from kartu.core.source import Mapping, Node, Span, Text

# Beside the packages, what each of them holds.
MANIFEST = "manifest.json"

Kind = Literal["standard", "cloze", "image-occlusion"]


class FieldType(NamedTuple):
    """A field that the notes of a note type have. `id` is its position in Anki, for ever.

    `origin` names the engine's key (`sources`, `as_of`) that fills the field, or is empty for a
    field that the author fills. `one_of` are keys of fields, one of whose texts it repeats.
    """

    id: int
    key: Text
    name: str
    format: str
    required: bool
    origin: str
    retired: bool
    one_of: tuple[Text, ...] = ()


class CardType(NamedTuple):
    """A card that a note type makes. `id` is its position in Anki, for ever."""

    id: int
    name: str
    front: Text
    back: Text
    retired: bool
    span: Span


class ForeignIds(NamedTuple):
    """Ids and name of a note type that students already have from elsewhere.

    `sort` is the position of the field that Anki sorts its notes by.
    """

    id: int
    name: str
    fields: dict[int, int]
    cards: dict[int, int]
    sort: int = 1


class NoteType(NamedTuple):
    """A folder of templates/: which fields a note has and which cards it makes."""

    id: str
    name: str
    kind: Kind
    fields: tuple[FieldType, ...]
    cards: tuple[CardType, ...]
    field_slots: int
    card_slots: int
    jinja: bool
    foreign: ForeignIds | None
    folder: str
    span: Span


class Note(NamedTuple):
    """One note as its author wrote it; `values` maps field keys to what stands there."""

    id: Text
    note_type: str
    subdeck: Text
    values: Values[str, Node]
    tags: tuple[Text, ...]
    sources: tuple[Text, ...]
    facts: tuple[Text, ...]
    as_of: Text | None
    retired: Text | None
    guid: Text | None


class Source(NamedTuple):
    """Where the content of notes comes from."""

    key: Text
    title: str
    publisher: str
    date: str
    url: str


class Edition(NamedTuple):
    """A choice of a deck's notes; `key` is empty for the one package without editions.

    `terms` are those of its `include`, such as `("tag", "inti")`.
    """

    key: str
    title: str
    chooses: Callable[[Note], bool]
    terms: tuple[tuple[str, str], ...]
    span: Span


class Options(NamedTuple):
    """Study options that travel as a deck preset; None leaves Anki's default."""

    new_per_day: int | None = None
    desired_retention: float | None = None


class Translation(NamedTuple):
    """What a language variant's file says beside texts.

    `notes` are the places of the notes that it speaks of, `place` that of all of them; `subdecks`
    are its names for the deck's own.
    """

    place: Span
    notes: dict[str, Span]
    subdecks: dict[str, Text]


class Library(NamedTuple):
    """What folders of templates give to decks; of files that several have, the first counts.

    `note_types` holds None for one that has faults, `texts` for a language whose file has some.
    """

    note_types: dict[str, NoteType | None]
    texts: dict[str, Mapping | None]
    themes: tuple[str, ...]
    folders: tuple[str, ...]


class Upstream(NamedTuple):
    """The deck that another one extends, as it is there, and all templates that these two have.

    `root` is the folder of its project, empty where that is the same one.
    """

    deck: "Deck"
    library: Library
    root: str


class Deck(NamedTuple):
    """A folder of cards/: what the deck is, and its notes in study order.

    `variant` is the language of a translation in i18n/, and empty for the deck itself. In a
    variant what is translated stands in its own file, and all else in the deck's files.
    `balance` holds, for tags, how many percent of the notes are to have them at least.
    `prefix_tags` is false where tags from elsewhere stay as they are, without the prefix.
    `media_licences` tells for each media file whose it is, None where the deck does not ask that.
    `theme` is the look that the deck chooses, None for the templates' own.
    `extends` is where the deck lies whose notes these are too, and `upstream` that deck; with
    `in_place` the two are one to Anki.
    """

    id: str
    uid: Text
    name: Text
    language: Text
    version: Text
    description: str
    licence: str
    authors: tuple[Text, ...]
    prefix: Text
    sources: dict[str, Source]
    facts: dict[str, Text]
    options: Options
    editions: tuple[Edition, ...]
    notes: tuple[Note, ...]
    folder: str
    span: Span
    variant: str = ""
    media_licences: dict[str, Text] | None = None
    balance: dict[Text, int] = {}  # noqa: RUF012 - read only
    translation: Translation | None = None
    theme: Text | None = None
    prefix_tags: bool = True
    extends: Text | None = None
    in_place: bool = False
    upstream: Upstream | None = None


class PackageInfo(NamedTuple):
    """What the manifest records of a package; the names are its keys there.

    `file` is the package's name; `kartu` the version that built it; `edition` is None for a package
    of all notes. `decks`, `notes`, `cards` and `media` are counts, `size` is in bytes. A `draft`
    holds something that is not released. `sha256` is of the file, `content_sha256` of all that a
    student sees, independent of times and of the container.
    """

    file: str
    kartu: str
    deck: str
    uid: str
    edition: str | None
    language: str
    version: str
    draft: bool
    decks: int
    notes: int
    cards: int
    media: int
    size: int
    sha256: str
    content_sha256: str


def media_folders(deck: Deck) -> tuple[str, ...]:
    """Where the deck's pictures and sounds lie; of files that several have, the first counts."""
    own = (f"{deck.folder}/media",)
    return own + media_folders(deck.upstream.deck) if deck.upstream else own


def upstream_of(deck: Deck) -> tuple[str, ...]:
    """The folders that the deck has its notes and templates from, beside its own."""
    if deck.upstream is None:
        return (str(deck.extends),) if deck.extends else ()
    other, templates = deck.upstream.deck, deck.upstream.library.folders
    return (other.folder, *(one for one in templates if one != "templates"), *upstream_of(other))


def template_folders(deck: Deck) -> tuple[str, ...]:
    """Where the deck's templates lie; of files that several have, the first counts."""
    return deck.upstream.library.folders if deck.upstream else ("templates",)


def subdeck_of(deck: Deck, note: Note) -> Text:
    """The subdeck of a note as the deck, or the language variant of it, names it."""
    names = deck.translation.subdecks if deck.translation else {}
    return names.get(note.subdeck, note.subdeck)


def package_name(deck: Deck, edition: Edition) -> str:
    """`<deck>[.<language>][-<edition>].apkg`."""
    variant = f".{deck.variant}" if deck.variant else ""
    chosen = f"-{edition.key}" if edition.key else ""
    return f"{deck.id}{variant}{chosen}.apkg"


class Project(NamedTuple):
    """All decks of a project and the note types they can use.

    `texts` are the templates' texts by language, None for a file that cannot be read; `themes`
    are the names of the looks that a deck can choose.
    """

    decks: tuple[Deck, ...]
    note_types: dict[str, NoteType]
    texts: dict[str, Mapping | None]
    themes: tuple[str, ...] = ()

    def of(self, deck: Deck) -> "Project":
        """The project with the templates that the deck can use."""
        if deck.upstream is None:
            return self
        library = deck.upstream.library
        sound = {id: one for id, one in library.note_types.items() if one is not None}
        return self._replace(note_types=sound, texts=library.texts, themes=library.themes)
