"""Where random inputs begin: files of the examples, and tokens that mean something to kartu."""

from __future__ import annotations

import json

from kartu.ledger.entries import DeckEntry, NoteEntry, Release, TypeEntry
from kartu.ledger.file import Ledger, write_ledger
from support.in_memory import PROJECT
from support.packages import MODELS, collection, message, newer_collection, newer_package, zipped
from support.projects import EXAMPLES, sections
from support.readers import workbook_members

TOKENS = (
    *("note_type: ", "notes:\n", "  - id: ", "fields: ", "cards: ", "include: ", "tag:", "not "),
    *("and ", "or ", "(", ")", "&a ", "*a", "<<: ", "- ", ": ", "\t", "\r\n", "[", "]", "{", "}"),
    *("'", '"', "|", "|\n", ">-\n", "!!x", "---\n", "%YAML", "#", "# kartu: ignore[", "? ", "\\"),
    *("{{c1::", "{{c1,2::", "::", "}}", "{{", "[[= ", "]]", "[[% if x %]]", "[[% endif %]]"),
    *("[[% set x = ", "%]]", "[[% for i in ", "[[% endfor %]]", "[[#", "{{#A}}", "{{^A}}"),
    *("{{/A}}", "{{A}}", "{{cloze:A}}", "{{hint:A}}", "{{furigana:A}}", "{{text:A}}", "{{type:A}}"),
    *("{{tts id_ID:A}}", "{{=<% %>=}}", "<!--", "-->", "<script>", "</script>", "<style>", "<b>"),
    *("</b>", "<a href=", "<img src=", "<span class=", "![", "](", "[sound:", "[latex]", "$", "$$"),
    *("\\(", "\\)", "\\[", "\\]", "**", "_", "~~", "`", "> ", "1. ", "| - |", "&nbsp;", "&#x41;"),
    *("image-occlusion:rect:left=.1:", "&lt;", "html-removed", "error[", "\0", "\x1f", "\u2028"),
    *(
        "\ufeff",
        "é",
        "🙂",
        "sep=;",
        '""',
        '="',
        "<table:table-row",
        "<table:table-cell",
        "<text:p>",
    ),
    *("table:number-columns-repeated=", "table:number-rows-repeated=", "<text:s text:c=", "<c r="),
    *("office:value-type=", "date", "<row r=", ' t="s"', ' t="e"', ' s="1"', "<v>", "<f>", "</c>"),
    *("null", "true", "NaN", "Infinity", "1e999", "-1", "0", "65536", "4294967296"),
)

# Anki's export of notes as text.
_EXPORTED = b"""#separator:tab
#html:true
#guid column:1
#notetype column:2
#deck column:3
#tags column:6
g\tDasar\tA::B\t<b>x</b>\t"a ""b\n\n"" c"\tt u
"""

_ENDINGS = {
    **dict.fromkeys(("yaml", "card-set", "review", "ignore", "fields", "html"), "kartu.yaml"),
    "cloze": "kartu.yaml",
    "deck": "deck.yaml",
    "note-type": "note_type.yaml",
    "variant": "i18n/en.yaml",
    "ledger": ".jsonl",
    "changelog": ".md",
    "csv": ".csv",
    "markdown": "soal.md",
    **dict.fromkeys(("mustache", "layout", "show"), ".html"),
    **dict.fromkeys(("codes", "report"), "expected"),
}


def seeds(name: str) -> list[bytes]:
    """Inputs for a reader of support/readers.py that it can do something with."""
    found = set(_made().get(name, []))
    if ending := _ENDINGS.get(name):
        examples = [sections(path.read_text("utf-8")) for path in EXAMPLES.glob("*/*.txt")]
        for one in (PROJECT, *examples):
            found |= {text.encode() for path, text in one.items() if path.endswith(ending)}
    if name in ("csv", "xlsx", "ods"):
        found |= {path.read_bytes() for path in (EXAMPLES / "libreoffice").glob(f"*.{name}")}
    return sorted(one for one in found if len(one) < 40_000)


def _made() -> dict[str, list[bytes]]:
    """Inputs of a form that no example has."""
    members = workbook_members()
    sheet, styles = members["xl/worksheets/sheet1.xml"], members["xl/styles.xml"]
    package = {"collection.anki2": collection(), "media": b'{"0": "a.png"}', "0": b"x"}
    package["kartu.json"] = b'{"uid": "a1b2c3d4e5f60718", "edition": ""}'
    stored = ['{"0": "a.png"}', "{}", json.dumps(MODELS), '{"1": {"name": "D"}}', "a\x1fb", "t"]
    strings = b"<sst><si><t>x</t></si></sst>"
    return {
        "selection": [b'tag:inti and not (type:isian or subdeck:"05 Manfaat")', b"id:satu"],
        "ledger": [_ledger()],
        "changelog": [b"# Dek: Changelog\n\n## 1.0.0 (2026-01-01)\n\nFirst release: 1 note.\n"],
        "show": [
            b"{{#A}}{{hint:A}}{{/A}}\0{{FrontSide}}{{text:A}}\0a {{c1::b::c}} d",
            b"{{cloze:A}}{{furigana:A}}\0{{cloze-only:A}}\0{{c1::image-occlusion:rect:left=1}}",
        ],
        "codes": [b"no-card,bad-cloze", b"error[no-card]"],
        "apkg": [zipped(package)],
        "collection": ["\0".join(stored).encode()],
        "import": [zipped(package), newer_package(newer_collection())],
        "import-collection": ["\0".join(part for part in stored if part != "{}").encode()],
        "import-messages": [b"\0\0".join([message((1, message((1, b"a.png")))), *_messages()])],
        "import-list": [
            b"tibu kota\tNusantara\nair\twater\n",
            b"t" + _EXPORTED,
            b"cIstilah;Arti\nEkspor;Menjual\n",
        ],
        "update": [b'id,depan,belakang,tags\nsatu,"Satu\nDua",One,a | b\n', b"id;depan\nsatu;=1\n"],
        "import-crowdanki": [json.dumps(_crowdanki()).encode()],
        "xlsx": [zipped(members)],
        "xlsx-parts": [sheet, b"\0".join([sheet, strings, styles])],
        "ods": [zipped({"content.xml": ods("id", "note_type", "text")})],
        "ods-content": [ods("id", "note_type", "text"), ods("satu", "a<text:s text:c='3'/>b")],
        "csv-rows": [b'a;dasar;x;"b | c";p | q;t;\nb;dasar;"x\ny";;;;# kartu: ignore[no-card]\n'],
    }


def _messages() -> list[bytes]:
    return [message((3, b".card {}")), message((9, 1)), message((1, b"{{A}}"), (2, b"{{B}}"))]


def _crowdanki() -> dict[str, object]:
    model = {**MODELS["1"], "crowdanki_uuid": "u", "__type__": "NoteModel"}
    note = {"__type__": "Note", "guid": "g", "note_model_uuid": "u", "fields": ["a", "b"]}
    child = {"name": "Satu", "notes": [{**note, "tags": ["t"]}], "children": []}
    return {"name": "Dek", "desc": "x", "note_models": [model], "notes": [], "children": [child]}


def ods(*cells: str) -> bytes:
    """content.xml of a sheet with one row."""
    names = "".join(
        f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"'
        for one in ("office", "table", "text", "style")
    )
    row = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="A"><table:table-row>{row}</table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def _ledger() -> bytes:
    stamp = (1_700_000_000, "1.0.0")
    deck = DeckEntry("a1b2c3d4e5f60718", "Dek", "D", "h", {}, {}, *stamp)
    kind = TypeEntry(
        *(
            "dasar",
            1,
            "standard",
            [8, 3],
            {"1": "A"},
            {"1": "K"},
            [],
            [],
            {"1": "f"},
            {"1": "b"},
            "h",
        ),
        *stamp,
    )
    note = NoteEntry(
        *(
            "satu",
            "dasar",
            "Dek",
            "g",
            "h",
            {"tags": "x"},
            {"1": "y"},
            {"1": "z"},
            {},
            "AAE=",
            {},
            {"1": ""},
            [""],
        ),
        False,
        *stamp,
    )
    releases = {"1.0.0": Release("1.0.0", stamp[0], "c")}
    return write_ledger(Ledger("", deck, {"dasar": kind}, {"satu": note}, releases, {}, [], {}))
