"""Words of several languages for the themes, drawings and maps that templates/_shared/ holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.projects import write_project

from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.load.library import project_library
from kartu.load.shared_names import did_you_mean_shared, shared_name, shared_word

SHARED = """--- templates/_shared/names.yaml
themes:
  tenang: {de: ruhig, en: calm}
pictures:
  tahap: {de: [Schritte, Stufen]}
  tree: {de: Baum}
--- templates/_shared/pictures/tree.svg
<svg xmlns="http://www.w3.org/2000/svg"/>
"""


def test_a_project_adds_words_for_what_is_shared(tmp_path: Path) -> None:
    """Its own come first, kartu's stay; a file of that very name comes before any word."""
    diagnostics = Diagnostics()
    library = project_library(Files(write_project(tmp_path, SHARED, base=False)), diagnostics)
    assert not diagnostics
    words, pictures = library.names, ("tree", "pohon", "tahap")
    meant = {
        word: shared_name(word, library.themes, "themes", words)
        for word in ("ruhig", "calm", "quiet", "tenang", "laut")
    }
    assert meant == {**dict.fromkeys(("ruhig", "calm", "quiet", "tenang"), "tenang"), "laut": None}
    assert shared_name("Stufen", pictures, "pictures", words) == "tahap"
    assert shared_name("steps", pictures, "pictures", words) == "tahap"
    assert shared_name("tree", pictures, "pictures", words) == "tree"
    for language, word in {"de-AT": "ruhig", "en": "calm", "fr": "calm", "id": "tenang"}.items():
        assert shared_word("tenang", "themes", language, words) == word
    near = did_you_mean_shared("Stufn", pictures, "pictures", "en", words)
    assert '"steps"' in near


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("tenang:", "tenag:", "unknown-key", 3),
        ("de: ruhig", "d e: ruhig", "bad-value", 3),
        ("de: Baum", "de: Stufen", "duplicate-id", 6),
        ("pictures:", "drawings:", "unknown-key", 4),
        ("de: ruhig", "de: 'a:b'", "bad-id", 3),
        ("{de: ruhig, en: calm}", "ruhig", "wrong-shape", 3),
    ],
)
def test_a_fault_of_shared_names_is_located(
    tmp_path: Path, old: str, new: str, code: str, line: int
) -> None:
    """What names nothing, two things, or no language is told at its place."""
    assert old in SHARED
    root = write_project(tmp_path, SHARED.replace(old, new), base=False)
    diagnostics = Diagnostics()
    project_library(Files(root), diagnostics)
    found = [
        (one.code, one.span.line) for one in diagnostics if one.span.path.endswith("names.yaml")
    ]
    assert found == [(code, line - 1)]
