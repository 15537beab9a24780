"""`kartu.deck`: a package of records that a program has, without a project's files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Mapping as Values
from collections.abc import Sequence as Many
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypedDict

from kartu.checks import check_project
from kartu.compile.deck import build_deck
from kartu.compile.render.contents import Contents
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.core.clock import build_time
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors, in_order
from kartu.core.language import N_, _
from kartu.core.model import Deck, Library, PackageInfo, Project
from kartu.core.shipped import STARTER, TEMPLATES
from kartu.core.source import Mapping, Span, text
from kartu.core.usage import UsageError
from kartu.ledger.entries import entries_of
from kartu.ledger.file import Ledger
from kartu.ledger.stamps import stamp
from kartu.load.card_set import read_tags
from kartu.load.deck import deck_of
from kartu.load.files import Files
from kartu.load.ids.names import slug
from kartu.load.library import project_library, with_theme
from kartu.load.names import ID
from kartu.load.records import Defaults, Record, node_of, read_records
from kartu.load.shape import Shape, is_blank
from kartu.load.words import for_deck
from kartu.package.packages import pack

# What diagnostics about the deck itself name in place of a file.
DECK = "deck"

_MEDIA = f"{DECK}/media"

_HELP = {
    "empty-edition": N_("pass at least one row"),
    "media-missing": N_("put it there, or pass media: the folder of the pictures and sounds"),
}
_MISSING = {
    "uid": N_("kartu.new_uid() makes one; keep it, for it is what makes updates possible"),
    "name": N_("pass the name that the deck has in Anki"),
    "language": N_('pass the language of the cards, such as "id" or "en"'),
    "version": N_('pass a version such as "1.0.0"'),
}


class DeckArguments(TypedDict, total=False):
    """Arguments of a deck in addition to its rows, note type, name and uid.

    `id` names the package file; by default it is made of the name. `language` is that of the cards
    (`id` by default, as in a new project; `en`, `zh-Hant`), `version` three numbers (`1.0.0`).
    `subdeck` is that of rows that name none, and all rows have the `tags`. `description` is
    Markdown for Anki's overview. `licence` and `authors` are shown with it, and `report` is
    where mistakes are reported (`mailto:` or `https://`). `prefix` begins tags
    and names of note types (by default the deck's name); with `prefix_tags` False tags have none.
    `sources` has title, publisher, date and url for each key that rows name as a source. `options`
    are `new_per_day` and `desired_retention`. `theme` is a look that the templates have. `media` is
    the folder of the pictures and sounds that rows name. `time` is when the deck is made, in
    seconds since 1970 or as a datetime with a zone; by default SOURCE_DATE_EPOCH, else now. With
    `review` False the warnings of `kartu check` are left out, which for many rows take the most
    time.
    """

    id: str
    language: str
    version: str
    subdeck: str
    tags: Many[str]
    description: str
    licence: str
    authors: Many[str]
    report: str
    prefix: str
    prefix_tags: bool
    sources: Values[str, Values[str, str]]
    options: Values[str, float]
    theme: str
    media: str | os.PathLike[str]
    time: int | datetime
    review: bool


# These are no keys of deck.yaml.
_OWN = ("media", "time", "review")
_DEFAULTS = {"language": "id", "version": "1.0.0"}


class DeckResult(NamedTuple):
    """`package` is the content of an .apkg file, and `info` what it holds.

    With an error among the `diagnostics` they are empty and None. Diagnostics have the path
    "rows", with the row's number as line and the number of its key as column; "deck" for what the
    deck itself was given; or that of a template.
    """

    diagnostics: tuple[Diagnostic, ...]
    package: bytes
    info: PackageInfo | None

    @property
    def ok(self) -> bool:
        """Whether there is a package."""
        return self.info is not None


def deck(
    rows: Iterable[Record],
    note_type: str | os.PathLike[str],
    identity: Values[str, str],
    more: DeckArguments,
) -> DeckResult:
    """The package of the rows, a note each, with the checks and the identity of a project's deck.

    `identity` is name and uid. Raises UsageError for a note type's folder that is not there, and
    for an invalid time.
    """
    if unknown := sorted(more.keys() - DeckArguments.__annotations__.keys()):
        raise TypeError(f"deck() got an unexpected keyword argument {unknown[0]!r}")
    time = _time(more.get("time"))
    root, type_id = _templates(note_type)
    files = _FilesAndMedia(root, more.get("media"))
    diagnostics = Diagnostics()
    library = project_library(files, diagnostics)
    shape = Shape(
        _values({**_DEFAULTS, **more, **identity}, diagnostics),
        _("the deck"),
        Span(DECK),
        diagnostics,
    )
    deck = deck_of(shape, DECK, (), files)
    missing = {one: key for key, one in shape.missing.items()}
    diagnostics.change_since(0, lambda one: _of_missing_argument(one, missing.get(one, "")))
    deck = deck._replace(id=_id(more.get("id") or slug(deck.name) or DECK, diagnostics))
    subdeck = shape.text("subdeck") or text("", Span(DECK))
    defaults = Defaults(text(type_id, Span(DECK)), subdeck, read_tags(shape))
    notes = read_records(rows, defaults, files, for_deck(library.note_types, deck), diagnostics)
    deck = with_theme(deck._replace(notes=tuple(notes)), library)
    return _built(deck, library, files, diagnostics, time=time, review=more.get("review", True))


def _time(given: int | datetime | None) -> int:
    """In seconds since 1970."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise UsageError(
                _("time has no time zone: pass, for example, datetime(2026, 11, 24, tzinfo=UTC)")
            )
        given = int(given.timestamp())
    return build_time(given)


def _values(given: Values[str, object], diagnostics: Diagnostics) -> Mapping:
    """The arguments as deck.yaml would hold them; a required one without a value is left out."""
    values = Mapping()
    values.span = Span(DECK)
    for key, value in {**given, "id": DECK}.items():
        node = node_of(value, Span(DECK), key, diagnostics) if key not in _OWN else None
        if node is not None and not (key in _MISSING and is_blank(node)):
            values[text(key, Span(DECK))] = node
    return values


def _id(id: str, diagnostics: Diagnostics) -> str:
    """The deck's id, which names its package."""
    if not ID.fullmatch(id):
        message = _('"{id}" is not a deck id', id=id)
        diagnostics.add("bad-id", Span(DECK), message, _("use only a-z, 0-9 and -"))
    return id


def _in_terms_of_arguments(one: Diagnostic) -> Diagnostic:
    """The help for an argument where that for a file would not do."""
    if one.code not in _HELP:
        return one
    message = one.message.replace(f"{_MEDIA}/", _("the folder of the media"))
    return one._replace(message=message, help=_(_HELP[one.code]))


def _of_missing_argument(one: Diagnostic, key: str) -> Diagnostic:
    """What to pass; `key` is that of a required argument."""
    if one.code != "missing-key":
        return one
    if key not in _MISSING:
        return one._replace(help=_("pass a text"))
    return one._replace(message=_('"{key}" has no value', key=key), help=_(_MISSING[key]))


def _templates(note_type: str | os.PathLike[str]) -> tuple[Path, str]:
    """The folder that holds templates/, and the id of the note type."""
    if isinstance(note_type, str):
        return STARTER / "files", note_type  # no project: all templates are the program's
    folder = Path(os.path.abspath(note_type))
    if folder.parent.name != TEMPLATES or not (folder / "note_type.yaml").is_file():
        raise UsageError(
            _(
                "{folder} is not a note type: name a folder templates/<note type>",
                folder=note_type,
            )
        )
    return folder.parent.parent, folder.name


def _built(
    deck: Deck, library: Library, files: Files, diagnostics: Diagnostics, *, time: int, review: bool
) -> DeckResult:
    sound = {id: one for id, one in library.note_types.items() if one is not None}
    project = Project((deck,), sound, library.texts, library.themes, library.names)
    check_project(project, diagnostics)
    with Strangers() as strangers:
        built, faults = build_deck(project, deck, files, Results(), strangers)
    diagnostics.extend(faults)
    diagnostics.change_since(0, _in_terms_of_arguments)
    if built is None or has_errors(diagnostics):
        return DeckResult(tuple(in_order(diagnostics)), b"", None)
    if review:
        from kartu.review import review_deck

        review_deck(built, datetime.fromtimestamp(time, UTC).date(), diagnostics)
    nothing = Ledger("", None, {}, {}, {}, {}, [], {})
    stamps = stamp(entries_of(built), nothing, str(deck.version), time)
    package = pack(built, deck.editions[0], Contents(files), stamps)
    return DeckResult(tuple(in_order(diagnostics)), package.content, package.info)


class _FilesAndMedia(Files):
    """The files of `root`, and those of another folder as the deck's media."""

    def __init__(self, root: Path, media: str | os.PathLike[str] | None) -> None:
        super().__init__(root)
        self._media = "" if media is None else os.path.realpath(media)

    def path(self, path: str) -> str:
        below = path.removeprefix(_MEDIA)
        if self._media and below != path and below[:1] in ("", "/"):
            return self._media + below
        return super().path(path)

    def _is_inside(self, full: str) -> bool:
        if not self._media:
            return super()._is_inside(full)
        real = os.path.realpath(full)
        return super()._is_inside(full) or f"{real}/".startswith(os.path.join(self._media, ""))
