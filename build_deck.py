#!/usr/bin/env python3
"""The front door: `python build_deck.py` builds every deck, with --help it says more."""

from kartu.cli.main import main

if __name__ == "__main__":
    main()
