"""`kartu check --fix`: reads files, fixes them in memory, and returns them as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from kartu.core.diagnostics import Diagnostics, nearest
from kartu.core.given import GivenIds
from kartu.core.identity import new_uid
from kartu.core.language import _
from kartu.core.model import Deck, NoteType, Project
from kartu.core.source import Mapping, Node, Sequence, Text
from kartu.ledger.check import was_published
from kartu.load import load_project, project_language
from kartu.load.card_sets import CHANGES
from kartu.load.files import CONTROL, Files
from kartu.load.ids.names import new_id, visible
from kartu.load.note_type import NOTE_KEYS
from kartu.load.shape import is_blank
from kartu.load.words import keys_by_word, note_type_named, own_fields, word_of
from kartu.load.yaml import Outline, outline, parse
from kartu.rewrite.edits import Draft, Edit, Fix
from kartu.rewrite.fix.files import fixable_files, not_in_nfc, own_bytes
from kartu.rewrite.fix.meaning import same_meaning
from kartu.rewrite.fix.order import keys_in_order
from kartu.rewrite.fix.originals import Originals
from kartu.rewrite.fix.rows import Rows, read_rows, with_ids
from kartu.rewrite.fix.rules import (
    Source,
    composed_accents,
    key_with_value,
    no_space_at_line_ends,
    schema_named,
    uid_below_id,
)
from kartu.rewrite.fix.tags import each_tag_once
from kartu.rewrite.schema_comment import FOLDER, schema_line
from kartu.rewrite.used_ids import ids_in_ledgers


class FixedFile(NamedTuple):
    """A file with fixes: its content before and after, and what was fixed."""

    path: str
    before: bytes
    after: bytes
    fixes: list[Fix]


def fixed_files(
    root: Path, chosen: Callable[[str], bool], *, accept: bool = False
) -> list[FixedFile]:
    """Returns the `chosen` files of the project in `root` that can be fixed, with their fixes.

    With `accept`, changes of an extended deck's notes record the texts that these have now. What
    is not readable YAML, outside the project or behind a link is left unchanged.
    """
    fixer = _Fixer(root, accept)
    found = []
    for path, data in fixer.data.items():
        draft = fixer.drafts.get(path)
        if path in fixer.rows and chosen(path):
            after, fixes = fixer.fix_rows(fixer.rows[path])
            if fixes:
                found.append(FixedFile(path, data, after, fixes))
        if draft is not None and chosen(path):
            fixer.fix(draft)
            after = draft.content.encode()
            if after != data:
                found.append(FixedFile(path, data, after, sorted(draft.fixes)))
    return found


class _Fixer:
    """Fixes files, with what fixes need to know about the whole project."""

    def __init__(self, root: Path, accept: bool) -> None:
        self.accept = accept
        self.files = Files(root)
        self.project, _rest = load_project(root)
        self.note_types: dict[str, NoteType] = dict(self.project.note_types)
        for deck in self.project.decks:
            used = self.project.of(deck).note_types
            self.note_types |= {id: one for id, one in used.items() if id not in self.note_types}
        self.data: dict[str, bytes] = {}
        for path in fixable_files(self.files, self.project):
            data = own_bytes(self.files, path)
            if data is not None:
                self.data[path] = data
        self.drafts = _found(
            {path: _draft(path, one) for path, one in self.data.items() if path.endswith(".yaml")}
        )
        self.rows = _found(
            {
                path: read_rows(path, one, self.note_types)
                for path, one in self.data.items()
                if path.endswith(".csv")
            }
        )
        self._given = _all_given(self.project)
        self._ids: dict[str, set[str] | None] = {}
        self._names: dict[str, frozenset[str]] = {}

    def fix_rows(self, rows: Rows) -> tuple[bytes, list[Fix]]:
        """Returns a CSV file's bytes with ids for its rows, and the fixes."""
        taken = self._taken_in(rows.path.rpartition("/")[0])
        if taken is None:
            return rows.data, []
        return with_ids(self.files, rows, self.note_types, self._given, taken)

    def fix(self, draft: Draft) -> None:
        """Applies all fixes to one file, in order, each only if it preserves the meaning."""
        passes: list[Callable[[Source, Node], Iterable[Edit]]] = [
            lambda source, node: composed_accents(source, self._names_not_in_nfc(source.path)),
            lambda source, node: no_space_at_line_ends(source),
        ]
        extending = self._extending(draft.path)
        if extending is not None:
            self._make_changes(draft, Originals(self.project, extending, self.accept))
        elif _is_card_set(draft.path):
            passes += [
                lambda source, node: each_tag_once(source),
                self._new_ids,
                lambda source, node: keys_in_order(source),
            ]
        passes += [self._new_uid, self._schema]
        for one in passes:
            self._make(draft, one)

    def _extending(self, path: str) -> Deck | None:
        """The deck whose changes of another deck's notes the file holds."""
        folder, _rest, name = path.rpartition("/")
        decks = (deck for deck in self.project.decks if deck.folder == folder and deck.upstream)
        return next(decks, None) if name == CHANGES else None

    def _make_changes(self, draft: Draft, originals: Originals) -> None:
        node, root = _read(draft.path, draft.content), outline(draft.content)
        if isinstance(node, Mapping) and root is not None and root.kind == "mapping":
            edits = list(originals.edits(draft.content, root, node))
            draft.apply_if(edits, lambda text: originals.is_expected(node, _read(draft.path, text)))

    def _make(self, draft: Draft, one: Callable[[Source, Node], Iterable[Edit]]) -> None:
        node, root = _read(draft.path, draft.content), outline(draft.content)
        if node is None or root is None:
            return
        source = Source(draft.path, draft.content, root, self._note_type(node))
        edits = list(one(source, node))
        if edits:
            draft.apply_if(edits, lambda text: same_meaning(node, _read(draft.path, text)))

    def _names_not_in_nfc(self, path: str) -> frozenset[str]:
        """Names of files that are not NFC, in or below the folder of a deck or note type."""
        folder = "/".join(path.split("/")[:2])
        if folder not in self._names:
            self._names[folder] = not_in_nfc(self.files, folder)
        return self._names[folder]

    def _note_type(self, node: Node) -> NoteType | None:
        name = node.get("note_type") if isinstance(node, Mapping) else None
        id = note_type_named(name, self.note_types) if isinstance(name, Text) else None
        return self.note_types[id] if id is not None else None

    # --- ids -----------------------------------------------------------------------------------

    def _new_ids(self, source: Source, node: Node) -> Iterator[Edit]:
        folder = source.path.rpartition("/")[0]
        if source.note_type is None or not isinstance(node, Mapping):
            return
        taken = self._taken_in(folder)
        notes = node.get("notes")
        places = source.root.get("notes")
        if taken is None or not isinstance(notes, Sequence) or places is None:
            return
        for note, place in zip(notes, places.inside, strict=False):
            edit = _id_for(source, note, place, source.note_type, self._given, taken)
            if edit is not None:
                yield edit

    def _taken_in(self, folder: str) -> set[str] | None:
        if folder not in self._ids:
            self._ids[folder] = self._taken(folder)
        return self._ids[folder]

    def _taken(self, folder: str) -> set[str] | None:
        """Every id that a note of the deck has or had; None if that is unknown."""
        taken = {str(n.id) for d in self.project.decks if d.folder == folder for n in d.notes}
        for path in self.data:
            if path in self.rows and path.startswith(f"{folder}/"):
                taken |= self.rows[path].ids()
            elif path.startswith(f"{folder}/"):
                if path not in self.drafts:
                    return None
                taken |= _ids_in(_read(path, self.drafts[path].original))
        published = ids_in_ledgers(self.files, folder)
        return None if published is None else taken | published

    # --- uids and schemas ----------------------------------------------------------------------

    def _new_uid(self, source: Source, node: Node) -> Iterator[Edit]:
        """A uid for a deck, or a language variant of one, that was not published yet."""
        folder, _rest, name = source.path.rpartition("/")
        variant = ""
        if folder.endswith("/i18n") and source.path.startswith("cards/"):
            folder, variant = folder.removesuffix("/i18n"), name.removesuffix(".yaml")
        elif name != "deck.yaml" or not source.path.startswith("cards/"):
            return
        there = node.get("uid") if isinstance(node, Mapping) else None
        absent = isinstance(node, Mapping) and (there is None or is_blank(there))
        if (
            not absent
            or _misspelt(node, "uid", _DECK)
            or was_published(self.files, folder, variant)
        ):
            return
        uid = new_uid()
        edit = uid_below_id(source, uid, _("the deck now has the permanent uid {uid}", uid=uid))
        if edit is not None:
            yield edit

    def _schema(self, source: Source, node: Node) -> Iterable[Edit]:
        language = project_language(self.files)
        kind = word_of(source.note_type, language) if source.note_type else None
        line = schema_line(source.path, kind, changes=self._extending(source.path) is not None)
        if line is None or not self.files.is_file(f"{FOLDER}/{line.rpartition('/')[2]}"):
            return ()
        return schema_named(source, line)


T = TypeVar("T")


def _found(values: dict[str, T | None]) -> dict[str, T]:
    return {path: value for path, value in values.items() if value is not None}


_DECK = ("id", "name", "prefix", "notes")


def _id_for(
    source: Source,
    note: Node,
    place: Outline,
    note_type: NoteType,
    given: GivenIds,
    taken: set[str],
) -> Edit | None:
    """The edit that gives a note its id, which is taken from then on.

    One that was built before keeps its id.
    """
    if not isinstance(note, Mapping) or place.kind != "mapping" or _has_value(note, "id"):
        return None
    words, own = keys_by_word(note_type), list(own_fields(note_type))
    written = {words[word]: note[word] for word in words if _has_value(note, word)}
    texts = [written[key] for key in own if key in written]
    if not texts or _misspelt(note, "id", [*words, *NOTE_KEYS]):
        return None
    if note.span in given.undecided:
        return None
    id = given.continued.get(note.span) or new_id(visible(texts[0]), note_type.id, taken)
    message = _('the note now has the id "{id}"', id=id)
    edit = key_with_value(source.content, place, "id", id, message)
    if edit is not None:
        taken.add(id)
    return edit


def _all_given(project: Project) -> GivenIds:
    """The ids of all notes of the project that write none."""
    given = [deck.given for deck in project.decks]
    return GivenIds(
        continued={place: id for one in given for place, id in one.continued.items()},
        proposals=tuple(proposal for one in given for proposal in one.proposals),
    )


def _has_value(mapping: Mapping, key: str) -> bool:
    return key in mapping and not is_blank(mapping[key])


def _misspelt(node: Node, key: str, known: Iterable[str]) -> bool:
    """Whether another key may be a misspelling of this one, which only the author can decide."""
    others = [name for name in node if name not in known] if isinstance(node, Mapping) else []
    return key not in others and any(nearest(str(name), [key]) for name in others)


def _draft(path: str, data: bytes) -> Draft | None:
    """The text of a file, None if it cannot be read as YAML."""
    try:
        draft = Draft(path, data.decode())
    except UnicodeDecodeError:
        return None
    return draft if _read(path, draft.content) is not None else None


def _read(path: str, content: str) -> Node | None:
    return None if CONTROL.search(content) else parse(content, path, Diagnostics())


def _ids_in(node: Node | None) -> set[str]:
    """The ids of a card set's notes, or those that a translation refers to."""
    notes = node.get("notes") if isinstance(node, Mapping) else None
    if isinstance(notes, Mapping):
        return {str(key) for key in notes}
    found = [note.get("id") for note in notes or () if isinstance(note, Mapping)]
    return {str(id) for id in found if isinstance(id, Text)}


def _is_card_set(path: str) -> bool:
    return path.startswith("cards/") and path.count("/") == 2 and not path.endswith("/deck.yaml")
