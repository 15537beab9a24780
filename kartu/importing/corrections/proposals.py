"""Which corrections are taken: those that only Anki's side made, three ways for each field.

A field of Anki that is what was published, now or in an earlier release, is no correction. Where
the sources have changed it since the release too, people decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from kartu.anki.field_html import canonical, tokens
from kartu.compile.built import BuiltNote
from kartu.core.language import _, ngettext
from kartu.core.source import Span
from kartu.importing.corrections.collected import Collected, Variant
from kartu.importing.corrections.markup import elements
from kartu.importing.corrections.ours import OurDeck, OurField, hashes, shown_html, with_value
from kartu.importing.corrections.values import Field, value_of_html
from kartu.ledger.entries import had_other_tags, shown_hash, tags_hash
from kartu.load.ids.names import visible_text
from kartu.rewrite.notes.card_set import Form
from kartu.rewrite.notes.deck import DeckNotes
from kartu.rewrite.notes.values import EditRefusedError, Value, cell_of_value, is_blank

Kind: TypeAlias = Literal["taken", "left", "conflict", "refused"]


class Choice(NamedTuple):
    """What a field could become: the value to write, None where none shows that HTML.

    `html` is the field as Anki has it, with the names that its files have here, `number` that
    of the packages that have it, `files` the new files that it names.
    """

    value: Value | None
    html: str
    number: int
    files: frozenset[str]


class Proposal(NamedTuple):
    """A field or the tags of a note that is another in Anki.

    `kind` is "taken" where only Anki's side changed it, "left" where it is an older text of ours
    or somebody decided so, "conflict" where both did, or several packages did in different ways,
    and "refused" where it cannot be written; `reason` says why it is not taken. `key` is the
    field's, `name` what people call it, `before` the author's value, `span` its place.
    """

    kind: Kind
    note: str
    title: str
    key: str
    name: str
    span: Span
    before: Value
    choices: tuple[Choice, ...]
    reason: str = ""


class Proposer:
    """Makes proposals for a deck.

    `bases` is the HTML of fields in packages that students had, by note and field.
    """

    def __init__(
        self, ours: OurDeck, notes: DeckNotes, bases: Mapping[tuple[str, int], list[str]]
    ) -> None:
        self._ours = ours
        self._notes = notes
        self._bases = bases

    def proposals(self, found: Collected) -> Iterator[Proposal]:
        """Yields what packages have differently, in the order of the deck."""
        order = {guid: number for number, guid in enumerate(self._ours.notes)}
        for guid, place in sorted(found.fields, key=lambda key: (order[key[0]], key[1])):
            built = self._ours.notes[guid]
            field = next(one for one in self._ours.fields_of(built) if one.place == place)
            if self._follows(built, field, found):
                continue
            yield self._of_field(built, field, found.fields[guid, place])
        yield from self._of_tags(found)

    def _of_field(
        self, built: BuiltNote, field: OurField, variants: Mapping[str, Variant]
    ) -> Proposal:
        id = str(built.source.id)
        entry = self._ours.published.get(id)
        bases = self._bases.get((built.guid, field.place), ())
        now, earlier = hashes(entry, str(field.type.id), bases)
        new = [one for one in variants.values() if shown_hash(one.raw) not in now | earlier]
        form, refusal = self._form(built)
        proposal = self._proposal(built, field, form)
        if not new:
            return proposal._replace(kind="left", reason=_("changed here since then"))
        if refusal:
            return proposal._replace(kind="refused", reason=refusal)
        choices, reasons = [], []
        for one in sorted(new, key=lambda one: (-one.number, one.html)):
            value, reason = self._value(built, field, form, one)
            choices.append(Choice(value, one.html, one.number, one.files))
            reasons.append(reason)
        proposal = proposal._replace(choices=tuple(choices))
        if not now:
            reason = _("nothing says what was published: name a package of it with --base")
            return proposal._replace(kind="conflict", reason=reason)
        if shown_hash(field.html) not in now:
            return proposal._replace(kind="conflict", reason=_("it was changed here too"))
        if len(choices) > 1:
            reason = _("the packages have different texts")
            return proposal._replace(kind="conflict", reason=reason)
        if reasons[0]:
            return proposal._replace(kind="refused", reason=reasons[0])
        return proposal

    def _follows(self, built: BuiltNote, field: OurField, found: Collected) -> bool:
        """Whether it is a right answer written as a letter, which follows its option."""
        form, _refusal = self._form(built)
        if not field.type.one_of or form is None:
            return False
        own = form.values.get(str(field.type.key), "")
        if own == built.source.values.get(str(field.type.key)):
            return False
        options = [one for one in self._ours.fields_of(built) if one.type.key in field.type.one_of]
        same = (one.place for one in options if one.html == field.html)
        there = {key for place in same for key in found.fields.get((built.guid, place), ())}
        return {*found.fields[built.guid, field.place]} <= there

    def _value(
        self, built: BuiltNote, field: OurField, form: Form | None, variant: Variant
    ) -> tuple[Value | None, str]:
        """The value to write, or why there is none."""
        if variant.fault:
            return None, variant.fault
        key = str(field.type.key)

        def render(value: Value) -> str | None:
            made = self._ours.build(with_value(built.source, key, value))
            return shown_html(made, field.place) if made is not None else None

        own = form.values.get(key, "") if form is not None else ""
        value = value_of_html(Field(field.type.format, own, render), variant.html)
        if value is None:
            return None, lost_parts(variant.html)
        if is_blank(value) and field.type.required:
            return None, _("a card needs this field")
        return value, ""

    def _form(self, built: BuiltNote) -> tuple[Form | None, str]:
        try:
            return self._notes.form(str(built.source.id)), ""
        except EditRefusedError as error:
            return None, f"{error.message}; {error.help}" if error.help else error.message

    def _proposal(self, built: BuiltNote, field: OurField, form: Form | None) -> Proposal:
        key = str(field.type.key)
        note = built.source
        there = note.values.get(key)
        return Proposal(
            kind="taken",
            note=str(note.id),
            title=_title(built),
            key=key,
            name=field.names[0],
            span=there.span if there is not None else note.id.span,
            before=form.values.get(key, "") if form is not None else "",
            choices=(),
        )

    def _of_tags(self, found: Collected) -> Iterator[Proposal]:
        for built in self._ours.notes.values():
            id = str(built.source.id)
            tags = {tag: n for (note, tag), n in found.tags.items() if note == id}
            entry = self._ours.published.get(id)
            if not tags or entry is None:
                continue
            form, refusal = self._form(built)
            own = form.values.get("tags", []) if form is not None else []
            own = [str(one) for one in own] if isinstance(own, list) else []
            new = sorted(tag.removeprefix(self._ours.prefix) for tag in tags)
            same = entry.parts["tags"] == tags_hash(built.tags) and not had_other_tags(entry)
            reason = refusal or ("" if same else _("its labels changed between releases"))
            yield Proposal(
                kind="taken" if not reason else "refused" if refusal else "left",
                note=id,
                title=_title(built),
                key="tags",
                name=_("labels"),
                span=built.source.id.span,
                before=own,
                choices=(Choice([*own, *new], "", max(tags.values()), frozenset()),),
                reason=reason,
            )


def _title(built: BuiltNote) -> str:
    first = next(iter(built.source.values.values()), "")
    text = visible_text(cell_of_value(str(first))) if isinstance(first, str) else ""
    return f"{text[:79]}…" if len(text) > 80 else text or str(built.source.id)


def lost_parts(html: str) -> str:
    """Returns the reason why no text of the sources is displayed as this HTML."""
    parts = [one for one in elements(tokens(canonical(html))) if one != "<br>"]
    if not parts:
        return _("no text here is displayed like that")
    shown = ", ".join(parts[:3])
    return ngettext(
        "this would be lost: {parts}", "these would be lost: {parts}", len(parts), parts=shown
    )
