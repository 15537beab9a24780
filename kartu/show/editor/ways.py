"""What stops a release, and the ways out of each: most give students back what they have.

A way is a name with what it needs to know; the page shows it as a button.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.card_set import NO_REASON
from kartu.load.files import Files
from kartu.publish.ids import Answers, Asked, answer
from kartu.publish.plan import Planned
from kartu.rewrite.notes.put_back import PublishedNotes, with_identity
from kartu.rewrite.notes.sets import Changes
from kartu.rewrite.notes.values import EditRefusedError
from kartu.show.editor.earlier import EarlierNote, EarlierTexts
from kartu.show.editor.opened import Fault
from kartu.show.editor.places import Places

# Of published notes: what students have is put back.
_OF_TEXTS = frozenset(("card-lost", "cloze-renumbered", "texts-exchanged"))
# The note with other texts becomes a new one, and the old one is put back and retired.
_REPLACED = frozenset(("card-lost", "cloze-renumbered", "note-type-changed"))
OF_TEMPLATES = frozenset(
    (
        *("sides-exchanged", "note-type-broken", "position-removed", "position-moved"),
        "name-reused",
    )
)

if TYPE_CHECKING:
    from kartu.show.editor.desk import Desk


class Accepted(NamedTuple):
    """What a teacher has accepted of a release: the reason for harm, a change of many looks."""

    reason: str = ""
    looks: bool = False


class Way(NamedTuple):
    """A way out: what it does, and to what. `needs` are the texts that it asks for."""

    do: str
    safe: bool
    arguments: Mapping[str, str]
    needs: tuple[str, ...] = ()

    def value(self) -> dict[str, Any]:
        return {
            "do": self.do,
            "label": f"way_{self.do}",
            "safe": self.safe,
            "arguments": dict(self.arguments),
            "needs": list(self.needs),
        }


def refusals(
    desk: Desk, deck: Deck, planned: Planned, accepted: Accepted
) -> Iterator[dict[str, Any]]:
    """Yields what stops the release of a deck, each with its ways out."""
    finder = _Finder(desk, deck, planned)
    for one in planned.errors:
        yield finder.refusal(one, finder.note(one), finder.of_error(one))
    for one, note in finder.of_notes(planned.breaks if planned.plan is not None else ()):
        ways = [*finder.of_break(one, note), _reasoned()]
        yield finder.refusal(one, note, ways) | {"accepted": bool(accepted.reason)}
    if planned.plan is not None and planned.looks:
        message = _(
            "{changed} of {published} published notes change only in tags or looks, and students' "
            "own edits and tags on them would be lost",
            changed=planned.looks,
            published=planned.plan.published,
        )
        fault = Diagnostic("note-rewritten", Span(f"{deck.folder}/deck.yaml"), message)
        way = Way("accept_looks", False, {})
        found = finder.refusal(fault, "", [way])
        yield found | {"code": "looks", "accepted": accepted.looks}
    if planned.plan is not None and planned.plan.refused:
        fault = Diagnostic("future-date", Span(f"{deck.folder}/deck.yaml"), planned.plan.refused)
        yield finder.refusal(fault, "", []) | {"code": "clock"}


def _reasoned() -> Way:
    return Way("accept", False, {}, ("reason",))


class _Finder:
    """Finds the note that a fault is about, and what would do away with it."""

    def __init__(self, desk: Desk, deck: Deck, planned: Planned) -> None:
        self._desk = desk
        self._deck = deck
        self._planned = planned
        sources = [one.built.source for one in planned.family] or [deck]
        self._places = Places(sources)
        types = desk.session.opened.project.of(deck).note_types
        self._earlier = EarlierTexts(desk.root, deck, types, desk.session.history())

    def refusal(self, one: Diagnostic, note: str, ways: list[Way]) -> dict[str, Any]:
        about = self._desk.answers.fault(Fault("", one), note)
        title = self._desk.session.title(self._deck, note) if note else ""
        names = ("code", "message", "help", "note", "path", "line")
        return {
            **{name: about[name] for name in names},
            "title": title,
            "accepted": False,
            "ways": [way.value() for way in ways],
        }

    def note(self, one: Diagnostic) -> str:
        found = self._places.note(one.span)
        return found[1] if found is not None else ""

    def of_notes(self, breaks: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
        """Yields each break with its note; one that is about several once for each of these."""
        told: set[tuple[str, str]] = set()
        for one in breaks:
            near = self.note(one)
            affected = self._affected.get(one.code, [])
            ids = [near] if near in affected or not affected else affected
            for id in ids if self._is_of_notes(one) else [near]:
                if (one.code, id) not in told:
                    told.add((one.code, id))
                    yield self._for_one(one, id, several=len(ids) > 1), id

    def _is_of_notes(self, one: Diagnostic) -> bool:
        """Whether a break is about notes, not about the deck itself."""
        return one.code != "identity-changed" or one.span.path != self._deck.span.path

    def _for_one(self, one: Diagnostic, id: str, *, several: bool) -> Diagnostic:
        if one.code != "note-gone" or not several:
            return one
        return one._replace(message=_('the published note "{id}" is no longer there', id=id))

    @cached_property
    def _affected(self) -> dict[str, list[str]]:
        """The notes that breaks are about whose places are not theirs alone."""
        first = self._planned.family[0]
        now, ledger = first.entries.notes, first.ledger.notes
        both = [(id, now[id], ledger[id]) for id in ledger if id in now]
        return {
            "note-gone": self._planned.changes.gone,
            "note-moved": [id for id, one, was in both if one.deck != was.deck],
            "identity-changed": [id for id, one, was in both if one.guid != was.guid],
        }

    def of_error(self, one: Diagnostic) -> list[Way]:
        if one.code != "which-note":
            return []
        given = next((it for it in self._deck.given.proposals if it.place == one.span), None)
        if given is None:
            return []
        row = {"row": str(one.span.line), "path": self._desk.answers.path(one.span.path)}
        return [Way("same", True, {**row, "note": given.id}), Way("new", True, row)]

    def of_break(self, one: Diagnostic, note: str) -> list[Way]:
        if one.code in OF_TEMPLATES:
            return []
        if one.code == "identity-changed":
            return (
                [Way("restore_guid", True, {"note": note})]
                if note
                else [Way("restore_identity", True, {})]
            )
        if one.code == "note-moved":
            return [Way("move_back", True, {"note": note})]
        if one.code == "note-gone":
            return list(self._of_gone(one, note))
        return list(self._of_texts(one, note)) if self._earlier.note(note) is not None else []

    def _of_texts(self, one: Diagnostic, note: str) -> Iterator[Way]:
        if one.code == "edition-reduced":
            yield Way("restore_tags", True, {"note": note})
        if one.code in _OF_TEXTS:
            others = [it for it in map(self._related, one.related) if it and it != note]
            also = {"other": others[0]} if others else {}
            yield Way("restore", True, {"note": note, **also})
        if one.code in _REPLACED:
            yield Way("replace", True, {"note": note}, ("reason",))

    def _related(self, one: Any) -> str:
        found = self._places.note(one.span)
        return found[1] if found is not None else ""

    def _of_gone(self, one: Diagnostic, note: str) -> Iterator[Way]:
        now = self.note(one)
        if one.related and now:
            yield Way("restore_id", True, {"note": now, "to": note})
        elif self._earlier.note(note) is not None:
            yield Way("restore", True, {"note": note})
            yield Way("retire", True, {"note": note}, ("reason",))


# --- carrying out --------------------------------------------------------------------------------


def carry_out(desk: Desk, deck: Deck, do: str, given: Mapping[str, str]) -> None:
    """Does what a way says, in one edit or several.

    Raises EditRefusedError where that is not possible; what was done until then can be undone.
    """
    if do in ("same", "new"):
        _decide(desk, deck, do, given)
        return
    steps = _STEPS.get(do)
    if steps is None:
        raise EditRefusedError(Span(""), _("there is no such way"))
    for step in steps:
        back = _Back(desk, desk.deck(deck.id), given)
        note, changes = step(back)
        outcome = desk.session.apply(deck.id, do, changes, note)
        if outcome.refusal is not None:
            raise EditRefusedError(*outcome.refusal)


class _Back:
    """A deck, with what students have of it and what a way needs to know."""

    def __init__(self, desk: Desk, deck: Deck, given: Mapping[str, str]) -> None:
        opened = desk.session.opened
        project = opened.project
        self.files = Files(desk.root)
        self.deck = deck
        self.given = given
        self.notes = PublishedNotes(self.files, project, deck, opened.sets, opened.ledgers)
        types = project.of(deck).note_types
        self._earlier = EarlierTexts(desk.root, deck, types, desk.session.history())

    def earlier(self, id: str) -> EarlierNote:
        """A note as students have it. Raises EditRefusedError where that is not known any more."""
        found = self._earlier.note(id)
        if found is None:
            raise EditRefusedError(self.deck.span, _("its texts are not known any more"))
        return found

    def has(self, id: str) -> bool:
        return any(str(note.id) == id for note in self.deck.all_notes)


_Step = Callable[[_Back], tuple[str, Changes]]


def _restore(back: _Back) -> tuple[str, Changes]:
    return _restored(back, back.given["note"])


def _restore_other(back: _Back) -> tuple[str, Changes]:
    other = back.given.get("other", "")
    return _restored(back, other) if other else ("", {})


def _restored(back: _Back, id: str) -> tuple[str, Changes]:
    """A note that is gone or has other texts is as students have it."""
    found = back.earlier(id)
    if back.has(id):
        return id, back.notes.with_texts(id, found.values)
    return id, back.notes.put_back(id, found.note_type, found.subdeck, found.values)


def _retired(back: _Back) -> tuple[str, Changes]:
    """A note that is gone is put back as one that is no longer used."""
    id, reason = back.given["note"], back.given.get("reason", "")
    if reason.strip().casefold() in ("", *NO_REASON):
        message = _("write why students need not learn it any more: they see the reason")
        raise EditRefusedError(back.deck.span, message)
    found = back.earlier(id)
    values = {**found.values, "retired": " ".join(reason.split())}
    return id, back.notes.put_back(id, found.note_type, found.subdeck, values)


def _restore_tags(back: _Back) -> tuple[str, Changes]:
    id = back.given["note"]
    return id, back.notes.with_values(id, {"tags": back.earlier(id).values.get("tags", "")})


def _new_id(back: _Back) -> tuple[str, Changes]:
    """What has the id of a published note, and is another one now, gets an id of its own."""
    id = back.given["note"]
    back.earlier(id)
    return "", back.notes.with_new_id(id)


def _restore_id(back: _Back) -> tuple[str, Changes]:
    return back.given["to"], back.notes.renamed(back.given["note"], back.given["to"])


def _restore_guid(back: _Back) -> tuple[str, Changes]:
    return back.given["note"], back.notes.with_published_guid(back.given["note"])


def _move_back(back: _Back) -> tuple[str, Changes]:
    return back.given["note"], back.notes.moved_back(back.given["note"])


def _restore_identity(back: _Back) -> tuple[str, Changes]:
    return "", with_identity(back.files, back.deck)


_STEPS: dict[str, tuple[_Step, ...]] = {
    "restore": (_restore, _restore_other),
    "retire": (_retired,),
    "replace": (_new_id, _retired),
    "restore_tags": (_restore_tags,),
    "restore_id": (_restore_id,),
    "restore_guid": (_restore_guid,),
    "restore_identity": (_restore_identity,),
    "move_back": (_move_back,),
}


def _decide(desk: Desk, deck: Deck, do: str, given: Mapping[str, str]) -> None:
    """Says which note a row without an id is."""
    row, id = given.get("row", ""), given.get("note", "")
    known = {one.place.path: one for one in deck.given.proposals if str(one.place.line) == row}
    path = next((one for one in known if desk.answers.path(one) == given.get("path", "")), "")
    if not path:
        raise EditRefusedError(Span(""), _("there is no such row"))
    answers = Answers(same=(f"{row}={id}",)) if do == "same" else Answers(new=(row,))
    answer(Asked(desk.root, deck.id, path), answers)
    desk.refresh()
