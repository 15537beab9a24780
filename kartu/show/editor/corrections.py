"""Corrections from Anki for the page: what packages have differently, and what is taken of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from kartu.core.language import _, ngettext
from kartu.core.source import Span
from kartu.importing.contents import CannotImportError
from kartu.importing.corrections.new_notes import AddedNote
from kartu.importing.corrections.proposals import Choice, Proposal
from kartu.importing.corrections.run import CorrectionOptions, Corrections, Decide, corrections
from kartu.load.access import reading
from kartu.load.ids.names import visible_text
from kartu.load.words import own_fields
from kartu.rewrite.notes.sets import Changes
from kartu.rewrite.notes.values import EditRefusedError, plain
from kartu.show.editor.desk import Desk
from kartu.show.editor.incoming import Incoming
from kartu.show.editor.jobs import Job, job_refusal
from kartu.show.editor.note_calls import edited

LOOK_STEPS = ("read",)
TAKE_STEPS = ("read", "take")


def brought_packages(desk: Desk, tokens: Sequence[str]) -> list[Incoming]:
    """Returns packages that were brought. Raises EditRefusedError where one is none, or gone."""
    found = [desk.incoming.file(one) for one in tokens]
    packages = [one for one in found if one is not None]
    if len(packages) < len(found) or not packages:
        message = _("the file is no longer here")
        raise EditRefusedError(Span(""), message, _("choose it again"))
    if other := next((one for one in packages if one.kind != "package"), None):
        message = _("this is no package of Anki")
        raise EditRefusedError(Span(""), f"{other.name}: {message}")
    return packages


class Correcting:
    """The corrections that brought packages hold for a deck of the open project."""

    def __init__(self, desk: Desk, deck: str, packages: Sequence[Incoming]) -> None:
        self._desk = desk
        self._deck = deck
        self._packages = packages

    def look(self, job: Job) -> None:
        """Finds what the packages have differently; nothing is written."""
        found = self._found(job, None, None)
        if found is not None:
            job.result = self._desk.run(lambda: self._value(found[0]))

    def take(self, job: Job, taken: Collection[str], new: Collection[str]) -> None:
        """Saves corrections, by their names in what the page has seen, as one edit.

        What has become another since then is not taken. `new` are GUIDs.
        """
        left, asked = {*taken}, set[tuple[str, str]]()

        def decide(proposal: Proposal) -> int | None:
            for at, choice in enumerate(proposal.choices):
                name = _name(proposal, choice)
                if name in left:
                    left.discard(name)
                    asked.add((proposal.note, proposal.key))
                    return at
            return None

        found = self._found(job, decide, new)
        if found is None:
            return
        job.begin(1)
        result, changes = found
        refused = [
            self._proposal(one)
            for one in result.proposals
            if one.kind == "refused" and (one.note, one.key) in asked
        ]
        done = self._desk.run(lambda: self._saved(job, result, changes))
        job.result = done and {**done, "others": len(left), "refused": refused}

    def _saved(self, job: Job, found: Corrections, changes: Changes) -> dict[str, Any] | None:
        """What was saved, for the page; None where nothing could be."""
        added = [one for one in found.new if not one.reason]
        count = sum(len(one.fixes) for one in found.files)
        title = ngettext("{number} correction", "{number} corrections", count)
        done = self._desk.session.apply(self._deck, "corrections", changes, title=title)
        if done.refusal is not None:
            job.refusals = [job_refusal("changed", done.refusal.message, done.refusal.help)]
            return None
        return {
            **edited(self._desk, done),
            "taken": count - len(added),
            "new": len(added),
        }

    def _found(
        self, job: Job, decide: Decide | None, new: Collection[str] | None
    ) -> tuple[Corrections, Changes] | None:
        job.begin(0)
        names = [one.name for one in self._packages]

        def report(step: str, done: int = 0, total: int = 0) -> None:
            job.report(names[done] if total else step, done, total)

        with self._desk.workplace() as folder:
            paths = [folder / f"{at}{one.ending}" for at, one in enumerate(self._packages)]
            for path, one in zip(paths, self._packages, strict=True):
                path.write_bytes(one.data)
            root, cache = self._desk.root, self._desk.cache
            options = CorrectionOptions(
                root, tuple(paths), self._deck, new=new, write=False, cache=cache
            )
            try:
                with reading(root):
                    found, changes, faults = corrections(options, decide, report)
            except CannotImportError as error:
                message = str(error)
                for path, name in zip(paths, names, strict=True):
                    message = message.replace(str(path), name)
                job.refusals = [job_refusal("import", message)]
                return None
        if job.is_refused(faults) or found is None:
            return None
        return found, changes

    # --- as JSON ----------------------------------------------------------------------------------

    def _value(self, found: Corrections) -> dict[str, Any]:
        shown = [one for one in found.proposals if one.kind != "left"]
        return {
            "packages": found.packages,
            "proposals": [self._proposal(one) for one in shown],
            "new": [self._new(one) for one in found.new],
            "left": len(found.proposals) - len(shown),
            "gone": len(found.gone),
            "other_types": len({*found.other_types}),
        }

    def _proposal(self, one: Proposal) -> dict[str, Any]:
        return {
            "kind": one.kind,
            "note": one.note,
            "title": one.title,
            "field": one.key,
            "name": one.name,
            "before": plain(one.before),
            "choices": [_choice(one, choice) for choice in one.choices],
            "reason": one.reason,
        }

    def _new(self, one: AddedNote) -> dict[str, Any]:
        kind = self._desk.session.opened.project.of(self._desk.deck(self._deck)).note_types.get(
            one.note_type
        )
        fields = own_fields(kind)
        return {
            "guid": one.guid if not one.reason else "",
            "title": one.title,
            "type": one.note_type,
            "type_name": kind.name if kind is not None else "",
            "values": [
                [fields[key].name, plain(value)]
                for key, value in one.values.items()
                if key in fields
            ],
            "reason": one.reason,
        }


def _choice(proposal: Proposal, choice: Choice) -> dict[str, Any]:
    """A text that a field could become; `take` is empty where it cannot be written."""
    usable = choice.value is not None and proposal.kind in ("taken", "conflict")
    value = visible_text(choice.html).strip() if choice.value is None else plain(choice.value)
    return {
        "take": _name(proposal, choice) if usable else "",
        "value": value,
        "packages": choice.number,
        "files": len(choice.files),
    }


def _name(proposal: Proposal, choice: Choice) -> str:
    """A name for what a person sees of a choice: another text, here or there, has another one."""
    seen = (proposal.note, proposal.key, plain(proposal.before), plain(choice.value or ""))
    return sha256(json.dumps([*seen, choice.html]).encode()).hexdigest()[:32]
