"""The editor: a project is held open, its notes are changed, and the cards of one are shown."""
