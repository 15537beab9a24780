"""Copies of card sets: all their notes have the ids of another file, which is one mistake."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Related
from kartu.core.language import _
from kartu.core.model import Deck, Note
from kartu.core.source import Span, Text


class Duplicate(NamedTuple):
    """A note with the id or GUID of an earlier one, `known`, and the diagnostic for it."""

    note: Note
    known: Text
    fault: Diagnostic


def without_copies(deck: Deck, found: list[Duplicate]) -> list[Diagnostic]:
    """The diagnostics of duplicates; those between a file and its copy as one."""
    pairs = Counter((one.known.span.path, one.note.id.span.path) for one in found)
    total = Counter(note.id.span.path for note in deck.notes)
    copies = {
        (first, second): _copy(first, second, count, total)
        for (first, second), count in pairs.items()
        if first != second
        and 2 * count >= min(total[first], total[second])
        and (count > 1 or _is_named_after(second, first) or _is_named_after(first, second))
    }
    single = [
        one.fault for one in found if (one.known.span.path, one.note.id.span.path) not in copies
    ]
    return [*copies.values(), *single]


def _copy(first: str, second: str, count: int, total: Counter[str]) -> Diagnostic:
    copy, other = (first, second) if _is_named_after(first, second) else (second, first)
    name = other.rpartition("/")[2]
    overlap = _overlap(count, total[copy])
    if _is_named_after(copy, other):
        message = _("this file is a copy of {name}: {overlap}", name=name, overlap=overlap)
        help = _(
            "delete it, after taking over into {name} what was changed in it; if it is to hold new "
            "notes, each needs a new id",
            name=name,
        )
    else:
        message = _(
            "this file and {name} are one card set twice: {overlap}", name=name, overlap=overlap
        )
        help = _(
            "keep the one that you edit, and delete the other; if it is to hold new notes, each "
            "needs a new id"
        )
    return Diagnostic(
        "duplicate-id", Span(copy), message, help, (Related(Span(other), _("the other file")),)
    )


def _overlap(count: int, total: int) -> str:
    if total == 1:
        return _("its note has the same id")
    if count == total:
        return _("its {count} notes have the same ids", count=count)
    return _("{count} of its {total} notes have the same ids", count=count, total=total)


def _is_named_after(path: str, other: str) -> bool:
    """Whether a file's name is that of another with something added, such as `a (1)` or `Copy`."""
    stem, original = _stem(path), _stem(other)
    return len(stem) > len(original) and original in stem


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].casefold()
