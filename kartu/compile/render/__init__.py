"""Renders what Anki shows: the layouts of note types and the HTML of fields."""
