"""The version of kartu, which pyproject.toml takes from here."""

__version__ = "1.0.0"
