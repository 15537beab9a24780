"""Makes every mistake of this folder in a fresh copy of base/, and prints what kartu says to it.

    python tests/mistakes/try_mistakes.py [--only NN]… [--lang CODE]

Beside its three sentences a mistake.md can name what to run before it is made (`first:`), what is
not there (`gone: A`) or elsewhere (`moved: A -> B`), and what to run after `kartu check` (`run:`).
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def described(mistake: Path) -> list[tuple[str, str]]:
    """Returns the lines of its mistake.md as (word before the colon, text)."""
    lines = (mistake / "mistake.md").read_text(encoding="utf-8").splitlines()
    return [(key, text.strip()) for key, _, text in (line.partition(":") for line in lines)]


def kartu(project: Path, command: str, lang: list[str]) -> str:
    """Returns what the command prints, and its exit status where that is not 0."""
    line = [sys.executable, str(ROOT / "build_deck.py"), "--no-cache", *lang, *shlex.split(command)]
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(line, cwd=project, stdout=pipe, stderr=both, encoding="utf-8")
    status = f"(exit status {done.returncode})\n" if done.returncode else ""
    return f"$ kartu {command}\n{done.stdout}{status}"


def make(mistake: Path, lang: list[str]) -> str:
    """Returns what kartu prints once the mistake is made in a copy of base/."""
    lines = described(mistake)
    with tempfile.TemporaryDirectory(prefix="kartu-mistake-") as folder:
        project = Path(folder, "proyek")
        shutil.copytree(HERE / "base", project)
        shutil.copytree(ROOT / "templates", project / "templates")
        for key, text in lines:
            if key == "first":
                kartu(project, text, lang)
        for key, text in lines:
            if key == "gone":
                (project / text).unlink()
            elif key == "moved":
                old, _, new = text.partition(" -> ")
                (project / new).parent.mkdir(exist_ok=True)
                (project / old).rename(project / new)
        own = shutil.ignore_patterns("mistake.md")
        shutil.copytree(mistake, project, dirs_exist_ok=True, ignore=own)
        commands = ["check", *(text for key, text in lines if key == "run")]
        return "".join(kartu(project, command, lang) for command in commands)


def main() -> None:
    """Prints number, name, kind and messages of each mistake."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", metavar="NN", action="append", help="only this number")
    parser.add_argument("--lang", metavar="CODE", help="the language of the messages")
    options = parser.parse_args()
    lang = ["--lang", options.lang] if options.lang else []
    for mistake in sorted(HERE.glob("[0-9][0-9]-*")):
        if not options.only or mistake.name[:2] in options.only:
            kind = dict(described(mistake)).get("kind", "")
            print(f"== {mistake.name} ({kind})\n{make(mistake, lang)}", flush=True)


if __name__ == "__main__":
    main()
