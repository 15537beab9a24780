"""What a small build and `--help` cost, as ratios to other programs in the same run.

    python tests/benchmarks/small_build.py [ROUNDS]

Whole processes, interleaved, medians of the ratios round by round. `bare genanki` is a script that
writes the same notes, cards and note types with genanki and does nothing else; its data stand in a
compiled Python module. `first build` renders every template anew, `build` has them in its cache.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

BARE = """\
import genanki
from data import DECKS, MODELS, NOTES
models = {number: genanki.Model(number, **model) for number, model in MODELS.items()}
decks = {name: genanki.Deck(number, name) for number, name in DECKS}
for deck, model, fields, tags, guid in NOTES:
    decks[deck].add_note(genanki.Note(models[model], fields, tags=tags, guid=guid))
genanki.Package(list(decks.values())).write_to_file("bare.apkg")
"""


def bare_script(folder: Path, package: Path) -> Path:
    """Writes the script and its data, taken from a package of kartu's."""
    sys.path.insert(0, str(ROOT))
    from kartu.verify.package import read_package

    content = read_package(str(package))
    own = {
        number: [i for i, field in enumerate(one.fields) if not field.name.startswith("_")]
        for number, one in content.note_types.items()
    }
    models = {
        number: {
            "name": one.name,
            "fields": [{"name": one.fields[i].name} for i in own[number]],
            "templates": [
                {"name": card.name, "qfmt": card.text[0], "afmt": card.text[1]}
                for card in one.cards
                if not card.name.startswith("_")
            ],
            "css": one.css,
            "model_type": int(one.cloze),
        }
        for number, one in content.note_types.items()
    }
    names = {guid: deck for (guid, _), deck in content.cards.items()}
    notes = [
        (names[guid], one.note_type, [one.fields[i] for i in own[one.note_type]], [*one.tags], guid)
        for guid, one in content.notes.items()
    ]
    decks = list(enumerate(dict.fromkeys(names.values()), start=1_700_000_000))
    data = f"MODELS = {models!r}\nDECKS = {decks!r}\nNOTES = {notes!r}\n"
    (folder / "data.py").write_text(data, "utf-8")
    script = folder / "bare.py"
    script.write_text(BARE, "utf-8")
    return script


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    folder = Path(tempfile.mkdtemp())
    front_door = [sys.executable, str(ROOT / "build_deck.py")]
    build = [*front_door, "-C", str(ROOT), "build", "-o", str(folder)]
    subprocess.run(build, check=True, capture_output=True)
    (package,) = folder.glob("*.apkg")
    first = [*front_door, "-C", str(ROOT), "--no-cache", "build", "-o", str(folder)]
    programs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare genanki": [sys.executable, str(bare_script(folder, package))],
        "kartu build": build,
        "kartu first build": first,
        "kartu --help": [*front_door, "--help"],
    }
    environment = {key: value for key, value in os.environ.items() if "DONTWRITE" not in key}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds + 1):  # the first round fills caches and does not count
        for name, command in programs.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment)
            times[name].append(time.perf_counter() - begun)
    print(f"{'':20}{'ms':>6}  {'to pass':>8}  {'to bare genanki':>15}")
    for name, found in times.items():
        ratios = [
            statistics.median(a / b for a, b in zip(found[1:], times[base][1:], strict=True))
            for base in ("python -c pass", "bare genanki")
        ]
        milliseconds = statistics.median(found[1:]) * 1000
        print(f"{name:20}{milliseconds:6.0f}  {ratios[0]:8.2f}  {ratios[1]:15.2f}")


if __name__ == "__main__":
    main()
