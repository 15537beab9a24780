"""Checks on sources and facts: cited ones exist, and listed ones are used."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics, Related, did_you_mean, nearest
from kartu.core.language import _
from kartu.core.model import Deck, Note, Project
from kartu.core.source import Span
from kartu.load.selection import matches


def check_sources(project: Project, diagnostics: Diagnostics) -> None:
    """A note's sources are in deck.yaml, and each of those is used (perhaps misspelt).

    Once a note of a deck names its source, each must name one.
    """
    for deck in project.decks:
        used = {str(key) for note in deck.notes for key in note.sources}
        waiting = {str(key) for note in deck.unfinished for key in note.sources}
        for note in deck.notes if used else ():
            for name in note.sources:
                if name not in deck.sources:
                    message = (
                        _('deck.yaml lists no source "{name}"', name=name)
                        if deck.sources
                        else _("deck.yaml lists no sources")
                    )
                    help = did_you_mean(name, deck.sources)
                    near = nearest(name, deck.sources)
                    there = deck.sources[near].key.span if near else None
                    related = (Related(there, _('"{near}" is here', near=near)),) if there else ()
                    diagnostics.add("unknown-source", name.span, message, help, related)
            if not note.sources and note.retired is None:
                message = _("the note names no source, so nobody can look its answer up")
                help = _('add a line "sources: [...]" with a key of deck.yaml\'s sources')
                diagnostics.add("note-without-source", note.id.span, message, help)
        for key, source in deck.sources.items():
            own = not _is_upstreams(source.key.span, deck)
            if own and key not in used | waiting and not nearest(key, used - set(deck.sources)):
                message = _('no note names the source "{key}"', key=key)
                diagnostics.add("unused-source", source.key.span, message)


def check_facts(project: Project, diagnostics: Diagnostics) -> None:
    """Where a deck lists the facts it should ask: notes name only these, and each is asked."""
    for deck in project.decks:
        if not deck.facts:
            continue
        for note in deck.notes:
            for name in note.facts:
                if name not in deck.facts:
                    message = _('the deck\'s list of facts has no "{name}"', name=name)
                    help = did_you_mean(name, deck.facts)
                    diagnostics.add("unknown-fact", name.span, message, help)
        unknown = {str(key) for note in deck.notes for key in note.facts} - set(deck.facts)
        for key, notes in fact_coverage(deck).items():
            fact = deck.facts[key]
            if not notes and not nearest(key, unknown) and not _is_upstreams(fact.span, deck):
                diagnostics.add(
                    "fact-without-note",
                    fact.span,
                    _("no note asks {key}: {fact}", key=key, fact=fact),
                )


def _is_upstreams(place: Span, deck: Deck) -> bool:
    """Whether the place is in the extended deck, whose sources and facts need not be used."""
    return deck.upstream is not None and not place.path.startswith(f"{deck.folder}/")


def check_balance(project: Project, diagnostics: Diagnostics) -> None:
    """Each tag in the deck's `balance` is on at least that percentage of the notes."""
    for deck in project.decks:
        if not deck.balance:
            continue
        notes = [note for note in deck.notes if note.retired is None]
        for tag, least in deck.balance.items():
            having = sum(matches(note, ("tag", tag)) for note in notes)
            if having * 100 < least * len(notes):
                message = _(
                    '{having} of {notes} notes have the tag "{tag}": {percent} %, and the '
                    "deck wants {least} %",
                    having=having,
                    notes=len(notes),
                    tag=tag,
                    percent=having * 100 // len(notes),
                    least=least,
                )
                known = {str(one) for note in notes for one in note.tags}
                help = _("write more notes with it, or ask for fewer")
                if not having:
                    help = did_you_mean(tag, known) or help
                diagnostics.add("unbalanced-tags", tag.span, message, help)


def fact_coverage(deck: Deck) -> dict[str, list[Note]]:
    """For each fact of the deck's list, in order, the notes that ask it, without retired ones."""
    found: dict[str, list[Note]] = {key: [] for key in deck.facts}
    for note in deck.notes:
        if note.retired is None:
            for key in note.facts:
                if key in found:
                    found[key].append(note)
    return found
