"""A project with several card sets, translations and a release, for single faults put into it."""

from __future__ import annotations

# Three note types, a sheet, a translation, editions and sources, and a second deck.
PROJECT = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
licence: CC-BY-4.0
sources:
  buku: {title: Buku Guru}
  artikel: {title: Artikel}
editions:
  inti: {title: Inti, include: "tag:inti"}
  lengkap: {}
--- cards/contoh/kartu.yaml
--- cards/contoh/1-istilah.yaml
note_type: dasar
subdeck: 01 Istilah
tags: [inti]
notes:
  - id: bilateral
    depan: Kerja sama bilateral
    belakang: Kerja sama antara dua negara.
    sources: [buku]
  - id: regional
    depan: Kerja sama regional
    belakang: Kerja sama negara satu kawasan.
    sources: [buku]
  - id: multilateral
    depan: Kerja sama multilateral
    belakang: Kerja sama banyak negara.
    sources: [buku]
  - id: ekspor
    depan: Ekspor
    belakang: Menjual barang ke luar negeri.
    sources: [buku]
--- cards/contoh/2-isian.yaml
note_type: isian
subdeck: 02 Isian
tags: [hukum]
notes:
  - id: pembukaan
    teks: "Dasar hukumnya {{c1::Pembukaan UUD 1945}} alinea keempat."
    sources: [artikel]
  - id: bebas-aktif
    teks: "Politik luar negeri Indonesia adalah {{c1::bebas}} dan {{c2::aktif}}."
    sources: [artikel]
--- cards/contoh/3-pilihan.yaml
note_type: pilihan
subdeck: 03 Pilihan
tags: [ujian]
notes:
  - id: pendiri
    soal: Negara mana yang ikut mendirikan Liga pada tahun 1967?
    jawaban: Filipina
    pilihan_1: Vietnam
    pilihan_2: Filipina
    pilihan_3: Kamboja
    sources: [artikel]
--- cards/contoh/4-kata.csv
note_type,id,depan,belakang,tags,sources
dasar,impor,Impor,Membeli barang dari luar negeri.,dagang,buku
dasar,devisa,Devisa,Alat pembayaran luar negeri.,dagang,buku
--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
notes:
  bilateral: {depan: Bilateral cooperation, belakang: Cooperation between two states.}
  regional: {depan: Regional cooperation, belakang: Cooperation within one region.}
  multilateral: {depan: Multilateral cooperation, belakang: Cooperation of many states.}
  ekspor: {depan: Export, belakang: Selling goods abroad.}
  pembukaan: {teks: "Its legal basis is the {{c1::Preamble}}, fourth paragraph."}
  bebas-aktif: {teks: "Its foreign policy is {{c1::free}} and {{c2::active}}."}
  pendiri:
    soal: Which state helped to found the League in 1967?
    jawaban: Philippines
    pilihan_1: Vietnam
    pilihan_2: Philippines
    pilihan_3: Cambodia
  impor: {depan: Import, belakang: Buying goods from abroad.}
  devisa: {depan: Foreign exchange, belakang: Means of payment abroad.}
editions: {inti: {title: Core}, lengkap: {title: Complete}}
subdecks:
  01 Istilah: 01 Terms
  02 Isian: 02 Gaps
  03 Pilihan: 03 Choices
--- cards/kimia/deck.yaml
id: kimia
uid: c1b2c3d4e5f60718
name: Kimia
language: en
version: 1.0.0
--- cards/kimia/1-unsur.yaml
note_type: dasar
notes:
  - {id: natrium, depan: Na, belakang: Sodium}
  - {id: kalium, depan: K, belakang: Potassium}
--- templates/pilihan/note_type.yaml
id: pilihan
name: Pilihan
fields:
  - {key: soal, name: Soal, id: 1, required: true}
  - {key: jawaban, name: Jawaban, id: 2, required: true, one_of: [pilihan_1, pilihan_2, pilihan_3]}
  - {key: pilihan_1, name: Pilihan 1, id: 3, required: true}
  - {key: pilihan_2, name: Pilihan 2, id: 4, required: true}
  - {key: pilihan_3, name: Pilihan 3, id: 5}
cards:
  - {id: 1, name: Pilihan, front: soal.front.html, back: soal.back.html}
--- templates/pilihan/soal.front.html
[[= texts.soal ]] {{Soal}}<p>{{Pilihan 1}}</p><p>{{Pilihan 2}}</p><p>{{Pilihan 3}}</p>
--- templates/pilihan/soal.back.html
{{FrontSide}}<hr id="answer">{{Jawaban}}
--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields:
  - {key: teks, name: Teks, id: 1, required: true}
cards:
  - {id: 1, name: Isian, front: isian.front.html, back: isian.back.html}
--- templates/isian/isian.front.html
{{cloze:Teks}}
--- templates/isian/isian.back.html
{{cloze:Teks}}
--- templates/_shared/texts/id.yaml
soal: Soal
--- templates/_shared/texts/en.yaml
soal: Question
"""
