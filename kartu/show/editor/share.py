"""What a deck becomes beside its release: paper, sheets for other programs, a site."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kartu.core.language import _
from kartu.core.usage import UsageError
from kartu.export.run import FORMATS, ExportOptions, export
from kartu.package.archive import archive
from kartu.show.editor.jobs import Job, job_refusal
from kartu.show.paper.options import KINDS, PrintOptions
from kartu.show.paper.sheet import BACKS, GRIDS, PAPERS
from kartu.show.site import SiteOptions, site

if TYPE_CHECKING:
    from kartu.show.editor.desk import Desk

STEPS = ("check", "make")
_KINDS = {
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".zip": "application/zip",
}


def choices() -> dict[str, Any]:
    """Returns what can be chosen for paper and export."""
    return {
        "print": importlib.util.find_spec("weasyprint") is not None,
        "kinds": list(KINDS),
        "papers": list(PAPERS),
        "grids": list(GRIDS),
        "backs": list(BACKS),
        "formats": [
            one for one in FORMATS if one != "xlsx" or importlib.util.find_spec("openpyxl")
        ],
    }


def check_print(options: PrintOptions) -> None:
    """Raises UsageError for a choice that there is not."""
    there = (
        (options.kind, KINDS),
        (options.paper, PAPERS),
        (options.grid, GRIDS),
        (options.backs, BACKS),
    )
    wrong = next((one for one, known in there if one not in known), None)
    if wrong is not None:
        raise UsageError(_('there is no choice "{name}"', name=wrong))
    if not 1 <= options.questions <= 500 or options.seed < 0:
        raise UsageError(_("a test has from 1 to 500 questions"))


def make_paper(desk: Desk, options: PrintOptions, job: Job) -> None:
    """Makes a PDF to download."""
    from kartu.show.paper.run import print_deck

    job.begin(0)
    with desk.workplace() as folder:
        name = f"{options.deck}-{options.kind}.pdf"
        out = folder / "paper.pdf"
        result = print_deck(options._replace(out=out), _counted(job))
        if job.is_refused(result.diagnostics):
            return
        files = [_held(desk, name, out)]
    job.result = {
        "files": files,
        "pages": result.pages,
        "cards": result.cards,
        "messages": list(result.messages),
    }


def make_export(desk: Desk, deck: str, form: str, job: Job) -> None:
    """Makes a file for another program to download."""
    job.begin(0)
    name = f"{deck}{FORMATS[form]}"
    with desk.workplace() as folder:
        options = ExportOptions(desk.root, deck, form, folder / name, desk.cache)
        result = export(options, _counted(job))
        if job.is_refused(result.diagnostics):
            return
        files = [_held(desk, name, folder / name)] if result.notes else []
    job.result = {"files": files, "notes": result.notes, "messages": result.left_out}
    if not files:
        job.result = None
        job.refusals = [job_refusal("usage", _("the deck has no cards of its own here"))]


def make_site(desk: Desk, decks: Sequence[str], job: Job) -> None:
    """Makes a site to download, as one file that is unpacked."""
    job.begin(0)
    name = f"{decks[0] if decks else desk.root.stem}-site"
    with desk.workplace() as folder:
        options = SiteOptions(desk.root, tuple(decks), desk.cache, folder / name)
        result = site(options, _counted(job))
        if job.is_refused(result.diagnostics):
            return
        files = [_held(desk, name, folder / name)]
    job.result = {"files": files, "pages": result.files, "messages": []}


def _counted(job: Job) -> Any:
    """Progress that is in the second step once something is made."""

    def report(step: str, done: int = 0, total: int = 0) -> None:
        if not total and not step.startswith("cards/"):
            job.step = 1
        job.report(step, done, total)

    return report


def _held(desk: Desk, name: str, path: Path) -> dict[str, Any]:
    """A file for the page to download; a folder as an archive of it."""
    if path.is_dir():
        name = f"{name}.zip"
        content = archive(
            (f"{path.name}/{one.relative_to(path).as_posix()}", one.read_bytes(), True)
            for one in sorted(path.rglob("*"))
            if one.is_file()
        )
    else:
        content = path.read_bytes()
    kind = _KINDS.get(Path(name).suffix, "application/octet-stream")
    return desk.keep(name, kind, content)
