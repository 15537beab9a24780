"""The model as what Anki gets: note types, fields and cards of a deck."""
