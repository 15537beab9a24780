"""The words of each language for note types and their fields: names in Anki, and aliases of keys.

An alias means the same as the key, in every file; what is published depends on keys alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import _
from kartu.core.model import Deck, FieldType, NoteType, base_language, in_language, of_language
from kartu.core.patterns import pattern
from kartu.core.source import Mapping as MappingNode
from kartu.core.source import Sequence, Text
from kartu.load.names import LANGUAGE
from kartu.load.shape import Shape

Aliases: TypeAlias = Mapping[str, tuple[Text, ...]]

# Letters of any script, digits and what stands between them.
_WORD = pattern(r"[^\W_](?:[\w -]{0,98}[^\W_])?")
MAX_HELP = 120
_BETWEEN = str.maketrans("", "", " _-")


class Names(NamedTuple):
    """A name in Anki, and its translations by language, the first of which is that name."""

    name: str = ""
    by_language: Mapping[str, str] = {}


def own_fields(note_type: NoteType | None) -> dict[str, FieldType]:
    """The fields that the author of a note fills, by key."""
    if note_type is None:
        return {}
    return {
        str(field.key): field
        for field in note_type.fields
        if not field.retired and not field.origin
    }


def keys_by_word(note_type: NoteType | None) -> dict[str, str]:
    """The key that each word means: the keys and aliases of the fields that an author fills."""
    own = own_fields(note_type)
    words = {str(word): key for key, field in own.items() for word in all_aliases(field)}
    return {**words, **{key: key for key in own}}


def note_type_named(word: str, note_types: Mapping[str, NoteType | None]) -> str | None:
    """The id of the note type that has this id or, if none has, this alias; else None."""
    if word in note_types:
        return word
    for id, note_type in note_types.items():
        if note_type is not None and word in all_aliases(note_type):
            return id
    return None


def all_aliases(one: FieldType | NoteType) -> list[Text]:
    """The aliases of a field or note type in every language."""
    return [word for words in one.aliases.values() for word in words]


def words_of(one: FieldType | NoteType, language: str) -> tuple[str, ...]:
    """The words offered for a field or note type to authors of `language`, the best one first.

    The key belongs to the language of the first name. For a language without aliases it is the
    English ones, as for names.
    """
    key = str(one.key if isinstance(one, FieldType) else one.id)
    aliases = of_language(one.aliases, language) or ()
    native = base_language(next(iter(one.names), ""))
    if native and native == base_language(language):
        return (key, *map(str, aliases))
    if not aliases and native and language:
        aliases = one.aliases.get("en", ())
    return tuple(map(str, aliases)) or (key,)


def all_words(one: FieldType | NoteType, language: str = "") -> tuple[str, ...]:
    """The key and all aliases, those for authors of `language` first."""
    key = str(one.key if isinstance(one, FieldType) else one.id)
    return tuple(dict.fromkeys((*words_of(one, language), key, *map(str, all_aliases(one)))))


def word_of(one: FieldType | NoteType, language: str) -> str:
    """The best word for a field or note type in `language`."""
    return words_of(one, language)[0]


def for_deck(
    note_types: Mapping[str, NoteType | None], deck: Deck | None
) -> dict[str, NoteType | None]:
    """The note types with the words for the authors of a deck: those of its language."""
    language = str(deck.language) if deck is not None else ""
    return {id: one and in_language(one, language) for id, one in note_types.items()}


def offered(note_type: NoteType, but: Collection[str] = ()) -> list[str]:
    """The words for the fields that an author fills, but for these keys, in its language."""
    fields = [field for key, field in own_fields(note_type).items() if key not in but]
    return [word for field in fields for word in words_of(field, note_type.language)]


def read_names(shape: Shape, fault_of: Callable[[str], str], *, foreign: bool) -> Names:
    """The `name` of a note type, field or card: a text, or a mapping of languages to texts."""
    if not isinstance(shape.mapping.get("name"), MappingNode):
        name = shape.text("name", required=True)
        if name is not None:
            _check_name(shape, name, fault_of, foreign=foreign)
        return Names(str(name or ""))
    if shape.inner("name", _("the name")) is None:  # an empty mapping counts as no value
        shape.text("name", required=True)
        return Names()
    if foreign:
        shape.add(
            "bad-value",
            shape.span("name"),
            _("an imported note type has the same names in all languages"),
            _("write it as one text"),
        )
    found = _by_language(shape, "name", _("the name"))
    for name in found.values():
        _check_name(shape, name, fault_of, foreign=foreign)
    names = {language: str(name) for language, name in found.items()}
    return Names(next(iter(names.values()), ""), names)


def read_help(shape: Shape) -> dict[str, Text]:
    """The `help` of a note type or field: a line of text, or a mapping of languages to lines."""
    shape.check_not_blank("help")
    if isinstance(shape.mapping.get("help"), MappingNode):
        found = _by_language(shape, "help", _("the help"))
    else:
        one = shape.text("help")
        found = {} if one is None else {"": one}
    for line in found.values():
        if len(line) > MAX_HELP or "\n" in line.strip():
            message = _("the help is longer than a line of {number} characters", number=MAX_HELP)
            shape.add("bad-value", line.span, message, _("write only what belongs in the field"))
    return found


def _by_language(shape: Shape, key: str, what: str) -> dict[str, Text]:
    """A mapping of languages to texts."""
    inner = shape.inner(key, what)
    if inner is None:
        return {}
    found = {}
    for language in inner.mapping:
        value = inner.text(language, required=True)
        if _is_language(inner, language) and value is not None:
            found[language] = value
    return found


def _check_name(shape: Shape, name: Text, fault_of: Callable[[str], str], *, foreign: bool) -> None:
    if fault := fault_of(name):
        message = _('the name "{name}": {fault}', name=name, fault=fault)
        shape.add("bad-field-name", name.span, message, _("choose another name"))
    elif name.startswith("_") and not foreign:
        message = _('the name "{name}": names that begin with _ are kartu\'s own', name=name)
        shape.add("reserved-name", name.span, message, _("choose another name"))


def read_aliases(shape: Shape, reserved: Iterable[str], *, key: str = "aliases") -> Aliases:
    """The words under `key`, those of a note type or field: one or a list for each language."""
    inner = shape.inner(key, key)
    if inner is None or not inner.readable:
        return {}
    found = {}
    for language in inner.mapping:
        if isinstance(inner.mapping[language], Sequence):
            words = inner.texts(language)
        else:
            word = inner.text(language, required=True)
            words = (word,) if word is not None else ()
        if _is_language(inner, language):
            found[language] = tuple(one for one in words if _is_alias(inner, one, reserved))
    return found


def _is_language(shape: Shape, language: str) -> bool:
    if LANGUAGE.fullmatch(language):
        return True
    message = _('"{language}" is not a language code', language=language)
    place = shape.mapping.key_span(language)
    shape.add(
        "bad-value",
        place,
        message,
        _("it must be {wanted}", wanted=_('a language code like "id" or "en"')),
    )
    return False


def _is_alias(shape: Shape, word: Text, reserved: Iterable[str]) -> bool:
    same = folded_word(word)
    if word.startswith("x-") or any(same == folded_word(key) for key in reserved):
        message = _('"{key}" is one of kartu\'s own keys and cannot be an alias', key=word)
        shape.add("reserved-name", word.span, message, _("choose another word"))
        return False
    if not _WORD.fullmatch(word):
        message = _(
            '"{word}" is not a valid alias: letters, digits, _, - and spaces only', word=word
        )
        shape.add("bad-id", word.span, message)
        return False
    return True


def check_aliases(owners: Iterable[tuple[Text, Aliases]], diagnostics: Diagnostics) -> None:
    """Reports an alias that means two; `owners` are keys and their aliases."""
    pairs = list(owners)
    first = {folded_word(key): (key, key) for key, _aliases in pairs}
    for key, aliases in pairs:
        for word in (one for words in aliases.values() for one in words):
            other, there = first.setdefault(folded_word(word), (key, word))
            if other is not key:
                message = _(
                    '"{word}" means both "{first}" and "{second}"',
                    word=word,
                    first=other,
                    second=key,
                )
                related = (Related(there.span, _("first here")),)
                diagnostics.add(
                    "duplicate-id", word.span, message, _("choose another word"), related
                )


def folded_word(word: str) -> str:
    """`word` as headings are compared, where case and what stands between letters do not count."""
    return word.casefold().translate(_BETWEEN)
