"""`kartu site`: the cards and the packages as a folder for any web server, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kartu.compile.render.contents import Contents
from kartu.compile.render.media import MediaFile
from kartu.core.atomic import Content, holding, write_folders
from kartu.core.clock import build_time
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import MANIFEST, PackageInfo
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError, writing
from kartu.load.access import reading, refuse_unbuilt
from kartu.load.files import Files
from kartu.package.packages import Package, manifest
from kartu.pipeline import Compiled, build_diagnostics, compile_decks, output_folder, pack_all
from kartu.rewrite.ids import refuse_unsaved
from kartu.show.gallery.cards import deck_value
from kartu.show.gallery.front import FrontDeck, front_page
from kartu.show.gallery.pages import (
    CARDS,
    DECKS,
    MEDIA,
    PACKAGES,
    cards_script,
    deck_file,
    fixed_files,
    gallery_page,
    language_for,
    languages,
    media_script,
)

_INDEX = "index.html"
_OURS = b'<meta name="generator" content="kartu">'

# The files of each folder of the site; "" is the site itself.
Folders = dict[str, Mapping[str, Content]]


class SiteOptions(NamedTuple):
    """`root` contains cards/ and templates/; `decks` are folder names, none meaning all.

    `cache` is the folder of the template cache; `out` is the folder of the site, build/site/ in
    the project if None.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    out: Path | None = None


class SiteResult(NamedTuple):
    """`packages` are those of the manifest, empty after an error; `size` is in bytes."""

    diagnostics: list[Diagnostic]
    out: Path
    packages: list[PackageInfo]
    files: int
    size: int


def site(options: SiteOptions, progress: Progress = no_progress) -> SiteResult:
    """Writes the site of the chosen decks; with an error, nothing is written.

    The same sources at the same SOURCE_DATE_EPOCH give the same bytes. What an earlier site in
    `out` had and this one has not is removed. Raises UsageError for a deck that does not exist,
    and for a folder that cannot be written or that holds a page of someone else's.
    """
    with reading(options.root, progress):
        return _site(options, output_folder(options.out, options.root, "build/site"), progress)


def _site(options: SiteOptions, out: Path, progress: Progress) -> SiteResult:
    files = Files(options.root)
    contents = Contents(files)
    compiled, diagnostics = compile_decks(
        options.root, options.decks, options.cache, progress, contents=contents
    )
    diagnostics = build_diagnostics(diagnostics, options.root)
    if has_errors(diagnostics):
        return SiteResult(diagnostics, out, [], 0, 0)
    if not compiled:
        raise UsageError(
            _(
                "there is no deck in {folder}; name the project with -C",
                folder=options.root / "cards",
            )
        )
    refuse_unbuilt(options.root)
    refuse_unsaved(one.built.source for one in compiled)
    packages = pack_all(compiled, files, build_time(), progress, contents)
    folders = _folders(compiled, packages, files, contents)
    _write(out, folders)
    paths = [
        os.path.join(out, folder, name) for folder, inside in folders.items() for name in inside
    ]
    infos = [package.info for package in packages]
    return SiteResult(diagnostics, out, infos, len(paths), sum(map(os.path.getsize, paths)))


def _folders(
    compiled: Sequence[Compiled], packages: Sequence[Package], files: Files, contents: Contents
) -> Folders:
    """Returns all files of the site."""
    decks = [deck_file(deck_value(one.built)) for one in compiled]
    language = language_for(deck.about["language"] for deck in decks)
    media = {file.name: file for one in compiled for note in one.built.notes for file in note.media}
    infos = [package.info for package in packages]
    title = ", ".join(deck.about["name"] for deck in decks)
    names = {one: _INDEX if one == language else f"{one}.html" for one in languages()}
    fronts = [_front(one, infos, files) for one in compiled]
    pages = {
        file: front_page(fronts, one, [other for other in names.items() if other[0] != one])
        for one, file in names.items()
    }
    return {
        DECKS: {deck.name: deck.script for deck in decks},
        MEDIA: {f"{name}.js": partial(_script, media[name], contents) for name in sorted(media)},
        PACKAGES: {one.file: one.hashed for one in packages} | {MANIFEST: manifest(infos)},
        "": {
            **fixed_files(),
            CARDS: cards_script(deck.about for deck in decks),
            "cards.html": gallery_page(language, title, several=len(decks) > 1),
            **{file: page.encode() for file, page in pages.items()},
        },
    }


def _script(file: MediaFile, contents: Contents) -> bytes:
    return media_script(file.name, contents.last(file))


def _front(one: Compiled, packages: Sequence[PackageInfo], files: Files) -> FrontDeck:
    deck = one.built.source
    own = [
        package for package in packages if package.deck == deck.id and package.uid == str(deck.uid)
    ]
    changelog = (
        "" if deck.variant else files.read_text(f"{deck.folder}/changelog.md", Diagnostics()) or ""
    )
    return FrontDeck(one.built, own, changelog)


def _write(out: Path, folders: Folders) -> None:
    """Writes the pages last, so that each finds what it names, and clears away what is left over.

    Only a folder that holds an index.html of kartu's, or none, is written to.
    """
    with writing(_("into {folder}", folder=out)):
        index = out / _INDEX
        if index.exists() and not (index.is_file() and _OURS in index.read_bytes()):
            raise UsageError(
                _("{file} is not a page of kartu's; name another folder with -o", file=index)
            )
        for name in folders:
            if (out / name).is_symlink():
                raise UsageError(
                    _("{folder} is a link; name another folder with -o", folder=out / name)
                )
        with holding(out):
            write_folders({out / folder: inside for folder, inside in folders.items() if inside})
            for folder, ending in ((DECKS, ".js"), (MEDIA, ".js"), (PACKAGES, ".apkg")):
                for path in (out / folder).glob(f"*{ending}"):
                    if path.name not in folders[folder]:
                        path.unlink()
