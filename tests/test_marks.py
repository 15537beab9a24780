"""Marks of other programs, gaps and formulas that a card would show otherwise than it is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.projects import write_project

from kartu.checks.hints import doubtful_hints
from kartu.pipeline import Options, check

# What is reported of a text, and a part of the advice.
REPORTED = {
    "![[Catatan]] x": ("![[Catatan]]", "write here what is in it"),
    "Lihat [[Sukarno]].": ("[[Sukarno]]", "write Sukarno, or"),
    "Lihat [[Sukarno|Bung Karno]].": ("[[Sukarno|Bung Karno]]", "write Bung Karno, or"),
    "これは[[重要]]です": ("[[重要]]", "write 重要, or"),
    "Isi %%cek lagi%% x": ("%%cek lagi%%", "delete it"),
    "Kalimat ini. ^37066d": ("^37066d", "delete it"),
    "Ibu kota Jepang. #geografi": ("#geografi", "under `tags:`"),
    "Jakarta #sejarah/kemerdekaan": ("#sejarah/kemerdekaan", "under `tags:`"),
    "Satu\n#tag #lain": ("#tag #lain", "under `tags:`"),
    "> [!note] Judul\n> isi": ("[!note]", "**Note**"),
    "Teks[^1] x": ("[^1]", "in parentheses"),
    "- [ ] satu\n- [x] dua": ("[ ]", "☐"),
    "'''tebal''' kata": ("'''tebal'''", "write **tebal**"),
    "== Judul ==": ("== Judul ==", "write ## Judul"),
    "H~2~O": ("~2~", "<sub>2</sub>"),
    "x^2^ + 1": ("^2^", "<sup>2</sup>"),
    "Halo :smile: x": (":smile:", "the emoji itself"),
    "**重要 **です": ("**重要 **", "write **重要**"),
    "** tebal ** x": ("** tebal **", "write **tebal**"),
    "[$]x^2[/$]": ("[$]x^2[/$]", "write $x^2$"),
    "{{c1::Jakarta}} kota": ("{{c1::Jakarta}}", "or write Jakarta"),
    "$$\nx^2": ("$$ begins a formula", "$…$"),
}

SILENT = [
    *("std::vector dan a :: b", "#MeToo", "Gerakan #MeToo bermula di AS", "C# dan F#", "x[[1]]"),
    *("`[[x]]` dan `==y==`", "$[[a]]$", "2^10 dan 2 ^ 3", "pukul 10:30:15", "{x = 1}", "it''s"),
    *("f(**kwargs) dan **opsi", "2 ** 3 ** 4", "50%% dan 60%%", "[[1, 2], [3, 4]]", "Re: [x] ok"),
    *("3~5세, 10~15세", "Merah: #ff0000", "rock 'n' roll", "~5 sampai ~10", "==penting==", "5 ^n"),
    *("**重要（注意）**です。", "Nomor #1", "a ![[foto 1.png]] b", "$$\na\n\n- b\n$$"),
]


def checked(root: Path, texts: list[str]) -> list[tuple[int, str, str]]:
    """The number of the text, message and help of each diagnostic but those on pictures."""
    quoted = [json.dumps(text, ensure_ascii=False) for text in texts]
    notes = (
        f'  - {{id: n-{number}, depan: "Soal {number} tentang hal {number}", belakang: {text}}}\n'
        for number, text in enumerate(quoted)
    )
    write_project(
        root,
        "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n" + "".join(notes),
        "--- cards/contoh/media/foto 1.png\nx\n",
    )
    return [
        (one.span.line - 3, one.message, one.help)
        for one in check(Options(root))
        if one.code in ("foreign-markup", "maths-unbalanced")
    ]


def test_marks_of_other_programs_are_reported_with_what_to_write(tmp_path: Path) -> None:
    """Each mark that a card would show as it is typed is reported at its text, and named."""
    found = checked(tmp_path, list(REPORTED))
    assert [number for number, _, _ in found] == list(range(len(REPORTED)))
    for (mark, advice), (_, message, help) in zip(REPORTED.values(), found, strict=True):
        assert mark in message
        assert advice in help


def test_ordinary_texts_have_no_marks_of_other_programs(tmp_path: Path) -> None:
    """Code, formulas, numbers and what cards can show are not reported."""
    assert checked(tmp_path, SILENT) == []


HINTS = {
    "{{c1::std::vector}}": "{{c1::std}}::{{c1::vector}}",
    "{{c2::std::chrono::seconds}}": "{{c2::std}}::{{c2::chrono}}::{{c2::seconds}}",
    "{{c1::`std::vector<int>`}}": "{{c1::`std`}}::{{c1::`vector<int>`}}",
    "{{c1::<code>std::map</code>}}": "{{c1::<code>std</code>}}::{{c1::<code>map</code>}}",
    "{{c1::`HashMap::new()`::cara}}": "{{c1::`HashMap`}}::{{c1::`new()`::cara}}",
    "{{c1::Foo::bar()}}": "{{c1::Foo}}::{{c1::bar()}}",
    "{{c1::Vec<int>::iterator}}": "{{c1::Vec<int>}}::{{c1::iterator}}",
    "{{c1::Foo::bar_baz}}": "{{c1::Foo}}::{{c1::bar_baz}}",
    "{{c1::2001:db8::1}}": "{{c1::2001:db8}}::{{c1::1}}",
}
REAL_HINTS = [
    *("{{c1::Jakarta::kota}}", "{{c1::iPhone::merek}}", "{{c1::mRNA::asam}}", "{{c1::e4::e5}}"),
    *("{{c1::JavaScript::bahasa}}", "{{c1::kerja::k_____}}", "{{c1::parent::orang}}"),
    *("{{c1::1945::4 angka}}", "{{c1::`x`::kode}}", "{{c1::$x$::huruf}}", "{{c1::dead::bad}}"),
    *("{{c1::<b>Jakarta</b>::kota}}", "{{c1::a {{c2::b::c}}::d}}", "std::{{c1::vector}}"),
]


@pytest.mark.parametrize(("source", "written"), HINTS.items())
def test_a_hint_that_is_text_is_reported(source: str, written: str) -> None:
    """Where Anki would take code or an address apart, the help says what to write."""
    ((_, help),) = doubtful_hints(source)
    assert help == f"if the :: belongs to the text, write {written}"
    assert not list(doubtful_hints(written))


@pytest.mark.parametrize("source", REAL_HINTS)
def test_a_hint_is_not_reported(source: str) -> None:
    """A text with its hint is what it looks like."""
    assert list(doubtful_hints(source)) == []
