"""Errors that are raised: what is wrong with sources never is, but is a diagnostic."""


class UsageError(Exception):
    """A command or function was called in a way that cannot work; the message says what can."""
