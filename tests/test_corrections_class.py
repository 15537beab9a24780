"""A class of students corrects a deck in the real Anki, and any HTML comes back, or is refused."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corrections import STUDENTS, World, fields_now, ours_now, released, taken, world
from support.edit_project import files_of
from support.sampling import examples
from support.students import Edit, Edits, a_class, a_class_elsewhere

from kartu.anki.field_html import canonical
from kartu.compile.render.media import renamed_in
from kartu.compile.render.results import Results
from kartu.importing.corrections.ours import OurDeck, shown_html, with_value
from kartu.importing.corrections.values import Field, value_of_html
from kartu.importing.texts import clean_field
from kartu.load import load_project
from kartu.load.files import Files
from kartu.rewrite.notes.values import Value, is_blank, value_of

OTHER = os.environ.get("KARTU_ANKI", "")
FUZZED = int(os.environ.get("KARTU_FUZZED", "0"))

__all__ = ["released", "world"]


def test_a_class_hands_in_its_packages(world: World, tmp_path: Path) -> None:
    """An oracle knows who changed what: no edit of the author is undone, no own text comes along.

    KARTU_STUDENTS=30 does it with the real deck, KARTU_ANKI with the Anki of another Python.
    """
    number, notes = (STUDENTS, 40) if STUDENTS else (3, 6)
    arguments = (world.package, world.deck, tmp_path, number, notes)
    edits = a_class_elsewhere(OTHER, *arguments) if OTHER else a_class(*arguments)
    packages = [tmp_path / f"{one}.apkg" for one in range(number)]
    chance = random.Random(26)
    published = fields_now(world.root, world.deck)
    authors = author_changes(world, chance, 30 if STUDENTS else 2)
    before, bytes_before = fields_now(world.root, world.deck), files_of(world.root)
    ours = ours_now(world.root, world.deck)
    begun = process_time()
    found = taken(world, *packages)
    seconds = process_time() - begun
    after = fields_now(world.root, world.deck)
    students, answers = by_place(edits, ours), answers_of(ours)
    result = Counter[str]()
    for place, there in students.items():
        alone, same = place not in authors, len(there) == 1
        if alone and same:
            edit = next(iter(there.values()))
            ok = after[place] != published[place] and after[place] == next(iter(there))
            result["taken" if ok else "not taken"] += 1
            result[f"{edit.kind}: {'taken' if ok else 'not'}"] += 1
            assert ok or after[place] == before[place]
        else:
            result["decide"] += 1
            assert after[place] == before[place], (place, there)
    for place, html in after.items():
        if place not in before:  # of a note that somebody added
            continue
        option = place in answers and any(note == place[0] for note, _field in students)
        if place not in students and not option:  # an answer written as a letter follows its option
            assert html == before[place], place
    changed_files = {
        path for path, data in files_of(world.root).items() if bytes_before.get(path) != data
    }
    assert changed_files == {one.path for one in found.files} | {*found.media}
    assert len(found.new) == number
    result["new notes"] = sum(not one.reason for one in found.new)
    kinds = Counter(one.kind for one in found.proposals)
    print(f"\n{dict(kinds)} {dict(sorted(result.items()))} authors {len(authors)}, {seconds:.1f} s")
    if STUDENTS:
        assert result["taken"] >= 0.9 * (result["taken"] + result["not taken"])
    own = [data for data in files_of(world.root).values() if b"rahasia" in data]
    assert not own


Place: TypeAlias = tuple[str, str]


def by_place(edits: Sequence[Edits], ours: OurDeck) -> dict[Place, dict[str, Edit]]:
    """What students made of each field, by its canonical HTML."""
    found: dict[Place, dict[str, Edit]] = {}
    for one in edits:
        for (guid, field), edit in one.items():
            html = canonical(renamed_in(edit.after, ours.packed))
            found.setdefault((guid.rpartition(":")[2], field), {})[html] = edit
    return found


def answers_of(ours: OurDeck) -> set[Place]:
    """The fields that repeat the text of an option."""
    return {
        (str(built.source.id), field.names[0])
        for built in ours.notes.values()
        for field in ours.fields_of(built)
        if field.type.one_of
    }


def author_changes(world: World, chance: random.Random, number: int) -> set[tuple[str, str]]:
    """Corrects some texts in the sources; returns where."""
    before = fields_now(world.root, world.deck)
    paths = sorted((world.root / "cards").glob("*/*.yaml"))
    for path in chance.sample(paths, min(number, len(paths))):
        text = path.read_text("utf-8")
        for word in (" yang ", " dan ", " sel "):
            if path.name != "deck.yaml" and word in text:
                at = text.index(word) + len(word)
                path.write_text(f"{text[:at]}juga {text[at:]}", "utf-8")
                break
    after = fields_now(world.root, world.deck)
    return {place for place in after if after[place] != before.get(place)}


# --- laws -----------------------------------------------------------------------------------------

_HTML = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            (
                *("<b>", "</b>", "<i>", "<br>", "<div>", "</div>", "<ul><li>", "</li></ul>"),
                *("&amp;", "&nbsp;", "&lt;", "\\(", "\\)", "{{c1::", "}}", "**", "_", "# ", "- "),
                *('<img src="sel.png">', '<a href="https://x.org">', "</a>", "<span>", "<", "`"),
                *("[sound:a.mp3]", "<table>", "<p>", "</p>", "\n", "1. ", "|", "$", "\\", "<!--"),
            )
        ),
    ),
    max_size=8,
).map("".join)


@given(_HTML)
@settings(max_examples=examples(1000, 10), deadline=None)
def test_the_canonical_form_is_one(html: str) -> None:
    """It is its own canonical form."""
    assert canonical(canonical(html)) == canonical(html)


@pytest.fixture(scope="module")
def ours(released: World) -> OurDeck:
    project, _faults = load_project(released.root)
    return OurDeck(project, project.decks[0], Files(released.root), Results())


@given(html=_HTML, which=st.integers(0, 40))
@settings(max_examples=FUZZED or examples(1000, 10), deadline=None)
def test_any_html_goes_back_exactly_or_not_at_all(ours: OurDeck, html: str, which: int) -> None:
    """What is taken renders to this HTML; everything else is refused, and nothing raises.

    KARTU_FUZZED=100000 tries as many.
    """
    places = [(note, field) for note in ours.notes.values() for field in ours.fields_of(note)]
    built, field = places[which % len(places)]
    key = str(field.type.key)

    def render(value: Value) -> str | None:
        made = ours.build(with_value(built.source, key, value))
        return shown_html(made, field.place) if made is not None else None

    own = value_of(built.source.values.get(key))
    value = value_of_html(Field(field.type.format, own, render), clean_field(html))
    if value is not None and not is_blank(value):
        assert render(value) == canonical(clean_field(html))
