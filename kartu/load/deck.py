"""cards/<deck>/deck.yaml: the properties of a deck."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from re import Pattern
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.core.model import Deck, Edition, Note, NoteType, Options, Source
from kartu.core.source import Mapping as MappingNode
from kartu.core.source import Span, Text, text
from kartu.load.files import Files
from kartu.load.names import (
    DEVICES,
    ID,
    LANGUAGE,
    LINK,
    MAIL,
    UID,
    VERSION,
    card_name_fault,
    deck_name_fault,
    tag_fault,
    tag_part,
)
from kartu.load.one_file import OF_THE_SET
from kartu.load.selection import NO_TYPES, Selection, SelectionError, everything
from kartu.load.selection import parse as parse_selection
from kartu.load.shape import BY_FIX_IF_NEW, Shape, is_blank, read_shape
from kartu.load.yaml import parse

_UID_IS = N_("16 random hex digits, the first a letter from a to f")
_LANGUAGE_IS = N_('a language code like "id" or "en"')
_VERSION_IS = N_("a version like 1.0.0")

FIXED = {"uid": BY_FIX_IF_NEW}


def load_deck(
    files: Files,
    folder: str,
    notes: Iterable[Note],
    diagnostics: Diagnostics,
    *,
    note_types: Mapping[str, NoteType | None] = NO_TYPES,
) -> Deck | None:
    """The deck of a folder below cards/, or None if its deck.yaml cannot be read.

    `note_types` are those that an edition may name by an alias.
    """
    path = f"{folder}/deck.yaml"
    shape = read_shape(files, path, _("the deck"), diagnostics, fixed=FIXED)
    if shape is None:
        return None
    deck = deck_of(shape, folder, tuple(notes), files, note_types)
    if shape.has("in_place") and deck.extends is None:
        message = _('the deck has in_place but no "extends"')
        shape.add_missing("extends", "missing-key", shape.place, message, "upstream/<project>")
    if files.one is not None:
        shape.taken.update(OF_THE_SET)
    shape.finish()
    return deck


class Identity(NamedTuple):
    """What distinguishes a deck, or a language variant of one, from all others."""

    uid: Text
    name: Text
    prefix: Text


def read_identity(shape: Shape) -> Identity:
    """The uid, name and prefix of deck.yaml or of a variant file."""
    name = _name(shape)
    uid = _matching(shape, "uid", UID, "bad-uid", _UID_IS)
    return Identity(uid, name, _prefix(shape, name))


def deck_of(
    shape: Shape,
    folder: str,
    notes: tuple[Note, ...],
    files: Files,
    note_types: Mapping[str, NoteType | None] = NO_TYPES,
) -> Deck:
    """The deck that a mapping with the keys of deck.yaml describes; faults go to the shape."""
    identity = read_identity(shape)
    return Deck(
        id=_id(shape, folder.rpartition("/")[2]) if files.one is None else files.one.id,
        uid=identity.uid,
        name=identity.name,
        language=_matching(shape, "language", LANGUAGE, "bad-value", _LANGUAGE_IS),
        version=_matching(shape, "version", VERSION, "bad-value", _VERSION_IS),
        description=shape.text("description") or "",
        licence=shape.text("licence") or "",
        authors=shape.texts("authors"),
        prefix=identity.prefix,
        sources=_sources(shape),
        facts=_facts(shape, folder, files),
        options=_options(shape),
        editions=_editions(shape, note_types),
        notes=notes,
        folder=folder,
        span=shape.place,
        media_licences=_media_licences(shape),
        balance=_balance(shape),
        theme=shape.text("theme"),
        prefix_tags=shape.flag("prefix_tags", True),
        extends=_extends(shape),
        in_place=shape.flag("in_place"),
        report=_report(shape),
    )


def _extends(shape: Shape) -> Text | None:
    shape.check_not_blank("extends")
    return shape.text("extends")


def _id(shape: Shape, folder_name: str) -> str:
    value = shape.text("id", required=True)
    if value is not None and value != folder_name:
        help = _('rename the folder back to "{id}"', id=value)
        if ID.fullmatch(folder_name):
            help = _(
                'rename the folder back to "{id}", or write id: {folder}; students keep their '
                "progress with both",
                id=value,
                folder=folder_name,
            )
        message = _(
            'the deck\'s id is "{id}" but its folder is named "{folder}"',
            id=value,
            folder=folder_name,
        )
        shape.add("deck-folder-name", value.span, message, help)
    elif value is not None and not ID.fullmatch(value):
        help = _("rename the folder and the id: a-z, 0-9 and - only")
        shape.add("bad-id", value.span, _('"{id}" is not a valid deck id', id=value), help)
    elif value in DEVICES:
        message = _('Windows reserves the name "{name}"', name=value)
        other = f"{value}-deck"
        help = _('rename the folder and the id, for example to "{id}"', id=other)
        shape.add("bad-id", value.span, message, help)
    return folder_name


def _name(shape: Shape) -> Text:
    name = shape.text("name", required=True)
    if name is not None and (fault := deck_name_fault(name)):
        shape.add(
            "bad-deck-name", name.span, _('the deck name "{name}": {fault}', name=name, fault=fault)
        )
    return name if name is not None else text("", shape.place)


def _matching(shape: Shape, key: str, pattern: Pattern[str], code: str, wanted: str) -> Text:
    value = shape.text(key, required=True, wanted=f"<{_(wanted)}>")
    if value is not None and not pattern.fullmatch(value):
        shape.add(
            code,
            value.span,
            _('"{key}" cannot be "{value}"', key=key, value=value),
            _("it must be {wanted}", wanted=_(wanted)),
        )
    return value if value is not None else text("", shape.place)


def _prefix(shape: Shape, name: Text) -> Text:
    """The prefix of tags and note types; by default the deck's name."""
    prefix = shape.text("prefix")
    value = prefix if prefix is not None else name
    fault = tag_fault(tag_part(value)) or card_name_fault(value)
    if prefix is not None and "::" in prefix:
        fault = _("it must be one part, without ::")
    if value and fault:
        help = (
            _("write another one") if prefix is not None else _("write a short prefix: of your own")
        )
        shape.add(
            "bad-tag",
            value.span,
            _('the prefix "{prefix}": {fault}', prefix=value, fault=fault),
            help,
        )
    return value


def _sources(shape: Shape) -> dict[str, Source]:
    entries = shape.inner("sources", "sources")
    found: dict[str, Source] = {}
    if entries is None:
        return found
    for key in entries.mapping:
        one = entries.inner(key, _('the source "{key}"', key=key))
        if one is not None and one.readable:
            found[key] = Source(
                key=text(key, entries.mapping.key_span(key)),
                title=one.text("title", required=True) or "",
                publisher=one.text("publisher") or "",
                date=one.text("date") or "",
                url=_url(one),
            )
            one.finish()
    return found


def _url(shape: Shape) -> str:
    url = shape.text("url")
    if url is not None and not LINK.fullmatch(url):
        help = _("it begins with https:// and a name such as example.org")
        shape.add("bad-value", url.span, _('"{url}" is not a web address', url=url), help)
        return ""
    return url or ""


def _report(shape: Shape) -> str:
    address = shape.text("report")
    if address is not None and not (LINK if address.startswith("https:") else MAIL).fullmatch(
        address
    ):
        help = _("write https:// and a page for reports, or mailto: and an e-mail address")
        message = _('"{address}" is not where mistakes can be reported', address=address)
        shape.add("bad-value", address.span, message, help)
        return ""
    return address or ""


def _facts(shape: Shape, folder: str, files: Files) -> dict[str, Text]:
    """The list of facts that the deck should ask: a file of `key: short text` lines."""
    name = shape.text("facts")
    if name is None:
        return {}
    if "/" in name or "\\" in name or not files.is_file(f"{folder}/{name}"):
        message = _('there is no file "{name}" in {folder}', name=name, folder=folder)
        shape.add("file-unreadable", name.span, message, _("put it next to deck.yaml"))
        return {}
    path = f"{folder}/{name}"
    content = files.read_text(path, shape.diagnostics)
    node = parse(content, path, shape.diagnostics) if content is not None else None
    if node is None:
        return {}
    facts = Shape(node, _("the list of facts"), Span(path), shape.diagnostics)
    found = {key: facts.text(key) for key in facts.mapping}
    return {key: text(value, facts.mapping.key_span(key)) for key, value in found.items() if value}


def _media_licences(shape: Shape) -> dict[str, Text] | None:
    """The licence of each media file by its name in media/, where the deck lists them."""
    if "media_licences" not in shape.mapping:
        return None
    entries = shape.inner("media_licences", "media_licences")
    if entries is None:
        return {}
    found = {key: entries.text(key, required=True) for key in entries.mapping}
    return {
        text(key, entries.mapping.key_span(key)): value
        for key, value in found.items()
        if value is not None
    }


def _balance(shape: Shape) -> dict[Text, int]:
    """The minimum percentage of the deck's notes for each tag."""
    entries = shape.inner("balance", "balance")
    if entries is None:
        return {}
    found = {key: entries.integer(key, lowest=1, highest=100) for key in entries.mapping}
    return {
        text(key, entries.mapping.key_span(key)): percent
        for key, percent in found.items()
        if percent is not None
    }


def _options(shape: Shape) -> Options:
    options = shape.inner("options", "options")
    if options is None:
        return Options()
    found = Options(
        new_per_day=options.integer("new_per_day", lowest=0, highest=9999),
        desired_retention=options.decimal("desired_retention", lowest=0.7, highest=0.99),
    )
    options.finish()
    return found


def _editions(shape: Shape, note_types: Mapping[str, NoteType | None]) -> tuple[Edition, ...]:
    entries = shape.inner("editions", "editions")
    if entries is None or not entries.mapping:
        return (Edition("", "", everything, (), shape.place),)
    nothing = MappingNode()
    nothing.span = entries.place
    found = []
    for key, node in entries.mapping.items():
        place = entries.mapping.key_span(key)
        if not ID.fullmatch(key):
            entries.add(
                "bad-id",
                place,
                _('"{key}" cannot be the name of an edition', key=key),
                _("use a-z, 0-9 and -"),
            )
        what = _('the edition "{key}"', key=key)
        one = Shape(nothing if is_blank(node) else node, what, place, shape.diagnostics)
        found.append(_edition(key, one, place, note_types))
    return tuple(found)


def _edition(
    key: str, shape: Shape, place: Span, note_types: Mapping[str, NoteType | None]
) -> Edition:
    title = shape.text("title") or ""
    shape.check_not_blank("include", N_("write which notes, or delete the line for all of them"))
    include = shape.text("include")
    shape.finish()
    selection = Selection(everything, ())
    if include is not None:
        try:
            selection = parse_selection(include, note_types)
        except SelectionError as error:
            help = _('for example "tag:core and not type:cloze"')
            message = _('the include of the edition "{key}": {error}', key=key, error=error)
            shape.add("bad-selection", include.span, message, help)
    span = include.span if include is not None else place
    return Edition(key, title, selection.chooses, selection.terms, span)
