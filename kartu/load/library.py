"""The templates that decks can use: note types, texts and themes, a project's and the program's."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, Library, NoteType, SharedNames
from kartu.core.shipped import ANY_LANGUAGE, SHIPPED, TEMPLATES, is_shipped
from kartu.core.source import Mapping, Span, text
from kartu.load.files import Files
from kartu.load.note_type import load_note_type
from kartu.load.shape import read_shape
from kartu.load.shared_names import merged_names, read_shared_names, shared_name
from kartu.load.words import check_aliases


def project_library(files: Files, diagnostics: Diagnostics) -> Library:
    """What the project's templates provide to its decks, and the program's where it has none."""
    own = load_library(files, TEMPLATES, diagnostics)
    return merged((own, load_library(files, SHIPPED, diagnostics, hidden=_folders(files))))


def note_types_of(files: Files, diagnostics: Diagnostics) -> dict[str, NoteType | None]:
    """The note types of `project_library`."""
    own = _load_note_types(files, TEMPLATES, diagnostics)
    return _load_note_types(files, SHIPPED, diagnostics, hidden=_folders(files)) | own


def program_note_types(files: Files) -> dict[str, NoteType]:
    """The note types that came with the program, also those that the project has changed."""
    found = _load_note_types(files, SHIPPED, Diagnostics())
    return {id: one for id, one in found.items() if one is not None}


def _folders(files: Files) -> Collection[str]:
    """The project's folders of note types: each hides the program's one of its name, even if its
    note_type.yaml is missing."""
    return {name for name in files.names(TEMPLATES) if files.is_folder(f"{TEMPLATES}/{name}")}


def load_library(
    files: Files, top: str, diagnostics: Diagnostics, *, hidden: Collection[str] = ()
) -> Library:
    """What the templates in the folder `top` provide to decks, without the `hidden` note types."""
    return Library(
        _load_note_types(files, top, diagnostics, hidden=hidden),
        _load_texts(files, f"{top}/_shared/texts", diagnostics),
        _theme_names(files, f"{top}/_shared/themes"),
        (top,),
        names=read_shared_names(files, f"{top}/_shared", diagnostics),
    )


def over(own: Library, behind: Library) -> Library:
    """The union of both; for equal names, and equal keys of texts, `own` wins.

    What came with the program is behind both.
    """
    layers = {one.folders[0]: one for one in (*layer_by_layer(own), *layer_by_layer(behind))}
    return merged(sorted(layers.values(), key=lambda one: one.folders[0] == SHIPPED))


def layer_by_layer(library: Library) -> tuple[Library, ...]:
    """What each of the library's folders provides, the first one first."""
    return library.layers or (library,)


def merged(layers: Iterable[Library]) -> Library:
    """The union of libraries of one folder each; the first one that has something wins."""
    layers = tuple(layers)
    note_types: dict[str, NoteType | None] = {}
    texts: dict[str, Mapping | None] = {}
    for one in layers:
        note_types |= {id: found for id, found in one.note_types.items() if id not in note_types}
        for language, more in one.texts.items():
            texts[language] = _with(texts[language], more) if language in texts else more
        if SHIPPED in one.folders:
            texts = {id: _with(own, one.texts.get(ANY_LANGUAGE)) for id, own in texts.items()}
    return Library(
        note_types,
        texts,
        themes=tuple(dict.fromkeys(theme for one in layers for theme in one.themes)),
        folders=tuple(one.folders[0] for one in layers),
        layers=layers,
        names=merged_names(one.names for one in layers),
    )


def themes_of(files: Files) -> tuple[tuple[str, ...], SharedNames]:
    """The themes of `project_library`, and the words of languages for them."""
    tops = [f"{top}/_shared" for top in (TEMPLATES, SHIPPED)]
    themes = dict.fromkeys(one for top in tops for one in _theme_names(files, f"{top}/themes"))
    return tuple(themes), merged_names(read_shared_names(files, top, Diagnostics()) for top in tops)


def with_theme(deck: Deck, library: Library) -> Deck:
    """The deck with the name of its theme where deck.yaml has a word for it."""
    if deck.theme is None:
        return deck
    name = shared_name(deck.theme, library.themes, "themes", library.names)
    return deck._replace(theme=text(name, deck.theme.span)) if name else deck


def _with(texts: Mapping | None, more: Mapping | None) -> Mapping | None:
    """The texts of a language, with those that only a file behind has."""
    if texts is None or more is None or texts.keys() >= more.keys():
        return texts
    whole = Mapping({**texts, **{key: more[key] for key in more if key not in texts}})
    whole.span = texts.span
    return whole


def _load_note_types(
    files: Files, top: str, diagnostics: Diagnostics, *, hidden: Collection[str] = ()
) -> dict[str, NoteType | None]:
    """The note types by id; None for one with faults of its own."""
    found: dict[str, NoteType | None] = {}
    for name in files.names(top):
        folder = f"{top}/{name}"
        if name in hidden or name.startswith((".", "_", "~")) or not files.is_folder(folder):
            continue
        if not files.is_file(f"{folder}/note_type.yaml"):
            message = _("the folder {folder} has no note_type.yaml", folder=folder)
            diagnostics.add("unexpected-file", Span(folder), message)
            continue
        before = diagnostics.mark()
        note_type = _load_note_type(files, folder, diagnostics)
        found[name] = note_type if not diagnostics.since(before) else None
    sound = [one for one in found.values() if one is not None]
    check_aliases([(text(one.id, one.span), one.aliases) for one in sound], diagnostics)
    return found


# The program's own note types, by file and content: an editor or a program asks for them again
# and again.
_SHIPPED_NOTE_TYPES: dict[tuple[str, bytes | None], NoteType] = {}


def _load_note_type(files: Files, folder: str, diagnostics: Diagnostics) -> NoteType | None:
    """The note type; one that came with the program is read once for each content of its file."""
    if not is_shipped(folder):
        return load_note_type(files, folder, diagnostics)
    path = f"{folder}/note_type.yaml"
    key = (str(files.path(path)), files.read_bytes(path, diagnostics))
    if key not in _SHIPPED_NOTE_TYPES:
        before = diagnostics.mark()
        note_type = load_note_type(files, folder, diagnostics)
        if note_type is None or diagnostics.since(before):
            return note_type
        _SHIPPED_NOTE_TYPES[key] = note_type
    return _SHIPPED_NOTE_TYPES[key]


def _load_texts(files: Files, folder: str, diagnostics: Diagnostics) -> dict[str, Mapping | None]:
    """The texts of the templates, a mapping per language; None for a file with faults."""
    found: dict[str, Mapping | None] = {}
    for name in files.names(folder):
        if not name.endswith(".yaml"):
            continue
        path = f"{folder}/{name}"
        before = diagnostics.mark()
        shape = read_shape(files, path, _("the list of texts"), diagnostics)
        if shape is not None and not diagnostics.since(before):
            for key in shape.mapping:
                shape.text(key, required=True)
        sound = shape is not None and not diagnostics.since(before)
        found[name.removesuffix(".yaml")] = shape.mapping if shape and sound else None
    return found


def _theme_names(files: Files, folder: str) -> tuple[str, ...]:
    """The themes of the templates: each a folder with a theme.css."""
    names = files.names(folder)
    return tuple(name for name in names if files.is_file(f"{folder}/{name}/theme.css"))
