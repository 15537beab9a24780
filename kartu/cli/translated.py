"""Help and errors of use in the user's language: kartu's own texts, and those of click."""

from __future__ import annotations

import gettext
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import click

from kartu.core import language
from kartu.core.language import _

# The domain in which click looks its own texts up, and the variable that it goes by.
_DOMAIN = "messages"
_VARIABLE = "LANGUAGE"


def translated(command: click.Command) -> click.Command:
    """Returns a copy of the command with its texts in the current language.

    click keeps the option `--help` that it makes, so each language needs a command of its own.
    """
    other = copy(command)
    other.help = command.help and _(inspect.cleandoc(command.help))
    other.epilog = command.epilog and _(command.epilog)
    other.options_metavar = _("[OPTIONS]")
    if isinstance(other, click.Group):
        other.subcommand_metavar = _("[COMMAND] [ARGS]...")
    other.params = [_translated_parameter(one) for one in command.params]
    return other


def _translated_parameter(parameter: click.Parameter) -> click.Parameter:
    other = copy(parameter)
    if isinstance(other, click.Option) and other.help:
        other.help = _(other.help)
    if isinstance(other.type, click.Path):
        other.type = copy(other.type)
        other.type.name = gettext.gettext(other.type.name)  # click looks it up when it is imported
    return other


@contextmanager
def click_in(code: str) -> Iterator[None]:
    """click's own texts are in this language within the block."""
    before = os.environ.get(_VARIABLE), gettext.bindtextdomain(_DOMAIN)
    gettext.bindtextdomain(_DOMAIN, str(language.LOCALE))
    os.environ[_VARIABLE] = code
    try:
        yield
    finally:
        gettext.bindtextdomain(_DOMAIN, before[1])
        if before[0] is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before[0]
