"""Faults of packages and of updates, each with the rule that must catch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from support.verify_packages import FIRST, NEW, OLD, SECOND, Item, Release

UID, OTHER_UID = "a1b2c3d4e5f60718", "b1b2c3d4e5f60718"
BACK = OLD.cards[0][3]
MAJU, DORMANT = OLD.cards


class Fault(NamedTuple):
    """`make` makes the package that has it; `only` tells that no other rule may be found."""

    name: str
    rule: str
    make: Callable[[], Release]
    only: bool = True


class Step(NamedTuple):
    """A fault of an update from one release to the next."""

    name: str
    rule: str
    new: Callable[[], Release]
    old: Release = OLD
    only: bool = True


def _front(front: str, back: str = BACK, release: Release = OLD) -> Release:
    return release._replace(cards=((21, "Maju", front, back), *release.cards[1:]))


def _two_media(name: str, content: bytes = b"lain") -> Release:
    return OLD._replace(media=(*OLD.media, (name, content)))


FAULTS = [
    Fault("media missing", "media-missing", lambda: OLD._replace(media=())),
    Fault("media unused", "media-unused", lambda: _two_media("lain.png")),
    Fault(
        "media renamed",
        "media-renamed",
        lambda: _two_media("a?b.png").change("uji:1", fields=('<img src="a?b.png">', "x", "")),
        only=False,
    ),
    Fault("template unclosed", "broken-template", lambda: _front("{{#Depan}}{{Depan}}"), False),
    Fault("back unclosed", "broken-template", lambda: _front("{{Depan}}", "{{#Depan}}"), False),
    Fault("unknown field", "broken-template", lambda: _front("{{Depan}}{{Lain}}"), False),
    Fault(
        "front without field", "note-type-refused", lambda: _front("Apa?", "{{Belakang}}"), False
    ),
    Fault(
        "front of a space",
        "blank-side",
        lambda: OLD.change("uji:3", fields=("&nbsp;", "Belakang 3", "")),
    ),
    Fault("empty back", "blank-side", lambda: _front("{{Depan}}", "{{_3}}")),
    Fault("no card", "note-without-card", lambda: OLD.change("uji:3", ords=()), False),
    Fault("empty card", "empty-card", lambda: OLD.change("uji:3", ords=(0, 1))),
    Fault("card missing", "missing-card", lambda: NEW.change("uji:6", ords=(0,)), False),
    Fault(
        "GUID twice",
        "duplicate-guid",
        lambda: OLD._replace(notes=(*OLD.notes, Item("uji:1", ("Lagi", "x", "")))),
        only=False,
    ),
    Fault("time 0", "timestamp-zero", lambda: OLD.change("uji:3", mod=0)),
    Fault(
        "time in the future", "time-in-future", lambda: OLD.change("uji:3", mod=2**32 - 9), False
    ),
    Fault("scheduling shipped", "scheduling-shipped", lambda: OLD._replace(studied=True)),
    Fault("note type's time in the future", "time-in-future", lambda: OLD._replace(time=2**32 - 9)),
    Fault("id 0", "timestamp-zero", lambda: OLD.change("uji:3", id=0, mod=0), False),
    Fault("control", "text-altered", lambda: OLD.change("uji:3", fields=("a\x01b", "x", ""))),
    Fault("leech", "text-altered", lambda: OLD.change("uji:3", tags=("leech",))),
    Fault("too few fields", "import-failed", lambda: OLD.change("uji:3", fields=("a", "b"))),
    Fault(
        "field name",
        "note-type-altered",
        lambda: OLD._replace(fields=(*OLD.fields[:2], (13, 'Con"toh'))),
        only=False,
    ),
]


def _more_fields() -> Release:
    added = NEW._replace(fields=(*NEW.fields, (14, "Tambahan")))
    return added.map(lambda one: one._replace(fields=(*one.fields, "")))


def _swapped() -> Release:
    depan, belakang, contoh = NEW.fields
    swapped = NEW._replace(fields=(belakang, depan, contoh))
    return swapped.map(
        lambda one: one._replace(fields=(one.fields[1], one.fields[0], one.fields[2]))
    )


def _deck(release: Release, root: str) -> Release:
    return release.map(lambda one: one._replace(deck=one.deck.replace("Uji", root)))


def _one_card(release: Release, front: str) -> Release:
    cards = ((21, "Maju", front, "{{Belakang}}" + front),)
    return release._replace(cards=cards).map(lambda one: one._replace(ords=(0,)))


def _exchanged(release: Release, *places: int) -> Release:
    """The release with these fields of two notes exchanged, as if that were a correction."""
    one, other = (next(item for item in release.notes if item.guid == f"uji:{n}") for n in (6, 9))
    fields = [list(one.fields), list(other.fields)]
    for place in places:
        fields[0][place], fields[1][place] = fields[1][place], fields[0][place]
    release = release.change("uji:6", fields=tuple(fields[0]), mod=SECOND)
    return release.change("uji:9", fields=tuple(fields[1]), mod=SECOND)


def _two_cards(release: Release) -> Release:
    cards = ((21, "Maju", "{{Depan}}", BACK), (22, "Mundur", "{{Belakang}}", BACK))
    return release._replace(cards=cards).map(lambda one: one._replace(ords=(0, 1)))


def _other_sides() -> Release:
    cards = ((21, "Maju", "{{Belakang}}", BACK), (22, "Mundur", "{{Depan}}", BACK))
    return _two_cards(OLD)._replace(cards=cards, time=SECOND)


def _gaps(release: Release, one: int, other: int) -> Release:
    """A cloze release in which the note 3 has two gaps of these numbers."""
    text = f"{{{{c{one}::Satu}}}} dan {{{{c{other}::dua}}}}"
    changed = _one_card(release, "{{cloze:Depan}}")._replace(cloze=True, fields=OLD.fields)
    changed = changed.map(
        lambda item: item._replace(fields=(f"{{{{c1::{item.fields[0]}}}}}", *item.fields[1:]))
    )
    return changed.change("uji:3", fields=(text, "Belakang 3", ""), ords=(0, 1))


def _cloze() -> Release:
    return _one_card(NEW, "{{cloze:Depan}}")._replace(cloze=True)


STEPS = [
    Step("note dropped", "note-dropped", lambda: NEW.without("uji:5")),
    Step("GUID changed", "guid-changed", lambda: NEW.change("uji:5", guid="uji:lima")),
    Step("note type id", "note-conflict", lambda: NEW._replace(type_id=2**40 + 1), only=False),
    Step("note type id, said", "note-type-doubled", lambda: NEW._replace(type_id=7), only=False),
    Step("field added", "schema-changed", _more_fields, only=False),
    Step("field added, said", "note-conflict", _more_fields, only=False),
    Step(
        "a spare without an id",
        "schema-changed",
        lambda: NEW._replace(fields=tuple((0, name) for _, name in NEW.fields)),
        OLD._replace(fields=tuple((0, name) for _, name in OLD.fields)),
        only=False,
    ),
    Step("field reordered", "schema-changed", _swapped, only=False),
    Step("sort field", "schema-changed", lambda: NEW._replace(sort_field=1), only=False),
    Step("sort field, said", "full-sync", lambda: NEW._replace(sort_field=1), only=False),
    Step(
        "template removed",
        "schema-changed",
        lambda: NEW._replace(cards=NEW.cards[:1]).change("uji:6", ords=(0,)),
        only=False,
    ),
    Step(
        "template in front",
        "schema-changed",
        lambda: NEW._replace(cards=((23, "Baru", "{{Belakang}}", "{{Depan}}"), *NEW.cards)),
        only=False,
    ),
    Step("cloze", "schema-changed", _cloze, _one_card(OLD, "{{Depan}}"), only=False),
    Step("cloze, said", "card-emptied", _cloze, _one_card(OLD, "{{Depan}}"), only=False),
    Step(
        "card emptied",
        "card-emptied",
        lambda: NEW.change("uji:3", fields=("", "Belakang 3", ""), mod=SECOND),
    ),
    Step("deck renamed", "deck-renamed", lambda: _deck(NEW, "Ujian")),
    Step("new notes elsewhere", "deck-renamed", lambda: NEW.change("uji:10", deck="Lain::Satu")),
    Step(
        "all times new",
        "edit-lost",
        lambda: NEW.map(lambda one: one._replace(mod=SECOND)),
        only=False,
    ),
    Step("time of one edited note new", "edit-lost", lambda: NEW.change("uji:4", mod=SECOND)),
    Step("time of one tagged note new", "tag-lost", lambda: NEW.change("uji:5", mod=SECOND)),
    Step(
        "note type's time new without a change",
        "style-lost",
        lambda: OLD._replace(time=SECOND),
    ),
    Step(
        "time of one untouched note new",
        "time-moved",
        lambda: NEW.change("uji:6", fields=("Depan 6", "Belakang 6", ""), ords=(0,)),
    ),
    Step("time of one note older", "time-moved", lambda: NEW.change("uji:4", mod=FIRST - 9)),
    Step("two notes' texts", "texts-exchanged", lambda: _exchanged(NEW, 0, 1)),
    Step("two notes' second fields", "texts-exchanged", lambda: _exchanged(NEW, 1)),
    Step(
        "a note over another",
        "texts-exchanged",
        lambda: NEW.change("uji:3", fields=("Depan 5", "Belakang 5", ""), mod=SECOND),
    ),
    Step("cards' sides", "sides-exchanged", _other_sides, _two_cards(OLD)),
    Step(
        "gaps' numbers",
        "cloze-renumbered",
        lambda: _gaps(NEW, 2, 1)._replace(time=FIRST),
        _gaps(OLD, 1, 2),
    ),
    Step("same time", "text-not-updated", lambda: NEW.change("uji:3", mod=FIRST)),
    Step("older time", "text-not-updated", lambda: NEW.change("uji:2", mod=FIRST - 9)),
    Step("note type's time", "note-type-not-updated", lambda: NEW._replace(time=FIRST), only=False),
    Step(
        "media missing",
        "media-missing",
        lambda: NEW.change("uji:3", fields=('<img src="baru.png">', "Belakang 3", "")),
    ),
    Step(
        "media changed",
        "media-not-updated",
        lambda: NEW._replace(media=(("peta.png", b"peta baru"),)),
        only=False,
    ),
    Step(
        "template broken",
        "broken-template",
        lambda: _front("{{Depan}}", "{{#Depan}}{{Belakang}}", NEW),
        only=False,
    ),
    Step(
        "GUID twice",
        "duplicate-guid",
        lambda: NEW._replace(notes=(*NEW.notes, Item("uji:1", ("Lagi", "x", ""), SECOND))),
        only=False,
    ),
    Step(
        "id 0",
        "engine-failed",
        lambda: OLD.change("uji:3", id=0),
        OLD.change("uji:3", id=0),
        only=False,
    ),
    Step(
        "another deck",
        "not-the-same-deck",
        lambda: NEW._replace(identity=(OTHER_UID, None)),
        OLD._replace(identity=(UID, None)),
    ),
]
