"""`kartu schema`: what an editor is told agrees with what `kartu check` says."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, write_project
from support.sampling import sampled
from support.schemas import files, lines_refused

from kartu.core.model import CardType, Deck, Edition, FieldType, NoteType, Options, Source
from kartu.load import load_note_types, theme_words
from kartu.load import names as rules
from kartu.load.files import Files
from kartu.load.note_type import NOTE_KEYS, SET_KEYS
from kartu.load.words import all_aliases
from kartu.pipeline import Options as CheckOptions
from kartu.pipeline import check
from kartu.rewrite.schema_comment import FOLDER, schema_line
from kartu.schema import names, schemas

EXAMPLE_FILES = sorted(EXAMPLES.glob("*/*.txt"), key=lambda path: path.name)

# Faults of shape, and the examples of them that a schema cannot know, with the reason.
SHAPE = {
    *("bad-deck-name", "bad-field-name", "bad-id", "bad-tag", "bad-uid", "bad-value"),
    *("missing-field", "missing-key", "reserved-name", "unknown-key", "unknown-note-type"),
    "wrong-shape",
}
MISTYPED = {"unknown-key", "unknown-note-type"}
UNKNOWABLE = {
    "bad-deck-name-case": "two files are compared",
    "bad-deck-name-depth": "the deck's name stands in another file",
    "bad-deck-name-parents": "two files are compared",
    "unknown-key-set-columns": "case, accents and punctuation make no difference",
    "bad-value-one-of": "the keys of the other fields stand elsewhere in the file",
    "bad-value-date-calendar": "a pattern knows no calendar",
    "bad-tag-prefixed": "the prefix stands in another file",
    "bad-tag-prefix": "a name is also the prefix if there is no other",
}
# A schema also refuses what follows from a fault in another file, which `check` does not report.
FOLLOWING = ("no-note-type", "unknown-key-misnamed-field")
# The words null and ~ are texts to kartu and nothing to an editor: in a required field it says so.
ONLY_IN_EDITORS = {("texts-stay-texts", "cards/contoh/kartu.yaml"): [5]}


def told(root: Path) -> dict[str, dict[int, set[str]]]:
    """The codes that `check` gives, by file and line."""
    found: dict[str, dict[int, set[str]]] = {}
    for one in check(CheckOptions(root)):
        too = one.related if one.code == "unknown-note-type" else ()
        for place in (one.span, *(related.span for related in too)):
            lines = found.setdefault(place.path, {})
            lines.setdefault(place.line, set()).add(one.code)
    return found


@pytest.mark.parametrize("path", sampled(EXAMPLE_FILES, 12), ids=lambda path: path.stem)
def test_schemas_and_check_agree(path: Path, tmp_path: Path) -> None:
    """A schema refuses a file where `check` tells a fault of shape, and nowhere else.

    So do that of the note type and that of any card set. Of a mistyped name `check` tells no
    consequences, such as what is missing now; a schema does.
    """
    write_project(tmp_path, path.read_text("utf-8"))
    faults = told(tmp_path)
    for file in (*files(tmp_path), *files(tmp_path, any_card_set=True)):
        lines = faults.get(file.path, {})
        refused = set(lines_refused(file, as_editor=False))
        if path.stem in (*UNKNOWABLE, *FOLLOWING):
            pass
        elif any(codes & MISTYPED for codes in lines.values()):
            assert refused
        else:
            assert refused <= set(lines)
            assert refused >= {line for line, codes in lines.items() if codes & SHAPE}
        in_editors = ONLY_IN_EDITORS.get((path.stem, file.path), [])
        assert set(lines_refused(file, as_editor=True)) == refused | set(in_editors)


@pytest.mark.parametrize("stem", UNKNOWABLE)
def test_what_a_schema_cannot_know_is_no_excuse(stem: str, tmp_path: Path) -> None:
    """The list of examples that schemas do not refuse holds no other ones."""
    write_project(tmp_path, (EXAMPLES / "reject" / f"{stem}.txt").read_text("utf-8"))
    assert not any(lines_refused(file, as_editor=False) for file in files(tmp_path))


def test_the_decks_here_are_right_in_an_editor(root: Path) -> None:
    """Every deck, note type and card set of this repository is valid, however it is read."""
    found = list(files(root))
    assert len(found) > 20
    for file in found:
        assert lines_refused(file, as_editor=False) == lines_refused(file, as_editor=True) == []


# All formats of fields; the last two fields are none that an author fills.
FORMATS = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
slots: {fields: 10}
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: butir, name: Butir, id: 3, format: list, required: true}
  - {key: tabel, name: Tabel, id: 4, format: table}
  - {key: gambar, name: Gambar, id: 5, format: image}
  - {key: "012", name: Angka, id: 6, format: html}
  - {key: sumber, name: Sumber, id: 7, from: sources}
  - {key: lama, name: Lama, id: 8, retired: true}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""
PLAIN = (
    "no",
    "012",
    "2021-05-14",
    "2021",
    "1:30",
    "true",
    "1e3",
    "0x1f",
    "1.5",
    ".inf",
    "-1",
    "a b",
)
QUOTED = ("", " ", "satu", "null", "~", "a::b", "leech", "a::", "Bab: satu", "[x]", "é", "x y ")
texts = st.sampled_from(PLAIN) | st.sampled_from(QUOTED).map(json.dumps)
lists = st.lists(texts, min_size=1, max_size=3).map(lambda items: f"[{', '.join(items)}]")
rows = st.lists(lists, min_size=1, max_size=2).map(lambda items: f"[{', '.join(items)}]")
keys = st.sampled_from(["file", "alt", "caption", "satu"])
mappings = st.dictionaries(keys, texts, min_size=1).map(
    lambda found: "{" + ", ".join(f"{key}: {value}" for key, value in found.items()) + "}"
)
fields = ("depan", "belakang", "butir", "tabel", "gambar", "sumber", "lama", "x-mine", "lain")
notes = st.dictionaries(
    st.sampled_from([*fields, *NOTE_KEYS]), texts | lists | rows | mappings | st.just("")
)


@given(notes)
def test_schemas_and_check_agree_on_any_note(note: dict[str, str]) -> None:
    """A note that `check` accepts is right in an editor; of shapes an editor tells all faults."""
    good = {"id": "satu", "depan": "Satu", "butir": "[a]"}
    values = [f"    {key}: {value}" for key, value in {**good, **note}.items()]
    content = "\n".join(["note_type: dasar", "notes:", "  -", *values])
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder), FORMATS, f"--- cards/contoh/kartu.yaml\n{content}\n")
        (file,) = (one for one in files(root) if one.path == "cards/contoh/kartu.yaml")
        faults = told(root).get(file.path, {})
        # Here one key is never told: an editor reads 012 as 12, so the note's keys are left open.
        shape = {line for line, codes in faults.items() if codes & SHAPE - {"unknown-key"}}
        for as_editor in (False, True):
            refused = set(lines_refused(file, as_editor=as_editor))
            assert faults or not refused
            assert as_editor or refused >= shape


@given(st.text(max_size=12) | st.text('aZ: _-{}"*/.é\u00a0\t\n', max_size=8))
def test_patterns_refuse_no_good_name(name: str) -> None:
    """What kartu takes for a good name, key or file is one in an editor."""
    good = {
        names.TAG: not rules.tag_fault(name),
        names.DECK_NAME: not rules.deck_name_fault(name),
        names.FIELD_NAME: not rules.field_name_fault(name) and not name.startswith("_"),
        names.CARD_NAME: not rules.card_name_fault(name) and not name.startswith("_") and name,
        names.PREFIX: not rules.tag_fault(rules.tag_part(name))
        and not rules.card_name_fault(name)
        and "::" not in name,
        names.FIELD_KEY: rules.ID.fullmatch(name.replace("_", "-"))
        and name not in (*NOTE_KEYS, *SET_KEYS)
        and not name.startswith("x-"),
        names.FILE: name and "/" not in name and "\\" not in name and not name.startswith("."),
        names.GUID: name and name.isascii() and name.isprintable() and " " not in name,
        names.URL: name.startswith(("https://", "http://")) and len(name.split()) == 1,
    }
    for pattern, is_good in good.items():
        assert not is_good or re.search(f"^(?:{pattern})$", name), pattern


def test_every_key_of_the_model_is_told(root: Path) -> None:
    """The schemas know the keys that kartu reads, and no other."""
    note_types, _ = load_note_types(root)
    made = {name: json.loads(content) for name, content in schemas(note_types).items()}
    deck = made["deck.json"]["properties"]
    note_type = made["note_type.json"]["properties"]
    source = deck["sources"]["additionalProperties"]["properties"]
    edition = deck["editions"]["additionalProperties"]["properties"]
    field, card = (note_type[key]["items"]["properties"] for key in ("fields", "cards"))
    derived = {"notes", "folder", "span", "variant", "key", "chooses", "terms", "origin"}
    derived |= {"given_with"}
    derived |= {
        "translation",
        "upstream",
        "field_slots",
        "card_slots",
        "foreign",
        "names",
        "given",
        "unfinished",
    }
    assert set(deck) == {*Deck._fields} - derived
    assert set(source) == {*Source._fields} - derived
    assert set(deck["options"]["properties"]) == {*Options._fields}
    assert set(edition) == {*Edition._fields} - derived | {"include"}
    keys = {*NoteType._fields} - {*derived, "language", "picture"}
    assert set(note_type) == keys | {"slots", "anki"}
    assert set(field) == {*FieldType._fields} - derived | {"key", "from", "with"}
    assert set(card) == {*CardType._fields} - derived
    for name, one in note_types.items():
        note = made[f"cards.{name}.json"]["properties"]["notes"]["items"]
        assert set(note["properties"]) == {*NOTE_KEYS, *(one.key for one in one.fields)}
        words = {field.key: {str(field.key), *map(str, all_aliases(field))} for field in one.fields}
        others = {word for several in words.values() for word in several} - set(words)
        patterns = [re.compile(pattern) for pattern in note["patternProperties"]]
        assert all(sum(bool(one.search(word)) for one in patterns) == 1 for word in others)
        finished = note.get("else", {"required": ()})
        either = [[each["required"] for each in one["anyOf"]] for one in finished.get("allOf", ())]
        found: list[set[str]] = [{key} for key in finished["required"]]
        found += [{key for [key] in one} for one in either]
        wanted = [words[field.key] for field in one.fields if field.required]
        assert sorted(sorted(one) for one in found) == sorted(sorted(one) for one in wanted)


def test_schemas_are_schemas(root: Path) -> None:
    """Every file is a schema of draft 7, which editors know best."""
    for content in schemas(load_note_types(root)[0]).values():
        Draft7Validator.check_schema(json.loads(content))


def test_patterns_are_ones_of_javascript_too(root: Path) -> None:
    """Editors read patterns with JavaScript's `u` flag, which knows few escapes and no `(?P…`."""
    for content in schemas(load_note_types(root)[0]).values():
        for pattern in re.findall(r'"pattern": (".*")', content.decode()):
            rest = re.sub(r"\\[][\\^$.*+?(){}|/dsSx-]", "", json.loads(pattern))
            assert "\\" not in rest
            assert not re.search(r"\(\?[^:!=]|[*+?}][+]", rest)


def test_the_schemas_here_are_of_today(root: Path) -> None:
    """What .kartu/schema holds is what `kartu schema` would write."""
    there = {path.name: path.read_bytes() for path in (root / FOLDER).iterdir()}
    wanted = schemas(load_note_types(root)[0], theme_words(Files(root)))
    assert there == wanted, "run kartu schema"


def test_a_line_leads_to_the_schema(root: Path) -> None:
    """The first line of a file names a schema that is there; other files have none."""
    assert f"\n{schema_line('cards/ips/01.yaml', 'istilah')}\n" in (
        root / "docs/reference.md"
    ).read_text("utf-8")
    for path, note_type, name in (
        ("cards/ips/deck.yaml", None, "deck.json"),
        ("templates/istilah/note_type.yaml", None, "note_type.json"),
        ("cards/ips/01.yaml", "istilah", "cards.istilah.json"),
        ("cards/ips/01.yaml", None, "cards.json"),
        ("cards/ips/01.set.yaml", None, "set.json"),
    ):
        line = schema_line(path, note_type)
        assert line == f"# yaml-language-server: $schema=../../{FOLDER}/{name}"
        target = root / Path(path).parent / line.partition("=")[2]
        assert (root / FOLDER / name).is_file()
        assert target.parts[-3:] == (*Path(FOLDER).parts, name)
    for path in ("cards/ips/_fakta.yaml", "cards/ips/01.csv", "a.yaml"):
        assert schema_line(path) is None
    assert schema_line("templates/_shared/x.yaml") is schema_line("cards/ips/i18n/en.csv") is None
    line = f"# yaml-language-server: $schema=../../../{FOLDER}/i18n.json"
    assert schema_line("cards/ips/i18n/en.yaml") == line


class TestCommand:
    """What `kartu schema` writes."""

    def test_only_what_changed_is_written(self, kartu: Run, tmp_path: Path) -> None:
        """A second run touches nothing; a new field changes that note type's schemas alone."""
        write_project(tmp_path, TWO_NOTE_TYPES)
        assert "21 schemas in .kartu/schema, changed: 21" in kartu("schema", cwd=tmp_path).stdout
        folder = tmp_path / FOLDER
        before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}
        assert kartu("schema", cwd=tmp_path).stdout == "21 schemas in .kartu/schema, changed: 0\n"
        after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}
        assert before == after
        note_type = tmp_path / "templates/dasar/note_type.yaml"
        content = note_type.read_text("utf-8").replace("key: contoh", "key: misal")
        note_type.write_text(content, "utf-8")
        done = kartu("schema", cwd=tmp_path)
        changed = done.stdout.split("\n")[:5]
        assert changed == [
            "cards.json",
            "set.json",
            "i18n.json",
            "changes.json",
            "cards.dasar.json",
        ]
        assert '"misal"' in (folder / "cards.dasar.json").read_text("utf-8")

    def test_only_its_own_files_are_removed(self, kartu: Run, root: Path, tmp_path: Path) -> None:
        """The schema of a note type that is gone goes too; what others wrote stays."""
        write_project(tmp_path, TWO_NOTE_TYPES)
        kartu("schema", "-o", "out", cwd=tmp_path)
        (tmp_path / "out/cards.mine.json").write_text("{}", "utf-8")
        (tmp_path / "out/cards.other.json").write_bytes(b"\xff[")
        (tmp_path / "out/folder.json").mkdir()
        (tmp_path / "templates/isian/note_type.yaml").unlink()
        done = kartu("schema", "-o", "out", cwd=tmp_path)
        assert "20 schemas in out, changed: 5" in done.stdout
        shipped = {f"cards.{one.name}.json" for one in (root / "templates").iterdir()}
        there = {path.name for path in (tmp_path / "out").iterdir()}
        assert sorted(there - (shipped - {"cards.isian.json"})) == [
            *("cards.dasar.json", "cards.json", "cards.mine.json", "cards.other.json"),
            *(
                "changes.json",
                "deck.json",
                "folder.json",
                "i18n.json",
                "note_type.json",
                "set.json",
            ),
        ]

    def test_no_file_of_others_is_overwritten(self, kartu: Run, tmp_path: Path) -> None:
        """A deck.json that kartu did not write is left alone; a conflict in one of its own goes."""
        write_project(tmp_path)
        kartu("schema", cwd=tmp_path)
        ours = tmp_path / FOLDER / "deck.json"
        right = ours.read_bytes()
        ours.write_bytes(b"<<<<<<< HEAD\n" + right)
        assert kartu("schema", cwd=tmp_path).stdout.startswith("deck.json\n")
        assert ours.read_bytes() == right
        (tmp_path / "deck.json").write_text("{}", "utf-8")
        done = kartu("schema", "-o", ".", cwd=tmp_path)
        assert done.returncode == 2
        assert "deck.json is no schema of kartu" in done.stderr
        assert (tmp_path / "deck.json").read_text("utf-8") == "{}"
        assert not (tmp_path / "cards.json").exists()

    def test_faults_of_cards_stop_nothing(self, kartu: Run, tmp_path: Path) -> None:
        """An editor is to help just then; a fault of a note type is told and nothing written."""
        write_project(tmp_path, "--- cards/contoh/kartu.yaml\nnote_type: [\n")
        assert kartu("schema", cwd=tmp_path).returncode == 0
        write_project(tmp_path, (EXAMPLES / "reject/bad-slots.txt").read_text("utf-8"))
        done = kartu("schema", "-o", "new", cwd=tmp_path)
        assert done.returncode == 1
        assert "error[bad-slots]" in done.stderr
        assert not (tmp_path / "new").exists()

    def test_a_folder_that_cannot_be_written_is_told(self, kartu: Run, tmp_path: Path) -> None:
        """Wrong use ends with 2 and one line; a project's link does not lead out of it."""
        write_project(tmp_path / "p")
        (tmp_path / "file").write_text("", "utf-8")
        assert kartu("schema", "-o", "../file", cwd=tmp_path / "p").returncode == 2
        assert kartu("schema", "-o", "../file/x", cwd=tmp_path / "p").returncode == 2
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "p/.kartu").symlink_to(tmp_path / "elsewhere")
        done = kartu("schema", cwd=tmp_path / "p")
        assert done.returncode == 2
        assert "leads out of the project" in done.stderr
        assert not list((tmp_path / "elsewhere").iterdir())
