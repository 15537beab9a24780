"""What a card shows: kartu's renderer and the real engine's must give the same HTML."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from anki.collection import Collection
from support.show_cases import NAMES, Case, Cases
from support.shown import SPECIAL, Shower, without_hint_numbers

from kartu.anki.mustache import MustacheError
from kartu.anki.show import ShowError, Side, show_card

SIZE = int(os.environ.get("KARTU_SHOW_CASES", "1000"))
"""How many random cards; more may be asked for by hand."""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """An empty collection."""
    opened = Collection(str(tmp_path_factory.mktemp("anki") / "collection.anki2"))
    yield opened
    opened.close()


def ours(
    front: str,
    back: str,
    fields: dict[str, str],
    *,
    number: int = 1,
    cloze: bool = False,
    tags: Sequence[str] = (),
) -> Side | str:
    """What kartu shows, or why it does not."""
    special = SPECIAL | {"Tags": " ".join(tags), "Type": "Uji isian" if cloze else "Uji"}
    try:
        return show_card(front, back, fields, number=number, cloze=cloze, special=special)
    except ShowError as error:
        return error.reason
    except MustacheError:
        return "refused"


def alike(mine: Side | str, real: Side | str) -> bool:
    """Whether they are the same but for the numbers of hints."""
    if isinstance(mine, Side) and isinstance(real, Side):
        return without_hint_numbers(mine) == without_hint_numbers(real)
    return mine == real


@pytest.mark.parametrize("cloze", [False, True], ids=["standard", "cloze"])
def test_a_random_card_shows_what_anki_shows(collection: Collection, *, cloze: bool) -> None:
    """Both sides are the engine's, byte for byte, or it has a message where kartu raises."""
    shower = Shower(collection, NAMES, cloze=cloze)
    seen: set[Case] = set()
    tally: Counter[str] = Counter()
    for seed in range(SIZE):
        case = Cases(seed, cloze=cloze).case()
        fields = dict(zip(NAMES, case.values, strict=True))
        mine = ours(
            case.front, case.back, fields, number=case.number, cloze=cloze, tags=case.tags
        )
        tally[mine if isinstance(mine, str) else "shown"] += 1
        seen.add(case)
        if mine != "refused":
            real = shower.show(
                case.front, case.back, case.values, number=case.number, tags=case.tags
            )
            assert alike(mine, real), f"seed {seed}: {case}\n{mine}\n{real}"
    print(f"\n{len(seen)} different cards: {dict(tally)}")
    assert tally["shown"] > 0.7 * SIZE
