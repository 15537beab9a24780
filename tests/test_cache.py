"""The cache makes a run shorter, and never its result another one."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.extending import small
from support.program import Run
from support.projects import write_project
from support.sampling import examples

from kartu.cache import Cache
from kartu.core.usage import RefusedError
from kartu.pipeline import BuildOptions, build

WITH_LIST = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: list}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: a, depan: Satu, belakang: [b, c]}
"""

WRONG = "cards/contoh/salah.yaml"
WARNED = "cards/contoh/terlarang.yaml"
TWIN = "cards/contoh/kembar.yaml"  # of a note in another set, whose place is reported as well

# Each is written with a number in it, or taken away.
EDITS = {
    "templates/dasar/maju.back.html": "{{FrontSide}} %d {{Belakang}} [[= report ]]\n",
    "templates/dasar/note_type.yaml": (
        "{id: dasar, name: Dasar, slots: {fields: 1%d, cards: 3}, fields: ["
        "{key: depan, name: Depan, id: 1, required: true},"
        " {key: belakang, name: Belakang, id: 2, format: list}],"
        " cards: [{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}]}\n"
    ),
    "templates/_shared/fields/list.html": "<p>%d[[= items | length ]]</p>\n",
    "templates/_shared/texts/id.yaml": "jawaban: Jawaban %d\n",
    "templates/dasar/style.css": ".card { margin: %dpx }\n",
    "cards/contoh/kartu.yaml": "note_type: dasar\nnotes:\n  - {id: a, depan: A%d, belakang: [b]}\n",
    "cards/contoh/lagi.yaml": "note_type: dasar\nnotes:\n  - {id: b, depan: B%d, belakang: [c]}\n",
    "cards/contoh/tabel.csv": "id,note_type,depan,belakang\nc,dasar,C%d,d | e\n",
    WRONG: "note_type: dasar\nnotes:\n  - {id: d, depan: D%d, salah: e}\n",
    TWIN: "note_type: dasar\nnotes:\n  - {id: a, depan: K%d, belakang: [c]}\n",
    WARNED: "note_type: isian\nnotes:\n  - {id: k, teks: '{{c1::K%d}} <blink>x</blink>'}\n",
    "cards/contoh/_catatan.txt": "%d",
    "cards/contoh/deck.yaml": (
        "{id: contoh, uid: a1b2c3d4e5f60718, name: Contoh, language: id, version: 0.1.0,"
        " prefix: Contoh, description: D%d,"
        " report: 'https://a.example/%d'}\n"
    ),
    "cards/contoh/gambar.yaml": (
        "note_type: isian\nsubdeck: Bab\ntags: [t, u]\nnotes:\n"
        "  - {id: g, teks: '{{c1::G%d}} <img src=\"g.gif\">', tags: [v]}\n"
        "  - {id: h, teks: '{{c2::H}}', retired: usang}\n"
        "  - {id: i, teks: '{{c1::I}}', guid: abc}\n"
    ),
    "cards/contoh/media/g.gif": "GIF89a %d",
    "cards/contoh/i18n/en.yaml": (
        "uid: b1b2c3d4e5f60718\nname: Example\nnotes:\n  a: {depan: A-en %d, belakang: [x]}\n"
    ),
}
CLOZE = """--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields:
  - {key: teks, name: Teks, id: 1, format: html, required: true}
cards:
  - {id: 1, name: Isian, front: isian.html, back: isian.html}
--- templates/isian/isian.html
{{cloze:Teks}}
--- templates/_shared/texts/en.yaml
jawaban: Answer
"""

# How many sequences of edits; 10,000 take a quarter of an hour.
SEQUENCES = int(os.environ.get("KARTU_SEQUENCES", examples(40, 2)))


def outcome(root: Path, out: Path, cache: Path | None) -> tuple[list[str], dict[str, bytes]]:
    """What a build reports, and all that is in its folder then."""
    result = build(BuildOptions(root, cache=cache, out=out))
    files = {path.name: path.read_bytes() for path in out.glob("*")} if out.exists() else {}
    return [str(one) for one in result.diagnostics], files


def compiles(options: BuildOptions, during: Callable[[], None] = lambda: None) -> bool:
    """Builds, and says whether anything was compiled; `during` runs as soon as all is read."""
    steps: list[str] = []

    def progress(step: str, done: int = 0, total: int = 0) -> None:
        steps.append(step)
        if step == "contoh" and not total:
            during()

    try:
        build(options, progress)
    except RefusedError:  # refused once it was compiled
        return True
    assert steps
    return steps != ["nothing has changed since the last build"]


def package(root: Path, out: Path, cache: Path | None) -> bytes:
    said, files = outcome(root, out, cache)
    assert not said
    return files["contoh.apkg"]


def edit(root: Path, outs: list[Path], chance: random.Random) -> None:
    """One thing that may happen to a project, or to the folders it was built into."""
    name = chance.choice([*EDITS, "out", "touch"])
    if name == "out":
        name, content = chance.choice(["contoh.apkg", "manifest.json"]), chance.randbytes(3)
        gone = chance.random() < 0.5
        for path in [out / name for out in outs if out.exists()]:
            if gone:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
    elif name == "touch":
        path = root / chance.choice(list(EDITS))
        if path.exists():
            os.utime(path, (chance.randrange(10**9), chance.randrange(10**9)))
    elif chance.random() < 0.2:
        (root / name).unlink(missing_ok=True)
    else:
        write(root, name, chance.randrange(3))


def write(root: Path, name: str, number: int) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(EDITS[name].replace("%d", str(number)), "utf-8")


def repair(root: Path) -> None:
    """Nothing is wrong any more: what is needed is there, what is faulty is not."""
    for name in EDITS:
        if name in (WRONG, WARNED, TWIN):
            (root / name).unlink(missing_ok=True)
        elif not (root / name).exists():
            write(root, name, 0)


def test_a_cached_build_equals_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any sequence of edits both report the same and leave the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST, CLOZE)
    outs = [tmp_path / "one", tmp_path / "two"]
    chance = random.Random(1)
    built = 0
    for _ in range(SEQUENCES):
        for _ in range(chance.randrange(4)):
            edit(root, outs, chance)
        if chance.random() < 0.8:
            repair(root)
        cached = outcome(root, outs[0], tmp_path / "cache")
        assert cached == outcome(root, outs[1], None)
        built += not cached[0]
    assert built > SEQUENCES / 5


def test_a_build_that_changes_nothing_reads_and_writes_only_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second build compiles nothing: even a draft keeps its bytes, whenever it is built."""
    root = write_project(tmp_path / "p", WITH_LIST)
    options = BuildOptions(root, cache=tmp_path / "cache", out=tmp_path / "out")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    first = outcome(root, tmp_path / "out", tmp_path / "cache")
    assert not compiles(options)
    assert outcome(root, tmp_path / "out", tmp_path / "cache") == first


@pytest.mark.parametrize(
    "change",
    [
        {"out": Path("other")},
        {"decks": ("contoh",)},
        {"cache": None},
        {"released": True},
        {"compare": True},
    ],
    ids=str,
)
def test_a_build_with_other_options_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """What was built answers nothing about another folder, other decks or another question."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    root = write_project(tmp_path / "p", WITH_LIST)
    options = BuildOptions(root, cache=tmp_path / "cache", out=tmp_path / "out")
    assert compiles(options)
    out = {"out": tmp_path / change["out"]} if "out" in change else {}
    assert compiles(options._replace(**{**change, **out}))


LINK = "cards/contoh/lagi.yaml"


@pytest.mark.parametrize("line", ["language: en", "theme: tenang", "report: 'https://a.example/'"])
def test_what_a_layout_may_show_of_the_deck_is_an_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Each key of deck.yaml that changes the look of cards does so though templates are cached."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST, CLOZE)
    for name in ("templates/_shared/texts/id.yaml", "templates/dasar/maju.back.html"):
        write(root, name, 1)
    package(root, tmp_path / "one", tmp_path / "cache")
    deck = root / "cards/contoh/deck.yaml"
    key = line.partition(":")[0]
    kept = [one for one in deck.read_text("utf-8").splitlines() if not one.startswith(f"{key}:")]
    deck.write_text("\n".join([*kept, line, ""]), "utf-8")
    clean = package(root, tmp_path / "two", None)
    assert package(root, tmp_path / "one", tmp_path / "cache") == clean


@pytest.mark.parametrize("link", [LINK, "templates/dasar", "templates"])
def test_with_links_nothing_is_cached(tmp_path: Path, link: str) -> None:
    """What a link leads to may change without a trace in the folders that a build reads."""
    root = write_project(tmp_path / "p", WITH_LIST)
    if link == LINK:
        write(root, LINK, 1)
    (root / link).rename(root / "elsewhere")
    (root / link).symlink_to(root / "elsewhere")
    options = BuildOptions(root, cache=tmp_path / "cache", out=tmp_path / "out")
    assert [compiles(options) for _ in range(2)] == [True, True]
    lasting = Cache(tmp_path / "cache", root).results(("templates",)).lasting
    assert lasting == (link == LINK)


@pytest.mark.parametrize("edited", ["cards/asal/1.yaml", "templates/dasar/maju.back.html"])
def test_a_deck_elsewhere_that_is_extended_is_read_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: str
) -> None:
    """Upstream's cards and templates, outside cards/ and templates/, count like the deck's own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = small(tmp_path / "p")
    outs = [tmp_path / "one", tmp_path / "two"]
    path = root / "upstream/ksi" / edited
    for word in ("Empat", "Lima", "Empat"):
        path.write_text(path.read_text("utf-8").replace("Two", word) + f"# {word}\n", "utf-8")
        cached = outcome(root, outs[0], tmp_path / "cache")
        assert cached == outcome(root, outs[1], None)
    assert cached[1]


@pytest.mark.parametrize("written", ["cards/contoh/kartu.yaml", "templates/dasar/maju.back.html"])
def test_what_is_written_during_a_build_is_built_the_next_time(
    tmp_path: Path, written: str
) -> None:
    """A file that was changed and changed back while it was read may have been read in between."""
    root = write_project(tmp_path / "p", WITH_LIST)
    path = root / written
    content = path.read_bytes()
    os.utime(path, (0, 0))  # what is written gets a time that surely is another one

    def change_and_change_back() -> None:
        path.write_bytes(content[::-1])
        path.write_bytes(content)

    options = BuildOptions(root, cache=tmp_path / "cache", out=tmp_path / "out")
    assert compiles(options, change_and_change_back)
    saved = {file.name.partition("-")[2] for file in (tmp_path / "cache").glob("*")}
    assert saved <= ({"templates.json"} if written.startswith("cards") else set())
    assert compiles(options)
    assert not compiles(options)


# How many times the cache is damaged.
DAMAGES = int(os.environ.get("KARTU_DAMAGES", "60"))


@pytest.mark.parametrize("what", ["templates", "build"])
def test_a_damaged_cache_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Truncated, changed or foreign files in the cache change no package."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST)
    cache = tmp_path / "cache"
    clean = package(root, tmp_path / "out", cache)
    (file,) = cache.glob(f"*-{what}.json")
    whole = file.read_bytes()
    chance = random.Random(2)
    for _ in range(DAMAGES):
        at = chance.randrange(len(whole))
        damaged = whole[:at] + chance.choice([b"", b"x", whole[at + 1 :], b"\xff" + whole[at:]])
        file.write_bytes(damaged)
        if chance.random() < 0.5:
            (tmp_path / "out/contoh.apkg").write_bytes(b"damaged")
        assert package(root, tmp_path / "out", cache) == clean


def test_a_cache_of_another_version_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole file that holds something else than this version saves is not a fault."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST)
    cache = tmp_path / "cache"
    clean = package(root, tmp_path / "out", cache)
    for body in (b"{}", b'{"a": "b"}', b"[]", b"[1, 2, 3]", b'["x", {}]', b"null", b"x", b"\xff"):
        for file in cache.iterdir():
            file.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
        assert package(root, tmp_path / "out", cache) == clean


def test_a_fault_is_reported_again(kartu: Run, tmp_path: Path) -> None:
    """What was wrong is not cached: the second run reports the same as the first."""
    root = write_project(tmp_path, "--- templates/dasar/maju.back.html\n{{Lain}}\n")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first, second = kartu("check", cwd=root, env=env), kartu("check", cwd=root, env=env)
    assert "unknown-field" in first.stdout
    assert first.stdout == second.stdout


def test_results_are_made_once(tmp_path: Path) -> None:
    """The same input is asked for once, in this run and, where there is a folder, in the next."""
    root = write_project(tmp_path / "p")
    calls: list[int] = []

    def make() -> str:
        calls.append(1)
        return "made"

    for _ in range(2):
        cache = Cache(tmp_path / "cache", root)
        results = [cache.results(("templates",)).recall("x", make) for _ in range(3)]
        assert results == ["made"] * 3
        cache.save_results()
    assert len(calls) == 1


def test_a_cache_that_cannot_be_written_is_no_fault(kartu: Run, tmp_path: Path) -> None:
    """A file where the folder should be changes nothing but the time."""
    root = write_project(tmp_path)
    (tmp_path / "cache").write_text("a file")
    done = kartu("build", cwd=root, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert (done.returncode, done.stderr) == (0, "")
