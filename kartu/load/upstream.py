"""`extends` in deck.yaml: a deck with its own notes and the changed notes of another deck."""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, Related, did_you_mean, has_errors
from kartu.core.identity import card_id, field_id, note_type_id
from kartu.core.language import N_, _
from kartu.core.model import Deck, Library, Note, NoteType, Upstream
from kartu.core.progress import Progress
from kartu.core.shipped import SHIPPED, TEMPLATES
from kartu.core.source import Text
from kartu.load import deck_folders, load_whole_deck
from kartu.load.card_set import own_fields
from kartu.load.card_sets import CHANGES, load_notes, with_notes
from kartu.load.changes import changed_notes
from kartu.load.files import Files, natural_order
from kartu.load.library import layer_by_layer, load_library, merged, over, with_theme
from kartu.load.words import for_deck

_PACKAGES = (".apkg", ".colpkg", ".zip")
_MOST = 10  # decks that extend each other


class _Found(NamedTuple):
    """The folders of a deck and of its project; the latter is empty for the same project."""

    folder: str
    root: str


def extended(
    files: Files,
    deck: Deck,
    own: Library,
    progress: Progress,
    below: tuple[str, ...],
    diagnostics: Diagnostics,
) -> Deck:
    """`deck` with its own notes and those of the deck it extends, changed by changes.yaml.

    `own` is what the templates of its project provide; `below` are the decks that extend it. Notes
    are in the order of their card sets' file names, as if these were in one folder.
    """
    assert deck.extends is not None, "it extends another deck"
    found = _find(files, deck, diagnostics)
    if found is None or _in_a_circle(found.folder, deck, below, diagnostics):
        return deck
    shared = found.root == _root(deck)
    before = diagnostics.mark()
    theirs = own
    if not shared and files.is_folder(f"{found.root}{TEMPLATES}"):
        tops = (f"{found.root}{TEMPLATES}", SHIPPED)
        theirs = merged([load_library(files, top, diagnostics) for top in tops])
    upstream = load_whole_deck(
        files, found.folder, theirs, progress, diagnostics, below=(*below, deck.folder)
    )
    if upstream is None:
        return deck
    whole = not has_errors(diagnostics.since(before))
    behind = _of_its_own(upstream.upstream.library if upstream.upstream else theirs, deck)
    library = behind if theirs is own else over(own, behind)
    _check_note_types(upstream, library, behind, diagnostics)
    deck = with_theme(_inherited(deck, upstream), library)
    deck = deck._replace(upstream=Upstream(upstream, library, found.root))
    if deck.in_place or not shared:  # else reported as for any two decks of a project
        _check_identity(deck, upstream, diagnostics)
    note_types = for_deck(library.note_types, deck)
    notes = changed_notes(files, deck, upstream, note_types, diagnostics, whole=whole)
    taken = {str(note.id) for note in upstream.all_notes}
    own_notes, given = load_notes(
        files, deck.folder, note_types, progress, diagnostics, other=CHANGES, taken=taken
    )
    notes = sorted([*notes, *own_notes], key=_place_in_order)
    given = given._replace(files=(*upstream.given.files, *given.files))
    return with_notes(deck, notes)._replace(given=given)


def _place_in_order(note: Note) -> list[tuple[int, int, str]]:
    return natural_order(note.id.span.path.rpartition("/")[2])


def _find(files: Files, deck: Deck, diagnostics: Diagnostics) -> _Found | None:
    """The deck at the path in `extends`, or the only deck of the project at that path."""
    path, root = deck.extends, _root(deck)
    assert path is not None, "it extends another deck"
    parts = path.rstrip("/").split("/")
    if "\\" in path or any(part in ("", ".", "..") for part in parts):
        message = _('"{path}" is not a folder of this project', path=path)
        help = _("copy the other project into this one, and write upstream/<project>/cards/<deck>")
        diagnostics.add("path-outside-project", path.span, message, help)
        return None
    folder = root + "/".join(parts)
    if files.is_file(f"{folder}/deck.yaml"):
        above, _rest, top = folder.rpartition("/")[0].rpartition("/")
        return _Found(folder, f"{above}/".lstrip("/") if top == "cards" else root)
    decks = deck_folders(files, f"{folder}/cards")
    if len(decks) == 1:
        return _Found(f"{folder}/cards/{decks[0]}", f"{folder}/")
    message, help = _('there is no deck in "{path}"', path=path), _help(files, deck, path)
    if decks:
        message = _('"{path}" has {number} decks', path=path, number=len(decks))
        help = _(
            "write which one: {names}", names=", ".join(f"{path}/cards/{name}" for name in decks)
        )
    diagnostics.add("bad-upstream", path.span, message, help)
    return None


def _root(deck: Deck) -> str:
    """The folder of the deck's project with a trailing /, empty for the current project."""
    return deck.folder.rpartition("cards/")[0]


def _help(files: Files, deck: Deck, path: Text) -> str:
    root, name = _root(deck), path.rpartition("/")[2]
    stem = name.rpartition(".")[0]
    if name.endswith(_PACKAGES) and files.is_file(f"{root}{path}"):
        if name.endswith(".zip"):
            return _("unpack it, and write extends: upstream/{stem}", stem=stem)
        return _(
            "make a project of it: kartu import {path} -o upstream/{stem}", path=path, stem=stem
        )
    if files.is_folder(f"{root}{path}") and not files.names(f"{root}{path}"):
        return _("the folder is empty; for a git submodule: git submodule update --init")
    own = deck.folder.removeprefix(root)
    projects = [f"upstream/{name}/cards" for name in files.names(f"{root}upstream")]
    known = [
        f"{folder}/{name}"
        for folder in ("cards", *projects)
        for name in deck_folders(files, root + folder)
        if f"{folder}/{name}" != own
    ]
    return did_you_mean(path, known) or _("write upstream/<project>/cards/<deck>")


def _in_a_circle(folder: str, deck: Deck, below: tuple[str, ...], diagnostics: Diagnostics) -> bool:
    assert deck.extends is not None, "it extends another deck"
    if folder != deck.folder and folder not in below and len(below) < _MOST:
        return False
    message = _('"{extends}" extends this deck itself', extends=deck.extends)
    if folder == deck.folder:
        message = _("a deck cannot extend itself")
    elif folder not in below:
        message = _("more than {number} decks extend each other", number=_MOST)
    diagnostics.add("bad-upstream", deck.extends.span, message)
    return True


def _of_its_own(library: Library, deck: Deck) -> Library:
    """The library with new ids and names, unique to the deck, for imported note types."""
    layers = layer_by_layer(library)
    return merged(one._replace(note_types=_renamed(one.note_types, deck)) for one in layers)


def _renamed(note_types: dict[str, NoteType | None], deck: Deck) -> dict[str, NoteType | None]:
    found = dict(note_types)
    for id, one in found.items():
        if one is not None and one.foreign is not None and not deck.in_place:
            foreign = one.foreign._replace(
                id=note_type_id(deck.uid, id),
                name=f"{deck.prefix} {one.foreign.name}",
                fields={place: field_id(deck.uid, id, place) for place in one.foreign.fields},
                cards={place: card_id(deck.uid, id, place) for place in one.foreign.cards},
            )
            found[id] = one._replace(foreign=foreign)
    return found


def _inherited(deck: Deck, upstream: Deck) -> Deck:
    """The deck with upstream's values for what it does not set; lists are merged."""
    licences = None
    if deck.media_licences is not None or upstream.media_licences is not None:
        own, theirs = deck.media_licences or {}, upstream.media_licences or {}
        licences = own | {name: theirs[name] for name in theirs if name not in own}
    options = {key: value for key, value in deck.options._asdict().items() if value is not None}
    return deck._replace(
        description=deck.description or upstream.description,
        licence=deck.licence or upstream.licence,
        authors=(*deck.authors, *(one for one in upstream.authors if one not in deck.authors)),
        sources={**upstream.sources, **deck.sources},
        facts={**upstream.facts, **deck.facts},
        options=upstream.options._replace(**options),
        media_licences=licences,
        report=deck.report or upstream.report,
        theme=deck.theme if deck.theme is not None else upstream.theme,
        prefix_tags=deck.prefix_tags and upstream.prefix_tags,
    )


def _check_identity(deck: Deck, upstream: Deck, diagnostics: Diagnostics) -> None:
    """Reports an identity that does not differ from upstream's, or with in_place does."""
    before = diagnostics.mark()
    for key in ("uid", "name", "prefix"):
        mine, theirs = getattr(deck, key), getattr(upstream, key)
        if key == "prefix" and mine == deck.name:
            continue  # reported with the name
        same = mine.casefold() == theirs.casefold() if not deck.in_place else mine != theirs
        if not same or not mine:
            continue
        message = _(
            'the deck that this one extends has the {key} "{value}" too', key=key, value=mine
        )
        help = _("give it a {key} of its own", key=key)
        if key == "uid":
            help = _(
                "delete the line and run kartu check --fix; or see in_place in docs/reference.md"
            )
        if deck.in_place:
            message = _(
                'with in_place, {key} must be upstream\'s, "{value}"', key=key, value=theirs
            )
            help = _("write {key}: {value}, or delete in_place", key=key, value=theirs)
        related = (Related(theirs.span, _("upstream's {key}", key=key)),)
        diagnostics.add("shared-identity", mine.span, message, help, related)
    if deck.in_place and not diagnostics.since(before):
        message = _(
            "the deck replaces the one that it extends: whoever has that one gets these cards, "
            "and that one's again with its next release"
        )
        diagnostics.add("upstream-identity", deck.uid.span, message)


_LACKING = N_('the note type "{id}" has no field "{key}", unlike that of the extended deck')
_NEEDED = N_('the note type "{id}" requires the field "{key}", unlike that of the extended deck')


def _check_note_types(
    upstream: Deck, own: Library, behind: Library, diagnostics: Diagnostics
) -> None:
    """Reports a note type that replaces upstream's of its name but does not fit its notes."""
    for id in dict.fromkeys(note.note_type for note in upstream.notes):
        mine, theirs = own.note_types.get(id), behind.note_types.get(id)
        if mine is None or theirs is None or mine is theirs:
            continue
        fields = own_fields(mine)
        notes = [note for note in upstream.notes if note.note_type == id]
        used = {key: value for note in notes for key, value in note.values.items()}
        lacking = {key: value.span for key, value in used.items() if key not in fields}
        needed = {
            key: note.id.span
            for key, field in fields.items()
            for note in notes
            if field.required and key not in note.values
        }
        for key, place in {**lacking, **needed}.items():
            text = _LACKING if key in lacking else _NEEDED
            help = _(
                "make it like the one in {folder}, or give it another name", folder=theirs.folder
            )
            related = (Related(place, _("a note of that deck")),)
            diagnostics.add("bad-upstream", mine.span, _(text, id=id, key=key), help, related)
