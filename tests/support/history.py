"""Six releases of the real deck, as its authors could make them over half a year."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown
from support.projects import copy_decks

DECK = "kerja-sama-internasional"
SETS = f"cards/{DECK}"
DAY = 86_400
FIRST = 1_780_000_000

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="{r}"/></svg>\n'


def make_history(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The packages of six releases of the deck in `root` (the checkout), made in `folder`."""
    project = copy_decks(root, folder / "project")
    for ledger in (project / SETS).glob("ledger*.jsonl"):
        ledger.unlink()
    (project / SETS / "changelog.md").unlink(missing_ok=True)
    shutil.rmtree(project / SETS / "i18n", ignore_errors=True)  # its releases are others
    packages = []
    for number, change in enumerate(CHANGES):
        change(project)
        stamp = FIRST + number * 30 * DAY
        monkeypatch.setattr("kartu.core.clock.time.time", lambda stamp=stamp: float(stamp))
        result = release(ReleaseOptions(project, out=project / "build"), markdown)
        assert result.packages, (result.diagnostics, result.plans)
        target = folder / f"R{number + 1}.apkg"
        shutil.copy(project / "build" / f"{DECK}-lengkap.apkg", target)
        packages.append(target)
    return packages


def nothing(project: Path) -> None:
    """The first release is the deck as it is."""


def fix_typos_and_add_a_picture(project: Path) -> None:
    """Five answers get a word, one note a picture."""
    _say_more(project, "manfaat-ideologi", "manfaat", 5)
    _picture(project, "2")
    path = _card_set(project, "kerja-sama-internasional")
    text = path.read_text("utf-8").rstrip("\n")
    picture = "    gambar: {file: lingkaran.svg, alt: Sebuah lingkaran}\n"
    path.write_text(f"{text}\n{picture}", "utf-8")


def add_notes_reorder_and_rename_files(project: Path) -> None:
    """Five new notes come first, and a card set gets another name and with it another place."""
    notes = "".join(
        f"  - id: tambahan-{n}\n    istilah: Istilah {n}\n    arti: Arti {n}\n"
        "    sources: [artikel]\n    facts: [F01]\n"
        for n in range(5)
    )
    head = "note_type: istilah\nsubdeck: 01 Pengertian, Bentuk, dan Manfaat\ntags: [inti]\nnotes:\n"
    (project / SETS / "00-tambahan.yaml").write_text(head + notes, "utf-8")
    path = _card_set(project, "bidang-patroli")
    path.rename(path.with_name("01-02-bidang-perbandingan.yaml"))


def retire_a_note_and_correct_others(project: Path) -> None:
    """One note is no longer used, five are corrected."""
    path = project / SETS / "00-tambahan.yaml"
    text = path.read_text("utf-8")
    retired = "tambahan-0\n    retired: Sudah tidak berlaku."
    path.write_text(text.replace("tambahan-0", retired), "utf-8")
    _say_more(project, "kata-bilateral", "alasan", 5)


def claim_a_spare_field(project: Path) -> None:
    """Position 9 of istilah becomes a field, which five notes fill."""
    note_type = project / "templates/istilah/note_type.yaml"
    text = note_type.read_text("utf-8")
    field = "\n  - {key: asal, name: Asal kata, id: 9}\ncards:"
    note_type.write_text(text.replace("\ncards:", field, 1), "utf-8")
    back = project / "templates/istilah/lanjutan.html"
    more = '{{#Asal kata}}<div class="more">{{Asal kata}}</div>{{/Asal kata}}\n'
    back.write_text(back.read_text("utf-8") + more, "utf-8")
    path = project / SETS / "00-tambahan.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(arti: Arti \d)", r"\1\n    asal: Dari kata lain", text), "utf-8")


def claim_a_dormant_card_and_replace_the_picture(project: Path) -> None:
    """Position 3 of istilah becomes a card, and the picture is another one."""
    templates = project / "templates/istilah"
    text = (templates / "note_type.yaml").read_text("utf-8")
    card = "  - {id: 3, name: Asal → Istilah, front: asal.front.html, back: istilah.back.html}\n"
    (templates / "note_type.yaml").write_text(text.rstrip("\n") + "\n" + card, "utf-8")
    (templates / "asal.front.html").write_text(
        '[[% extends "_shared/front.html" %]]\n[[% set asks = "Asal kata" %]]\n'
        "[[% block question %]]{{Asal kata}}[[% endblock %]]\n",
        "utf-8",
    )
    _picture(project, "4")
    _say_more(project, "traktat", "arti", 5)


CHANGES: list[Callable[[Path], None]] = [
    nothing,
    fix_typos_and_add_a_picture,
    add_notes_reorder_and_rename_files,
    retire_a_note_and_correct_others,
    claim_a_spare_field,
    claim_a_dormant_card_and_replace_the_picture,
]


def _card_set(project: Path, note: str) -> Path:
    """The card set that holds the note."""
    sets = (project / SETS).glob("[0-9]*.yaml")
    return next(one for one in sets if f"  - id: {note}\n" in one.read_text("utf-8"))


def _say_more(project: Path, note: str, key: str, count: int) -> None:
    path = _card_set(project, note)
    line = re.compile(rf"^(    {key}: [^|>\"'\n].*)$", re.MULTILINE)
    text, changed = line.subn(r"\1 Begitulah.", path.read_text("utf-8"), count=count)
    assert changed >= 4, f"{path.name} has too few plain {key}"
    path.write_text(text, "utf-8")


def _picture(project: Path, radius: str) -> None:
    media = project / SETS / "media"
    media.mkdir(exist_ok=True)
    (media / "lingkaran.svg").write_text(SVG.format(r=radius), "utf-8")
