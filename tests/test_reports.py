"""What commands print for programs: each report has a schema, and is as that says."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from support.engine import collection, import_package
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, needs_git, write_project
from support.sheets import ods
from support.students import handed_in, note_of

from kartu.cli.main import COMMANDS
from kartu.report.schemas import report_schemas

SCHEMAS: dict[str, dict[str, Any]] = {
    name.removesuffix(".json"): json.loads(content) for name, content in report_schemas().items()
}
FACTS = 'F01: "Satu"\nF02: "Dua"\n'


def closed(schema: Any) -> Any:
    """The schema without room for keys that it does not name: users have it, a report has not."""
    schema = deepcopy(schema)
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "properties" in one:
                one.setdefault("additionalProperties", False)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return schema


def held(name: str, printed: str) -> Any:
    """The report, when it is as its schema says, to the last key."""
    content = json.loads(printed)
    found = Draft7Validator(closed(SCHEMAS[name])).iter_errors(content)
    assert not [f"{error.json_path}: {error.message}" for error in found]
    return content


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small deck with facts, tags and two note types."""
    root = write_project(tmp_path / "p", TWO_NOTE_TYPES)
    deck = root / "cards/contoh/deck.yaml"
    deck.write_text(deck.read_text("utf-8") + "facts: _fakta.yaml\n", "utf-8")
    (root / "cards/contoh/_fakta.yaml").write_text(FACTS, "utf-8")
    cards = root / "cards/contoh/isian.yaml"
    cards.write_text(
        "note_type: isian\ntags: [tema::satu]\nnotes:\n"
        '  - {id: c1, teks: "{{c1::satu}} dan {{c2::dua}}", facts: [F01]}\n',
        "utf-8",
    )
    return root


def change(root: Path) -> None:
    """What a diff can tell: a corrected, a retired and a new note, tags, and a look."""
    cards = root / "cards/contoh/isian.yaml"
    text = cards.read_text("utf-8").replace("dan", "dengan").replace("tema::satu", "tema::dua")
    cards.write_text(text + '  - {id: c2, teks: "{{c1::tiga}}"}\n', "utf-8")
    first = root / "cards/contoh/kartu.yaml"
    first.write_text(first.read_text("utf-8").rstrip() + "\n    retired: Lama.\n", "utf-8")
    (root / "templates/isian/style.css").write_text(".card { color: navy }\n", "utf-8")


def test_every_schema_is_a_schema() -> None:
    """Each is sound, and says by its name what it describes and in which version."""
    for name, schema in SCHEMAS.items():
        Draft7Validator.check_schema(schema)
        assert schema["$id"] == f"urn:kartu:report:{name}:1"


def test_every_report_has_a_schema(kartu: Run, root: Path) -> None:
    """A command that offers JSON has a schema of its name, a test here, and docs/ci.md tells it."""
    page = (root / "docs/ci.md").read_text("utf-8")
    here = Path(__file__).read_text("utf-8")
    offering = {
        one for one in COMMANDS if "json" in kartu(one, "--help").stdout.split("Examples")[0]
    }
    assert offering - {"build", "import", "export", "push", "schema"} <= SCHEMAS.keys()
    for name in SCHEMAS:
        assert f'held("{name}"' in here
        assert f"`{name}.json`" in page


def test_check(kartu: Run, tmp_path: Path, project: Path) -> None:
    """Faults with and without related places, none, and one in a workbook's cell."""
    none = ("check", "--select", "no-card", "--format", "json")
    assert held("check", kartu("-C", project, *none).stdout) == []
    for example in ("duplicate-id", "no-card", "shared-identity"):
        text = (EXAMPLES / f"reject/{example}.txt").read_text("utf-8")
        root = write_project(tmp_path / example, text)
        done = kartu("-C", root, "check", "--format", "json")
        assert done.returncode == 1
        assert held("check", done.stdout)
    sheet = ods([["id", "note_type", "depan"], ["Bukan Id", "dasar", "x"]])
    (project / "cards/contoh/lembar.ods").write_bytes(sheet)
    told = held("check", kartu("-C", project, "check", "--format", "json").stdout)
    assert any(one.get("cell", "").endswith("!A2") for one in told)


def test_release_and_manifest(kartu: Run, project: Path) -> None:
    """A first release, a refused one, nothing to release; and the manifests that are written."""
    json_ = ("--format", "json")
    tried = held("release", kartu("-C", project, "release", "--dry-run", *json_).stdout)
    assert tried["dry_run"]
    assert tried["packages"] == []
    assert held("release", kartu("-C", project, "release", *json_).stdout)["packages"]
    change(project)
    assert held("release", kartu("-C", project, "release", *json_).stdout)["plans"][0]["touched"]
    cards = project / "cards/contoh/isian.yaml"
    cards.write_text(cards.read_text("utf-8").replace(" dengan {{c2::dua}}", ""), "utf-8")
    done = kartu("-C", project, "release", *json_)
    assert done.returncode == 1
    plan = held("release", done.stdout)["plans"][0]
    assert "--major" in plan["refused"]
    assert [one["code"] for one in plan["breaks"]] == ["card-lost"]
    assert not held("manifest", (project / "build/manifest.json").read_text())["packages"][0][
        "draft"
    ]
    assert kartu("-C", project, "site").returncode == 1
    cards.write_text("note_type: dasar\nnotes: [{}]\n", "utf-8")
    assert held("release", kartu("-C", project, "release", *json_).stdout)["diagnostics"]


@needs_git
def test_diff(kartu: Run, project: Path, tmp_path: Path) -> None:
    """Every kind of change, and a deck that only one side has."""
    assert kartu("-C", project, "build", "-o", tmp_path / "old").returncode == 0
    old = tmp_path / "old/contoh.apkg"
    change(project)
    told = held("diff", kartu("-C", project, "diff", old, project, "--format", "json").stdout)
    (deck,) = told["decks"]
    for key in ("new", "corrected", "retired", "types"):
        assert deck[key], key
    other = write_project(tmp_path / "other")
    text = (other / "cards/contoh/deck.yaml").read_text("utf-8")
    text = text.replace("a1b2c3d4e5f60718", "b1b2c3d4e5f60718").replace(
        "name: Contoh", "name: Lain"
    )
    (other / "cards/contoh/deck.yaml").write_text(text, "utf-8")
    held("diff", kartu("diff", project, other, "--format", "json").stdout)


def test_verify(kartu: Run, project: Path, tmp_path: Path) -> None:
    """Gates with and without findings, of a package and of a folder."""
    kartu("-C", project, "build", "-o", tmp_path / "old")
    first = ("verify", tmp_path / "old", "--format", "json")
    assert held("verify", kartu("-C", project, *first).stdout)["gates"][0]["findings"] == []
    cards = project / "cards/contoh/isian.yaml"
    cards.unlink()
    kartu("-C", project, "build", "-o", tmp_path / "new")
    done = kartu(
        "verify", tmp_path / "new/contoh.apkg", "--from", tmp_path / "old/contoh.apkg",
        "--format", "json",
    )  # fmt: skip
    assert done.returncode == 1
    assert held("verify", done.stdout)["gates"][1]["findings"]


def test_corrections(kartu: Run, project: Path, tmp_path: Path) -> None:
    """What a package has differently: one correction, and a text that nothing here displays."""
    assert kartu("-C", project, "release").returncode == 0
    with collection(tmp_path / "a") as col:
        import_package(col, project / "build/contoh.apkg")
        for end, html in (
            ("c1", "{{c1::satu}} atau {{c2::dua}}"),
            ("satu", '<span style="color: red;">x</span>'),
        ):
            note = note_of(col, end)
            note.fields[0 if end == "c1" else 1] = html
            col.update_note(note)
        package = handed_in(
            col, col.decks.name(note.cards()[0].did).split("::")[0], tmp_path / "m.apkg"
        )
    arguments = ("import", "--update", package, "--diff", "--format", "json")
    done = kartu("-C", project, *arguments)
    assert done.returncode == 1, done.stderr
    kinds = {one["note"]: one["kind"] for one in held("corrections", done.stdout)["proposals"]}
    assert kinds == {"c1": "taken", "satu": "refused"}


def test_stats_facts_and_explain(kartu: Run, project: Path) -> None:
    """Numbers by table, facts with their notes, and the whole catalogue."""
    assert held("stats", kartu("-C", project, "stats", "--format", "json").stdout)["contoh"][
        "facts"
    ]
    facts = held("facts", kartu("-C", project, "facts", "--format", "json").stdout)
    assert facts == {"contoh": {"F01": ["c1"], "F02": []}}
    assert held("explain", kartu("explain", "--format", "json").stdout)


def test_schemas_are_written_where_one_wants_them(kartu: Run, tmp_path: Path) -> None:
    """`kartu schema --reports -o DIR` writes all; without a folder it says what is missing."""
    done = kartu("schema", "--reports", "-o", tmp_path / "s")
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / "s").iterdir()} == SCHEMAS.keys()
    done = kartu("schema", "--reports")
    assert done.returncode == 2
    assert "-o DIR" in done.stderr
    assert re.search(r"^\d schemas", kartu("schema", "--reports", "-o", tmp_path).stdout)
