"""One file as a project with one deck: what must last lies beside it, under its whole name.

To the rest of kartu the file `words.csv` is `cards/words/words.csv` of a project, in which
`cards/words/deck.yaml` is `words.csv.deck.yaml`. Nothing else in its folder is seen.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path, PurePath

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _, current
from kartu.core.patterns import pattern
from kartu.core.source import Span
from kartu.core.text import shown
from kartu.load.names import MARKDOWN

# What can be a deck of its own.
ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".md", ".yaml")
# Lists as other programs write them; in the folder of a deck they are no card sets.
LISTS = (".tsv", ".tab", ".txt")

# The deck's files, by the names that they have in the folder of a deck.
COMPANIONS = {
    "deck.yaml": ".deck.yaml",
    "ledger.jsonl": ".ledger.jsonl",
    "changelog.md": ".changelog.md",
    "retired.csv": ".retired.csv",
    "retired.csv.ids.jsonl": ".retired.csv.ids.jsonl",
}
IDS = ".ids.jsonl"

# The keys that are in `<same-name>.set.yaml` where a deck is a folder.
OF_THE_SET = ("note_type", "columns", "heading", "subdeck", "tags")

_MEDIA = pattern(
    r".+\.(?:png|jpe?g|gif|webp|svg|avif|mp3|ogg|oga|opus|wav|m4a|flac|mp4|webm)(?:\.yaml)?",
    re.IGNORECASE,
)
_LONGEST = 60  # characters of the name of a package
_PLAIN = pattern(r"[^\W\d_](?:[\w ()-]*[\w)])?|\d+\.\d+\.\d+")
_READ_OTHERWISE = ("true", "false", "yes", "no", "null", "none", "on", "off", "y", "n")


class OneFile:
    """The names that the files of the project have beside the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.name = file.name
        self.id = deck_id(file)
        self.folder = f"cards/{self.id}"
        self.media = f"{self.folder}/media"
        self._beside = {f"{self.folder}/{name}": self.name + ending for name, ending in _ALL}
        self.card_set = file.stem + file.suffix.lower()
        self._beside[f"{self.folder}/{self.card_set}"] = self.name
        self._beside[f"{self.folder}/{self.card_set}{IDS}"] = self.name + IDS

    def path(self, path: str) -> str:
        """The path on this machine of a path of the project; one that cannot be for no file."""
        if path in ("", "cards", self.folder, self.media):
            return str(self.file.parent)
        name = self._beside.get(path)
        if name is None and path.startswith(f"{self.media}/"):
            name = self._of_media(path.removeprefix(f"{self.media}/"))
        return os.path.join(self.file.parent, name) if name else os.path.join(self.file, path)

    def _of_media(self, name: str) -> str:
        """A picture or sound beside the file or, where there is none, in media/."""
        here = "/" not in name and _MEDIA.fullmatch(name) is not None
        return name if here and (self.file.parent / name).is_file() else f"media/{name}"

    def names(self, folder: str) -> list[str]:
        """The entries of a folder of the project."""
        if folder == "cards":
            return [self.id]
        if folder == self.folder:
            there = [path for path, name in self._beside.items() if self.has(path, name)]
            return [path.rpartition("/")[2] for path in there]
        if folder != self.media and not folder.startswith(f"{self.media}/"):
            return []
        found = _names(Path(self.path(folder)))
        if folder == self.media:
            beside = [name for name in found if _MEDIA.fullmatch(name)]
            found = list(dict.fromkeys((*beside, *_names(self.file.parent / "media"))))
        return found

    def has(self, path: str, name: str) -> bool:
        """Whether the file `name`, which is `path` in the project, is there or will be."""
        return self.is_description(path) or (self.file.parent / name).is_file()

    def is_description(self, path: str) -> bool:
        """Whether the path is that of deck.yaml, which every deck has."""
        return self._beside.get(path) == self.name + COMPANIONS["deck.yaml"]

    def description(self) -> bytes | None:
        """What deck.yaml will be where it is not there or not whole; None where it is."""
        there = self.file.parent / (self.name + COMPANIONS["deck.yaml"])
        if not os.path.lexists(there):
            return new_description(self.file, self._uid())
        return completed(self.file, there, self._uid())

    def _uid(self) -> str:
        """A uid for what is only looked at: nothing that is handed out has it."""
        return "a" + sha256(os.fsencode(os.path.realpath(self.file))).hexdigest()[:15]

    def shown(self, path: str) -> str:
        """The name beside the file of a path of the project."""
        if path.startswith(f"{self.media}/"):
            return self._of_media(path.removeprefix(f"{self.media}/"))
        return self._beside.get(path, path)

    def in_words(self, message: str, where: str = "") -> str:
        """A message in which the paths of the project are those of the files beside the file.

        `where` is the path of their folder for the reader, with its /.
        """
        if self.folder in message:
            message = self._paths().sub(lambda found: self._shown(found[0], where), message)
        return _DECK_YAML.sub(lambda found: where + self.name + COMPANIONS[found[0]], message)

    def worded(self, diagnostics: Iterable[Diagnostic], where: str = "") -> list[Diagnostic]:
        """Diagnostics whose messages have the names beside the file; their places are as before."""
        return [
            found._replace(
                message=self.in_words(found.message, where),
                help=self.in_words(found.help, where),
                related=tuple(
                    it._replace(message=self.in_words(it.message, where)) for it in found.related
                ),
            )
            for found in diagnostics
        ]

    def _paths(self) -> re.Pattern[str]:
        names = sorted(map(re.escape, self._beside), key=len, reverse=True)
        media = re.escape(self.media)
        return re.compile(rf"{'|'.join(names)}|{media}(?:/[\w.-]+)?/?|{re.escape(self.folder)}/?")

    def _shown(self, path: str, where: str) -> str:
        folder = path.removesuffix("/")
        if folder == self.folder:  # where cards are written
            return where + self.name
        if folder == self.media:
            return os.path.join(os.path.basename(os.path.realpath(self.file.parent)), "").replace(
                os.sep, "/"
            )[: None if path.endswith("/") else -1]
        return where + self.shown(path)


def with_paths(diagnostics: Iterable[Diagnostic], path: Callable[[str], str]) -> list[Diagnostic]:
    """Diagnostics with other paths."""
    return [
        one._replace(
            span=one.span._replace(path=path(one.span.path)),
            related=tuple(
                it._replace(span=it.span._replace(path=path(it.span.path))) for it in one.related
            ),
        )
        for one in diagnostics
    ]


_ALL = tuple(COMPANIONS.items())
_DECK_YAML = pattern(r"(?<![\w./-])(?:deck\.yaml|ledger\.jsonl|changelog\.md)(?![\w/])")


def new_description(file: Path, uid: str) -> bytes:
    """The deck.yaml of a file that has none."""
    written: dict[str, str] = {}
    if file.suffix.lower() == MARKDOWN:
        from kartu.load.markdown import deck_in  # other files say nothing of their deck

        written = deck_in(file)
    values = {"uid": uid, "name": deck_name(file), "language": current(), **written}
    values["version"] = "1.0.0"
    return "".join(f"{key}: {plain(value)}\n" for key, value in values.items()).encode()


def completed(file: Path, there: Path, uid: str) -> bytes | None:
    """The deck.yaml that somebody began to write, with the lines that it lacks.

    None where it lacks none, cannot be read, or belongs to a deck with a ledger: that has a uid.
    """
    if os.path.lexists(file.with_name(file.name + COMPANIONS["ledger.jsonl"])):
        return None
    try:
        content = there.read_bytes()
    except OSError:
        return None
    lines = new_description(file, uid).splitlines()
    keys = {one.partition(b":")[0].strip() for one in content.splitlines()}
    missing = [one for one in lines if one.partition(b":")[0] not in keys]
    if not missing:
        return None
    begun = content if content.endswith(b"\n") or not content else content + b"\n"
    return begun + b"".join(line + b"\n" for line in missing)


def plain(text: str) -> str:
    """A text as a YAML scalar on one line."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _READ_OTHERWISE:
        return text
    return json.dumps(text, ensure_ascii=False)


def deck_name(file: PurePath) -> str:
    """The name of the deck that a file is: its own, as words."""
    stem = unicodedata.normalize("NFC", file.stem)
    letters = "".join(one if one.isalnum() or one in "()+&.,'-" else " " for one in stem)
    words = " ".join(letters.replace("-", " ").split())[:100].strip()
    return words[:1].upper() + words[1:] if words else "Kartu"


def deck_id(file: Path) -> str:
    """The id of the deck that a file is, of which its package has its name."""
    from kartu.load.ids.names import deck_slug  # it imports the files of projects

    return deck_slug(file.stem, _LONGEST)


def file_of(companion: str) -> str:
    """The name of the file that a companion belongs to, empty if it is none."""
    for ending in (*COMPANIONS.values(), IDS):
        stem = companion.removesuffix(ending)
        if stem != companion and stem.lower().endswith(ENDINGS):
            return file_of(stem) or stem
    return ""


def left_behind(file: Path) -> list[str]:
    """Companions in the folder whose file is not there, where the file itself has none."""
    there = set(_names(file.parent))
    if any(file_of(name) == file.name for name in there):
        return []
    return sorted(name for name in there if file_of(name) and file_of(name) not in there)


def report_left_behind(one: OneFile, diagnostics: Diagnostics) -> None:
    """Reports companions of a file that is not there, where this one has none itself.

    Else it would become another deck, and all its cards would arrive a second time.
    """
    names = left_behind(one.file)
    if names:
        before = file_of(names[0])
        renamed = [f"{it} → {one.name}{it.removeprefix(before)}" for it in names]
        message = _("{names}: here, but not {before}", names=shown(names), before=before)
        help = _(
            "is {file} the same deck under another name? Then rename: {renamed}; for a new deck "
            "move them away: with another identity all cards would arrive a second time",
            file=one.name,
            renamed=", ".join(it for it in renamed if it.startswith(before)),
        )
        diagnostics.add("ledger-missing", Span(f"{one.folder}/{one.card_set}"), message, help)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
