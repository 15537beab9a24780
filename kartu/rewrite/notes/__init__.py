"""Edits of the notes in card sets, as data: every byte outside the edited value stays as it was."""
