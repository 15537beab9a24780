"""Brings the catalogues of kartu/locale up to date with the texts in the code.

    python .ci/messages.py [--check]

New texts are added without a translation, those that are gone are removed, and how many are left
to be translated is printed. --check writes nothing, and ends with 1 where a file would change or a
text has no translation. `pip install --editable .` compiles what is there.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
from pathlib import Path

import click
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


def _texts_of_help() -> Catalog:
    """Returns the texts of `kartu --help`, and of errors before there is a command."""
    return _texts_of_files("main.py", "translated.py")


def _texts_of_commands() -> Catalog:
    """Returns the other texts of the command line, with the helps of its commands."""
    return _without(_texts_of_files("*.py"), _texts_of_help())


def _other_texts() -> Catalog:
    """Returns all texts in the code that are in neither of these catalogues."""
    return _without(_texts(ROOT / "kartu"), _texts_of_help(), _texts_of_commands())


def _texts_of_files(*patterns: str) -> Catalog:
    """Returns the texts of these files of the command line, without places."""
    folder = ROOT / "kartu/cli"
    found = _texts(folder, *patterns)
    for path in (path for pattern in patterns for path in sorted(folder.glob(pattern))):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
                found.add(inspect.cleandoc(ast.get_docstring(node) or ""))
    return found


def _without(found: Catalog, *others: Catalog) -> Catalog:
    for one in list(found):
        if one.id and any(one.id in other for other in others):
            found.delete(one.id)
    return found


def _texts(folder: Path, *patterns: str) -> Catalog:
    found = Catalog()
    method = [(pattern, "python") for pattern in patterns or ("**.py",)]
    for _, _, text, comments, _ in extract_from_dir(
        str(folder), method, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(text, auto_comments=comments)
    return found


def _makes_command(decorator: ast.expr) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(made, ast.Attribute) and made.attr in {"command", "group"}


# click looks its texts up in the domain "messages": usage, "no such option" and the like.
def _texts_of_click() -> Catalog:
    return _texts(Path(click.__file__).parent)


TEXTS = {
    "help": _texts_of_help,
    "commands": _texts_of_commands,
    "kartu": _other_texts,
    "messages": _texts_of_click,
}


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
    checking, faults = "--check" in options, 0
    templates = {domain: texts() for domain, texts in TEXTS.items()}
    for path in sorted((ROOT / "kartu/locale").glob("*/LC_MESSAGES/*.po")):
        template = templates[path.stem]
        content, missing = updated(path, template)
        # Another version of click has other texts, which is no fault of the catalogue.
        changed = path.read_bytes() != content and not (checking and path.stem == "messages")
        if changed and not checking:
            path.write_bytes(content)
        faults += len(missing) + changed
        state = "out of date" if changed and checking else "up to date"
        left = f"{len(missing)} of {len(template)} not translated"
        print(f"{path.relative_to(ROOT)}: {state}, {left}")
        for one in missing if checking else ():
            print(f"    {one!r}")
    return int(checking and faults > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
