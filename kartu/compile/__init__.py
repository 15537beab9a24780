"""Compiles the model to what Anki gets: note types, fields and cards of a deck."""
