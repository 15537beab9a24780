"""Anki's own handling of templates and fields, measured with the real engine."""
