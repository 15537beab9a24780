"""A student's collection in the real Anki: the only module that imports `anki`.

It runs under every engine from 24.11 on, in an interpreter that need not have kartu.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from importlib.metadata import version
from typing import Any

import anki.collection  # before all else of anki: its modules import each other
import anki.lang
from anki.cards import CardId
from anki.collection import (
    AddNoteRequest,
    Collection,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from anki.decks import DeckId
from anki.errors import AnkiException
from anki.models import NotetypeId
from anki.notes import NoteId
from anki.scheduler.v3 import CardAnswer, Scheduler

from kartu.anki.apkg.contents import Note, NoteType, note_of, note_type_of
from kartu.publish.verify.collection import Card, Imported, Media, Rendered
from kartu.publish.verify.package import CardKey

_CARDS = """
SELECT n.guid, c.id, c.ord, c.did, c.type, c.queue, c.due, c.ivl, c.factor, c.reps, c.lapses,
       c.left, c.odue, c.odid, c.flags, c.data
FROM cards c JOIN notes n ON n.id = c.nid ORDER BY c.id
"""
_REVIEWS = """
SELECT n.guid, c.ord, r.id, r.ease, r.ivl, r.lastIvl, r.factor, r.time, r.type
FROM revlog r JOIN cards c ON c.id = r.cid JOIN notes n ON n.id = c.nid ORDER BY r.id
"""


class Engine:
    """A collection with the options that Anki has by default."""

    version = version("anki")

    def __init__(self, folder: str) -> None:
        anki.lang.set_lang("en")
        self._col = Collection(os.path.join(folder, "collection.anki2"))

    def close(self) -> None:
        self._col.close()

    def import_package(self, path: str) -> Imported:
        """Imports as a student does; the defaults of the options are those of Anki's window."""
        request = ImportAnkiPackageRequest(package_path=path, options=ImportAnkiPackageOptions())
        log = self._col.import_anki_package(request).log
        self._col.models._clear_cache()  # noqa: SLF001 - else it returns the note types before this
        return Imported(
            len(log.new),
            len(log.updated),
            tuple((one.id.nid, tuple(one.fields)) for one in log.conflicting),
        )

    # what is in the collection

    def notes(self) -> dict[str, Note]:
        rows = self._rows("SELECT guid, id, mid, mod, tags, flds FROM notes ORDER BY id")
        return {row[0]: note_of(row) for row in rows}

    def cards(self) -> dict[CardKey, Card]:
        return {
            (guid, ord): Card(id, self._col.decks.name(DeckId(deck)), *rest)
            for guid, id, ord, deck, *rest in self._rows(_CARDS)
        }

    def reviews(self) -> dict[CardKey, list[tuple[int, ...]]]:
        """The rows of the review log, by card."""
        found: dict[CardKey, list[tuple[int, ...]]] = {}
        for guid, ord, *row in self._rows(_REVIEWS):
            found.setdefault((guid, ord), []).append(tuple(row))
        return found

    def note_types(self) -> dict[int, NoteType]:
        return {int(one["id"]): note_type_of(int(one["id"]), one) for one in self._col.models.all()}

    def schema_time(self) -> int:
        """Changes when Anki will ask for a full sync."""
        return int(self._rows("SELECT scm FROM col")[0][0])

    # Anki's own checks

    def empty_cards(self) -> set[CardKey]:
        report = self._col.get_empty_cards()
        ids = {id for note in report.notes for id in note.card_ids}
        return {key for key, card in self.cards().items() if card.id in ids}

    def check_database(self) -> list[str]:
        """Returns what Check Database reports as fixed; empty for a sound collection.

        It sets future times of notes to now; they are restored here: a release may be stamped
        seconds ahead, which the student's clock has passed before anything else happens.
        """
        assert self._col.db is not None
        times = self._rows("SELECT mod, id FROM notes")
        message, sound = self._col.fix_integrity()
        self._col.db.executemany("UPDATE notes SET mod = ? WHERE id = ?", times)
        return [] if sound else message.splitlines()[:-1] or [message]

    def check_media(self) -> Media:
        check = self._col.media.check()
        folder = self._col.media.dir()
        files = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                files[name] = sha1(file.read()).hexdigest()  # noqa: S324 - Anki's own digest
        return Media(tuple(check.missing), tuple(check.unused), files)

    def render(self, card: Card) -> Rendered:
        try:
            # the public method would return a card that shows the message
            found = self._col._backend.render_existing_card(  # noqa: SLF001
                card_id=card.id, browser=False, partial_render=True
            )
        except AnkiException as error:
            return Rendered("", "", " ".join(str(error).split()))
        front = _text(found.question_nodes, "")
        return Rendered(front, _text(found.answer_nodes, front), "")

    def refusal(self, note_type: int) -> str:
        """Returns why Anki's template editor would reject the note type; empty if it would not."""
        models = self._col.models
        found = models.get(NotetypeId(note_type))
        assert found is not None
        try:
            models.update_dict(found)
        except AnkiException as error:
            return " ".join(str(error).split()) or type(error).__name__
        return ""

    def generated(self, notes: Sequence[Note]) -> list[set[int]]:
        """The positions of the cards that Anki makes for notes like these; adds such notes."""
        requests = []
        for one in notes:
            note_type = self._col.models.get(NotetypeId(one.note_type))
            assert note_type is not None
            note = self._col.new_note(note_type)
            note.fields = list(one.fields)
            note.tags = list(one.tags)
            requests.append(AddNoteRequest(note=note, deck_id=DeckId(1)))
        self._col.add_notes(requests)
        made: dict[int, set[int]] = {request.note.id: set() for request in requests}
        for id, ord in self._rows("SELECT nid, ord FROM cards"):
            if id in made:
                made[id].add(ord)
        return list(made.values())

    # what students do

    def answer(self, card: Card, button: int, time: int) -> None:
        """Shows the card and presses a button (1 again, 2 hard, 3 good, 4 easy).

        `time` is in milliseconds, and no two answers have the same: Anki would increment it, and
        later fix its record of the review.
        """
        shown = self._col.get_card(CardId(card.id))
        shown.start_timer()
        scheduler = self._col.sched
        assert isinstance(scheduler, Scheduler)
        states = self._col._backend.get_scheduling_states(card.id)  # noqa: SLF001
        rating = (CardAnswer.AGAIN, CardAnswer.HARD, CardAnswer.GOOD, CardAnswer.EASY)[button - 1]
        answer = scheduler.build_answer(card=shown, states=states, rating=rating)
        answer.answered_at_millis = time
        scheduler.answer_card(answer)

    def suspend(self, cards: Iterable[Card]) -> None:
        self._col.sched.suspend_cards([CardId(card.id) for card in cards])

    def bury(self, cards: Iterable[Card]) -> None:
        self._col.sched.bury_cards([CardId(card.id) for card in cards])

    def flag(self, cards: Iterable[Card], flag: int) -> None:
        self._col.set_user_flag_for_cards(flag, [CardId(card.id) for card in cards])

    def move(self, cards: Iterable[Card], deck: str) -> None:
        id = self._col.decks.id(deck)
        assert id is not None
        self._col.set_deck([CardId(card.id) for card in cards], int(id))

    def edit(self, note: Note, fields: Sequence[str]) -> None:
        found = self._col.get_note(NoteId(note.id))
        found.fields = list(fields)
        self._col.update_note(found)

    def tag(self, note: Note, tag: str) -> None:
        self._col.tags.bulk_add([NoteId(note.id)], tag)

    def restyle(self, note_type: int, style: str, time: int) -> None:
        """Adds to the style of a note type, as changed at `time`, in seconds."""
        found = self._col.models.get(NotetypeId(note_type))
        assert found is not None
        found["css"] += style
        self._col.models.update_dict(found)
        assert self._col.db is not None
        query = "UPDATE notetypes SET mtime_secs = ? WHERE id = ?"
        self._col.db.execute(query, time, note_type)
        self._col.models._clear_cache()  # noqa: SLF001 - as after an import

    def date_note_types(self, times: Mapping[int, int]) -> None:
        """Sets the modification times of note types by id, in seconds."""
        there = self.note_types()
        other = [(t, id) for id, t in times.items() if id in there and there[id].mod != t]
        if other:
            assert self._col.db is not None
            self._col.db.executemany("UPDATE notetypes SET mtime_secs = ? WHERE id = ?", other)
            self._col.close()  # else Anki uses its cached times
            self._col.reopen()

    def date(self, notes: Iterable[Note], time: int) -> None:
        """Sets the modification time of the notes, in seconds."""
        assert self._col.db is not None
        for note in notes:
            self._col.db.execute("UPDATE notes SET mod = ? WHERE id = ?", time, note.id)

    def _rows(self, query: str) -> list[list[Any]]:
        assert self._col.db is not None
        return [list(row) for row in self._col.db.all(query)]


def _text(nodes: Iterable[Any], front: str) -> str:
    """The nodes of a rendered side as text; filters of add-ons are left out."""
    parts = []
    for node in nodes:
        if node.WhichOneof("value") == "text":
            parts.append(node.text)
        elif node.replacement.field_name == "FrontSide":
            parts.append(front)
        else:
            parts.append(node.replacement.current_text)
    return "".join(parts)
