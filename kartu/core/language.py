"""The language of what people read: messages, helps, summaries and pages, not what students get.

A text is written in English where it is made, as a whole sentence with named places, and looked up
in a catalogue: `_("there is no deck \"{name}\"", name=name)`. What is a constant is marked by `N_`
and looked up when it is shown. The catalogues are in kartu/locale/.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache, partial
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

ENGLISH = "en"
LANGUAGES = (ENGLISH, "id")
VARIABLE = "KARTU_LANG"

LOCALE = Path(__file__).parent.parent / "locale"

# The catalogues, each read where those before it lack a text: `kartu --help` reads the first alone,
# so that it is as fast in each language.
DOMAINS = ("help", "commands", "kartu")

# POSIX: what the environment says of messages, the first that is set counts.
_POSIX = ("LC_ALL", "LC_MESSAGES", "LANG")

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def _(text: str, **values: object) -> str:
    """Returns the text in the current language, with `values` at the places of their names."""
    language = _language.get()
    if language != ENGLISH:
        text = catalogue(language).gettext(text)
    return text.format_map(values) if values else text


def ngettext(one: str, several: str, number: int, **values: object) -> str:
    """Returns the form of the text for `number`, which is the place `{number}`."""
    text = catalogue(_language.get()).ngettext(one, several, number)
    return text.format_map({"number": number, **values})


def N_(text: str) -> str:  # noqa: N802 the name by which gettext's tools know it
    """Marks a constant for the catalogues, and returns it as it is."""
    return text


def current() -> str:
    """Returns the code of the current language."""
    return _language.get()


def use(language: str) -> None:
    """Sets the language for the rest of the current context: of a command, say."""
    _language.set(language)


def preferred(environment: Mapping[str, str]) -> str:
    """Returns the language that the user has asked for, in KARTU_LANG or in the system."""
    wanted = environment.get(VARIABLE) or _of_system(environment)
    code = wanted.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def _of_system(environment: Mapping[str, str]) -> str:
    found = next((environment[name] for name in _POSIX if environment.get(name)), "")
    return found or (_of_windows() if sys.platform == "win32" else "")


def _of_windows() -> str:
    """Returns the language of the user interface, which POSIX's variables do not name there."""
    if sys.platform != "win32":
        return ""
    import ctypes
    from locale import windows_locale

    return windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


class _LaterTranslations(NullTranslations):
    """A catalogue that is read only when a text is looked up in it."""

    def __init__(self, language: str, number: int) -> None:
        super().__init__()
        self._catalogue = partial(catalogue, language, number)

    def gettext(self, message: str) -> str:
        return self._catalogue().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._catalogue().ngettext(msgid1, msgid2, n)


@cache
def catalogue(language: str, number: int = 0) -> NullTranslations:
    """Returns the translations into a language: none for English, or where none were compiled.

    Args:
        number: Of `DOMAINS`, the first one to look in.
    """
    found = _read(os.path.join(LOCALE, language, "LC_MESSAGES", f"{DOMAINS[number]}.mo"))
    if number + 1 < len(DOMAINS):
        found.add_fallback(_LaterTranslations(language, number + 1))
    return found


def _read(path: str) -> NullTranslations:
    try:
        with open(path, "rb") as file:
            return GNUTranslations(file)
    except FileNotFoundError:  # English, or a checkout that was never installed
        return NullTranslations()
