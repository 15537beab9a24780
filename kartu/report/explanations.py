"""Each code of the catalogue in full: why it matters, and an example wrong and right."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.shape import Shape
from kartu.load.yaml import parse

_NAME = "explanations.yaml"


class Explanation(NamedTuple):
    """A code with its reason and an example.

    The files of the example, by path, are put over those of a small project: a YAML file replaces
    top-level keys, any other file the whole one, and an empty one removes it. `published` was
    released before the example, `earlier` before that.
    """

    code: str
    why: str
    since: str
    earlier: dict[str, str]
    published: dict[str, str]
    wrong: dict[str, str]
    right: dict[str, str]


def explanations() -> list[Explanation]:
    """Returns all explanations, in the order of the file.

    Raises:
        ValueError: The file lacks a code of the catalogue, or an entry is malformed.
    """
    diagnostics = Diagnostics()
    content = (Path(__file__).parent / _NAME).read_text("utf-8")
    whole = Shape(parse(content, _NAME, diagnostics), "the catalogue", Span(_NAME), diagnostics)
    found = [_explanation(code, whole) for code in whole.mapping]
    if diagnostics:
        raise ValueError(
            "\n".join(f"{_NAME}:{one.span.line}: {one.message}" for one in diagnostics)
        )
    return found


def explain(codes: Iterable[str]) -> list[Explanation]:
    """Returns the explanations of `codes`, in that order and without duplicates."""
    known = {one.code: one for one in explanations()}
    return [known[code] for code in dict.fromkeys(codes)]


def _explanation(code: str, whole: Shape) -> Explanation:
    shape = whole.inner(code, code) or Shape(None, code, whole.span(code), whole.diagnostics)
    found = Explanation(
        code,
        why=(shape.text("why", required=True) or "").strip(),
        since=shape.text("since", required=True) or "",
        earlier=_files(shape, "earlier"),
        published=_files(shape, "published"),
        wrong=_files(shape, "wrong"),
        right=_files(shape, "right"),
    )
    if not (found.wrong and found.right):
        shape.add(
            "missing-key", shape.place, _("{code} needs an example, wrong and right", code=code)
        )
    shape.finish()
    return found


def _files(shape: Shape, key: str) -> dict[str, str]:
    files = shape.inner(key, f"{shape.what}: {key}")
    if files is None:
        return {}
    return {path: files.text(path) or "" for path in files.mapping}
