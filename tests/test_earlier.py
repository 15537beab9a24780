"""`kartu verify --since`: which of the packages of a folder an update is tried from."""

from __future__ import annotations

import json
import shutil
import zipfile
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.program import Run
from support.projects import write_project
from support.sampling import examples
from support.verify_packages import OLD, write

from kartu.load.names import version_key
from kartu.publish.verify.earlier import Earlier, EarlierError, earlier, harmful, packages_in
from kartu.publish.verify.findings import Finding, Gate, finding

UID = "a1b2c3d4e5f60718"


def package(
    path: Path, version: str, edition: str = "", uid: str = UID, *, draft: bool = False
) -> Path:
    """A package that says what it is; what else it holds does not matter here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"uid": uid, "edition": edition or None, "version": version, "draft": draft}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kartu.json", json.dumps(told))
        archive.writestr("path", str(path))  # no two are the same file
    return path


def chosen(folder: Path, new: Path, *, every: bool = False) -> list[str]:
    (found,) = earlier([new], [folder], folder / "no-project", every=every)
    return [path.relative_to(folder).as_posix() for path in found.olds]


VERSIONS = st.sets(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=8)


@settings(max_examples=examples(60, 3))
@given(versions=VERSIONS, every=st.booleans())
def test_all_of_the_newest_major_and_the_first(
    tmp_path: Path, versions: set[tuple[int, int, int]], every: bool
) -> None:
    """Of earlier versions, whatever there are; with --all all of them; in their order."""
    shutil.rmtree(tmp_path / "r", ignore_errors=True)
    named = sorted(".".join(map(str, one)) for one in versions)
    for version in named:
        package(tmp_path / f"r/{version}/a.apkg", version)
    newest = max(named, key=version_key)
    new = package(tmp_path / "new.apkg", newest)
    shutil.copy(tmp_path / f"r/{newest}/a.apkg", new)
    ordered = sorted((one for one in named if one != newest), key=version_key)
    major = version_key(ordered[-1])[0] if ordered else 0
    wanted = [one for one in ordered if every or one == ordered[0] or version_key(one)[0] == major]
    assert chosen(tmp_path / "r", new, every=every) == [f"{one}/a.apkg" for one in wanted]


def test_drafts_others_and_doubles_are_left_out(tmp_path: Path) -> None:
    """Nobody has a draft, another deck is another deck, and one file is tried once."""
    first = package(tmp_path / "r/1/a.apkg", "1.0.0")
    shutil.copy(first, tmp_path / "r/1/copy.apkg")
    package(tmp_path / "r/2/a.apkg", "1.1.0", draft=True)
    package(tmp_path / "r/2/b.apkg", "1.0.0", uid="b1b2c3d4e5f60718")
    package(tmp_path / "r/3/a.apkg", "1.2.0")
    new = package(tmp_path / "new.apkg", "1.1.0")
    assert chosen(tmp_path / "r", new) == ["1/a.apkg"]
    draft = package(tmp_path / "draft.apkg", "1.2.0", draft=True)
    assert chosen(tmp_path / "r", draft) == ["1/a.apkg", "3/a.apkg"]


def test_editions_are_tried_from_themselves(tmp_path: Path) -> None:
    """A new edition from all those that were there before it."""
    for version, editions in (("1.0.0", ("a", "b")), ("1.1.0", ("a", "c"))):
        for edition in editions:
            package(tmp_path / f"r/{version}/{edition}.apkg", version, edition)
    new = package(tmp_path / "new.apkg", "1.2.0", "a")
    assert chosen(tmp_path / "r", new) == ["1.0.0/a.apkg", "1.1.0/a.apkg"]
    new = package(tmp_path / "new.apkg", "1.2.0", "c")
    assert chosen(tmp_path / "r", new) == ["1.0.0/a.apkg", "1.0.0/b.apkg", "1.1.0/c.apkg"]


def test_the_order_of_a_folder_is_no_difference(tmp_path: Path) -> None:
    """What is tried depends on what the packages say, not on where they lie."""
    seen = set()
    for number, versions in enumerate(permutations(("1.0.0", "1.2.0", "1.10.0"))):
        folder = tmp_path / str(number)
        for name, version in zip("abc", versions, strict=True):
            package(folder / f"{name}.apkg", version)
        (found,) = earlier([package(tmp_path / "new.apkg", "2.0.0")], [folder], tmp_path)
        assert found.accepted == found.olds
        seen.add(tuple(json.loads(zipfile.ZipFile(one).read("kartu.json"))["version"]
                       for one in found.olds))  # fmt: skip
    assert seen == {("1.0.0", "1.2.0", "1.10.0")}


def test_a_package_of_an_imported_deck_is_known_by_its_notes(tmp_path: Path) -> None:
    """It does not say what it is, but holds notes that the new one has."""
    (tmp_path / "r").mkdir()
    write(tmp_path / "r/elsewhere.apkg", OLD)
    same = write(tmp_path / "same.apkg", OLD)
    assert chosen(tmp_path / "r", same) == ["elsewhere.apkg"]
    assert chosen(tmp_path / "r", package(tmp_path / "other.apkg", "1.0.0")) == []


def test_the_ledger_says_whether_none_is_right(kartu: Run, tmp_path: Path) -> None:
    """Before the first release and at it none is right; after it one must be there."""
    root = write_project(tmp_path / "p")
    none = tmp_path / "none"
    none.mkdir()
    since = ("verify", "build", "--since", none)
    assert kartu("build", cwd=root).returncode == 0
    assert kartu(*since, cwd=root).returncode == 0
    assert kartu("release", cwd=root).returncode == 0
    assert kartu(*since, cwd=root).returncode == 0
    cards = root / "cards/contoh/kartu.yaml"
    cards.write_text(cards.read_text("utf-8") + "  - {id: baru, depan: Baru}\n", "utf-8")
    assert kartu("build", cwd=root).returncode == 0
    done = kartu(*since, cwd=root)
    assert done.returncode == 1
    assert "there is no earlier package of this deck" in done.stderr
    assert "its ledger lists 1.0.0" in done.stderr


def test_one_version_has_one_content(kartu: Run, tmp_path: Path) -> None:
    """What was published under a version is not published again with other notes."""
    contents = []
    for text in ("Satu", "Lain"):
        root = write_project(tmp_path / text)
        cards = root / "cards/contoh/kartu.yaml"
        cards.write_text(f"note_type: dasar\nnotes:\n  - {{id: a, depan: {text}}}\n", "utf-8")
        assert kartu("release", cwd=root).returncode == 0
        contents.append(root / "build")
    done = kartu("verify", contents[1], "--since", contents[0], cwd=tmp_path)
    assert done.returncode == 1
    assert "contoh.apkg 1.0.0 was already published with different content" in done.stderr


def test_what_is_no_package_is_told(kartu: Run, tmp_path: Path) -> None:
    """A damaged file among the releases is named: it is not taken for none."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r/a.apkg").write_bytes(b"PK\x03\x04 not whole")
    new = package(tmp_path / "new.apkg", "1.0.0")
    with pytest.raises(EarlierError, match=r"a\.apkg is not a readable package"):
        earlier([new], [tmp_path / "r"], tmp_path)
    done = kartu("verify", new, "--since", tmp_path / "r")
    assert done.returncode == 1
    assert "download it again" in done.stderr
    assert kartu("verify", new, "--all").returncode == 2
    assert kartu("verify", tmp_path / "r").returncode in (1, 2)


def test_what_a_new_major_version_accepts() -> None:
    """What students lose from an older major, but not that Anki breaks, nor any other update."""
    new, old = Path("new.apkg"), Path("old.apkg")
    accepted = [Earlier(new, (old,), (), (old,))]
    gone, broken = finding("note-dropped", ""), finding("import-failed", "")

    def gate(*findings: Finding, old: str | None = "old.apkg") -> Gate:
        return Gate("upgrade", old, "1", {}, findings, "new.apkg")

    assert harmful([gate(), gate(gone)], accepted) == []
    for one in (gate(gone, broken), gate(gone, old="other.apkg"), gate(gone, old=None)):
        assert harmful([one], accepted) == [one]
    assert harmful([gate(gone)], [Earlier(new, (old,), (), ())])


def test_a_folder_is_what_its_manifest_tells(tmp_path: Path) -> None:
    """A package that an earlier build left there is not looked at."""
    for name in ("a.apkg", "old.apkg"):
        package(tmp_path / name, "1.0.0")
    assert [one.name for one in packages_in(tmp_path)] == ["a.apkg", "old.apkg"]
    manifest = json.dumps({"packages": [{"file": "a.apkg"}]})
    (tmp_path / "manifest.json").write_text(manifest, "utf-8")
    assert [one.name for one in packages_in(tmp_path)] == ["a.apkg"]
