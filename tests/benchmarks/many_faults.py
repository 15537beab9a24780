"""What `check` costs on 10,000 notes, clean and with 500 faults, as ratios in the same run.

    python tests/benchmarks/many_faults.py [ROUNDS]

Whole processes, interleaved, medians. The faults are of ten kinds, spread over all card sets: five
kinds of errors, which leave the review of the cards out, and five of warnings, which do not. The
last lines are what a teacher sees of 500 faults.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.projects import write_project  # noqa: E402

NOTES, SETS, FAULTS = 10_000, 100, 500

ERRORS = (
    "  - {{id: n{n}, depan: Arti kata ke-{n} itu apa, belakng: Makna {n}}}",
    "  - {{id: N{n}, depan: Soal {n}, belakang: Makna {n}}}",
    "  - {{id: n{n}, belakang: Makna {n}}}",
    "  - {{id: n{n}, depan: [a, b], belakang: Makna {n}}}",
    "  - {{id: n{n}, depan: Soal {n}, belakang: Makna {n}, tags: [a b]}}",
)
WARNINGS = (
    "  - {{id: n{n}, depan: Apakah kata {n} benar?, belakang: Ya}}",
    "  - {{id: n{n}, depan: Soal {n}, belakang: '<b>Makna {n}'}}",
    "  - {{id: n{n}, depan: Soal {n}, belakang: 'Makna $x_{n'}}",
    "  - {{id: n{n}, depan: Soal {n}, belakang: '[situs](http//contoh.id/{n})'}}",
    "  - {{id: n{n}, depan: Apa itu {n} dan siapa pembuatnya?, belakang: Makna {n}}}",
)


def project(folder: Path, faults: tuple[str, ...]) -> Path:
    """A deck of NOTES notes in SETS card sets; every 20th note is a fault."""
    root = write_project(folder)
    for number in range(SETS):
        lines = ["note_type: dasar", "notes:"]
        for n in range(number * NOTES // SETS, (number + 1) * NOTES // SETS):
            line = f"  - {{id: n{n}, depan: Kata {n:05} {n * 7919 % 99991:x}, belakang: Makna {n}}}"
            if faults and n % (NOTES // FAULTS) == 0:
                line = faults[n // (NOTES // FAULTS) % len(faults)].replace("{n}", str(n))
                line = line.replace("{{", "{").replace("}}", "}")
            lines.append(line)
        (root / f"cards/contoh/{number:03}.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    (root / "cards/contoh/kartu.yaml").unlink()
    return root


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    folder = Path(tempfile.mkdtemp())
    roots = {
        "clean": project(folder / "clean", ()),
        "500 errors": project(folder / "errors", ERRORS),
        "500 warnings": project(folder / "warnings", WARNINGS),
    }
    times: dict[str, list[float]] = {name: [] for name in roots}
    shown = {}
    for _ in range(rounds):
        for name, root in roots.items():
            command = [sys.executable, str(ROOT / "build_deck.py"), "-C", str(root), "check"]
            begun = time.perf_counter()
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            times[name].append(time.perf_counter() - begun)
            shown[name] = done
    clean = statistics.median(times["clean"])
    for name, found in times.items():
        median = statistics.median(found)
        lines = shown[name].stdout.count("\n")
        print(f"{name:14} {median:6.2f} s  {median / clean:5.2f} of clean  {lines:5} lines")
    for name in ("500 errors", "500 warnings"):
        print(f"\n{name}:", *shown[name].stdout.splitlines()[-9:], shown[name].stderr, sep="\n")


if __name__ == "__main__":
    main()
