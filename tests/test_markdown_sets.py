"""Card sets in Markdown: what is a card, what is not, and where each word of it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.program import ROOT, Run
from support.projects import write_project
from support.sampling import examples, sampled
from support.texts import LINES

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Note, NoteType
from kartu.core.source import Node, Passage, Text
from kartu.load import load_note_types
from kartu.load.card_sets import read_card_set
from kartu.load.files import Files
from kartu.load.markdown import CardFile, read_markdown

TYPES = "note_type: [tanya, isian]"


@cache
def _note_types() -> dict[str, NoteType | None]:
    return dict(load_note_types(ROOT)[0])


def _read(folder: Path, body: str, front: str = TYPES) -> tuple[list[Note], list[str]]:
    """The notes of a card set, and what is reported of it as `line:column code`."""
    content = f"---\n{front}\n---\n{body}" if front else body
    (folder / "a.md").write_text(content, "utf-8", newline="")
    diagnostics = Diagnostics()
    notes = read_card_set(Files(folder), "a.md", _note_types(), diagnostics)
    return notes, [f"{one.span.line}:{one.span.column} {one.code}" for one in diagnostics]


def _values(notes: list[Note]) -> list[tuple[Node, ...]]:
    return [tuple(note.values.values()) for note in notes]


def _alone(folder: Path, content: str) -> tuple[CardFile | None, Diagnostics]:
    """A file that is a deck of its own."""
    (folder / "a.md").write_text(content, "utf-8", newline="")
    diagnostics = Diagnostics()
    found = read_markdown(Files(folder), "a.md", _note_types(), diagnostics, default=True)
    return found, diagnostics


QUESTIONS = {
    "Q: a\nA: b": [("a", "b")],
    "Q:\na\n\nA:\n\nb": [("a", "b")],
    "Q: a\n\nb\nA: c\n\nd\n": [("a\n\nb", "c\n\nd")],
    "**Q:** a\n**A:** b": [("a", "b")],
    "**Q: a**\nA: b": [("**a**", "b")],
    "- Q: a\n  - x\n  A: b\n- Q: c\n  A: d": [("a\n- x", "b"), ("c", "d")],
    "- Q: a\n\t- A: b\n\t  c": [("a", "b\nc")],
    "Soal: a\nJawab: b\n\nTanya: c\nJawaban: d": [("a", "b"), ("c", "d")],
    "Q: a\nA: b\n---\nQ: c\nA: d\n***\n": [("a", "b"), ("c", "d")],
    "Q: a\nA: b\nCatatan: c\nLain: d": [("a", "b", "c\nLain: d")],
    "Q: a\nA: `A: x` B: y": [("a", "`A: x` B: y")],
    "Q: a\nA: b\n```\nQ: c\n```\n": [("a", "b\n```\nQ: c\n```")],
    "Q: a\nA: b\n\n    Q: c\n": [("a", "b\n\n    Q: c")],
    "Q: a\nA: ```\n# b\nQ: c\n```\n---\nQ: d\nA: e": [("a", "```\n# b\nQ: c\n```"), ("d", "e")],
    "Q: a\nA: $$\nQ: c\n---\n$$": [("a", "$$\nQ: c\n---\n$$")],
    "Q: a\nA: <!-- Q: c --> b<!--\nQ: d\n-->": [("a", "b")],
    "Q: harga $5\nA: 10$": [("harga $5", "10$")],
    "Q: tanda `\nA: aksen `": [("tanda `", "aksen `")],
    "Q: a\nA: b\n\\A: c": [("a", "b\nA: c")],
    "Q: C:\\Windows\nA: C: drive": [("C:\\Windows", "C: drive")],
    "Q: [[Halaman|kata]] ![[a.png]] `[[x]]`\nA: ==b==": [
        ("kata ![[a.png]] `[[x]]`", "==b=="),
    ],
    "Q: a\nA:\n## Langkah\nb": [("a", "## Langkah\nb")],
    "C: [a] dan [b](https://a.id) \\[c] `[d]`": [("{{c1::a}} dan [b](https://a.id) \\[c] `[d]`",)],
    "C: {{c2::a}} dan [b]": [("{{c2::a}} dan [b]",)],
    "C: ==a== dan [$x^{2^{3}}$]\nA: b": [("{{c1::a}} dan {{c2::$x^{2^{3} }$}}", "b")],
    "C:\n- [x] tugas [a]": [("- [x] tugas {{c1::a}}",)],
}


@pytest.mark.parametrize(("body", "values"), QUESTIONS.items())
def test_questions(body: str, values: list[tuple[str, ...]], tmp_path: Path) -> None:
    """A card begins at Q: or C:, its answer at A:, and ends at the next card or a rule."""
    assert _values(_read(tmp_path, body)[0]) == values
    assert _read(tmp_path, body)[1] == []


HEADINGS = {
    "## a\nb\n## c\nd": [("a", "b"), ("c", "d")],
    "# Judul\n\n## a\nb\n### c\nd": [("a", "b\n### c\nd")],
    "# a\nb\n# c\n\nd\n\n***\n\ne": [("a", "b"), ("c", "d\n\n***\n\ne")],
    "# a\nb\n\n%\n\nc": [("a\n\nb", "c")],
    "# a\nb\n---\nc\n\n---\n\nd": [("a\n\nb", "c\n\n---\n\nd")],
    "# a\nb\n\n---\n\n# c\nd\n\n---\n": [("a", "b"), ("c", "d")],
    "a\n===\nb": [("a", "b")],
    "# a #\n```\n# c\n%\n```": [("a", "```\n# c\n%\n```")],
    "# {{c1::a}} b\nc": [("{{c1::a}} b", "c")],
    "# a\n{{c1::b}}\n\n---\n\nc": [("a\n\n{{c1::b}}", "c")],
}


@pytest.mark.parametrize(("body", "values"), HEADINGS.items())
def test_headings(body: str, values: list[tuple[str, ...]], tmp_path: Path) -> None:
    """The headings of one level are the questions; deeper ones are part of the answers."""
    assert _values(_read(tmp_path, body)[0]) == values
    assert _read(tmp_path, body)[1] == []


LINES_SHAPE = {
    "a :: b\n- c::d": [("a", "b"), ("c", "d")],
    "a ::: b": [("a", "b", "b")],
    "a\nb\n?\nc\n\nd\n??\ne": [("a\nb", "c"), ("d", "e", "e")],
    "`x::y` :: [p::q](https://a.id)": [("`x::y`", "[p::q](https://a.id)")],
    "a :: b ^id-1": [("a", "b")],
}


@pytest.mark.parametrize(("body", "values"), LINES_SHAPE.items())
def test_lines(body: str, values: list[tuple[str, ...]], tmp_path: Path) -> None:
    """With `shape: lines` a line with :: is a card, and one with ::: two."""
    notes, reported = _read(tmp_path, body, "note_type: tanya\nshape: lines")
    assert (_values(notes), reported) == (values, [])


def test_lines_need_their_shape(tmp_path: Path) -> None:
    """Nothing is taken for a term and its meaning that was not said to be one."""
    assert _read(tmp_path, "a :: b\nc :: d")[1] == ["4:1 markdown-shape"]
    assert _read(tmp_path, "a\n?\nb")[1] == ["5:1 markdown-shape"]


def test_every_value_has_its_place(tmp_path: Path) -> None:
    """A character of a value is at its line and column in the file, whatever was taken out."""
    body = "# T\n- Q: satu <!-- x --> dua\n  A: tiga\n    [[p|empat]]\n\n  lima ^q1\n"
    notes, _ = _read(tmp_path, body)
    lines = (tmp_path / "a.md").read_text("utf-8").split("\n")
    for value in notes[0].values.values():
        assert isinstance(value, Passage)
        for word in value.split():
            place = value.span_at(value.index(word))
            assert lines[place.line - 1][place.column - 1 :].startswith((word, "[[p|"))
    assert notes[0].id == "q1"
    assert lines[notes[0].id.span.line - 1][notes[0].id.span.column - 1 :] == "q1"


def test_a_fault_is_shown_in_its_line(kartu: Run, tmp_path: Path) -> None:
    """What a card cannot show is reported where it is in the answer."""
    body = "Q: a ^a\nA: b\n\n  c [x](a.html)\n\n![d](e.png)\n"
    write_project(tmp_path, f"--- cards/contoh/a.md\n---\nnote_type: dasar\n---\n{body}")
    found = kartu("check", cwd=tmp_path).stdout
    assert "cards/contoh/a.md:7:9: warning[bad-link]" in found
    assert "cards/contoh/a.md:9:6: error[media-missing]" in found


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ("# a (B7B85393-b76d-43e6-965a-d86108bf5b09)\nb", ["b7b85393-b76d-43e6-965a-d86108bf5b09"]),
        ("Q: a\nA: b\n<!--ID: 1700000000001-->\n\nQ: c\nA: d", ["1700000000001", ""]),
        (
            "<!-- note_id: 17 -->\nQ: a\nA: b\n\n---\n\n<!-- note_id: 18 -->\nQ: c\nA: d",
            ["17", "18"],
        ),
        ("# a ^ab-1\nb\n# c\nd ^Q9", ["ab-1", "q9"]),
        ("# a\n5 ^2\n# c\nd", ["", ""]),
    ],
)
def test_ids_of_other_programs(body: str, ids: list[str], tmp_path: Path) -> None:
    """An id at the end of a card becomes the note's id, and is on no card."""
    notes, reported = _read(tmp_path, body)
    assert ([str(note.id) for note in notes], reported) == (ids, [])
    assert not any(id and id in str(value) for note in notes for id in ids for value in note.values)


def test_chapters(tmp_path: Path) -> None:
    """Headings above the cards are subdecks or tags; a single first one is the title."""
    body = "# Judul\n\n## Bab *satu*\n\n### Pasal\n\nQ: a\nA: b\n\n## Bab dua\nQ: c\nA: d\n"
    notes, reported = _read(tmp_path, body, f"{TYPES}\nsubdeck: Atas")
    assert [note.subdeck for note in notes] == ["Atas::Bab satu::Pasal", "Atas::Bab dua"]
    notes, reported = _read(tmp_path, body, f"{TYPES}\nchapters: tags\ntags: [t]")
    assert [note.tags for note in notes] == [("t", "Bab-satu::Pasal"), ("t", "Bab-dua")]
    assert reported == []


def test_comments_say_what_yaml_keys_say(tmp_path: Path) -> None:
    """A note's own tags, sources, guid and reason to retire are in comments."""
    body = "# a\nb\n<!-- tags: x, y -->\n<!-- retired: salah -->\n<!-- catatan guru -->\n\n[#z]()"
    notes, reported = _read(tmp_path, body, "note_type: tanya")
    assert (notes[0].tags, notes[0].retired, reported) == (("z", "x", "y"), "salah", [])


REFUSED = {
    "START\nBasic\na\nBack: b\nEND": "4:1 foreign-cards",
    "a #card\nb": "4:3 foreign-cards",
    "a::b\n<!--SR:!2026-01-01,1,250-->": "5:1 foreign-cards",
    "#+TITLE: a\n* b": "4:1 foreign-cards",
    "# a\nb\n\n# c\nQ: d\nA: e\n\n---\n# f\ng": "4:1 markdown-shape",
    "Q: a\nA: b\n\nc :: d\ne :: f": "7:1 markdown-shape",
    "hanya teks": "4:1 markdown-shape",
    "": "4:1 markdown-shape",
    "Q: a\nA: b\nA: c": "6:1 markdown-card",
    "C: tanpa rumpang": "4:1 markdown-card",
    "C: [a [b] c]": "4:7 markdown-card",
    "C: [std::vector]": "4:8 markdown-card",
    "Q: a": "4:1 missing-field",
    "Q: a\n# b\nA: c": "4:1 missing-field",
    "# a\nb\n# c\nd\n# e": "8:1 missing-field",
    "# a\n%\nb\n%\nc": "7:1 markdown-card",
    "teks\n\nQ: a\nA: b": "4:1 text-outside-notes",
    "# a\n## b\n## c\nQ: a\nA: b": "5:1 text-outside-notes",
}


@pytest.mark.parametrize(("body", "reported"), REFUSED.items())
def test_what_is_not_read_is_reported(body: str, reported: str, tmp_path: Path) -> None:
    """Marks of other programs, two shapes in a file and faulty cards have a diagnostic each."""
    assert reported in _read(tmp_path, body)[1]


FRONTS = {
    "note_type: istilah\nlevel: 2\nchapters: tags\nshape: headings": [],
    "note_type: istilah\nsubdek: x": ["3:1 unknown-key"],
    "note_type: istilahh": ["2:12 unknown-note-type"],
    "note_tipe: istilah": ["2:1 unknown-key"],
    "note_type: istilah\nshape: kartu": ["3:8 bad-value"],
    "note_type: istilah\nlevel: 9": ["3:8 bad-value"],
    "note_type: [istilah": ["2:12 yaml-syntax"],
}


@pytest.mark.parametrize(("front", "reported"), FRONTS.items())
def test_front_matter(front: str, reported: list[str], tmp_path: Path) -> None:
    """Unknown keys and values in the front matter are reported at their places."""
    found = _read(tmp_path, "## a\nb", front)[1]
    assert found == reported


def test_front_matter_in_toml(tmp_path: Path) -> None:
    """TOML between +++ says the same as YAML between ---, and has places as well."""
    body = '+++\nnote_type = "tanya"\ntags = ["x"]\n+++\n# a\nb'
    notes, reported = _read(tmp_path, body, "")
    assert (_values(notes), notes[0].tags, reported) == ([("a", "b")], ("x",), [])
    assert _read(tmp_path, '+++\nnote_type = "tanya\n+++\n# a\nb', "")[1] == ["2:19 toml-syntax"]
    assert _read(tmp_path, '+++\nnote_type = "tanya"\nsub = 1\n+++\n# a\nb', "")[1] == [
        "3:1 unknown-key"
    ]


@pytest.mark.parametrize("change", ["\r\n", "bom", "nfd"])
def test_files_of_all_systems(change: str, tmp_path: Path) -> None:
    """A byte order mark, other line ends and decomposed accents change no card."""
    content = f"---\n{TYPES}\n---\n# Café\nnaïve\n"
    expected, _ = _read(tmp_path, "# Café\nnaïve\n")
    changed = {"\r\n": content.replace("\n", "\r\n"), "bom": "\ufeff" + content, "nfd": content}
    (tmp_path / "b.md").write_bytes(changed[change].encode())
    found = read_card_set(Files(tmp_path), "b.md", _note_types(), Diagnostics())
    assert _values(found) == _values(expected)


def test_fields_of_plain_text(tmp_path: Path) -> None:
    """Where a field shows no marks, they are taken out; what needs them is a fault."""
    body = "# **a** _b_ `2*3` [c](https://a.id) 2*3*4 __init__\nx\n"
    notes, reported = _read(tmp_path, body, "note_type: istilah")
    assert _values(notes)[0][0] == "a b 2*3 c (https://a.id) 2*3*4 init"
    assert reported == []
    assert _read(tmp_path, "# a $x$\nb", "note_type: istilah")[1] == ["4:5 markdown-in-text"]


def test_fields_of_other_formats(tmp_path: Path) -> None:
    """Lists, tables and pictures are written as Markdown has them."""
    body = "Q: a\nJawaban: b\nVarian:\n- c\n- d"
    notes, reported = _read(tmp_path, body, "note_type: ketik")
    assert (_values(notes), reported) == ([("a", "b", ["c", "d"])], [])
    body = "Q: a\nA: b\nGambar: ![c](d.png)"
    notes, reported = _read(tmp_path, body, "note_type: istilah")
    assert (_values(notes), reported) == ([("a", "b", {"file": "d.png", "alt": "c"})], [])


def test_only_card_sets_are_read(kartu: Run, tmp_path: Path) -> None:
    """README and changelogs are left out, other files reported: they give no card."""
    write_project(tmp_path, "--- cards/contoh/a.md\n---\nnote_type: dasar\n---\n# a ^a\nb\n")
    folder = tmp_path / "cards/contoh"
    for name in ("README.md", "readme.id.md", "CHANGELOG.md", "changelog-2.md", "catatan.md"):
        (folder / name).write_text("# Satu\n\nteks\n\nQ: a\nA: b\n", "utf-8")
    found = kartu("check", "--format", "json", cwd=tmp_path).stdout
    assert found.count("unexpected-file") == 1
    assert "catatan.md" in found
    assert kartu("build", cwd=tmp_path).stdout.count("contoh.apkg") == 1


def test_fix_leaves_markdown_alone(kartu: Run, tmp_path: Path) -> None:
    """`check --fix` changes no byte of a Markdown card set."""
    content = "---\nnote_type: dasar\n---\n# a ^a\nb  \n\n![x](a.html)\n"
    write_project(tmp_path, f"--- cards/contoh/a.md\n{content}")
    before = (tmp_path / "cards/contoh/a.md").read_bytes()
    kartu("check", "--fix", cwd=tmp_path)
    assert (tmp_path / "cards/contoh/a.md").read_bytes() == before


def test_comments_accept_warnings(kartu: Run, tmp_path: Path) -> None:
    """`<!-- kartu: ignore[code] -->` in a note accepts its warnings, and no others."""
    body = "# a ^a\n[x](a.html)\n<!-- kartu: ignore[bad-link] memang -->\n# b ^b\n[y](b.html)\n"
    write_project(tmp_path, f"--- cards/contoh/a.md\n---\nnote_type: dasar\n---\n{body}")
    found = kartu("check", cwd=tmp_path).stdout
    assert "a.html" not in found.replace("[x](a.html)", "")
    assert 'the link "b.html"' in found


def test_a_file_alone_needs_no_front_matter(tmp_path: Path) -> None:
    """A file that is a deck of its own has note types by its shape, and its title."""
    found, reported = _alone(tmp_path, "# Ibu kota (123456789)\n\n## Prancis\n\nParis\n")
    assert found is not None
    assert (found.title, found.shape, found.notes[0].note_type) == ("Ibu kota", "headings", "tanya")
    assert list(reported) == []
    found, _ = _alone(tmp_path, "---\ncss: a.css\ndate: 2024-01-28\n---\nC: [a] b\n\nQ: c\nA: d\n")
    assert found is not None
    assert [note.note_type for note in found.notes] == ["isian", "tanya"]


BITS = st.one_of(
    LINES,
    st.sampled_from(
        (
            *("Q: ", "A: ", "C: [a] b", "---", "%", "# a", "## b", "a :: b", "?", "", "```", "$$"),
            *(
                "<!-- ",
                "-->",
                "**Q:** x",
                "- Q: y",
                "+++",
                "note_type: tanya",
                "[[a]]",
                "^id",
                "\0",
            ),
        )
    ),
)


@given(st.lists(BITS, max_size=14).map("\n".join), st.sampled_from(("", TYPES, "shape: lines")))
@example("---\n---\n", "")
@example("<!--", "")
@example("Q: <!-- -->", TYPES)
def test_no_text_is_a_fault_of_ours(
    tmp_path_factory: pytest.TempPathFactory, body: str, front: str
) -> None:
    """Any text gives notes or diagnostics, and each value a place in the file."""
    folder = tmp_path_factory.getbasetemp()
    found, diagnostics = _alone(folder, f"---\n{front}\n---\n{body}" if front else body)
    assert found is not None or list(diagnostics)
    lines = body.count("\n") + 4
    for note in found.notes if found else ():
        assert all(isinstance(one, Text) and one.span.line <= lines for one in note.values.values())
    assert all(1 <= one.span.line <= lines for one in diagnostics)


@pytest.mark.parametrize(
    "front", sampled([TYPES, "note_type: istilah\nshape: lines", "note_type: istilah"], 2)
)
def test_time_grows_with_the_text(front: str, tmp_path: Path) -> None:
    """A text of the same part over and over is read at once: looking again would take minutes."""
    parts = ("<!-- ", "<!-- x -->", "$$\n", "[", "`", "**a", "# a\n", "[[a", "==a", "_a ", "- ")
    for part in (*parts, "](", "{{c1::", "^a ", "[#a]()\n", "`a`::", "  ", "###a"):
        _read(tmp_path, "Q: a\nA: " + part * examples(20_000, 4), front)
    for part in ("Q: a\n", "a::b\n", "C: [a\n", "# a\nb\n\n---\n"):
        _read(tmp_path, part * examples(4_000, 4), front)
