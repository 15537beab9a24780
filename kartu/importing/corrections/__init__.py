"""Corrections that were made in Anki, back into the card sets."""
