"""`<card set>.ids.jsonl`: a line for each note that has no id of its own, as it was last built.

Git merges these files by keeping the lines of both sides: several lines for one id are all things
that the note has been, and the next build makes one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.ids.values import Saved, Texts
from kartu.load.ids.words import Words
from kartu.load.lookalikes import merge_conflict
from kartu.load.names import ID

ENDING = ".ids.jsonl"

_KEYS = {"id", "type", "guid", "texts", "gone"}


def read_lines(
    content: str, path: str, diagnostics: Diagnostics, *, words: Words | None = None
) -> list[Saved]:
    """Returns the notes of a file's content, by id; faults are added to `diagnostics`.

    With `words` note types and fields are what these mean, else as they are written.
    """
    conflict = merge_conflict(content, path, "ids-unreadable")
    if conflict is not None:
        help = _("delete only the lines with <<<<<<<, ======= and >>>>>>>: kartu reads the others")
        diagnostics.append(conflict._replace(help=help))
        return []
    found: dict[str, Saved] = {}
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            one = _saved(json.loads(line), path.removesuffix(ENDING), words)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            help = _("put the line back as git has it; kartu writes this file, not people")
            message = _("this is not a line of a file of ids")
            diagnostics.add("ids-unreadable", Span(path, number), message, help)
            continue
        found[one.id] = together(found[one.id], one) if one.id in found else one
    return sorted(found.values())


def together(one: Saved, other: Saved) -> Saved:
    """Returns a note with everything that two lines say of it."""
    versions = [*one.versions, *(it for it in other.versions if it not in one.versions)]
    live = other if one.gone and not other.gone else one
    return live._replace(versions=tuple(versions), gone=one.gone and other.gone)


def _saved(line: dict[str, Any], path: str, words: Words | None) -> Saved:
    id, kind, guid, texts = line["id"], line["type"], line.get("guid", ""), line["texts"]
    named = all(isinstance(one, str) for one in (id, kind, guid, *texts, *texts.values()))
    if not named or not line.keys() <= _KEYS or not ID.fullmatch(id):
        raise ValueError(line)
    if words is not None:
        kind, texts = words.keys(kind, texts)
    return Saved(id, kind, guid, (texts,), line.get("gone") is True, path)


def lines_of(saved: Iterable[Saved], words: Words) -> bytes:
    """Returns the content of a file of ids, in the order of the ids."""
    lines = sorted({(one.id, _line(one, texts, words)) for one in saved for texts in one.versions})
    return "".join(f"{line}\n" for _id, line in lines).encode("utf-8", "surrogatepass")


def _line(one: Saved, texts: Texts, words: Words) -> str:
    kind, texts = words.words(one.note_type, texts)
    line: dict[str, Any] = {"id": one.id, "type": kind}
    if one.guid:
        line["guid"] = one.guid
    line["texts"] = dict(texts)
    if one.gone:
        line["gone"] = True
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
