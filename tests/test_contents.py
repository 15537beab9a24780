"""The one reader of packages: the same content in every form, and damage with its place."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from support.packages import collection, newer_collection, newer_package, zipped

from kartu.anki.apkg.bounds import PackageError
from kartu.anki.apkg.contents import Card, Contents, Field, Template, open_package
from kartu.importing.contents import CannotImportError
from kartu.importing.package import from_package as imported
from kartu.publish.diff.apkg import from_package as compared
from kartu.publish.diff.state import SourceError
from kartu.publish.verify.package import UnreadablePackageError, read_package

MEDIA = {"media": b'{"0": "a.png"}', "0": b"content"}


def older(**members: bytes) -> bytes:
    return zipped({"collection.anki2": collection(fields="e\u0301\x1fb", tags=" x y "), **members})


def contents(path: Path, data: bytes) -> Contents:
    path.write_bytes(data)
    with open_package(path) as found:
        return found


def broken(path: Path) -> Path:
    """A package whose only media file has another content than its checksum says."""
    path.write_bytes(older(**MEDIA).replace(b"content", b"CONTENT"))
    return path


def test_both_forms_hold_the_same(tmp_path: Path) -> None:
    """Note types, cards and decks are the same values, whether as JSON or as messages."""
    one = contents(tmp_path / "a.apkg", zipped({"collection.anki2": collection()}))
    other = contents(tmp_path / "b.apkg", newer_package(newer_collection()))
    types = [found.note_types[1]._replace(css="") for found in (one, other)]
    assert types[0] == types[1]
    assert types[0].fields == (Field(1, "A"), Field(2, "B"))
    assert types[0].cards == (Template(1, "K", "{{A}}", "{{B}}"),)
    assert one.cards[1] == [Card(0, 1, 0, 0, 0, 0, "")] == other.cards[1]
    assert [note.fields for note in one.notes] == [("a", "b")]


def test_three_users_find_the_same_note(tmp_path: Path) -> None:
    """diff, verify and import see the GUID, the texts in NFC, the tags and the deck alike."""
    path = tmp_path / "a.apkg"
    path.write_bytes(older(**MEDIA))
    package, state = read_package(str(path)), compared(path)
    with imported(path) as found:
        note = found.notes[0]
        assert found.media["a.png"]() == b"content"
    assert (package.notes["g"].fields, package.notes["g"].tags) == (note.fields, note.tags)
    assert (note.fields, note.tags, note.deck) == (("\xe9", "b"), ("x", "y"), "Dek")
    assert (tuple(state.notes["g"].fields.values()), state.notes["g"].deck) == (note.fields, "Dek")
    assert package.cards == {("g", 0): "Dek"}


def test_a_damaged_media_file_is_named(tmp_path: Path) -> None:
    """Whoever reads the package says which of its files is damaged."""
    path = broken(tmp_path / "a.apkg")
    with pytest.raises(UnreadablePackageError, match=r'"a\.png" in it is damaged'):
        read_package(str(path))
    with pytest.raises(SourceError, match=r'"a\.png" in it is damaged'):
        compared(path)
    with (
        pytest.raises(CannotImportError, match=r'"a\.png" in it is damaged'),
        imported(path) as one,
    ):
        one.media["a.png"]()


def test_only_reading_is_guarded(tmp_path: Path) -> None:
    """What goes wrong in the work on a package is not reported as a damaged package."""
    path = tmp_path / "a.apkg"
    path.write_bytes(older())
    with pytest.raises(KeyError), imported(path):
        raise KeyError("a bug of ours")
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(PackageError), open_package(path):
        pass
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(PackageError, match="it holds no collection"), open_package(path):
        pass
