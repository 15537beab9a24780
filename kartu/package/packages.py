"""The packages of a compiled deck, one per edition, and the manifest that describes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kartu.anki.apkg.archive import identity_of
from kartu.anki.apkg.bounds import PackageError
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.contents import Contents
from kartu.compile.render.media import MediaFile
from kartu.core.atomic import Hashed
from kartu.core.canonical import as_json
from kartu.core.journal import hash_of
from kartu.core.language import _
from kartu.core.model import MANIFEST, Edition, PackageInfo, package_name
from kartu.core.usage import UsageError
from kartu.core.version import __version__
from kartu.ledger.stamps import Stamps
from kartu.load.files import natural_order
from kartu.package.anki import collection
from kartu.package.archive import archive_parts
from kartu.package.background import BackgroundTask
from kartu.package.description import deck_description
from kartu.package.positions import placed


class Package(NamedTuple):
    """A finished .apkg, in parts, and its entry in the manifest."""

    file: str
    parts: Sequence[bytes | bytearray]
    info: PackageInfo

    @property
    def content(self) -> bytes:
        """All of it, joined."""
        return b"".join(self.parts)

    @property
    def hashed(self) -> Hashed:
        """It to be written, which needs no joining."""
        return Hashed(self.parts, self.info.size, self.info.sha256)


def pack(built: BuiltDeck, edition: Edition, contents: Contents, stamps: Stamps) -> Package:
    """Returns the package of one edition, with the times of `stamps`."""
    deck = built.source
    notes = built.notes_of(edition)
    draft = bool(stamps.draft)
    date = datetime.fromtimestamp(stamps.newest, UTC).date().isoformat()
    media = _media(built, notes)
    identity = {
        "kartu": __version__,
        "deck": deck.id,
        "uid": str(deck.uid),
        "edition": edition.key or None,
        "language": str(deck.language),
        "version": str(deck.version),
        "draft": draft,
    }
    description = deck_description(deck, edition, date, draft)

    digest = BackgroundTask(lambda: content_digest(built, notes, media))

    def database() -> bytearray:
        made = collection(deck, placed(built, edition), description, stamps)
        digest.start()  # now: the compressor, which comes next, releases Python's lock
        return made

    parts = archive_parts(_members(database, media, identity, contents))
    whole = sha256()
    for part in parts:
        whole.update(part)
    counts = {
        "decks": len({note.deck_name for note in notes}),
        "notes": len(notes),
        "cards": sum(len(note.cards) for note in notes),
        "media": len(media),
    }
    digests = {
        "size": sum(map(len, parts)),
        "sha256": whole.hexdigest(),
        "content_sha256": digest.result(),
    }
    name = package_name(deck, edition)
    return Package(name, parts, _info({"file": name, **identity, **counts, **digests}))


def manifest(packages: Iterable[PackageInfo]) -> bytes:
    """Returns the content of manifest.json, with the packages in the order of the decks."""
    in_order = sorted(packages, key=lambda one: natural_order(one.deck))
    entries = [one._asdict() for one in in_order]
    content = {"report": 1, "kartu": __version__, "packages": entries}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read_manifest(out: Path) -> list[PackageInfo] | None:
    """Returns the entries of the manifest in `out`, None where there is no readable one."""
    if not (out / MANIFEST).is_file():
        return None
    try:
        return [_info(one) for one in json.loads((out / MANIFEST).read_bytes())["packages"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _info(entry: dict[str, Any]) -> PackageInfo:
    """A package's entry in the manifest; KeyError, TypeError or ValueError for anything else."""
    info = PackageInfo(**{name: entry[name] for name in PackageInfo._fields})
    if not all(isinstance(one, str) and one for one in (info.file, info.deck, info.sha256)):
        raise ValueError(entry)
    return info


def differences(
    out: Path, packages: Sequence[PackageInfo], decks: Sequence[str]
) -> list[str] | None:
    """How packages, of some decks or all, differ from those that the manifest in `out` records.

    One line per difference; None where there is no readable manifest.
    """
    existing = read_manifest(out)
    if existing is None:
        return None
    recorded = {one.file: one for one in existing if not decks or one.deck in decks}
    gone = recorded.keys() - {one.file for one in packages}
    found = [
        _("{file}: in the manifest, but no longer built", file=one)
        for one in recorded
        if one in gone
    ]
    for package in packages:
        name, before = package.file, recorded.get(package.file)
        if before is None:
            found.append(_("{file}: not in the manifest", file=name))
        elif before.content_sha256 != package.content_sha256:
            found.append(_("{file}: the content differs", file=name))
        elif before.sha256 != package.sha256:
            found.append(
                _("{file}: the content is the same, but times or the container differ", file=name)
            )
    return found


def packages_of_other_decks(out: Path, decks: Sequence[str]) -> list[PackageInfo]:
    """Returns the entries of other decks in the manifest of `out` whose files are still there."""
    return [
        one
        for one in read_manifest(out) or []
        if one.deck not in decks and _digest(out / Path(one.file).name) == one.sha256
    ]


def refuse_others(out: Path, packages: Iterable[PackageInfo]) -> None:
    """Raises UsageError where a package would replace a file that is no package of its deck."""
    for one in packages:
        path = out / one.file
        try:
            found = identity_of(path) if path.exists() else None
        except PackageError:
            found = None
        if path.exists() and (found is None or found.uid != one.uid):
            raise UsageError(
                _(
                    "{file} is the package of another deck: name another folder with -o, or move "
                    "it away",
                    file=path,
                )
            )


def are_there(out: Path, packages: Iterable[Package]) -> bool:
    """Returns whether `out` has these packages and a manifest that lists them."""
    existing = read_manifest(out) or []
    return all(
        package.info in existing and _digest(out / package.file) == package.info.sha256
        for package in packages
    )


def _digest(path: Path) -> str:
    try:
        return hash_of(path)
    except OSError:
        return ""


def content_digest(built: BuiltDeck, notes: Iterable[BuiltNote], media: Iterable[MediaFile]) -> str:
    """A sha256 over all that a student would see: independent of times, container and library."""
    digest = sha256()
    for part in _content(built, notes, media):
        digest.update(part.encode() + b"\x1e")
    return digest.hexdigest()


def _content(
    built: BuiltDeck, notes: Iterable[BuiltNote], media: Iterable[MediaFile]
) -> Iterable[str]:
    deck = built.source
    options = [deck.options.new_per_day, deck.options.desired_retention]
    yield as_json(["deck", deck.name, deck.description.strip(), options])
    for one in built.note_types:
        fields = [[field.id, field.name] for field in one.fields]
        cards = [[card.id, card.name, card.front, card.back] for card in one.cards]
        yield as_json(["type", one.id, one.name, one.source.kind, fields, cards, one.css])
    existing: dict[tuple[int, tuple[int, ...]], str] = {}
    for note in notes:
        # Faster than JSON and unambiguous: no text on a card contains a control character.
        kind = note.note_type.id, note.cards
        made = existing.get(kind)
        if made is None:
            made = existing[kind] = f"{note.note_type.id}\x1f{','.join(map(str, note.cards))}"
        yield "\x1f".join(("note", note.guid, made, note.deck_name, *note.tags, "", *note.fields))
    for file in media:
        yield as_json(["media", file.name, file.digest])


def _media(built: BuiltDeck, notes: Iterable[BuiltNote]) -> list[MediaFile]:
    """The files that the templates and the notes use, each once, by name."""
    found = {file.name: file for file in built.media}
    found |= {file.name: file for note in notes for file in note.media}
    return [found[name] for name in sorted(found)]


def _members(
    database: Callable[[], bytearray],
    media: list[MediaFile],
    identity: dict[str, Any],
    contents: Contents,
) -> Iterable[tuple[str, bytes | bytearray, bool]]:
    yield "collection.anki2", database(), True  # large, and here nobody keeps it
    names = {str(number): file.name for number, file in enumerate(media)}
    yield "media", json.dumps(names).encode(), True
    for number, file in enumerate(media):
        yield str(number), contents.of(file), False
    yield "kartu.json", (json.dumps(identity, ensure_ascii=False) + "\n").encode(), True
