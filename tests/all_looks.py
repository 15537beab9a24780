"""Every card of every deck in every look, both sides, through axe-core: what is wrong, and a count.

python tests/all_looks.py [THEME]      (else all themes, which takes half an hour for 1,200 cards)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from support.axe import everything, findings, reviewer  # noqa: E402
from support.displayed_cards import THEMES  # noqa: E402


def main() -> None:
    """Prints a line a fault; ends with 1 if there is one."""
    themes = sys.argv[1:] or THEMES
    wanted = [one for one in everything() if one[0].theme in themes]
    with reviewer() as page:
        told = list(findings(page, wanted))
    print(*told, sep="\n")
    print(f"{len(wanted)} cards and looks, both sides: {len(told)} violations")
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
