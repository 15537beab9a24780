"""`kartu import --update` of packages: corrections from Anki into the card sets, all or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.anki.field_html import canonical
from kartu.core.diagnostics import Diagnostic, has_errors
from kartu.core.language import _
from kartu.core.model import Project
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Span
from kartu.core.usage import UsageError
from kartu.importing.contents import CannotImportError
from kartu.importing.corrections.collected import Collected, Collector, fields_of_packages
from kartu.importing.corrections.new_notes import AddedNote, with_new_notes
from kartu.importing.corrections.ours import OurDeck, shown_html
from kartu.importing.corrections.proposals import Choice, Proposal, Proposer
from kartu.load import load_project
from kartu.load.access import changing, reading
from kartu.load.files import Files, pending
from kartu.pipeline import saved_results
from kartu.rewrite.edits import Fix
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.fix.files import replace_files
from kartu.rewrite.notes.deck import DeckNotes
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError, Value

# Which choice of a proposal is taken, None for none.
Decide = Callable[[Proposal], int | None]


class CorrectionOptions(NamedTuple):
    """`packages` are from Anki, `bases` what students had before they changed anything.

    `deck` is a folder name, empty for the deck whose notes the packages have. `only` are ids of
    notes, empty for all. `write` is false to look only. `cache` is as in `pipeline.Options`. `new`
    are GUIDs of notes that were added in Anki, None for all.
    """

    root: Path
    packages: tuple[Path, ...]
    deck: str = ""
    bases: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()
    write: bool = True
    cache: Path | None = None
    new: Collection[str] | None = None


class Corrections(NamedTuple):
    """What the packages have differently, and what of it was taken.

    `notes` is the number of notes of the deck that the packages have together, `files` are the card
    sets that change, `media` the names of new pictures and sounds. `gone` are the ids of notes that
    no package has, `other_types` of those that have another note type in Anki.
    """

    deck: str
    packages: int
    notes: int
    proposals: list[Proposal]
    new: list[AddedNote]
    files: list[FixedFile]
    media: list[str]
    gone: list[str]
    other_types: list[str]


def take_corrections(
    options: CorrectionOptions,
    decide: Decide | None = None,
    progress: Progress = no_progress,
) -> tuple[Corrections | None, list[Diagnostic]]:
    """Takes what packages have differently into the card sets: all files are written, or none.

    Args:
        decide: Says which choice of each proposal is taken; by default those that only Anki's side
            changed.

    Returns:
        None, with the reasons, where the project has errors.

    Raises:
        CannotImportError: A package is damaged, malicious, or has no note of the deck.
        UsageError: There is no such deck, or it has no note of an id.
    """
    with (changing if options.write else reading)(options.root):
        found, changes, diagnostics = corrections(options, decide, progress)
        if options.write:
            replace_files(options.root, changes)
    return found, diagnostics


def corrections(
    options: CorrectionOptions,
    decide: Decide | None = None,
    progress: Progress = no_progress,
) -> tuple[Corrections | None, Changes, list[Diagnostic]]:
    """Returns the same and the changes of files, which are not written, whatever `options.write`.

    The caller holds the project; parameters and errors are those of `take_corrections`.
    """
    project, diagnostics = load_project(options.root)
    if has_errors(diagnostics):
        return None, {}, diagnostics
    ours, found = _collected(options, project, progress)
    if has_errors(ours.diagnostics):
        return None, {}, list(ours.diagnostics)
    run = _Run(options, project, ours, found)
    result = run.result(decide or _only_theirs)
    return result, run.changes, []


def _only_theirs(proposal: Proposal) -> int | None:
    return 0 if proposal.kind == "taken" else None


def _collected(
    options: CorrectionOptions, project: Project, progress: Progress
) -> tuple[OurDeck, Collected]:
    """The deck that the packages have notes of, and what they have of it."""
    wanted = [one for one in project.decks if not one.variant and options.deck in ("", one.id)]
    if not wanted:
        raise UsageError(_('there is no deck "{name}"', name=options.deck))
    files = Files(options.root)
    decks = (
        OurDeck(project, one, files, saved_results(options.root, options.cache, one))
        for one in wanted
    )
    collectors = [(ours, Collector(ours)) for ours in decks]
    for number, path in enumerate(options.packages):
        progress(path.name, number, len(options.packages))
        found = [_added(collector, path) for _ours, collector in collectors]
        if not any(found):
            message = _("it has no note of this project")
            raise CannotImportError(f"{path}: {message}")
    best = max(collectors, key=lambda pair: pair[1].found.notes)
    return best[0], best[1].result()


def _added(collector: Collector, path: Path) -> int:
    try:
        return collector.add(path)
    except CannotImportError as error:
        raise CannotImportError(f"{path}: {error}") from error


class _Run:
    """The corrections of one deck."""

    def __init__(
        self, options: CorrectionOptions, project: Project, ours: OurDeck, found: Collected
    ) -> None:
        self._options = options
        self._project = project
        self._ours = ours
        self._found = found
        self.changes: Changes = {}
        known = {str(note.source.id) for note in ours.notes.values()}
        if unknown := [id for id in options.only if id not in known]:
            raise UsageError(_('there is no note "{id}"', id=unknown[0]))

    def result(self, decide: Decide) -> Corrections:
        """Returns what is taken, and leaves the changes of the files in `changes`."""
        options, found = self._options, self._found
        bases = fields_of_packages(options.bases, self._ours)
        with pending(options.root, found.media):
            self._ours.use(Files(options.root))
            files = Files(options.root)
            notes = DeckNotes(files, self._project, self._ours.deck)
            proposals = [
                one
                for one in Proposer(self._ours, notes, bases).proposals(found)
                if not options.only or one.note in options.only
            ]
            taken = {at: decide(one) for at, one in enumerate(proposals)}
            proposals = self._written(notes, proposals, taken)
            new: list[AddedNote] = []
            if not options.only:
                wanted = {
                    guid: notes
                    for guid, notes in found.new.items()
                    if options.new is None or guid in options.new
                }
                new, self.changes = with_new_notes(self._project, self._ours, wanted, self.changes)
        used = {name for at, one in enumerate(proposals) for name in _files_of(one, taken[at])}
        used |= {name for one in new for name in one.files}
        media = {
            path: data for path, data in found.media.items() if path.rpartition("/")[2] in used
        }
        fixed = list(self._fixed(proposals, taken, new))
        self.changes |= {path: Change(None, data) for path, data in media.items()}
        return Corrections(
            self._ours.deck.id,
            found.packages,
            found.notes,
            proposals,
            new,
            fixed,
            sorted(media),
            found.gone,
            found.other_types,
        )

    def _written(
        self, notes: DeckNotes, proposals: list[Proposal], taken: dict[int, int | None]
    ) -> list[Proposal]:
        """Writes what is taken; what cannot be written, or reads differently, is refused."""
        for at, choice in taken.items():
            one = proposals[at]
            if choice is None:
                if one.kind == "taken":
                    proposals[at] = one._replace(kind="left", reason=_("left by choice"))
                continue
            proposals[at] = one._replace(kind="taken", reason="")
            try:
                notes.with_values(one.note, {one.key: _value(one.choices[choice])})
            except EditRefusedError as error:
                proposals[at] = one._replace(kind="refused", reason=error.message)
                taken[at] = None
        while True:
            values: dict[str, dict[str, Value]] = {}
            for at, choice in taken.items():
                if choice is not None:
                    one = proposals[at]
                    values.setdefault(one.note, {})[one.key] = _value(one.choices[choice])
            self.changes = notes.with_values_of(values) if values else {}
            wrong = self._read_differently(proposals, taken)
            if not wrong:
                return proposals
            for at in wrong:
                reason = _("read back, it would be another text")
                proposals[at] = proposals[at]._replace(kind="refused", reason=reason)
                taken[at] = None

    def _read_differently(
        self, proposals: Sequence[Proposal], taken: Mapping[int, int | None]
    ) -> set[int]:
        """What is taken and, built from the changed files, is not what Anki has."""
        contents = {path: one.after for path, one in self.changes.items() if one.after is not None}
        if not contents:
            return set()
        with pending(self._options.root, {**self._found.media, **contents}):
            project, _faults = load_project(self._options.root)
            deck = next(
                one for one in project.decks if one.id == self._ours.deck.id and not one.variant
            )
            ids = {proposals[at].note for at in taken}
            now = OurDeck(project, deck, Files(self._options.root), self._ours.results, ids)
        by_id = {str(one.source.id): one for one in now.notes.values()}
        wrong = set()
        for at, choice in taken.items():
            one = proposals[at]
            if choice is None or one.key == "tags":
                continue
            built = by_id.get(one.note)
            place = (
                next(
                    (field.place for field in now.fields_of(built) if field.type.key == one.key),
                    None,
                )
                if built is not None
                else None
            )
            wanted = canonical(one.choices[choice].html)
            if built is None or place is None or shown_html(built, place) != wanted:
                wrong.add(at)
        return wrong

    def _fixed(
        self,
        proposals: Sequence[Proposal],
        taken: Mapping[int, int | None],
        new: Sequence[AddedNote],
    ) -> Iterator[FixedFile]:
        for path, change in sorted(self.changes.items()):
            fixes = [
                Fix(one.span, _('"{key}" is now as in Anki', key=one.name))
                for at, one in enumerate(proposals)
                if taken[at] is not None and one.span.path == path
            ]
            fixes += [
                Fix(Span(path), _('"{title}" is new', title=one.title))
                for one in new
                if one.path == path
            ]
            yield FixedFile(path, change.before or b"", change.after or b"", fixes)


def _value(choice: Choice) -> Value:
    """The value of a choice that is taken. Raises EditRefusedError where it has none."""
    if choice.value is None:
        raise EditRefusedError(Span(""), _("no text here is displayed like that"))
    return choice.value


def _files_of(proposal: Proposal, choice: int | None) -> frozenset[str]:
    return proposal.choices[choice].files if choice is not None else frozenset()
