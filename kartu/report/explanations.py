"""Each code of the catalogue in full: why it matters, and an example wrong and right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import ENGLISH, current
from kartu.core.source import Span
from kartu.load.shape import Shape
from kartu.load.yaml import parse


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
    """Returns all explanations in the current language, in the order of the file.

    Raises:
        ValueError: An entry is malformed.
    """
    diagnostics = Diagnostics()
    whole = _whole("explanations.yaml", diagnostics)
    found = [_explanation(code, whole) for code in whole.mapping]
    if current() != ENGLISH:
        translation = _whole(f"explanations.{current()}.yaml", diagnostics)
        why, examples = _texts(translation, "why"), _Translation(_texts(translation, "examples"))
        found = [_translated(one, why, examples) for one in found]
    if diagnostics:
        raise ValueError(
            "\n".join(f"{one.span.path}:{one.span.line}: {one.message}" for one in diagnostics)
        )
    return found


def explain(codes: Iterable[str]) -> list[Explanation]:
    """Returns the explanations of `codes`, in that order and without duplicates."""
    known = {one.code: one for one in explanations()}
    return [known[code] for code in dict.fromkeys(codes)]


def _whole(name: str, diagnostics: Diagnostics) -> Shape:
    content = (Path(__file__).parent / name).read_text("utf-8")
    return Shape(parse(content, name, diagnostics), name, Span(name), diagnostics)


def _explanation(code: str, whole: Shape) -> Explanation:
    shape = whole.inner(code, code) or Shape(None, code, whole.span(code), whole.diagnostics)
    found = Explanation(
        code,
        why=(shape.text("why", required=True) or "").strip(),
        since=shape.text("since", required=True) or "",
        earlier=_texts(shape, "earlier"),
        published=_texts(shape, "published"),
        wrong=_texts(shape, "wrong"),
        right=_texts(shape, "right"),
    )
    if not (found.wrong and found.right):
        shape.add("missing-key", shape.place, f"{code} needs an example, wrong and right")
    shape.finish()
    return found


def _texts(shape: Shape, key: str) -> dict[str, str]:
    texts = shape.inner(key, f"{shape.what}: {key}")
    if texts is None:
        return {}
    return {name: texts.text(name) or "" for name in texts.mapping}


class _Translation:
    """Replaces words and sentences of examples, the longest first; a capital stays a capital."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {_capital(text): _capital(texts[text]) for text in texts} | dict(texts)
        longest = sorted(self._texts, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def of(self, content: str) -> str:
        return self._pattern.sub(lambda found: self._texts[found[0]], content)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _translated(one: Explanation, why: dict[str, str], examples: _Translation) -> Explanation:
    def files(english: dict[str, str]) -> dict[str, str]:
        return {examples.of(path): examples.of(content) for path, content in english.items()}

    return one._replace(
        why=why.get(one.code, one.why).strip(),
        earlier=files(one.earlier),
        published=files(one.published),
        wrong=files(one.wrong),
        right=files(one.right),
    )
