"""The page of all cards as `kartu preview` opens it: a real server, a real browser, real files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from support.axe import needs_axe
from support.browser import needs_browser
from support.gallery import Gallery, gallery, looking
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import sampled

pytestmark = needs_browser

CARDS = """--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: 01 Awal
tags: [inti]
notes:
  - id: satu
    depan: Satu
    belakang: One
  - id: dua
    depan: Dua é
    belakang: Two
    contoh: a pair
    tags: [lanjut]
--- cards/contoh/teks.yaml
note_type: isian
subdeck: 02 Lanjut
notes:
  - id: ibu-kota
    teks: "Ibu kota Indonesia adalah {{c1::Jakarta}}, yang terletak di pulau {{c2::Jawa}}."
--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
  inti: {title: Inti, include: "tag:inti"}
  lengkap: {}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Gallery]:
    """One browser for all of these."""
    with gallery() as opened:
        yield opened


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A deck with two note types and seven cards."""
    return write_project(tmp_path / "proyek", TWO_NOTE_TYPES, CARDS)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where such a deck is shown, for tests that change no file of it."""
    folder = tmp_path_factory.mktemp("preview")
    unchanged = write_project(folder / "proyek", TWO_NOTE_TYPES, CARDS)
    with looking(unchanged) as there:
        yield there


@pytest.fixture
def page(address: str, browser: Gallery) -> Iterator[Gallery]:
    """The preview of the deck in the browser; at the end nothing was wrong with it."""
    browser.open(address)
    yield browser
    assert browser.errors() == []
    browser.run("localStorage.clear()")


@pytest.fixture
def still(address: str, browser: Gallery) -> Iterator[Gallery]:
    """The same, for tests whose page can be as it was without being opened anew."""
    if not address.startswith(browser.run(_AT_FIRST) or "none"):
        browser.open(address)
    yield browser
    assert browser.errors() == []
    browser.run("location.hash = '#'")  # all that was chosen is in the address


# Where the page is from, if it shows the questions of all cards by day.
_AT_FIRST = """document.querySelectorAll(".tile:not([hidden], .current)").length === 6
  && !document.querySelector("[data-painted=back], [data-theme=night]")
  && location.origin"""


@pytest.fixture
def live(project: Path, browser: Gallery) -> Iterator[Gallery]:
    """The same for a project that the test changes."""
    with looking(project) as there:
        browser.open(there)
        yield browser
        assert browser.errors() == []


def test_cards_are_shown_and_flipped(still: Gallery) -> None:
    """The question first; the button shows the answer, and the other way round."""
    page = still
    assert page.count() == 6
    assert page.text("#title") == "Contoh"
    page.wait("document.querySelectorAll('.tile[data-painted]').length === 6")
    assert "Satu" in page.cards()
    page.click(".tile .flip")
    page.wait("document.querySelector('.tile').dataset.painted === 'back'")
    assert "Satu\nOne" in page.cards()
    page.click(".tile .flip")
    page.wait("document.querySelector('.tile').dataset.painted === 'front'")


def test_filters_and_search_choose_cards(still: Gallery) -> None:
    """Subdeck, note type, tag and edition; the search looks into both sides, without accents."""
    page = still
    for id, value, count in [
        ("subdeck", "02 Lanjut", 2),
        ("subdeck", "", 6),
        ("type", "isian", 2),
        ("type", "", 6),
        ("tag", "lanjut", 2),
        ("tag", "", 6),
        ("edition", "0", 4),
        ("edition", "", 6),
        ("search", "dua E", 1),
        ("search", "jakarta", 2),
        ("search", "nothing like it", 0),
    ]:
        page.choose(id, value)
        assert page.count() == count, (id, value)
    assert page.text("#nothing")
    page.click("#clear")
    assert page.count() == 6


def test_the_place_of_a_card_can_be_copied(still: Gallery) -> None:
    """The button puts file, line and column into the clipboard."""
    still.browser.call(
        "Browser.grantPermissions",
        permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
        browserContextId=still.browser.context,
    )
    still.click(".tile .copy")
    still.wait("document.querySelector('#state').innerText === 'The path is copied'")


def test_keys_work_while_the_card_has_the_focus(still: Gallery) -> None:
    """Space, pressed within the card itself, flips it, and flips it back."""
    page = still
    page.click(".settings input[value=one]")
    page.wait("document.querySelector('.current[data-painted]')")
    for side in ("back", "front"):
        page.in_frames("document.dispatchEvent(new KeyboardEvent('keydown', {key: ' '}))")
        page.wait(f"document.querySelector('.current').dataset.painted === '{side}'")


def test_night_and_devices(still: Gallery) -> None:
    """Night is Anki's night mode; a frame is as wide as the device it stands for."""
    page = still
    page.click("input[value=night]")
    page.click("input[value=one]")
    for device, width in (("phone", 360), ("tablet", 768), ("desktop", 1024)):
        page.click(f"input[value={device}]")
        page.wait("document.querySelector('.current[data-painted]')")
        page.wait(f"document.querySelector('.current iframe').clientWidth === {width}")
    page.wait("document.querySelectorAll('iframe').length === 1")  # out of sight they go by and by
    assert page.in_frames("document.body.className") == ["card card1 nightMode night_mode"]


def test_one_card_by_keyboard(still: Gallery) -> None:
    """Space flips, arrows step, Escape goes back to all; the address leads to what is seen."""
    page = still
    page.click(".settings input[value=one]")
    page.run("document.activeElement.blur()")
    page.press("ArrowRight")
    assert page.run("document.querySelector('.current .flip') === document.activeElement")
    assert page.text("#where").startswith("2 ")
    page.run("document.activeElement.blur()")
    page.press(" ")
    page.wait("document.querySelector('.current').dataset.painted === 'back'")
    address = page.run("location.href")
    assert "card=satu.2" in address
    assert "side=back" in address
    page.press("Escape")
    assert page.run("document.querySelector('#cards').dataset.view") == "grid"
    page.open(address)
    page.wait("document.querySelector('.current').dataset.painted === 'back'")
    assert page.cards() == ["One\nOne"]


def test_a_saved_file_shows_and_the_place_is_kept(live: Gallery, project: Path) -> None:
    """The flipped card stays flipped with its new text; the others are not even made anew."""
    live.wait("document.querySelectorAll('.tile[data-painted]').length === 6")
    live.click(".tile .flip")
    live.run("document.querySelectorAll('iframe').forEach((one) => { one.old = true; })")
    file = project / "cards/contoh/kartu.yaml"
    file.write_text(file.read_text("utf-8").replace("One", "Uno"), "utf-8")
    live.wait("document.querySelector('.tile h3').textContent === 'Satu'")
    live.wait("document.querySelectorAll('.tile')[1].querySelector('h3').textContent === 'Uno'")
    live.wait("document.querySelectorAll('.tile[data-painted]').length === 6")
    assert "Satu\nUno" in live.cards()
    assert live.run("[...document.querySelectorAll('iframe')].every((one) => one.old)")


def test_a_broken_file_leaves_the_last_good_cards(live: Gallery, project: Path) -> None:
    """Its faults stand in the panel and on the card; once mended, all is as it was."""
    file = project / "cards/contoh/kartu.yaml"
    good = file.read_text("utf-8")
    file.write_text(good.replace("belakang: Two", "belakng: Two"), "utf-8")
    live.wait("!document.querySelector('#problems').hidden")
    assert "cards/contoh/kartu.yaml:10:5" in live.text("#problems")
    assert live.run("document.querySelector('#problems a.place').href").startswith("vscode://file/")
    assert live.count() == 6
    assert not live.run("document.querySelector('#stale').hidden")
    assert live.run("document.querySelectorAll('.stale').length") == 6
    marked = live.run("""[...document.querySelectorAll('.diagnostics li')].map(
        (one) => one.closest('.tile').querySelector('.place').innerText)""")
    assert marked == ["cards/contoh/kartu.yaml:8:9"] * 2
    live.choose("diagnostic", "errors")
    assert live.count() == 2
    file.write_text("{[ not even YAML", "utf-8")
    live.wait("document.querySelector('#problems').innerText.includes('yaml-unsupported')")
    (project / "templates/dasar/note_type.yaml").write_bytes(b"\xff\xfe\x00")
    live.wait("document.querySelector('#problems').innerText.includes('file-encoding')")
    assert live.run("document.querySelectorAll('.tile').length") == 6
    write_project(project, TWO_NOTE_TYPES, CARDS)
    live.wait("document.querySelector('#problems').hidden")
    live.wait("document.querySelectorAll('.stale').length === 0")
    live.click("#clear")
    assert live.count() == 6


def test_a_project_that_was_never_right(browser: Gallery, tmp_path: Path) -> None:
    """The page tells what is wrong, and shows cards once there are some."""
    broken = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n  - {id: a}\n"
    project = write_project(tmp_path / "proyek", broken)
    with looking(project) as address:
        browser.open(address, painted=False)
        browser.wait("document.querySelector('#problems').innerText.includes('missing-field')")
        write_project(project, TWO_NOTE_TYPES, CARDS)
        browser.wait("document.querySelectorAll('.tile[data-painted]').length === 6")
        assert browser.errors() == []


# What the page has asked of the program.
_CALLS = "performance.getEntriesByType('resource').map((one) => one.name.split('/api/')[1])"
_EDITING = (
    "input:not(#search), textarea, select, [contenteditable], .for-editing, #note-menu, .chips"
)


def test_the_desk_is_read(live: Gallery, project: Path) -> None:
    """From a card to its texts, with what is wrong at its place; nothing there can be edited."""
    live.open(live.run("document.querySelector('.tile .edit').href"), painted=False)
    live.wait("document.querySelector('.read') && document.documentElement.dataset.painted")
    assert live.text(".read") == "Depan\nSatu\nBelakang\nOne"
    assert live.run(
        f"[...document.querySelectorAll({_EDITING!r})].every((one) => !one.checkVisibility())"
    )
    for key in ("Enter", "d", "z", "y", "s"):
        live.browser.call("Input.dispatchKeyEvent", type="rawKeyDown", key=key, modifiers=2)
    live.click("#menu")
    assert live.text(".menu").split("\n") == ["Check", "F8", "Keyboard", "?"]
    live.press("Escape")
    file = project / "cards/contoh/kartu.yaml"
    good = file.read_text("utf-8")
    file.write_text(good.replace("belakang: One", "belakang: Uno\n    sources: [buku]"), "utf-8")
    live.wait("document.querySelector('.read').innerText.includes('Uno')")
    place = "cards/contoh/kartu.yaml:8"
    at_field = "document.querySelector('[data-key=sources] .callout .place')"
    live.wait(f"{at_field}?.innerText.startsWith('{place}')")
    live.wait("!document.querySelector('#check-count').hidden")
    live.click("#check")
    live.wait(f"document.querySelector('#check-side button.note')?.innerText.includes('{place}')")
    assert set(live.run(_CALLS)) <= {None, "project", "types", "notes", "open", "check", "sources"}
    assert live.errors() == []
    live.open(live.run("document.querySelector('#all-cards').href"))
    live.wait("document.querySelectorAll('.tile .diagnostics li').length")
    live.wait("document.querySelectorAll('.tile[data-painted]').length === 6")


def _add_deck(page: Gallery, project: Path) -> None:
    write_project(
        project,
        CARDS.replace("/contoh/", "/lain/")
        .replace("id: contoh", "id: lain")
        .replace("a1b2", "a1b3")
        .replace("Contoh", "Lain"),
        base=False,
    )
    page.wait("document.querySelectorAll('#deck option').length === 2")


def test_a_deck_that_comes_and_goes(live: Gallery, project: Path) -> None:
    """A new folder is a deck to choose; a deleted one is gone."""
    _add_deck(live, project)
    live.choose("deck", "lain")
    live.wait("document.querySelector('#title').textContent === 'Lain'")
    shutil.rmtree(project / "cards/lain")
    live.wait("document.querySelector('#title').textContent === 'Contoh'")


# What the server told, told again with changes; the number of cards that are to be seen then.
_TOLD = """(async () => {
  const told = await (await fetch("cards.js?1")).text();
  const now = JSON.parse(told.slice(told.indexOf("{"), told.lastIndexOf("}") + 1));
  const [first, second] = now.decks;
  const show = (...decks) => kartu.show({...now, decks});
  %s
  return document.querySelectorAll(".tile:not([hidden])").length;
})()"""


def test_a_deck_that_goes_while_it_is_loaded_leaves_the_others_whole(
    live: Gallery, project: Path
) -> None:
    """What was asked for and is no longer wanted keeps no card from being shown."""
    there = live.count()
    _add_deck(live, project)
    script = """show(first, {...second, content: "other"});
        const list = document.getElementById("deck");
        list.value = "lain";
        list.dispatchEvent(new Event("change"));
        show(first);"""
    assert live.run(_TOLD % script) == there > 0


def test_a_deck_that_comes_back_changed_is_shown_as_it_was_until_it_is_loaded(
    page: Gallery,
) -> None:
    """A page without a deck forgets the tiles, not the cards."""
    there = page.count()
    assert page.run(_TOLD % 'show(); show({...first, content: "other"});') == there > 0


def test_both_languages(page: Gallery) -> None:
    """A button changes the language of the page, and it is remembered."""
    assert page.text(".flip") == "Show the answer"
    page.click("#language")
    assert page.text(".flip") == "Lihat jawaban"
    assert page.run("document.documentElement.lang") == "id"
    page.open(page.run("location.href"))
    assert page.text(".flip") == "Lihat jawaban"
    page.click("#language")


@needs_axe
@pytest.mark.parametrize(
    ("theme", "width"),
    sampled(list(product(("light", "night"), (320, 768, 1280))), 6),
)
def test_axe_finds_nothing(
    browser: Gallery, project: Path, tmp_path: Path, width: int, theme: str
) -> None:
    """All cards, one card, faults, filters, a read note: axe-core has no violation anywhere."""
    file = project / "cards/contoh/kartu.yaml"
    good = file.read_text("utf-8")
    browser.browser.resize(width, 2000)
    with looking(project) as address:
        browser.open(f"{address}#theme={theme}&tag=inti&card=satu.1")
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for view in ("grid", "one"):
            browser.click(f"input[value={view}]")
            browser.wait(f"document.querySelector('#cards').dataset.view === '{view}'")
            browser.wait("document.querySelector('.tile:not([hidden])[data-painted]')")
            _is_accessible(browser)
        browser.choose("search", "nothing")
        browser.wait("!document.querySelector('#nothing').hidden")
        _is_accessible(browser)
        browser.click("#clear")
        browser.click("input[value=grid]")
        file.write_text(good.replace("belakang: Two", "belakng: Two"), "utf-8")
        browser.wait("!document.querySelector('#problems').hidden")
        _is_accessible(browser)
        file.write_text(good, "utf-8")
        browser.wait("document.querySelector('#problems').hidden")
        browser.open(browser.run("document.querySelector('.tile .edit').href"), painted=False)
        browser.wait("document.querySelector('.read')")
        _is_accessible(browser)
    browser.browser.resize(1280, 2000)


def _is_accessible(browser: Gallery) -> None:
    """Nothing for axe-core, and nothing beyond the window's side."""
    assert browser.violations() == []
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
