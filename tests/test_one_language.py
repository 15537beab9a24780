"""An author of one language reads no word of another, whatever of the shipped things is used."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml
from support import one_language
from support.drawn import drawn
from support.one_language import NOTES, every_form, every_note_type
from support.program import ROOT, Run
from support.shipped import TYPES

from kartu.anki.apkg.contents import open_package
from kartu.core.codes import ALL
from kartu.core.model import help_in, name_in
from kartu.ledger.changelog import _TEXTS as CHANGELOG
from kartu.load.note_type import FORMATS, KINDS, NOTE_KEYS
from kartu.load.words import words_of
from kartu.package.description import PRESET_LINES
from kartu.report.diff import _TEXTS as DIFF
from kartu.schema.deck import deck_schema
from kartu.schema.note_type import note_type_schema
from kartu.schema.sheet import sheet_schema

LANGUAGES = ["en", "id"]
WORD = re.compile(r"(?<!\w)[^\W\d_]{3,}(?:-[^\W\d_]+)*(?![\w-])")
MESSAGE = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:".*"\n)+)', re.MULTILINE)

COMMANDS = (
    "check --strict",
    "build",
    "stats",
    "ids",
    "export -o FOLDER/x.csv",
    "diff build/deck-kx.apkg build/deck-mx.apkg",
    "release",
    "release",
    "check --format json",
)

# What stands in a file of the project, and how somebody mistypes it.
FAULTS = {
    "en": {
        "deck.yaml": ("high-contrast", "high-contrst"),
        "media/steps.svg.yaml": ("picture: steps", "picture: stps"),
        "media/tiles.svg.yaml": ("sign: shield", "sign: shild"),
        "media/map.svg.yaml": ("map: world", "map: wrld"),
        "2.yaml": ("    answer:", "    anser:"),
        "3.yaml": ("note_type: cloze", "note_type: cloz"),
    },
    "id": {
        "deck.yaml": ("kontras-tinggi", "kontras-tingi"),
        "media/tahap.svg.yaml": ("picture: tahap", "picture: thap"),
        "media/ubin.svg.yaml": ("sign: perisai", "sign: perisay"),
        "media/peta.svg.yaml": ("map: dunia", "map: duna"),
        "2.yaml": ("    jawaban:", "    jawabn:"),
        "3.yaml": ("note_type: isian", "note_type: isan"),
    },
}

# Anki's own words and names, and links to the page in the other language.
EVERYWHERE = {
    "anki",
    "ankidroid",
    "ankimobile",
    "kartu",
    "apps",
    "ipad",
    "dalam",
    "bahasa",
    "english",
}


def words_in(texts: Iterable[object]) -> set[str]:
    """The words of all texts below a value, in small letters."""
    found: set[str] = set()
    for one in texts:
        if isinstance(one, dict):
            found |= words_in(one.values())
        elif isinstance(one, (list, tuple)):
            found |= words_in(one)
        else:
            found |= {word.lower() for word in WORD.findall(str(one))}
    return found


@cache
def names(language: str) -> set[str]:
    """What note types, fields, cards, themes, drawings, signs and maps are called."""
    texts: list[object] = []
    for one in TYPES.values():
        texts.append([name_in(one, language), words_of(one, language)])
        texts += [(name_in(each, language), words_of(each, language)) for each in one.fields]
        texts += [name_in(each, language) for each in one.cards]
    places = one_language.PICTURES, one_language.SIGNS, one_language.VIEWS, one_language.THEMES
    return words_in([*texts, *(each[language] for each in places)])


@cache
def vocabulary(language: str) -> set[str]:
    """Every word that the program has in a language: names, texts of cards, pages and messages."""
    texts: list[object] = [CHANGELOG[language], DIFF[language], PRESET_LINES[language]]
    texts += [help_in(one, language) for one in TYPES.values()]
    texts += [help_in(each, language) for one in TYPES.values() for each in one.fields]
    own = ROOT / f"templates/_shared/texts/{language}.yaml"
    texts.append(yaml.safe_load(own.read_text("utf-8")))
    for page in (ROOT / "kartu/show").rglob("texts.json"):
        texts.append(json.loads(page.read_text("utf-8")).get(language, ""))
    explained = {"en": "explanations.yaml", "id": "explanations.id.yaml"}[language]
    explanations = (ROOT / "kartu/report" / explained).read_text("utf-8")
    texts.append(explanations if language == "en" else yaml.safe_load(explanations))
    for catalogue in (ROOT / "kartu/locale/id").rglob("*.po"):
        for kind, text in MESSAGE.findall(catalogue.read_text("utf-8")):
            if kind.startswith("msgid") == (language == "en"):
                texts.append(text.replace("\\n", " "))
    return words_in(texts) | names(language)


def foreign(language: str) -> set[str]:
    """Words of the other language alone: for the English all, for others the engine's names.

    An Indonesian author reads some English: commands, keys such as `note_type`, Anki's own words.
    """
    other = vocabulary("id") if language == "en" else names("en") - keys()
    return other - vocabulary(language) - words_in([NOTES]) - EVERYWHERE


@cache
def keys() -> set[str]:
    """The engine's own keys and values, which are English for all."""
    own = offered([deck_schema(""), note_type_schema(""), sheet_schema({})])
    return words_in([*own, *FORMATS, *KINDS, *NOTE_KEYS, one_language.PICTURES_HAVE])


def seen(markup: str) -> str:
    """The text of a page that a browser shows: no markup, style or script."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", bare))


def printed(path: Path) -> str:
    """The text on all pages, and the title that a viewer shows."""
    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_range() for page in document]
    return "\n".join([*pages, *document.get_metadata_dict().values()])


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def project(language: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return every_note_type(tmp_path_factory.mktemp(language) / "p", language)


def assert_own(texts: dict[str, str], language: str) -> None:
    """No text, by where it was read, has a word of the other language."""
    assert all(texts.values())
    words = foreign(language)
    found = {where: sorted(words_in([text]) & words) for where, text in texts.items()}
    assert not {where: some for where, some in found.items() if some}


def test_drawings_are_the_same_in_both_words(tmp_path: Path) -> None:
    """Each drawing, sign and part of the earth is the same picture in English and Indonesian."""
    made = []
    for words in LANGUAGES:
        folder = every_note_type(tmp_path / words, words) / "cards/deck/media"
        earth = one_language.PICTURES[words][-1]
        content = (folder / f"{earth}.svg.yaml").read_text("utf-8")
        files = [folder / f"{one}.svg.yaml" for one in one_language.PICTURES[words][:-1]]
        for place, view in enumerate(one_language.VIEWS[words]):
            files.append(folder / f"view-{place}.svg.yaml")
            files[-1].write_text(re.sub("view: .*", f"view: {view}", content), "utf-8")
        paths = [one.relative_to(tmp_path / words).as_posix() for one in files]
        made.append([drawn(tmp_path / words, one, "en") for one in paths])
    assert made[0] == made[1]
    assert all(len(pictures) == 2 and not faults for pictures, faults in made[0])
    assert len({pictures[0] for pictures, _faults in made[0]}) == len(made[0])


def test_there_is_something_to_find() -> None:
    """The words looked for are the ones that an author of the other language would write."""
    assert {"istilah", "garis-waktu", "kontras-tinggi", "timbangan", "jawaban"} <= foreign("en")
    assert {"pronunciation", "timeline", "high-contrast", "scales"} <= foreign("id")


def test_what_commands_print_is_in_one_language(kartu: Run, project: Path, language: str) -> None:
    """Commands on the project print words of one language, with and without faults."""
    commands = [one.replace("FOLDER", str(project)).split() for one in COMMANDS]
    run = [kartu("--lang", language, "-C", project, *one) for one in commands]
    assert not [one.stderr for one in run if one.returncode]
    texts = {" ".join(one.args[3:]): one.stdout + one.stderr for one in run}
    for name, (old, new) in FAULTS[language].items():
        path = project / "cards/deck" / name
        whole = path.read_text("utf-8")
        assert old in whole
        path.write_text(whole.replace(old, new, 1), "utf-8")
        done = kartu("--lang", language, "-C", project, "check")
        assert done.returncode == 1
        texts[f"{name}: {new}"] = done.stdout + done.stderr.replace(new, "")
        path.write_text(whole, "utf-8")
    assert_own(texts, language)


def test_cards_and_pages_are_in_one_language(kartu: Run, project: Path, language: str) -> None:
    """So is what students see: names in Anki, both sides of cards, the site."""
    assert kartu("--lang", language, "-C", project, "site").returncode == 0
    texts = {}
    with open_package(project / "build/site/packages/deck-mx.apkg") as package:
        for one in package.note_types.values():
            fields = [field.name for field in one.fields]
            sides = [seen(f"{card.name} {card.front} {card.back}") for card in one.cards]
            texts[one.name] = " ".join([one.name, *fields, *sides])
        texts["notes"] = seen(" ".join(field for note in package.notes for field in note.fields))
    site = project / "build/site"
    for page in ("index.html", "cards.html"):
        texts[page] = seen((site / page).read_text("utf-8"))
    addresses = re.findall(r'{"id":"([^"]+)"', (site / "decks/deck.js").read_text("utf-8"))
    assert len(addresses) == len(TYPES)
    texts["addresses of a choice of cards"] = " ".join(addresses)
    assert_own(texts, language)


def test_files_are_in_one_language(kartu: Run, tmp_path: Path, language: str) -> None:
    """So is every file of a project with all note types in YAML, sheets and Markdown.

    That is what `kartu new` makes, what a build and a release write, and what is handed out: no
    name in the other language. Schemas accept every name, and workflows and cards are code, which
    is tested by what it shows.
    """
    root = tmp_path / "p"
    new = ("new", root, "--name", "Kuvex", "--subject", "Zimq", "--language", language)
    assert kartu("--lang", language, *new, "--ci", "github").returncode == 0
    every_form(root, language)
    for command in ("release", "schema"):
        done = kartu("--lang", language, "-C", root, command)
        assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("csv", "text", "crowdanki"):
        out = ("--format", kind, "-o", root / f"out.{kind}")
        assert kartu("--lang", language, "-C", root, "export", "deck", *out).returncode == 0
    for path in (root / "build").glob("*.apkg"):
        with zipfile.ZipFile(path) as package:
            path.with_suffix(".json").write_bytes(package.read("kartu.json"))
        with open_package(path) as contents:
            tags = sorted({tag for note in contents.notes for tag in note.tags})
            path.with_suffix(".tags").write_text("\n".join((path.stem, *tags)), "utf-8")
    files = {one.relative_to(root).as_posix(): one for one in root.rglob("*") if one.is_file()}
    assert sum(name.endswith(".ids.jsonl") for name in files) == 3 * len(NOTES) - 1
    texts = {name: f"{name}\n{text_of(name, path, language)}" for name, path in files.items()}
    others = foreign(language) & names("id" if language == "en" else "en")
    found = {name: sorted(words_in([text]) & others) for name, text in texts.items()}
    assert not {name: some for name, some in found.items() if some}


def text_of(name: str, path: Path, language: str) -> str:
    """What a file of a project says; nothing of code and of what is for all languages."""
    in_all = r".*\.apkg|\.kartu/.*|\.github/.*"
    in_english = r"|.*/deck\.json|.*\.svg" if language != "en" else ""
    if re.fullmatch(in_all + in_english, name):
        return ""
    return path.read_bytes().decode("utf-8", "ignore")


def test_paper_is_in_one_language(kartu: Run, project: Path, language: str) -> None:
    """So is what is printed: every card in the handout, and each way to print."""
    pytest.importorskip("weasyprint")
    texts = {}
    for options in ("handout --edition mx", "cards", "test"):
        out = project / "x.pdf"
        few = "--edition", "kx"
        run = kartu(
            "--lang", language, "-C", project, "print", "-o", out, *few, "--as", *options.split()
        )
        assert run.returncode == 0
        texts[options] = printed(out) + run.stdout
    assert_own(texts, language)


def test_schemas_offer_one_language(kartu: Run, project: Path, language: str) -> None:
    """What an editor shows of the schemas: keys, values, texts and snippets."""
    assert kartu("--lang", language, "-C", project, "schema").returncode == 0
    for path in (project / ".kartu/schema").iterdir():
        shown = words_in([path.stem, *offered(json.loads(path.read_text("utf-8")))])
        assert not sorted(shown & foreign(language)), path.name


def offered(schema: Any) -> Iterator[object]:
    """What an editor completes or explains; what it only accepts is not shown."""
    if isinstance(schema, list):
        for one in schema:
            yield from offered(one)
    elif isinstance(schema, dict) and not schema.get("doNotSuggest"):
        for key, value in schema.items():
            if key == "properties":
                yield from value
                yield from offered(list(value.values()))
            elif key in ("enum", "examples", "defaultSnippets", "title", "default"):
                yield value
            elif key not in ("patternProperties", "if"):
                yield from offered(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_explanations_are_in_one_language(kartu: Run, language: str) -> None:
    """Each code is explained, with its example, in words of one language."""
    done = kartu("--lang", language, "explain", "--format", "markdown")
    about = {part.partition("\n")[0]: part for part in done.stdout.split("\n## ")}
    assert len(about) > len(ALL)
    assert_own(about, language)
