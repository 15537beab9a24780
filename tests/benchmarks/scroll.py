"""How smoothly the page of 2,000 cards scrolls, beside a plain page of as many boxes.

    python tests/benchmarks/scroll.py [CARDS]

Both are scrolled in the same run: by nearly a screen every 100 ms, as with PageDown held, and by
small steps, as with a wheel. Told are the times between two frames of the browser, which draws
without a graphics card here, and their ratio.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from save_to_paint import project  # noqa: E402
from support.gallery import Gallery, gallery, previewing  # noqa: E402

# Pixels, and the milliseconds between two steps.
WAYS = {"by screens": ("innerHeight * 0.9", 100), "by a wheel": ("120", 50)}
STEPS = 200

SCROLL = """new Promise((done) => {
  const times = [];
  let last = performance.now();
  let steps = 0;
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (steps < %(steps)d) return requestAnimationFrame(frame);
    times.sort((a, b) => a - b);
    done([0.5, 0.95, 1].map((part) => times[Math.floor((times.length - 1) * part)]));
  };
  requestAnimationFrame(frame);
  const step = () => {
    scrollBy(0, %(by)s);
    steps += 1;
    if (steps < %(steps)d) setTimeout(step, %(pause)d);
  };
  step();
})"""

PLAIN = """<!doctype html><style>
body { font: 1rem sans-serif }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.25rem;
  padding: 0; list-style: none }
li { height: 40rem; border: 1px solid #777; border-radius: .6rem }
</style><ul>%s</ul>"""


def measure(page: Gallery) -> dict[str, list[float]]:
    """The median, the 95th percentile and the longest time, for each way."""
    found = {}
    for name, (by, pause) in WAYS.items():
        page.run("scrollTo(0, 0)")
        time.sleep(1)
        found[name] = page.run(SCROLL % {"by": by, "pause": pause, "steps": STEPS})
    return found


def main() -> None:
    least = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(tempfile.mkdtemp())
    root = project(folder / "project", least - 600)
    with previewing(root, cache=folder / "cache") as address, gallery() as page:
        page.browser.resize(1280, 900)
        page.open(address, painted=False)
        page.wait("document.querySelector('.flip')")
        cards = page.count()
        boxes = "".join(f"<li><h3>Uji {n}</h3><p>Arti nomor {n}.</p></li>" for n in range(cards))
        (folder / "plain.html").write_text(PLAIN % boxes, "utf-8")
        ours = measure(page)
        page.open((folder / "plain.html").as_uri(), painted=False)
        plain = measure(page)
    shutil.rmtree(folder)
    print(f"{cards} cards, milliseconds a frame: median, 95 %, longest")
    for name in WAYS:
        told = [" ".join(f"{one:4.0f}" for one in times[name]) for times in (ours, plain)]
        print(f"{name}: {told[0]}, plain {told[1]}, ratio {ours[name][0] / plain[name][0]:.2f}")


if __name__ == "__main__":
    main()
