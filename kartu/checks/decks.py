"""Checks on whole decks."""

from __future__ import annotations

from collections.abc import Iterator

from kartu.compile.render.texts import has_texts
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, did_you_mean, nearest
from kartu.core.language import N_, _
from kartu.core.model import Deck, NoteType, Project, name_in, package_name, subdeck_of
from kartu.core.shipped import SHIPPED, TEMPLATES, is_shipped
from kartu.core.source import Mapping, Span, Text
from kartu.load.names import LANGUAGE, deck_name_fault
from kartu.load.selection import matches
from kartu.load.shared_names import did_you_mean_shared
from kartu.load.words import word_of

_SHARED = {
    "uid": N_('another deck of the project has the uid "{value}" too'),
    "name": N_('another deck of the project has the name "{value}" too'),
    "prefix": N_('another deck of the project has the prefix "{value}" too'),
}
_SAME = {
    "name": N_('the note types "{first}" and "{second}" have the same name'),
    "id": N_('the note types "{first}" and "{second}" have the same id in Anki'),
}
_UNMATCHED = {
    "tag": N_('no note has the tag "{value}"'),
    "type": N_('no note is of the type "{value}"'),
    "subdeck": N_('no note is in the subdeck "{value}"'),
    "id": N_('no note has the id "{value}"'),
}


def check_identities(project: Project, diagnostics: Diagnostics) -> None:
    """The decks of a project have different uids, prefixes and names: their identity in Anki."""
    first: dict[tuple[str, str], Span] = {}
    uids: dict[str, Deck] = {}
    copies: list[str] = []
    for deck in project.decks:
        other = uids.setdefault(deck.uid.casefold(), deck)
        if deck.folder in copies:
            continue  # reported with its deck
        if deck.uid and other is not deck and other.folder != deck.folder and not deck.variant:
            copies.append(deck.folder)
            diagnostics.append(_copied(deck, other, diagnostics))
            continue
        identity = {"uid": deck.uid, "name": deck.name}
        if deck.prefix != deck.name:  # else reported with the name
            identity["prefix"] = deck.prefix
        for what, value in identity.items():
            known = first.setdefault((what, value.casefold()), value.span)
            if value and known != value.span:
                help = _("decks made from one another need a uid, prefix and name of their own")
                message = _(_SHARED[what], value=value)
                related = (Related(known, _("first here")),)
                diagnostics.add("shared-identity", value.span, message, help, related)


def _copied(deck: Deck, other: Deck, diagnostics: Diagnostics) -> Diagnostic:
    """The diagnostic for a deck with the uid of another one, most often a copy of its folder."""
    for one in diagnostics:
        if one.code == "deck-folder-name" and one.span.path == f"{deck.folder}/deck.yaml":
            diagnostics.remove(one)  # it follows from the copying
            break
    message = _(
        "this deck has the uid of the one in {folder}: a copy, to Anki the same deck",
        folder=other.folder,
    )
    help = _(
        "for a deck of its own write another id (the folder's name), name and "
        "prefix, delete the line uid: and all ledger and changelog files here, "
        "and run kartu check --fix; for a backup let the folder's name begin "
        "with _"
    )
    related = (Related(other.uid.span, _("first here")),)
    return Diagnostic("shared-identity", deck.uid.span, message, help, related)


def check_package_names(project: Project, diagnostics: Diagnostics) -> None:
    """No two packages have the same file name."""
    first: dict[str, Span] = {}
    for deck in project.decks:
        for edition in deck.editions:
            name = package_name(deck, edition)
            known = first.setdefault(name.casefold(), edition.span)
            if known != edition.span:
                message = _("another package is named {name} too", name=name)
                help = _("rename the edition or the deck")
                related = (Related(known, _("first here")),)
                diagnostics.add("shared-identity", edition.span, message, help, related)


def check_note_types(project: Project, diagnostics: Diagnostics) -> None:
    """Note types have different ids and names, which identify them in Anki."""
    for language in dict.fromkeys(str(deck.language) for deck in project.decks) or ("",):
        before = diagnostics.mark()
        _check_note_types(project, language, diagnostics)
        if diagnostics.since(before):
            break


def _check_note_types(project: Project, language: str, diagnostics: Diagnostics) -> None:
    first: dict[tuple[str, object], NoteType] = {}
    used = {note.note_type for deck in project.decks for note in deck.notes}
    for note_type in project.note_types.values():
        if is_shipped(note_type.folder) and note_type.id not in used:
            continue
        foreign = note_type.foreign
        name = foreign.name if foreign else name_in(note_type, language)
        traits: dict[str, object] = {"name": name.casefold()}
        if foreign:
            traits["id"] = foreign.id
        for what, value in traits.items():
            known = first.setdefault((what, value), note_type)
            if known is not note_type:
                message = _(_SAME[what], first=known.id, second=note_type.id)
                related = (Related(known.span, _("first here")),)
                diagnostics.add("duplicate-id", note_type.span, message, "", related)


def check_language(project: Project, diagnostics: Diagnostics) -> None:
    """If templates have texts, these exist in the language of each deck."""
    for deck in project.decks:
        if not LANGUAGE.fullmatch(deck.language):
            continue  # reported when the deck is read
        texts = project.of(deck).texts
        if texts and not has_texts(texts, deck.language):
            message = _(
                'templates/_shared/texts has no file for the language "{language}"',
                language=deck.language,
            )
            help = _(
                "there are texts for {languages}: copy one of these files and translate it",
                languages=", ".join(sorted(_own_languages(texts))),
            )
            diagnostics.add("no-text-for-language", deck.language.span, message, help)


def _own_languages(texts: dict[str, Mapping | None]) -> Iterator[str]:
    """Those with a file that did not come with the program."""
    for language, one in texts.items():
        if one is None or not is_shipped(one.span.path):
            yield language


def check_texts(project: Project, diagnostics: Diagnostics) -> None:
    """Each language that the project has or uses has every text that it gives to any language.

    Texts that came with the program may be missing in other languages: they appear in English.
    """
    used = {str(deck.language).partition("-")[0] for deck in project.decks}
    sound = [
        texts
        for language, texts in project.texts.items()
        if texts is not None and (language in used or not is_shipped(texts.span.path))
    ]
    spans = ((key, texts.key_span(key)) for texts in reversed(sound) for key in texts)
    places = {key: span for key, span in spans if not is_shipped(span.path)}
    reported: set[str] = set()  # a misspelt text of one language is a missing one of the others
    for texts in sound:
        missing = sorted(set(places) - set(texts) - reported)
        if not missing:
            continue
        names = ", ".join(f'"{key}"' for key in missing)
        own = [key for key in texts if all(key not in other for other in sound if other != texts)]
        near = next((like for key in missing if (like := nearest(key, own))), None)
        if near is not None and len(missing) == 1:
            reported.add(near)
        help = _("write it here too, in this language")
        place = Span(texts.span.path.replace(SHIPPED, TEMPLATES, 1))  # where they can be written
        if near is not None:
            help, place = (
                _('or is "{near}" meant to be one of them?', near=near),
                texts.key_span(near),
            )
        related = tuple(
            Related(places[key], _('"{key}" in another language', key=key)) for key in missing
        )
        message = _("{file} has no text {names}", file=place.path.rpartition("/")[2], names=names)
        diagnostics.add("missing-text", place, message, help, related)


def with_all_texts(project: Project) -> Project:
    """The project with the texts that a language lacks, which is reported, taken from another."""
    sound = [texts for texts in project.texts.values() if texts is not None]
    merged = dict(project.texts)
    for language, texts in project.texts.items():
        if texts is not None and any(not texts.keys() >= other.keys() for other in sound):
            whole = Mapping({key: other[key] for other in (*sound, texts) for key in other})
            whole.span = texts.span
            merged[language] = whole
    return project._replace(texts=merged)


def check_theme(project: Project, diagnostics: Diagnostics) -> None:
    """The theme that a deck chooses exists."""
    for deck in project.decks:
        here = project.of(deck)
        if deck.variant or deck.theme is None or deck.theme in here.themes:
            continue
        message = _('there is no theme "{theme}"', theme=deck.theme)
        help = did_you_mean_shared(deck.theme, here.themes, "themes", deck.language, here.names)
        diagnostics.add("unknown-theme", deck.theme.span, message, help)


def check_deck_names(project: Project, diagnostics: Diagnostics) -> None:
    """The full names of subdecks are valid in Anki; no two differ by case alone."""
    for deck in project.decks:
        first: dict[str, tuple[str, Text]] = {}
        notes = {note.subdeck: note for note in deck.notes if note.subdeck}
        names = {subdeck: subdeck_of(deck, note) for subdeck, note in notes.items()}
        _check_merged(names, diagnostics)
        for subdeck in names.values():
            parts = subdeck.split("::")
            for count in range(1, len(parts) + 1):
                name = "::".join(parts[:count])
                known, there = first.setdefault(name.casefold(), (name, subdeck))
                if known != name:
                    message = _(
                        'the subdeck "{name}" differs from "{known}" by case alone',
                        name=name,
                        known=known,
                    )
                    related = (Related(there.span, _("first here")),)
                    help = _('write "{known}"', known=known)
                    diagnostics.add("bad-deck-name", subdeck.span, message, help, related)
            full = f"{deck.name}::{subdeck}"
            if deck.name and not deck_name_fault(subdeck) and (fault := deck_name_fault(full)):
                diagnostics.add(
                    "bad-deck-name",
                    subdeck.span,
                    _('the deck "{full}": {fault}', full=full, fault=fault),
                )


def _check_merged(names: dict[Text, Text], diagnostics: Diagnostics) -> None:
    """A language variant has different names for subdecks; `names` maps the deck's own to them."""
    first: dict[str, Text] = {}
    for subdeck, name in names.items():
        known = first.setdefault(name, subdeck)
        if known is not subdeck:
            message = _(
                'the subdecks "{known}" and "{subdeck}" are both named "{name}"',
                known=known,
                subdeck=subdeck,
                name=name,
            )
            diagnostics.add("bad-deck-name", name.span, message, _("give each a name of its own"))


def check_editions(project: Project, diagnostics: Diagnostics) -> None:
    """Every edition has a note, and every term of its include matches some."""
    for deck in project.decks:
        words = {id: word_of(one, one.language) for id, one in project.of(deck).note_types.items()}
        for edition in deck.editions:
            unknown = [
                term
                for term in edition.terms
                if not any(matches(note, term) for note in deck.all_notes)
            ]
            for name, given in unknown:
                value = words.get(given, given) if name == "type" else given
                message = _(_UNMATCHED[name], value=value)
                known = _values(deck, name)
                known = {words.get(one, one) for one in known} if name == "type" else known
                near = nearest(value, known)
                there = [tag for note in deck.notes for tag in note.tags if tag == near]
                related = tuple(
                    Related(tag.span, _('"{near}" is here', near=near)) for tag in there[:1]
                )
                help = did_you_mean(value, known)
                diagnostics.add("bad-selection", edition.span, message, help, related)
            if not unknown and not any(edition.chooses(note) for note in deck.notes):
                if not edition.key:
                    message, help = (
                        _("the deck has no note"),
                        _("write a card set into {folder}/", folder=deck.folder),
                    )
                    if deck.unfinished:
                        message = _("all notes of the deck are unfinished")
                        help = _('write what is missing in one, and delete its "unfinished"')
                else:
                    message = _('no note belongs to the edition "{key}"', key=edition.key)
                    help = _("look at its `include` and at the notes' tags")
                diagnostics.add("empty-edition", edition.span, message, help)


def _values(deck: Deck, name: str) -> set[str]:
    """The values that the notes have for a kind of term."""
    if name == "tag":
        return {str(tag) for note in deck.notes for tag in note.tags}
    attribute = {"type": "note_type"}.get(name, name)
    return {str(getattr(note, attribute)) for note in deck.notes}
