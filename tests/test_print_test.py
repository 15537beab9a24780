"""`kartu print --as test`: questions drawn from the real deck, and the key that fits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from support.paper import PrintedPage, printed, require_pango, squeezed
from support.program import ROOT
from support.real_decks import DECK, real_cache, real_deck

from kartu.show.paper.exam import Question, draw_questions
from kartu.show.paper.options import PrintOptions
from kartu.show.paper.run import print_deck
from kartu.show.paper.sides import PaperCard, paper_cards


@pytest.fixture(autouse=True)
def _pango() -> None:
    require_pango()


@pytest.fixture(scope="module")
def cards() -> list[PaperCard]:
    """The cards of the real deck."""
    built = real_deck()
    return list(paper_cards(built, built.notes))


def print_test(out: Path, **chosen: object) -> list[PrintedPage]:
    options = PrintOptions(ROOT, DECK, kind="test", out=out, cache=real_cache(), **chosen)  # type: ignore[arg-type]
    result = print_deck(options)
    assert result.pages
    return printed(out)


def shown(questions: list[Question]) -> list[tuple[str, str]]:
    return [(one.asked, one.answer) for one in questions]


def test_a_seed_draws_one_test(cards: list[PaperCard], tmp_path: Path) -> None:
    """The same seed gives the same questions in the same order, to the byte; another one others.

    That a seed is the one that is printed, the key below shows.
    """
    assert shown(draw_questions(cards, 7, 20)) == shown(draw_questions(cards, 7, 20))
    assert shown(draw_questions(cards, 7, 20)) != shown(draw_questions(cards, 8, 20))
    outs = [tmp_path / "one.pdf", tmp_path / "again.pdf"]
    for out in outs:
        print_test(out, seed=7, questions=3, subdecks=("05 Latihan Ujian",))
    one, again = (out.read_bytes() for out in outs)
    assert one == again


def test_no_two_questions_are_of_one_note(cards: list[PaperCard]) -> None:
    """A test of all notes asks each once, and a shorter one is its beginning."""
    questions = draw_questions(cards, 3, 1000)
    guids = [one.card.note.guid for one in questions]
    assert sorted(guids) == sorted({card.note.guid for card in cards})
    assert shown(draw_questions(cards, 3, 15)) == shown(questions[:15])


def test_one_note_more_changes_no_other_question(cards: list[PaperCard]) -> None:
    """What is drawn for a seed hardly changes while the deck grows."""
    last = cards[-1].note.guid
    fewer = draw_questions([card for card in cards if card.note.guid != last], 5, 1000)
    rest = [one for one in draw_questions(cards, 5, 1000) if one.card.note.guid != last]
    assert shown(fewer) == shown(rest)


def test_every_choice_has_its_letter(cards: list[PaperCard]) -> None:
    """Of each multiple choice the key names the options that are answers, wherever they came to
    stand; all letters come up, and those of several answers in their order."""
    letters = set()
    several = 0
    for question in choices(draw_questions(cards, 1, 1000)):
        options = [flat(one) for one in options_of(question)]
        answers = re.findall(r"<li>(.*?)</li>", question.answer) or [question.answer]
        found = [re.fullmatch(r"([A-E])\. (.*)", flat(one)).groups() for one in answers]  # type: ignore[union-attr]
        assert all(options["ABCDE".index(letter)] == answer for letter, answer in found)
        assert found == sorted(found)
        several += len(found) > 1
        letters |= {letter for letter, _answer in found}
    assert letters == set("ABCDE")
    assert several == 4


def test_statements_have_boxes(cards: list[PaperCard]) -> None:
    """A row for each statement, with a box for each category, and the key in the same order."""
    found = [one for one in draw_questions(cards, 1, 1000) if "<table" in one.asked]
    tables = [one for one in found if 'class="options statements"' in one.asked]
    assert len(tables) == 4
    for question in tables:
        head, *rows = re.findall(r"<tr>(.*?)</tr>", question.asked, re.DOTALL)
        names = [flat(one) for one in re.findall(r"<th>(.*?)</th>", head, re.DOTALL)]
        assert names[:2] == ["", ""]
        assert all(one.count('class="box"') == len(names) - 2 == 2 for one in rows)
        key = [flat(one) for one in re.findall(r"<li>(.*?)</li>", question.answer)]
        values = question.card.note.source.values
        assert key == [str(values[f"jawaban_{n}"]) for n in range(1, len(rows) + 1)]
        assert str(values["pernyataan_1"])[:20] in flat(rows[0])


def choices(questions: list[Question]) -> Iterator[Question]:
    return (one for one in questions if options_of(one))


def options_of(question: Question) -> list[str]:
    found = re.search(
        r'<(?:ol class="options"|div class="options">\s*<ul)>(.*?)</[uo]l>',
        question.asked,
        re.DOTALL,
    )
    return re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL) if found else []


def flat(html: str) -> str:
    element = fromstring(f"<p>{html.replace('<br>', ' ')}</p>")
    return " ".join("".join(element.itertext()).split())


def test_options_come_in_another_order(cards: list[PaperCard]) -> None:
    """Two seeds order the options of a question in two ways, most of the time."""
    orders = [
        {one.card.note.guid: options_of(one) for one in choices(draw_questions(cards, seed, 1000))}
        for seed in (1, 2)
    ]
    assert orders[0].keys() == orders[1].keys()
    assert all(sorted(orders[0][guid]) == sorted(orders[1][guid]) for guid in orders[0])
    others = sum(orders[0][guid] != orders[1][guid] for guid in orders[0])
    assert others > len(orders[0]) / 2


def test_the_key_stands_on_pages_of_its_own(cards: list[PaperCard], tmp_path: Path) -> None:
    """First all questions, then all answers, each under its number and on no page of both."""
    address = "https://contoh.sch.id/kartu/"
    pages = print_test(tmp_path / "a.pdf", seed=2, questions=12, url=address)
    questions = draw_questions(cards, 2, 12)
    texts = [page.text() for page in pages]
    first = next(n for n, text in enumerate(texts) if "Kunci jawaban" in text)
    asked, answers = "\n".join(texts[:first]), "\n".join(texts[first:])
    for text in (asked, answers):
        found = re.findall(r"^(\d+)\.(?:\s|$)", text, re.MULTILINE)
        assert set(map(str, range(1, 13))) <= set(found)
    for question in questions:
        assert squeezed(flat_text(question.answer)) in squeezed(answers)
    assert "Kunci" not in asked
    assert "contoh.sch.id" not in asked
    assert address in answers


def flat_text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html).replace("&amp;", "&")
