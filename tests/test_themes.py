"""Themes: a look is a folder, the deck chooses it, and no note changes with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.displayed_cards import THEMES, copy_project, note_types
from support.engine import collection, import_package
from support.program import ROOT, Run

PACKAGE = "build/kerja-sama-internasional-lengkap.apkg"

# In WCAG 2, 7:1 is the higher level; high contrast goes well beyond.
LEAST = {"tenang": 7, "kontras-tinggi": 13}

# Bytes of a card where something is to be chosen, and of any other.
LARGEST = 16_500
LARGEST_PLAIN = 7_000


def test_the_themes() -> None:
    """The quiet one, and a second one that proves that a theme is a folder."""
    assert set(THEMES) == set(LEAST)


def test_another_theme_touches_no_note(kartu: Run, tmp_path: Path) -> None:
    """A student gets the new look by an update in which no note and no card template changes."""
    root = copy_project(tmp_path)
    assert kartu("release", cwd=root).returncode == 0
    with collection(tmp_path / "anki") as col:
        import_package(col, root / PACKAGE)
        before = _seen(col)
        assert col.db is not None
        # Anki stamps note types at the import; here that was yesterday.
        col.db.execute("update notetypes set mtime_secs = mtime_secs - 86400")
    for deck in (root / "cards").glob("*/deck.yaml"):
        deck.write_text(f"{deck.read_text('utf-8')}theme: kontras-tinggi\n", "utf-8")
    done = kartu("release", cwd=root)
    assert "touches 0 of" in done.stdout, done.stdout + done.stderr
    with collection(tmp_path / "anki") as col:
        assert import_package(col, root / PACKAGE).updated == 0
        after = _seen(col)
    assert after["notes"] == before["notes"]
    assert after["templates"] == before["templates"]
    assert after["styles"].keys() == before["styles"].keys()
    for name, style in after["styles"].items():
        assert "#ffe14d" in style
        assert "#ffe14d" not in before["styles"][name]


def _seen(col: Any) -> dict[str, dict[Any, Any]]:
    """What the collection holds of the deck, as far as an update could change it."""
    ours = [one for one in col.models.all() if one["name"].startswith("KSI ")]
    notes = col.db.all("select guid, mod, flds, tags from notes")
    return {
        "notes": {guid: rest for guid, *rest in notes},
        "templates": {
            (one["name"], card["name"]): (card["qfmt"], card["afmt"])
            for one in ours
            for card in one["tmpls"]
        },
        "styles": {one["name"]: one["css"] for one in ours},
    }


@pytest.mark.parametrize("theme", sorted(set(THEMES) - {"tenang"}))
def test_a_theme_says_only_what_differs(theme: str) -> None:
    """It sets custom properties, of those that the quiet theme has, and nothing else."""
    quiet, own = (
        _declared(ROOT / f"templates/_shared/themes/{name}") for name in ("tenang", theme)
    )
    assert own < quiet
    assert all(name.startswith("--") for name in quiet)


def _declared(folder: Path) -> set[str]:
    style = re.sub(r"\[\[#.*?#\]\]", "", (folder / "theme.css").read_text("utf-8"), flags=re.DOTALL)
    assert [path.name for path in folder.iterdir()] == ["theme.css"]
    return set(re.findall(r"([\w-]+):", style))


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out(theme: str) -> None:
    """Light and night: ink, quiet text and the accent have their contrast on both grounds."""
    for note_type in note_types(theme):
        for colour in _modes(note_type.css):
            for ground in ("paper", "soft"):
                for text in ("ink", "quiet", *(("accent",) if ground == "paper" else ())):
                    found = contrast(colour[text], colour[ground])
                    assert found >= LEAST[theme], (note_type.source.id, text, ground, found)


def _modes(style: str) -> list[dict[str, str]]:
    """The colours in light and night as a browser would take them: later rules win."""
    light: dict[str, str] = {}
    night: dict[str, str] = {}
    for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        colours = dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]{6})\b", rules))
        (night if "night" in selectors else light).update(colours)
    assert night.keys() == light.keys()
    return [light, night]


def test_no_two_note_types_look_alike() -> None:
    """In the quiet theme each kind has an accent of its own; its name says the same in words."""
    modes = [_modes(one.css) for one in note_types()]
    for mode in zip(*modes, strict=True):
        assert len({colour["accent"] for colour in mode}) == len(mode)


@pytest.mark.parametrize("theme", THEMES)
def test_what_a_card_needs_is_small(theme: str) -> None:
    """Style and both sides' template, scripts included, of any card: fewer than 16,500 bytes.

    Statements to decide have most; what has nothing to choose needs fewer than 7,000.
    """
    for note_type in note_types(theme):
        style = len(note_type.css.encode())
        for card in note_type.cards:
            sides = len(card.front.encode()) + len(card.back.encode())
            largest = LARGEST if "kartu-choice" in card.front else LARGEST_PLAIN
            assert style + sides < largest, (note_type.source.id, card.name, style, sides)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 between two colours."""
    dark, bright = sorted(map(_luminance, (one, other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
