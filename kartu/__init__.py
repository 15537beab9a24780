"""kartu compiles readable card definitions into Anki decks."""

from kartu.core.version import __version__ as __version__
