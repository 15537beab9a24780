"""What the students' guide says of an update is what the real Anki does."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import anki.lang
from anki.collection import Collection
from support.engine import collection, import_package
from support.program import ROOT, Run

from kartu.show.gallery.front import front_page

MINE = "punyaku"


def test_an_update_keeps_and_takes_what_the_guide_says(kartu: Run, tmp_path: Path) -> None:
    """Each row of both tables is seen after an update that corrects one note of three."""
    old, new = _releases(kartu, tmp_path / "ipa")
    with collection(tmp_path / "siswa") as col:
        import_package(col, old)
        before = _use(col)
        import_package(col, new)
        seen = _look(col, before)
    guide = (ROOT / "docs/panduan-siswa.md").read_text("utf-8")
    tables = guide[guide.index("### Apa yang tetap") : guide.index("Dua hal menghalangi")]
    told = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", tables, re.MULTILINE))
    for row in ("milikmu", "---"):
        del told[row]
    assert seen == told


def test_a_correction_that_did_not_arrive_comes_with_always(kartu: Run, tmp_path: Path) -> None:
    """What the student changed after the release is skipped; imported again as the guide says, the
    correction and the look are there, and all progress too."""
    old, new = _releases(kartu, tmp_path / "ipa")
    with collection(tmp_path / "siswa") as col:
        import_package(col, old)
        col.decks.select(col.decks.id("IPA"))  # type: ignore[arg-type]
        while (card := col.sched.getCard()) is not None:
            col.sched.answerCard(card, 4)
        note = _note(col, "Istilah:Fotosintesis")
        note.tags.append("leech")
        col.update_note(note)
        col.db.execute("update notes set mod = mod + 100000 where id = ?", note.id)  # type: ignore[union-attr]
        model = note.note_type()
        assert model is not None
        css = model["css"]
        model["css"] += " .card { color: red }"
        col.models.update_dict(model)
        col.db.execute("update notetypes set mtime_secs = mtime_secs + 100000")  # type: ignore[union-attr]
        col.models._clear_cache()
        progress = _progress(col)
        import_package(col, new)
        assert "Proses tumbuhan" not in _note(col, "Istilah:Fotosintesis")["Arti"]
        import_package(col, new, always=True)
        note = _note(col, "Istilah:Fotosintesis")
        assert "Proses tumbuhan" in note["Arti"]
        col.models._clear_cache()  # as the desktop does after an import
        assert note.note_type()["css"] == css
        assert _progress(col) == progress


def test_the_site_says_how_a_missed_correction_arrives() -> None:
    """Guide and site name the same two options, as Anki's window has them, and what they cost."""
    guide = (ROOT / "docs/panduan-siswa.md").read_text("utf-8")
    remedy = " ".join(guide[guide.index("### Pembetulan yang tidak sampai") :].split())
    assert "*Perbarui catatan: Selalu* dan *Perbarui tipe catatan: Selalu*" in remedy
    for language, options in {
        "id": ('"Perbarui catatan" dan "Perbarui tipe catatan" pada "Selalu"', "suntingan"),
        "en": ('"Update notes" and "Update note types" at "Always"', "edits"),
    }.items():
        page = unescape(front_page([], language, []))
        assert all(one in page for one in options)


def _progress(col: Collection) -> list[Any]:
    query = "select id, did, type, queue, due, ivl, reps, lapses, flags from cards order by id"
    return col.db.all(query)  # type: ignore[union-attr]


def _releases(kartu: Run, project: Path) -> tuple[Path, Path]:
    """The first and third release of a new project; the third one corrects the first note.

    Between them is one that the student leaves out, so that at least two seconds pass.
    """
    made: list[Path] = []
    assert kartu("new", project, "--name", "IPA", "--language", "id").returncode == 0
    cards = project / "cards/ipa/1-istilah.yaml"
    for old, new in (("", ""), ("Zat hijau", "Zat warna hijau"), ("Cara", "Proses")):
        cards.write_text(cards.read_text("utf-8").replace(old, new, 1), "utf-8")
        out = project.with_name(f"rilis-{len(made)}")
        assert kartu("-C", project, "release", "-o", out).returncode == 0
        made.append(out / "ipa.apkg")
    return made[0], made[2]


def _note(col: Collection, words: str) -> Any:
    return col.get_note(col.find_notes(words)[0])


def _use(col: Collection) -> list[tuple[Any, ...]]:
    """Studies, marks and edits, between the two releases; how the cards stand then."""
    col.decks.select(col.decks.id("IPA"))  # type: ignore[arg-type]
    while (card := col.sched.getCard()) is not None:
        col.sched.answerCard(card, 4)
    corrected, other = _note(col, "Istilah:Fotosintesis"), _note(col, '"Teks:*Tumbuhan*"')
    (first,) = corrected.cards()
    released = corrected.mod
    col.sched.suspend_cards([first.id])
    col.set_user_flag_for_cards(3, [first.id])
    col.set_deck(other.card_ids(), col.decks.id("Pilihan"))  # type: ignore[arg-type]
    for note in (corrected, other):
        note["Catatan"] = MINE
        note.tags += [MINE, "marked"]
        col.update_note(note)
    own = col.new_note(col.models.by_name("Basic"))  # type: ignore[arg-type]
    own.fields = [MINE, MINE]
    col.add_note(own, col.decks.id("IPA"))  # type: ignore[arg-type]
    deck = col.decks.by_name("IPA")
    assert deck is not None
    deck["desc"] = MINE
    col.decks.save(deck)
    before = _cards(col)
    col.remove_notes(col.find_notes("Istilah:Klorofil"))
    col.db.execute("update notes set mod = ?", released + 1)  # type: ignore[union-attr]
    return before


def _cards(col: Collection) -> list[tuple[Any, ...]]:
    """Of those that stay: all that Anki knows of the way they were learnt."""
    cards = [col.get_card(id) for id in col.find_cards(f'"Catatan:{MINE}"')]
    return [(c.id, c.type, c.queue, c.due, c.ivl, c.reps, c.flags, c.did) for c in cards]


def _look(col: Collection, before: list[tuple[Any, ...]]) -> dict[str, str]:
    corrected, other = _note(col, "Istilah:Fotosintesis"), _note(col, '"Teks:*Tumbuhan*"')
    (first,) = corrected.cards()
    assert "Proses tumbuhan" in corrected["Arti"]
    learnt = [col.get_card(one[0]) for one in before]
    stays = [(c.id, c.type, c.queue, c.due, c.ivl, c.reps, c.flags, c.did) for c in learnt]
    words = {True: "tetap", False: "hilang"}
    of_corrected = "di kartu yang dibetulkan guru"
    of_others = "di kartu yang tidak dibetulkan guru"
    return {
        "kemajuan: kapan kartu datang lagi, riwayat ulasan": words[stays == before],
        "kartu yang kamu tangguhkan": words[first.queue == -1],
        "bendera berwarna": words[first.flags == 3],
        "kartu yang kamu pindahkan ke dek lain": (
            "tetap di sana" if other.cards()[0].did == col.decks.id("Pilihan") else "hilang"
        ),
        f"teks yang kamu sunting, {of_others}": words[other["Catatan"] == MINE],
        f"label (di Anki: *tag*) buatanmu, {of_others}": words[MINE in other.tags],
        "kartu yang kamu buat sendiri": words[bool(col.find_notes(f"Front:{MINE}"))],
        f"teks yang kamu sunting, {of_corrected}": (
            "tetap" if corrected["Catatan"] == MINE else "diganti teks guru"
        ),
        f"label buatanmu, juga *marked*, {of_corrected}": words[
            not {MINE, "marked"}.isdisjoint(corrected.tags)
        ],
        "keterangan dek yang kamu tulis sendiri": (
            "tetap" if col.decks.by_name("IPA")["desc"] == MINE else "diganti keterangan guru"  # type: ignore[index]
        ),
        "kartu yang kamu hapus": ("kembali" if col.find_notes("Istilah:Klorofil") else "hilang"),
    }


def _word(translation: str) -> str:
    return translation.replace("&", "").rstrip(".…")


def test_words_of_anki_are_its_own() -> None:
    """What the guides and the site call Anki's menus, buttons and options, Anki calls so, too."""
    anki.lang.set_lang("id")
    say = anki.lang.tr_legacyglobal
    into = f"{_word(say.qt_accel_file())} → {_word(say.qt_accel_import())}"
    out = f"{_word(say.qt_accel_file())} → {_word(say.qt_accel_export())}"
    dark = (say.qt_accel_tools, say.qt_accel_preferences, say.preferences_theme)
    night = " → ".join(_word(one()) for one in (*dark, say.preferences_theme_dark))
    words = {
        "docs/panduan-siswa.md": [
            *(f"*{into}*", f"*{night}*", f"*{say.qt_misc_browse()}*", f"*{say.qt_misc_sync()}*"),
            f"*{_word(say.qt_accel_edit())} → {say.undo_undo()}*",
            f"*{say.actions_options()}* → *{say.scheduling_new_cardsday()}*",
            f"*{say.importing_update_notes()}: {say.importing_update_always()}*",
            f"*{say.importing_update_notetypes()}:\n{say.importing_update_always()}*",
            *(f"| {say.importing_merge_notetypes()} |", f"| {say.importing_update_if_newer()} |"),
        ],
        "docs/panduan-koreksi.md": [
            *(f"*{say.actions_export()}*", f"*{say.exporting_anki_deck_package()} (.apkg)*"),
            f"*{say.exporting_include_scheduling_information()}*",
            *(f"*{say.exporting_include_deck_configs()}*", f"*{say.exporting_include_media()}*"),
        ],
        "docs/panduan-berkas.md": [f"*{into}*", f"*{out}*"],
        "kartu/show/gallery/texts.json": [into],
    }
    anki.lang.set_lang("en")
    for page, of_anki in words.items():
        text = " ".join((ROOT / page).read_text("utf-8").split())
        missing = [one for one in of_anki if " ".join(one.split()) not in text]
        assert missing == [], page
