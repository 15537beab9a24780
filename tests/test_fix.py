"""`kartu check --fix`: whole projects before and after, and what is never touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project

from kartu.core.source import Span, text
from kartu.load.ids.names import new_id, slug, visible
from kartu.rewrite.fix.run import fix

SET = "cards/contoh/kartu.yaml"
DECK = "cards/contoh/deck.yaml"
HEAD = "note_type: dasar\ntags: [bab-1]\nnotes:\n"
MARK = "\ufeff"

# What a card set of the type dasar is before and after, below HEAD unless it has its own.
FIXES = {
    "id-block": ("  - depan: Satu\n    x-a: 1\n", "  - id: satu\n    depan: Satu\n    x-a: 1\n"),
    "id-wide-dash": ("  -   depan: Satu\n", "  -   id: satu\n      depan: Satu\n"),
    "id-dash-alone": (
        "- # on it\n  # its word\n  depan: Satu # one\n",
        "- # on it\n  # its word\n  id: satu\n  depan: Satu # one\n",
    ),
    "id-flow": ("  - {depan: Satu}\n", "  - {id: satu, depan: Satu}\n"),
    "id-flow-spaces": ("  - { depan: Satu }", "  - { id: satu, depan: Satu }"),
    "id-flow-lines": (
        "  - {\n      depan: Satu,\n    }\n",
        "  - {\n      id: satu,\n      depan: Satu,\n    }\n",
    ),
    "id-json": ('  - {"depan":"Satu"}\n', '  - {"id": "satu", "depan":"Satu"}\n'),
    "id-blank": ("  - id:   # soon\n    depan: Satu\n", "  - id: satu   # soon\n    depan: Satu\n"),
    "id-blank-quotes": ("  - {id: '', depan: Satu}\n", "  - {id: satu, depan: Satu}\n"),
    "id-only-key": ("  - {id, depan: Satu}\n", "  - {id: satu, depan: Satu}\n"),
    "id-crlf": ("  - depan: Satu\r\n", "  - id: satu\r\n    depan: Satu\r\n"),
    "id-taken": (
        "  - depan: Satu\n  - {id: satu, depan: A}\n  - depan: SATU!\n",
        (
            "  - id: satu-2\n    depan: Satu\n  - {id: satu, depan: A}\n"
            "  - id: satu-3\n    depan: SATU!\n"
        ),
    ),
    "id-no-letters": ("  - depan: 一\n", "  - id: dasar-1\n    depan: 一\n"),
    "id-of-what-there-is": ("  - belakang: Two\n", "  - id: two\n    belakang: Two\n"),
    "id-misspelt": ("  - Id: satu\n    depan: Satu\n", None),
    "id-of-an-anchor": ("  - &a {depan: Satu}\n  - *a\n", None),
    "id-without-a-field": ("  - {x-depan: Satu}\n", None),
    "nfc": ("  - {id: a, depan: Cafe\u0301} # e\u0301\n", "  - {id: a, depan: Café} # e\u0301\n"),
    "nfc-stroke": ("  - {id: a, depan: 'a <b>\u0338 c</b>'}\n", None),
    "space": (
        "  - id: a  \n    depan: |  \n     b  \n       \n\n    belakang: 'x  \n    y'\t\n \n# z \n",
        "  - id: a\n    depan: |\n     b  \n       \n\n    belakang: 'x  \n    y'\n\n# z\n",
    ),
    "space-crlf": ("  - id: a \r\n    depan: A\t\r\n", "  - id: a\r\n    depan: A\r\n"),
    "space-kept": ("  - id: a\n    depan: |+\n      A  \n  \n", None),
    "mark": (MARK + HEAD + "  - {id: a, depan: A}\n", HEAD + "  - {id: a, depan: A}\n"),
    "tags-flow": (
        "  - {id: a, depan: A, tags: [x, y, x, bab-1]}\n",
        "  - {id: a, depan: A, tags: [x, y]}\n",
    ),
    "tags-flow-first": (
        "  - {id: a, depan: A, tags: [ bab-1, 'x', bab-1, y ]}\n",
        "  - {id: a, depan: A, tags: [ 'x', y ]}\n",
    ),
    "tags-flow-comments": (
        "  - id: a\n    depan: A\n    tags: [x, # 1\n      bab-1, # 2\n      x # 3\n      ]\n",
        "  - id: a\n    depan: A\n    tags: [x, # 1\n      # 2\n       # 3\n      ]\n",
    ),
    "tags-flow-all": (
        "  - {id: a, depan: A, tags: [bab-1]}\n",
        "  - {id: a, depan: A, tags: []}\n",
    ),
    "tags-block": (
        "  - id: a\n    depan: A\n    tags:\n      - bab-1 # why\n      -   x\n      - x\n",
        "  - id: a\n    depan: A\n    tags:\n      # why\n      -   x\n",
    ),
    "tags-block-all": (
        "  - id: a\n    depan: A\n    tags:\n    - bab-1\n    - bab-1\n  - {id: b, depan: B}\n",
        "  - id: a\n    depan: A\n  - {id: b, depan: B}\n",
    ),
    "tags-last-line": ("  - id: a\n    depan: A\n    tags: [bab-1]", "  - id: a\n    depan: A"),
    "tags-of-set": (
        "tags:\n- a\n- a\nnote_type: dasar\nnotes: [{id: a, depan: A}]\n",
        "tags:\n- a\nnote_type: dasar\nnotes: [{id: a, depan: A}]\n",
    ),
    "tags-case": ("  - {id: a, depan: A, tags: [x, X]}\n", None),
    "order": (
        "  - belakang: |\n      B\n    x-b: 1\n    # which\n    id: a # now\n    depan: A\n",
        None,
    ),
    "order-moved": (
        (
            "  - tags: [x] # why\n    # the answer\n    belakang: >\n      B\n      b\n"
            "    depan: A\n    x-b: 1\n    id: a # now"
        ),
        (
            "  - id: a # now\n    depan: A\n    # the answer\n    belakang: >\n      B\n      b\n"
            "    tags: [x] # why\n    x-b: 1"
        ),
    ),
    "order-dash-alone": (
        "  # first\n  -\n    depan: A\n    # who\n    id: a\n",
        "  # first\n  -\n    # who\n    id: a\n    depan: A\n",
    ),
    "order-crlf": ("  - depan: A\r\n    id: a\r\n", "  - id: a\r\n    depan: A\r\n"),
    "order-blank-line": ("  - depan: A\n\n    id: a\n", None),
    "order-other-comment": ("  - depan: A\n      # of A?\n    id: a\n", None),
    "order-flow": ("  - {depan: A, id: a}\n", None),
    "order-aliases": ("  - belakang: &b B\n    id: a\n    depan: *b\n", None),
    "order-unknown": ("  - depan: A\n    id: a\n    nanti: B\n", None),
    "order-deeper-comment": ("  - depan: |\n      A\n    id: a\n      # deeper\n", None),
    "order-last-lines": ("  - depan: |+\n      A\n    id: a\n", None),
    "all-at-once": (
        MARK + "tags: [a, a]\nnote_type: dasar\nnotes:\n  - belakang: e\u0301  \n    depan: A\n",
        "tags: [a]\nnote_type: dasar\nnotes:\n  - id: a\n    depan: A\n    belakang: é\n",
    ),
    "no-yaml": ("  - {depan: [\n", None),
    "twice": ("  - depan: A\n    id: a\n    depan: B\n", None),
}


def card_set(body: str) -> str:
    return body if "note_type" in body else HEAD + body


@pytest.mark.parametrize("case", FIXES)
def test_what_a_card_set_becomes(case: str, tmp_path: Path) -> None:
    """Each mend alone, to the byte; a second run changes nothing; else nothing is changed."""
    before, after = (card_set(body or FIXES[case][0]) for body in FIXES[case])
    root = write_project(tmp_path, TWO_NOTE_TYPES)
    (root / SET).write_bytes(before.encode())
    there = {path: path.read_bytes() for path in root.rglob("*.*")}
    found = fix(root)
    assert (root / SET).read_bytes().decode() == after
    assert [one.path for one in found] == ([SET] if before != after else [])
    assert all(one.fixes for one in found)
    assert fix(root) == []
    there[root / SET] = after.encode()
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == there


def test_fields_stand_as_the_note_type_lists_them(tmp_path: Path) -> None:
    """That is their order for those who write, whatever their positions in Anki are."""
    root = write_project(tmp_path, TWO_NOTE_TYPES)
    note_type = root / "templates/dasar/note_type.yaml"
    lines = note_type.read_text().splitlines(keepends=True)
    note_type.write_text("".join([*lines[:3], lines[5], *lines[3:5], *lines[6:]]))
    (root / SET).write_text(HEAD + "  - depan: A\n    id: a\n    contoh: C\n")
    fix(root)
    assert (root / SET).read_text() == HEAD + "  - id: a\n    contoh: C\n    depan: A\n"


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("Kerja sama bilateral", "kerja-sama-bilateral"),
        ("{{c1::Dua {{c2::negara::x}}::berapa?}} atau lebih", "dua-negara-atau-lebih"),
        ("**Apa** itu [ASEAN](https://asean.org)? ![peta](p.png)", "apa-itu-asean-peta"),
        ("<b>Biaya</b> &amp; 5–6 % a<b", "biaya-5-6-a-b"),
        ("Café Ångström straße Łódź İstanbul ﬁn", "cafe-angstrom-strasse-lodz-istanbul-fin"),
        ("Al-Qur’an", "al-quran"),
        ("Hubungan yang dijalin negara-negara untuk meraih", "hubungan-yang-dijalin-negara-negara"),
        ("a" * 50, "a" * 40),
        ("日本", ""),
        ("", ""),
    ],
)
def test_ids_are_readable(written: str, id: str) -> None:
    """They are what one sees of the text, in a-z, 0-9 and -, cut at a word."""
    assert slug(visible(text(written, Span("a")))) == id
    assert new_id(id, "dasar", {id, f"{id}-2"}) == (f"{id}-3" if id else "dasar-1")


def test_no_id_is_given_again(kartu: Run, tmp_path: Path) -> None:
    """Not one of another file, of a translation, nor one that the ledger knows."""
    note = '  - {id: satu, depan: Satu, belakang: One, retired: "salah"}\n'
    root = write_project(tmp_path, f"--- {SET}\nnote_type: dasar\nnotes:\n{note}")
    assert kartu("release", cwd=root).returncode == 0
    (root / SET).write_text(HEAD + "  - {depan: Satu, belakang: b}\n")
    (root / "cards/contoh/b.yaml").write_text("note_type: dasar\nnotes: [{id: satu-2, depan: A}]\n")
    (root / "cards/contoh/i18n").mkdir()
    (root / "cards/contoh/i18n/en.yaml").write_text("notes: {satu-3: {depan: One}}\n")
    fix(root, lambda path: path == SET)
    assert "{id: satu-4, depan: Satu" in (root / SET).read_text()


@pytest.mark.parametrize("broken", [("b.yaml", "notes: [\n"), ("ledger.jsonl", "<<<<<<< HEAD\n")])
def test_ids_wait_for_what_cannot_be_read(broken: tuple[str, str], tmp_path: Path) -> None:
    """Where the deck's ids cannot be known none is given; other mends are made."""
    root = write_project(tmp_path)
    (root / SET).write_text(HEAD + "  - depan: Satu  \n")
    (root / "cards/contoh" / broken[0]).write_text(broken[1])
    fix(root)
    assert (root / SET).read_text() == HEAD + "  - depan: Satu\n"


def test_a_new_deck_gets_its_uid(kartu: Run, tmp_path: Path) -> None:
    """Right below its id, at random; a published deck never gets another."""
    root = write_project(tmp_path)
    deck = "id: contoh # folder\n{}name: Contoh\nlanguage: id\nversion: 1.0.0\n"
    (root / DECK).write_text(deck.format(""))
    (root / "cards/contoh/i18n").mkdir()
    (root / "cards/contoh/i18n/en.yaml").write_text("name: Example\nprefix: Ex\n")
    done = kartu("check", "--fix", cwd=root)
    assert done.returncode == 0, done.stdout
    (uid,) = re.findall(r"uid: (\w+)", (root / DECK).read_text())
    assert re.fullmatch("[a-f][0-9a-f]{15}", uid)
    assert (root / DECK).read_text() == deck.format(f"uid: {uid}\n")
    variant = (root / "cards/contoh/i18n/en.yaml").read_text()
    assert re.fullmatch("uid: [a-f][0-9a-f]{15}\nname: Example\nprefix: Ex\n", variant)
    assert uid not in variant
    assert kartu("release", cwd=root).returncode == 0
    (root / DECK).write_text(deck.format(""))
    assert fix(root) == []


def test_files_name_their_schemas(kartu: Run, tmp_path: Path) -> None:
    """Where the project has schemas, and only in files without one."""
    root = write_project(tmp_path)
    assert fix(root) == []
    assert kartu("schema", cwd=root).returncode == 0
    note_type = "templates/dasar/note_type.yaml"
    (root / note_type).write_text(
        "# yaml-language-server: $schema=mine.json\n" + (root / note_type).read_text()
    )
    assert [one.path for one in fix(root)] == [DECK, SET]
    first = "# yaml-language-server: $schema=../../.kartu/schema/"
    assert (root / SET).read_text().startswith(f"{first}cards.dasar.json\nnote_type: dasar\n")
    assert (root / DECK).read_text().startswith(f"{first}deck.json\nid: contoh\n")
    assert fix(root) == []


def test_a_mend_is_no_news_for_students(kartu: Run, tmp_path: Path) -> None:
    """After a release and --fix there is nothing to release."""
    root = write_project(tmp_path, TWO_NOTE_TYPES)
    body = (
        "  - belakang: |\n      *Cafe\u0301*  \n      x\n    depan: A\u030angstro\u0308m \n"
        "    tags: [y, x, bab-1, x]\n    id: a\n"
        "  - {depan: '<b>e\u0301</b>', id: b, tags: [bab-1]}\n"
    )
    (root / SET).write_bytes((MARK + HEAD + body).encode())
    assert kartu("release", cwd=root).returncode == 0
    ledger = (root / "cards/contoh/ledger.jsonl").read_bytes()
    assert len(fix(root)) == 1
    again = kartu("release", cwd=root)
    assert (again.returncode, again.stderr) == (0, "")
    assert "nothing" in again.stdout
    assert (root / "cards/contoh/ledger.jsonl").read_bytes() == ledger
