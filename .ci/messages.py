"""Brings the catalogues of kartu/locale up to date with the texts in the code.

    python .ci/messages.py [--check]

New texts are added without a translation, those that are gone are removed, and how many are left
to be translated is printed. --check writes nothing, and ends with 1 where a file would change or a
text has no translation. `pip install --editable .` compiles what is there.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
# Without dates and names, so that the same texts give the same file.
HEADER = """\
# What people read of kartu. docs/architecture.md says how a text gets here.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals={count}; plural={plural};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def texts() -> Catalog:
    """Returns all texts in the code, without places."""
    found = Catalog()
    method = [("**.py", "python")]
    for _, _, text, comments, _ in extract_from_dir(
        str(ROOT / "kartu"), method, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(text, auto_comments=comments)
    return found


def updated(path: Path, template: Catalog) -> tuple[bytes, list[str]]:
    """Returns a catalogue with exactly these texts, and which of them have no translation."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)
    header = HEADER.format(
        language=catalogue.locale, count=catalogue.num_plurals, plural=catalogue.plural_expr
    )
    missing = [str(one.id) for one in catalogue if one.id and not translated(one.string)]
    return header.encode() + out.getvalue(), missing


def translated(string: object) -> bool:
    """Whether there is a translation, in every form."""
    return all(string) if isinstance(string, tuple) else bool(string)


def main(*options: str) -> int:
    """0, or with --check 1 where something is left to do."""
    template, faults = texts(), 0
    for path in sorted((ROOT / "kartu/locale").glob("*/LC_MESSAGES/*.po")):
        content, missing = updated(path, template)
        changed = path.read_bytes() != content
        if changed and "--check" not in options:
            path.write_bytes(content)
        faults += len(missing) + changed
        state = "out of date" if changed and "--check" in options else "up to date"
        left = f"{len(missing)} of {len(template)} not translated"
        print(f"{path.relative_to(ROOT)}: {state}, {left}")
        for one in missing if "--check" in options else ():
            print(f"    {one!r}")
    return int("--check" in options and faults > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
