"""The catalogue of diagnostics: every code, its severity and its meaning.

A code names the fault, not the fix. kartu/report/explanations.yaml explains why each one matters,
with an example; `kartu explain` and docs/diagnostics.md show both; a test keeps them in step.
"""

from __future__ import annotations

from typing import Literal

from kartu.core.language import N_, _

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

ERRORS: dict[str, str] = {
    # files
    "file-unreadable": N_("a file or folder cannot be read"),
    "file-encoding": N_("a file is not UTF-8 text"),
    "file-too-large": N_("a file is larger than kartu reads"),
    "path-outside-project": N_("a name leads out of the folder it belongs to"),
    "write-interrupted": N_("a change was interrupted, and the files were edited since"),
    "no-deck": N_("cards/ holds no deck"),
    "no-note-type": N_("a folder of templates/ that card sets use has no note_type.yaml"),
    # YAML
    "yaml-syntax": N_("the YAML cannot be read"),
    "yaml-tab": N_("a tab where YAML needs spaces"),
    "yaml-duplicate-key": N_("a duplicate key in a mapping"),
    "yaml-too-complex": N_("aliases or nesting make the file too large"),
    "yaml-unsupported": N_("a YAML feature that card definitions do not use"),
    # spreadsheets
    "csv-syntax": N_("a quote in a CSV file that is not closed or not at its place"),
    "csv-delimiter": N_("the delimiter of a CSV file is ambiguous, or not one that kartu reads"),
    "duplicate-column": N_("two columns of a spreadsheet have the same name"),
    "unnamed-column": N_("a value in a spreadsheet's column that has no name"),
    "no-heading": N_("a spreadsheet in which no row names the columns"),
    "formula-error": N_("a cell whose formula has no result, such as #NAME?"),
    "not-text": N_("a cell of a workbook that holds a date or number, not what is displayed"),
    "workbook-unreadable": N_("a file that is damaged, has a password or is not a workbook"),
    "sheets-not-installed": N_("reading .xlsx needs kartu[sheets], which is not installed"),
    # Markdown
    "toml-syntax": N_("TOML at the top of a Markdown file that cannot be read"),
    "markdown-shape": N_("a Markdown file without cards, or with cards of two shapes"),
    "markdown-card": N_("a card in Markdown that is written in a way that can mean two things"),
    "markdown-in-text": N_("a picture, formula, code or table in a field of plain text"),
    "foreign-cards": N_("a Markdown file with cards of a program whose marks kartu does not read"),
    # the shape of deck.yaml, card sets and note_type.yaml
    "missing-key": N_("a required key is missing"),
    "unknown-key": N_("a key that nothing reads"),
    "wrong-shape": N_("a value of a different kind than expected (text, list or mapping)"),
    "bad-value": N_("a value that is not among the possible ones"),
    "duplicate-id": N_("an id that must be unique is used twice"),
    # decks
    "bad-id": N_("an id with characters other than a-z, 0-9 and -"),
    "bad-uid": N_("a uid that is not 16 hex digits beginning with a-f"),
    "deck-folder-name": N_("the id of a deck is not its folder's name"),
    "shared-identity": N_("two decks of the project share a uid, prefix or name"),
    "bad-deck-name": N_("a deck or subdeck name that Anki changes or refuses"),
    "bad-selection": N_("the include of an edition cannot be understood"),
    "unread-notes": N_("a file that kartu does not read, with notes that the deck needs"),
    "empty-edition": N_("an edition without a note"),
    "unknown-source": N_("a source that deck.yaml does not list"),
    "unknown-fact": N_("a fact that the deck's list of facts does not hold"),
    # notes
    "unknown-note-type": N_("a card set names a note type that templates/ does not hold"),
    "missing-field": N_("a note without a required field"),
    "not-an-option": N_("an answer that is not one of the options of its note"),
    "bad-tag": N_("a tag that Anki changes or uses itself"),
    "tag-case": N_("two tags that differ only in upper and lower case"),
    "control-character": N_("an invisible control character in a value"),
    "no-card": N_("a note of which Anki would make no card"),
    "bad-cloze": N_("a cloze that Anki reads differently from how it looks"),
    "bad-occlusion": N_("a cloze on a picture that does not cover a place of it"),
    "value-too-long": N_("a text longer than cards are made for"),
    "invisible-value": N_("a value of which a card shows nothing"),
    "bad-table": N_("a table whose rows have different lengths"),
    "unknown-note": N_("a translation or change of a note that the deck does not have"),
    "bad-upstream": N_("a deck extends another one that is not there"),
    "unknown-subdeck": N_("a translation of a subdeck that the deck does not have"),
    # media
    "media-missing": N_("a media file that is named but not there"),
    "media-case": N_("a media file that is named with different upper and lower case"),
    "media-type": N_("a media file of a kind that Anki does not play or show"),
    "media-content": N_("a media file that holds something else and cannot be shown or played"),
    "media-remote": N_("a picture or sound on the internet"),
    # note types
    "bad-slots": N_("a field or card whose id is outside the slots"),
    "bad-field-name": N_("a field or card name that Anki changes or refuses"),
    "reserved-name": N_("a field whose key or name is the engine's own"),
    "unknown-theme": N_("a theme that templates/_shared/themes does not hold"),
    "no-text-for-language": N_("templates/_shared/texts has no file for the deck's language"),
    "missing-text": N_("a text of the templates that one language has and another lacks"),
    # templates
    "template-missing": N_("a template file that is named but not there"),
    "template-syntax": N_("Jinja2 cannot read a template"),
    "template-undefined": N_("a template uses a name that does not exist"),
    "template-failed": N_("a template fails while it is rendered"),
    "template-delimiter": N_("Jinja2's own delimiters in place of kartu's"),
    "bad-drawing": N_("a picture drawn by a template that is not SVG"),
    "drawing-text": N_("a text in a drawn picture that does not fit its place"),
    "mustache-syntax": N_("Anki cannot read a card template"),
    "unknown-field": N_("a card template shows a field that the note type does not have"),
    "front-without-field": N_("a front that shows no field of the note"),
    "cloze-on-front": N_("a cloze note type that shows no cloze, or a standard one that does"),
    "identical-fronts": N_("two cards of a note type with the same front"),
    # the ledger
    "ledger-unreadable": N_("a line of the ledger that cannot be read"),
    "ledger-conflict": N_("a merge conflict in the ledger"),
    "ledger-missing": N_("something was published, but its ledger or its sources are not there"),
    "version-released-twice": N_("two branches released the same version"),
    "version-lowered": N_("a version lower than the published one"),
    # ids that kartu saves for notes without one
    "which-note": N_("a note without an id that may be a missing one, corrected"),
    "ids-missing": N_("something was published, but no file has the ids of its notes"),
    "ids-unreadable": N_("a line of a file of ids that cannot be read, or a merge conflict in it"),
    # what an update would break
    "identity-changed": N_("uid, prefix, name or GUID of something published has changed"),
    "note-gone": N_("a published note is no longer there"),
    "published-unfinished": N_("a published note is marked as unfinished"),
    "edition-reduced": N_("a published edition is gone, or a note is no longer in it"),
    "note-moved": N_("a published note is in another subdeck"),
    "note-type-changed": N_("a published note has another note type"),
    "card-lost": N_("a card of a published note would be left empty"),
    "cloze-renumbered": N_("a cloze of a published note has another number"),
    "texts-exchanged": N_("published notes or fields have swapped their texts"),
    "sides-exchanged": N_("cards of a published note type have swapped their sides"),
    "note-type-broken": N_("kind, slots or id of a published note type have changed"),
    "position-removed": N_("a published field or card is no longer declared"),
    "position-moved": N_("a published field or card is at another position"),
    "name-reused": N_("a field or card gets a name that was given up before"),
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
    "note-rewritten": N_("a published note asks something else: its id may have been reused"),
    "row-gone": N_("a row of a file that was never released is gone, and its cards stay in Anki"),
    "ids-not-saved": N_("notes without an id that have changed since the last build"),
    "text-cut": N_("a text of which YAML drops a part, such as what follows a #"),
    "lines-joined": N_("lines that look like a list, and that YAML joins into one"),
    "unread-columns": N_("columns of a spreadsheet that mean nothing to kartu and are not read"),
    "unread-rows": N_("rows above the headings of a spreadsheet, which are not read"),
    "text-outside-notes": N_("a text in a Markdown card set that is on no card"),
    "outside-cells": N_("what a workbook has outside its cells, or in cells merged over rows"),
    "csv-encoding": N_("a CSV file that is not UTF-8 and was read as Windows-1252"),
    "unexpected-file": N_("a file that kartu does not read"),
    "unportable-name": N_("a file whose name not every system can hold"),
    "fact-without-note": N_("a fact that no note asks"),
    "unused-source": N_("a source that no note names"),
    "note-without-source": N_("a note that names no source, where others of the deck do"),
    "stale-note": N_("a note whose `as_of` is more than a year old"),
    "future-date": N_("an `as_of` in the future"),
    "unbalanced-tags": N_("fewer notes with a tag than the deck's `balance` asks for"),
    "missing-translation": N_("a text that a language variant does not translate"),
    "translation-behind": N_("a translation of a published text that was corrected since"),
    "upstream-changed": N_("the extended deck has changed a text that is overridden"),
    "change-without-original": N_("a change that does not record the text it replaces"),
    "change-without-effect": N_("a change that says what the extended deck says"),
    "ledger-not-copied": N_("a deck that takes the place of another lacks its ledger"),
    "upstream-identity": N_("a deck that takes the place of the one it extends"),
    "names-look-alike": N_("two tags or subdecks that differ only in what cannot be seen"),
    "duplicate-tag": N_("a tag given twice to a note, or to it and its card set"),
    "html-removed": N_("HTML that is not allowed on cards was left out"),
    "doubtful-hint": N_("a hint of a cloze that looks like a part of its text"),
    "bad-ignore": N_("a comment `kartu: ignore` that cannot be followed"),
    "unused-ignore": N_("a comment `kartu: ignore[code]` where nothing is to be ignored"),
    # links, elements, formulas, media
    "bad-link": N_("a link that leads nowhere from a card"),
    "html-unbalanced": N_("an HTML element that is not closed where it belongs"),
    "maths-unbalanced": N_("a formula that is not closed, or whose braces are not"),
    "foreign-markup": N_("markup of another program, which cards show as it is typed"),
    "anki-media-missing": N_("a field as Anki has it names a file that media/ does not hold"),
    "media-ending": N_("a media file that holds something other than its name says"),
    "media-unused": N_("a file in media/ that no note uses"),
    "media-too-large": N_("a picture or sound that is larger than a card needs"),
    "image-without-text": N_("a picture without a description for those who do not see it"),
    "media-without-licence": N_(
        "a media file without an entry, where deck.yaml lists their licences"
    ),
    "licence-without-media": N_("a licence of a media file that no note uses"),
    "template-media": N_("a template that shows a file which no package holds"),
    "untypable-answer": N_("an answer to type that holds what no keyboard types"),
    # cards that are easily confused
    "duplicate-question": N_("one question with two answers"),
    "near-duplicate": N_("two notes that ask and answer nearly the same"),
    # rules on teaching
    "answer-too-long": N_("an answer too long to be recalled"),
    "long-list": N_("an answer of more than five things without an order"),
    "answer-in-question": N_("a question that gives away its answer"),
    "yes-no-question": N_("a question that can be answered with yes or no"),
    "double-question": N_("two questions on one card"),
    "pronoun-without-referent": N_("a pronoun of which nothing says what it stands for"),
    "question-without-text": N_("a question that is a picture alone, without a text for it"),
    "cloze-too-large": N_("a gap that hides most of its sentence"),
    "cloze-of-function-word": N_("a gap that hides a word without a meaning of its own"),
    "cloze-without-context": N_("a gap with too few words around it"),
    "hint-gives-answer": N_("a hint that gives away the answer"),
    "unexplained-abbreviation": N_("an abbreviation that the deck never explains"),
    # paper: reported by `kartu print`
    "too-long-for-paper": N_("a card with a side that does not fit a whole page"),
    "picture-not-printed": N_("a picture that cannot be printed"),
}

# Nothing is wrong.
INFOS: dict[str, str] = {
    "unfinished-note": N_("a note that is marked as unfinished, and is in no package"),
}

ALL: dict[str, str] = {**ERRORS, **WARNINGS, **INFOS}

# One mistake, however many places use the name: reported once, with the other places as related.
ONCE_PER_NAME = frozenset(
    ("unknown-source", "unknown-fact", "unknown-note-type", "anki-media-missing")
)

# These concern a file or folder as a whole, not a line in it.
FILE_LEVEL = frozenset(
    (
        *("unexpected-file", "unportable-name", "no-deck", "no-note-type", "note-gone"),
        *("media-unused", "ids-not-saved"),
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
    if code in INFOS:
        return "info"
    raise KeyError(code)


def title(code: str) -> str:
    """The meaning of `code` in one line, in the current language.

    Raises:
        KeyError: for a code that is not in the catalogue.
    """
    return _(ALL[code])
