"""Edits of notes in card sets: what is written is read back, and all other bytes stay."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.projects import write_project
from support.sampling import examples, sampled

from kartu.core.model import NoteType
from kartu.export.sheet import rows_of, written_notes
from kartu.load import load_note_types
from kartu.load.files import Files
from kartu.rewrite.notes.card_set import CardSet
from kartu.rewrite.notes.csv_set import read_csv_set
from kartu.rewrite.notes.values import EditRefusedError, Value, is_blank, plain
from kartu.rewrite.notes.yaml_set import read_yaml_set

NOTE_TYPE = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: butir, name: Butir, id: 3, format: list}
  - {key: tabel, name: Tabel, id: 4, format: table}
  - {key: gambar, name: Gambar, id: 5, format: image}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""

SET = """# kepala
note_type: dasar
tags: [a, "b"]   # semua
notes:
  # sebelum satu
  - id: satu   # tetap
    depan: "Satu"     # pertanyaan
    belakang: |
      One
      Uno
    tags:
      - a   # penting
      - b

  # sebelum dua
  - {id: dua, depan: Dua, belakang: 'Two', butir: [x, "y"]}   # ringkas
  -   id: tiga
      depan: >-   # dilipat
        Tiga kata
        di sini

        dan di sana
      gambar:
        file: a.png
        # uraian
        alt: 'Se''suatu'
      tabel:
        - [a, b]
        - - c
          - "d"
      butir: ["p", q,   # dua
        r]
      belakang: Plain: tidak
  - {"id": "empat", "depan": "Empat"}
  - depan: |+
      Lima

    id: lima
    butir:
    - satu
    - dua
    x-punya: sendiri
# akhir
""".replace("Plain: tidak", "Plain\n        dua baris")

SIGNS = "ab ñé漢:#-'\"|>&<%@`!?{}[]*_\\\n\t0.,~=$e\u0301\ufeff\u200d"
TEXTS = (
    st.text(SIGNS, max_size=25)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=30)
    | st.sampled_from(
        ["a\r\nb", "2026-05-14", "no", "12", "# a\n\n- b\n\t- c", "a\n", " a", "```\nx\n```"]
    )
    | st.just("{{c1::image-occlusion:rect:left=.1:top=0.2:width=.3:height=.1:oi=1}}\n{{c2::a: #b}}")
)
LISTS = st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4)
TABLES = st.lists(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3), min_size=1, max_size=3)
PICTURES = st.fixed_dictionaries(
    {"file": TEXTS.filter(str.strip)}, optional={"alt": TEXTS.filter(str.strip)}
)
VALUES = {
    "depan": TEXTS,
    "belakang": TEXTS,
    "butir": LISTS,
    "tabel": TABLES,
    "gambar": PICTURES | TEXTS,
    "tags": LISTS,
    "retired": TEXTS,
    "x-punya": TEXTS | LISTS,
}
KEYS = st.sampled_from([*VALUES]).flatmap(lambda key: st.tuples(st.just(key), VALUES[key]))
BLOCKS = ["satu", "dua", "tiga", "empat", "lima"]


@pytest.fixture(scope="module")
def note_types(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NoteType]:
    found, _rest = load_note_types(write_project(tmp_path_factory.mktemp("a"), NOTE_TYPE))
    return found


def yaml_bytes(crlf: bool, mark: bool) -> bytes:
    content = SET.replace("\n", "\r\n") if crlf else SET
    return (b"\xef\xbb\xbf" if mark else b"") + content.encode()


def outside(data: bytes, id: str) -> tuple[bytes, bytes]:
    """What is before a note and what is behind it, by the lines that begin notes."""
    lines = data.splitlines(keepends=True)
    begins = [n for n, line in enumerate(lines) if line.lstrip().startswith(b"- ") and n > 4]
    begins = [n for n in begins if lines[n].startswith(b"  - ")]
    at = begins[BLOCKS.index(id)]
    following = [n for n in begins if n > at]
    end = following[0] if following else len(lines) - 1
    while lines[end - 1].lstrip().startswith(b"# sebelum") or not lines[end - 1].strip():
        end -= 1
    return b"".join(lines[:at]), b"".join(lines[end:])


def comments(data: bytes) -> list[bytes]:
    return [line.partition(b"# ")[2].strip() for line in data.splitlines() if b"# " in line]


@settings(max_examples=examples(700, 10))
@given(st.sampled_from(BLOCKS), KEYS, st.booleans(), st.booleans())
@example("satu", ("belakang", "a: b\n\n# c\n"), True, True)
@example("tiga", ("depan", "Tiga kata di sini\n dan"), False, False)
@example("lima", ("depan", "a"), False, False)
@example("lima", ("depan", ""), False, False)
def test_a_value_is_read_back_exactly(
    note_types: dict[str, NoteType], id: str, change: tuple[str, Value], crlf: bool, mark: bool
) -> None:
    """Whatever the value and however the old one is written, in YAML; all outside the note stays,
    and the old value put back means what it meant."""
    data = yaml_bytes(crlf, mark)
    card_set = read_yaml_set("a.yaml", data, note_types)
    assert card_set is not None
    key, value = change
    place = BLOCKS.index(id)
    before = card_set.form(place).values
    after = card_set.with_values({place: {key: value}})
    again = read_yaml_set("a.yaml", after, note_types)
    assert again is not None
    assert again.form(place).values.get(key, "") == ("" if is_blank(value) else plain(value))
    assert outside(after, id) == outside(data, id)
    back = again.read_again(again.with_values({place: {key: before.get(key, "")}}))
    assert back is not None
    assert back.form(place).values == {k: v for k, v in before.items() if not is_blank(v)}


LAYOUTS = {
    "no values": "- id: a\n  depan:\n  belakang: x\n- id: b\n  depan: y\n  belakang:\n",
    "dash alone": "-\n  id: a\n  depan: x\n-\n  id: b\n  depan: y\n",
    "in brackets": "  [{id: a, depan: x}, {id: b,\n   depan: y}]\n",
    "no last line end": "- id: a\n  depan: x\n- id: b\n  depan: |\n    y\n    z",
    "folded": "- id: a\n  depan: x\n    y\n- id: b\n  depan: >\n    y\n\n# c\n",
    "quoted": '- id: a\n  depan: "s\n    t\\\n    u"\n- id: b\n  depan: y\n',
    "kept": "- id: a\n  depan: |+\n    x\n\n\n- id: b\n  depan: |2-\n      y\n",
    "other keys below": "- id: a\n  depan: x\n- id: b\n  depan: y\nsubdeck: Z\n",
    "quoted keys": "- 'id': a\n  'depan': x # c\n  belakang: '' # d\n- id: b\n  depan: y\n",
    "question marks": "- ? id\n  : a\n  ? depan\n  : x\n- id: b\n  depan: y\n",
    "end of document": "- id: a\n  depan: x\n- id: b\n  depan: y\n...\n",
    "tabs": "- id: a\t# t\n  depan:\tx\t# t\n- id: b\n  depan: y\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("crlf", [False, True])
def test_any_layout_takes_any_text(
    note_types: dict[str, NoteType], layout: str, crlf: bool
) -> None:
    """However the notes are laid out, each text can be written, and a note be added."""
    content = f"note_type: dasar\nnotes:\n{LAYOUTS[layout]}"
    data = (content.replace("\n", "\r\n") if crlf else content).encode()
    card_set = read_yaml_set("a.yaml", data, note_types)
    assert card_set is not None
    for text in ("z", "a: b", "p\nq", "\n lead", "trail\n", "x  ", "\ttab\n\tb", "#", "'", '"'):
        for key in ("depan", "belakang", "retired"):
            for place in range(2):
                again = card_set.read_again(card_set.with_values({place: {key: text}}))
                assert again is not None
                assert again.form(place).values[key] == text
        for place in range(3):
            assert card_set.with_note(place, {"id": "c", "depan": text})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("crlf", [False, True])
def test_any_layout_takes_any_edit(
    note_types: dict[str, NoteType], layout: str, crlf: bool
) -> None:
    """However the notes are laid out, each can be moved and deleted, and each value be cleared."""
    content = f"note_type: dasar\nnotes:\n{LAYOUTS[layout]}"
    data = (content.replace("\n", "\r\n") if crlf else content).encode()
    card_set = read_yaml_set("a.yaml", data, note_types)
    assert card_set is not None
    for place in range(2):
        moved = card_set.read_again(card_set.with_note_at(place, 1 - place))
        assert moved is not None
        back = moved.read_again(moved.with_note_at(1 - place, place))
        assert back is not None
        assert back.contents == card_set.contents
        assert card_set.without_note(place)
        for key in ("depan", "belakang"):
            assert card_set.with_values({place: {key: ""}})


def csv_bytes(dialect: str, note_types: dict[str, NoteType]) -> bytes:
    rows = [
        ["id", "note_type", "depan", "belakang", "butir", "#catatan", "tabel", "gambar", "tags"],
        ["satu", "dasar", "Satu", "One\nUno", "x | y", "punyaku", "a | b\nc | d", "", "t"],
        ["dua", "dasar", 'Du"a', "", "", "", "", "a.png | alt", ""],
        ["tiga", "dasar", "Tiga, tiga; tiga\t", "3", "", "", "", "", ""],
    ]
    delimiter, quoting, codec, end = {
        "excel": (";", csv.QUOTE_MINIMAL, "utf-8-sig", "\r\n"),
        "all": (",", csv.QUOTE_ALL, "utf-8", "\n"),
        "tab": ("\t", csv.QUOTE_MINIMAL, "utf-16", "\n"),
        "old": (",", csv.QUOTE_MINIMAL, "cp1252", "\r\n"),
    }[dialect]
    if dialect == "old":
        rows[1][2] = rows[3][3] = "Sé tu"
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode(codec)


def csv_set(dialect: str, note_types: dict[str, NoteType]) -> CardSet:
    found = read_csv_set("a.csv", csv_bytes(dialect, note_types), note_types)
    assert found is not None
    return found


@settings(max_examples=examples(700, 10))
@given(st.sampled_from(["excel", "all", "tab", "old"]), st.integers(0, 2), KEYS)
@example("all", 0, ("butir", ["a | b"]))
@example("old", 0, ("depan", "漢"))
def test_a_cell_is_read_back_exactly_or_refused(
    note_types: dict[str, NoteType], dialect: str, place: int, change: tuple[str, Value]
) -> None:
    """A spreadsheet cannot hold everything: what it cannot is refused with its place. The bytes of
    the other rows stay."""
    card_set = csv_set(dialect, note_types)
    key, value = change
    try:
        after = card_set.with_values({place: {key: value}})
    except EditRefusedError as error:
        refused = error
        after = b""
    if not after:
        assert refused.span.path == "a.csv"
        return
    again = card_set.read_again(after)
    assert again is not None
    wanted = card_set.as_written(key, plain(value))
    assert again.form(place).values.get(key, "") == ("" if is_blank(wanted) else wanted)
    others = [n for n in range(3) if n != place]
    assert [again.contents[n] for n in others] == [card_set.contents[n] for n in others]
    back = again.with_values({place: {key: card_set.form(place).values.get(key, "")}})
    if key in card_set.form(place).places:
        assert back == card_set.data


@pytest.mark.parametrize("kind", ["yaml", "crlf", "excel", "all", "tab", "old"])
def test_notes_come_go_and_move(note_types: dict[str, NoteType], kind: str) -> None:
    """A note that is added and removed, or moved there and back, leaves each byte as it was; no
    comment goes with another one's note."""
    card_set: CardSet | None
    if kind in ("yaml", "crlf"):
        card_set = read_yaml_set("a.yaml", yaml_bytes(kind == "crlf", mark=False), note_types)
    else:
        card_set = csv_set(kind, note_types)
    assert card_set is not None
    ids = [form.id for form in card_set.forms()]
    values: dict[str, Value] = {"id": "baru", "depan": "a: b; c", "butir": ["x", "y"]}
    for place in range(len(ids) + 1):
        again = card_set.read_again(card_set.with_note(place, values))
        assert again is not None
        assert [form.id for form in again.forms()] == [*ids[:place], "baru", *ids[place:]]
        assert again.form(place).values == values
        assert again.without_note(place) == card_set.data, place
        assert sorted(comments(again.data)) == sorted(comments(card_set.data))
    for place in range(len(ids)):
        for to in range(len(ids)):
            again = card_set.read_again(card_set.with_note_at(place, to))
            assert again is not None
            moved = [*ids[:place], *ids[place + 1 :]]
            moved.insert(to, ids[place])
            assert [form.id for form in again.forms()] == moved
            assert again.with_note_at(to, place) == card_set.data
        gone = card_set.read_again(card_set.without_note(place))
        assert gone is not None
        assert [form.id for form in gone.forms()] == [id for id in ids if id != ids[place]]


@pytest.mark.parametrize(
    ("content", "key", "message"),
    [
        ("- &a {id: a, depan: b}", "depan", "is used elsewhere by & and *"),
        ("- {id: a, depan: &x b, belakang: *x}", "depan", "is used elsewhere by & and *"),
        ("- {id: a, depan: b}", "depan", "the invisible control character U+0007"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_its_place(
    note_types: dict[str, NoteType], content: str, key: str, message: str
) -> None:
    """Nothing is guessed: the reason and the line are given."""
    data = f"note_type: dasar\nnotes:\n  {content}\n".encode()
    card_set = read_yaml_set("a.yaml", data, note_types)
    assert card_set is not None
    with pytest.raises(
        EditRefusedError, match=message.replace("*", r"\*").replace("+", r"\+")
    ) as refused:
        card_set.with_values({0: {key: "c\a"}} if "U+" in message else {0: {key: "c"}})
    assert refused.value.span.line == 3


def test_each_value_of_the_real_deck_is_changed_and_changed_back(
    root: Path, note_types: dict[str, NoteType]
) -> None:
    """Each note, each of its values: all bytes of its file are as before."""
    types, _rest = load_note_types(root)
    number = 0
    paths = sorted((root / "cards/kerja-sama-internasional").glob("[01]*.yaml"))
    assert len(paths) > 100
    for path in sampled(paths, 8):
        data = path.read_bytes()
        card_set = read_yaml_set(path.name, data, types)
        assert card_set is not None
        for place, form in enumerate(card_set.forms()):
            changed = {key: other_value(one) for key, one in form.values.items() if key != "id"}
            for key, value in changed.items():
                again = card_set.read_again(card_set.with_values({place: {key: value}}))
                assert again is not None
                assert again.form(place).values == {**form.values, key: value}
                assert again.with_values({place: {key: form.values[key]}}) == data, (path, key)
                number += 1
    print(f"{number} values in {len(paths)} files")


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_each_value_of_a_sheet_of_the_real_deck_is_changed_and_changed_back(
    root: Path, quoting: int
) -> None:
    """The same of its card sets as CSV files."""
    types, _rest = load_note_types(root)
    notes = list(written_notes(Files(root), "cards/kerja-sama-internasional"))
    paths = list(dict.fromkeys(note.path for note in notes))
    for path in sampled(paths[::3], 24):
        out = io.StringIO(newline="")
        rows = rows_of([note for note in notes if note.path == path], types)
        csv.writer(out, delimiter=";", quoting=quoting, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
        data = out.getvalue().encode()
        card_set = read_csv_set("a.csv", data, types)
        assert card_set is not None
        for place, form in enumerate(card_set.forms()):
            for key in form.values.keys() - {"id"}:
                value = other_value(form.values[key])
                again = card_set.read_again(card_set.with_values({place: {key: value}}))
                assert again is not None
                assert again.form(place).values == {**form.values, key: value}
                assert again.with_values({place: {key: form.values[key]}}) == data, (path, key)


def other_value(value: Value) -> Value:
    """Another value of the same shape."""
    if isinstance(value, str):
        return f"2025{value[4:]}" if value[:2] == "20" and len(value) == 10 else f"{value} *x*"
    if isinstance(value, dict):
        return {**value, "file": f"{value['file']}.png"}
    return [*value, ["a", "b"]] if not isinstance(value[0], str) else [*value, "tambahan"]
