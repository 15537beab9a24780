"""The rules of the gates, and the report that collects their findings.

This module, like all of this folder, also runs under an interpreter that has nothing but Anki.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kartu.core.language import N_, _

# The number of findings of one rule shown before "… and N more".
MOST_SHOWN = 20

# Each rule with its help: what harms the student, or what to do.
RULES: dict[str, str] = {
    # the package
    "package-unreadable": N_("make the package again"),
    "unknown-format": N_("export it from Anki with support for older versions"),
    "duplicate-guid": N_("Anki keeps both notes, and updates reach only one of them"),
    "timestamp-zero": N_("every update of a note with the time or id 0 makes Anki panic"),
    "time-in-future": N_("Anki takes nothing older than that for an update: check the clock"),
    "scheduling-shipped": N_("students who import it with progress would get somebody else's"),
    # a first import
    "import-failed": N_("Anki imports nothing of such a package"),
    "note-not-imported": N_("every note of a package must be new in an empty collection"),
    "note-without-card": N_(
        "a note without a card is shown nowhere, and Check Database later puts"
        " one into the deck Default"
    ),
    "empty-card": N_("Anki offers to delete it in Tools, Empty Cards, and its progress with it"),
    "missing-card": N_(
        "Anki itself makes this card: it appears as soon as the student edits the note"
    ),
    "text-altered": N_("Anki changes such text or tags at the import; write them as it keeps them"),
    "note-type-altered": N_("Anki changes such names or templates at the import"),
    "note-type-refused": N_("no student can edit this note type in Anki until that is fixed"),
    "broken-template": N_("the student sees an error message in place of the card"),
    "blank-side": N_("the student sees an empty page"),
    "media-missing": N_("the student sees a broken picture or hears nothing"),
    "media-unused": N_("Anki does not copy a file that no field names in a way it recognises"),
    "media-renamed": N_("give the file a name that Anki keeps: a-z, 0-9, - and _"),
    "database-check": N_("a package must not need Tools, Check Database"),
    "not-repeatable": N_("importing the same file again must change nothing"),
    # an update
    "not-the-same-deck": N_("packages of one deck have the same uid"),
    "schema-changed": N_(
        "fields and cards keep their number, order and ids for ever: use a spare one"
    ),
    "note-conflict": N_("Anki leaves such a note as it is, at every later update too"),
    "note-type-doubled": N_(
        "keep the note type's id, and the number and order of fields and cards"
    ),
    "note-type-not-updated": N_(
        "give the note type the time of the release in which it changed last"
    ),
    "full-sync": N_("a forced full sync discards reviews that other devices have not sent yet"),
    "note-dropped": N_("never drop a note: retire it, and it stays with a notice"),
    "guid-changed": N_(
        "the student gets the note twice, the new one without progress: keep the GUID"
    ),
    "note-lost": N_("an update must take no note from a student"),
    "note-not-added": N_("a note that is new in a release must arrive"),
    "card-not-added": N_("a card that is new in a release must arrive"),
    "card-lost": N_("an update must take no card from a student"),
    "card-emptied": N_(
        "Anki now offers to delete it in Tools, Empty Cards, and its progress with it"
    ),
    "progress-changed": N_("an update must leave the student's scheduling as it is"),
    "reviews-changed": N_("an update must leave the student's history as it is"),
    "text-not-updated": N_("a note that changes needs a newer time than it had in every release"),
    "time-moved": N_(
        "students' own edits and tags would be lost for nothing: what does not change"
        " keeps its time; if a release in between had changed it, name that one with --from too"
    ),
    "texts-exchanged": N_(
        "progress belongs to the GUID: every student's would continue with another text"
    ),
    "sides-exchanged": N_("progress belongs to the card's position: put the templates back"),
    "cloze-renumbered": N_("progress belongs to the number of the gap: put the numbers back"),
    "card-elsewhere": N_(
        "Anki puts such a card into the deck Default; students look for it where its note is"
    ),
    "edit-lost": N_(
        "a note that does not change keeps the time of the release in which it did last"
    ),
    "tag-lost": N_(
        "a note that does not change keeps the time of the release in which it did last"
    ),
    "style-lost": N_(
        "a note type that does not change keeps the time of the release in which it did"
    ),
    "media-not-updated": N_("give a file that changes another name, such as one of its content"),
    "deck-renamed": N_(
        "Anki finds decks by name: old cards stay in the old one, new cards go to the new one"
    ),
    # the engine
    "engine-failed": N_("Anki itself failed on the package; what was found until then is above"),
    "time-limit": N_("the gate was stopped, and what it would have found is not known"),
}


class Finding(NamedTuple):
    """A fault of the package. `note` is a GUID and `card` a template's name, or empty."""

    rule: str
    note: str
    card: str
    message: str
    help: str


class Gate(NamedTuple):
    """What one gate found under one engine. `old` is the package updated from, if any.

    `anki` is the engine's version, empty where the gate ended before Anki started; `file` is the
    package.
    """

    gate: str
    old: str | None
    anki: str
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    file: str = ""


class Report:
    """Collects findings and counts while a gate runs.

    `step` is its current step, and `rule` what is broken where Anki fails in it.
    """

    def __init__(self) -> None:
        self.begin(_("starting"))
        self.anki = ""
        self.counts: dict[str, int] = {}
        self.findings: list[Finding] = []

    def begin(self, step: str, rule: str = "engine-failed") -> None:
        self.step = step
        self.rule = rule

    def add(self, rule: str, message: str, note: str = "", card: str = "") -> None:
        self.findings.append(finding(rule, message, note, card))

    def count(self, name: str, number: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + number

    def as_json(self) -> dict[str, Any]:
        return {"anki": self.anki, "counts": self.counts, "findings": self.findings}


def finding(rule: str, message: str, note: str = "", card: str = "") -> Finding:
    """A finding with the help of its rule; KeyError for a rule that does not exist."""
    return Finding(rule, note, card, message, _(RULES[rule]))
