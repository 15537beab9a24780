"""Media files of a deck: found in its media/ folder, packed under names that every client keeps.

The packed name holds a hash of the content, because Anki never replaces a file that is there
already: a changed picture must come under another name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from kartu.compile.render.contents import Contents
from kartu.compile.render.drawings import DATA, ENDING, Drawings
from kartu.compile.render.html import attribute
from kartu.compile.render.listing import Listing
from kartu.compile.render.signatures import content_fault
from kartu.core.codes import WARNINGS
from kartu.core.diagnostics import Diagnostics, did_you_mean
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text, place_of
from kartu.load.files import Files
from kartu.load.names import MARKDOWN

IMAGES = frozenset(("png", "jpg", "jpeg", "gif", "webp", "svg", "avif"))
SOUNDS = frozenset(("mp3", "ogg", "oga", "opus", "wav", "m4a", "flac", "mp4", "webm"))

_REMOTE = pattern(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_IMAGE_SOURCE = pattern(r'(<img\b(?:[^<>"]|"[^"]*")*?\ssrc=")([^"]*)(")')
_NO_SOURCE = pattern(r'<img\b(?!(?:[^<>"]|"[^"]*")*?\ssrc=)')
# What Anki itself takes for the name of a file (import-behaviour.md, section 6).
_ANKI_SOURCE = pattern(
    r"""<(?:img|audio|video|source|object)\b[^>]*?\s(?:src|data)\s*=\s*"""
    r"""(?:"([^">]+)"|'([^'>]+)'|([^\s"'>]+))|\[sound:([^\[\]\n]{1,300})\]""",
    re.IGNORECASE,
)

_MEDIA_TAG = pattern(
    r"""<(?:img|audio|video|source|object)\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE
)

# The name of a picture in a text; one with spaces is drawn when it is needed.
_DRAWING = pattern(r"""[^\s()"'<>|]+\.svg""")

# Files of templates: Anki copies these without looking who names them.
OF_TEMPLATES = ("_", "latex-")

# How many names are compared with those of missing files.
_MOST_COMPARED = 20_000

_SOUND_SOURCE = pattern(r"(\[sound:)([^\[\]\n]{0,300})(\])")


class MediaFile(NamedTuple):
    """A file to be packed: its name in the package, and where it lies in the project.

    `content` is what was drawn from the data that lies there, None for a file that is packed as
    it is.
    """

    name: str
    path: str
    digest: str
    size: int
    content: bytes | None = None


def may_name_files(html: str) -> bool:
    """Whether `Media.pack_references` may find something in it."""
    return "<img" in html or "[sound:" in html


class Media:
    """The media of one deck; `of_note` holds what was packed since it was last cleared.

    They lie in `folders`, of which the first counts that has a file of the name. What is packed as
    it is goes into `contents` too.
    """

    def __init__(
        self,
        files: Files,
        folders: tuple[str, ...],
        drawings: Drawings,
        diagnostics: Diagnostics,
        *,
        contents: Contents | None = None,
    ) -> None:
        self.of_note: dict[str, MediaFile] = {}
        self._known: dict[str, MediaFile] = {}
        self._kept: dict[str, MediaFile] = {}
        self._at_night: dict[str, MediaFile] = {}
        self._missing: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self._listings: dict[str, Listing] = {}
        self._compared = 0
        self._files = files
        self._drawings = drawings
        self._folders = folders
        self._folder = folders[0]  # the deck's own; missing files are reported for it
        self._diagnostics = diagnostics
        self._contents = contents

    def pack(self, name: str, kinds: frozenset[str], span: Span) -> str:
        """The packed name of media/`name`; with a diagnostic at `span` the name as it is."""
        if span.path.endswith(MARKDOWN):
            name = self._beside(name)
        if name not in self._known:
            found = self._find(name, kinds, span)
            if found is None:
                return name
            self._known[name] = found
        self.of_note[name] = self._known[name]
        return self._known[name].name

    def expect(self, texts: Iterable[str]) -> None:
        """Has pictures drawn meanwhile that the texts may name, where a process draws them."""
        if not any(
            name.endswith(ENDING + DATA)
            for top in self._folders
            for name in self._listing(top).names
        ):
            return
        for text in texts:
            for name in _DRAWING.findall(text) if ENDING in text else ():
                stored = self._as_stored(name)
                if name not in self._known and self._is_drawn(stored):
                    self._drawings.expect(self._data_of(stored))

    def pack_night(self, packed: str) -> str:
        """The packed name of the same picture for cards at night; empty where it is no other."""
        found = self._at_night.get(packed)
        if found is None:
            return ""
        self.of_note[found.name] = found
        return found.name

    def pack_references(self, html: str, value: Text) -> str:
        """`html`, made of `value`, with names in its <img> and [sound:] replaced by packed ones."""
        if "<img" in html:
            if _NO_SOURCE.search(html):
                message = _(
                    "a picture without a file: its address is missing or not allowed on cards"
                )
                help = _("put the file into {folder}/, and write its name", folder=self._folder)
                self._diagnostics.add("media-remote", value.span, message, help)
            html = _IMAGE_SOURCE.sub(lambda found: self._replaced(found, IMAGES, value), html)
        if "[sound:" in html:
            html = _SOUND_SOURCE.sub(lambda found: self._replaced(found, SOUNDS, value), html)
        return html

    def keep_references(self, html: str, span: Span) -> str:
        """A field from Anki, whose files are packed under the names that they have there."""
        if not _may_name_files_in_anki(html):
            return html
        for name in named_in(html):
            if name.startswith(OF_TEMPLATES):
                continue
            if name not in self._kept:
                found = self._as_it_is(name, span)
                if found is None:
                    continue
                self._kept[name] = found
            self.of_note[name] = self._kept[name]
        return findable(html)

    def _as_it_is(self, name: str, span: Span) -> MediaFile | None:
        if name not in self._missing and "/" not in name and "\\" not in name:
            if self._exists(name):
                kinds = next((one for one in (IMAGES, SOUNDS) if _ending(name) in one), None)
                # Students have this file already, so what is wrong with it is a warning.
                return self._file(name, name, lambda data: self._warned(name, data, kinds, span))
            self._missing[name] = self._other_case(name) or ""
        help = _("put it into {folder}/, or take its name out of the field", folder=self._folder)
        places = {"name": name, "folder": self._folder}
        message = _('there is no file "{name}" in {folder}/', **places)
        if twin := self._missing.get(name):
            message = _('there is no file "{name}" in {folder}/, but "{twin}"', twin=twin, **places)
        self._diagnostics.add("anki-media-missing", span, message, help)
        return None

    def of_templates(self) -> tuple[MediaFile, ...]:
        """The files whose names say that templates from Anki use them, as they are."""
        there = dict.fromkeys(one for top in self._folders for one in self._listing(top).names)
        names = [name for name in there if name.startswith(OF_TEMPLATES) and self._where(name)]
        found = (self._file(name, name, lambda _rest: True) for name in names)
        return tuple(one for one in found if one is not None)

    def _file(self, name: str, packed: str, is_right: Callable[[bytes], bool]) -> MediaFile | None:
        path = f"{self._where(name)}/{name}"
        content = self._files.read_bytes(path, self._diagnostics)
        if content is None or not is_right(content):
            return None
        digest = sha256(content).hexdigest()
        if self._contents is not None:
            self._contents.hold(digest, content)
        return MediaFile(packed or packed_name(name, digest), path, digest, len(content))

    def _is_right(self, name: str, data: bytes, kinds: frozenset[str], span: Span) -> bool:
        """Whether the content can be shown or played under the name."""
        fault = content_fault(name, data, kinds)
        if fault is not None:
            code, message, help = fault
            self._diagnostics.add(code, span, message, help)
        return fault is None or fault[0] in WARNINGS

    def _warned(self, name: str, data: bytes, kinds: frozenset[str] | None, span: Span) -> bool:
        fault = content_fault(name, data, kinds) if kinds is not None else None
        if fault is not None:
            self._diagnostics.add("media-ending", span, *fault[1:])
        return True

    def _replaced(self, found: re.Match[str], kinds: frozenset[str], value: Text) -> str:
        from html import unescape  # few decks have media, and its table of entities is large

        name = unescape(found[2])
        if "%" in name and not self._exists(name):
            from urllib.parse import unquote  # Markdown writes a space as %20

            name = unquote(name)
        return found[1] + self.pack(name, kinds, place_of(value, name)) + found[3]

    def _find(self, name: str, kinds: frozenset[str], span: Span) -> MediaFile | None:
        name = self._as_stored(name)
        if fault := self._fault(name, kinds):
            code, message, help = fault
            self._diagnostics.add(code, span, message, help)
            return None
        if self._is_drawn(name):
            return self._drawn(name, self._data_of(name))
        return self._file(name, "", lambda data: self._is_right(name, data, kinds, span))

    def _drawn(self, name: str, path: str) -> MediaFile | None:
        drawn = self._drawings.draw(path)
        if drawn is None:
            return None
        found = []
        for content in drawn:
            digest = sha256(content).hexdigest()
            packed = packed_name(name, digest)
            found.append(MediaFile(packed, path, digest, len(content), content))
        if len(found) > 1:
            self._at_night[found[0].name] = found[1]
        return found[0]

    def _fault(self, name: str, kinds: frozenset[str]) -> tuple[str, str, str] | None:
        if _REMOTE.match(name):
            help = _(
                "cards work without internet: put the file into {folder}/", folder=self._folder
            )
            return "media-remote", _('"{name}" is not a file of the deck', name=name), help
        parts = name.split("/")
        if "\\" in name or any(part in ("", ".", "..") for part in parts):
            help = _("write the name of a file in {folder}/", folder=self._folder)
            return (
                "path-outside-project",
                _('"{name}" is not the name of a file in media/', name=name),
                help,
            )
        if not self._exists(name) and not self._is_drawn(name):
            if twin := self._other_case(name):
                message = _(
                    'the file is named "{twin}": phones tell upper and lower case apart', twin=twin
                )
                return "media-case", message, _('write "{twin}"', twin=twin)
            help = self._near_miss(name) or _("put the file there")
            return (
                "media-missing",
                _('there is no file "{name}" in {folder}/', name=name, folder=self._folder),
                help,
            )
        if _ending(name) not in kinds:
            message = (
                _('"{name}" is not a kind of picture that all devices show', name=name)
                if kinds is IMAGES
                else _('"{name}" is not a kind of sound that all devices play', name=name)
            )
            help = _("save it as one of these: {endings}", endings=", ".join(sorted(kinds)))
            return "media-type", message, help
        return None

    def _exists(self, name: str) -> bool:
        return bool(self._where(name))

    def _where(self, name: str) -> str:
        """Which folder has the file under exactly this name, on every file system; "" for none."""
        if name not in self._found:
            self._found[name] = next(filter(lambda top: self._has(top, name), self._folders), "")
        return self._found[name]

    def _beside(self, name: str) -> str:
        """The name in a Markdown file, of a file beside it where media/ has none."""
        name, top = name.removeprefix("./"), self._folder.rpartition("/")[0]
        if not self._exists(name) and ".." not in name and self._has(top, name):
            self._found[name] = top
        return name

    def _has(self, top: str, name: str) -> bool:
        folder, _rest, last = f"{top}/{name}".rpartition("/")
        return last in self._listing(folder).exact and self._files.is_file(f"{folder}/{last}")

    def _listing(self, folder: str) -> Listing:
        if folder not in self._listings:
            self._listings[folder] = Listing(self._files.names(folder))
        return self._listings[folder]

    def _near_miss(self, name: str) -> str:
        """A hint at what was meant; empty after many, since each is compared with every file."""
        if self._compared > _MOST_COMPARED:
            return ""
        names = [one for top in self._folders for one in self._listing(top).names]
        self._compared += len(names)
        return did_you_mean(name, [one.removesuffix(DATA) for one in names])

    def _as_stored(self, name: str) -> str:
        """The name as it lies in media/, where older Macs write decomposed accents."""
        if name.isascii() or self._exists(name):
            return name
        wanted = unicodedata.normalize("NFC", name)
        folder, slash, _rest = name.rpartition("/")
        there = self._listing(f"{self._folder}/{folder}" if folder else self._folder)
        last = there.composed.get(wanted.rpartition("/")[2])
        return name if last is None else f"{folder}{slash}{last}"

    def _is_drawn(self, name: str) -> bool:
        """Whether the file is generated from data next to where it would be."""
        return name.endswith(ENDING) and not self._exists(name) and self._exists(f"{name}{DATA}")

    def _data_of(self, name: str) -> str:
        return f"{self._where(name + DATA)}/{name}{DATA}"

    def _other_case(self, name: str) -> str:
        """The name as it is in media/, if it differs by case alone."""
        return next(filter(None, (self._twin(folder, name) for folder in self._folders)), "")

    def _twin(self, folder: str, name: str) -> str:
        found: list[str] = []
        for part in name.split("/"):
            there = self._listing("/".join([folder, *found]))
            same = part if part in there.exact else there.by_case.get(part.casefold())
            if same is None:
                return ""
            found.append(same)
        return "/".join(found) if self._exists("/".join(found)) else ""


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _may_name_files_in_anki(html: str) -> bool:
    return "<" in html or "[sound:" in html.lower()


def findable(html: str) -> str:
    """A field from Anki in which Anki finds all files: to it a `>` in an attribute ends the tag."""
    return _MEDIA_TAG.sub(lambda tag: f"{tag[0][:-1].replace('>', '&gt;')}>", html)


def named_in(html: str) -> list[str]:
    """The names of files of its own that Anki finds in a field, each once."""
    if not _may_name_files_in_anki(html):
        return []
    from html import unescape  # few decks have media, and its table of entities is large

    found: dict[str, None] = {}
    for match in _ANKI_SOURCE.finditer(findable(html)):
        name = unescape(next(filter(None, match.groups())))
        if not _REMOTE.match(name):
            found[name] = None
    return list(found)


def renamed_in(html: str, names: Mapping[str, str]) -> str:
    """A field from Anki with other names for its files."""
    if not _may_name_files_in_anki(html):
        return html
    from html import unescape

    def renamed(found: re.Match[str]) -> str:
        group = found.lastindex or 0
        new = names.get(unescape(found[group]))
        if new is None or new == unescape(found[group]):
            return found[0]
        start, end = (place - found.start() for place in found.span(group))
        return found[0][:start] + attribute(new) + found[0][end:]

    html = findable(html)
    return _ANKI_SOURCE.sub(renamed, html) if names else html


def packed_name(name: str, digest: str) -> str:
    """`<slug>-<16 hex digits of the content's sha256>.<ending>`, of a-z, 0-9 and - only."""
    stem, _rest, ending = name.rpartition("/")[2].rpartition(".")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "media"
    return f"{slug}-{digest[:16]}.{ending.lower()}"
