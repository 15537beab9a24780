"""The model of a project: the decks, notes and note types that its files define.

All classes are immutable; texts from sources (`Text`) carry their position.
"""

# No `from __future__ import annotations`: strings would cost a millisecond at every start.

from collections.abc import Callable, Collection
from collections.abc import Mapping as Values
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from kartu.core.given import GivenIds
from kartu.core.shipped import SHIPPED, TEMPLATES
from kartu.core.source import Mapping, Node, Span, Text

# Written next to the packages; describes each of them.
MANIFEST = "manifest.json"

# Where a deck's templates are: in the project, or what came with the program.
_OWN_TEMPLATES = (TEMPLATES, SHIPPED)

Kind = Literal["standard", "cloze", "image-occlusion"]

T = TypeVar("T")

# By kind (themes, pictures, maps) and name: the words of each language, the best one first.
SharedNames: TypeAlias = Values[str, Values[str, Values[str, tuple[str, ...]]]]

_NO_NAMES: Values[str, str] = {}
_NO_ALIASES: Values[str, tuple[Text, ...]] = {}
_NO_HELP: Values[str, Text] = {}
_NO_WORDS: SharedNames = {}


class FieldType(NamedTuple):
    """A field of a note type. `id` is its permanent position in Anki.

    `origin` is the built-in key (`sources`, `as_of`) that fills the field, empty for one that the
    author fills. `one_of` are keys of fields; the value repeats a text of one. `given_with` is the
    key of a field without which this one has no text, nor that one without it.
    `names` are the names by language, empty where all have `name`; templates use the first one.
    `aliases` are the words that authors may write for `key`, by language. `help` says in a line
    what to write, by language; one text for all languages is under "".
    """

    id: int
    key: Text
    name: str
    format: str
    required: bool
    origin: str
    retired: bool
    one_of: tuple[Text, ...] = ()
    names: Values[str, str] = _NO_NAMES
    aliases: Values[str, tuple[Text, ...]] = _NO_ALIASES
    help: Values[str, Text] = _NO_HELP
    given_with: Text | None = None


class CardType(NamedTuple):
    """A card template of a note type. `id` is its permanent position in Anki."""

    id: int
    name: str
    front: Text
    back: Text
    retired: bool
    span: Span
    names: Values[str, str] = _NO_NAMES


class ForeignIds(NamedTuple):
    """Ids and name of an imported note type, which students already have.

    `sort` is the position of the field by which Anki sorts the notes.
    """

    id: int
    name: str
    fields: dict[int, int]
    cards: dict[int, int]
    sort: int = 1


class NoteType(NamedTuple):
    """A note type, defined by a folder of templates/: its fields and card templates.

    `names`, `aliases` and `help` are as those of a field. `language` is that of the deck for which
    names and offered words are chosen, empty for none. `picture` is an SVG of shapes alone that
    shows what students see.
    """

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
    names: Values[str, str] = _NO_NAMES
    aliases: Values[str, tuple[Text, ...]] = _NO_ALIASES
    language: str = ""
    help: Values[str, Text] = _NO_HELP
    picture: Text | None = None

    def __hash__(self) -> int:
        return id(self)  # for a cache: the values of a note type have no hash


Named: TypeAlias = FieldType | CardType | NoteType


def in_language(note_type: NoteType, language: str) -> NoteType:
    """The note type with its names, and those of its fields and cards, in `language`."""
    return note_type if note_type.language == language else _in_language(note_type, language)


@lru_cache(maxsize=1000)  # all note types of a deck are asked for again and again
def _in_language(note_type: NoteType, language: str) -> NoteType:
    return note_type._replace(
        name=name_in(note_type, language),
        fields=tuple(one._replace(name=name_in(one, language)) for one in note_type.fields),
        cards=tuple(one._replace(name=name_in(one, language)) for one in note_type.cards),
        language=language,
    )


def name_in(one: Named, language: str) -> str:
    """The name in `language`; without a translation the English name, or else the first."""
    known = of_language(one.names, language) or (one.names.get("en") if language else None)
    return known or name_in_templates(one)


def name_in_templates(one: Named) -> str:
    """The name that templates use whatever the language: the first one."""
    return next(iter(one.names.values()), one.name)


def help_in(one: FieldType | NoteType, language: str) -> str:
    """The help in `language`; without a translation in English, or else the first; may be empty."""
    known = of_language(one.help, language) or one.help.get("en")
    return str(known or next(iter(one.help.values()), ""))


def all_names(one: Named) -> list[str]:
    """The different names in all languages, but for upper and lower case."""
    names = {name.casefold(): name for name in (name_in_templates(one), *one.names.values())}
    return list(names.values())


def base_language(language: str) -> str:
    return language.partition("-")[0]


def of_language(values: Values[str, T], language: str) -> T | None:
    """The value for a language, or for its base language (`id` for `id-ID`)."""
    return values.get(language) or values.get(base_language(language))


class Note(NamedTuple):
    """One note as its author wrote it; `values` maps field keys to their values.

    `unfinished` is the mark of one that students do not get yet; required fields may be missing.
    """

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
    unfinished: Text | None = None


class Source(NamedTuple):
    """Where the content of notes comes from."""

    key: Text
    title: str
    publisher: str
    date: str
    url: str


class Edition(NamedTuple):
    """A selection of a deck's notes; `key` is empty where the deck has no editions.

    `terms` are those of its `include`, such as `("tag", "inti")`.
    """

    key: str
    title: str
    chooses: Callable[[Note], bool]
    terms: tuple[tuple[str, str], ...]
    span: Span


class Options(NamedTuple):
    """Study options, exported as a deck preset; None leaves Anki's default."""

    new_per_day: int | None = None
    desired_retention: float | None = None


class Translation(NamedTuple):
    """The contents of a language variant's file apart from texts.

    `notes`, `all_subdecks` and `editions` map what the file names to its places there, even what
    the deck does not have; `place` is that of all notes. `subdecks` maps the deck's subdeck names
    to translated ones.
    """

    place: Span
    notes: dict[str, Span]
    subdecks: dict[str, Text]
    all_subdecks: dict[str, Span]
    editions: dict[str, Span]


class Library(NamedTuple):
    """What template folders provide to decks; where several have a file, the first one wins.

    `note_types` maps a note type with faults to None, `texts` a language whose file has faults.
    `layers` is what each of several folders provides. `names` are as those of a project.
    """

    note_types: dict[str, NoteType | None]
    texts: dict[str, Mapping | None]
    themes: tuple[str, ...]
    folders: tuple[str, ...]
    layers: "tuple[Library, ...]" = ()
    names: SharedNames = _NO_WORDS


class Upstream(NamedTuple):
    """The deck that another one extends, unchanged, and the templates of both.

    `root` is the folder of its project, empty where it is the same project.
    """

    deck: "Deck"
    library: Library
    root: str


class Published(NamedTuple):
    """What releases of a deck had: the ids of its notes, and the names of subdecks."""

    notes: Collection[str] = ()
    subdecks: Collection[str] = ()


class Deck(NamedTuple):
    """A deck, defined by a folder of cards/: its properties, and its notes in study order.

    `unfinished` are those of its notes that are marked so: students get none, and `notes` are the
    others.

    `variant` is the language of a translation in i18n/, empty for the deck itself. Places of
    translated texts are in the variant's file, all others in the deck's files.
    `balance` maps tags to the minimum percentage of notes that must have them.
    `prefix_tags` is false where imported tags stay as they are, without the prefix.
    `media_licences` maps media files to their licences, None where the deck does not list them.
    `theme` is the theme that the deck chooses, None for the default one.
    `report` is the address to which students and teachers report mistakes, empty for none.
    `extends` is the path of the deck that this one extends, and `upstream` that deck; with
    `in_place` both have the same identity in Anki. `given` are the ids that no source has.
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
    given: GivenIds = GivenIds()
    unfinished: tuple[Note, ...] = ()
    report: str = ""

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """The notes in study order, and behind them those that are unfinished."""
        return self.notes + self.unfinished


class PackageInfo(NamedTuple):
    """The manifest's entry for a package; the attributes are its keys there.

    `file` is the package's file name; `kartu` the version that built it; `edition` is None for a
    package of all notes. `decks`, `notes`, `cards` and `media` are counts, `size` is in bytes. A
    `draft` contains something unreleased. `sha256` is that of the file, `content_sha256` that of
    everything a student sees, independent of times and of the container.
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
    """The folders of the deck's media; where several have a file, the first one wins."""
    own = (f"{deck.folder}/media",)
    return own + media_folders(deck.upstream.deck) if deck.upstream else own


def upstream_of(deck: Deck) -> tuple[str, ...]:
    """The folders, other than its own, from which the deck inherits notes and templates."""
    if deck.upstream is None:
        return (str(deck.extends),) if deck.extends else ()
    other, templates = deck.upstream.deck, deck.upstream.library.folders
    theirs = (one for one in templates if one not in _OWN_TEMPLATES)
    return (other.folder, *theirs, *upstream_of(other))


def template_folders(deck: Deck) -> tuple[str, ...]:
    """The folders of the deck's templates; where several have a file, the first one wins."""
    return deck.upstream.library.folders if deck.upstream else _OWN_TEMPLATES


def subdeck_of(deck: Deck, note: Note) -> Text:
    """The name of a note's subdeck, translated where the deck is a language variant."""
    names = deck.translation.subdecks if deck.translation else {}
    return names.get(note.subdeck, note.subdeck)


def package_name(deck: Deck, edition: Edition) -> str:
    """`<deck>[.<language>][-<edition>].apkg`."""
    variant = f".{deck.variant}" if deck.variant else ""
    chosen = f"-{edition.key}" if edition.key else ""
    return f"{deck.id}{variant}{chosen}.apkg"


class Project(NamedTuple):
    """All decks of a project, and the note types that they can use.

    `texts` are the templates' texts by language, None for a file that cannot be read; `themes`
    are the names of the themes that a deck can choose, `names` the words of languages for them, for
    pictures and for maps.
    """

    decks: tuple[Deck, ...]
    note_types: dict[str, NoteType]
    texts: dict[str, Mapping | None]
    themes: tuple[str, ...] = ()
    names: SharedNames = _NO_WORDS

    def of(self, deck: Deck) -> "Project":
        """The project with the templates that `deck` uses, with names in the deck's language."""
        library = deck.upstream.library if deck.upstream else self
        sound = {
            id: in_language(one, deck.language)
            for id, one in library.note_types.items()
            if one is not None
        }
        return Project(self.decks, sound, library.texts, library.themes, library.names)
