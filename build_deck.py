#!/usr/bin/env python3
"""The front door: `python build_deck.py` builds every deck, with --help it says more."""

from kartu.cli.program import run

if __name__ == "__main__":
    run()
