"""The JSON values that the page gets: notes, cards, faults and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kartu.compile.render.media import MediaFile
from kartu.core.diagnostics import Diagnostic
from kartu.core.source import Span
from kartu.load.names import YES
from kartu.load.one_file import OneFile
from kartu.rewrite.notes.unfinished import MARK
from kartu.rewrite.notes.values import plain
from kartu.show.editor.opened import Fault, Shown
from kartu.show.editor.outcomes import Clash, OpenNote, Refusal
from kartu.show.editor.tokens import Tokens

# What `check --fix` does away with; the rest of what it does is no fault.
_FIXABLE = frozenset(("duplicate-tag", "change-without-original"))


class Answers(NamedTuple):
    """Makes JSON values; `file` is the file that is the whole project, None for a folder.

    `media` gives the files of cards the names by which the page asks for them.
    """

    file: OneFile | None
    media: Tokens[MediaFile]

    def note(self, deck: str, opened: OpenNote, title: str) -> dict[str, Any]:
        """Returns a note for the form, with its cards."""
        form = opened.form
        values = {key: plain(value) for key, value in form.values.items() if key != "id"}
        closed = self.refusal(opened.closed) if opened.closed is not None else None
        return {
            "id": form.id,
            "deck": deck,
            "title": title,
            "type": form.note_type,
            "subdeck": form.subdeck,
            "path": self.path(form.path),
            "values": values,
            "tags_of_set": form.tags,
            "published": opened.published,
            "retired": str(values.get("retired", "")),
            "unfinished": str(values.get(MARK, "")).strip().casefold() in YES,
            "editable": closed is None,
            "why": closed["message"] if closed is not None else "",
            **self.shown(opened.shown, form.id),
        }

    def shown(self, shown: Shown, note: str) -> dict[str, Any]:
        """Returns the cards of a note and what is wrong with it."""
        cards = [
            {"number": one.number, "name": one.name, "front": one.front, "back": one.back}
            for one in shown.cards
        ]
        media = {one.name: self.media.token(f"{one.path} {one.digest}", one) for one in shown.media}
        faults = [self.fault(one, note) for one in shown.faults]
        return {"cards": cards, "css": shown.css, "media": media, "faults": faults}

    def fault(self, fault: Fault, note: str = "") -> dict[str, Any]:
        """Returns a fault at a field of a note, or anywhere in the files."""
        one, near = fault.diagnostic, fault.instead
        return {
            "key": fault.key,
            "name": fault.name,
            "instead": {"id": str(near.key), "title": near.title} if near is not None else None,
            "severity": one.severity,
            "code": one.code,
            "message": self._words(one.message),
            "help": self._words(one.help),
            "path": self.path(one.span.path),
            "line": one.span.line,
            "fix": is_fixable(one),
            "note": note,
        }

    def faults(self, found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
        """Returns faults of files that belong to no note."""
        return [self.fault(Fault("", one)) for one in found]

    def refusal(self, one: Refusal) -> dict[str, Any]:
        """Returns why something is not done."""
        return {
            "message": self._words(one.message),
            "help": self._words(one.help),
            "path": self.path(one.span.path),
            "line": one.span.line if one.span != Span("") else 0,
        }

    def clash(self, one: Clash) -> dict[str, Any]:
        """Returns two texts of which one stays."""
        return {"key": one.key, "mine": plain(one.mine), "theirs": plain(one.theirs)}

    def path(self, path: str) -> str:
        """Returns a path as the teacher knows it."""
        return self.file.shown(path) if self.file is not None else path

    def _words(self, text: str) -> str:
        return self.file.in_words(text) if self.file is not None else text


def is_fixable(one: Diagnostic) -> bool:
    """Whether `check --fix` does away with a fault."""
    return one.code in _FIXABLE or (one.code == "missing-key" and '"uid"' in one.message)


def splice(before: list[Any], after: list[Any]) -> Mapping[str, Any]:
    """Returns how a list became another: from `at` on, `remove` items are replaced by `rows`."""
    shorter = min(len(before), len(after))
    first = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    left = shorter - first
    last = next((n for n in range(left) if before[-1 - n] != after[-1 - n]), left)
    return {
        "at": first,
        "remove": len(before) - first - last,
        "rows": after[first : len(after) - last],
    }
