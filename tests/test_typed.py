"""Answers to type: kartu names what can never be right, and the real Anki agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from anki.collection import Collection
from support.browser import Browser, browser, needs_browser
from support.engine import collection, import_package, note_by_guid
from support.program import Run
from support.projects import write_project
from support.sampling import sampled

from kartu.review.typed import answer_fault

# The field, what a student types, and whether kartu reports the field.
_ANSWERS = [
    ("kerja sama", "kerja sama", False),
    ("kerja&nbsp;sama", "kerja sama", False),
    ("kerja&#160;sama", "kerja sama", False),
    ("<b>kerja</b> sama<!-- x -->", "kerja sama", False),
    ("kerja<br>sama", "kerja sama", False),
    ("<div>kerja</div><div>sama</div>", "kerja sama", False),
    ("m<sup>2</sup>[sound:x.mp3]", "m2", False),
    ("a &amp; b &lt; c", "a & b < c", False),
    (" kerja sama\xa0", "kerja sama", False),
    ("می\u200cخواهم", "می\u200cخواهم", False),
    ("ന്\u200d", "ന്\u200d", False),
    ("日本\u3000語", "日本\u3000語", False),
    ("don’t “a” 1–2 café", "don’t “a” 1–2 café", False),
    ("kerja\xa0sama", "kerja sama", True),
    ("12\u202f000", "12 000", True),
    ("5\u2009m", "5 m", True),
    ("kerja\u3000sama", "kerja sama", True),
    ("ber\xadsama", "bersama", True),
    ("ber&shy;sama", "bersama", True),
    ("ber\u200bsama", "bersama", True),
    ("bersama\u200b", "bersama", True),
    ("ber\u200csama", "bersama", True),
    ("ber\u2060sama", "bersama", True),
    ("\ufeffbersama", "bersama", True),
    ("bersama\u200e", "bersama", True),
    ("kerja  sama", "kerja sama", True),
    ("kerja\tsama", "kerja sama", True),
    ("a\u2011b", "a-b", True),
    ("−5", "-5", True),
    ("\\(x\\)", "x", True),
    ("<ul><li>a</li><li>b</li></ul>", "a b", True),
    ("<ruby>漢<rt>かん</rt></ruby>", "漢", True),
]


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with collection(tmp_path_factory.mktemp("typed") / "anki") as opened:
        yield opened


@pytest.mark.parametrize(("field", "typed", "reported"), _ANSWERS)
def test_what_is_reported_is_never_right(
    anki: Collection, field: str, typed: str, reported: bool
) -> None:
    """Anki marks the plain answer as wrong exactly where kartu reports the field."""
    shown = anki.compare_answer(field, typed)
    assert ("typeBad" in shown or "typeMissed" in shown) == reported
    assert bool(answer_fault(field)) == reported


def test_only_what_is_typed_is_looked_at(kartu: Run, tmp_path: Path) -> None:
    """The same text in a field that is shown, or in the text around a cloze, is no fault."""
    root = write_project(
        tmp_path,
        """--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields:
  - {key: teks, name: Teks, id: 1, required: true}
cards:
  - {id: 1, name: Isian, front: isian.html, back: isian.html}
--- templates/isian/isian.html
{{cloze:Teks}} {{type:cloze:Teks}}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: a, depan: Kerja apa?, belakang: "kerja\\u00a0sama"}
--- cards/contoh/isian.yaml
note_type: isian
notes:
  - {id: b, teks: "Negara\\u00a0itu memilih {{c1::perang}} dan bukan damai."}
  - {id: c, teks: "Negara itu memilih {{c1::kerja\\u00a0sama}} dan bukan perang."}
""",
    )
    found = kartu("check", "--select", "untypable-answer", cwd=root).stdout
    assert found.count("[untypable-answer]") == 1
    assert "isian.yaml:4:19" in found


DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
--- cards/contoh/ketik.yaml
note_type: ketik
notes:
  - {id: enam, soal: Berapa?, jawaban: Enam, varian: ["6", Enam negara, VI]}
  - {id: hatta, soal: Siapa?, jawaban: Mohammad Hatta, varian: [Hatta, Bung Hatta, Moh. Hatta]}
  - {id: blok, soal: Apa?, jawaban: Gerakan Non-Blok, varian: [Gerakan Nonblok, GNB]}
  - {id: kafe, soal: Apa?, jawaban: Café "A" & <b>B</b>, varian: ["Çay’s *n* 2 < 3", ကို, "İzmir"]}
  - {id: tanpa, soal: Apa?, jawaban: U.S.}
"""

# What is right as typed, by the note; the last ones are not.
_RIGHT = {
    "enam": ["Enam", "enam", " ENAM ", "6", "6.", "enam  negara", "Enam Negara.", "vi"],
    "hatta": ["Hatta", "hatta.", "mohammad hatta", "Bung  Hatta", "moh. hatta", "Móhammad Hatta"],
    "blok": ["gnb", "GNB.", "Gerakan nonblok", "gerakan non-blok", "GERAKAN NON-BLOK ."],
    "kafe": [
        'cafe "a" & <b>b</b>',
        'Cafe\u0301 "A" & <b>B</b>',
        "Cay's n 2 < 3",
        "çay’s n 2 < 3.",
        "ကို",
        "izmir",
    ],
    "tanpa": ["U.S.", "u.s", "U.S", "u.s. ", "\u00fa.s."],
}
_WRONG = {
    "enam": ["", ".", "-", "7", "Ena", "Enam benua", "66"],
    "hatta": ["Moh", "Hata", "---------Hatta", "Hatta, Bung"],
    "blok": ["Gerakan", "Gerakan Non Blok Barat", "GN"],
    "kafe": ["B", "က", "Cay 2"],
    "tanpa": ["US", "U"],
}
_TYPED = [
    (note, typed, right)
    for cases, right in ((_RIGHT, True), (_WRONG, False))
    for note, answers in cases.items()
    for typed in answers
]


@pytest.fixture(scope="module")
def answers(
    kartu: Run, anki: Collection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The notes of the deck in Anki, by their ids."""
    root = write_project(tmp_path_factory.mktemp("ketik"), DECK, base=False)
    done = kartu("build", cwd=root)
    assert done.returncode == 0, done.stderr
    import_package(anki, root / "build/contoh.apkg")
    return {note: note_by_guid(anki, f"a1b2c3d4e5f60718:{note}") for note in _RIGHT}


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@needs_browser
def test_a_variant_is_right(page: Browser, anki: Collection, answers: dict[str, Any]) -> None:
    """An answer or variant in other cases, spaces or accents gets ✓, and nothing else does.

    The back is shown on the front's page and on a page of its own.
    """
    assert len(_TYPED) > 45
    page.open_reviewer()
    for show, cases in ((page.show, _TYPED), (page.open_alone, sampled(_TYPED, 4))):
        for note, typed, right in cases:
            show(_answered(anki, answers[note], typed))
            verdict, wrong, shown = page.run(f"[{_VERDICT}, {_MARKED}, {_SHOWN}]")
            assert verdict == ("✓ Jawabanmu benar." if right else None), (note, typed)
            assert (wrong == 0) == (right or not typed), (note, typed)
            assert not right or shown.split() == normalize("NFC", typed).split(), (note, typed)


_VERDICT = 'document.querySelector(".verdict:not([hidden])")?.textContent ?? null'
_MARKED = 'document.querySelectorAll(".typeBad, .typeMissed, #typearrow").length'
_SHOWN = 'document.querySelector(".typed").textContent'


def _answered(anki: Collection, note: Any, typed: str) -> str:
    """The back as Anki's desktop shows it: its comparison is where the field to type was."""
    back = note.cards()[0].render_output().answer_text
    compared = anki.compare_answer(note["Jawaban"], typed)
    assert back.count("[[type:Jawaban]]") == 1
    return str(back.replace("[[type:Jawaban]]", f"<div>{compared}</div>"))
