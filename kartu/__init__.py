"""kartu compiles readable card definitions into Anki decks."""

__version__ = "1.0.0"
