"""Random texts from words, numbers and marks that people type, and a deck that shows them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st

from kartu.core.diagnostics import Diagnostic
from kartu.core.progress import no_progress
from kartu.pipeline import build_diagnostics, compile_decks
from support.projects import write_project

FORMATS = ("text", "markdown", "html", "list", "table", "image", "cloze")
IN_SHEETS = ("text", "markdown", "html", "cloze")

WORDS = (
    *("Jakarta", "suhu", "derajat", "air", "garam", "min", "max", "int", "set", "list", "vector"),
    *(
        "dan",
        "kata",
        "b",
        "i",
        "p",
        "x",
        "y",
        "tahun",
        "Soekarno",
        "naïve",
        "重要",
        "карта",
        "init",
    ),
    *("script", "table", "title", "path", "text", "copy", "python", "5", "12", "1945", "1949"),
    *("1.000", "3,14", "007", "2026", "50%", "9", "1", "2"),
)
MARKS = (
    *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–“”°×≤",
    *("<b>", "</b>", "<i>", "<br>", "<int>", "<min>", "<td>", "<p class=", "<script>", "</script>"),
    *("<!--", "-->", "<!DOCTYPE ", "<?php ", "?>", "<![CDATA[", "]]>", "</", "/>", "<svg>"),
    *("[Na+]: ", "[1]: ", "]: ", "](", "![", "[a](https://a.id)", "[a]", "[a]: https://a.id"),
    *("- ", "+ ", "* ", "# ", "## ", "> ", "1. ", "2. ", "1949. ", "2) ", "5. ", ">>> ", "\n- "),
    *(
        "```",
        "``",
        "~~",
        "**",
        "__",
        "***",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "|-|-|\n",
        "\n---\n",
        "===\n",
    ),
    *("&copy;", "&amp;", "&copy", "&#53;", "{{c1::", "{{c2::", "}}", "::", "[sound:", "[latex]"),
    *("[[type:", "]]", "[$]", "[/$]", "<a href=", "<img src=", 'title="', "C:\\", "https://a.id/"),
    *("\n", "\n", "\n\n", "\n    ", "  ", " ", " ", " "),
)

# What lines begin with, where the rest of the line is words.
BEGINNINGS = (
    *("", "", "", "- ", "- ", "+ ", "* ", "1. ", "2. ", "3) ", "1945. ", "1949. ", "007. ", "# "),
    *(
        "## ",
        "> ",
        ">>> ",
        "    ",
        "\t",
        "  - ",
        "   1. ",
        "[Na+]: ",
        "[1]: ",
        "[^1]: ",
        "|",
        "| a |",
    ),
    *(
        "|-|-|",
        "---",
        "===",
        "-",
        "=",
        "```",
        "```python",
        "~~~",
        "$$",
        "<div>",
        "<!-- ",
        "<table>",
    ),
    *("<tr><td>", "<pre>", ": ", "= ", "%", ">= ", "- [ ] ", "- 5", "\\", "***"),
)

PARTS = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(MARKS), st.sampled_from(WORDS).map(" {} ".format)
)
LINES = st.tuples(st.sampled_from(BEGINNINGS), st.lists(PARTS, max_size=4).map("".join)).map(
    "".join
)
TEXTS = st.one_of(
    st.lists(PARTS, min_size=1, max_size=9).map("".join),
    st.lists(LINES, min_size=1, max_size=6).map("\n".join),
).map(str.strip)


class Project:
    """A deck with a note type for each format, whose only field is required."""

    def __init__(self, root: Path) -> None:
        self.root = root
        types = [
            f"--- templates/{one}/note_type.yaml\nid: {one}\nname: {one.title()}\n"
            f"fields: [{{key: isi, name: Isi, id: 1, format: {one}, required: true}}]\n"
            "cards: [{id: 1, name: Satu, front: a.html, back: a.html}]\n"
            f"--- templates/{one}/a.html\n{{{{Isi}}}}\n"
            for one in FORMATS[:-1]
        ]
        types.append(
            "--- templates/cloze/note_type.yaml\nid: cloze\nname: Cloze\nkind: cloze\n"
            "fields: [{key: isi, name: Isi, id: 1, format: markdown, required: true}]\n"
            "cards: [{id: 1, name: Satu, front: a.html, back: a.html}]\n"
            "--- templates/cloze/a.html\n{{cloze:Isi}}\n"
        )
        caption = "--- templates/_shared/fields/image.html\n"
        caption += '<img src="[[= src ]]" alt="[[= alt ]]">[[= caption ]]\n'
        write_project(root, *types, caption, "--- cards/contoh/media/a.png\n")
        (root / "cards/contoh/media/a.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    def shown(
        self, texts: Sequence[tuple[str, str]], *, ending: str = ".yaml"
    ) -> Iterator[tuple[str, str, str | None, list[Diagnostic]]]:
        """Each format and text with its field as Anki gets it and what is reported of it.

        A text with an error has no field; a second run compiles the others.
        """
        reported: dict[int, list[Diagnostic]] = {}
        fields: dict[int, str] = {}
        for _ in range(2):
            numbers = [n for n in range(len(texts)) if n not in reported]
            places = self.write(texts, numbers, ending=ending)
            compiled, found = compile_decks(self.root, (), None, no_progress)
            for one in build_diagnostics(found, self.root):
                number = places.get((one.span.path, one.span.line), -1)
                assert number >= 0, one
                if one.severity == "error":
                    reported.setdefault(number, []).append(one)
            for note in compiled[0].built.notes if compiled else ():
                fields[int(note.source.id[1:])] = note.fields[0]
            warnings = list(build_diagnostics(found, self.root))
            if compiled:
                break
        for one in warnings:
            if one.severity == "warning":
                reported.setdefault(places[one.span.path, one.span.line], []).append(one)
        for number, (format, text) in enumerate(texts):
            yield format, text, fields.get(number), reported.get(number, [])

    def write(
        self, texts: Sequence[tuple[str, str]], numbers: Sequence[int], *, ending: str
    ) -> dict[tuple[str, int], int]:
        """Writes the card sets; the number of the text at each line."""
        places: dict[tuple[str, int], int] = {}
        for written in (self.root / "cards/contoh").iterdir():
            if written.suffix in (".yaml", ".csv", ".md") and written.name != "deck.yaml":
                written.unlink()
        if ending == ".md":
            return self._write_markdown(texts, numbers)
        sheets = ending == ".csv"
        for format in FORMATS:
            own = [n for n in numbers if texts[n][0] == format]
            path = f"cards/contoh/{format}.{'csv' if sheets else 'yaml'}"
            content, line = io.StringIO(newline=""), 2
            writer = csv.writer(content, lineterminator="\n")
            if sheets:
                writer.writerow(("note_type", "id", "isi"))
            else:
                content.write(f"note_type: {format}\nnotes:\n")
                line = 3
            for number in own:
                if sheets:
                    writer.writerow((format, f"n{number}", _value(*texts[number])))
                else:
                    value = json.dumps(_value(*texts[number]), ensure_ascii=False)
                    content.write(f"  - {{id: n{number}, isi: {value}}}\n")
                after = content.getvalue().count("\n") + 1
                places |= {(path, one): number for one in range(line, after)}
                line = after
            (self.root / path).write_text(content.getvalue(), "utf-8", newline="")
            if not own:
                (self.root / path).unlink()
        return places

    def _write_markdown(
        self, texts: Sequence[tuple[str, str]], numbers: Sequence[int]
    ) -> dict[tuple[str, int], int]:
        """Writes a file for each text, since a text can end its card or hide the next one."""
        places: dict[tuple[str, int], int] = {}
        for number in numbers:
            format, text = texts[number]
            path = f"cards/contoh/{number}.md"
            front = (
                f"---\nnote_type: {format}\nshape: questions\n---\n<!-- note_id: n{number} -->\n"
            )
            content = f"{front}Q: {_value(format, text)}\n"
            (self.root / path).write_text(content, "utf-8", newline="")
            places |= {(path, line): number for line in range(1, content.count("\n") + 2)}
        return places


def _value(format: str, text: str) -> object:
    if format == "list":
        return [text]
    if format == "table":
        return [["kepala", text], [text, "sel"]]
    if format == "image":
        return {"file": "a.png", "alt": text, "caption": text}
    return f"{{{{c1::{text}}}}} {text}" if format == "cloze" else text


@contextmanager
def project() -> Iterator[Project]:
    with tempfile.TemporaryDirectory() as folder:
        yield Project(Path(folder))
