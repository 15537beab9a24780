"""Turns the model into what Anki shows: layouts of note types, and the HTML of fields."""
