"""Ids for notes whose source has none: they are saved beside each card set, and found again."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.given import GivenIds, Proposal, SavedFile
from kartu.core.language import _
from kartu.core.model import Note, NoteType
from kartu.core.patterns import pattern
from kartu.core.source import text
from kartu.core.text import counted, shown, typed
from kartu.load.files import Files
from kartu.load.ids.likeness import proposed
from kartu.load.ids.lines import ENDING, lines_of, read_lines, together
from kartu.load.ids.matching import matched
from kartu.load.ids.names import id_of_texts
from kartu.load.ids.values import Row, Saved, Texts, row_of
from kartu.load.ids.words import Words

_LEDGER = pattern(r"ledger(\.[A-Za-z0-9-]+)?\.jsonl")
_LONGEST_SHOWN = 60

NoteTypes = Mapping[str, NoteType | None]


def with_ids(
    files: Files,
    folder: str,
    notes: Sequence[Note],
    note_types: NoteTypes,
    taken: Collection[str],
    diagnostics: Diagnostics,
    *,
    whole: bool,
) -> tuple[list[Note], GivenIds]:
    """Returns the notes of the card sets in `folder`, all with an id, and those of the ids given.

    Args:
        taken: Ids that belong to other notes of the deck.
        whole: Whether all card sets could be read: else notes that are not there may not be gone.
    """
    names = [name for name in files.names(folder) if name.endswith(ENDING)]
    if not names and all(note.id for note in notes):
        return list(notes), GivenIds()
    before = diagnostics.mark()
    words = Words(files, note_types)
    read = read_saved(files, [f"{folder}/{name}" for name in names], words, diagnostics)
    whole = whole and not has_errors(diagnostics.since(before))
    giving = _Giving(files, folder, notes, note_types, taken, read, words)
    if whole:
        giving.report(diagnostics)
    return giving.notes(), giving.given(whole=whole)


def read_saved(
    files: Files, paths: Iterable[str], words: Words, diagnostics: Diagnostics
) -> dict[str, tuple[bytes, list[Saved]]]:
    """Returns the content of files of ids, and the notes in it."""
    found = {}
    for path in paths:
        content = files.read_text(path, diagnostics)
        if content is not None:
            found[path] = content.encode(), read_lines(content, path, diagnostics, words=words)
    return found


class _Giving:
    """The ids of one deck's notes."""

    def __init__(
        self,
        files: Files,
        folder: str,
        notes: Sequence[Note],
        note_types: NoteTypes,
        taken: Collection[str],
        read: Mapping[str, tuple[bytes, list[Saved]]],
        words: Words,
    ) -> None:
        self.all = notes
        self.note_types = note_types
        self.read = read
        self.words = words
        pool = _pool(read.values())
        self.explicit = {str(note.id): note for note in notes if note.id}
        self.saved = [one for one in pool.values() if one.id not in self.explicit]
        self.with_id = [one for one in pool.values() if one.id in self.explicit]
        self.rows = [self._row(note) for note in notes if not note.id]
        self.of_rows = matched(self.saved, self.rows)
        self.proposed = proposed(self.saved, self.rows, self.of_rows)
        found = {*self.of_rows, *self.proposed}
        self.new = [place for place in range(len(self.rows)) if place not in found]
        known = {*taken, *self.explicit, *pool}
        self.lacking: list[str] = []
        if self.new:
            published = published_ids(files, folder)
            self.lacking = sorted(published - known)
            known |= published
        self.ids = {
            row: self.saved[old].id for row, old in {**self.of_rows, **self.proposed}.items()
        }
        for place in self.new:
            self.ids[place] = id_of_texts(self.rows[place], known)
            known.add(self.ids[place])

    def _row(self, note: Note) -> Row:
        return row_of(note, self.note_types.get(note.note_type))

    def notes(self) -> list[Note]:
        """The notes in their order, each with an id."""
        ids = iter(range(len(self.rows)))
        return [
            note if note.id else note._replace(id=text(self.ids[next(ids)], note.id.span))
            for note in self.all
        ]

    def given(self, *, whole: bool) -> GivenIds:
        places = {place: row.place for place, row in enumerate(self.rows)}
        return GivenIds(
            files=tuple(self._files()) if whole and not self.lacking else (),
            continued={places[place]: self.ids[place] for place in self.of_rows},
            new={places[place]: self.ids[place] for place in self.new},
            proposals=tuple(self._proposals()) if whole and not self.lacking else (),
            gone=self._gone(),
            saved=frozenset(one.id for one in self.saved),
        )

    def _gone(self) -> dict[str, str]:
        there = {*self.of_rows.values(), *self.proposed.values()}
        left = (one for place, one in enumerate(self.saved) if place not in there)
        return {one.id: next(iter(one.versions[-1].values()), "") for one in left}

    def _proposals(self) -> Iterable[Proposal]:
        for place, old in sorted(self.proposed.items()):
            before, now = _differing(self.saved[old].versions[-1], self.rows[place].texts)
            yield Proposal(self.rows[place].place, self.saved[old].id, before, now)

    # --- diagnostics ---------------------------------------------------------------------------

    def report(self, diagnostics: Diagnostics) -> None:
        if self.lacking:
            self._report_missing(diagnostics)
            return
        for one in self._proposals():
            path = one.place.path
            message = _(
                'is this the note "{id}", corrected? It was "{before}", and now it is "{now}"',
                id=one.id,
                before=_short(one.before),
                now=_short(one.now),
            )
            help = _(
                "kartu ids {path} asks; or answer it: kartu build {path} --same (yes to all), "
                "kartu ids {path} --same {row}={id}, or for a new note --new {row}",
                path=typed(path),
                row=one.place.line,
                id=one.id,
            )
            diagnostics.add("which-note", one.place, message, help)

    def _report_missing(self, diagnostics: Diagnostics) -> None:
        rows: dict[str, list[Row]] = defaultdict(list)
        for place in self.new:
            rows[self.rows[place].place.path].append(self.rows[place])
        for path, found in rows.items():
            message = _(
                "nothing says which published notes these are: {notes} without an id, and "
                "{published} in no file of ids: {ids}",
                notes=counted(len(found), "note"),
                published=counted(len(self.lacking), "published note"),
                ids=shown(self.lacking, 3),
            )
            name = f"{path.rpartition('/')[2]}{ENDING}"
            help = _(
                "get {name} back from git or a backup; or make it from a released package: "
                "kartu ids {path} --from OLD.apkg",
                name=name,
                path=typed(path),
            )
            diagnostics.add("ids-missing", found[0].place, message, help)

    # --- files ---------------------------------------------------------------------------------

    def _files(self) -> Iterable[SavedFile]:
        """The files of ids that are to be written or, if empty, deleted."""
        contents = self._contents()
        for path in sorted({*self.read, *contents}):
            before = self.read[path][0] if path in self.read else None
            after = lines_of(contents[path], self.words) if path in contents else None
            if before != after:
                yield SavedFile(path, before, after)

    def _contents(self) -> dict[str, list[Saved]]:
        found: dict[str, list[Saved]] = defaultdict(list)
        moved: dict[str, Counter[str]] = defaultdict(Counter)
        for place, row in enumerate(self.rows):
            if place not in self.proposed:
                found[row.place.path].append(_as_saved(self.ids[place], row))
            if place in self.of_rows:
                moved[self.saved[self.of_rows[place]].path][row.place.path] += 1
        for one in self.with_id:
            row = self._row(self.explicit[one.id])
            found[row.place.path].append(_as_saved(one.id, row))
        sets = {note.id.span.path for note in self.all}
        left = set(range(len(self.saved))) - set(self.of_rows.values())
        proposals = set(self.proposed.values())
        for place in sorted(left):
            one = self.saved[place]
            path = one.path
            if path not in sets and moved[path]:
                path = max(sorted(moved[path]), key=moved[path].__getitem__)
            found[path].append(one if place in proposals else one._replace(gone=True))
        return {f"{path}{ENDING}": lines for path, lines in found.items()}


def _pool(read: Iterable[tuple[bytes, list[Saved]]]) -> dict[str, Saved]:
    """All notes of a deck that have been built, by id."""
    pool: dict[str, Saved] = {}
    for _content, saved in read:
        for one in saved:
            pool[one.id] = together(pool[one.id], one) if one.id in pool else one
    return pool


def _as_saved(id: str, row: Row) -> Saved:
    return Saved(id, row.note_type, row.guid, (row.texts,), gone=False, path=row.place.path)


def published_ids(files: Files, folder: str) -> set[str]:
    """Returns the ids of the notes that students have; unreadable lines are reported elsewhere."""
    newest: dict[tuple[str, str], tuple[int, bool]] = {}
    for name in files.names(folder):
        if _LEDGER.fullmatch(name) is None:
            continue
        content = files.read_text(f"{folder}/{name}", Diagnostics()) or ""
        for line in content.split("\n"):
            if line.startswith('{"note":'):
                try:
                    entry = json.loads(line)
                    key, time = (name, str(entry["note"])), int(entry["time"])
                except (ValueError, TypeError, KeyError, RecursionError):
                    continue
                newest[key] = max(newest.get(key, (0, False)), (time, bool(entry.get("hash"))))
    return {id for (_name, id), (_time, there) in newest.items() if there}


def _differing(before: Texts, now: Texts) -> tuple[str, str]:
    """The first texts in which two notes differ."""
    keys = dict.fromkeys((*now, *before))
    key = next((one for one in keys if before.get(one) != now.get(one)), "")
    return before.get(key, ""), now.get(key, "")


def _short(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
