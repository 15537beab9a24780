"""How long after a save the card is painted anew, in a real browser on the real deck.

    python tests/benchmarks/save_to_paint.py [ROUNDS [NOTES]]

A note of a copy of the deck is changed and saved; the clock runs from the write to the message of
the card's frame that its new text was painted. With NOTES the copy has that many more.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.gallery import Gallery, gallery, previewing  # noqa: E402

DECK = "cards/kerja-sama-internasional"
FILE = "01-01-pengertian-istilah.yaml"
NOTE = """  - id: uji-{number}
    istilah: Uji nomor {number}
    arti: Arti nomor {number}, dengan beberapa kata lagi.
    sources: [artikel]
"""


def project(folder: Path, notes: int) -> Path:
    """A copy of the real deck, with notes of one kind added until there are enough."""
    for name in ("cards", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    if notes:
        more = "note_type: istilah\nsubdeck: 99 Uji\nnotes:\n"
        more += "".join(NOTE.format(number=number) for number in range(notes))
        (folder / DECK / "99-uji.yaml").write_text(more, "utf-8")
    return folder


def measure(page: Gallery, file: Path, rounds: int) -> list[float]:
    """Milliseconds from each save to its paint."""
    content = file.read_text("utf-8")
    found = []
    for number in range(rounds + 1):
        mark = f"Kerja sama internasional {number}x"
        changed = re.sub(r"(?m)^    istilah: .*$", f"    istilah: {mark}", content, count=1)
        begun = time.time()
        file.write_text(changed, "utf-8")
        page.wait(f"""document.querySelector('.tile h3').textContent.includes({mark!r})
            && document.querySelector('.tile').dataset.painted""")
        painted = float(page.run("document.documentElement.dataset.painted"))
        while painted / 1000 < begun:
            painted = float(page.run("document.documentElement.dataset.painted"))
        found.append(painted - begun * 1000)
        time.sleep(4)  # the review of the cards and the check are over
    return found[1:]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    notes = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    folder = Path(tempfile.mkdtemp())
    root = project(folder / "project", notes)
    with previewing(root, cache=folder / "cache") as address, gallery() as page:
        page.browser.resize(1280, 1400)  # a card out of sight is not painted
        page.open(address)
        cards = page.count()
        found = measure(page, root / DECK / FILE, rounds)
        print(f"{cards} cards, {rounds} saves: median {statistics.median(found):.0f} ms,", end=" ")
        print(f"fastest {min(found):.0f}, slowest {max(found):.0f}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
