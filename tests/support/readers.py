"""Every reader of kartu as a function of bytes that raises where one of its promises is broken.

The promises are the same for all: no exception but the documented one, and faults that stand
inside the file. tests/test_robustness.py asks them of hypothesis, tests/fuzz/run.py of a fuzzer.
"""

# ruff: noqa: PT017 - what an exception says is one of the promises

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from kartu.anki.cloze import cloze_faults, cloze_numbers, hidden_texts
from kartu.anki.mustache import MustacheError, references_in
from kartu.anki.mustache import parse as parse_template
from kartu.anki.show import ShowError, show_card
from kartu.checks.ignore import ignores_in_yaml, without_ignored
from kartu.compile.deck import build_deck
from kartu.compile.render.bounds import Bounds
from kartu.compile.render.html import is_visible, refused, sanitise
from kartu.compile.render.job import Job, RenderError
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.compile.render.visible import visible, visible_side
from kartu.core.codes import WARNINGS
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, in_order
from kartu.core.model import Note, Project
from kartu.core.source import Sequence as Items
from kartu.core.source import Span, text
from kartu.core.text import normalise_newlines
from kartu.core.usage import UsageError
from kartu.ledger.changelog import with_section
from kartu.ledger.file import read_ledger, write_ledger
from kartu.load.card_set import load_card_set
from kartu.load.deck import load_deck
from kartu.load.markdown import load_markdown
from kartu.load.names import ID
from kartu.load.note_type import load_note_type
from kartu.load.selection import SelectionError
from kartu.load.selection import parse as parse_selection
from kartu.load.sheets import comments_of, load_spreadsheet
from kartu.load.sheets.encoding import shown
from kartu.load.variant import load_variant
from kartu.load.yaml import parse as parse_yaml
from kartu.publish.diff.apkg import from_package
from kartu.publish.diff.state import SourceError
from kartu.publish.verify.package import NotAPackageError, UnreadablePackageError, read_package
from kartu.report.diagnostics import as_json, as_text
from kartu.report.filter import known_codes
from kartu.report.github import as_github
from kartu.report.sarif import as_sarif
from kartu.review import review
from support.import_readers import IMPORT_READERS
from support.in_memory import DECK, LEDGER, SET, TYPE, VARIANT, InMemoryProject, deck, note_types
from support.packages import collection, zipped

TODAY = date(2026, 9, 21)

# A card's side, or a field, that is longer is no longer one.
_NUMBERS = count()
_STRANGERS = Strangers(Bounds(seconds=2))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _check_places(diagnostics: Iterable[Diagnostic], path: str, data: bytes) -> None:
    """Each fault is in a line of the file, at most one character after its end."""
    bare = data.removeprefix(b"\xef\xbb\xbf")
    content = shown(data) if path.endswith(".csv") else normalise_newlines(_text(bare))
    lines = content.split("\n")
    for one in in_order(diagnostics):
        assert one.message
        for span in (one.span, *(related.span for related in one.related)):
            if span.path == path and not span.sheet:
                assert 1 <= span.line <= len(lines), one
                assert 1 <= span.column <= len(lines[span.line - 1]) + 1, one


def read_yaml(data: bytes) -> None:
    diagnostics = Diagnostics()
    content = InMemoryProject("a.yaml", data).read_text("a.yaml", diagnostics)
    if content is not None:
        parse_yaml(content, "a.yaml", diagnostics)
    _check_places(diagnostics, "a.yaml", data)


def read_card_set(data: bytes) -> None:
    diagnostics = Diagnostics()
    load_card_set(InMemoryProject(SET, data), SET, note_types(), diagnostics)
    _check_places(diagnostics, SET, data)


def read_deck(data: bytes) -> None:
    diagnostics = Diagnostics()
    load_deck(InMemoryProject(DECK, data), "cards/contoh", deck().notes, diagnostics)
    _check_places(diagnostics, DECK, data)


def read_note_type(data: bytes) -> None:
    diagnostics = Diagnostics()
    load_note_type(InMemoryProject(TYPE, data), TYPE.rpartition("/")[0], diagnostics)
    _check_places(diagnostics, TYPE, data)


def read_variant(data: bytes) -> None:
    diagnostics = Diagnostics()
    load_variant(InMemoryProject(VARIANT, data), VARIANT, deck(), note_types(), diagnostics)
    _check_places(diagnostics, VARIANT, data)


def read_selection(data: bytes) -> None:
    try:
        parse_selection(_text(data)).chooses(deck().notes[0])
    except SelectionError as error:
        assert str(error)


def read_ledger_lines(data: bytes) -> None:
    """What could be read comes back the same from what is written of it."""
    diagnostics = Diagnostics()
    ledger = read_ledger(InMemoryProject(LEDGER, data), LEDGER, diagnostics)
    _check_places(diagnostics, LEDGER, data)
    assert all(ID.fullmatch(one.note_type) for one in ledger.notes.values())
    written = write_ledger(ledger)
    faults = Diagnostics()
    assert write_ledger(read_ledger(InMemoryProject(LEDGER, written), LEDGER, faults)) == written
    assert not faults


def edit_changelog(data: bytes) -> None:
    """Nothing that stood in the changelog is lost."""
    before, new = _text(data), "## 9.9.9 (2026-11-24)\n"
    after = with_section(before, new, deck()).decode()
    head, found, rest = after.partition(new)
    assert found
    assert not before.strip() or (head + rest).split() == before.split()


def read_mustache(data: bytes) -> None:
    template = _text(data)
    try:
        for one in parse_template(template).references:
            assert template.startswith(one.name, one.offset)
    except MustacheError as error:
        assert 0 <= error.offset <= len(template)
    list(references_in(template))


def read_cloze(data: bytes) -> None:
    content = _text(data)
    assert set(hidden_texts(content)) == cloze_numbers(content)
    for fault in cloze_faults(content):
        assert 0 <= fault.offset < len(content)


def show(data: bytes) -> None:
    """Front, back and a field, divided by NUL."""
    front, back, field = [*_text(data).split("\0"), "", ""][:3]
    for cloze in (False, True):
        try:
            show_card(front, back, {"A": field, "B": "b"}, number=1, cloze=cloze)
        except (MustacheError, ShowError) as error:
            assert str(error)


def render_fields(data: bytes) -> None:
    """A text in all formats, and the review of what became of it."""
    content, note = text(_text(data), Span(SET)), deck().notes[0]
    items = Items(text(one, Span(SET)) for one in content.split("|"))
    items.span = Span(SET)
    formats = dict.fromkeys(("text", "markdown", "html", "sound"), content)
    one = note._replace(values={**formats, "list": items})
    other = note._replace(note_type="isian", values={"teks": content})
    _build_and_review([one, other._replace(id=text("dua", Span(SET)))])


def review_card_set(data: bytes) -> None:
    diagnostics = Diagnostics()
    notes = load_card_set(InMemoryProject(SET, data), SET, note_types(), diagnostics)
    if not diagnostics:
        _check_places(_build_and_review(notes, data), SET, data)


def _build_and_review(notes: Sequence[Note], data: bytes = b"") -> list[Diagnostic]:
    files = InMemoryProject(SET, data)
    types = {name: one for name, one in note_types().items() if one}
    compiled = deck()._replace(notes=tuple(notes))
    project = Project((compiled,), types, {})
    built, found = build_deck(project, compiled, files, Results(), _STRANGERS)
    diagnostics = Diagnostics(found)
    if built is not None:
        review([built], files, TODAY, diagnostics)
    return list(diagnostics)


def read_html(data: bytes) -> None:
    """What any HTML looks like: as packages of strangers hold it, and as kartu lets it through."""
    for html in (_text(data), sanitise(_text(data))):
        refused(html)
        is_visible(html)
        visible(html)
        visible_side(html)


def render_layout(data: bytes) -> None:
    files = {"a.html": _text(data), "b.html": "[[% macro m(x) %]][[= x ]][[% endmacro %]]"}
    context = {"texts": {"answer": "Jawaban"}, "language": "id", "note_type": "dasar"}
    job = Job("a.html", context)
    number = next(_NUMBERS)
    try:
        found = _STRANGERS.render(number, job, lambda q: files.get(q["template"]), Diagnostics())
        assert len(found[0]) <= Bounds().characters
    except RenderError as error:
        assert error.line >= 1
        assert error.message
    _STRANGERS.renew()


def read_ignores(data: bytes) -> None:
    diagnostics = Diagnostics()
    content = InMemoryProject(SET, data).read_text(SET, Diagnostics())
    if content is not None:
        ignores_in_yaml(SET, content, diagnostics)
    reported = [Diagnostic("html-removed", Span(SET, line), "x") for line in (1, 3)]
    diagnostics.extend(without_ignored(InMemoryProject(SET, data), [SET], reported, whole=True))
    _check_places([one for one in diagnostics if one not in reported], SET, data)


def read_codes(data: bytes) -> None:
    try:
        known_codes(_text(data).split("\0"), warnings=True)
    except UsageError as error:
        assert str(error)


def report(data: bytes) -> None:
    """JSON stays JSON, and no text makes a command of its own or one that a terminal obeys."""
    words = data.decode("utf-8", "surrogateescape")
    place = Span(words, 1, 1 + len(words) // 2)
    code = sorted(WARNINGS)[len(data) % len(WARNINGS)]
    reported = [Diagnostic(code, place, words, words, (Related(place, words),))]
    log = as_text(reported, str, lambda place: words.partition("\n")[0])
    assert "\x1b" not in log
    assert json.loads(as_json(reported, str))[0]["message"] == words
    assert json.loads(as_sarif(reported, str))["runs"]
    *_, command, end = as_github(reported, str, log).split("\n")
    assert command.startswith("::warning file=")
    assert not end
    assert "\r" not in command


def read_apkg(data: bytes) -> None:
    """Any file in the place of a package, for both readers of packages."""
    memory = "/dev/shm"
    folder = memory if Path(memory).is_dir() else None
    with tempfile.NamedTemporaryFile(suffix=".apkg", dir=folder) as file:
        file.write(data)
        file.flush()
        try:
            read_package(file.name)
        except (NotAPackageError, UnreadablePackageError) as error:
            assert str(error)
        try:
            from_package(Path(file.name))
        except SourceError as error:
            assert str(error)


def read_collection(data: bytes) -> None:
    """A package of right form; NUL parts media, kartu.json, and what stands in the database."""
    media, identity, *values = [*_text(data).split("\0"), *[""] * 6][:6]
    members = {"media": media.encode(), "kartu.json": identity.encode(), "0": b"x"}
    read_apkg(zipped({"collection.anki2": collection(*values), **members}))


def _spreadsheet(name: str, data: bytes) -> None:
    path, diagnostics = f"cards/contoh/{name}", Diagnostics()
    load_spreadsheet(InMemoryProject(path, data), path, note_types(), diagnostics)
    list(comments_of(InMemoryProject(path, data), path))
    _check_places(diagnostics, path, data)


def read_csv(data: bytes) -> None:
    _spreadsheet("a.csv", data)


def read_csv_rows(data: bytes) -> None:
    read_csv(b"id;note_type;text;list;table;tags;#x\n" + data)


def read_markdown(data: bytes) -> None:
    path, diagnostics = "cards/contoh/a.md", Diagnostics()
    files = InMemoryProject(path, data)
    load_markdown(files, path, note_types(), diagnostics)
    _check_places(diagnostics, path, data)
    without_ignored(files, [path], diagnostics, whole=True)


def read_xlsx(data: bytes) -> None:
    _spreadsheet("a.xlsx", data)


def read_ods(data: bytes) -> None:
    _spreadsheet("a.ods", data)


def read_xlsx_parts(data: bytes) -> None:
    """A workbook of right form but for a sheet, and its texts and styles; NUL parts them."""
    names = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    parts = {name: part for name, part in zip(names, data.split(b"\0"), strict=False) if part}
    read_xlsx(zipped(workbook_members() | parts))


def read_ods_content(data: bytes) -> None:
    read_ods(zipped({"content.xml": data}))


@cache
def workbook_members() -> dict[str, bytes]:
    """The members of a workbook as openpyxl writes it."""
    from openpyxl import Workbook

    book, buffer = Workbook(), io.BytesIO()
    for row in (["id", "note_type", "text", "list"], ["satu", "dasar", "=1+1", "a | b"]):
        book.worksheets[0].append(row)
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "theme" not in name}


READERS: dict[str, Callable[[bytes], None]] = {
    "yaml": read_yaml,
    "card-set": read_card_set,
    "deck": read_deck,
    "note-type": read_note_type,
    "variant": read_variant,
    "selection": read_selection,
    "ledger": read_ledger_lines,
    "changelog": edit_changelog,
    "mustache": read_mustache,
    "cloze": read_cloze,
    "show": show,
    "html": read_html,
    "fields": render_fields,
    "review": review_card_set,
    "layout": render_layout,
    "ignore": read_ignores,
    "codes": read_codes,
    "report": report,
    "apkg": read_apkg,
    "collection": read_collection,
    **IMPORT_READERS,
    "markdown": read_markdown,
    "csv": read_csv,
    "csv-rows": read_csv_rows,
    "xlsx": read_xlsx,
    "ods": read_ods,
    "xlsx-parts": read_xlsx_parts,
    "ods-content": read_ods_content,
}
