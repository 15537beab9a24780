"""The Python API: `import kartu` as a program uses it, and every example of docs/python.md."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import typing
import venv
from collections import OrderedDict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine import collection, import_package
from support.projects import write_project

import kartu
from kartu.core.identity import note_guid
from kartu.load.records import written_as

UID = "c71e94d2a05b4f38"
DAY = 1_790_000_000
EXAMPLES = "\n".join(
    re.findall(
        r"^```python\n(.*?)^```",
        (Path(__file__).parent.parent / "docs/python.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


def made(*rows: Any, **more: Any) -> kartu.DeckResult:
    return kartu.deck(
        rows, **{"note_type": "istilah", "name": "Coba", "uid": UID, "time": DAY, **more}
    )


def told(result: kartu.DeckResult) -> list[tuple[str, str, int, int]]:
    return [(one.code, one.span.path, one.span.line, one.span.column) for one in result.diagnostics]


ROW: dict[Any, Any] = {"id": 1, "istilah": "Bilateral", "arti": "Antara dua negara"}


def test_the_examples_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/python.md shows runs from top to bottom, beside the project that it names."""
    write_project(tmp_path / "school")
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES, "docs/python.md", "exec"), {"__name__": "examples"})
    assert (tmp_path / "kerja-sama.apkg").is_file()


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and this one's libraries."""
    from hatchling.build import build_wheel

    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(root)
    try:
        wheel = build_wheel(str(folder))
    finally:
        os.chdir(before)
    venv.create(folder / "env", symlinks=True)
    (site,) = (folder / "env").rglob("site-packages")
    shutil.unpack_archive(folder / wheel, site, "zip")
    here = Path(pytest.__file__).parent.parent
    for path in here.iterdir():  # all but the editable kartu
        if "kartu" not in path.name and not (site / path.name).exists():
            (site / path.name).symlink_to(path)
    return folder / "env/bin/python"


def run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_examples_are_typed(installed: Path, tmp_path: Path) -> None:
    """mypy --strict finds nothing wrong with them, and a misspelt name is found."""
    (tmp_path / "examples.py").write_text(EXAMPLES, "utf-8")
    (tmp_path / "wrong.py").write_text(
        "import kartu\nkartu.chekc()\nkartu.build(ouut='x')\n", "utf-8"
    )
    arguments = ("-m", "mypy", "--strict", "--config-file=", "--cache-dir", os.devnull)
    done = run(installed, *arguments, "examples.py", "wrong.py", cwd=tmp_path)
    errors = re.findall(r"^(.+):(\d+): error", done.stdout, re.MULTILINE)
    assert errors == [("wrong.py", "2"), ("wrong.py", "3")], done.stdout + done.stderr


def test_the_wheel_makes_decks(installed: Path, tmp_path: Path) -> None:
    """The wheel is marked as typed and brings the note types along."""
    code = (
        "import kartu, os; here = os.path.dirname(kartu.__file__);"
        f"assert 'site-packages' in here and os.path.exists(here + '/py.typed'), here;"
        f"print(kartu.deck([{ROW!r}], note_type='istilah', name='Coba', uid={UID!r}).info.notes)"
    )
    done = run(installed, "-c", code, cwd=tmp_path)
    assert done.stdout == "1\n", done.stderr


def test_import_is_light(tmp_path: Path) -> None:
    """Importing kartu loads nothing of it but the version."""
    code = "import sys, kartu; print(sorted(name for name in sys.modules if 'kartu' in name))"
    done = run(Path(sys.executable), "-c", code, cwd=tmp_path)
    assert done.stdout == "['kartu', 'kartu.core', 'kartu.core.version']\n", done.stderr


def test_every_public_name_is_there() -> None:
    """`__all__` holds what can be asked for, and what is loaded late has its module."""
    for name in kartu.__all__:
        assert getattr(kartu, name) is not None
    assert set(kartu._MODULES) < set(kartu.__all__)
    with pytest.raises(AttributeError, match="chekc"):
        getattr(kartu, "chekc")  # noqa: B009


RESULTS = (
    *("BuildResult", "Changes", "CheckResult", "DeckResult", "Diagnostic", "DiffResult", "Finding"),
    *("Gate", "PackageInfo", "Plan", "Related", "ReleaseResult", "Span", "Verified"),
)


def test_results_are_typed() -> None:
    """No result, nor anything in one, holds a value of any type."""
    seen: set[object] = set()
    waiting: list[object] = [getattr(kartu, name) for name in RESULTS]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        assert one not in (Any, object, dict, list, tuple), one
        waiting += typing.get_args(one)
        if isinstance(one, type) and hasattr(one, "_fields"):
            module = vars(sys.modules[one.__module__])
            waiting += typing.get_type_hints(one, module).values()
    assert len(seen) > 40


# deck


def test_a_deck_has_the_identity_of_a_projects(tmp_path: Path) -> None:
    """Rows and a project with the same uid and ids are the same notes: an update."""
    project = write_project(tmp_path / "project")
    built = kartu.build(project)
    note_types = project / "templates/dasar"
    rows = [{"id": "satu", "depan": "Lain", "belakang": "B"}]
    deck = (project / "cards/contoh/deck.yaml").read_text("utf-8")
    uid, name = (re.findall(rf"^{key}: (.+)$", deck, re.MULTILINE)[0] for key in ("uid", "name"))
    result = kartu.deck(rows, note_type=note_types, name=name, uid=uid, time=2_000_000_000)
    assert result.ok, result.diagnostics
    (tmp_path / "rows.apkg").write_bytes(result.package)
    with collection(tmp_path / "student") as col:
        first = import_package(col, built.out / built.packages[0].file)
        assert col.db
        assert note_guid(uid, "satu") in col.db.list("select guid from notes")
        second = import_package(col, tmp_path / "rows.apkg")
        assert (first.new > 0, second.new, second.updated) == (True, 0, 1)


def test_the_same_is_the_same() -> None:
    """Equal rows at the same time give equal bytes, however they are held and the time is said."""
    other = made(OrderedDict(ROW), time=datetime.fromtimestamp(DAY, UTC))
    assert made(ROW).package == other.package != made(ROW, time=DAY + 1).package


def test_time_is_as_in_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH stands for a time that is not given; what is no time is refused."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DAY))
    assert kartu.deck([ROW], note_type="istilah", name="Coba", uid=UID).package == made(ROW).package
    for wrong in (-1, 5, 2**40, datetime(2026, 11, 24)):  # noqa: DTZ001
        with pytest.raises(kartu.UsageError, match="time"):
            made(ROW, time=wrong)


@pytest.mark.parametrize("language", ["id", "en", "en-GB", "de"])
def test_any_language_will_do(language: str) -> None:
    """As with a new project, templates without texts in a language have English ones."""
    assert made(ROW, language=language).ok


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({**ROW, "artii": "x"}, "unknown-key", 4),
        ({**ROW, "arti": None}, "missing-field", 3),
        ({**ROW, "istilah": b"x"}, "wrong-shape", 2),
        ({**ROW, "istilah": float("inf")}, "wrong-shape", 2),
        ({**ROW, "istilah": "\x00"}, "control-character", 2),
        ({**ROW, "istilah": "\ud800"}, "control-character", 2),
        ({**ROW, "istilah": ["a", "b"]}, "wrong-shape", 2),
        ({**ROW, "id": "Bukan id"}, "bad-id", 1),
        ({**ROW, "id": None}, "missing-key", 1),
        ({"istilah": "a", "arti": "b"}, "missing-key", 1),
        ({"id": 2, "istilah": "a", "artii": "b"}, "unknown-key", 3),
        ({**ROW, "tags": "a b"}, "bad-tag", 4),
        ({**ROW, "tags": {"a": 1}}, "wrong-shape", 4),
        ({**ROW, "note_type": "istila"}, "unknown-note-type", 4),
        ({**ROW, "note_type": ["istilah"]}, "wrong-shape", 4),
        ({**ROW, "subdeck": "a::"}, "bad-deck-name", 4),
        ({**ROW, "gambar": "tidak-ada.png"}, "media-missing", 4),
        ({**ROW, "arti": "x", 5: 5}, "wrong-shape", 4),
        (5, "wrong-shape", 1),
        (("a", "b"), "wrong-shape", 1),
    ],
)
def test_a_bad_row_is_told_at_its_place(row: object, code: str, column: int) -> None:
    """The row's number is the line, the key's the column; good rows around it are not accused."""
    result = made({**ROW, "id": "a"}, row, {**ROW, "id": "c", "istilah": "C"})
    assert told(result) == [(code, "rows", 2, column)]
    assert (result.ok, result.package, result.info) == (False, b"", None)


def test_bad_arguments_are_told() -> None:
    """What the deck itself was given has the checks of deck.yaml."""
    result = made(ROW, name="a::", uid="x", version="1", language="?", options={"new_per_day": -1})
    assert {(code, path) for code, path, *_ in told(result)} == {
        ("bad-deck-name", "deck"),
        ("bad-uid", "deck"),
        ("bad-value", "deck"),
    }
    assert told(made(ROW, id="A B")) == [("bad-id", "deck", 1, 1)]
    assert told(made()) == [("empty-edition", "deck", 1, 1)]
    with pytest.raises(kartu.UsageError, match="not a note type"):
        made(ROW, note_type=Path("nowhere"))
    with pytest.raises(TypeError, match="ouut"):
        made(ROW, ouut=1)


def test_one_id_twice_is_told() -> None:
    """The checks across notes are those of a project."""
    (one,) = made(ROW, {**ROW, "istilah": "Lain", "arti": "Lain"}).diagnostics
    assert (one.code, one.span.line, one.related[0].span.line) == ("duplicate-id", 2, 1)


def test_a_misspelt_key_is_told_once() -> None:
    """However many rows have it, and nothing else is made of it."""
    rows = ({"id": id, "istilah": f"A{id}", "artii": "b"} for id in range(50))
    assert told(made(*rows)) == [("unknown-key", "rows", 1, 3)]


def test_warnings_make_no_error() -> None:
    """`kartu check`'s warnings come with the package, and can be left out."""
    rows = ({**ROW, "as_of": date(2020, 1, 1)}, {**ROW, "id": 2})
    result = made(*rows)
    assert result.ok
    assert {one.code for one in result.diagnostics} == {"stale-note", "near-duplicate"}
    assert made(*rows, review=False).diagnostics == ()


def test_media_come_from_a_folder(tmp_path: Path) -> None:
    """A picture that a row names is in the package; none is taken from elsewhere."""
    (tmp_path / "media").mkdir()
    picture = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0\0\0\1" * 2 + bytes(9)
    (tmp_path / "media/peta.png").write_bytes(picture)
    (tmp_path / "rahasia.png").write_bytes(picture)
    (tmp_path / "media/tautan.png").symlink_to(tmp_path / "rahasia.png")
    row = {**ROW, "gambar": {"file": "peta.png", "alt": "Peta"}}
    result = made(row, media=tmp_path / "media")
    assert result.info, result.diagnostics
    assert result.info.media == 1
    for name in ("../rahasia.png", "tautan.png"):
        assert not made({**ROW, "gambar": name}, media=tmp_path / "media").ok


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\r\nb", "a\nb"),
        (None, ""),
        (float("nan"), ""),
        (Decimal("nan"), ""),
        (7, "7"),
        (-(10**30), "-1" + "0" * 30),
        (1945.0, "1945"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e300, "1" + "0" * 300),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24), "2026-11-24"),  # noqa: DTZ001
        (datetime(2026, 11, 24, tzinfo=UTC), "2026-11-24 00:00:00+00:00"),
        (datetime(2026, 11, 24, 8, 30), "2026-11-24 08:30:00"),  # noqa: DTZ001
        (time(8, 30), "08:30:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (float("inf"), None),
        (b"x", None),
        (object(), None),
    ],
)
def test_values_become_text(value: object, text: str | None) -> None:
    """Each kind of value has one text, as docs/python.md says."""
    assert written_as(value) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(("id", "istilah", "arti", "gambar", "tags", "guid", "as_of", "retired"))


@settings(max_examples=50)
@given(st.lists(st.dictionaries(KEYS | st.text() | st.integers(), VALUES) | VALUES, max_size=4))
def test_any_rows_give_diagnostics(rows: list[Any]) -> None:
    """Whatever rows hold, the answer is a package, or errors at rows and arguments."""
    result = made(*rows)
    assert result.ok == (not any(one.severity == "error" for one in result.diagnostics))
    for one in result.diagnostics:
        assert one.span.path in ("rows", "deck")
        assert one.span.path == "deck" or 1 <= one.span.line <= len(rows)


@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_a_text_arrives_as_from_a_file(text: str) -> None:
    """A text is shown as the same text in a card set is: no reader of its own changes it."""
    from kartu.core.diagnostics import Diagnostics
    from kartu.core.source import Span
    from kartu.core.source import text as located
    from kartu.load.files import control_in
    from kartu.load.records import node_of

    diagnostics = Diagnostics()
    node = node_of(text, Span("rows"), "arti", diagnostics)
    if control_in(text.replace("\r\n", "\n").replace("\r", "\n")):
        assert node is None
        assert diagnostics
    else:
        assert node == located(text.replace("\r\n", "\n").replace("\r", "\n"), Span("rows"))


# the commands


def test_commands_and_functions_agree(tmp_path: Path) -> None:
    """A project is built, released and compared without a word on the streams."""
    project = write_project(tmp_path)
    assert kartu.check(project).diagnostics == ()
    released = kartu.release(project)
    assert released.ok
    assert [one.step for one in released.plans] == ["minor"]
    assert kartu.build(project, released=True, compare=True).differences == []
    assert kartu.release(project).plans[0].step == "none"
    path = project / "cards/contoh/1.yaml"
    if not path.exists():
        (path,) = (one for one in project.glob("cards/contoh/*.yaml") if one.name != "deck.yaml")
    path.write_text(path.read_text("utf-8") + "salah: x\n", "utf-8")
    assert not kartu.check(project).ok
    assert kartu.check(project, select=["no-card"]).ok
    assert not kartu.build(project).ok
    assert not kartu.diff(released.out / released.packages[0].file, project).ok


def test_wrong_use_is_an_exception(tmp_path: Path) -> None:
    """Each function raises UsageError for what cannot work, whatever library notices it."""
    project = write_project(tmp_path)
    calls = (
        lambda: kartu.check(project, paths=["nowhere"]),
        lambda: kartu.check(project, select=["no-such-code"]),
        lambda: kartu.build(project, decks=["nowhere"]),
        lambda: kartu.build(project, tag="v1.0.0", compare=True),
        lambda: kartu.release(project, decks=["nowhere"]),
        lambda: kartu.verify(project / "nowhere.apkg"),
        lambda: kartu.diff(project, project / "nowhere"),
    )
    for call in calls:
        with pytest.raises(kartu.UsageError):
            call()


def test_every_function_is_explained(root: Path) -> None:
    """docs/python.md has an example of each function and names every argument of a deck."""
    page = (root / "docs/python.md").read_text("utf-8")
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(EXAMPLES))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert {"check", "build", "release", "verify", "diff", "deck"} <= called
    for name in kartu.DeckArguments.__annotations__:
        assert f"`{name}" in page, name
