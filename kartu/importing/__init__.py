"""Brings decks from elsewhere into a project: Anki's packages, other tools' folders, and lists."""
