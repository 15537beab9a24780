"""The rules on teaching: what they tell, and what they must be silent about."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project

from kartu.pipeline import Options, check

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: {}
version: 1.0.0
"""

# A question and its answer, or a text with gaps. On these a teacher has nothing to fix.
SILENT: dict[str, list[str | tuple[str, str]]] = {
    "id": [
        ("Apakah nama ibu kota Indonesia?", "Jakarta"),
        ("Andorra la Vella", "Andorra"),
        ("Kota Kuwait", "Kuwait"),
        ("Negara apa yang beribu kota Andorra la Vella?", "Andorra"),
        ("Apakah yang dimaksud dengan ekspor?", "Penjualan barang ke luar negeri"),
        ("Apakah ASEAN (Perhimpunan Bangsa-Bangsa Asia Tenggara) itu?", "Organisasi regional"),
        ("Apa kebalikan dari salah?", "Benar"),
        ("Apa itu inflasi?", "Kenaikan harga secara umum"),
        ("Demokrasi itu berasal dari kata apa?", "Demos dan kratos"),
        ("Inflasi itu apa?", "Kenaikan harga secara umum"),
        ("Siapa presiden Indonesia saat ini?", "Prabowo Subianto"),
        ("Berapa jumlah penduduk dunia saat ini?", "Sekitar delapan miliar"),
        ("Selain itu, apa hasil Konferensi Asia Afrika di bidang politik?", "Dasasila Bandung"),
        ("Lengkapi peribahasa ini: air susu dibalas dengan …", "air tuba"),
        ("Ali menabung Rp5.000 sehari. Berapa tabungannya setelah itu?", "Rp35.000"),
        ("Soekarno lahir di Surabaya. Kapan dia lahir?", "6 Juni 1901"),
        ("Dua negara berpatroli bersama. Apa bentuk kerja sama ini?", "Bilateral"),
        ("Mereka pergi ke pasar.", "They go to the market."),
        ("Di mana mereka tinggal?", "Where do they live?"),
        ("Mana yang lebih luas, Jawa atau Sumatra?", "Sumatra"),
        ("Siapa penulis novel *Laskar Pelangi*?", "Andrea Hirata"),
        ('"Apa kabar?" Apa jawabannya?', "Baik"),
        ("Siapa pendiri ASEAN (Perhimpunan Bangsa-Bangsa Asia Tenggara) itu?", "Lima negara"),
        ("Kapan perjanjian Linggajati itu ditandatangani?", "25 Maret 1947"),
        ("Radio", "radio"),
        ("Apa nama mata uang Jepang?", "Yen"),
        ("Apa dan siapa", "Judul sebuah buku"),
        ("Perang Dunia II", "1939 sampai 1945"),
        ("Berapa lama siswa SMA belajar?", "Tiga tahun"),
        ("KERJA SAMA BILATERAL", "Kerja sama dua negara"),
        ("WTO", "Organisasi Perdagangan Dunia"),
        ("Apa tugas Organisasi Kesehatan Dunia (WHO)?", "Menjaga kesehatan sedunia"),
        ("Apa rumus kimia kalium hidroksida?", "KOH"),
        ("Apa warna bendera Polandia?", "Putih, merah"),
        ("Urutan warna pelangi", "Merah, jingga, kuning, hijau, biru, nila, ungu"),
        ("Apa mata uang Ekuador, negara di Amerika Selatan bagian barat?", "Dolar Amerika Serikat"),
        ("Apa mata uang Panama, negara di Amerika Tengah bagian selatan?", "Dolar Amerika Serikat"),
        ("Apa ibu kota Sumatera Utara, provinsi di Pulau Sumatra?", "Kota Medan"),
        ("Apa ibu kota Sumatera Selatan, provinsi di Pulau Sumatra?", "Kota Palembang"),
        ("Harga karcis masuk museum itu berapa dolar?", r"\$5 sampai \$6, atau US$ 7"),
        ("Apa turunan x kuadrat?", r"$2x$, karena $\frac{d}{dx} x^{2} = 2x$"),
        ("Apa isi himpunan A?", r"$\{1, 2\}$"),
        ("Tag apa yang menebalkan huruf?", "`<b>` dan 3 < 5 <br> `$x`"),
        "Ibu kota Prancis ialah {{c1::Paris}}.",
        "house = {{c1::rumah}}",
        "Romeo dan {{c1::Julia}}",
        "Rumus air: {{c1::H2O}}",
        "Negara {{c1::maju::tingkat kemajuannya}}",
        "Negara itu mengutamakan {{c1::kepentingan nasional::kepentingan apa?}} rakyatnya.",
        "Sidang itu dibuka di {{c1::Bandung::bukan hanya ibu kota, juga kota kembang}} pada 1955.",
        "Presiden pertama Indonesia ialah {{c1::Soekarno::tokoh yang lahir di Surabaya}}.",
        "Negara sekawasan {{c1::bersahabat::kata yang berawalan ber-}} satu sama lain.",
        "Sidang itu sepakat secara {{c1::mufakat::mufakat atau suara terbanyak}} pada 1967.",
        "Perjanjian itu disahkan pada {{c1::24 Oktober::tanggal dan bulan}} 1945.",
        "Saya pergi {{c1::ke::kata depan}} sekolah.",
        "Saat ini anggota ASEAN (Perhimpunan Bangsa-Bangsa Asia Tenggara) {{c1::sebelas}} negara.",
        r"Luas lingkaran: \\({{c1::\pi r^{2} }}\\)",
    ],
    "en": [
        ("What is it called when prices rise?", "Inflation"),
        ("What does it mean to export goods?", "To sell them abroad"),
        ("Is that so? Translate into Indonesian.", "Benarkah begitu?"),
        ("Which is larger, Java or Sumatra?", "Sumatra"),
        ("Who wrote the novel that was filmed in 1939?", "Margaret Mitchell"),
        ("What is this?", "Apa ini?"),
        ("Did", "Past tense of do"),
        ("Has", "Third person of have"),
        ("The rise of prices, and why it matters", "Inflation; money loses its worth"),
        ("Why is it that the sky is blue?", "Blue light is scattered most"),
        ("When did Napoleon say that he was born a ruler?", "1796"),
        "The capital of France is {{c1::Paris}}.",
        "It rains {{c1::cats and dogs::an idiom}}.",
        "The river is {{c1::deep::adjective that begins with d}} and cold.",
        "Spanish: I {{c1::soy::ser/estar}} a student from Peru.",
        "He {{c1::believed::believe}} every word of the story.",
    ],
    "de": [
        ("Ist Berlin die Hauptstadt?", "Ja"),
        ("Wer schrieb es und wann?", "Goethe, 1774"),
        "Das Haus ist {{c1::und}} bleibt {{c2::rot}}.",
    ],
}  # fmt: skip

# The rules find these too; the examples in tests/examples/reject show each in full.
TOLD: dict[str, list[tuple[str | tuple[str, str], str]]] = {
    "id": [
        (("Benarkah ekspor adalah penjualan?", "Benar, ke luar negeri"), "yes-no-question"),
        (("Menurut hukum, bolehkah warga mendirikan partai?", "Boleh."), "yes-no-question"),
        (("Apa penyebab dan bagaimana akibat perang itu?", "Banyak"), "double-question"),
        (("Kapankah hal tersebut terjadi?", "1945"), "pronoun-without-referent"),
        (("Apa ibu kota negara itu?", "Praha"), "pronoun-without-referent"),
        (("Siapa yang menciptakannya? Mengapa?", "Ibu Sud, untuk anak-anak"), "double-question"),
        (("Batik itu warisan budaya, atas nama apa?", "warisan budaya"), "answer-in-question"),
        (("Apa penyebab perang itu?", "Perebutan wilayah"), "pronoun-without-referent"),
        ("Di {{c1::Bandung}}, negara-negara ini berunding.", "pronoun-without-referent"),
        ("Negara ini {{c1::beribu kota di Praha}} sejak 1993.", "pronoun-without-referent"),
        ("Tali {{c1::persahabatan::lawan kata permusuhan}} dua bangsa.", "hint-gives-answer"),
        ("ASEAN mencari {{c1::konsensus::nama lain mufakat}} anggota.", "hint-gives-answer"),
        ("Naskah dibuat {{c1::tertulis::bukan lisan}} oleh negara.", "hint-gives-answer"),
        ("Rakyat ingin {{c1::sejahtera::hidup yang makmur}} dan aman.", "hint-gives-answer"),
        ("Dunia ingin {{c1::perdamaian abadi::tanpa perang}} sejati.", "hint-gives-answer"),
        ("Dunia ingin {{c1::perdamaian abadi::perdamaian abadi dunia}} itu.", "hint-gives-answer"),
        ("Kota Bogor dijuluki kota {{c1::yang}} sering hujan.", "cloze-of-function-word"),
        ("{{c1::Paris}} indah.", "cloze-without-context"),
        (("Bidang", "Politik, ekonomi, sosial, budaya, hukum serta agama"), "long-list"),
    ],
    "en": [
        (("Was Napoleon born on Corsica?", "Yes, in 1769"), "yes-no-question"),
        (("True or false: water boils at 90 degrees.", "False"), "yes-no-question"),
        (("When did this country join?", "1995"), "pronoun-without-referent"),
        (("When was he born?", "1769"), "pronoun-without-referent"),
        (("How and why do prices rise?", "Demand grows"), "double-question"),
        ("The capital {{c1::of}} France is Paris.", "cloze-of-function-word"),
        ("It strengthens the ties of {{c1::friendship::opposite of enmity}}.", "hint-gives-answer"),
        ("Treaties are made in {{c1::writing::not by word of mouth}} today.", "hint-gives-answer"),
        ("Nations hope for {{c1::lasting peace::without war}} one day.", "hint-gives-answer"),
        ("The clerks love {{c1::red tape::paperwork that never ends}} too.", "hint-gives-answer"),
    ],
    "fr": [
        (("Quel est le nom complet de l'OCDE ?", "Je ne sais pas"), "unexplained-abbreviation"),
        (("Qui a peint la Joconde à Florence ?", "Florence"), "answer-in-question"),
    ],
}  # fmt: skip


def codes(root: Path, language: str, note: str | tuple[str, str]) -> set[str]:
    """What is told of a project with this note alone."""
    if isinstance(note, str):
        notes = f"note_type: isian\nnotes:\n  - id: satu\n    teks: '{note}'\n"
    else:
        front, back = (text.replace("'", "''") for text in note)
        values = f"    depan: '{front}'\n    belakang: '{back}'\n"
        notes = f"note_type: dasar\nnotes:\n  - id: satu\n{values}"
    files = f"{DECK.format(language)}--- cards/contoh/kartu.yaml\n{notes}"
    write_project(root, TWO_NOTE_TYPES.replace(MUNDUR, ""), files)
    return {one.code for one in check(Options(root))}


@pytest.mark.parametrize(
    ("language", "note"), [(language, note) for language, notes in SILENT.items() for note in notes]
)
def test_no_false_alarm(tmp_path: Path, language: str, note: str | tuple[str, str]) -> None:
    """What a good teacher may well write is not told."""
    assert codes(tmp_path, language, note) == set()


@pytest.mark.parametrize(
    ("language", "note", "code"),
    [(language, note, code) for language, notes in TOLD.items() for note, code in notes],
)
def test_faults_are_told(
    tmp_path: Path, language: str, note: str | tuple[str, str], code: str
) -> None:
    """A fault is told under its own code and no other."""
    assert codes(tmp_path, language, note) == {code}


PICTURES = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, format: image, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- cards/contoh/media/bendera.gif
GIF89a
"""
NAMES = [
    "Ambon",
    "Bogor",
    "Cepu",
    "Demak",
    "Ende",
    "Fakfak",
    "Garut",
    "Hila",
    "Ijen",
    "Jombang",
    "Kupang",
    "Lamongan",
]


def found_on(root: Path, fronts: list[str], code: str, *files: str) -> list[str]:
    """The messages of `code` on notes with those fronts, in a deck of many."""
    notes = "".join(
        f"  - {{id: n-{number}, depan: {front}, belakang: {name}}}\n"
        for number, (front, name) in enumerate(zip(fronts, NAMES, strict=True))
    )
    write_project(root, *files, f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{notes}")
    return [one.message for one in check(Options(root)) if one.code == code]


def test_a_template_that_breaks_a_rule_is_told_once(tmp_path: Path) -> None:
    """Where the fronts of most cards of a template are pictures, that is one finding."""
    (message,) = found_on(tmp_path, ["bendera.gif"] * 12, "question-without-text", PICTURES)
    assert message.endswith('(the same on 11 more of the 12 cards "Maju" of the note type "dasar")')


def test_slips_are_told_one_by_one(tmp_path: Path) -> None:
    """Where few cards of a template break a rule, each is told at its place."""
    described = '{file: bendera.gif, alt: "Bendera dengan garis"}'
    fronts = ["bendera.gif"] * 4 + [described] * 8
    found = found_on(tmp_path, fronts, "question-without-text", PICTURES)
    assert found == ["the question is only a picture, and no text says what it shows"] * 4


def test_each_rule_speaks_once_of_a_template(tmp_path: Path) -> None:
    """Whatever the rule, most cards of a template are one finding with their number."""
    fronts = [f'"Apakah {name} sebuah kota, ya atau tidak?"' for name in NAMES]
    (message,) = found_on(tmp_path, fronts, "yes-no-question")
    assert message.startswith("a question that yes or no answers (the same on 11 more of the 12")


def test_pictures_without_text_are_told_once_per_field(tmp_path: Path) -> None:
    """Pictures beside text, none of them described, are one finding of their field."""
    fronts = [f'"{name}: ![](bendera.gif)"' for name in NAMES]
    files = PICTURES.replace("format: image", "format: markdown")
    (message,) = found_on(tmp_path, fronts, "image-without-text", files)
    assert "(the same in 11 more of the 12 fields" in message
