"""The words of each language for the themes, pictures and maps that templates/_shared/ holds.

`_shared/names.yaml` has them. As with note types, a word means the same as the name of the file or
folder, in every deck, and a file or folder of that very name comes first.
"""

from __future__ import annotations

from collections.abc import Iterable

from kartu.core.diagnostics import Diagnostics, did_you_mean, nearest
from kartu.core.language import _
from kartu.core.model import SharedNames, of_language
from kartu.core.shipped import SHIPPED
from kartu.core.source import text
from kartu.load.files import Files
from kartu.load.shape import Shape, read_shape
from kartu.load.words import check_aliases, read_aliases

FILE = "names.yaml"
# What has words, and what its files end in; a theme is a folder.
KINDS = {"themes": "", "pictures": ".svg", "maps": ".json"}


def read_shared_names(files: Files, shared: str, diagnostics: Diagnostics) -> SharedNames:
    """The words for what the folder `shared` holds, or for kartu's own, by kind and name."""
    path = f"{shared}/{FILE}"
    if not files.is_file(path):
        return {}
    shape = read_shape(files, path, _("the list of names"), diagnostics)
    if shape is None:
        return {}
    found = {}
    for kind, ending in KINDS.items():
        inner = shape.inner(kind, kind)
        if inner is not None and inner.readable:
            folders = (f"{shared}/{kind}", f"{SHIPPED}/_shared/{kind}")
            there = [name for folder in folders for name in files.names(folder)]
            names = [one.removesuffix(ending) for one in there if one.endswith(ending)]
            found[kind] = _of_kind(inner, names)
    shape.finish()
    return found


def _of_kind(shape: Shape, names: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    words = {}
    for name in shape.mapping:
        place = shape.mapping.key_span(name)
        if name not in names:
            message = _('nothing here has the name "{name}"', name=name)
            shape.add("unknown-key", place, message, did_you_mean(name, names))
        words[text(name, place)] = read_aliases(shape, (), key=name)
    check_aliases(words.items(), shape.diagnostics)
    return {
        str(name): {language: tuple(map(str, some)) for language, some in by_language.items()}
        for name, by_language in words.items()
    }


def merged_names(layers: Iterable[SharedNames]) -> SharedNames:
    """The words of several folders, those of the first one first."""
    found: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for layer in layers:
        for kind, names in layer.items():
            of_kind = found.setdefault(kind, {})
            for name, words in names.items():
                own = of_kind.setdefault(name, {})
                for language, some in words.items():
                    own[language] = (*own.get(language, ()), *some)
    return found


def shared_name(word: str, names: Iterable[str], kind: str, words: SharedNames) -> str | None:
    """The one of `names` that has this name or, if none has, this word; else None."""
    known = list(names)
    return word if word in known else _by_word(known, kind, words).get(word)


def shared_word(name: str, kind: str, language: str, words: SharedNames) -> str:
    """The best word for `name` in `language`; without one the English one, or the name itself."""
    by_language = words.get(kind, {}).get(name, {})
    return next(iter(of_language(by_language, language) or by_language.get("en", ())), name)


def did_you_mean_shared(
    wrong: str, names: Iterable[str], kind: str, language: str, words: SharedNames
) -> str:
    """`did_you_mean` with the words for authors of `language`, whichever word is similar."""
    known = list(names)
    meant = {**_by_word(known, kind, words), **{name: name for name in known}}
    offered = [shared_word(name, kind, language, words) for name in known]

    def similar(wrong: str, _offered: list[str]) -> str | None:
        near = nearest(wrong, meant)
        return None if near is None else shared_word(meant[near], kind, language, words)

    return did_you_mean(wrong, offered, similar)


def _by_word(names: list[str], kind: str, words: SharedNames) -> dict[str, str]:
    by_name = words.get(kind, {})
    return {
        word: name
        for name in reversed(names)
        for some in by_name.get(name, {}).values()
        for word in some
    }
