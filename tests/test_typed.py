"""Answers to type: kartu names what can never be right, and the real Anki agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import Collection
from support.engine import collection
from support.program import Run
from support.projects import write_project

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
