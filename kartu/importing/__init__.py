"""Imports decks into a project: Anki's packages, other tools' folders, and lists."""
