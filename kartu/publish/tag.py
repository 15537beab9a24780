"""Builds what a tag of the repository names, as released, with all that a published release has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kartu.core.atomic import Content, write_all
from kartu.core.clock import build_time
from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import MANIFEST, Deck
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import RefusedError, UsageError, writing
from kartu.ledger.file import changelog_path
from kartu.load.access import reading
from kartu.load.files import Files
from kartu.package.packages import Package, manifest
from kartu.pipeline import (
    BuildOptions,
    BuildResult,
    Compiled,
    build_diagnostics,
    compile_decks,
    output_folder,
    pack_all,
    refuse_drafts,
)
from kartu.rewrite.ids import refuse_unsaved

SUMS = "SHA256SUMS"
TEXT = "release.md"

_TAG = re.compile(r"(?:(?P<deck>[a-z0-9-]+?)[-/])?v?(?P<version>\d+\.\d+\.\d+)")
_DAY = 86_400

_TEXTS = {
    "id": "| Unduhan | kartu | di Anki | SHA-256 |",
    "en": "| Download | notes | cards | SHA-256 |",
}


def publish(options: BuildOptions, tag: str, progress: Progress = no_progress) -> BuildResult:
    """Builds the packages of the decks in `tag`, with manifest, SHA256SUMS and the release's text.

    A tag is `v1.2.0` for all decks of the project, `<deck>-v1.2.0` for one. Raises UsageError
    for an invalid tag, and RefusedError where version, ledger and tag do not agree, or where the
    release is so old that some students' Anki would consider it older than what they have; then
    nothing is written.
    """
    with reading(options.root, progress):
        return _publish(options, tag, progress)


def _publish(options: BuildOptions, tag: str, progress: Progress) -> BuildResult:
    names, version = _read(tag, options.decks)
    out = output_folder(options.out, options.root)
    compiled, diagnostics = compile_decks(options.root, names, options.cache, progress)
    diagnostics = build_diagnostics(diagnostics, options.root)
    if has_errors(diagnostics):
        return BuildResult(diagnostics, out, [], [])
    _check_versions(compiled, tag, version)
    refuse_drafts(compiled)
    refuse_unsaved(one.built.source for one in compiled)
    _check_times(compiled)
    packages = pack_all(compiled, Files(options.root), build_time(), progress)
    text = "\n".join(_text(compiled, packages, Files(options.root), version))
    _write(out, packages, text)
    return BuildResult(diagnostics, out, [package.info for package in packages], [])


def _read(tag: str, decks: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The decks that a tag names (empty for all) and its version."""
    found = _TAG.fullmatch(tag)
    if found is None:
        raise UsageError(
            _('the tag "{tag}" has no version: write v1.2.0, or <deck>-v1.2.0', tag=tag)
        )
    names = (found["deck"],) if found["deck"] else tuple(decks)
    if decks and set(names) != set(decks):
        raise UsageError(
            _('the tag "{tag}" does not belong to {decks}', tag=tag, decks=", ".join(decks))
        )
    return names, found["version"]


def _check_versions(compiled: Sequence[Compiled], tag: str, version: str) -> None:
    versions = {one.built.source.id: str(one.built.source.version) for one in compiled}
    other = [f"{deck} {one}" for deck, one in versions.items() if one != version]
    if not other:
        return
    places = {"tag": tag, "version": version, "decks": ", ".join(other)}
    raise RefusedError(
        _(
            "the tag {tag} is not the version in deck.yaml, {decks}: run kartu release, commit "
            "what it wrote, and tag that; a tag of one deck is <deck>-v{version}",
            **places,
        )
        if len(versions) > 1
        else _(
            "the tag {tag} is not the version in deck.yaml, {decks}: run kartu release, commit "
            "what it wrote, and tag that",
            **places,
        )
    )


def _check_times(compiled: Iterable[Compiled]) -> None:
    """Anki up to 24.11 ignores an update older than a student's import of the one before."""
    for one in compiled:
        days = (build_time() - one.ledger.newest) / _DAY
        deck = one.built.source.id
        if days < -1:
            raise RefusedError(
                _(
                    "{deck} was released {days:.0f} days later than it is on this computer: if "
                    "its clock is right, run kartu release --restamp, commit, and tag that",
                    deck=deck,
                    days=-days,
                )
            )
        if days > 1:
            raise RefusedError(
                _(
                    "{deck} was released {days:.0f} days ago: students who imported an "
                    "older release since then might not get it; run kartu release --restamp, "
                    "commit, and tag that",
                    deck=deck,
                    days=days,
                )
            )


def _write(out: Path, packages: Sequence[Package], text: str) -> None:
    infos = [package.info for package in packages]
    sums = "".join(f"{one.sha256}  {one.file}\n" for one in infos)  # for sha256sum --check
    contents: dict[str, Content] = {package.file: package.hashed for package in packages}
    contents |= {MANIFEST: manifest(infos), SUMS: sums.encode(), TEXT: text.encode()}
    with writing(_("into {folder}", folder=out)):
        write_all(out, contents)


def _text(
    compiled: Sequence[Compiled], packages: Sequence[Package], files: Files, version: str
) -> Iterator[str]:
    """For each deck the changelog's section of the version, and a table of its packages."""
    for one in compiled:
        deck = one.built.source
        yield f"## {deck.name} {version}\n"
        yield from _section(deck, files, version)
        yield _TEXTS.get(deck.language.partition("-")[0], _TEXTS["en"])
        yield "| --- | ---: | ---: | --- |"
        for info in (package.info for package in packages):
            if info.uid == str(deck.uid):
                numbers = f"{info.notes} | {info.cards}"
                yield f"| `{info.file}` | {numbers} | `{info.sha256}` |"
        yield ""


def _section(deck: Deck, files: Files, version: str) -> Iterator[str]:
    diagnostics = Diagnostics()
    content = files.read_text(changelog_path(deck), diagnostics) or ""
    for part in re.split(r"^## ", content, flags=re.MULTILINE)[1:]:
        head, _rest, rest = part.partition("\n")
        if head.split(" ")[0] == version:
            yield f"{rest.strip()}\n"
