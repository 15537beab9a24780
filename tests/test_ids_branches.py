"""Which row is which note, where branches are merged by git and clones lack the files of ids."""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.histories import KINDS, OPERATIONS, Deck, History, Item, homonyms_of
from support.projects import needs_git
from support.sampling import examples

from kartu.core.model import Deck as LoadedDeck
from kartu.load import load_project
from kartu.load.ids.lines import ENDING
from kartu.publish.ids import Answers, Asked, answer

RUNS = int(os.environ.get("KARTU_IDS_RUNS", "0")) // 6 or examples(10, 5)

FOLDER = "cards/contoh"
PROJECT = {
    f"{FOLDER}/deck.yaml": """\
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
""",
    "templates/dasar/note_type.yaml": """\
id: dasar
name: Dasar
fields: [{key: q, name: Q, id: 1}, {key: a, name: A, id: 2}, {key: c, name: C, id: 3}]
cards: [{id: 1, name: Maju, front: q.html, back: q.html}]
""",
    "templates/dasar/q.html": "{{Q}}{{A}}{{C}}",
}
COLUMNS = ("note_type", "q", "a", "c", "x-true")

# Git merges texts in one file: what is in two files under two names it has to guess.
IN_ONE_BRANCH = [one for one in OPERATIONS if one not in (History.rename, History.split)]


class Checkout:
    """A folder with a deck; its rows say in a column of the author's own which note they are."""

    def __init__(self, root: Path, history: History) -> None:
        self.root = root
        self.history = history
        self.known: dict[str, list[Item]] = defaultdict(list)  # by id: what has had it
        self.slips: dict[int, set[str]] = defaultdict(set)
        for name, content in PROJECT.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        self.write(history.deck)

    @property
    def folder(self) -> Path:
        return self.root / FOLDER

    def write(self, deck: Deck) -> None:
        for path in self.folder.glob("*.csv"):
            path.unlink()
        for file in {one.file for one in deck}:
            rows = [one for one in deck if one.file == file]
            with (self.folder / f"{file}.csv").open("w", encoding="utf-8", newline="") as sheet:
                writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\n")
                writer.writeheader()
                for one in rows:
                    writer.writerow({"note_type": "dasar", "x-true": one.id, **one.texts})
        for one in deck:
            self.slips[one.id].update(one.slipped)

    def read(self) -> Deck:
        found = []
        for path in sorted(self.folder.glob("*.csv")):
            for row in csv.DictReader(io.StringIO(path.read_text("utf-8"))):
                texts = {key: row[key] for key in "qac" if row[key]}
                true = int(row["x-true"])
                found.append(Item(true, path.stem, texts, tuple(sorted(self.slips[true]))))
        return found

    def files(self) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in self.folder.iterdir()
            if path.name.endswith((".csv", ENDING))
        }

    def check_out(self, files: dict[str, bytes]) -> None:
        for name in self.files().keys() - files.keys():
            (self.folder / name).unlink()
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        self.history.deck = self.read()

    def change(self, operations: list[int]) -> None:
        """What a person does to the card sets; new notes are not those of another branch."""
        self.history.next += 1000
        for one in operations:
            IN_ONE_BRANCH[one % len(IN_ONE_BRANCH)](self.history)
        self.write(self.history.deck)

    def build(self) -> dict[int, list[str]]:
        """Saves the ids, after truthful answers; returns those of each note."""
        deck = self.load()
        while self.answer(deck):  # a note that one row is not may be proposed for another one
            deck = self.load()
        ids = [str(note.id) for note in deck.notes]
        assert len(ids) == len({*ids})
        for file in deck.given.files:
            path = self.root / file.path
            path.write_bytes(file.after) if file.after is not None else path.unlink()
        return self.notes_of(ids)

    def load(self) -> LoadedDeck:
        project, diagnostics = load_project(self.root)
        assert {one.code for one in diagnostics} <= {"which-note"}
        return project.decks[0]

    def asked(self, deck: LoadedDeck) -> list[Item]:
        """The rows of which a person is asked which note they are."""
        rows = {(f"{FOLDER}/{one.file}.csv", line): one for line, one in self.lines()}
        return [rows[one.place.path, one.place.line] for one in deck.given.proposals]

    def answer(self, deck: LoadedDeck) -> int:
        same, new = [], []
        for one, now in zip(deck.given.proposals, self.asked(deck), strict=True):
            row = f"{one.place.path.rpartition('/')[2]}:{one.place.line}"
            if any(now.id == was.id for was in self.known[one.id]):
                same.append(f"{row}={one.id}")
            else:
                new.append(row)
        return answer(Asked(self.root, "contoh"), Answers(same, new)) if same or new else 0

    def lines(self) -> list[tuple[int, Item]]:
        count: Counter[str] = Counter()
        found = []
        for one in self.read():
            count[one.file] += 1
            found.append((count[one.file] + 1, one))
        return found

    def notes_of(self, ids: list[str]) -> dict[int, list[str]]:
        """The ids by note; an id that was of another note, other than a homonym, is a fault."""
        found: dict[int, list[str]] = defaultdict(list)
        for id, now in zip(ids, self.read(), strict=True):
            known = self.known[id]
            if known and all(was.id != now.id and not homonyms_of(was, now) for was in known):
                raise AssertionError(f"{id} was {known}, and is now {now}")
            known.append(now)
            found[now.id].append(id)
        return found


def merged(
    ours: dict[str, bytes], base: dict[str, bytes], theirs: dict[str, bytes], favour: str
) -> dict[str, bytes]:
    """What git makes of two branches; `favour` decides where both change the same rows."""
    found = {}
    for name in sorted({*ours, *base, *theirs}):
        sides = [side.get(name, b"") for side in (ours, base, theirs)]
        how = "--union" if name.endswith(ENDING) else favour
        content = sides[0] if sides[0] == sides[2] else _merge_file(sides, how)
        if content.count(b"\n") > (not name.endswith(ENDING)):
            found[name] = content
    return found


def _merge_file(sides: list[bytes], how: str) -> bytes:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, str(number)) for number in range(3)]
        for path, content in zip(paths, sides, strict=True):
            path.write_bytes(content)
        command = ["git", "merge-file", "-p", how, *map(str, paths)]
        return subprocess.run(command, check=True, capture_output=True).stdout


def untouched(before: Deck, *after: Deck) -> set[int]:
    """The notes whose texts are the same, and nobody else's, in all these decks."""
    found = {one.id for one in before}
    for deck in (before, *after):
        count = Counter(one.id for one in deck)
        texts = {one.id: one.texts for one in before}
        alike = Counter(str(sorted(one.texts.items())) for one in deck)
        found &= {
            one.id
            for one in deck
            if count[one.id] == 1
            and texts.get(one.id) == one.texts
            and alike[str(sorted(one.texts.items()))] == 1
        }
    return found


OPERATION = st.integers(0, len(IN_ONE_BRANCH) - 1)


@needs_git
@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=RUNS,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(0, 2**32),
    ours=st.lists(OPERATION, min_size=1, max_size=3),
    theirs=st.lists(OPERATION, min_size=1, max_size=3),
    favour=st.sampled_from(["--ours", "--theirs", "--union"]),
    later=st.lists(OPERATION, max_size=2),
)
def test_branches_that_are_merged_exchange_no_identity(
    kind: str, seed: int, ours: list[int], theirs: list[int], favour: str, later: list[int]
) -> None:
    """Both change rows and build; git merges; the next builds give no note another one's id."""
    with TemporaryDirectory() as folder:
        one = Checkout(Path(folder), History(kind, random.Random(seed)))
        first = one.build()
        base, start = one.files(), one.read()
        sides = []
        for operations in (ours, theirs):
            one.check_out(base)
            one.change(operations)
            one.build()
            sides.append(one.files())
        decks = []
        for side in sides:
            one.check_out(side)
            decks.append(one.read())
        one.check_out(merged(sides[0], base, sides[1], favour))
        now = one.build()
        assert not one.load().given.files
        for note in untouched(start, *decks, one.read()):
            assert now[note] == first[note]
        one.change(later)
        one.build()


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=RUNS,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(0, 2**32),
    before=st.lists(OPERATION, max_size=3),
    after=st.lists(OPERATION, max_size=3),
    published=st.booleans(),
    share=st.sampled_from([0.5, 1.0]),
)
def test_a_clone_without_the_files_of_ids_never_guesses(
    kind: str, seed: int, before: list[int], after: list[int], published: bool, share: float
) -> None:
    """Nothing published: ids as another such clone makes them. Published: refused, or all right."""
    with TemporaryDirectory() as folder:
        chance = random.Random(seed)
        one = Checkout(Path(folder), History(kind, chance))
        one.build()
        one.change(before)
        ids, start = one.build(), one.read()
        lost = [path for path in one.folder.glob(f"*{ENDING}") if chance.random() < share]
        if published:
            lines = [
                f'{{"note":"{id}","time":1,"hash":"0"}}\n' for them in ids.values() for id in them
            ]
            (one.folder / "ledger.jsonl").write_text("".join(lines), "utf-8")
        for path in lost:
            path.unlink()
        one.change(after)
        kept = one.files()
        refused = [it.code for it in load_project(one.root)[1] if it.code == "ids-missing"]
        if published and refused:
            assert lost
            assert load_project(one.root)[0].decks[0].given.files == ()
            return
        known = {} if lost and not published else dict(one.known)
        one.known = defaultdict(list, known)
        made = one.build()
        if published or not lost:
            for note in untouched(start, one.read()):
                assert made[note] == ids[note]
        one.check_out(kept)
        one.known = defaultdict(list, known)
        assert one.build() == made
