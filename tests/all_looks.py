"""Every card of every deck in every look, both sides, through axe-core: what is wrong, and a count.

python tests/all_looks.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from support.axe import LOOKS, everything, findings, reviewer  # noqa: E402


def main() -> None:
    """Prints a line a fault; ends with 1 if there is one."""
    wanted = list(everything())
    with reviewer() as page:
        told = list(findings(page, wanted))
    print(*told, sep="\n")
    print(f"{len(wanted)} cards in {len(LOOKS)} looks, both sides: {len(told)} violations")
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
