"""The settings of a deck, changed in deck.yaml with every other byte kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, NoteType
from kartu.load.deck import load_deck
from kartu.load.files import Files
from kartu.load.ids.names import slug
from kartu.load.names import MAIL
from kartu.load.yaml import Outline, outline
from kartu.rewrite.edits import Edit, edited, line_end
from kartu.rewrite.notes.card_set import cannot_write
from kartu.rewrite.notes.deck_file import DeckFile, deck_file
from kartu.rewrite.notes.given import EditedFiles
from kartu.rewrite.notes.nodes import Source, entry_of, with_key, without_key
from kartu.rewrite.notes.sets import Changes
from kartu.rewrite.notes.values import EditRefusedError, Value, check_characters

TEXTS = ("name", "description", "licence", "report", "theme")
OPTIONS = ("new_per_day", "desired_retention")
# What an edition has: all notes, those with one of some tags, or what its `include` says.
ALL, TAGS, OWN = "all", "tags", "own"
_TERM = re.compile(r'tag:("[^"]+"|[^\s()"]+)')
_ANY_OF = re.compile(rf"{_TERM.pattern}(?:\s+or\s+{_TERM.pattern})*")
_ORDER = (
    *("id", "uid", "name", "language", "version", "description", "licence", "authors"),
    "report",
    *("sources", "prefix", "theme", "options", "editions"),
)


class EditionChoice(NamedTuple):
    """An edition as a form has it: `kind` is ALL, TAGS or OWN."""

    key: str
    title: str
    kind: str
    tags: tuple[str, ...] = ()

    @property
    def include(self) -> str:
        """The expression for its tags."""
        return " or ".join(f'tag:"{tag}"' if " " in tag else f"tag:{tag}" for tag in self.tags)


def editions_of(files: Files, deck: Deck) -> list[EditionChoice]:
    """Returns the editions of a deck, none where it has one package of everything."""
    written = deck_file(files, deck).values().get("editions")
    found = []
    for one in deck.editions:
        there = written.get(one.key) if isinstance(written, dict) else None
        include = str(there.get("include", "")) if isinstance(there, dict) else ""
        tags = (
            tuple(found[1].replace('"', "") for found in _TERM.finditer(include))
            if _ANY_OF.fullmatch(include.strip())
            else ()
        )
        kind = ALL if not include.strip() else TAGS if tags else OWN
        found += [EditionChoice(one.key, one.title, kind, tags)] if one.key else []
    return found


def with_settings(
    files: Files,
    deck: Deck,
    values: Mapping[str, Value],
    note_types: Mapping[str, NoteType | None],
    *,
    published: bool,
) -> Changes:
    """Returns the change of deck.yaml that gives settings these values; a blank one goes away.

    Args:
        values: By key: texts, `authors` as a list, `editions` as rows of key, title, kind, tags.
        published: Whether students have the deck, whose name stays then.

    Raises:
        EditRefusedError: A value cannot be, or the file is written in a way that leaves doubt.
    """
    check_characters([one for one in values.values() if isinstance(one, str)], deck.span)
    if published and values.get("name", str(deck.name)) != str(deck.name):
        message = _("students have the deck under its name, which stays")
        raise EditRefusedError(deck.span, message)
    there = deck_file(files, deck)
    work = _Settings(there, deck)
    for key, value in values.items():
        work.set(key, value)
    if work.content == there.content:
        return {}
    changes = there.changed(work.content, work.expected, deck.span)
    _check(files, deck, there, changes, note_types)
    return changes


def _check(
    files: Files,
    deck: Deck,
    there: DeckFile,
    changes: Changes,
    note_types: Mapping[str, NoteType | None],
) -> None:
    """Refuses what would be wrong in the file and was not before."""
    found = []
    for data in (there.data, changes[there.path].after or b""):
        diagnostics = Diagnostics()
        one = EditedFiles(files.root, {there.path: data})
        load_deck(one, deck.folder, deck.notes, diagnostics, note_types=note_types)
        found.append([one for one in diagnostics if one.severity == "error"])
    before = {one.message for one in found[0]}
    for fault in found[1]:
        if fault.message not in before:
            raise EditRefusedError(deck.span, fault.message, fault.help)


def _is_mail(text: str) -> bool:
    return MAIL.fullmatch(f"mailto:{text}") is not None


class _Settings:
    """The text of deck.yaml while settings are changed, one after the other."""

    def __init__(self, there: DeckFile, deck: Deck) -> None:
        self.path = there.path
        self.content = there.content
        self.expected = there.values()
        self.deck = deck

    def set(self, key: str, value: Value) -> None:
        """Gives a setting its value."""
        if key in TEXTS and isinstance(value, str):
            text = value.strip() if key == "description" else " ".join(value.split())
            self._set(key, f"mailto:{text}" if key == "report" and _is_mail(text) else text)
        elif key == "authors" and isinstance(value, list):
            names = [" ".join(str(one).split()) for one in value]
            self._set(key, [one for one in names if one])
        elif key in OPTIONS and isinstance(value, str):
            self._option(key, value.strip().replace(",", "."))
        elif key == "editions" and isinstance(value, list):
            self._editions([_choice(row, self.deck) for row in value])
        else:
            raise EditRefusedError(self.deck.span, _('there is no setting "{key}"', key=key))

    def _set(self, key: str, value: Value) -> None:
        """Gives a key of the file its value; a blank value takes it away."""
        old = self.expected.get(key)
        if isinstance(value, str) and value and isinstance(old, str) and old.endswith("\n"):
            value += "\n"  # as a block text has it
        if value == old or (not value and not old):
            return
        root = self._root()
        if value:
            if root.get(key) is None:
                self._append(entry_of(key, value, 0))
            else:
                self._apply(lambda source: with_key(source, root, key, value, _ORDER))
            self.expected[key] = value
        else:
            self._apply(lambda source: without_key(source, root, key))
            self.expected.pop(key, None)

    def _option(self, key: str, value: str) -> None:
        options = self.expected.get("options")
        now = dict(options) if isinstance(options, dict) else {}
        if now.get(key, "") == value:
            return
        root, left = self._root(), {one: it for one, it in now.items() if one != key}
        inner = root.get("options")
        if not value and not left:
            self._apply(lambda source: without_key(source, root, "options"))
            self.expected.pop("options")
            return
        if inner is None or inner.kind != "mapping" or not inner.inside:
            if inner is not None:
                self._apply(lambda source: without_key(source, root, "options"))
            self._append(f"options: {{{key}: {value}}}\n")
        elif value:
            self._apply(lambda source: _bare(with_key(source, inner, key, value, OPTIONS), value))
        else:
            self._apply(lambda source: without_key(source, inner, key))
        self.expected["options"] = {**left, key: value} if value else left

    def _editions(self, wanted: list[EditionChoice]) -> None:
        keys = [one.key for one in wanted]
        if len(keys) != len(set(keys)):
            raise EditRefusedError(self.deck.span, _("two editions have the same name"))
        there = self.expected.get("editions")
        now: dict[str, object] = dict(there) if isinstance(there, dict) else {}
        if not wanted:
            self._set("editions", "")
            return
        values = {one.key: _edition_value(one, now.get(one.key)) for one in wanted}
        if not now:
            lines = "".join(entry_of(key, value, 2) for key, value in values.items())
            if "editions" in self.expected:
                self._set("editions", "")
            self._append(f"editions:\n{lines}")
        for key in [key for key in now if key not in values]:
            self._inside(partial(without_key, key=key))
        for key, value in values.items() if now else ():
            if (now.get(key) or {}) != value or key not in now:
                self._inside(partial(with_key, key=key, value=value, order=list(now)))
        order = [*(key for key in now if key in values), *(key for key in values if key not in now)]
        self.expected["editions"] = {key: values[key] or now.get(key, {}) for key in order}

    # --- text -------------------------------------------------------------------------------------

    def _root(self) -> Outline:
        root = outline(self.content)
        if root is None or root.style or root.kind != "mapping":
            raise cannot_write(self.path, self.deck.span)
        return root

    def _apply(self, edits: Callable[[Source], list[Edit]]) -> None:
        try:
            found = edits(Source(self.path, self.content))
        except ValueError as error:  # it is the only key
            raise cannot_write(self.path, self.deck.span) from error
        self.content = edited(self.content, sorted(found))

    def _inside(self, edits: Callable[[Source, Outline], list[Edit]]) -> None:
        """Edits of the editions as they are now."""
        inner = self._root().get("editions")
        if inner is None or inner.kind != "mapping":
            raise cannot_write(self.path, self.deck.span)
        self._apply(lambda source: edits(source, inner))

    def _append(self, lines: str) -> None:
        """New lines of a key at the end of the file."""
        ends = line_end(self.content, 0)
        whole = self.content.endswith(("\n", "\r")) or not self.content
        begun = self.content if whole else self.content + ends
        self.content = begun + lines.replace("\n", ends)


def _bare(edits: list[Edit], number: str) -> list[Edit]:
    """Edits that write a number without quotes."""
    return [one._replace(text=one.text.replace(f"'{number}'", number)) for one in edits]


def _choice(row: Value, deck: Deck) -> EditionChoice:
    cells = [str(one).strip() for one in row] if isinstance(row, list) else []
    cells += [""] * (3 - len(cells))
    key, title, kind, *tags = cells
    wanted = slug(key or title)
    if not wanted or kind not in (ALL, TAGS, OWN) or (kind == TAGS and not any(tags)):
        message = _("an edition has a name, and labels that choose its cards")
        raise EditRefusedError(deck.span, message)
    return EditionChoice(wanted, title, kind, tuple(filter(None, tags)))


def _edition_value(one: EditionChoice, there: object) -> Value:
    """The mapping of an edition; what its `include` says stays where only the title changes."""
    include = one.include
    if one.kind == OWN and isinstance(there, dict):
        include = str(there.get("include", ""))
    pairs = (("title", one.title), ("include", include if one.kind != ALL else ""))
    return {key: text for key, text in pairs if text}
