"""Anki's text exports with HTML: one command makes a package that shows what they show."""

from __future__ import annotations

from pathlib import Path

import pytest
from anki.collection import Collection
from hypothesis import given
from hypothesis import strategies as st
from support.engine import collection, import_package
from support.program import Run

from kartu.compile.render.markdown import render_fully
from kartu.core.source import Span, text
from kartu.load.sheets.markup import Marked, html_cell

NOTES = [
    ("<b>kucing</b>", 'cat<br>the <i>small</i> animal, 5 * 3 and a_b "quoted"'),
    ("anjing &amp; serigala", "<div>dog</div><div>wolf</div>"),
    ("air &lt;zat&gt;", "H<sub>2</sub>O: \\(x_1^2 &lt; y\\), $5"),
    ("buah", "<ul><li>apel</li><li>1. jeruk</li></ul>"),
    ("1. langkah", "# no heading"),
]

MARKS = [
    *(
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "<br>",
        "<!--",
        "-->",
        "<",
        "&",
        "&lt;",
        "a",
        " ",
        "\n",
        "<pre>",
    ),
    *(
        "</pre>",
        "[$]",
        "[/$]",
        "[sound:a.mp3]",
        '<img src="a b.png">',
        "<ul><li>",
        '"',
        "*",
        "{{c1::",
    ),
]


def exported(folder: Path, notes: list[tuple[str, str]], *, all_columns: bool) -> list[str]:
    """Writes words.txt as the real Anki exports it; returns the GUIDs."""
    with collection(folder / "author") as col:
        kind = col.models.by_name("Basic")
        deck = col.decks.id("Bahasa::Unit 1")
        assert kind is not None
        assert deck is not None
        guids = []
        for front, back in notes:
            note = col.new_note(kind)
            note["Front"], note["Back"] = front, back
            note.tags = ["hewan", "unit::satu"]
            col.add_note(note, deck)
            guids.append(note.guid)
        col.export_note_csv(
            out_path=str(folder / "words.txt"),
            limit=None,
            with_html=True,
            with_tags=all_columns,
            with_deck=all_columns,
            with_notetype=all_columns,
            with_guid=all_columns,
        )
    return guids


def shown(col: Collection) -> list[tuple[str, str]]:
    """The first two fields of all notes."""
    notes = [col.get_note(number) for number in col.find_notes("")]
    return [(note.fields[0], note.fields[1]) for note in notes]


@pytest.mark.parametrize("all_columns", [False, True])
def test_an_export_is_a_deck(kartu: Run, tmp_path: Path, *, all_columns: bool) -> None:
    """Without an option its fields are those of Anki; tags and GUIDs are taken where it has any."""
    guids = exported(tmp_path, NOTES, all_columns=all_columns)
    done = kartu("build", "words.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with collection(tmp_path / "student") as col:
        import_package(col, tmp_path / "words.apkg")
        assert sorted(shown(col)) == sorted(NOTES)
        notes = [col.get_note(number) for number in col.find_notes("")]
        if all_columns:
            assert {one.guid for one in notes} == {*guids}
            assert {tag for one in notes for tag in one.tags} == {
                "Words::hewan",
                "Words::unit::satu",
            }
    checked = kartu("check", "words.txt", cwd=tmp_path)
    assert "maths-unbalanced" not in checked.stdout + checked.stderr


def test_plain_words_are_a_list_of_words(kartu: Run, tmp_path: Path) -> None:
    """Where no term needs more than plain text, it is a list of terms, which has no HTML."""
    exported(tmp_path, [("kucing", "cat<br>pet")], all_columns=True)
    assert kartu("build", "words.txt", cwd=tmp_path).returncode == 0
    assert '"type":"term"' in (tmp_path / "words.txt.ids.jsonl").read_text("utf-8")


def test_pictures_and_sounds_lie_beside_it(kartu: Run, tmp_path: Path) -> None:
    """What the export names is packed; what is not there is an error in its line."""
    notes = [('<img src="a b.png"> cat', "[sound:meong_1.mp3]")]
    exported(tmp_path, notes, all_columns=True)
    done = kartu("build", "words.txt", cwd=tmp_path)
    assert done.stderr.count("error[media-missing]") == 2
    assert "words.txt:7:" in done.stderr
    (tmp_path / "a b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "meong_1.mp3").write_bytes(b"ID3\x03\0\0\0\0\0\0")
    done = kartu("build", "words.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with collection(tmp_path / "student") as col:
        import_package(col, tmp_path / "words.apkg")
        ((front, back),) = shown(col)
    assert front.startswith('<img src="a-b-')
    assert back.startswith("[sound:meong-1-")


def test_gaps_are_gaps(kartu: Run, tmp_path: Path) -> None:
    """Rows that all have gaps are sentences with gaps; some with and some without are refused."""
    start = "#separator:tab\n#html:true\n#tags column:3\n"
    gaps = "Ini {{c1::<b>kucing</b>}}\tcatatan\tx\nItu {{c1::anjing}} &amp; {{c2::ayam}}\t\ty z\n"
    (tmp_path / "gaps.txt").write_text(start + gaps, "utf-8")
    done = kartu("build", "gaps.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with collection(tmp_path / "student") as col:
        import_package(col, tmp_path / "gaps.apkg")
        assert col.card_count() == 3
    (tmp_path / "both.txt").write_text(f"{start}{gaps}kuda\thorse\t\n", "utf-8")
    done = kartu("build", "both.txt", cwd=tmp_path)
    assert "both.txt:6:1: error[wrong-shape]" in done.stderr
    assert "kartu import both.txt" in done.stderr


def test_three_columns_are_asked_about(kartu: Run, tmp_path: Path) -> None:
    """Tags and GUIDs are known; the command that is proposed is enough, and so is a shorter one."""
    start = "#separator:tab\n#html:true\n#guid column:1\n#tags column:5\n"
    (tmp_path / "x.txt").write_text(
        f"{start}aaa\tone\teins\tuno\tx y\nb\ttwo\tzwei\tdue\t\n", "utf-8"
    )
    done = kartu("build", "x.txt", cwd=tmp_path)
    assert "error[no-heading]" in done.stderr
    (line,) = (one for one in done.stderr.splitlines() if "if it is a card" in one)
    assert line.endswith("--columns guid,term,meaning,-,tags")
    done = kartu("build", "x.txt", "--columns", "term,meaning,example", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ids = (tmp_path / "x.txt.ids.jsonl").read_text("utf-8")
    assert '"guid":"aaa"' in ids
    assert '"example":"uno"' in ids


def test_headings_of_ones_own_are_headings(kartu: Run, tmp_path: Path) -> None:
    """A row that names the columns is no card, whatever Anki's lines above it say."""
    rows = "Meaning\tWord\neins\tone\n"
    (tmp_path / "x.txt").write_text(f"#separator:tab\n#html:true\n{rows}", "utf-8")
    assert kartu("build", "x.txt", cwd=tmp_path).returncode == 0
    assert '{"term":"one","meaning":"eins"}' in (tmp_path / "x.txt.ids.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('<img src="a.png">', "<img src"),
        ("[sound:a.mp3]", "[sound:a.mp3]"),
        ("H<sub>2</sub>O", "<sub>"),
        ("[latex]x[/latex]", "[latex]"),
    ],
)
def test_what_a_field_cannot_show(cell: str, message: str, kartu: Run, tmp_path: Path) -> None:
    """It is an error in the cell, with the note type that can show it, in the author's words."""
    start = "#separator:tab\n#html:true\n#columns:Term\tMeaning\n"
    (tmp_path / "x.txt").write_text(f"{start}{cell}\tone\n", "utf-8")
    done = kartu("build", "x.txt", cwd=tmp_path)
    assert "x.txt:4:1: error[not-text]" in done.stderr
    assert message in done.stderr
    if "latex" not in cell:
        assert "--note-type question-answer" in done.stderr


def test_styles_that_are_left_out_are_named(kartu: Run, tmp_path: Path) -> None:
    """A colour of one word is on no card, which is a warning in its cell."""
    cell = '<span style="color: red">merah</span>'
    (tmp_path / "x.txt").write_text(f"#separator:tab\n#html:true\nmerah\t{cell}\n", "utf-8")
    done = kartu("build", "x.txt", cwd=tmp_path)
    assert done.returncode == 0
    assert "x.txt:3:7: warning[html-removed]" in done.stderr


@given(st.text(st.sampled_from("ab1 *_#$[]()\\`~|=-+.{}&;!>\"'"), max_size=30))
def test_text_stays_as_it_is(words: str) -> None:
    """No sign in the text of an export becomes markup: cards show what Anki shows."""
    html = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = html_cell(text(html, Span("x.txt")))
    assert str(found) == " ".join(words.split())
    if isinstance(found, Marked):
        rendered = render_fully(found.marked)
        assert not rendered.problems
        assert rendered.html.split() == html.split()
    else:
        assert render_fully(found).html == html.strip()


@given(st.lists(st.sampled_from(MARKS), max_size=12).map("".join))
def test_any_html_is_one_block(html: str) -> None:
    """Broken HTML too becomes a text and one line of Markdown, with nothing blank in it."""
    found = html_cell(text(html, Span("x.txt")))
    if isinstance(found, Marked):
        assert "\n" not in found.marked
        assert found.marked.startswith("<")
        render_fully(found.marked)
    assert "<b>" not in found
