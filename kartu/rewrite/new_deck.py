"""A new deck of a project: the folder and the deck.yaml that it begins with."""

from __future__ import annotations

from string import Template

from kartu.core.diagnostics import Diagnostics
from kartu.core.identity import new_uid
from kartu.core.language import _
from kartu.core.model import Project
from kartu.core.shipped import ANY_LANGUAGE, STARTER
from kartu.core.source import Mapping, Span
from kartu.load.files import Files
from kartu.load.ids.names import deck_slug
from kartu.load.names import LANGUAGE, deck_name_fault
from kartu.load.yaml import parse
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError, check_characters
from kartu.rewrite.yaml import entry

_LONGEST = 200  # characters of a subject
_MARK = "SUBJECT"


def new_deck(
    files: Files, project: Project, name: str, language: str, subject: str = ""
) -> tuple[str, Changes]:
    """Returns the id of a new deck with this name in Anki, and the change that makes it.

    Args:
        subject: What its description says that it is for; empty for no description.

    Raises:
        EditRefusedError: The name or language cannot be, or the project is one file.
    """
    name = " ".join(name.split())
    if files.one is not None:
        raise EditRefusedError(Span("cards"), _("a file is one deck"))
    if fault := deck_name_fault(name):
        message = _('the name "{name}": {reason}', name=name, reason=fault)
        raise EditRefusedError(Span("cards"), message)
    if not LANGUAGE.fullmatch(language):
        message = _('"{language}" is not a language code', language=language)
        raise EditRefusedError(Span("cards"), message)
    if any(str(one.name).casefold() == name.casefold() for one in project.decks):
        message = _('the project has a deck "{name}" already', name=name)
        raise EditRefusedError(Span("cards"), message)
    there = {one.casefold() for one in files.names("cards")}
    wanted = deck_slug(name)
    names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(there) + 2))
    id = next(one for one in names if one not in there)
    values = {"id": id, "uid": new_uid(), "name": name, "language": language, "version": "1.0.0"}
    if subject := " ".join(subject.split())[:_LONGEST]:
        values["description"] = _description(language, subject)
    check_characters(values, Span("cards"))
    content = "".join(entry(key, value, 0) for key, value in values.items())
    return id, {f"cards/{id}/deck.yaml": Change(None, content.encode())}


def _description(language: str, subject: str) -> str:
    """The starter's description of a deck in its language."""
    own, files = language.partition("-")[0], STARTER / "files"
    folder = files / (own if (files / own / "deck.yaml").is_file() else ANY_LANGUAGE)
    template = Template((folder / "deck.yaml").read_text("utf-8"))
    content = template.substitute(id="x", uid="x", name="x", language=language, subject=_MARK)
    node = parse(content, "deck.yaml", Diagnostics())
    assert isinstance(node, Mapping), "it came with the program"
    return str(node["description"]).strip().replace(_MARK, subject)
