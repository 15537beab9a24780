"""The catalogue of diagnostics: every code, its severity and its meaning.

A code names the fault, not the fix. kartu/report/explanations.yaml explains why each one matters,
with an example; `kartu explain` and docs/diagnostics.md show both; a test keeps them in step.
"""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning")

ERRORS: dict[str, str] = {
    # files
    "file-unreadable": "a file or folder cannot be read",
    "file-encoding": "a file is not UTF-8 text",
    "file-too-large": "a file is larger than kartu reads",
    "path-outside-project": "a name leads out of the folder it belongs to",
    "write-interrupted": "a change was interrupted halfway, and the files were edited since",
    "no-deck": "cards/ holds no deck",
    "no-note-type": "templates/ holds no note type",
    # YAML
    "yaml-syntax": "the YAML cannot be read",
    "yaml-tab": "a tab stands where YAML wants spaces",
    "yaml-duplicate-key": "a key stands twice in one mapping",
    "yaml-too-complex": "aliases or nesting make the file too large",
    "yaml-unsupported": "a YAML feature that card definitions do not use",
    # spreadsheets
    "csv-syntax": "a quote in a CSV file that is not closed or not at its place",
    "csv-delimiter": "the delimiter of a CSV file is ambiguous, or not one that kartu reads",
    "duplicate-column": "two columns of a spreadsheet have one name",
    "unnamed-column": "a value in a spreadsheet's column that has no name",
    "formula-error": "a cell whose formula has no result, such as #NAME?",
    "not-text": "a cell of a workbook that holds a date or number and not what is seen",
    "workbook-unreadable": "a workbook that is damaged, has a password or is none",
    "sheets-not-installed": "reading .xlsx needs kartu[sheets], which is not installed",
    # the shape of deck.yaml, card sets and note_type.yaml
    "missing-key": "a required key is missing",
    "unknown-key": "a key that nothing reads",
    "wrong-shape": "a value of another kind than expected (text, list or mapping)",
    "bad-value": "a value that is not among the possible ones",
    "duplicate-id": "an id that must be unique stands twice",
    # decks
    "bad-id": "an id with other signs than a-z, 0-9 and -",
    "bad-uid": "a uid that is not 16 hex digits beginning with a-f",
    "deck-folder-name": "the id of a deck is not its folder's name",
    "shared-identity": "two decks of the project share a uid, prefix or name",
    "bad-deck-name": "a deck or subdeck name that Anki changes or refuses",
    "bad-selection": "the include of an edition cannot be understood",
    "unread-notes": "a file that kartu does not read, with notes that the deck needs",
    "empty-edition": "an edition without a note",
    "unknown-source": "a source that deck.yaml does not list",
    "unknown-fact": "a fact that the deck's list of facts does not hold",
    # notes
    "unknown-note-type": "a card set names a note type that templates/ does not hold",
    "missing-field": "a note without a required field",
    "not-an-option": "an answer that is none of the options of its note",
    "bad-tag": "a tag that Anki changes or uses itself",
    "tag-case": "two tags that differ only in upper and lower case",
    "control-character": "an invisible control character in a value",
    "no-card": "a note of which Anki would make no card",
    "bad-cloze": "a cloze that Anki reads otherwise than it looks",
    "bad-occlusion": "a cloze on a picture that does not cover a place of it",
    "value-too-long": "a text longer than cards are made for",
    "invisible-value": "a value of which a card shows nothing",
    "bad-table": "a table whose rows have different lengths",
    "unknown-note": "a translation or change of a note that the deck does not have",
    "bad-upstream": "a deck extends another one that is not there",
    "unknown-subdeck": "a translation of a subdeck that the deck does not have",
    # media
    "media-missing": "a media file that is named but not there",
    "media-case": "a media file that is named with other upper and lower case letters",
    "media-type": "a media file of a kind that Anki does not play or show",
    "media-content": "a media file that holds something else and cannot be shown or played",
    "media-remote": "a picture or sound that lies on the internet",
    # note types
    "bad-slots": "a field or card whose id lies outside the slots",
    "bad-field-name": "a field or card name that Anki changes or refuses",
    "reserved-name": "a field whose key or name is the engine's own",
    "unknown-theme": "a theme that templates/_shared/themes does not hold",
    "no-text-for-language": "templates/_shared/texts has no file for the deck's language",
    "missing-text": "a text of the templates that one language has and another lacks",
    # templates
    "template-missing": "a template file that is named but not there",
    "template-syntax": "Jinja2 cannot read a template",
    "template-undefined": "a template uses a name that does not exist",
    "template-failed": "a template fails while it is rendered",
    "template-delimiter": "Jinja2's usual signs where kartu's are meant",
    "bad-drawing": "a picture drawn by a template that is no SVG",
    "mustache-syntax": "Anki cannot read a card template",
    "unknown-field": "a card template shows a field that the note type does not have",
    "front-without-field": "a front that shows no field of the note",
    "cloze-on-front": "a cloze note type that shows no cloze, or a standard one that does",
    "identical-fronts": "two cards of a note type with the same front",
    # the ledger
    "ledger-unreadable": "a line of the ledger that is none",
    "ledger-conflict": "a merge conflict in the ledger",
    "ledger-missing": "something was published, but its ledger or its sources are not there",
    "version-released-twice": "two branches released one version",
    "version-lowered": "a version lower than the published one",
    # what an update would break
    "identity-changed": "uid, prefix, name or GUID of something published has changed",
    "note-gone": "a published note is no longer there",
    "edition-reduced": "a published edition is gone, or a note is no longer in it",
    "note-moved": "a published note stands in another subdeck",
    "note-type-changed": "a published note has another note type",
    "card-lost": "a card of a published note would be left empty",
    "cloze-renumbered": "a cloze of a published note has another number",
    "texts-exchanged": "published notes or fields have exchanged their texts",
    "sides-exchanged": "cards of a published note type have exchanged their sides",
    "note-type-broken": "kind, slots or id of a published note type have changed",
    "position-removed": "a published field or card is no longer declared",
    "position-moved": "a published field or card stands at another position",
    "name-reused": "a field or card gets a name that was given up before",
}

# Only `--major` with a reason releases these: students would lose progress or updates.
UPGRADE_FAULTS = frozenset(
    (
        *("identity-changed", "note-gone", "note-moved", "edition-reduced", "note-type-changed"),
        *("card-lost", "texts-exchanged", "sides-exchanged"),
        *("cloze-renumbered", "note-type-broken", "position-removed", "position-moved"),
        "name-reused",
    )
)

WARNINGS: dict[str, str] = {
    "note-rewritten": "a published note asks something else: its id may have been given away",
    "text-cut": "a text of which YAML drops a part, such as what follows a #",
    "lines-joined": "lines that look like a list, and that YAML joins to one",
    "outside-cells": "what a workbook has outside its cells, or in cells merged over rows",
    "csv-encoding": "a CSV file that is not UTF-8 and was read as Windows-1252",
    "unexpected-file": "a file that kartu does not read",
    "unportable-name": "a file whose name not every system can hold",
    "fact-without-note": "a fact that no note asks",
    "unused-source": "a source that no note names",
    "note-without-source": "a note that names no source, where others of the deck do",
    "stale-note": "a note whose `as_of` lies more than a year back",
    "future-date": "an `as_of` that lies in the future",
    "unbalanced-tags": "fewer notes with a tag than the deck's `balance` asks for",
    "missing-translation": "a text that a language variant does not translate",
    "translation-behind": "a translation of a published text that was corrected since",
    "upstream-changed": "the extended deck has changed a text that is overridden",
    "change-without-original": "a change that does not tell the text it stands in place of",
    "change-without-effect": "a change that says what the extended deck says",
    "ledger-not-copied": "a deck in the place of another one lacks the ledger of that",
    "upstream-identity": "a deck that takes the place of the one it extends",
    "names-look-alike": "two tags or subdecks that differ in what cannot be seen",
    "duplicate-tag": "a tag that a note, or it and its card set, have twice",
    "html-removed": "HTML that is not allowed on cards was left out",
    "doubtful-hint": "a hint of a cloze that looks like a part of its text",
    "bad-ignore": "a comment `kartu: ignore` that cannot be followed",
    "unused-ignore": "a comment `kartu: ignore[code]` where nothing is to be ignored",
    # links, elements, formulas, media
    "bad-link": "a link that leads nowhere from a card",
    "html-unbalanced": "an HTML element that is not closed where it belongs",
    "maths-unbalanced": "a formula that is not closed, or whose braces are not",
    "foreign-markup": "a mark of another program, which cards show as it is typed",
    "anki-media-missing": "a field as Anki has it names a file that media/ does not hold",
    "media-ending": "a media file that holds something else than its name says",
    "media-unused": "a file in media/ that no note uses",
    "media-too-large": "a picture or sound that is larger than a card needs",
    "image-without-text": "a picture without a text for those who do not see it",
    "media-without-licence": "a media file without an entry, where deck.yaml lists their licences",
    "licence-without-media": "a licence of a media file that no note uses",
    "template-media": "a template that shows a file which no package holds",
    "untypable-answer": "an answer to type that holds what no keyboard types",
    # cards that are easily confused
    "duplicate-question": "one question with two answers",
    "near-duplicate": "two notes that ask and answer nearly the same",
    # rules on teaching
    "answer-too-long": "an answer too long to be recalled",
    "long-list": "an answer of more than five things without an order",
    "answer-in-question": "a question that says its own answer",
    "yes-no-question": "a question that yes or no answers",
    "double-question": "two questions on one card",
    "pronoun-without-referent": "a pronoun of which nothing says what it stands for",
    "question-without-text": "a question that is a picture alone, without a text for it",
    "cloze-too-large": "a gap that hides most of its sentence",
    "cloze-of-function-word": "a gap that hides a word without a meaning of its own",
    "cloze-without-context": "a gap with too few words around it",
    "unexplained-abbreviation": "an abbreviation of which the deck never says what it stands for",
    # paper: reported by `kartu print`
    "too-long-for-paper": "a card with a side that does not fit a whole page",
    "picture-not-printed": "a picture that cannot be printed",
}

# One mistake, however many places use the name: reported once, with the other places as related.
ONCE_PER_NAME = frozenset(
    ("unknown-source", "unknown-fact", "unknown-note-type", "anki-media-missing")
)

# These concern a file or folder as a whole, not a line in it.
FILE_LEVEL = frozenset(
    (
        *("unexpected-file", "unportable-name", "no-deck", "no-note-type", "note-gone"),
        "media-unused",
    )
)


def severity(code: str) -> Severity:
    """The severity of `code`.

    Raises:
        KeyError: for a code that is not in the catalogue.
    """
    if code in ERRORS:
        return "error"
    if code in WARNINGS:
        return "warning"
    raise KeyError(code)


def title(code: str) -> str:
    """The meaning of `code`, in one line.

    Raises:
        KeyError: for a code that is not in the catalogue.
    """
    return ERRORS[code] if code in ERRORS else WARNINGS[code]
